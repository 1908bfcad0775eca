"""Explanations: every decisive event, retracted alone, withdraws its alert, and no other cited event does."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aiqyn.rules import messages
from aiqyn.rules.messages import UnknownMessage
from aiqyn.streams import explain as explain_module
from aiqyn.streams import explanation
from aiqyn.streams.detection.alerts import Alert
from aiqyn.streams.explain import Explanation, as_text, explain
from aiqyn.streams.moments import rfc3339
from tests.rules.builder import Case
from tests.streams.ledger import Ledger, at, event, retraction

RULE_CASES = sorted((Path(__file__).parents[1] / "rules/cases").glob("*/*.json"))
CONFLICTS = Path(__file__).parents[2].parent / "shared/conformance/conflicts"
NAMES = sorted(path.stem for path in CONFLICTS.glob("*.jsonl"))
"""Known when tests are collected, so that each scenario is a test of its own."""
NO_COMMON_DAY = {"COI-08", "COI-09", "OWN-08", "SUP-01"}
CONTRACT = {
    *("alert", "rule", "sentence", "paths", "conditions", "decisive", "knownSince", "knownOnAward"),
}

Scenario = Callable[[str], list[bytes]]


@pytest.fixture(scope="session")
def scenario(shared: Path) -> Scenario:
    return lambda name: (shared / "conformance/conflicts" / f"{name}.jsonl").read_bytes().splitlines()


Told = Callable[[str], list[tuple[Alert, Explanation]]]


@pytest.fixture(scope="module")
def told(scenario: Scenario) -> Told:
    """Every alert of a scenario with its explanation, made once."""

    @cache
    def of(name: str) -> list[tuple[Alert, Explanation]]:
        ledger = Ledger(scenario(name))
        return [(alert, explain(ledger.engine, ledger, alert)) for alert in ledger.engine.alerts()]

    return of


def explained(ledger: Ledger, rule: str = "") -> Explanation:
    """The explanation of the one alert (of that rule)."""
    (alert,) = [alert for alert in ledger.engine.alerts() if not rule or alert["rule"] == rule]
    return explain(ledger.engine, ledger, alert)


def section(told: Explanation, heading: str) -> str:
    (found,) = [section for section in told.sections if section.heading == heading]
    return "\n".join(found.lines)


def cited(alert: Alert) -> set[tuple[str, str]]:
    return {(edge["event"]["source"], edge["event"]["id"]) for path in alert["paths"] for edge in path}


def decisive(explanation: Explanation) -> set[tuple[str, str]]:
    return {(name.source, name.id) for name in explanation.decisive}


def withdrawn_without(lines: Sequence[bytes], name: tuple[str, str], id: str) -> bool:
    """Whether the retraction of that event, sent by its source after all the others, withdraws the alert."""
    after = Ledger([*lines, retraction(*name)]).engine.alert(id)
    assert after is not None
    return bool(after["dataState"] == "withdrawn")


@pytest.mark.parametrize("name", NAMES)
def test_exactly_the_decisive_events_withdraw_when_retracted(name: str, scenario: Scenario) -> None:
    lines = scenario(name)
    ledger = Ledger(lines)
    for alert in ledger.current():
        found = decisive(explain(ledger.engine, ledger, alert))
        assert found == {each for each in cited(alert) | found if withdrawn_without(lines, each, alert["id"])}


@pytest.mark.parametrize("name", NAMES)
def test_asking_changes_nothing(name: str, scenario: Scenario) -> None:
    ledger = Ledger(scenario(name))
    before = list(ledger.engine.alerts())
    first = [explain(ledger.engine, ledger, alert) for alert in before]
    assert [explain(ledger.engine, ledger, alert) for alert in before] == first
    assert list(ledger.engine.alerts()) == before
    late = event("/other", "1", "record.retracted.v1", "2026-01-01T00:00:00Z", {
        "target": {"source": "/other", "id": "never sent"}, "reason": "error",
    })  # fmt: skip
    ledger.feed([late])
    assert list(ledger.engine.alerts()) == before


@pytest.mark.parametrize("name", NAMES)
def test_form_of_the_contract(name: str, told: Told) -> None:
    for alert, why in told(name):
        written = json.loads(msgspec.json.encode(why))
        assert written.keys() >= CONTRACT
        assert (written["alert"], written["rule"]) == (alert["id"], alert["rule"])
        assert written["paths"] == alert["paths"]
        assert written["conditions"]
        for condition in written["conditions"]:
            assert condition.keys() == {"text", "value", "operator", "threshold", "result"}
            assert all(condition.values())
            assert condition["result"] in ("certain", "possible", "no")
        assert all(entry.keys() == {"source", "id"} for entry in written["decisive"])
        assert isinstance(written["knownOnAward"], bool)
        assert at(written["knownSince"]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_says_who_and_cites_every_record(name: str, told: Told) -> None:
    for alert, why in told(name):
        text = as_text(why)
        assert why.sentence.startswith(("Records show that ", "Records do not show "))
        for name_or_id in (*alert["persons"], *alert["companies"], alert["ocid"] or alert["allocation"]):
            assert name_or_id in why.sentence
        tied = [fact for fact in why.facts if fact.kind in ("holdsPost", "directs", "relativeOf")]
        assert all(fact.brief for fact in tied)
        for source, id in cited(alert):
            assert f"Source {source}, record {id}, recorded " in text
        assert "{" not in text


@pytest.mark.parametrize("name", NAMES)
def test_conditions_agree_with_the_alert(name: str, told: Told) -> None:
    for alert, why in told(name):
        if alert["dataState"] != "current":
            continue
        conditions = why.conditions
        results = {condition.result for condition in conditions}
        if alert["certainty"] == "certain":
            assert "certain" in results
        else:
            assert "possible" in results
        days = [condition for condition in conditions if condition.text.startswith("Days of ")]
        assert len(days) == (alert["rule"] not in NO_COMMON_DAY)
        for condition in days:
            count, _, total = condition.value.partition(" of ")
            assert 0 < int(count) <= int(total)
            assert condition.result == alert["certainty"]


@pytest.mark.parametrize("file", RULE_CASES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_case_of_every_rule_is_explained(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    ledger = Ledger(Case(document).lines(), document.get("profile", "generic"))
    for alert in ledger.engine.alerts():
        told = explain(ledger.engine, ledger, alert)
        assert "{" not in as_text(told)
        assert all(all(msgspec.to_builtins(condition).values()) for condition in told.conditions)
        interest = ("Share ", "Alternatively", "Control ", "Role ")
        results = {each.result for each in told.conditions if each.text.startswith(interest)}
        if results and alert["certainty"] == "certain":
            assert "certain" in results
        elif results:
            assert results != {"no"}


def test_late_fact_was_not_known_on_the_award_day(scenario: Scenario) -> None:
    lines = scenario("coi04-spouse")
    married = json.loads(lines[-1])
    assert married["type"] == "official.relation.v1"
    ledger = Ledger(lines[:-1])
    ledger.feed(lines[-1:], at("2024-06-02T09:14:00Z"))
    explanation = explained(ledger)
    assert not explanation.known_on_award
    assert explanation.known_since == "2024-06-02T09:14:00.000000Z"
    known = section(explanation, "What was known on the award day")
    assert f"Not yet on record by then: {married['source']} {married['id']} (3)." in known
    assert "Cited events on record by then: 4 of 5." in known


def test_fact_recorded_on_the_last_moment_of_the_award_day_was_known(scenario: Scenario) -> None:
    lines = scenario("coi04-spouse")
    married = [line for line in lines if json.loads(line)["type"] == "official.relation.v1"]
    others = [line for line in lines if line not in married]
    first_after = at("2024-04-11T00:00:00Z")
    for recorded, known in ((first_after - 1, True), (first_after, False)):
        ledger = Ledger()
        ledger.feed(_until(others, "2024-04-11"))
        ledger.feed(married, recorded)
        explanation = explained(ledger)
        assert explanation.known_on_award is known
        assert explanation.known_since == rfc3339(recorded)


def test_award_published_after_its_day_does_not_hide_what_was_known(scenario: Scenario) -> None:
    lines = scenario("coi01-post-mid")
    releases = [line for line in lines if json.loads(line)["type"] == "procurement.release.v1"]
    ledger = Ledger(line for line in lines if line not in releases)
    ledger.feed(releases, at("2024-05-01T00:00:00Z"))
    explanation = explained(ledger)
    assert explanation.known_on_award
    assert at(explanation.known_since) >= at("2024-05-01T00:00:00Z")


def test_the_moment_is_that_of_the_last_needed_fact(scenario: Scenario) -> None:
    """The contract release comes last and is not needed; raised is when the facts were complete."""
    ledger = Ledger(scenario("coi01-post-mid"))
    (alert,) = ledger.current()
    assert explained(ledger).known_since == alert["raisedAt"]
    assert explained(ledger).known_since < rfc3339(at("2024-04-20T00:00:00Z"))


def test_a_fact_that_two_sources_state_is_not_decisive(scenario: Scenario) -> None:
    ledger = Ledger(scenario("coi02-two-sources"))
    (alert,) = ledger.current()
    roles = {
        (edge["event"]["source"], edge["event"]["id"])
        for path in alert["paths"]
        for edge in path
        if edge["kind"] == "directs"
    }
    explanation = explained(ledger)
    assert len(roles) == 2
    assert roles.isdisjoint(decisive(explanation))
    assert "would still stand" in section(explanation, "What would undo this alert")


def test_days_are_counted_and_shown_with_both_ends(scenario: Scenario) -> None:
    explanation = explained(Ledger(scenario("coi01-post-mid")))
    assert "on 17 of the 41 days of the decision window" in explanation.sentence
    assert "25 Mar 2024 – 10 Apr 2024" in explanation.sentence


def test_what_is_missing_is_named(scenario: Scenario) -> None:
    heading = "What is missing or uncertain"
    unstated = section(explained(Ledger(scenario("coi01-share-missing"))), heading)
    assert "the exact share is not stated" in unstated
    partial = section(explained(Ledger(scenario("coi01-partial-post-end-2024"))), heading)
    assert "the exact day is not stated (2024 (day not stated))" in partial
    whole = section(explained(Ledger(scenario("coi04-spouse"))), heading)
    assert whole == "Nothing that the rule asks for is missing."


def test_shares_are_exact_and_go_through_the_companies_between(scenario: Scenario) -> None:
    ledger = Ledger(scenario("coi03-bands-control-certain"))
    explanation = explained(ledger)
    by_text = {condition.text: condition for condition in explanation.conditions}
    share = by_text["Share held in the company, all chains together (capital or votes, whichever is more)"]
    assert (share.value, share.operator, share.threshold, share.result) == (
        *("over 25 to 56.25 %", ">=", "5 %", "certain"),
    )
    assert by_text["Alternatively: control of the company"].result == "certain"
    assert ", through TOO " in explanation.sentence


def test_decision_on_identity_is_told_and_decisive(scenario: Scenario) -> None:
    lines = scenario("id-decided-same")
    explanation = explained(Ledger(lines))
    (decision,) = [json.loads(line) for line in lines if json.loads(line)["type"] == "identity.decision.v1"]
    told = section(explanation, "Whether it is this person")
    assert told.startswith("Identity: decided.")
    assert decision["data"]["decidedBy"] in told
    assert decision["data"]["reason"] in told
    assert (decision["source"], decision["id"]) in decisive(explanation)


def test_withdrawn_alert_is_told_as_it_last_stood(scenario: Scenario) -> None:
    explanation = explained(Ledger(scenario("life-retract-stake")))
    assert explanation.status.startswith("Withdrawn on 1 May 2025, 08:00 UTC: its source retracted a fact")
    assert explanation.decisive == ()
    assert as_text(explanation).splitlines()[1] == explanation.status
    assert "nothing is left to undo" in section(explanation, "What would undo this alert")


def test_every_message_that_explanations_name_is_written() -> None:
    """Read off the sources: a rare sentence must not be the first to find that its text is missing."""
    sources = [*Path(explanation.__path__[0]).glob("*.py"), Path(explain_module.__file__)]
    named = {key for source in sources for key in _keys(ast.parse(source.read_text("utf-8")))}
    assert len(named) > 60
    assert named - messages.keys("en") == set()


def test_unknown_language_is_an_error(scenario: Scenario) -> None:
    ledger = Ledger(scenario("coi04-spouse"))
    (alert,) = ledger.current()
    with pytest.raises(UnknownMessage, match="'xx'"):
        explain(ledger.engine, ledger, alert, "xx")


# --- invented people -----------------------------------------------------------

BUYER = {"identifiers": [{"scheme": "XX-GOV", "id": "10001"}], "name": "Road Office of Kokterek"}
FIRM = {"identifiers": [{"scheme": "XX-COM", "id": "20002"}], "name": "Zhol Service"}


def person(id: str, name: str, birth: str | None = None, **more: object) -> dict[str, Any]:
    return {"recordId": id, "names": [{"fullName": name}], "birthDate": birth, **more}


def post(holder: Mapping[str, Any], **more: object) -> bytes:
    data = {
        "person": holder,
        "organization": BUYER,
        "post": "Chief of roads",
        "role": "head",
        "level": "district",
    }
    return event("/posts", "post", "official.occupancy.v1", "2023-01-01T00:00:00Z", {**data, **more})


def role(holder: Mapping[str, Any], id: str = "role", **more: object) -> bytes:
    data = {"company": FIRM, "person": holder, "role": "director", "startDate": "2020-01-01"}
    return event("/firms", id, "registry.directorship.v1", "2023-01-02T00:00:00Z", {**data, **more})


def kin(left: Mapping[str, Any], right: Mapping[str, Any], relationship: str, id: str) -> bytes:
    """`right` is `left`'s `relationship`."""
    data = {"person": left, "relative": right, "relationship": relationship}
    return event("/civil", id, "official.relation.v1", "2023-01-03T00:00:00Z", data)


