"""The messages of the rules in each language: whole, with the right forms, and in that language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from aiqyn.rules import catalogue, messages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.rules.pages import page

OTHERS = ("kk", "ru")
FORMS = {"en": {"one", "other"}, "kk": {"one", "other"}, "ru": {"one", "few", "many", "other"}}
ALIKE = {"date.moment", "span.one_day", "span.days", "label.named", "value.influence"}
"""Parameters and signs alone: the same in every language."""


def said_by_the_rule(rule: Rule) -> Iterator[str]:
    yield from ("title", "summary", "when", "unseen", *(f"help_{name}" for name, _, _ in rule.parameters()))
    if not rule.severity.startswith("by the table"):
        yield "grade"


CITED = [(law.act, law.reviewed_by) for name in profiles.names() for law in profiles.load(name).law]
PHRASES = {rule.mapping for rule in catalogue.load().values() if re.search(r"\b[a-z]{3,}\b", rule.mapping)}
OWN = (
    {f"{rule.id}.{part}" for rule in catalogue.load().values() for part in said_by_the_rule(rule)}
    | {key for act, reviewer in CITED for key in (f"act.{act}", f"reviewer.{reviewer}")}
    | {f"known_from.{phrase}" for phrase in PHRASES}
)
"""What English says in the rule itself, or in a profile."""
LATIN_WORDS = re.compile(r"\b(?![IVX]+\b)[A-Za-z]{4,}\b")


def forms(key: str, lang: str) -> list[str]:
    found = messages.message(key, lang)
    assert found is not None
    return [found] if isinstance(found, str) else list(found.values())


def test_the_languages_are_kazakh_russian_and_english() -> None:
    assert messages.languages() == ["en", "kk", "ru"]


@pytest.mark.parametrize("lang", OTHERS)
def test_a_language_has_the_messages_of_english_and_every_rules_title_and_summary(lang: str) -> None:
    assert messages.keys(lang) == messages.keys("en") | OWN


@pytest.mark.parametrize("lang", OTHERS)
def test_no_parameter_is_left_out_or_added(lang: str) -> None:
    english, theirs = (
        {key: messages.parameters(key, of) for key in messages.keys("en")} for of in ("en", lang)
    )  # fmt: skip
    assert {key: names for key, names in theirs.items() if names != english[key]} == {}


@pytest.mark.parametrize("id", catalogue.load())
@pytest.mark.parametrize("lang", OTHERS)
def test_a_summary_names_all_whom_the_rule_names(id: str, lang: str) -> None:
    named = set(re.findall(r"{(\w+)}", catalogue.load()[id].summary))
    assert messages.parameters(f"{id}.summary", lang) == named


@pytest.mark.parametrize("lang", messages.languages())
def test_a_message_with_forms_has_all_of_its_languages(lang: str) -> None:
    for key in messages.keys(lang):
        found = messages.message(key, lang)
        if not isinstance(found, str):
            assert set(found or ()) == FORMS[lang], key
        if key in messages.keys("en"):
            assert isinstance(found, str) == isinstance(messages.message(key, "en"), str), key


@pytest.mark.parametrize("lang", OTHERS)
def test_nothing_is_left_in_english(lang: str) -> None:
    assert {key for key in messages.keys("en") if messages.message(key, lang) == messages.message(key, "en")} == ALIKE
    plain = {
        key: re.sub(r"{\w+}|`[^`]*`", "", " ".join(forms(key, lang))) for key in messages.keys(lang) if key not in ALIKE
    }
    assert {key: found for key, text in plain.items() if (found := LATIN_WORDS.findall(text))} == {}


@pytest.mark.parametrize("id", catalogue.load())
@pytest.mark.parametrize("lang", OTHERS)
def test_no_line_of_a_rules_page_is_english(id: str, lang: str) -> None:
    """But codes, and where the pattern is known from: names of others' catalogues."""
    rule = catalogue.load()[id]
    lines = page(rule, lang).replace(rule.mapping or "–", "–").splitlines()
    said = [re.sub(r"`[^`]*`|\*\w+\*|\b(?:eu|generic|kz)\b|[A-Z]{3}-\d\d", "", line) for line in lines]
    assert [line for line in said if LATIN_WORDS.search(line)] == []


def test_kazakh_is_not_russian() -> None:
    same = {
        key
        for key in messages.keys("kk")
        if messages.message(key, "kk") == messages.message(key, "ru") and len(" ".join(forms(key, "kk"))) > 20
    }
    assert {key for key in same if not key.startswith(("date.", "span.", "share.", "label."))} == set()
    written = " ".join(form for key in messages.keys("kk") for form in forms(key, "kk")).lower()
    assert set("әғқңөұүі") <= set(written)
    russian = " ".join(form for key in messages.keys("ru") if not key.endswith(".example") for form in forms(key, "ru"))
    assert not set("әғқңөұүі") & set(russian.lower())
