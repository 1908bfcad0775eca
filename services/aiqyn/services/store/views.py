"""The read-only views `v1_*` for analysts: the JSON names in snake_case, plain, for direct access to the database.

They are made of the ledger and the alerts alone, so that they are never out of date. Retracted and replaced events are
left out; records are joined by their own identifiers (who is who beyond that is the engine's). Made by migration 0003,
anew by 0005. `v1_standing` and `v1_mentions` are what the others are made of.
"""

from __future__ import annotations

from collections.abc import Iterator

NAMES = ("v1_alerts", "v1_alert_edges", "v1_entities", "v1_links", "v1_allocations", "v1_events")
COLUMNS: dict[str, tuple[str, ...]] = {
    "v1_alerts": (
        "id", "rule", "rule_version", "profile", "title", "summary", "data_state", "withdrawn_reason", "managed",
        "review_status", "disposition", "severity", "certainty", "identity", "ocid", "allocation", "lots", "awards",
        "stage", "buyer", "company", "companies", "persons", "window", "date_basis", "amount", "paths", "parameters",
        "retroactive", "paths_omitted", "missing", "revision", "raised_at", "updated_at",
    ),
    "v1_alert_edges": (
        "alert", "path", "place", "side", "kind", "from", "to", "share", "valid", "recorded_at", "event", "certainty",
    ),
    "v1_entities": ("id", "kind", "name", "event", "recorded_at"),
    "v1_links": ("kind", "from", "to", "share", "valid", "recorded_at", "event"),
    "v1_allocations": ("ocid", "allocation", "kind", "award", "date", "buyer", "company", "amount", "event"),
    "v1_events": ("source", "id", "type", "time", "status", "conforms", "recorded_at"),
}  # fmt: skip
_WHOLE = frozenset({"rule_version", "paths_omitted", "revision"})
_NO_TEXT = _WHOLE | {"managed", "retroactive", "path", "place", "conforms", "instant"}
_KIN = "('associate')"


def statements(dialect: str) -> Iterator[str]:
    """The statements that make the views, in order; `dialect` is sqlite or postgresql."""
    words = _Sqlite() if dialect == "sqlite" else _Postgresql()
    bodies = _bodies(words)
    yield f"CREATE VIEW v1_standing AS {bodies.pop('v1_standing')}"
    for name, names in (
        ("v1_mentions", (*COLUMNS["v1_entities"], "instant")),
        *((name, COLUMNS[name]) for name in NAMES),
    ):
        columns = ", ".join(f'"{column}"' for column in names)
        shown = ", ".join(words.column(column) for column in names)
        yield f"CREATE VIEW {name} ({columns}) AS " + (
            f"SELECT {shown} FROM ({bodies[name]}) AS x ({columns})" if words.renames else bodies[name]
        )


def removals(with_mentions: bool = True) -> Iterator[str]:
    """The statements that take them away; before revision 0005 there was no `v1_mentions`."""
    for name in (*reversed(NAMES), *(["v1_mentions"] if with_mentions else []), "v1_standing"):
        yield f"DROP VIEW {name}"


class _Sqlite:
    """JSON and time as SQLite (3.38 or newer) says them."""

    content = "CAST(e.content AS TEXT)"
    renames = False
    """Whether the columns of the body are wrapped in `column`."""

    def column(self, name: str) -> str:
        return f'"{name}"'

    def text(self, value: str, *path: str) -> str:
        """A member as text: lists and objects as compact JSON, null as NULL."""
        return f"({value} ->> '$.{'.'.join(path)}')"

    def at(self, value: str, *path: str) -> str:
        return f"({value} -> '$.{'.'.join(path)}')"

    def first(self, value: str, *path: str) -> str:
        return f"({value} -> '$.{'.'.join(path)}[0]')"

    def each(self, value: str, path: str, alias: str) -> str:
        """The items of a list as rows: `<alias>.value`, `<alias>.key` from 0."""
        return f"json_each({value}, '$.{path}') AS {alias}"

    def moment(self, column: str) -> str:
        seconds = f"strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000, 'unixepoch')"
        return f"({seconds} || printf('.%06dZ', {column} % 1000000))"

    def quoted(self, value: str) -> str:
        return f"json_quote({value})"

    def whole(self, value: str) -> str:
        return f"CAST({value} AS INTEGER)"


