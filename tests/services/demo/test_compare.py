"""The comparison counts what stands as planted, what is missed and what nobody planted."""

from __future__ import annotations

from typing import Any

from aiqyn.services.demo import Decoy, Plant, compare

PLANT = Plant("COI-04", "ocds-1", None, ("KZ-BIN:1",), ("KZ-IIN:1", "KZ-IIN:2"), "certain", "high", "identifier")
DECOY = Decoy(("COI-01", "COI-04"), "ocds-2", None, "KZ-BIN:2", "a cousin")


def alert(**changes: Any) -> dict[str, Any]:
    return {
        "rule": "COI-04",
        "ocid": "ocds-1",
        "allocation": None,
        "companies": ["KZ-BIN:1"],
        "persons": ["KZ-IIN:1", "KZ-IIN:2"],
        "certainty": "certain",
        "severity": "high",
        "identity": "identifier",
        "dataState": "current",
    } | changes


def test_what_stands_as_planted_is_found() -> None:
    result = compare([PLANT], [DECOY], [alert()])
    assert (result.planted, result.found, result.missed, result.false) == (1, 1, (), ())
    assert result.exact


def test_what_does_not_stand_is_missed() -> None:
    result = compare([PLANT], [], [])
    assert (result.planted, result.found, result.missed) == (1, 0, (PLANT,))
    assert not result.exact


def test_a_withdrawn_alert_neither_stands_nor_counts_as_false() -> None:
    result = compare([PLANT], [], [alert(dataState="withdrawn"), alert(rule="COI-01", dataState="withdrawn")])
    assert (result.found, len(result.missed), result.false) == (0, 1, ())


def test_the_official_comes_first() -> None:
    result = compare([PLANT], [], [alert(persons=["KZ-IIN:2", "KZ-IIN:1"])])
    assert (result.found, len(result.missed), len(result.false)) == (0, 1, 1)


def test_companies_are_a_set() -> None:
    pair = Plant("OWN-03", "ocds-1", None, ("KZ-BIN:1", "KZ-BIN:2"), (), "certain", "high", "identifier")
    found = alert(rule="OWN-03", companies=["KZ-BIN:2", "KZ-BIN:1"], persons=[])
    assert compare([pair], [], [found]).exact


def test_another_content_is_missed_and_false() -> None:
    for changed in ({"severity": "critical"}, {"certainty": "possible"}, {"identity": "decided"}):
        result = compare([PLANT], [], [alert(**changed)])
        assert (result.found, len(result.missed), len(result.false)) == (0, 1, 1)


def test_a_free_severity_takes_any() -> None:
    free = Plant("COI-04", "ocds-1", None, PLANT.companies, PLANT.persons, "certain", None, "identifier")
    assert compare([free], [], [alert(severity="info")]).exact


def test_a_second_alert_of_one_key_is_false() -> None:
    result = compare([PLANT], [], [alert(), alert()])
    assert (result.found, len(result.false)) == (1, 1)


def test_an_alert_on_a_near_miss_is_false_and_named() -> None:
    wrong = alert(ocid="ocds-2", companies=["KZ-BIN:2"])
    result = compare([PLANT], [DECOY], [alert(), wrong])
    assert result.false == (wrong,)
    assert result.fallen_for == (DECOY,)
    elsewhere = alert(ocid="ocds-2", companies=["KZ-BIN:3"])
    assert compare([PLANT], [DECOY], [alert(), elsewhere]).fallen_for == ()
