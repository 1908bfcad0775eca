"""What each rule answers about a case: triggered, not triggered, or insufficient data with what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aiqyn.rules import catalogue, messages
from aiqyn.streams.outcomes import Outcomes, as_text, outcomes
from tests.rules.builder import OCID, Case
from tests.rules.support import run

Json = dict[str, Any]
CASES = Path(__file__).parents[1] / "rules" / "cases"
TENDER: Json = {"process": "Buyer", "winner": "Firm", "losers": ["Rival"]}
HEAD: Json = {"post": "head", "person": "head", "at": "Buyer"}
SALE: Json = {
    "allocation": "assetDisposal", "grantor": "Fund", "recipient": "Firm", "deciders": ["chief"], "date": "2024-05-02",
}  # fmt: skip
OWNED: list[Json] = [{"stake": 100, "holder": "owner", "in": firm} for firm in ("Firm", "Rival")]
MANAGED: list[Json] = [{"role": "director", "person": f"director{firm}", "in": firm} for firm in ("Firm", "Rival")]
FAMILY: Json = {"kin": "sibling", "person": "head", "relative": "brother"}
ABOVE: list[Json] = [
    {"body": "Buyer", "parent": "Council", "budgetLevel": "district"},
    {"body": "Council", "budgetLevel": "district"},
]
MEMBER: Json = {"committee": [{"person": "head", "as": "member"}]}
STRANGERS: list[Json] = [
    {"stake": 100, "holder": f"owner{firm}", "in": firm} for firm in ("Firm", "Rival")
]  # fmt: skip


def answers(events: list[Json], id: str = OCID, profile: str = "generic") -> tuple[Case, Outcomes]:
    case = Case({"events": events})
    found = outcomes(run(case.lines(), profile), id)
    assert found is not None
    return case, found


def answer(rule: str, events: list[Json], id: str = OCID) -> tuple[str, set[tuple[str, str | None]]]:
    """The rule's result, and what is missing of whom, in the words of the case."""
    case, found = answers(events, id)
    words = {case.name(word): word for word in ("Buyer", "Firm", "Rival", "Council", "Fund")}
    (one,) = (each for each in found.rules if each.rule == rule)
    return one.result, {(each.fact, words.get(each.about or "")) for each in one.missing}


OWNERS = {("ownership.statement", "Firm"), ("ownership.statement", "Rival")}
ROLES = {("registry.directorship", "Firm"), ("registry.directorship", "Rival")}
POSTS = {("official.occupancy", "Buyer")}
TIES = {("official.relation", "Buyer")}


@pytest.mark.parametrize(
    ("rule", "events", "missing"),
    [
        ("COI-01", [TENDER], POSTS | OWNERS),
        ("COI-01", [HEAD, TENDER], OWNERS),
        ("COI-01", [*STRANGERS, TENDER], POSTS),
        ("COI-01", [{**HEAD, "to": "2024-02-01"}, *STRANGERS, TENDER], POSTS),
        ("COI-01", [HEAD, {**STRANGERS[0], "to": "2024-02-01"}, STRANGERS[1], TENDER],
         {("ownership.statement", "Firm")}),
        ("COI-02", [HEAD, *STRANGERS, TENDER], ROLES),
        ("COI-03", [HEAD, TENDER], OWNERS),
        ("COI-04", [HEAD, *STRANGERS, TENDER], TIES),
        ("COI-05", [HEAD, FAMILY, TENDER], ROLES),
        ("COI-06", [{**HEAD, "post": "staff"}, FAMILY, *STRANGERS, TENDER], POSTS),
        ("COI-06", [HEAD, *STRANGERS, TENDER], TIES),
        ("COI-07", [HEAD, *STRANGERS, *MANAGED, TENDER], {("registry.company.parentBody", "Buyer")}),
        ("COI-07", [*ABOVE, *STRANGERS, *MANAGED, TENDER], POSTS),
        ("COI-08", [HEAD, *STRANGERS, *MANAGED, TENDER], {("official.declaration", "Buyer")}),
        ("COI-08", [HEAD, {"declared": [], "by": "head", "filed": "2021-04-01", "period": ["2020-01-01", "2021-01-01"]},
                    *STRANGERS, *MANAGED, TENDER], {("official.declaration", "Buyer")}),
        ("COI-09", [HEAD, TENDER], {("procurement.committee", None)}),
        ("COI-09", [MEMBER, TENDER], {("official.declaration", None)}),
        ("OWN-01", [TENDER], OWNERS),
        ("OWN-01", [STRANGERS[0], {**TENDER, "losers": []}], {("procurement.release.bids", None)}),
        ("OWN-02", [STRANGERS[0], TENDER], {("ownership.statement", "Rival")}),
        ("OWN-03", [TENDER], OWNERS),
        ("OWN-04", [MANAGED[0], TENDER], {("registry.directorship", "Rival")}),
        ("OWN-08", [TENDER], {("ownership.statement", "Firm")}),
        ("PUB-01", [HEAD, *STRANGERS, *MANAGED, TENDER],
         {("registry.company.parentBody", "Buyer"), ("registry.company.budgetLevel", "Buyer")}),
        ("PUB-01", [*ABOVE, *STRANGERS, *MANAGED, TENDER], POSTS),
        ("SUP-01", [TENDER], {("registry.debarment", None)}),
    ],
)  # fmt: skip
def test_a_rule_that_lacks_facts_names_them(rule: str, events: list[Json], missing: set[tuple[str, str]]) -> None:
    assert answer(rule, events) == ("insufficient", missing)