class _Postgresql(_Sqlite):
    """The same on PostgreSQL."""

    content = "CAST(convert_from(e.content, 'UTF8') AS json)"
    renames = True

    def column(self, name: str) -> str:
        """Texts are compared by code point, as everywhere in the database."""
        return f'x."{name}"' if name in _NO_TEXT else f'x."{name}" COLLATE "C"'

    def text(self, value: str, *path: str) -> str:
        return f"({_json(value)} #>> '{{{','.join(path)}}}')"

    def at(self, value: str, *path: str) -> str:
        return f"({_json(value)} #> '{{{','.join(path)}}}')"

    def first(self, value: str, *path: str) -> str:
        return f"({_json(value)} #> '{{{','.join((*path, '0'))}}}')"

    def each(self, value: str, path: str, alias: str) -> str:
        found = f"({_json(value)} #> '{{{path.replace('.', ',')}}}')"
        listed = f"CASE WHEN json_typeof({found}) = 'array' THEN {found} ELSE '[]'::json END"
        rows = f"json_array_elements({listed}) WITH ORDINALITY AS r(value, number)"
        return f"LATERAL (SELECT r.value, r.number - 1 AS key FROM {rows}) AS {alias}"

    def moment(self, column: str) -> str:
        stamp = f"(TIMESTAMP '1970-01-01' + {column} * INTERVAL '1 microsecond')"
        return f"""(to_char({stamp}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') COLLATE "C")"""

    def quoted(self, value: str) -> str:
        return f'(to_json({value})::text COLLATE "C")'


def _json(value: str) -> str:
    return f"CAST({value} AS json)" if value.endswith("document") else value


def _bodies(w: _Sqlite) -> dict[str, str]:
    return {
        "v1_standing": _standing(w),
        "v1_alerts": _alerts(w),
        "v1_alert_edges": _edges(w),
        "v1_mentions": " UNION ".join(_mentions(w)),
        "v1_entities": _entities(),
        "v1_links": " UNION ALL ".join(_links(w)),
        "v1_allocations": " UNION ALL ".join(_allocations(w)),
        "v1_events": _events(w),
    }


def _alerts(w: _Sqlite) -> str:
    own = {"managed", "retroactive", "review_status", "disposition"}
    columns = [
        f"a.{name}" if name in own else w.whole(_member(w, name)) if name in _WHOLE else _member(w, name)
        for name in COLUMNS["v1_alerts"]
    ]
    return f"SELECT {', '.join(columns)} FROM alert AS a"


def _member(w: _Sqlite, column: str) -> str:
    head, *rest = column.split("_")
    return w.text("a.document", head + "".join(word.capitalize() for word in rest))


def _edges(w: _Sqlite) -> str:
    members = ("side", "kind", "from", "to", "share", "valid", "recordedAt", "event", "certainty")
    columns = ", ".join(w.text("e.value", name) for name in members)
    inner = "json_each(p.value) AS e" if type(w) is _Sqlite else (
        "LATERAL (SELECT r.value, r.number - 1 AS key "
        "FROM json_array_elements(p.value) WITH ORDINALITY AS r(value, number)) AS e"
    )  # fmt: skip
    return f"SELECT a.id, p.key, e.key, {columns} FROM alert AS a, {w.each('a.document', 'paths', 'p')}, {inner}"


def _standing(w: _Sqlite) -> str:
    """Accepted events that are neither retracted nor replaced: their data as JSON."""
    target = [w.text(w.content.replace("e.", "t."), "data", "target", name) for name in ("source", "id")]
    # Lists that are made once, whatever the planner thinks of the number of rows.
    gone = (
        f"SELECT {target[0]}, {target[1]} FROM event AS t WHERE t.type = 'record.retracted.v1' "
        f"AND t.source = {target[0]} AND {target[1]} IS NOT NULL"
    )
    newest = (
        "SELECT n.seq FROM (SELECT l.seq, ROW_NUMBER() OVER (PARTITION BY l.source, l.type, l.record_key "
        "ORDER BY l.instant DESC, l.id DESC) AS place FROM event AS l WHERE l.record_key <> '') AS n WHERE n.place = 1"
    )
    return (
        f"SELECT e.seq, e.source, e.id, e.type, e.instant, {w.moment('e.recorded_at')} AS recorded_at, "
        f"""'{{"source":' || {w.quoted("e.source")} || ',"id":' || {w.quoted("e.id")} || '}}' AS event, """
        f"{w.at(w.content, 'data')} AS data FROM event AS e WHERE e.type <> 'record.retracted.v1' "
        f"AND (e.source, e.id) NOT IN ({gone}) AND (e.record_key = '' OR e.seq IN ({newest}))"
    )


