"""Small worlds: few persons, companies, bodies and processes, so that facts meet, collide and contradict.

Everybody is invented. A world is a list of events; their order in the list is the order of arrival unless a
test changes it. Hypothesis draws one number an event, and takes events away when it looks for a smaller
example; all else follows from the number, which is many times faster than drawing each word.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]


class Draw:
    """Draws from choices, all by one number."""

    def __init__(self, number: int) -> None:
        self.random = Random(number)

    def __call__(self, choice: Choice) -> Any:
        return choice(self)


Choice = Callable[[Draw], Any]
Typed = tuple[str, Json]

SOURCES = ("/s/a", "/s/b")
OCIDS = ("ocds-x-1", "ocds-x-2")
ALLOCATIONS = ("l1", "l2", "l3")
IINS = ("800101300105", "850505400206")
BINS = ("010440000015", "020540000020", "030640000036", "040740000041")
BODY_BINS = ("050840000057", "060940000062")
NAMES = ("Aruna Oidan", "OIDAN Aruna", "Dana Kelten")
BIRTHS = ("1980-01-01", "1980-01", "1980", "1985-05-05")
PHONES = ("+7 700 123 45 67", "8 700 123 45 67", "+7 701 000 11 22")
STARTS = (None, "2021", "2021-01-01", "2024-03-05", "2024-03")
ENDS = (None, None, "2023-01-01", "2024-03-08", "2024-03", "2025")
DAYS = ("2024-03-01", "2024-03-05", "2024-03-10", "2024-03-20")


def one(*values: Any) -> Choice:
    """One of these values."""
    return lambda draw: draw.random.choice(values)


def either(*choices: Choice) -> Choice:
    """What one of these choices gives."""
    return lambda draw: draw(draw.random.choice(choices))


def maybe(choice: Choice) -> Choice:
    """What the choice gives, or None."""
    return either(one(None), choice)


def some(choice: Choice, least: int, most: int) -> Choice:
    """A list of what the choice gives."""
    return lambda draw: [draw(choice) for _ in range(draw.random.randint(least, most))]


def members(**choices: Choice) -> Choice:
    """An object, each member by a choice of its own."""
    return lambda draw: {name: draw(choice) for name, choice in choices.items()}


def joined(*choices: Choice) -> Choice:
    """The members of several objects."""
    return lambda draw: {name: value for choice in choices for name, value in draw(choice).items()}


few = one(0, 1, 2, 3)
nothing = one(None)


def person(draw: Draw) -> Json:
    """Somebody of four: two with an IIN, two known by record, name and birth; not always consistently."""
    who = draw(few)
    form = draw(one("plain", "plain", "plain", "record", "full", "crossed"))
    name, birth, phone = (NAMES[0], BIRTHS[0], PHONES[0]) if who != 1 else (NAMES[2], BIRTHS[3], PHONES[2])
    out: Json = {}
    if who < 2 and form != "record":
        out["identifiers"] = [{"scheme": "KZ-IIN", "id": IINS[who]}]
    if form != "plain" or who >= 2:
        out["recordId"] = f"p{who}"
    if form == "crossed":
        out["identifiers"] = [draw(one({"scheme": "XX-DOC", "id": "51"}, {"scheme": "KZ-IIN", "id": IINS[0]}))]
    if form != "plain" or draw(one(False, True)):
        out["names"] = [{"fullName": draw(one(name, *NAMES))}]
        out["birthDate"] = draw(one(birth, birth, None, *BIRTHS))
        out["phones"] = draw(one([], [phone]))
    if draw(one(*[False] * 9, True)):
        out["deathDate"] = draw(one("2024-03-05", "2024"))
    return out


def company(draw: Draw) -> Json:
    """One of four companies, by number, by another register's number, by record or by several of these."""
    which = draw(one(0, 0, 0, 1, 1, 2, 3))
    form = draw(one("number", "number", "number", "both", "other", "record"))
    out: Json = {"name": f"TOO {which}"}
    number, other = {"scheme": "KZ-BIN", "id": BINS[which]}, {"scheme": "XX-REG", "id": f"10{which}"}
    if form in ("number", "both"):
        out["identifiers"] = [number, other] if form == "both" else [number]
    elif form == "other":
        out["identifiers"] = [other]
    if form in ("record", "both"):
        out["recordId"] = f"c{which}"
    return out


