"""Small worlds with crowds: four companies, a dozen persons who hold stakes in them and now and then become more.

Everybody is invented. Each event follows from its kind and one number.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.properties.small_worlds import retraction

Json = dict[str, Any]
SOURCE = "/s/a"
_NAMES = ("Aruna Oidan", "Dana Kelten", "Bolat Oidan", "Saule Tomen")
_BIRTHS = ("1980-01-01", "1975-02", "1990")
_PERSONS = 12
_STARTS = (None, None, "2020-01-01", "2024-03-05", "2024-03")
_ENDS = (None, None, None, "2023-01-01", "2024-03-08", "2024-03")
_BINS = ("010440000015", "020540000020", "030640000036", "040740000041")
_BODY = {"identifiers": [{"scheme": "KZ-BIN", "id": "050840000057"}], "name": "Body"}


def _document(who: int) -> Json:
    return {"scheme": "XX-DOC", "id": str(100 + who)}


def _person(random: Random) -> Json:
    """One of the dozen, as registers other than BODS name it: by its document, or by name and birth date."""
    who = random.randrange(_PERSONS)
    if random.random() < 0.7:
        return {"identifiers": [_document(who)]}
    return {"recordId": f"p{who}", "names": [{"fullName": _NAMES[who % 4]}], "birthDate": _BIRTHS[who % 3]}


def _company(random: Random) -> Json:
    return {"identifiers": [{"scheme": "KZ-BIN", "id": random.choice(_BINS)}], "name": "TOO"}


def _span(random: Random) -> Json:
    return {"startDate": random.choice(_STARTS), "endDate": random.choice(_ENDS)}


def _statement(random: Random, kind: str, record: str, details: Json) -> Json:
    return {
        "statementId": f"s{random.randrange(1000)}",
        "recordId": record,
        "recordType": kind,
        "recordStatus": random.choice(("new", "new", "new", "updated", "closed")),
        "declarationSubject": "c0",
        "statementDate": random.choice(("2020-01-01", "2022-05-01", "2024-03-04", "2024-06-01")),
        "recordDetails": {"isComponent": False, **details},
    }


def stake(random: Random) -> Json:
    number = random.randrange(3 * _PERSONS)
    holder = f"p{number % _PERSONS}" if random.random() < 0.85 else f"c{random.randrange(4)}"
    types = ("shareholding", "shareholding", "votingRights", "otherInfluenceOrControl", "boardMember")
    interest: Json = {"type": random.choice(types), "directOrIndirect": "direct"} | _span(random)
    if interest["type"] in ("shareholding", "votingRights"):
        interest["share"] = random.choice(({"exact": 5}, {"exact": 30}, {"exact": 55}, {"minimum": 25, "maximum": 50}))
    interest = {name: value for name, value in interest.items() if value is not None}
    subject = f"c{random.choice((0, 0, 1, 2, 3))}"
    details = {"subject": subject, "interestedParty": holder, "interests": [interest]}
    return _statement(random, "relationship", f"r{number}", details)


def person(random: Random) -> Json:
    who = random.randrange(_PERSONS)
    details: Json = {"personType": "knownPerson" if random.random() < 0.95 else "anonymousPerson"}
    if random.random() < 0.6:
        details["identifiers"] = [_document(who)]
    if random.random() < 0.5:
        details |= {"names": [{"fullName": _NAMES[who % 4]}], "birthDate": _BIRTHS[who % 3]}
    return _statement(random, "person", f"p{who}", details)


def entity(random: Random) -> Json:
    which = random.randrange(4)
    details = {
        "entityType": {"type": "registeredEntity"},
        "name": "TOO",
        "identifiers": [{"scheme": "KZ-BIN", "id": _BINS[which]}],
    }
    return _statement(random, "entity", f"c{which}", details)


def post(random: Random) -> Json:
    about = {"post": "post", "role": "head", "level": "district", "exOfficio": False}
    return {"person": _person(random), "organization": _BODY, **about, **_span(random)}


def tie(random: Random) -> Json:
    relationship = random.choice(("spouse", "parent", "sibling", "associate"))
    return {
        "person": _person(random),
        "relative": _person(random),
        "relationship": relationship,
        **_span(random),
    }


def listing(random: Random) -> Json:
    head = _person(random) if random.random() < 0.7 else None
    return {"supplier": _company(random), "head": head, "register": "r", "startDate": "2020-01-01"}


def role(random: Random) -> Json:
    return {"company": _company(random), "person": _person(random), "role": "director", "exOfficio": False} | _span(
        random
    )


def decision(random: Random) -> Json:
    left, right = random.sample(range(_PERSONS), 2)
    verdict = random.choice(("same", "same", "different"))
    pair = {"left": f"REC:{SOURCE}:p{left}", "right": f"REC:{SOURCE}:p{right}"}
    return {**pair, "verdict": verdict, "decidedBy": "aida", "reason": "seen"}


def seat(random: Random) -> Json:
    member = {"person": _person(random), "role": "member", "from": None, "to": None, "recusedOn": None}
    return {"ocid": "ocds-x-1", "lotIds": [], "members": [member]}


def release(random: Random) -> Json:
    """An award with two or three bidders."""
    which = random.sample(range(4), random.choice((2, 2, 3)))
    parties = [{"id": f"c{n}", "name": "TOO", "identifier": {"scheme": "KZ-BIN", "id": _BINS[n]}} for n in which]
    body = {"id": "b", "name": "Body", "identifier": {"scheme": "KZ-BIN", "id": "050840000057"}}
    names = [{"id": party["id"], "name": "TOO"} for party in parties]
    return {
        "ocid": f"ocds-x-{random.choice((1, 1, 2))}",
        "id": f"rel{random.randrange(3)}",
        "date": "2024-03-10T09:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "buyer": {"id": "b", "name": "Body"},
        "parties": [body, *parties],
        "tender": {"id": "t", "status": "complete", "tenderPeriod": {"startDate": "2024-03-01"}},
        "bids": {"details": [{"id": n["id"], "status": "valid", "tenderers": [n]} for n in names]},
        "awards": [{"id": "a", "status": "active", "date": "2024-03-10", "suppliers": names[:1]}],
    }


_KINDS = (
    ("ownership.statement", stake), ("ownership.statement", person), ("ownership.statement", entity),
    ("official.occupancy", post), ("official.relation", tie), ("registry.debarment", listing),
    ("registry.directorship", role), ("identity.decision", decision), ("procurement.committee", seat),
    ("procurement.release", release),
)  # fmt: skip
_OFTEN = (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9)
_NUMBERS = st.integers(0, 2**24)


def _event(number: int, kind: int, drawn: int) -> Json:
    random = Random(drawn)
    type, make = _KINDS[kind]
    data = make(random)
    time = f"2024-0{random.randint(1, 6)}-15T08:00:00Z"
    return {
        "specversion": "1.0",
        "id": f"e{number:02}",
        "source": SOURCE,
        "type": f"{type}.v1",
        "time": time,
        "data": data,
    }


def _build(seed: int, specs: list[tuple[int, int]], retracted: list[int]) -> list[Json]:
    """Persons, companies, stakes and a process to begin with; then whatever; then retractions."""
    random = Random(seed)
    first = [(kind, random.randrange(2**24)) for kind in (9, *(1,) * 8, *(2,) * 3, *(0,) * 14)]
    random.shuffle(first)
    events = [_event(number, *spec) for number, spec in enumerate([*first, *specs], 1)]
    count = len(events)
    return events + [retraction(count + i, count, number) for i, number in enumerate(retracted, 1)]


crowds = st.builds(
    _build,
    _NUMBERS,
    st.lists(st.tuples(st.sampled_from(_OFTEN), _NUMBERS), max_size=20),
    st.lists(_NUMBERS, max_size=3),
)
"""Worlds in which several companies have a crowd."""