def _named(w: _Sqlite, value: str, *path: str) -> str:
    """The name of a person or entity of our own types: its first identifier, else its record."""
    identifier = w.first(value, *path, "identifiers")
    by_number = f"{w.text(identifier, 'scheme')} || ':' || {w.text(identifier, 'id')}"
    return f"COALESCE({by_number}, 'REC:' || s.source || ':' || {w.text(value, *path, 'recordId')})"


_OWN = (
    # type, member, whether a person
    ("official.occupancy", "person", True), ("official.occupancy", "organization", False),
    ("official.relation", "person", True), ("official.relation", "relative", True),
    ("official.declaration", "declarant", True), ("registry.company", "entity", False),
    ("registry.directorship", "company", False), ("registry.directorship", "person", True),
    ("registry.debarment", "supplier", False), ("allocation.made", "grantor", False),
    ("allocation.made", "recipient", False),
)  # fmt: skip


def _entities() -> str:
    """One row an entity: what its newest record says; a person or body where any record says so."""
    return (
        "SELECT m.id, CASE m.ranked WHEN 0 THEN 'person' WHEN 1 THEN 'body' ELSE 'company' END, m.name, m.event, "
        "m.recorded_at FROM (SELECT v.*, "
        "MIN(CASE v.kind WHEN 'person' THEN 0 WHEN 'body' THEN 1 ELSE 2 END) OVER (PARTITION BY v.id) AS ranked, "
        "ROW_NUMBER() OVER (PARTITION BY v.id ORDER BY CASE WHEN v.name IS NULL THEN 1 ELSE 0 END, "
        "v.instant DESC, v.recorded_at DESC, v.event, v.name) AS place FROM v1_mentions AS v) AS m "
        "WHERE m.place = 1 AND m.id IS NOT NULL"
    )


def _mentions(w: _Sqlite) -> Iterator[str]:
    """What each event says of each person, company or body."""
    for type, member, person in _OWN:
        name = w.text(w.first("s.data", member, "names"), "fullName") if person else w.text("s.data", member, "name")
        kind = "'person'" if person else "'company'"
        if type == "registry.company":
            kind = f"CASE {w.text('s.data', 'kind')} WHEN 'publicBody' THEN 'body' ELSE 'company' END"
        yield (
            f"SELECT {_named(w, 's.data', member)}, {kind}, {name}, s.event, s.recorded_at, s.instant "
            f"FROM v1_standing AS s WHERE s.type = '{type}.v1' AND {w.at('s.data', member)} IS NOT NULL"
        )
    member_name = w.text(w.first("m.value", "person", "names"), "fullName")
    yield (
        f"SELECT {_named(w, 'm.value', 'person')}, 'person', {member_name}, s.event, s.recorded_at, s.instant "
        f"FROM v1_standing AS s, {w.each('s.data', 'members', 'm')} WHERE s.type = 'procurement.committee.v1'"
    )
    number = f"{w.text('p.value', 'identifier', 'scheme')} || ':' || {w.text('p.value', 'identifier', 'id')}"
    yield (
        f"SELECT {number}, 'company', {w.text('p.value', 'name')}, s.event, s.recorded_at, s.instant "
        "FROM v1_standing AS s, "
        f"{w.each('s.data', 'parties', 'p')} WHERE s.type = 'procurement.release.v1' AND {number} IS NOT NULL"
    )
    statement = _statement(w)
    name = f"COALESCE({w.text(w.first('s.details', 'names'), 'fullName')}, {w.text('s.details', 'name')})"
    yield (
        f"SELECT s.name, CASE WHEN s.kind LIKE 'person%' THEN 'person' ELSE 'company' END, {name}, s.event, "
        f"s.recorded_at, s.instant FROM ({statement}) AS s WHERE s.kind LIKE 'person%' OR s.kind LIKE 'entity%'"
    )