def body(draw: Draw) -> Json:
    which = draw(one(0, 0, 0, 1))
    out: Json = {"identifiers": [{"scheme": "KZ-BIN", "id": BODY_BINS[which]}], "name": f"Body {which}"}
    if draw(one(False, False, True)):
        out["recordId"] = f"b{which}"
    return out


entity = either(company, company, body)
span = members(startDate=one(*STARTS), endDate=one(*ENDS))
money = members(amount=one("100", "50.5"), currency=one("KZT", "KZT", "USD"))
record_key = one(*[None] * 7, "k1", "k2")


def typed(type: str, data: Choice) -> Choice:
    return lambda draw: (f"{type}.v1", draw(data))


def own(type: str, **choices: Choice) -> Choice:
    return typed(type, members(**choices, recordKey=record_key))


def dated(type: str, **choices: Choice) -> Choice:
    return typed(type, joined(members(**choices, recordKey=record_key), span))


occupancies = dated(
    "official.occupancy",
    person=person,
    organization=body,
    post=one("post"),
    role=one("head", "procurement", "staff", "councilMember", "akim"),
    level=one("district"),
    exOfficio=one(False, False, False, True),
)
relations = dated(
    "official.relation",
    person=person,
    relative=person,
    relationship=one(
        "spouse", "partner", "cohabitant", "parent", "child", "sibling", "halfSibling", "grandparent",
        "grandchild", "adoptiveParent", "adoptedChild", "guardian", "associate", "relative",
    ),
)  # fmt: skip
directorships = dated(
    "registry.directorship",
    company=company,
    person=person,
    role=one("director", "manager", "representative", "accountant", "founder", "boardMember"),
    exOfficio=one(False, False, False, True),
)
debarments = typed(
    "registry.debarment",
    joined(
        members(supplier=company, head=maybe(person), register=one("r"), recordKey=record_key),
        members(startDate=one("2020-01-01", "2024-03-05", "2024"), endDate=one(*ENDS)),
    ),
)
companies = own(
    "registry.company",
    entity=entity,
    kind=one("company", "company", "publicBody"),
    parentBody=maybe(body),
    budgetLevel=one(None, "district", "regional"),
    stateOwned=one(False, False, True),
    listed=one(False, False, True),
    dissolved=one(None, None, None, "2024-03-05", "2024"),
    jurisdiction=one("KZ", "VG"),
)
items = members(
    kind=one("conflict", "conflict", "shareholding", "relative", "gift"),
    holder=one("self", "spouse", "child"),
    counterparty=either(nothing, company, person),
    ocid=one(None, *OCIDS),
)
declarations = own(
    "official.declaration",
    declarant=person,
    filedAt=one("2024-03-02", "2024-03-07", "2024-03", "2024-04-01"),
    period=one({"from": "2024-01-01", "to": "2025-01-01"}, {"from": "2023", "to": "2024-03-06"}, {}),
    items=some(items, 0, 2),
)
seats = members(
    **{
        "person": person,
        "role": one("chair", "member", "secretary", "specAuthor", "reviewer"),
        "from": one(None, None, "2024-03-05"),
        "to": one(None, None, "2024-03-08", "2024-03"),
        "recusedOn": one(None, None, None, "2024-03-02", "2024-03"),
    }
)
committees = own(
    "procurement.committee",
    ocid=one(*OCIDS),
    lotIds=one([], [], ["1"], ["2"]),
    members=some(seats, 1, 2),
)
allocations = own(
    "allocation.made",
    id=one(*ALLOCATIONS),
    kind=one("assetDisposal", "assetDisposal", "assetDisposal", "subsidy", "lease"),
    grantor=body,
    recipient=either(company, company, person),
    deciders=some(person, 0, 2),
    method=one("direct"),
    date=one(*DAYS, "2023-06-01", "2023"),
    amount=maybe(money),
    valuation=maybe(money),
    assetId=one(None, "a1", "a1"),
)
donations = own("political.donation", donor=either(person, company), recipient=body, amount=money, date=one(*DAYS))