def award() -> bytes:
    def organization(entity: Mapping[str, Any], *roles: str) -> dict[str, Any]:
        (identifier,) = entity["identifiers"]
        return {"id": identifier["id"], "name": entity["name"], "identifier": identifier, "roles": roles}

    data = {
        "ocid": "ocds-inv3nt-1",
        "id": "1",
        "date": "2024-03-01T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "parties": [organization(BUYER, "buyer"), organization(FIRM, "supplier")],
        "buyer": {"id": "10001", "name": BUYER["name"]},
        "awards": [{"id": "a", "status": "active", "date": "2024-03-05T00:00:00Z", "suppliers": [{"id": "20002"}]}],
    }
    return event("/tenders", "award", "procurement.release.v1", "2024-03-05T12:00:00Z", data)


def test_names_stand_beside_ids() -> None:
    official = person("p1", "Aruzhan Sarsengali")
    ledger = Ledger([post(official), role({**official, "recordId": "p1"}), award()])
    assert ledger.current() == []  # records of two sources with one name are not one person
    known = {
        "identifiers": [{"scheme": "XX-ID", "id": "30003"}],
        "names": [{"fullName": "Aruzhan Sarsengali"}],
    }
    explanation = explained(Ledger([post(known), role(known), award()]))
    assert "Aruzhan Sarsengali (XX-ID:30003), head at the buyer, Road Office of Kokterek (XX-GOV:10001)" in (
        explanation.sentence
    )
    assert "was director of Zhol Service (XX-COM:20002), a winner in ocds-inv3nt-1" in explanation.sentence
    facts = section(explanation, "What the records say")
    assert "as head (post: “Chief of roads”) at Road Office of Kokterek" in facts
    assert "Source /posts, record post, recorded 1 Jan 2023, 00:00 UTC. (429 days before the award)" in facts