def _statement(w: _Sqlite) -> str:
    """BODS statements of every version: `record` by which others refer to it, `name`, `kind`, `details`; of interests
    `party` and `subject`, and their place among the versions of the record."""
    details = f"COALESCE({w.at('s.data', 'recordDetails')}, s.data)"
    record = f"COALESCE({w.text('s.data', 'recordId')}, {w.text('s.data', 'statementID')})"
    identifier = w.first(details, "identifiers")
    number = f"{w.text(identifier, 'scheme')} || ':' || {w.text(identifier, 'id')}"
    person, company = (f"describedBy{which}Statement" for which in ("Person", "Entity"))
    party = ", ".join(w.text(details, "interestedParty", *inner) for inner in ((person,), (company,), ()))
    subject = f"COALESCE({w.text(details, 'subject', company)}, {w.text(details, 'subject')})"
    ended = f"COALESCE({w.text(w.first(details, 'interests'), 'endDate')}, {w.text('s.data', 'statementDate')})"
    read = (
        f"SELECT s.seq, s.source, s.id, s.instant, s.event, s.recorded_at, {details} AS details, {record} AS record, "
        f"COALESCE({w.text('s.data', 'recordType')}, {w.text('s.data', 'statementType')}) AS kind, "
        f"{w.text('s.data', 'recordStatus')} AS state, {w.text('s.data', 'statementDate')} AS stated, "
        f"COALESCE({party}) AS party, {subject} AS subject, "
        f"CASE WHEN {w.text('s.data', 'recordStatus')} = 'closed' THEN {ended} "
        f"ELSE {w.text('s.data', 'statementDate')} END AS until, "
        f"COALESCE({number}, 'REC:' || s.source || ':' || {record}) AS name "
        "FROM v1_standing AS s WHERE s.type = 'ownership.statement.v1'"
    )
    versions = "(PARTITION BY r.source, r.record, r.kind ORDER BY r.stated, r.instant, r.id)"
    return (
        f"SELECT r.*, LAG(r.details) OVER {versions} AS before, LEAD(r.until) OVER {versions} AS later, "
        f"LEAD(r.id) OVER {versions} AS following, ROW_NUMBER() OVER {versions} AS version FROM ({read}) AS r"
    )


def _links(w: _Sqlite) -> Iterator[str]:
    dated = _span(w, "s.data")
    tie = f"CASE WHEN {w.text('s.data', 'relationship')} IN {_KIN} THEN 'associateOf' ELSE 'relativeOf' END"
    for type, kind, start, end, valid in (
        ("official.occupancy", "'holdsPost'", "person", "organization", dated),
        ("official.relation", tie, "person", "relative", dated),
        ("registry.directorship", "'directs'", "person", "company", dated),
    ):
        yield (
            f"SELECT {kind}, {_named(w, 's.data', start)}, {_named(w, 's.data', end)}, CAST(NULL AS TEXT), {valid}, "
            f"s.recorded_at, s.event FROM v1_standing AS s WHERE s.type = '{type}.v1'"
        )
    parent = _named(w, "s.data", "parentBody")
    yield (
        f"SELECT 'parentBody', {_named(w, 's.data', 'entity')}, {parent}, CAST(NULL AS TEXT), '[null,null]', "
        f"s.recorded_at, s.event FROM v1_standing AS s WHERE s.type = 'registry.company.v1' AND {parent} IS NOT NULL"
    )
    yield _stakes(w)