_ATOMS = (
    *(f"REC:{source}:p{number}" for source in SOURCES for number in range(4)),
    *(f"KZ-IIN:{number}" for number in IINS),
    "XX-DOC:51",
    *(f"KZ-BIN:{number}" for number in (*BINS[:2], *BODY_BINS)),
    "XX-REG:100",
)
decisions = own(
    "identity.decision",
    left=one(*_ATOMS),
    right=one(*_ATOMS),
    verdict=one("same", "same", "different", "unsure"),
    decidedBy=one("aida", "matcher/1"),
    reason=one("seen"),
)

# --- BODS

_INTERESTS = (
    "shareholding", "shareholding", "shareholding", "votingRights", "appointmentOfBoard",
    "otherInfluenceOrControl", "seniorManagingOfficial", "boardMember", "nominee", "nominator",
    "rightsToProfitOrIncome",
)  # fmt: skip
shares = one(
    None, {"exact": 60}, {"exact": 30}, {"exact": 5}, {"exact": 3}, {"exact": 100},
    {"minimum": 25, "maximum": 50}, {"minimum": 50, "exclusiveMinimum": True, "maximum": 75}, {"maximum": 10},
)  # fmt: skip


def interest(draw: Draw) -> Json:
    out: Json = {
        "type": draw(one(*_INTERESTS)),
        "directOrIndirect": draw(one("direct", "direct", "indirect", None)),
    }
    share = draw(shares)
    if share is not None:
        out["share"] = share
    for member, days in (("startDate", STARTS), ("endDate", ENDS)):
        day = draw(one(None, *days))
        if day is not None:
            out[member] = day
    return out


def relationship(draw: Draw) -> Json:
    """A version of one of four relationship records of BODS 0.4."""
    party = draw(one("p0", "p1", "p2", "c1", "c2", "c0", "b0", {"reason": "unknown"}))
    details: Json = {
        "isComponent": draw(one(False, False, True)),
        "subject": draw(one("c0", "c0", "c1", "c2")),
        "interestedParty": party,
        "interests": draw(some(interest, 1, 2)),
    }
    if draw(one(False, False, False, True)):
        details["componentRecords"] = ["r2", "r3"]
    return _statement(draw, "relationship", f"r{draw(few)}", details)


def bods_person(draw: Draw) -> Json:
    who = draw(few)
    details: Json = {
        "isComponent": False,
        "personType": draw(one("knownPerson", "knownPerson", "anonymousPerson")),
    }
    if draw(one(False, True)):
        details["identifiers"] = [{"scheme": "KZ-IIN", "id": draw(one(*IINS))}]
    if draw(one(False, True)):
        details["names"] = [{"fullName": draw(one(*NAMES))}]
        details["birthDate"] = draw(one(*BIRTHS))
    if draw(one(*[False] * 7, True)):
        details["deathDate"] = "2024-03-05"
    return _statement(draw, "person", f"p{who}", details)


def bods_entity(draw: Draw) -> Json:
    which = draw(few)
    record = draw(one("c", "c", "b")) + str(which)
    details: Json = {
        "isComponent": False,
        "entityType": {"type": draw(one("registeredEntity", "registeredEntity", "stateBody", "anonymousEntity"))},
        "name": "TOO",
    }
    if draw(one(True, True, False)):
        numbers = BINS if record[0] == "c" else BODY_BINS * 2
        details["identifiers"] = [{"scheme": "KZ-BIN", "id": numbers[which]}]
        if draw(one(False, False, True)):
            details["identifiers"].append({"scheme": "XX-REG", "id": f"10{which}"})
    if draw(one(*[False] * 7, True)):
        details["dissolutionDate"] = "2024-03-05"
    return _statement(draw, "entity", record, details)


