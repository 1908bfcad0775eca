"""Small worlds: few persons, companies, bodies and processes, so that facts meet, collide and contradict each other.

Everybody is invented. A world is a list of events; their order in the list is the order of arrival unless a test
changes it.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Json = dict[str, Any]

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

few = st.integers(0, 3)


def one(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from(values)


def maybe(value: Any) -> SearchStrategy[Any]:
    """The value, or None."""
    return one(None, value)


@st.composite
def person(draw: DrawFn) -> Json:
    """Somebody of four: two with an IIN, two known by record, name, birth date and phone only; not always consistently."""
    who = draw(few)
    form = draw(one("plain", "plain", "record", "full", "crossed"))
    name, birth, phone = (NAMES[0], BIRTHS[0], PHONES[0]) if who != 1 else (NAMES[2], BIRTHS[3], PHONES[2])
    out: Json = {}
    if who < 2 and form != "record":
        out["identifiers"] = [{"scheme": "KZ-IIN", "id": IINS[who]}]
    if form != "plain" or who >= 2:
        out["recordId"] = f"p{who}"
    if form == "crossed":
        out["identifiers"] = [draw(one({"scheme": "XX-DOC", "id": "51"}, {"scheme": "KZ-IIN", "id": IINS[0]}))]
    if form != "plain" or draw(st.booleans()):
        out["names"] = [{"fullName": draw(one(name, *NAMES))}]
        out["birthDate"] = draw(one(birth, birth, None, *BIRTHS))
        out["phones"] = draw(one([], [phone]))
    if draw(one(*[False] * 9, True)):
        out["deathDate"] = draw(one("2024-03-05", "2024"))
    return out


@st.composite
def company(draw: DrawFn) -> Json:
    """One of four companies, by number, by another register's number, by record or by several of these."""
    which = draw(few)
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


@st.composite
def body(draw: DrawFn) -> Json:
    which = draw(st.integers(0, 1))
    out: Json = {"identifiers": [{"scheme": "KZ-BIN", "id": BODY_BINS[which]}], "name": f"Body {which}"}
    if draw(one(False, False, True)):
        out["recordId"] = f"b{which}"
    return out


entity = st.one_of(company(), company(), body())
span = st.fixed_dictionaries({"startDate": one(*STARTS), "endDate": one(*ENDS)})
money = st.fixed_dictionaries({"amount": one("100", "50.5"), "currency": one("KZT", "KZT", "USD")})
record_key = one(None, None, None, "k1", "k2")
Typed = tuple[str, Json]


def typed(type: str, data: SearchStrategy[Json]) -> SearchStrategy[Typed]:
    return data.map(lambda found: (f"{type}.v1", found))


def own(type: str, **members: SearchStrategy[Any]) -> SearchStrategy[Typed]:
    return typed(type, st.fixed_dictionaries({**members, "recordKey": record_key}))


def dated(type: str, **members: SearchStrategy[Any]) -> SearchStrategy[Typed]:
    return typed(
        type,
        st.tuples(st.fixed_dictionaries({**members, "recordKey": record_key}), span).map(
            lambda both: {**both[0], **both[1]}
        ),
    )


occupancies = dated(
    "official.occupancy",
    person=person(),
    organization=body(),
    post=st.just("post"),
    role=one("head", "procurement", "staff", "councilMember", "akim"),
    level=st.just("district"),
    exOfficio=one(False, False, False, True),
)
relations = dated(
    "official.relation",
    person=person(),
    relative=person(),
    relationship=one(
        "spouse", "partner", "cohabitant", "parent", "child", "sibling", "halfSibling", "grandparent",
        "grandchild", "adoptiveParent", "adoptedChild", "guardian", "associate", "relative",
    ),
)  # fmt: skip
directorships = dated(
    "registry.directorship",
    company=company(),
    person=person(),
    role=one("director", "manager", "representative", "accountant", "founder", "boardMember"),
    exOfficio=one(False, False, False, True),
)
debarments = dated("registry.debarment", supplier=company(), head=st.none() | person(), register=st.just("r")).map(
    lambda found: (found[0], {**found[1], "startDate": found[1]["startDate"] or "2020-01-01"})
)
companies = own(
    "registry.company",
    entity=entity,
    kind=one("company", "company", "publicBody"),
    parentBody=st.none() | body(),
    budgetLevel=one(None, "district", "regional"),
    stateOwned=one(False, False, True),
    listed=one(False, False, True),
    dissolved=one(None, None, None, "2024-03-05", "2024"),
    jurisdiction=one("KZ", "VG"),
)
items = st.fixed_dictionaries(
    {
        "kind": one("conflict", "conflict", "shareholding", "relative", "gift"),
        "holder": one("self", "spouse", "child"),
        "counterparty": st.none() | company() | person(),
        "ocid": one(None, *OCIDS),
    }
)
declarations = own(
    "official.declaration",
    declarant=person(),
    filedAt=one("2024-03-02", "2024-03-07", "2024-03", "2024-04-01"),
    period=one({"from": "2024-01-01", "to": "2025-01-01"}, {"from": "2023", "to": "2024-03-06"}, {}),
    items=st.lists(items, max_size=2),
)
seats = st.fixed_dictionaries(
    {
        "person": person(),
        "role": one("chair", "member", "secretary", "specAuthor", "reviewer"),
        "from": one(None, None, "2024-03-05"),
        "to": one(None, None, "2024-03-08", "2024-03"),
        "recusedOn": one(None, None, "2024-03-02", "2024-03"),
    }
)
committees = own(
    "procurement.committee",
    ocid=one(*OCIDS),
    lotIds=one([], [], ["1"], ["2"]),
    members=st.lists(seats, min_size=1, max_size=2),
)
allocations = own(
    "allocation.made",
    id=one(*ALLOCATIONS),
    kind=one("assetDisposal", "assetDisposal", "assetDisposal", "subsidy", "lease"),
    grantor=body(),
    recipient=company() | company() | person(),
    deciders=st.lists(person(), max_size=2),
    method=st.just("direct"),
    date=one(*DAYS, "2023-06-01", "2023"),
    amount=st.none() | money,
    valuation=st.none() | money,
    assetId=one(None, "a1", "a1"),
)
donations = own(
    "political.donation", donor=person() | company(), recipient=body(), amount=money, date=one(*DAYS)
)

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
    reason=st.just("seen"),
)