def test_relation_is_told_from_the_holder_of_the_interest() -> None:
    official, husband, brother = (
        {"identifiers": [{"scheme": "XX-ID", "id": f"3000{n}"}], "names": [{"fullName": name}]}
        for n, name in ((1, "Madina Seitkhan"), (2, "Yerlan Tokmyrza"), (3, "Marat Tokmyrza"))
    )
    mine = [post(official), role(brother), award()]
    for first, second in (
        (kin(official, husband, "spouse", "k1"), kin(husband, brother, "sibling", "k2")),
        (kin(husband, official, "spouse", "k1"), kin(brother, husband, "sibling", "k2")),
    ):
        explanation = explained(Ledger([*mine, first, second]))
        assert "Marat Tokmyrza (XX-ID:30003), sibling of the spouse of Madina Seitkhan" in explanation.sentence
    child = explained(Ledger([*mine, kin(brother, official, "child", "k1")]))
    assert "Marat Tokmyrza (XX-ID:30003), parent of Madina Seitkhan" in child.sentence
    assert "Madina Seitkhan (XX-ID:30001) is on record as child of Marat Tokmyrza" in section(
        child, "What the records say"
    )
    brief = {fact.kind: fact.brief for fact in child.facts}
    assert brief["relativeOf"] == "parent"  # as whom the official has the other one
    assert brief["holdsPost"] in section(child, "What the records say")
    assert brief["directs"] in section(child, "What the records say")
    assert (brief["buys"], brief["wins"]) == ("", "")


