"""CloudEvents lines as flat rows: what the set-based recomputation reads.

Nothing is judged here: an event becomes rows of plain text, whole numbers and days. Standards:
CloudEvents 1.0, OCDS 1.1, BODS 0.2 to 0.4. Days are proleptic Gregorian ordinals; `NEVER` and `ALWAYS`
stand for a missing bound.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

ALWAYS, NEVER = 0, 4_000_000
Row = tuple[str | int | None, ...]
Tables = dict[str, list[Row]]
Json = dict[str, Any]

# Columns of each table, as DuckDB types them. A column pair *_lo, *_hi is the first and last day that a
# partial date may mean.
COLUMNS = {
    "event": "event INT, source VARCHAR, id VARCHAR, type VARCHAR, time VARCHAR, slot VARCHAR",
    "retraction": "event INT, source VARCHAR, id VARCHAR",
    "alias": "event INT, node VARCHAR, other VARCHAR, of_record BOOLEAN",
    "death": "event INT, node VARCHAR, lo INT, hi INT",
    "post": "event INT, person VARCHAR, body VARCHAR, role VARCHAR, from_lo INT, from_hi INT, to_lo INT, to_hi INT",
    "role": "event INT, person VARCHAR, company VARCHAR, role VARCHAR, ex_officio BOOLEAN,"
    " from_lo INT, from_hi INT, to_lo INT, to_hi INT",
    "tie": "event INT, person VARCHAR, relative VARCHAR, relationship VARCHAR,"
    " from_lo INT, from_hi INT, to_lo INT, to_hi INT",
    "seat": "event INT, ocid VARCHAR, lots VARCHAR, person VARCHAR, role VARCHAR,"
    " from_lo INT, from_hi INT, to_lo INT, to_hi INT, recused_lo INT, recused_hi INT",
    "declared": "event INT, person VARCHAR, filed_lo INT, filed_hi INT, ocid VARCHAR, company VARCHAR",
    "registered": "event INT, node VARCHAR, kind VARCHAR, state_owned BOOLEAN, listed BOOLEAN,"
    " dissolved_lo INT, dissolved_hi INT",
    "version": "event INT, record VARCHAR, kind VARCHAR, stated INT, closed BOOLEAN, entity_type VARCHAR",
    "interest": "event INT, type VARCHAR, nth INT, subject VARCHAR, party VARCHAR, direct BOOLEAN,"
    " counted BOOLEAN, lo VARCHAR, lo_open BOOLEAN, hi VARCHAR, hi_open BOOLEAN,"
    " start_text VARCHAR, start_lo INT, start_hi INT, end_lo INT, end_hi INT",
    "release": "event INT, ocid VARCHAR, day INT, instant VARCHAR, tag INT, compiled BOOLEAN,"
    " cancels BOOLEAN, release VARCHAR",
    "cell": "event INT, ocid VARCHAR, kind VARCHAR, oid VARCHAR, field VARCHAR, value VARCHAR",
    "party": "event INT, ocid VARCHAR, party VARCHAR, node VARCHAR",
}

# The order of OCDS 1.1's releaseTag list.
TAGS = (
    "planning",
    "planningUpdate",
    "tender",
    "tenderAmendment",
    "tenderUpdate",
    "tenderCancellation",
    "award",
    "awardUpdate",
    "awardCancellation",
    "contract",
    "contractUpdate",
    "contractAmendment",
    "implementation",
    "implementationUpdate",
    "contractTermination",
    "compiled",
)


class OutOfScope(ValueError):
    """The events hold something that this recomputation does not judge (a person's identity decision)."""


def flatten(lines: Iterable[bytes]) -> Tables:
    """The rows of each table in `COLUMNS`, of every distinct event.

    A repeated event counts once. Raises ValueError where one (source, id) comes with two contents (which of
    them is accepted depends on arrival, so no set-based answer exists), OutOfScope on an identity decision.
    """
    tables: Tables = {name: [] for name in COLUMNS}
    known: dict[tuple[str, str], str] = {}
    statements: list[tuple[int, str, Json]] = []
    for line in lines:
        if not line.strip():
            continue
        raw: Json = json.loads(line, parse_float=Decimal)
        content = json.dumps([raw["type"], raw["time"], raw["data"]], sort_keys=True, default=str)
        key = (raw["source"], raw["id"])
        if key in known:
            if known[key] != content:
                raise ValueError(f"event {key} comes with two contents")
            continue
        known[key] = content
        _flatten_one(len(known), raw, tables, statements)
    _flatten_statements(statements, tables)
    return tables


def days_of(text: str | None, missing: int) -> tuple[int, int]:
    """First and last day that a date as written may mean (`2023`, `2023-03`, a day, an instant)."""
    if not text:
        return missing, missing
    parts = [int(part) for part in text[:10].split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1).toordinal(), date(parts[0], 12, 31).toordinal()
    if len(parts) == 2:
        year, month = parts
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1).toordinal(), after.toordinal() - 1
    day = date(*parts).toordinal()
    return day, day