# --- BODS ---------------------------------------------------------------------------------------------------------

_INTERESTS = (
    "shareholding", "shareholding", "shareholding", "votingRights", "appointmentOfBoard", "otherInfluenceOrControl",
    "seniorManagingOfficial", "boardMember", "nominee", "nominator", "rightsToProfitOrIncome",
)  # fmt: skip
shares = one(
    None, {"exact": 60}, {"exact": 30}, {"exact": 5}, {"exact": 3}, {"exact": 100}, {"minimum": 25, "maximum": 50},
    {"minimum": 50, "exclusiveMinimum": True, "maximum": 75}, {"maximum": 10},
)  # fmt: skip


@st.composite
def interest(draw: DrawFn) -> Json:
    out: Json = {"type": draw(one(*_INTERESTS)), "directOrIndirect": draw(one("direct", "direct", "indirect", None))}
    share = draw(shares)
    if share is not None:
        out["share"] = share
    for member, days in (("startDate", STARTS), ("endDate", ENDS)):
        day = draw(one(None, *days))
        if day is not None:
            out[member] = day
    return out


@st.composite
def relationship(draw: DrawFn) -> Json:
    """A version of one of four relationship records of BODS 0.4."""
    party = draw(one("p0", "p1", "p2", "c1", "c2", "c0", "b0", {"reason": "unknown"}))
    details: Json = {
        "isComponent": draw(one(False, False, True)),
        "subject": draw(one("c0", "c0", "c1", "c2")),
        "interestedParty": party,
        "interests": draw(st.lists(interest(), min_size=1, max_size=2)),
    }
    if draw(one(False, False, False, True)):
        details["componentRecords"] = ["r2", "r3"]
    return _statement(draw, "relationship", f"r{draw(few)}", details)


@st.composite
def bods_person(draw: DrawFn) -> Json:
    who = draw(few)
    details: Json = {"isComponent": False, "personType": draw(one("knownPerson", "knownPerson", "anonymousPerson"))}
    if draw(st.booleans()):
        details["identifiers"] = [{"scheme": "KZ-IIN", "id": draw(one(*IINS))}]
    if draw(st.booleans()):
        details["names"] = [{"fullName": draw(one(*NAMES))}]
        details["birthDate"] = draw(one(*BIRTHS))
    if draw(one(*[False] * 7, True)):
        details["deathDate"] = "2024-03-05"
    return _statement(draw, "person", f"p{who}", details)


@st.composite
def bods_entity(draw: DrawFn) -> Json:
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


def _statement(draw: DrawFn, kind: str, record: str, details: Json) -> Json:
    return {
        "statementId": draw(one("s1", "s2", "s3", "s4")),
        "recordId": record,
        "recordType": kind,
        "recordStatus": draw(one("new", "new", "updated", "closed")),
        "declarationSubject": "c0",
        "statementDate": draw(one("2020-01-01", "2022-05-01", "2024-03-04", "2024-03", "2024-06-01")),
        "recordDetails": details,
    }


@st.composite
def bods_02(draw: DrawFn) -> Json:
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
    st.one_of(relationship(), relationship(), relationship(), bods_person(), bods_entity(), bods_02()),
)

# --- OCDS ---------------------------------------------------------------------------------------------------------


