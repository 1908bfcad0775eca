"""The texts of the workbench: the same keys and parameters in each language, none untranslated, none missing."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from aiqyn.services.i18n.catalogue import LANGUAGES, UnknownText, catalogue, language, text

TEMPLATES = Path(__file__).parents[3] / "services" / "aiqyn" / "services" / "http" / "templates"
SAME = {"nav.sql"}
FORMS = {"en": {"one", "other"}, "kk": {"one", "other"}, "ru": {"one", "few", "many", "other"}}
BLAME = {
    "en": r"corrupt|guilt|fraud|suspect|crimin",
    "ru": r"коррупц|виновн|мошенн|подозрева|преступ",
    "kk": r"жемқор|кінәлі|алаяқ|күдікті|қылмыс",
}


def forms(message: str | Mapping[str, str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def parameters(message: str | Mapping[str, str]) -> set[str]:
    return {name for form in forms(message) for _, name, _, _ in Formatter().parse(form) if name}


def tables(key: str) -> list[str]:
    """The tables that hold a key, as code that puts the last part in names them: `{"error.", "error.json."`."""
    parts = key.split(".")
    return [f'"{".".join(parts[:at])}.' for at in range(1, len(parts))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_keys_parameters_and_forms_are_those_of_english(lang: str) -> None:
    english, here = catalogue("en"), catalogue(lang)
    assert here.keys() == english.keys()
    for key, message in here.items():
        assert parameters(message) == parameters(english[key]), key
        assert isinstance(message, str) == isinstance(english[key], str), key
        if not isinstance(message, str):
            assert message.keys() == FORMS[lang], key


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_nothing_is_left_in_english(lang: str) -> None:
    english = catalogue("en")
    left = [key for key, message in catalogue(lang).items() if message == english[key] and key not in SAME]
    assert left == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_blames_anybody(lang: str) -> None:
    blaming = re.compile(BLAME[lang], re.IGNORECASE)
    assert [key for key, message in catalogue(lang).items() if any(map(blaming.search, forms(message)))] == []


def test_kazakh_is_written_with_kazakh_letters() -> None:
    written = " ".join(form for message in catalogue("kk").values() for form in forms(message))
    assert set("әғқңөұүһі") - set("һ") <= set(written.lower())


def test_every_text_of_the_templates_exists() -> None:
    known = catalogue("en")
    asked: list[str] = []
    for template in sorted(TEMPLATES.rglob("*.html")):
        asked += re.findall(r"""\bt\(\s*["']([\w.]+)["']\s*[,)]""", template.read_text("utf-8"))
    assert len(asked) > 100
    assert sorted(set(asked) - known.keys()) == []


def test_every_text_has_a_place() -> None:
    """A text that no template and no module names is left over."""
    services = TEMPLATES.parents[1]
    sources = [path.read_text("utf-8") for path in services.rglob("*") if path.suffix in (".html", ".py")]
    used = "\n".join(sources)
    left = [key for key in catalogue("en") if key not in used and not any(table in used for table in tables(key))]
    assert left == []


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("kk", "ru", "kk"),
        (None, "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        (None, "de, kk;q=0.5, en;q=0.7", "en"),
        ("xx", None, "en"),
        (None, "*;q=abc", "en"),
    ],
)
def test_language_is_the_one_asked_for_or_accepted(asked: str | None, accepted: str | None, expected: str) -> None:
    assert language(asked, accepted) == expected


@pytest.mark.parametrize(
    ("lang", "count", "expected"),
    [
        ("en", 1, "1 alert"),
        ("ru", 1, "1 сигнал"),
        ("ru", 3, "3 сигнала"),
        ("ru", 11, "11 сигналов"),
        ("kk", 5, "5 сигнал"),
    ],
)
def test_numbers_choose_the_form(lang: str, count: int, expected: str) -> None:
    assert text("queue.title", lang, count=count) == expected


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(UnknownText):
        text("nothing.here", "en")