def test_identity_by_agreement_says_on_what_records_agree() -> None:
    official = person("p1", "Daulet Orynbasar", "1980-05-06", phones=["+7 701 555 0101"])
    director = person("d1", "Daulet Orynbasar", "1980-05-06", phones=["+7 701 555 0101"])
    explanation = explained(Ledger([post(official), role(director), award()]))
    told = section(explanation, "Whether it is this person")
    assert told.startswith("Identity: corroborated.")
    assert "their records agree on the name, the full birth date, a contact." in told
    assert "A common identifier" in section(explanation, "What is missing or uncertain")

    alike = explained(Ledger([post({**official, "phones": []}), role(director), award()]))
    told = section(alike, "Whether it is this person")
    assert told.startswith("Identity: unconfirmed.")
    assert "may be one person: their records agree on the name, the full birth date." in told


def test_declaration_that_omits_the_interest_is_told_and_decisive() -> None:
    known = {
        "identifiers": [{"scheme": "XX-ID", "id": "30003"}],
        "names": [{"fullName": "Aruzhan Sarsengali"}],
    }
    declared = event("/declared", "d", "official.declaration.v1", "2024-01-10T00:00:00Z", {
        "declarant": known, "filedAt": "2024-01-09", "items": [],
        "period": {"from": "2024-01-01", "to": "2025-01-01"},
    })  # fmt: skip
    ledger = Ledger([post(known), role(known), award(), declared])
    explanation = explained(ledger, "COI-08")
    assert "filed a declaration on 9 Jan 2024 that does not name Zhol Service (XX-COM:20002)." in section(
        explanation, "What the records say"
    )
    assert decisive(explanation) == {("/declared", "d"), *decisive(explained(ledger, "COI-02"))}