@pytest.mark.parametrize(("rule", "kind"), [("DIS-01", "assetDisposal"), ("BEN-01", "subsidy")])
def test_so_does_a_rule_about_allocations(rule: str, kind: str) -> None:
    given = {**SALE, "allocation": kind}
    lacking = {("official.relation", "Fund"), ("ownership.statement", "Firm"), ("registry.directorship", "Firm")}
    assert answer(rule, [given], "allocation-1") == ("insufficient", lacking)
    nobody = {("official.occupancy", "Fund"), ("ownership.statement", "Firm"), ("registry.directorship", "Firm")}
    assert answer(rule, [{**given, "deciders": []}], "allocation-1") == ("insufficient", nobody)
    other = "BEN-01" if rule == "DIS-01" else "DIS-01"
    assert answer(other, [given], "allocation-1") == ("notTriggered", set())


EVERYTHING: list[Json] = [
    *ABOVE, HEAD, FAMILY, MEMBER, *STRANGERS, *MANAGED, TENDER,
    {"post": "councilMember", "person": "councillor", "at": "Council"},
    {"declared": [], "by": "head", "filed": "2024-02-01"},
    {"debarred": "Elsewhere"},
]  # fmt: skip


def test_where_everything_is_on_record_no_rule_lacks_anything() -> None:
    _, found = answers(EVERYTHING)
    assert {each.rule: (each.result, each.missing) for each in found.rules if each.result != "notTriggered"} == {}
    assert len(found.rules) == len([r for r in catalogue.load().values() if r.both or not r.allocations])


def test_a_triggered_rule_names_its_alerts_and_lacks_nothing() -> None:
    case = Case({"events": [HEAD, {"stake": 30, "holder": "head", "in": "Firm"}, TENDER]})
    engine = run(case.lines())
    found = outcomes(engine, OCID)
    assert found is not None
    (one,) = (each for each in found.rules if each.result == "triggered")
    assert (one.rule, one.missing, list(one.alerts)) == ("COI-01", (), [alert["id"] for alert in engine.alerts()])


def test_the_answers_are_a_function_of_the_facts() -> None:
    lines = Case({"events": EVERYTHING}).lines()
    assert outcomes(run(lines), OCID) == outcomes(run(lines[::-1]), OCID)


def test_a_cancelled_process_asks_for_nothing() -> None:
    cancelled: Json = {"release": ["tenderCancellation"], "date": "2024-04-20", "status": "cancelled"}
    _, found = answers([TENDER, cancelled])
    assert found.cancelled
    assert {each.result for each in found.rules} == {"notTriggered"}


def test_a_process_without_bidders_gives_no_answer() -> None:
    _, found = answers([{"release": "tender", "date": "2024-03-01"}])
    assert {each.result for each in found.rules} == {"insufficient"}


def test_what_is_unknown_is_none() -> None:
    assert outcomes(run([]), "ocds-t3st00-none") is None


@pytest.mark.parametrize("lang", messages.languages())
def test_every_answer_has_words(lang: str) -> None:
    for events in ([TENDER], [HEAD, MEMBER, TENDER], EVERYTHING, [*ABOVE, TENDER]):
        _, found = answers(events)
        for one in found.rules:
            for each in one.missing:
                assert messages.fact(each.fact, lang) != each.fact
        assert len(list(as_text(found, lang))) >= len(found.rules)


def test_what_is_missing_is_of_the_kinds_that_the_rule_needs() -> None:
    for path in sorted(CASES.glob("*/near-miss-*.json"))[::12]:
        document = json.loads(path.read_text("utf-8"))
        case = Case(document)
        engine = run(case.lines(), document.get("profile", "generic"))
        for id in (*engine.world.processes, *engine.world.allocations):
            found = outcomes(engine, id)
            assert found is not None
            for one in found.rules:
                for each in one.missing:
                    if each.fact != "procurement.release.bids":
                        kind = ".".join(each.fact.split(".")[:2])
                        assert kind in catalogue.load()[one.rule].needs, (path.stem, one.rule, each)


@pytest.mark.parametrize(
    ("events", "missing"),
    [
        ([HEAD, {"stake": 30, "holder": "head", "in": "Firm"}, TENDER], []),
        ([{**HEAD, "to": "2024-03"}, {"stake": 30, "holder": "head", "in": "Firm"}, TENDER],
         ["official.occupancy.endDate"]),
        ([{**HEAD, "from": "2024"}, {"stake": None, "holder": "head", "in": "Firm"}, TENDER],
         ["official.occupancy.startDate", "ownership.statement.share"]),
        ([HEAD, {"stake": {"minimum": 0, "maximum": 25}, "holder": "head", "in": "Firm"}, TENDER],
         ["ownership.statement.share"]),
        ([HEAD, {"role": "director", "person": "head", "in": "Firm", "to": "2024-03"}, TENDER],
         ["registry.directorship.endDate"]),
        ([HEAD, {"role": "director", "person": "head", "in": "Firm", "from": "2024-04-05"},
          {"release": "award", "date": "2024-04-20", "awards": [{"to": ["Firm"], "date": "2024-04"}]}],
         None),
        ([MEMBER, {"declared": [{"kind": "conflict", "of": "Firm"}], "by": "head", "filed": "2024-03-01"},
          {**TENDER, "awarded": "2024-04-10"}], []),
    ],
)  # fmt: skip
def test_a_possible_alert_says_what_would_settle_it(events: list[Json], missing: list[str] | None) -> None:
    alerts = [alert for alert in run(Case({"events": events}).lines()).alerts() if alert["dataState"] == "current"]
    assert alerts
    for alert in alerts:
        if missing is None:
            assert alert["missing"] == ["procurement.release.date"] or alert["certainty"] == "certain"
        else:
            assert alert["missing"] == missing
        assert alert["certainty"] == ("possible" if alert["missing"] else "certain")