def _statement(draw: Draw, kind: str, record: str, details: Json) -> Json:
    return {
        "statementId": draw(one("s1", "s2", "s3", "s4")),
        "recordId": record,
        "recordType": kind,
        "recordStatus": draw(one("new", "new", "updated", "closed")),
        "declarationSubject": "c0",
        "statementDate": draw(one("2020-01-01", "2022-05-01", "2024-03-04", "2024-03", "2024-06-01")),
        "recordDetails": details,
    }


def bods_02(draw: Draw) -> Json:
    """A statement of BODS 0.2 about the same records, which it calls by their statements."""
    id = draw(one("t1", "t2", "t3", "t4"))
    out: Json = {"statementID": id, "statementDate": draw(one("2020-01-01", "2022-05-01", "2024-03-04"))}
    replaced = draw(one(None, None, "t1", "t2", "t3"))
    if replaced is not None:
        out["replacesStatements"] = [replaced]
    kind = draw(one("owner", "owner", "person", "entity"))
    if kind == "person":
        out |= {"statementType": "personStatement", "personType": "knownPerson"}
        out |= {"names": [{"fullName": draw(one(*NAMES))}], "birthDate": draw(one(*BIRTHS))}
        out["identifiers"] = draw(one([], [{"scheme": "KZ-IIN", "id": IINS[0]}]))
    elif kind == "entity":
        out |= {"statementType": "entityStatement", "entityType": "registeredEntity", "name": "TOO"}
        out["identifiers"] = [{"scheme": "KZ-BIN", "id": draw(one(*BINS))}]
    else:
        out["statementType"] = "ownershipOrControlStatement"
        out["subject"] = {"describedByEntityStatement": draw(one("c0", "c1", "t4"))}
        out["interestedParty"] = draw(
            one(
                {"describedByPersonStatement": "p0"},
                {"describedByPersonStatement": "t3"},
                {"describedByEntityStatement": "c1"},
                {"unspecified": {"reason": "unknown"}},
            )
        )
        out["interests"] = [
            {
                "type": draw(one("shareholding", "voting-rights", "appointment-of-board", "senior-managing-official")),
                "interestLevel": "direct",
                "share": draw(one({"exact": 40}, {"minimum": 25, "maximum": 50})),
                "startDate": draw(one("2019-01-01", "2024-03-05")),
            }
        ]
    return out


statements = typed(
    "ownership.statement",
    either(relationship, relationship, relationship, bods_person, bods_entity, bods_02),
)

# --- OCDS


