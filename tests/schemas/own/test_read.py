"""The readers of our own types: what they take, what they refuse, and where they point."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.own.declaration import Declaration
from aiqyn.schemas.own.donation import Donation
from aiqyn.schemas.own.fields import is_date, percent_text
from aiqyn.schemas.own.occupancy import Occupancy
from aiqyn.schemas.own.read import OWN_TYPES, read

SAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("invented_samples.json").read_text(encoding="utf-8")
)


def sample(event_type: str) -> dict[str, Any]:
    return copy.deepcopy(SAMPLES[event_type])


def taken(event_type: str, data: object) -> Any:
    return read(event_type, json.dumps({"data": data}).encode())


def refused(event_type: str, data: object) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        taken(event_type, data)
    (problem,) = caught.value.problems
    return problem.code, problem.pointer


def test_every_type_has_a_sample() -> None:
    assert SAMPLES.keys() == OWN_TYPES.keys()


@pytest.mark.parametrize("event_type", sorted(OWN_TYPES))
def test_the_full_sample_is_taken(event_type: str) -> None:
    assert isinstance(taken(event_type, sample(event_type)), OWN_TYPES[event_type])


REQUIRED = {
    "official.occupancy.v1": {"person", "organization", "role"},
    "official.relation.v1": {"person", "relative", "relationship"},
    "official.declaration.v1": {"declarant", "filedAt", "items"},
    "procurement.committee.v1": {"ocid", "members"},
    "registry.company.v1": {"entity", "kind"},
    "registry.directorship.v1": {"company", "person", "role"},
    "registry.debarment.v1": {"supplier", "startDate"},
    "allocation.made.v1": {"id", "kind", "grantor", "recipient", "date"},
    "political.donation.v1": {"donor", "recipient", "date"},
    "identity.decision.v1": {"left", "right", "verdict", "decidedBy"},
    "record.retracted.v1": {"target", "reason"},
}


@pytest.mark.parametrize(("event_type", "member"), [(t, m) for t, data in SAMPLES.items() for m in data])
def test_missing_and_null_are_the_same(event_type: str, member: str) -> None:
    without, null = sample(event_type), sample(event_type)
    del without[member]
    null[member] = None
    if member in REQUIRED[event_type]:
        assert refused(event_type, without) == ("field.missing", f"/data/{member}")
        assert refused(event_type, null) == ("field.missing", f"/data/{member}")
    elif member != "share":
        assert taken(event_type, without) == taken(event_type, null)


def test_unknown_members_are_passed_over() -> None:
    data = sample("official.occupancy.v1")
    more = {**data, "note": "x", "person": {**data["person"], "eyes": {"colour": "grey"}}}
    assert taken("official.occupancy.v1", more) == taken("official.occupancy.v1", data)


@pytest.mark.parametrize("identity", [{}, {"identifiers": []}, {"identifiers": None, "recordId": None}])
def test_somebody_without_a_name_is_missing_identifiers(identity: dict[str, Any]) -> None:
    data = sample("procurement.committee.v1")
    data["members"] = [*data["members"], {"person": identity, "role": "member"}]
    assert refused("procurement.committee.v1", data) == (
        "field.missing",
        "/data/members/1/person/identifiers",
    )


@pytest.mark.parametrize(
    ("event_type", "path", "value"),
    [
        ("official.occupancy.v1", ["role"], "janitor"),
        ("official.occupancy.v1", ["startDate"], "2021-02-30"),
        ("official.occupancy.v1", ["startDate"], ""),
        ("official.occupancy.v1", ["exOfficio"], "no"),
        ("official.occupancy.v1", ["person", "identifiers", 0, "id"], 700101300015),
        ("official.occupancy.v1", ["person", "identifiers", 0, "id"], ""),
        ("official.occupancy.v1", ["person", "names", 0, "fullName"], "x" * 1001),
        ("official.occupancy.v1", ["person", "birthDate"], "01.01.1970"),
        ("official.occupancy.v1", ["person", "phones", 0], None),
        ("official.occupancy.v1", ["organization", "recordId"], "x" * 257),
        ("official.relation.v1", ["relationship"], "cousin"),
        ("official.declaration.v1", ["period", "to"], "soon"),
        ("official.declaration.v1", ["items", 0, "share"], "100.01"),
        ("official.declaration.v1", ["items", 0, "share"], -1),
        ("official.declaration.v1", ["items", 0, "share"], True),
        ("official.declaration.v1", ["items", 0, "amount", "amount"], "12,5"),
        ("official.declaration.v1", ["items", 0, "amount", "amount"], {}),
        ("official.declaration.v1", ["items", 0, "amount", "currency"], "tenge"),
        ("procurement.committee.v1", ["members"], []),
        ("identity.decision.v1", ["left"], "somebody"),
        ("record.retracted.v1", ["target", "id"], 7),
    ],
)
def test_a_bad_value_is_pointed_at(event_type: str, path: list[str | int], value: object) -> None:
    data = sample(event_type)
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert refused(event_type, data) == ("field.invalid", "/data/" + "/".join(map(str, path)))


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_data_must_be_an_object(data: object) -> None:
    assert refused("record.retracted.v1", data)[1] == "/data"


def test_decimals_keep_their_text() -> None:
    content = (
        b'{"data":{"declarant":{"recordId":"p"},"filedAt":"2024","items":['
        b'{"kind":"shareholding","holder":"self","share":33.30},'
        b'{"kind":"shareholding","holder":"self","share":"33.30"},'
        b'{"kind":"shareholding","holder":"self"}]}}'
    )
    declaration: Declaration = read("official.declaration.v1", content)
    assert [percent_text("share", item.share) for item in declaration.items] == ["33.30", "33.30", ""]
    content = (
        b'{"data":{"donor":{"recordId":"p"},"recipient":{"recordId":"e"},"date":"2024",'
        b'"amount":{"amount":10.10,"currency":"KZT"}}}'
    )
    donation: Donation = read("political.donation.v1", content)
    assert donation.amount is not None
    assert donation.amount.exact == "10.10"


@pytest.mark.parametrize("text", ["1" + "0" * 64, "0." + "1" * 64, "1e44", "-1e300", "1e-9999"])
def test_absurd_numbers_are_refused(text: str) -> None:
    content = (
        b'{"data":{"donor":{"recordId":"p"},"recipient":{"recordId":"e"},"date":"2024",'
        b'"amount":{"amount":' + text.encode() + b',"currency":"KZT"}}}'
    )
    with pytest.raises(Rejected) as caught:
        read("political.donation.v1", content)
    assert caught.value.problems[0].pointer == "/data/amount/amount"


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_dates_are_those_of_the_calendar(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        date(year, month, day)
        real = True
    except ValueError:
        real = False
    assert is_date(text) is real
    assert is_date(f"{text}T23:59:59.5+06:00") is real
    assert not is_date(text + "\n")


def test_a_reader_gives_typed_values() -> None:
    occupancy: Occupancy = taken("official.occupancy.v1", sample("official.occupancy.v1"))
    assert occupancy.role == "procurement"
    assert occupancy.start_date == "2021-01"
    assert occupancy.person.identifiers is not None
    assert occupancy.person.identifiers[0].scheme == "KZ-IIN"
    assert occupancy.record_key == "k-1"
