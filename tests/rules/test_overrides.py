"""Parameters that a profile sets: also where one rule asks another."""

from dataclasses import replace
from typing import Any

import pytest

from aiqyn.rules import catalogue
from aiqyn.rules.profile import Profile, load
from tests.rules.builder import Case
from tests.rules.support import run

Json = dict[str, Any]
TENDER: Json = {"process": "Buyer", "winner": "Firm", "losers": ["Rival"]}
HEAD: Json = {"post": "head", "person": "head", "at": "Buyer", "from": "2020-01-01"}


def with_parameters(**rules: Json) -> Profile:
    return replace(load("generic"), overrides={id.replace("_", "-"): values for id, values in rules.items()})


def fired(events: list[Json], profile: Profile) -> list[str]:
    alerts = run(Case({"events": events}).lines(), profile).alerts()
    return sorted(alert["rule"] for alert in alerts if alert["dataState"] == "current")


def test_a_benefit_is_judged_by_the_parameters_of_the_rules_it_applies() -> None:
    events: list[Json] = [
        {"stake": 20, "holder": "chief", "in": "Firm"},
        {"allocation": "subsidy", "grantor": "Fund", "recipient": "Firm", "deciders": ["chief"], "date": "2024-05-02"},
    ]
    assert fired(events, load("generic")) == ["BEN-01"]
    strict = {"min_share": ">= 30 %"}
    assert fired(events, with_parameters(COI_01=strict)) == ["BEN-01"], "COI-03 still holds"
    assert fired(events, with_parameters(COI_01=strict, COI_03=strict)) == []


def test_a_common_shareholder_is_silent_by_the_parameters_of_the_common_owner() -> None:
    stakes: list[Json] = [{"stake": 30, "holder": "owner", "in": firm} for firm in ("Firm", "Rival")]
    assert fired([*stakes, TENDER], load("generic")) == ["OWN-01"]
    assert fired([*stakes, TENDER], with_parameters(OWN_01={"min_share": "> 30 %"})) == ["OWN-02"]


def test_an_indirect_interest_gives_way_to_the_direct_one_by_its_own_parameters() -> None:
    events: list[Json] = [HEAD, {"stake": 20, "holder": "head", "in": "Firm"}, TENDER]
    assert fired(events, load("generic")) == ["COI-01"]
    assert fired(events, with_parameters(COI_01={"min_share": ">= 25 %"})) == ["COI-03"]


@pytest.mark.parametrize(("degrees", "rules"), [([2, 2], ["COI-05"]), ([1, 2], []), ([2, 0], ["COI-05"])])
def test_degrees_of_blood_narrow_the_relatives(degrees: list[int], rules: list[str]) -> None:
    events: list[Json] = [
        HEAD, {"kin": "sibling", "person": "head", "relative": "brother"},
        {"role": "director", "person": "brother", "in": "Firm"}, TENDER,
    ]  # fmt: skip
    assert fired(events, with_parameters(COI_05={"degrees": degrees})) == rules


@pytest.mark.parametrize(
    ("degrees", "relative", "found"),
    [([2, 2], "inlaw", True), ([2, 1], "inlaw", True), ([2, 0], "inlaw", False), ([0, 0], "wife", True)],
)
def test_degrees_of_affinity_narrow_the_relatives(degrees: list[int], relative: str, found: bool) -> None:
    events: list[Json] = [
        HEAD, {"kin": "spouse", "person": "head", "relative": "wife", "from": "2010-01-01"},
        {"kin": "parent", "person": "wife", "relative": "inlaw"},
        {"stake": 40, "holder": relative, "in": "Firm"}, TENDER,
    ]  # fmt: skip
    assert fired(events, with_parameters(COI_04={"degrees": degrees})) == (["COI-04"] if found else [])


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(ValueError, match="COI-05 has no parameter 'levels'; it has degrees"):
        catalogue.configure(with_parameters(COI_05={"levels": 1}))