def _span(start: str | None, end: str | None) -> tuple[int, int, int, int]:
    return (*days_of(start, ALWAYS), *days_of(end, NEVER))


def _instant(text: str) -> str:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _flatten_one(event: int, raw: Json, tables: Tables, statements: list[tuple[int, str, Json]]) -> None:
    source, data, kind = raw["source"], raw["data"], raw["type"].removesuffix(".v1")
    slot = f"key {data['recordKey']}" if data.get("recordKey") else None
    if kind == "record.retracted":
        tables["retraction"].append((event, data["target"]["source"], data["target"]["id"]))
    elif kind == "identity.decision":
        raise OutOfScope("identity.decision: the recomputation joins records by identifier alone")
    elif kind == "ownership.statement":
        statements.append((event, source, data))
    elif kind == "procurement.release":
        _release(event, source, data, tables)
    elif kind in READERS:
        reader = _Reader(event, source, tables)
        slot = READERS[kind](reader, data) or slot
    tables["event"].append((event, source, raw["id"], kind, _instant(raw["time"]), slot))


# Who a record is about


def _valid_kazakh(number: str) -> bool:
    if len(number) != 12 or not number.isascii() or not number.isdigit():
        return False
    digits = [int(digit) for digit in number]
    check = sum(weight * digit for weight, digit in enumerate(digits[:11], 1)) % 11
    if check == 10:
        check = sum((weight + 2 if weight < 10 else weight - 9) * d for weight, d in enumerate(digits[:11], 1)) % 11
    return check == digits[11]