@st.composite
def release(draw: DrawFn) -> Json:
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
        which = draw(st.integers(0, 4))
        if which == 4:
            return party("man", "KZ-IIN", IINS[0])
        form = draw(one("number", "number", "number", "both", "none"))
        other = {"scheme": "XX-REG", "id": f"10{which}"} if form == "both" else None
        return party(f"c{which}", "" if form == "none" else "KZ-BIN", BINS[which], other)

    def buying() -> Json:
        which = draw(one(0, 0, 1))
        return party(f"b{which}", "KZ-BIN", BODY_BINS[which])

    tag = draw(one("tender", "tender", "award", "award", "contract", "compiled", "tenderCancellation"))
    out: Json = {
        "ocid": draw(one(OCIDS[0], OCIDS[0], OCIDS[0], OCIDS[1])),
        "id": f"rel{draw(few)}",
        "date": draw(one(*DAYS)) + "T09:00:00Z",
        "tag": [tag],
        "initiationType": "tender",
        "buyer": buying(),
    }
    tender: Json = {"id": "t", "status": draw(one("active", "complete", "complete", None))}
    if draw(st.booleans()):
        tender["lots"] = [{"id": "1"}, {"id": "2"}]
    if draw(st.booleans()):
        tender["tenderPeriod"] = {"startDate": draw(one("2024-02-20", "2024-03-03")), "endDate": "2024-03-10"}
    if draw(one(False, False, True)):
        tender["procuringEntity"] = buying()
    if draw(one(False, False, True)):
        tender["tenderers"] = [bidder()]
    out["tender"] = tender
    lots = one(None, None, ["1"], ["2"])
    bids = [
        {"id": f"bid{draw(few)}", "status": "valid", "tenderers": [bidder()], "relatedLots": draw(lots)}
        for _ in range(draw(st.integers(0, 2)))
    ]
    if bids:
        out["bids"] = {"details": bids}
    if tag in ("award", "contract", "compiled"):
        out["awards"] = [
            {
                "id": f"aw{draw(st.integers(0, 1))}",
                "status": draw(one("active", "active", "active", "pending", "cancelled", None)),
                "date": draw(one(None, "2024-03-10", "2024-03-06", "2024-03")),
                "value": draw(one({"amount": 100, "currency": "KZT"}, {"amount": 7.5, "currency": "USD"})),
                "suppliers": draw(st.lists(st.just(0), min_size=1, max_size=2).map(lambda some: [bidder() for _ in some])),
                "relatedLots": draw(lots),
            }
        ]
    if tag == "contract":
        out["contracts"] = [{"id": "k", "awardID": "aw0", "status": "active", "dateSigned": "2024-03-12"}]
    out["parties"] = parties
    return out


releases = typed("procurement.release", release())

# --- worlds -------------------------------------------------------------------------------------------------------

anything = st.one_of(
    occupancies, occupancies, relations, relations, directorships, directorships, debarments, companies, companies,
    declarations, committees, committees, allocations, allocations, donations, decisions, decisions,
    statements, statements, statements, statements, releases, releases, releases,
)  # fmt: skip


@st.composite
def event(draw: DrawFn, number: int, found: SearchStrategy[Typed], span: int) -> Json:
    type, data = draw(found)
    return {
        "specversion": "1.0",
        "id": f"e{number:02}",
        "source": draw(one(SOURCES[0], SOURCES[0], SOURCES[0], SOURCES[1])),
        "type": type,
        "time": f"2024-0{draw(st.integers(1, span))}-15T08:00:00Z",
        "data": data,
    }


@st.composite
def retraction(draw: DrawFn, number: int, of: int) -> Json:
    """Of an event of the world, of a retraction, of another source's event, of one that was never sent."""
    target = draw(st.integers(1, of + 2))
    source = draw(one(SOURCES[0], SOURCES[0], SOURCES[0], SOURCES[1]))
    told = draw(one(source, source, source, *SOURCES))
    return {
        "specversion": "1.0",
        "id": f"e{number:02}",
        "source": source,
        "type": "record.retracted.v1",
        "time": "2024-07-15T08:00:00Z",
        "data": {"target": {"source": told, "id": f"e{target:02}"}, "reason": draw(one("error", "court"))},
    }


@st.composite
def world(draw: DrawFn, retracting: bool = True, most: int = 14) -> list[Json]:
    """A world of some events: an award, a post and whatever else there is; then retractions."""
    kinds = [releases, occupancies]
    if draw(st.booleans()):
        kinds += [statements]
    size = draw(st.integers(1, most))
    kinds += [anything] * size
    events = [draw(event(number, kind, 6)) for number, kind in enumerate(kinds, 1)]
    if retracting:
        first = len(events) + 1
        events += [draw(retraction(number, len(events))) for number in range(first, first + draw(few))]
    return events
