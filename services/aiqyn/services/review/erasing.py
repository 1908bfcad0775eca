"""Erasing a person's data by order: events leave the ledger, alerts lose the names; that they were there can be proved.

What stays of an event is its source, id and hash, and what the tree of its batch holds of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from aiqyn.services.audit import erasures
from aiqyn.services.audit.leaves import entry_hash
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.privacy.masking import is_person
from aiqyn.services.review import erasing_traces, rows
from aiqyn.services.review.needles import names_in, needles, number_of, without
from aiqyn.services.store import alert_rows, fact_codec
from aiqyn.services.store.database import is_sqlite, reading
from aiqyn.services.store.tables import (
    REVIEW_COLUMNS,
    alert,
    alert_entity,
    alert_event,
    alert_revision,
    erased,
    event,
    leaf,
    quality_issue,
    quarantine,
)

NOTHING = "…"
"""Stands where words about the person stood."""
_ALERT_COLUMNS = [column.name for column in alert.columns if column.name not in REVIEW_COLUMNS]
Document = dict[str, Any]


class Doomed(NamedTuple):
    """An event that tells of the person."""

    seq: int
    source: str
    id: str
    type: str


def events_of(engine: Engine, ids: Sequence[str]) -> list[Doomed]:
    """Every event that names one of the ids, by ledger number. Reads the whole ledger once for each id."""
    wanted = frozenset(ids)
    found: dict[int, Doomed] = {}
    columns = (event.c.seq, event.c.source, event.c.id, event.c.type, event.c.kind, event.c.fact, event.c.content)
    with reading(engine) as connection:
        for id in ids:
            value = id.rpartition(":")[2].encode()
            query = select(*columns).where(text(rows.bytes_hold(connection, "content", "fact"))).params(part=value)
            for row in connection.execute(query):
                if row.seq not in found and _tells_of(row, wanted):
                    found[row.seq] = Doomed(row.seq, row.source, row.id, row.type)
    return [found[seq] for seq in sorted(found)]


def _tells_of(row: Any, wanted: frozenset[str]) -> bool:
    fact = msgspec.to_builtins(fact_codec.decode(row.kind, bytes(row.fact)))
    return any(wanted & set(names_in(each, row.source)) for each in (fact, msgspec.json.decode(bytes(row.content))))


def erase(connection: Connection, ids: Sequence[str], doomed: Sequence[Doomed], action: Document, now: int) -> Document:
    """Take the person's data out of every table, in the caller's transaction, and leave a leaf about what went.

    `action`: the document of the order, whose words may name the person too; it is given back without them.
    """
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    seqs = [each.seq for each in doomed]
    words = needles(ids, _contents(connection, seqs))
    for some in rows.pages([str(seq) for seq in seqs]):
        _events(connection, [int(seq) for seq in some], now)
    aliases = {id: Handles.fresh().of(id) for id in ids}
    instead = {word: aliases.get(word, NOTHING) for word in words}
    cleared: list[int] = []
    touched: list[str] = []
    for id in sorted({*_alerts(connection, ids)}):
        cleared += _alert(connection, id, instead)
        touched.append(id)
    _quarantined(connection, frozenset(ids))
    traces = erasing_traces.wipe(connection, words, ids, touched)
    order, by = str(action["id"]), str(action.get("decidedBy") or action["by"])
    erasures.tell(connection, order, by, now, seqs, [*cleared, *traces.leaves], traces.rows, traces.left)
    wiped: Document = without(action, dict.fromkeys(words, NOTHING))
    return wiped


def _contents(connection: Connection, seqs: Sequence[int]) -> Iterator[tuple[str, Any]]:
    for some in rows.pages([str(seq) for seq in seqs]):
        query = select(event.c.source, event.c.content).where(event.c.seq.in_([int(seq) for seq in some]))
        for row in connection.execute(query):
            yield row.source, msgspec.json.decode(bytes(row.content))


def _events(connection: Connection, seqs: list[int], now: int) -> None:
    gone = connection.execute(select(event).where(event.c.seq.in_(seqs))).all()
    kept = [
        {
            "name": row.name, "source": row.source, "id": row.id, "hash": row.hash, "at": now, "seq": row.seq,
            "entry": None if row.salt is None else entry_hash(bytes(row.salt), bytes(row.hash)),
        }
        for row in gone
    ]  # fmt: skip
    if kept:
        connection.execute(insert(erased), kept)
    for table in (quality_issue, alert_event, event):
        connection.execute(delete(table).where(table.c.seq.in_(seqs)))


def _alerts(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    """Alerts that name one of the ids in any of their revisions."""
    for id in ids:
        named = alert_revision.c.document.contains(id, autoescape=True)
        yield from connection.execute(select(alert_revision.c.alert).where(named).distinct()).scalars()


def _alert(connection: Connection, id: str, instead: Mapping[str, str]) -> list[int]:
    """The alert's revisions with nobody's name in place of the person's; rows of the leaves that so lose theirs."""
    query = select(alert_revision.c.revision, alert_revision.c.document).where(alert_revision.c.alert == id)
    refs: list[str] = []
    last: Document = {}
    for row in connection.execute(query.order_by(alert_revision.c.revision)).all():
        before = msgspec.json.decode(row.document)
        last = without(before, instead)
        if last == before:
            continue
        refs.append(f"{id}#{row.revision}")
        here = alert_revision.c.alert == id, alert_revision.c.revision == row.revision
        document = msgspec.json.encode(last).decode()
        connection.execute(update(alert_revision).where(*here).values(document=document))
    values = dict(zip(_ALERT_COLUMNS, alert_rows.alert_row(last), strict=True))
    connection.execute(update(alert).where(alert.c.id == id).values(**values))
    connection.execute(delete(alert_entity).where(alert_entity.c.alert == id))
    entities = [dict(zip(("alert", "entity", "role"), row, strict=True)) for row in alert_rows.entity_rows(last)]
    connection.execute(insert(alert_entity), entities)
    found: list[int] = []
    for some in rows.pages(refs):
        logged = select(leaf.c.id).where(leaf.c.kind == "alert", leaf.c.ref.in_(some))
        found += connection.execute(logged).scalars()
    return found


def _quarantined(connection: Connection, ids: frozenset[str]) -> None:
    """Refused records that name the person; of those that are no JSON, whatever has the number in it."""
    for id in ids:
        value = number_of(id)
        query = select(quarantine.c.id, quarantine.c.source, quarantine.c.raw)
        inside = text(rows.bytes_hold(connection, "raw")).bindparams(part=value.encode())
        for row in connection.execute(query.where(inside)).all():
            if _is_about(bytes(row.raw), row.source, ids):
                connection.execute(delete(quarantine).where(quarantine.c.id == row.id))


def _is_about(raw: bytes, source: str | None, ids: frozenset[str]) -> bool:
    numbers = {number for id in ids if is_person(id) and (number := number_of(id))}
    try:
        return not (ids | numbers).isdisjoint(names_in(msgspec.json.decode(raw), source))
    except msgspec.MsgspecError:
        return True