def _valid_iin(number: str) -> bool:
    if not _valid_kazakh(number) or number[6] not in "123456":
        return False
    century = 1800 + 100 * ((int(number[6]) - 1) // 2)
    try:
        date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return False
    return True


def _valid(scheme: str, number: str) -> bool:
    if scheme == "KZ-IIN":
        return _valid_iin(number)
    if scheme == "KZ-BIN":
        return _valid_kazakh(number) and number[4] in "456"
    filler = len(set(number)) == 1 or not number[:-1].strip("0") or number == "1234567890123456"[: len(number)]
    return 1 <= len(number) <= 64 and any(c.isdigit() for c in number) and not filler


def _names(identifiers: Iterable[Json]) -> list[str]:
    aliases = {"ARM-TAXID": "AM-TIN"}
    pairs = ((aliases.get(i.get("scheme", ""), i.get("scheme", "")), str(i.get("id", ""))) for i in identifiers)
    return [f"{scheme}:{number}" for scheme, number in pairs if scheme and _valid(scheme, number)]


class _Reader:
    """Turns the persons and entities of one event of our own types into nodes, noting their other names."""

    def __init__(self, event: int, source: str, tables: Tables) -> None:
        self.event, self.source, self.tables = event, source, tables
        self._unnamed = 0

    def add(self, table: str, *row: str | int | None) -> None:
        self.tables[table].append((self.event, *row))

    def node(self, party: Json) -> str:
        names = _names(party.get("identifiers") or [])
        if party.get("recordId"):
            node = f"REC:{self.source}:{party['recordId']}"
        elif names:
            node = names[0]
        else:
            self._unnamed += 1
            node = f"REC:{self.source}:event {self.event} {self._unnamed}"
        for name in names or [node]:
            self.add("alias", node, name, 0)
        if party.get("deathDate"):
            self.add("death", node, *days_of(party["deathDate"], NEVER))
        return node


def _occupancy(read: _Reader, data: Json) -> str | None:
    span = _span(data.get("startDate"), data.get("endDate"))
    read.add("post", read.node(data["person"]), read.node(data["organization"]), data["role"], *span)
    return None


def _directorship(read: _Reader, data: Json) -> str | None:
    span = _span(data.get("startDate"), data.get("endDate"))
    ex_officio = int(bool(data.get("exOfficio")))
    read.add("role", read.node(data["person"]), read.node(data["company"]), data["role"], ex_officio, *span)
    return None


def _relation(read: _Reader, data: Json) -> str | None:
    span = _span(data.get("startDate"), data.get("endDate"))
    read.add("tie", read.node(data["person"]), read.node(data["relative"]), data["relationship"], *span)
    return None


def _committee(read: _Reader, data: Json) -> str | None:
    lots = json.dumps(data.get("lotIds") or [])
    for member in data["members"]:
        span = _span(member.get("from"), member.get("to"))
        recused = days_of(member.get("recusedOn"), NEVER)
        read.add("seat", data["ocid"], lots, read.node(member["person"]), member["role"], *span, *recused)
    return None


def _declaration(read: _Reader, data: Json) -> str | None:
    filed, declarant = days_of(data["filedAt"], NEVER), read.node(data["declarant"])
    for item in data.get("items") or []:
        if item["kind"] == "conflict":
            company = read.node(item["counterparty"]) if item.get("counterparty") else None
            read.add("declared", declarant, *filed, item.get("ocid"), company)
    return None


def _company(read: _Reader, data: Json) -> str | None:
    node = read.node(data["entity"])
    flags = (int(bool(data.get("stateOwned"))), int(bool(data.get("listed"))))
    read.add("registered", node, data.get("kind"), *flags, *days_of(data.get("dissolved"), NEVER))
    # One source has one such record about an entity: the latest replaces the others.
    return f"entity {node}"


READERS = {
    "official.occupancy": _occupancy,
    "registry.directorship": _directorship,
    "official.relation": _relation,
    "procurement.committee": _committee,
    "official.declaration": _declaration,
    "registry.company": _company,
}


# BODS


def _flatten_statements(statements: list[tuple[int, str, Json]], tables: Tables) -> None:
    records = _records_of(statements)
    for event, source, data in statements:
        statement = str(data.get("statementId") or data.get("statementID"))
        record = f"REC:{source}:{data.get('recordId') or records[source, statement]}"
        details = data.get("recordDetails", data)
        kind = data.get("recordType") or data["statementType"].removesuffix("Statement")
        stated = days_of(data["statementDate"], NEVER)[0]
        entity_type = details.get("entityType")
        entity_type = entity_type.get("type") if isinstance(entity_type, dict) else entity_type
        closed = int(data.get("recordStatus") == "closed")
        tables["version"].append((event, record, kind, stated, closed, entity_type))
        if kind in ("person", "entity"):
            for name in _names(details.get("identifiers") or []) or [record]:
                tables["alias"].append((event, record, name, 1))
            if details.get("deathDate"):
                tables["death"].append((event, record, *days_of(details["deathDate"], NEVER)))
        else:
            _interests(event, source, record, details, records, tables)


def _records_of(statements: list[tuple[int, str, Json]]) -> dict[tuple[str, str], str]:
    # BODS 0.2 and 0.3 chain the versions of a record by replacesStatements: its first statement names it.
    replaced: dict[tuple[str, str], str] = {}
    for _, source, data in statements:
        if "statementID" in data:
            earlier = data.get("replacesStatements") or []
            replaced[source, data["statementID"]] = min(earlier) if earlier else ""
    records: dict[tuple[str, str], str] = {}
    for source, statement in replaced:
        first = statement
        while replaced.get((source, first)):
            first = replaced[source, first]
        records[source, statement] = first
    return records


def _reference(source: str, record: str, target: Any, records: dict[tuple[str, str], str]) -> str:
    if isinstance(target, dict):
        keys = ("describedByEntityStatement", "describedByPersonStatement")
        target = next((target[key] for key in keys if target.get(key)), None)
    if not target:
        return f"{record} unspecified"
    return f"REC:{source}:{records.get((source, target), target)}"


def _interests(
    event: int, source: str, record: str, details: Json, records: dict[tuple[str, str], str], tables: Tables
) -> None:
    subject = _reference(source, record, details["subject"], records)
    party = _reference(source, record, details["interestedParty"], records)
    components = details.get("componentRecords") or details.get("componentStatementIDs")
    nth: dict[str, int] = defaultdict(int)
    for interest in details.get("interests") or []:
        kind = interest.get("type") or "unknownInterest"
        nth[kind] += 1
        indirect = (interest.get("directOrIndirect") or interest.get("interestLevel")) == "indirect"
        row = (
            event,
            kind,
            nth[kind],
            subject,
            party,
            int(not indirect),
            int(not (indirect and components)),
            *_share(interest.get("share")),
            interest.get("startDate"),
            *_span(interest.get("startDate"), interest.get("endDate")),
        )
        tables["interest"].append(row)


def _share(share: Json | None) -> tuple[str | None, int, str | None, int]:
    """Lower bound, is it excluded, upper bound, is it excluded: parts of 1 as decimal text."""
    if not share:
        return None, 0, None, 0
    if share.get("exact") is not None:
        exact = format(Decimal(str(share["exact"])) / 100, "f")
        return exact, 0, exact, 0
    low, low_open = _bound(share, "minimum", "exclusiveMinimum", 0)
    high, high_open = _bound(share, "maximum", "exclusiveMaximum", 100)
    return low, low_open, high, high_open


def _bound(share: Json, inclusive: str, exclusive: str, default: int) -> tuple[str, int]:
    # BODS 0.4 writes the excluded bound itself; 0.2 and 0.3 mark the bound as excluded with true.
    value, mark = share.get(inclusive), share.get(exclusive)
    is_flag = mark is None or isinstance(mark, bool)
    number = (default if value is None else value) if is_flag else mark
    return format(Decimal(str(number)) / 100, "f"), int(bool(mark)) if is_flag else 1


# OCDS


def _release(event: int, source: str, data: Json, tables: Tables) -> None:
    ocid, tags = data["ocid"], data.get("tag") or []
    position = max((TAGS.index(tag) for tag in tags if tag in TAGS), default=0)
    cancels, compiled = int("tenderCancellation" in tags), int("compiled" in tags)
    row = (event, ocid, days_of(data["date"], NEVER)[0], _instant(data["date"]), position, compiled, cancels)
    tables["release"].append((*row, data["id"]))
    for party in data.get("parties") or []:
        own = [party["identifier"]] if party.get("identifier") else []
        node = f"REC:{source}:{ocid}/{party['id']}"
        tables["party"].append((event, ocid, party["id"], node))
        for name in _names([*own, *(party.get("additionalIdentifiers") or [])]) or [node]:
            tables["alias"].append((event, node, name, 0))
    for kind, oid, field, value in _cells(data):
        tables["cell"].append((event, ocid, kind, oid, field, value))


def _cells(data: Json) -> Iterator[tuple[str, str, str, str]]:
    """What a release says of the state of its process, one value a row; a later release overwrites a cell."""
    tender = data.get("tender") or {}
    yield from _fields("process", "", {"buyer": data.get("buyer")} if "buyer" in data else {})
    yield from _fields("tender", "", {k: tender[k] for k in ("status", "procuringEntity", "tenderers") if k in tender})
    yield from _fields("period", "", tender.get("tenderPeriod") or {})
    for lot in tender.get("lots") or []:
        yield "lot", str(lot["id"]), "id", str(lot["id"])
    for bid in (data.get("bids") or {}).get("details") or []:
        yield from _fields("bid", str(bid["id"]), bid)
    for award in data.get("awards") or []:
        yield from _fields("award", str(award["id"]), award)
    for contract in data.get("contracts") or []:
        yield from _fields("contract", str(contract["id"]), contract)


def _fields(kind: str, oid: str, holder: Json) -> Iterator[tuple[str, str, str, str]]:
    """The fields of an object that matter: days as ordinals, references as lists of ids, absence as ''."""
    for field in ("status", "awardID"):
        if field in holder:
            yield kind, oid, field, holder[field] or ""
    for field in ("date", "dateSigned", "startDate", "endDate"):
        if field in holder:
            yield kind, oid, field, str(days_of(holder[field], NEVER)[0]) if holder[field] else ""
    for field in ("buyer", "procuringEntity"):
        if field in holder:
            yield kind, oid, field, json.dumps([holder[field]["id"]] if holder[field] else [])
    for field in ("suppliers", "tenderers"):
        if field in holder:
            yield kind, oid, field, json.dumps([party["id"] for party in holder[field] or []])
    if "relatedLots" in holder:
        yield kind, oid, "relatedLots", json.dumps([str(lot) for lot in holder["relatedLots"] or []])
    yield kind, oid, "exists", "1"
