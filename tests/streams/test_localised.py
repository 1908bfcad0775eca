"""Alerts and explanations in Kazakh and Russian: every alert of every rule case, with nothing lost on the way."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from aiqyn.rules import catalogue, messages
from aiqyn.rules.messages import UnknownMessage
from aiqyn.schemas.shares import Share
from aiqyn.streams.detection.alerts import Alert
from aiqyn.streams.explain import as_text, explain
from aiqyn.streams.explanation.localised import localised
from aiqyn.streams.explanation.wording import Wording
from tests.rules.test_cases import FILES, _read
from tests.rules.test_messages import ACCUSING
from tests.streams.ledger import Ledger

RULES = sorted(catalogue.load())
SAYS = {"kk": "азба", "ru": "апис"}
"""Of «жазба» and «запись»: each text says that it speaks of records."""


@cache
def ledger(path: Path) -> Ledger:
    document, case = _read(path)
    return Ledger(case.lines(), document.get("profile", "generic"))


def alerts(rule: str) -> list[tuple[Ledger, Alert]]:
    found = [ledger(path) for path in FILES if path.parent.name == rule]
    return [(each, alert) for each in found for alert in each.engine.alerts()]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_title_and_summary_of_every_alert(rule: str, lang: str) -> None:
    known = alerts(rule)
    assert any(alert["rule"] == rule for _, alert in known)
    for _, alert in known:
        said = localised(alert, lang)
        assert {name for name in alert if said[name] != alert[name]} == {"title", "summary"}
        assert said["title"] == messages.text(f"{alert['rule']}.title", lang)
        assert "{" not in said["summary"]
        assert SAYS[lang] in said["summary"]
        assert all(name in said["summary"] for name in alert["companies"])
        assert [name in said["summary"] for name in alert["persons"]] == [
            name in alert["summary"] for name in alert["persons"]
        ]
        assert not ACCUSING.search(said["title"] + said["summary"])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_the_explanation_of_an_alert_of_every_rule(rule: str, lang: str) -> None:
    where, alert = next((each, alert) for each, alert in alerts(rule) if alert["rule"] == rule)
    told, english = explain(where.engine, where, alert, lang), explain(where.engine, where, alert)
    assert (told.lang, told.title) == (lang, localised(alert, lang)["title"])
    assert SAYS[lang] in told.sentence
    assert all(name in told.sentence for name in (*alert["persons"], *alert["companies"]) if name in english.sentence)
    assert (told.decisive, told.known_since, told.known_on_award) == (
        english.decisive, english.known_since, english.known_on_award,
    )  # fmt: skip
    assert [len(section.lines) for section in told.sections] == [len(section.lines) for section in english.sections]
    assert [condition.result for condition in told.conditions] == [condition.result for condition in english.conditions]
    text = as_text(told)
    assert "{" not in text
    assert ".." not in text
    assert not ACCUSING.search(text)
    assert not re.search(r"\b(the|records|from|day|share|days|of|in)\b", text)


def test_english_stays_as_stored() -> None:
    _, alert = alerts("COI-04")[0]
    assert localised(alert, "en") == alert
    assert localised(alert, "en") is not alert


def test_an_alert_of_a_rule_that_is_gone_stays_as_stored() -> None:
    _, alert = alerts("COI-04")[0]
    assert localised({**alert, "rule": "XXX-99"}, "kk")["title"] == alert["title"]


def test_names_are_never_read_as_a_template() -> None:
    _, alert = alerts("COI-01")[0]
    assert "{persons.__class__}" in localised({**alert, "persons": ["{persons.__class__}"]}, "ru")["summary"]


def test_a_language_without_catalogue_is_an_error() -> None:
    _, alert = alerts("COI-01")[0]
    with pytest.raises(UnknownMessage):
        localised(alert, "xx")


@pytest.mark.parametrize(
    ("lang", "day", "month", "share", "days"),
    [
        ("en", "10 Apr 2024", "Feb 2024 (day not stated)", "12.5 %", "3 days"),
        ("ru", "10 апреля 2024 г.", "февраль 2024 г. (день не указан)", "12,5 %", "3 дня"),
        ("kk", "2024 ж. 10 сәуір", "2024 ж. ақпан (күні көрсетілмеген)", "12,5 %", "3 күн"),
    ],
)
def test_dates_shares_and_counts_are_written_as_the_language_writes_them(
    lang: str, day: str, month: str, share: str, days: str
) -> None:
    words = Wording(lang)
    said = (
        words.day("2024-04-10"),
        words.day("2024-02"),
        words.share(Share(Fraction(1, 8), Fraction(1, 8))),
        words.say("number.days", count=3),
    )
    assert tuple(text.replace("\u00a0", " ") for text in said) == (day, month, share, days)
