"""The profiles: which there are, and in what they differ from the generic one."""

from typing import Any

import pytest

from aiqyn.rules import catalogue, profile
from aiqyn.services.http.routes.rules import document
from tests.rules.builder import Case
from tests.rules.support import run

Json = dict[str, Any]
TENDER: Json = {"process": "Buyer", "winner": "Firm", "losers": ["Rival"]}


def fired(events: list[Json], name: str) -> set[str]:
    alerts = run(Case({"events": events}).lines(), name).alerts()
    return {alert["rule"] for alert in alerts if alert["dataState"] == "current"}


def test_there_are_three() -> None:
    assert profile.names() == ["eu", "generic", "kz"]


@pytest.mark.parametrize("name", profile.names())
def test_every_profile_can_be_configured_and_cites_rules_that_exist(name: str) -> None:
    assert catalogue.configure(profile.load(name)).keys() == catalogue.load().keys()
    assert {law.rule for law in profile.load(name).law} <= catalogue.load().keys()


@pytest.mark.parametrize(("percent", "eu"), [(25, {"OWN-02"}), (25.01, {"OWN-01"})])
def test_in_the_eu_a_common_owner_has_more_than_25_percent(percent: float, eu: set[str]) -> None:
    events: list[Json] = [{"stake": percent, "holder": "owner", "in": firm} for firm in ("Firm", "Rival")]
    assert fired([*events, TENDER], "eu") == eu
    assert fired([*events, TENDER], "generic") == {"OWN-01"}


@pytest.mark.parametrize(("jurisdiction", "eu"), [("PA", {"OWN-08"}), ("KZ", set())])
def test_in_the_eu_a_company_of_a_listed_jurisdiction_without_holder_is_opaque(jurisdiction: str, eu: set[str]) -> None:
    events: list[Json] = [{"company": "Firm", "jurisdiction": jurisdiction}, TENDER]
    assert fired(events, "eu") == eu
    assert fired(events, "generic") == set()


def test_parameters_are_shown_as_profiles_write_them() -> None:
    assert document(catalogue.load()["COI-04"], "en")["parameters"] == {"min_share": ">= 5 %", "degrees": "2, 2"}
