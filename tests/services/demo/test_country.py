"""The stream of a demo country: the same each time, in order, complete."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

import pytest

from aiqyn.services.demo import SMALLEST_SIZE, generate
from aiqyn.services.demo.identifiers import check_digit
from aiqyn.services.demo.plants.table import PLANTINGS
from tests.services.demo.told import Staged, Told


def digest(size: int, seed: int) -> str:
    whole = sha256()
    for line in generate(size, seed).events:
        whole.update(line + b"\n")
    return whole.hexdigest()


def values(node: Any, *keys: str) -> Iterator[Any]:
    """Every value of these keys, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys:
                yield value
            yield from values(value, *keys)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, *keys)


def test_the_same_size_and_seed_give_the_same_bytes() -> None:
    assert digest(300, 11) == digest(300, 11)
    assert generate(300, 11).truth == generate(300, 11).truth


def test_another_seed_gives_another_country() -> None:
    assert digest(300, 11) != digest(300, 12)


def test_a_country_too_small_for_its_plants_is_refused() -> None:
    with pytest.raises(ValueError, match=str(SMALLEST_SIZE)):
        generate(SMALLEST_SIZE - 1, 1)


def test_a_large_country_begins_before_all_of_it_is_made() -> None:
    assert len(list(islice(generate(50_000, 1).events, 100))) == 100