def test_when_a_replaced_fact_stands_again_its_successor_is_not_decisive() -> None:
    known = {
        "identifiers": [{"scheme": "XX-ID", "id": "30003"}],
        "names": [{"fullName": "Aruzhan Sarsengali"}],
    }
    later = event("/firms", "role again", "registry.directorship.v1", "2024-06-01T00:00:00Z", {
        "company": FIRM, "person": known, "role": "manager", "startDate": "2020-01-01", "recordKey": "r",
    })  # fmt: skip
    lines = [post(known), role(known, recordKey="r"), award(), later]
    ledger = Ledger(lines)
    explanation = explained(ledger)
    assert ("/firms", "role again") not in decisive(explanation)
    assert decisive(explanation) == {("/posts", "post"), ("/tenders", "award")}
    # what stood before the correction showed it too
    assert explanation.known_on_award
    assert explanation.known_since == rfc3339(at("2024-03-05T12:00:00Z"))


def _keys(tree: ast.AST) -> Iterator[str]:
    """Whole keys that a module hands to `say` (or, without their table, to the condition makers)."""
    tables = {"say": "", "_condition": "condition.", "_yes": "condition.", "_section": "heading."}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            place = 1 if name == "_section" else 0
            if name in tables and len(call.args) > place:
                yield from (tables[name] + text for text in _literals(call.args[place]))


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be; of a key put together, none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))


def _until(lines: Sequence[bytes], day: str) -> list[bytes]:
    """The events sent before that day."""
    return [line for line in lines if json.loads(line)["time"] < day]