def _stakes(w: _Sqlite) -> str:
    """Interests of BODS relationship records, a row a version: in force from the day on which the version took effect
    to the day on which the next one did. A version repeats an interest that has the same type and start."""
    statement = _statement(w)
    kind = f"CASE WHEN {w.at('i.value', 'share')} IS NULL THEN 'controls' ELSE 'owns' END"
    start, end = w.text("i.value", "startDate"), w.text("i.value", "endDate")
    same = f"{w.text('b.value', 'type')} = {w.text('i.value', 'type')}"
    repeated = (
        f"EXISTS (SELECT 1 FROM {w.each('r.before', 'interests', 'b')} WHERE {same} "
        f"AND COALESCE({w.text('b.value', 'startDate')}, '') = COALESCE({start}, ''))"
    )
    since = (
        f"CASE WHEN r.version = 1 THEN {start} WHEN {start} IS NOT NULL AND NOT {repeated} THEN {start} "
        "ELSE r.stated END"
    )
    until = f"CASE WHEN {end} IS NULL OR r.later < {end} THEN r.later ELSE {end} END"
    until = f"CASE WHEN r.later IS NULL THEN {end} ELSE {until} END"
    first, last = (f"COALESCE({w.quoted(each)}, 'null')" for each in ("p.since", "p.until"))
    return (
        f"SELECT p.kind, p.party, p.company, p.share, '[' || {first} || ',' || {last} || ']', p.recorded_at, p.event "
        f"FROM (WITH st AS MATERIALIZED ({statement}) SELECT {kind} AS kind, COALESCE(h.name, "
        "CASE WHEN r.party NOT LIKE '{%' THEN 'REC:' || r.source || ':' || r.party END) AS party, "
        f"COALESCE(c.name, 'REC:' || r.source || ':' || r.subject) AS company, {w.text('i.value', 'share')} AS share, "
        f"{since} AS since, {until} AS until, r.recorded_at AS recorded_at, r.event AS event FROM st AS r "
        "LEFT JOIN st AS h ON h.source = r.source AND h.record = r.party AND h.kind NOT LIKE '%elationship' "
        "AND h.following IS NULL "
        "LEFT JOIN st AS c ON c.source = r.source AND c.record = r.subject AND c.kind LIKE 'entity%' "
        "AND c.following IS NULL, "
        f"{w.each('r.details', 'interests', 'i')} WHERE (r.kind = 'relationship' OR r.kind = "
        "'ownershipOrControlStatement') AND COALESCE(r.state, '') <> 'closed') AS p "
        "WHERE p.since IS NULL OR p.until IS NULL OR p.since < p.until"
    )


def _span(w: _Sqlite, value: str) -> str:
    start, end = (f"COALESCE({w.quoted(w.text(value, name))}, 'null')" for name in ("startDate", "endDate"))
    return f"('[' || {start} || ',' || {end} || ']')"


def _allocations(w: _Sqlite) -> Iterator[str]:
    def party(ref: str) -> str:
        number = f"{w.text('p.value', 'identifier', 'scheme')} || ':' || {w.text('p.value', 'identifier', 'id')}"
        return (
            f"COALESCE((SELECT {number} FROM {w.each('s.data', 'parties', 'p')} "
            f"WHERE {w.text('p.value', 'id')} = {ref} LIMIT 1), 'REC:' || s.source || ':' || "
            f"{w.text('s.data', 'ocid')} || '/' || {ref})"
        )

    awards = (
        f"SELECT {w.text('s.data', 'ocid')} AS ocid, {w.text('a.value', 'id')} AS award, "
        f"{w.text('a.value', 'date')} AS date, {party(w.text('s.data', 'buyer', 'id'))} AS buyer, "
        f"{party(w.text('u.value', 'id'))} AS company, {w.text('a.value', 'value')} AS amount, s.event, "
        f"RANK() OVER (PARTITION BY {w.text('s.data', 'ocid')}, {w.text('a.value', 'id')} "
        f"ORDER BY s.instant DESC, s.seq DESC) AS newest FROM v1_standing AS s, {w.each('s.data', 'awards', 'a')}, "
        f"{w.each('a.value', 'suppliers', 'u')} WHERE s.type = 'procurement.release.v1'"
    )
    yield (
        "SELECT w.ocid, CAST(NULL AS TEXT), 'procurement', w.award, w.date, w.buyer, w.company, w.amount, w.event "
        f"FROM ({awards}) AS w WHERE w.newest = 1"
    )
    yield (
        f"SELECT CAST(NULL AS TEXT), {w.text('s.data', 'id')}, {w.text('s.data', 'kind')}, CAST(NULL AS TEXT), "
        f"{w.text('s.data', 'date')}, {_named(w, 's.data', 'grantor')}, {_named(w, 's.data', 'recipient')}, "
        f"{w.text('s.data', 'amount')}, s.event FROM v1_standing AS s WHERE s.type = 'allocation.made.v1'"
    )


def _events(w: _Sqlite) -> str:
    return (
        f"SELECT e.source, e.id, e.type, e.time, 'accepted', e.conforms, {w.moment('e.recorded_at')} FROM event AS e "
        "UNION ALL SELECT q.source, q.event_id, q.type, CAST(NULL AS TEXT), q.status, CAST(NULL AS BOOLEAN), "
        f"{w.moment('q.received_at')} FROM quarantine AS q"
    )