def release(draw: Draw) -> Json:
    """A release of one of two processes: tender, bids, awards, contracts, or less."""
    parties: list[Json] = []

    def party(name: str, scheme: str, number: str, more: Json | None = None) -> Json:
        known: Json = {"id": name, "name": name}
        if scheme:
            known["identifier"] = {"scheme": scheme, "id": number}
        if more is not None:
            known["additionalIdentifiers"] = [more]
        if all(other["id"] != name for other in parties):
            parties.append(known)
        return {"id": name, "name": name}

    def bidder() -> Json:
        which = draw(one(0, 0, 0, 1, 1, 2, 3, 4))
        if which == 4:
            return party("man", "KZ-IIN", IINS[0])
        form = draw(one("number", "number", "number", "both", "none"))
        other = {"scheme": "XX-REG", "id": f"10{which}"} if form == "both" else None
        return party(f"c{which}", "" if form == "none" else "KZ-BIN", BINS[which], other)

    def buying() -> Json:
        which = draw(one(0, 0, 0, 1))
        return party(f"b{which}", "KZ-BIN", BODY_BINS[which])

    tag = draw(one(*["tender", "award", "award", "contract", "compiled"] * 3, "tenderCancellation"))
    out: Json = {
        "ocid": draw(one(OCIDS[0], OCIDS[0], OCIDS[0], OCIDS[1])),
        "id": f"rel{draw(few)}",
        "date": draw(one(*DAYS)) + "T09:00:00Z",
        "tag": [tag],
        "initiationType": "tender",
        "buyer": buying(),
    }
    tender: Json = {"id": "t", "status": draw(one("active", "complete", "complete", None))}
    if draw(one(False, True)):
        tender["lots"] = [{"id": "1"}, {"id": "2"}]
    if draw(one(False, True)):
        tender["tenderPeriod"] = {"startDate": draw(one("2024-02-20", "2024-03-03")), "endDate": "2024-03-10"}
    if draw(one(False, False, True)):
        tender["procuringEntity"] = buying()
    if draw(one(False, False, True)):
        tender["tenderers"] = [bidder()]
    out["tender"] = tender
    lots = one(None, None, ["1"], ["2"])
    bids = [
        {"id": f"bid{draw(few)}", "status": "valid", "tenderers": [bidder()], "relatedLots": draw(lots)}
        for _ in range(draw(one(*range(0, 2 + 1))))
    ]
    if bids:
        out["bids"] = {"details": bids}
    if tag in ("award", "contract", "compiled"):
        out["awards"] = [
            {
                "id": f"aw{draw(one(*range(0, 1 + 1)))}",
                "status": draw(one("active", "active", "active", "pending", "cancelled", None)),
                "date": draw(one(None, "2024-03-10", "2024-03-06", "2024-03")),
                "value": draw(one({"amount": 100, "currency": "KZT"}, {"amount": 7.5, "currency": "USD"})),
                "suppliers": [bidder() for _ in range(draw(one(1, 1, 2)))],
                "relatedLots": draw(lots),
            }
        ]
    if tag == "contract":
        out["contracts"] = [{"id": "k", "awardID": "aw0", "status": "active", "dateSigned": "2024-03-12"}]
    out["parties"] = parties
    return out


releases = typed("procurement.release", release)

# --- worlds

KINDS = (
    releases, occupancies, statements, relations, directorships, declarations, committees, allocations,
    companies, decisions, debarments, donations,
)  # fmt: skip
_OFTEN = (0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 11)


def event(number: int, kind: int, drawn: int) -> Json:
    """The event of that kind that the number `drawn` gives; its id tells its place."""
    draw = Draw(drawn)
    type, data = draw(KINDS[kind])
    return {
        "specversion": "1.0",
        "id": f"e{number:02}",
        "source": draw(one(SOURCES[0], SOURCES[0], SOURCES[0], SOURCES[1])),
        "type": type,
        "time": f"2024-0{draw(one(1, 2, 3, 4, 5, 6))}-15T08:00:00Z",
        "data": data,
    }


def retraction(number: int, of: int, drawn: int) -> Json:
    """Of an event of the world, of a retraction, of another source's event, of one that was never sent."""
    draw = Draw(drawn)
    target = draw.random.randint(1, of + 2)
    source = draw(one(SOURCES[0], SOURCES[0], SOURCES[0], SOURCES[1]))
    return retracting(f"e{number:02}", source, draw(one(source, source, source, *SOURCES)), f"e{target:02}")


def retracting(id: str, source: str, target_source: str, target: str) -> Json:
    """The retraction of an event."""
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": "record.retracted.v1",
        "time": "2024-07-15T08:00:00Z",
        "data": {"target": {"source": target_source, "id": target}, "reason": "error"},
    }


_NUMBERS = st.integers(0, 2**24)
_SPECS = st.tuples(st.sampled_from(_OFTEN), _NUMBERS)


def worlds(retractions: int = 3, most: int = 22) -> st.SearchStrategy[list[Json]]:
    """Worlds: an award and a post among up to `most` events, then up to so many retractions."""

    def build(first: int, second: int, specs: list[tuple[int, int]], retracted: list[int]) -> list[Json]:
        kinds = [(0, first), (1, second), *specs]
        events = [event(number, *spec) for number, spec in enumerate(kinds, 1)]
        count = len(events)
        return events + [retraction(count + i, count, number) for i, number in enumerate(retracted, 1)]

    return st.builds(
        build,
        _NUMBERS,
        _NUMBERS,
        st.lists(_SPECS, min_size=min(8, most - 2), max_size=most - 2),
        st.lists(_NUMBERS, max_size=retractions),
    )