@pytest.mark.parametrize("size", [300, 2_000])
def test_size_counts_companies(size: int) -> None:
    companies = set()
    for line in generate(size, 4).events:
        event = json.loads(line)
        if event["type"] == "registry.company.v1" and event["data"]["kind"] in ("company", "quasiPublic"):
            companies.add(event["data"]["entity"]["identifiers"][0]["id"])
    assert abs(len(companies) - size) <= max(3, size // 100)


def test_lines_are_compact_json_with_keys_in_a_fixed_order(small: Told) -> None:
    for line in small.lines:
        event = json.loads(line)
        assert list(event) == ["specversion", "id", "source", "type", "time", "datacontenttype", "data"]
        assert json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() == line


def test_ids_differ_but_for_duplicates_byte_for_byte(medium: Told) -> None:
    names = Counter((event["source"], event["id"]) for event in medium.events)
    assert max(names.values()) == 1
    copies = len(medium.lines) - len(medium.events)
    assert 0.001 < copies / len(medium.lines) < 0.02


def test_events_come_about_in_the_order_of_their_time(medium: Told) -> None:
    times = [event["time"] for event in medium.events]
    assert times == sorted(times)
    assert times[0] >= "2018-01-01"
    assert times[-1] < "2026-01-01"


def test_every_number_has_its_check_digit(medium: Told) -> None:
    numbers = 0
    for event in medium.events:
        for stated in values(event, "identifiers", "identifier"):
            for identifier in stated if isinstance(stated, list) else [stated]:
                number = identifier["id"]
                assert identifier["scheme"] in ("KZ-BIN", "KZ-IIN")
                assert len(number) == 12
                assert check_digit(number[:11]) == int(number[11])
                numbers += 1
    assert numbers > 10_000


def test_a_number_belongs_to_one_name_or_its_spellings(medium: Told) -> None:
    births: dict[str, set[str]] = {}
    for event in medium.events:
        for person in values(event, "person", "relative", "declarant"):
            for identifier in person.get("identifiers", []):
                births.setdefault(identifier["id"], set()).add(person["birthDate"])
    assert len(births) > 500
    for number, stated in births.items():
        assert len(stated) == 1
        assert next(iter(stated))[2:].replace("-", "") == number[:6]


def test_every_reference_resolves(medium: Told) -> None:
    stated = {(event["source"], event["id"]) for event in medium.events}
    ocids = {event["data"]["ocid"] for event in medium.events if event["type"] == "procurement.release.v1"}
    statements = [event["data"] for event in medium.events if event["type"] == "ownership.statement.v1"]
    records = {data["recordId"] for data in statements if "recordId" in data}
    described = {
        data["statementID"]
        for data in statements
        if data.get("statementType") in ("entityStatement", "personStatement")
    }
    registered = {
        event["data"]["entity"]["identifiers"][0]["id"]
        for event in medium.events
        if event["type"] == "registry.company.v1"
    }
    kinds: Counter[str] = Counter()
    for event in medium.events:
        data = event["data"]
        kinds[event["type"]] += 1
        if event["type"] == "record.retracted.v1":
            assert (data["target"]["source"], data["target"]["id"]) in stated
            assert data["target"]["source"] == event["source"]
        if event["type"] == "procurement.committee.v1":
            assert data["ocid"] in ocids
        for ocid in values(data, "ocid"):
            assert ocid is None or ocid in ocids
        if data.get("recordType") == "relationship":
            details = data["recordDetails"]
            assert details["subject"] in records
            assert isinstance(details["interestedParty"], dict) or details["interestedParty"] in records
            assert set(details.get("componentRecords", [])) <= records
        for reference in values(data, "describedByEntityStatement", "describedByPersonStatement"):
            assert reference in described
        for key in ("organization", "company", "parentBody", "supplier", "grantor"):
            entity = data.get(key)
            if isinstance(entity, dict):
                assert entity["identifiers"][0]["id"] in registered
        if event["type"] == "procurement.release.v1":
            parties = {party["id"]: party for party in data["parties"]}
            assert {party["identifier"]["id"] for party in parties.values()} <= registered
            for references in values(data, "suppliers", "tenderers"):
                assert {reference["id"] for reference in references} <= set(parties)
    assert len(kinds) == 12, kinds


def test_facts_come_late_are_corrected_and_retracted(medium: Told) -> None:
    awarded: dict[str, str] = {}
    facts: Counter[str] = Counter()
    for event in medium.events:
        world = event["id"].rsplit("-", 1)[0]
        if event["data"].get("tag") == ["award"]:
            awarded[world] = max(awarded.get(world, ""), event["time"])
    keys: Counter[tuple[str, str]] = Counter()
    for event in medium.events:
        kind = event["type"].rsplit(".", 1)[0]
        if kind in (
            "official.occupancy",
            "official.relation",
            "registry.directorship",
            "ownership.statement",
        ):
            facts["all"] += 1
            world = event["id"].rsplit("-", 1)[0]
            facts["late"] += event["time"] > awarded.get(world, "9")
        if "recordKey" in event["data"]:
            keys[event["source"], event["data"]["recordKey"]] += 1
        facts["retracted"] += kind == "record.retracted"
        facts["updated"] += event["data"].get("recordStatus") == "updated"
    facts["corrected"] = sum(count > 1 for count in keys.values()) + facts["updated"]
    assert 0.02 < facts["late"] / facts["all"] < 0.07, facts
    assert 0.005 < facts["corrected"] / facts["all"] < 0.03, facts
    assert facts["retracted"] > 5, facts


def test_every_scenario_says_what_must_stand_or_must_not(staged: tuple[Staged, ...]) -> None:
    assert len(staged) > 200
    for scenario in staged:
        planted = {plant.rule for plant in scenario.truth}
        spared = {rule for decoy in scenario.decoys for rule in decoy.rules}
        assert scenario.rule in (planted if scenario.is_hit else spared), scenario.name
        for decoy in scenario.decoys:
            for plant in scenario.truth:
                meant = decoy.company is None or decoy.company in plant.companies
                assert not (meant and plant.rule in decoy.rules), scenario.name


def test_every_scenario_names_only_its_own_people_and_companies(staged: tuple[Staged, ...]) -> None:
    known: dict[str, str] = {}
    for number, scenario in enumerate(staged):
        for event in scenario.events:
            for identifier in re.findall(r'"id": "(\d{12})"', json.dumps(event)):
                assert known.setdefault(identifier, str(number)) == str(number), scenario.name


def test_every_rule_has_hits_and_near_misses(small: Told, medium: Told) -> None:
    for told in (small, medium):
        planted = {plant.rule for plant in told.country.truth}
        missed = {rule for decoy in told.country.decoys for rule in decoy.rules}
        for planting in PLANTINGS:
            assert planting.rule in planted
            assert planting.rule in missed


def test_about_one_plant_for_fifty_companies(medium: Told) -> None:
    worlds = {re.sub(r"-\d+$", "", plant.ocid or plant.allocation or "") for plant in medium.country.truth}
    assert 40 <= len(worlds) <= 80


def test_planted_names_are_in_the_events(medium: Told) -> None:
    text = b"\n".join(medium.lines)
    ocids = {event["data"].get("ocid") for event in medium.events}
    ids = {event["data"].get("id") for event in medium.events if event["type"] == "allocation.made.v1"}
    assert len(set(medium.country.truth)) == len(medium.country.truth)
    for plant in medium.country.truth:
        assert (plant.ocid in ocids) if plant.ocid else (plant.allocation in ids)
        assert plant.companies == tuple(sorted(plant.companies))
    numbers = set(re.findall(rb'"id":"(\d{12})"', text))
    for plant in medium.country.truth:
        for name in plant.companies + plant.persons:
            assert name.split(":")[1].encode() in numbers


def test_background_bidders_have_nobody_in_common(medium: Told) -> None:
    """No person holds or manages, at any height, two companies that bid in one process of the background."""
    above: dict[str, set[str]] = {}
    holders: dict[str, str] = {}
    background = [event for event in medium.events if re.match(r"d\d{4}-", event["id"])]
    for event in background:
        data = event["data"]
        if data.get("recordType") in ("person", "entity"):
            holders[data["recordId"]] = data["recordDetails"]["identifiers"][0]["id"]
        elif data.get("statementType") in ("personStatement", "entityStatement"):
            holders[data["statementID"]] = data["identifiers"][0]["id"]
    for event in background:
        data = event["data"]
        details = data.get("recordDetails", {})
        if isinstance(details.get("interestedParty"), str):
            company, holder = holders[details["subject"]], holders[details["interestedParty"]]
            above.setdefault(company, set()).add(holder)
        elif data.get("statementType") == "ownershipOrControlStatement":
            company = holders[data["subject"]["describedByEntityStatement"]]
            above.setdefault(company, set()).add(holders[next(iter(data["interestedParty"].values()))])
        elif event["type"] == "registry.directorship.v1":
            person = data["person"]["identifiers"][0]["id"]
            above.setdefault(data["company"]["identifiers"][0]["id"], set()).add(person)

    def everybody(company: str) -> set[str]:
        found, waiting = {company}, [company]
        while waiting:
            for holder in above.get(waiting.pop(), ()):
                if holder not in found:
                    found.add(holder)
                    waiting.append(holder)
        return found

    officials = {
        person["identifiers"][0]["id"]
        for event in background
        if event["type"].startswith("official.")
        for person in values(event["data"], "person", "relative", "declarant")
        if event["type"] != "official.relation.v1"
    }
    processes = 0
    for event in background:
        if event["type"] == "procurement.release.v1" and event["data"]["tag"] == ["award"]:
            bids = event["data"].get("bids", {}).get("details", [])
            seen: set[str] = set()
            for bid in bids:
                behind = set().union(*(everybody(party["id"][7:]) for party in bid["tenderers"]))
                assert not behind & seen
                assert not behind & officials
                seen |= behind
            processes += bool(bids)
    assert processes > 200
    assert len(officials) > 100


def test_background_is_rich(medium: Told) -> None:
    """Bands, hubs, a cooperative, unspecified owners, recusals, lots, consortia, every kind and role."""
    holders: Counter[str] = Counter()
    directed: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    text = b"\n".join(medium.lines).decode()
    for event in medium.events:
        data = event["data"]
        if data.get("recordType") == "relationship":
            holders[data["recordDetails"]["subject"]] += 1
        if event["type"] == "registry.directorship.v1":
            directed[data["person"]["names"][0]["fullName"]] += 1
        if event["type"] == "registry.company.v1":
            addresses.update(data["addresses"])
    assert max(holders.values()) >= 200
    assert max(directed.values()) >= 25
    assert max(addresses.values()) >= 25
    for key, words in (
        ("kind", "subsidy taxPreference guarantee investment concession lease assetDisposal"),
        ("role", "head deputyHead unitHead procurement staff councilMember boardMember minister akim"),
        ("role", "chair member secretary evaluator director accountant founder representative manager"),
        ("relationship", "spouse parent child sibling associate"),
        ("tag", "tender award contract tenderCancellation"),
    ):
        for word in words.split():
            assert f'"{key}":"{word}"' in text or f'"{key}":["{word}"]' in text, word
    for sign in ('"exclusiveMinimum":', '"interestedParty":{"reason"', '"relatedLots":["2"]'):
        assert sign in text
    assert re.search(r'"recusedOn":"20', text)
    assert re.search(r'"suppliers":\[\{[^]]*\},\{', text)
