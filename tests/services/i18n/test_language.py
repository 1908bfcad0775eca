"""Kazakh and Russian as they are written: no Latin word left over, the right form for each number, one word a thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from aiqyn.rules import messages
from aiqyn.services.i18n.catalogue import LANGUAGES, catalogue, parameters, text

GLOSSARY = Path(__file__).parents[3] / "docs" / "languages.md"
NAMES = frozenset(
    re.findall(
        r"\w+",
        """Aiqyn SQL UTC ZIP JSON RFC UTF NaN NUL README txt aiqyn verify dossier key Bearer Authorization
        Idempotency Key Retry After source id refused procurement release record retracted AIQYN MAX EVENT BYTES
        alerts alert edges entities links allocations events""",
    )
)
"""Names of formats, commands, headers and members: the same in every language."""
OPEN_WORDS = re.compile(r"[A-Za-z]{2,}")
FULL_OF_NAMES = {"dossier.readme"}
"""Files, commands, fields and standards by name."""
FORMS = {
    "ru": {1: "one", 2: "few", 5: "many", 11: "many", 21: "one", 22: "few"},
    "kk": {1: "one", 2: "other", 5: "other", 11: "other", 21: "other", 22: "other"},
    "en": {1: "one", 2: "other", 5: "other", 11: "other", 21: "other", 22: "other"},
}


def forms(message: str | Mapping[str, str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


NO_WORDS = re.compile(r"{\w+}|`[^`]*`|\b[A-Z]{3}-\d\d\b|№ [\w-]+")
"""Parameters, code, ids of rules, numbers of laws."""


def written(lang: str) -> dict[str, str]:
    """Every text of a language by key, the pages' and the rules', parameters and code left out."""
    ours = {key: " ".join(forms(message)) for key, message in catalogue(lang).items()}
    theirs = {f"rules:{key}": " ".join(forms(messages.message(key, lang) or "")) for key in messages.keys(lang)}
    return {key: NO_WORDS.sub("", found) for key, found in (ours | theirs).items()}


def glossary() -> list[list[str]]:
    rows = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_no_latin_word_is_left_over(lang: str) -> None:
    left = {key: set(OPEN_WORDS.findall(found)) - NAMES for key, found in written(lang).items()}
    assert {key: words for key, words in left.items() if words and key not in FULL_OF_NAMES} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_count_takes_the_form_of_its_number(lang: str) -> None:
    counted = {key: message for key, message in catalogue(lang).items() if not isinstance(message, str)}
    assert len(counted) > 20
    for key, message in counted.items():
        others = {name: "…" for name in parameters(key, lang) - {"count"}}
        for count, form in FORMS[lang].items():
            assert text(key, lang, count=count, **others) == message[form].format(count=count, **others), (key, count)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "1 запись"),
        (2, "2 записи"),
        (5, "5 записей"),
        (11, "11 записей"),
        (21, "21 запись"),
        (22, "22 записи"),
    ],
)
def test_russian_counts_records(count: int, expected: str) -> None:
    assert text("log.title", "ru", count=count) == f"{expected} в журнале"
    assert text("entities.found", "ru", count=count).endswith(expected)


def test_the_texts_use_the_words_of_the_glossary() -> None:
    rows = glossary()
    assert len(rows) > 20
    said = {lang: "\n".join(written(lang).values()).lower() for lang in ("kk", "ru")}
    for english, kazakh, russian, _ in rows:
        assert kazakh in said["kk"], english
        assert russian in said["ru"], english
    avoided = [word.strip() for row in rows for word in row[3].split(",") if word.strip()]
    found = {
        word: [
            key for lang in ("kk", "ru") for key, text in written(lang).items() if re.search(rf"\b{word}", text.lower())
        ]
        for word in avoided
    }
    assert {word: keys for word, keys in found.items() if keys} == {}
