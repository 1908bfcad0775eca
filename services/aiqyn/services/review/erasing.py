"""Erasing a person's data by order: events leave the ledger, alerts lose the names; that they were there can be proved.

What stays of an event is its source, id and hash, and what the tree of its batch holds of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from aiqyn.services.audit.leaves import entry_hash
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.review import rows, suppressions
from aiqyn.services.store import alert_rows, fact_codec
from aiqyn.services.store.database import is_sqlite, reading
from aiqyn.services.store.tables import (
    REVIEW_COLUMNS,
    action,
    alert,
    alert_entity,
    alert_event,
    alert_revision,
    erased,
    event,
    leaf,
    quality_issue,
    quarantine,
    suppression,
)
from aiqyn.streams.engine import Engine as Detection

_LEVEL = 1
"""Only records that share an identifier: whoever is joined by likeness alone may be somebody else."""
_ALERT_COLUMNS = [column.name for column in alert.columns if column.name not in REVIEW_COLUMNS]
Document = dict[str, Any]


class Doomed(NamedTuple):
    """An event that tells of the person."""

    seq: int
    source: str
    id: str
    type: str


def ids_of(name: str) -> Callable[[Detection], list[str]]:
    """A question to the engine: all names of the person's records; empty: it knows none."""

    def ask(engine: Detection) -> list[str]:
        world = engine.world
        number = world.atoms.find(name)
        if number is None:
            return []
        root = world.clusters.root(number, _LEVEL)
        return sorted(world.atoms.names[each] for each in world.clusters.members(root, _LEVEL))

    return ask


def events_of(engine: Engine, ids: Sequence[str]) -> list[Doomed]:
    """Every event that names one of the ids, by ledger number. Reads the whole ledger once for each id."""
    wanted = frozenset(ids)
    found: dict[int, Doomed] = {}
    columns = (event.c.seq, event.c.source, event.c.id, event.c.type, event.c.kind, event.c.fact, event.c.content)
    with reading(engine) as connection:
        for id in ids:
            value = id.rpartition(":")[2].encode()
            query = select(*columns).where(text(_holds(connection, "content", "fact"))).params(part=value)
            for row in connection.execute(query):
                if row.seq not in found and _tells_of(row, wanted):
                    found[row.seq] = Doomed(row.seq, row.source, row.id, row.type)
    return [found[seq] for seq in sorted(found)]


def _holds(connection: Connection, *columns: str) -> str:
    """A condition: one of the columns of bytes has `:part` in it."""
    form = "instr({0}, :part) > 0" if is_sqlite(connection) else "position(CAST(:part AS bytea) in {0}) > 0"
    return "(" + " OR ".join(form.format(column) for column in columns) + ")"


def _tells_of(row: Any, wanted: frozenset[str]) -> bool:
    fact = msgspec.to_builtins(fact_codec.decode(row.kind, bytes(row.fact)))
    return any(wanted & set(_names(each, row.source)) for each in (fact, msgspec.json.decode(bytes(row.content))))


def _names(value: Any, source: str | None) -> Iterator[str]:
    """Every name that a value may tell: texts, identifiers with their schemes, record ids of the source."""
    if isinstance(value, str):
        yield value
        yield f"REC:{source}:{value}"
    elif isinstance(value, Mapping):
        scheme, id = value.get("scheme"), value.get("id")
        if scheme is not None and id is not None:
            yield f"{scheme}:{id}"
        for each in value.values():
            yield from _names(each, source)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _names(each, source)


def erase(connection: Connection, ids: Sequence[str], doomed: Iterable[Doomed], now: int) -> None:
    """Take the person's data out of every table, in the caller's transaction."""
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    for some in rows.pages([str(each.seq) for each in doomed]):
        _events(connection, [int(seq) for seq in some], now)
    alias = {id: Handles.fresh().of(id) for id in ids}
    for id in sorted({*_alerts(connection, ids)}):
        _alert(connection, id, alias)
    _quarantined(connection, frozenset(ids))
    _actions(connection, ids)


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


def _alert(connection: Connection, id: str, alias: Mapping[str, str]) -> None:
    """The alert's revisions with nobody's name in place of the person's; they cannot be checked against the log."""
    query = select(alert_revision.c.revision, alert_revision.c.document).where(alert_revision.c.alert == id)
    last: Document = {}
    for row in connection.execute(query.order_by(alert_revision.c.revision)).all():
        last = _renamed(msgspec.json.decode(row.document), alias)
        here = alert_revision.c.alert == id, alert_revision.c.revision == row.revision
        document = msgspec.json.encode(last).decode()
        connection.execute(update(alert_revision).where(*here).values(document=document))
        ref = leaf.c.kind == "alert", leaf.c.ref == f"{id}#{row.revision}"
        connection.execute(update(leaf).where(*ref).values(salt=None, document=None))
    values = dict(zip(_ALERT_COLUMNS, alert_rows.alert_row(last), strict=True))
    connection.execute(update(alert).where(alert.c.id == id).values(**values))
    connection.execute(delete(alert_entity).where(alert_entity.c.alert == id))
    entities = [dict(zip(("alert", "entity", "role"), row, strict=True)) for row in alert_rows.entity_rows(last)]
    connection.execute(insert(alert_entity), entities)


def _renamed(value: Any, alias: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in alias.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, list):
        return [_renamed(each, alias) for each in value]
    if isinstance(value, dict):
        return {name: _renamed(each, alias) for name, each in value.items()}
    return value


def _quarantined(connection: Connection, ids: frozenset[str]) -> None:
    """Refused records that name the person; of those that are no JSON, whatever has the number in it."""
    for id in ids:
        value = id.rpartition(":")[2]
        query = select(quarantine.c.id, quarantine.c.source, quarantine.c.raw)
        for row in connection.execute(query.where(text(_holds(connection, "raw"))).params(part=value.encode())).all():
            if _is_about(bytes(row.raw), row.source, ids):
                connection.execute(delete(quarantine).where(quarantine.c.id == row.id))


def _is_about(raw: bytes, source: str | None, ids: frozenset[str]) -> bool:
    try:
        return not ids.isdisjoint(_names(msgspec.json.decode(raw), source))
    except msgspec.MsgspecError:
        return True


def _actions(connection: Connection, ids: Sequence[str]) -> None:
    """What actions kept of whom they name; documents name people by handles alone."""
    for id in ids:
        named = action.c.before.contains(id, autoescape=True)
        for row in connection.execute(select(action.c.id, action.c.before).where(named)).all():
            kept = {**msgspec.json.decode(row.before), "hidden": {}}
            connection.execute(
                update(action).where(action.c.id == row.id).values(before=msgspec.json.encode(kept).decode())
            )
        for hiding in (
            connection.execute(select(suppression.c.action).where(suppression.c.persons.contains(id, autoescape=True)))
            .scalars()
            .all()
        ):
            suppressions.end(connection, hiding)
            connection.execute(delete(suppression).where(suppression.c.action == hiding))
