"""Message catalogues: complete in every language, and without a word that accuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from aiqyn.rules import catalogue, messages
from aiqyn.rules.messages import UnknownMessage
from aiqyn.rules.pages import documents
from aiqyn.rules.plural import plural

ACCUSING = re.compile(
    r"corrupt|guilt|fraud|suspicio|suspect|crimin|\bcrimes?\b|illegal|illicit|collu[ds]|cheat|stole"
    r"|steal|theft|brib|accus|offend|culprit|perpetrat|violat|red flag|risk score"
    r"|conspir|embezzl|launder"
    r"|коррупц|виновн|вина\b|мошенн|преступ|подозр|взят|краж|сговор"
    r"|сыбайлас|жемқор|кінәлі|алаяқ|қылмыс|күдікті|пара\b",
    re.IGNORECASE,
)


def texts(lang: str) -> Iterator[tuple[str, str]]:
    """Every message of a language, each plural form on its own, with a stand-in for each parameter."""
    for key in sorted(messages.keys(lang)):
        stand_ins = {name: f"‹{name}›" for name in messages.parameters(key, lang)}
        for count in (0, 1, 2, 5):
            yield key, messages.text(key, lang, **{**stand_ins, "count": count})


@pytest.mark.parametrize("lang", messages.languages())
def test_no_message_accuses(lang: str) -> None:
    assert [(key, text) for key, text in texts(lang) if ACCUSING.search(text)] == []


def test_no_rule_accuses() -> None:
    rules = catalogue.load().values()
    said = [text for rule in rules for text in (rule.title, rule.summary, rule.severity, rule.near_miss)]
    assert [text for text in said if ACCUSING.search(text)] == []
    assert [name for name, page in documents().items() if ACCUSING.search(page)] == []


@pytest.mark.parametrize("text", ["He is guilty.", "a corrupt official", "подозрительная сделка", "сыбайлас жемқорлық"])
def test_the_lint_sees_an_accusation(text: str) -> None:
    assert ACCUSING.search(text)


@pytest.mark.parametrize("lang", messages.languages())
def test_every_language_has_every_key_with_the_same_parameters(lang: str) -> None:
    ours, theirs = messages.keys(messages.DEFAULT), messages.keys(lang)
    assert ours - theirs == set()
    different = {key for key in ours if messages.parameters(key, lang) - messages.parameters(key, messages.DEFAULT)}
    assert different == set()


@pytest.mark.parametrize("id", catalogue.load())
def test_every_rule_has_a_sentence_an_example_and_a_reason(id: str) -> None:
    keys = {key.partition(".")[2] for key in messages.keys("en") if key.startswith(f"{id}.")}
    assert {"example", "why"} < keys
    for form in keys - {"example", "why", "title", "summary"}:
        stand_ins = {name: name for name in messages.parameters(f"{id}.{form}", "en")}
        assert messages.text(f"{id}.{form}", "en", **stand_ins).startswith(("Records show", "Records do not show"))


def test_parameters_are_put_in() -> None:
    text = messages.text("span.days", "en", first="1 Mar 2024", last="10 Apr 2024")
    assert text == "1 Mar 2024 – 10 Apr 2024"


def test_plural_forms() -> None:
    assert [messages.text("number.days", "en", count=count) for count in (0, 1, 2)] == [
        "0 days",
        "1 day",
        "2 days",
    ]
    assert [plural("ru", count) for count in (1, 2, 5, 11, 12, 21, 24, 112)] == [
        *("one", "few", "many", "many", "many", "one", "few", "many"),
    ]
    assert [plural("kk", count) for count in (1, 2)] == ["one", "other"]
    assert plural("xx", 1) == "other"


def test_a_value_is_never_read_as_a_template() -> None:
    assert messages.text("label.named", "en", name="{id}", id="{0.__class__}") == "{id} ({0.__class__})"


@pytest.mark.parametrize(
    ("key", "lang", "complaint"),
    [
        ("no.such.key", "en", "has no 'no.such.key'"),
        ("span.days", "xx", "no messages in 'xx'"),
        ("span.days", "../en", "no messages in"),
        ("span.days", "en", "needs the parameter 'first'"),
        ("number.days", "en", "'count'"),
    ],
)
def test_what_nobody_wrote_is_an_error(key: str, lang: str, complaint: str) -> None:
    with pytest.raises(UnknownMessage, match=re.escape(complaint)):
        messages.text(key, lang)


def test_an_unknown_code_stands_as_it_is() -> None:
    assert messages.word("role", "unitHead", "en") == "head of unit"
    assert messages.word("role", "dragoman", "en") == "dragoman"
    assert messages.word("role", "", "en") == ""


def test_title_and_summary_are_the_rules_own_where_the_catalogue_has_none() -> None:
    rule = catalogue.load()["COI-01"]
    assert messages.title(rule, "en") == rule.title
    assert messages.summary(rule, "en") == rule.summary
