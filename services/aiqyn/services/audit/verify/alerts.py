"""Alerts: each row follows from the revisions that were logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, select

from aiqyn.services import moments
from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.alert_rows import alert_row, entity_rows
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import (
    REVIEW_COLUMNS,
    alert,
    alert_entity,
    alert_event,
    alert_revision,
    event,
    leaf,
)

_PAGE = 2_000
_COLUMNS = [column.name for column in alert.columns if column.name not in REVIEW_COLUMNS]
_decode = msgspec.json.decode


def check(connection: Connection, gone: Gone) -> Iterator[Finding]:
    """The feed of revisions, then each alert against its last one."""
    yield from _revisions(connection, gone)
    yield from _lost(connection)
    after = ""
    while True:
        query = select(alert).where(alert.c.id > after).order_by(alert.c.id).limit(_PAGE)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield from _row(connection, row, gone)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["id"]


def _revisions(connection: Connection, gone: Gone) -> Iterator[Finding]:
    """In the order of the feed, which is that of the leaves."""
    ref = alert_revision.c.alert + "#" + cast(alert_revision.c.revision, Text)
    query = (
        select(alert_revision, ref.label("ref"), leaf.c.id.label("leaf"), leaf.c.at, event.c.recorded_at.label("made"))
        .outerjoin(leaf, (leaf.c.kind == "alert") & (leaf.c.ref == ref))
        .outerjoin(event, event.c.seq == alert_revision.c.seq)
        .order_by(alert_revision.c.number)
    )
    last_leaf, states = 0, dict[str, tuple[int, str]]()
    for number, row in enumerate(connection.execute(query).mappings(), start=1):
        if row["leaf"] is None:
            yield Finding(None, row["ref"], "the revision of the alert was never logged")
            continue
        if row["number"] != number or row["leaf"] <= last_leaf:
            yield Finding(None, row["ref"], "the revision has another place in the feed than in the log")
        last_leaf = row["leaf"]
        document = _decode(row["document"])
        stated, before = document["dataState"], states.get(row["alert"])
        states[row["alert"]] = (row["revision"], stated)
        change = "withdrawn" if stated == "withdrawn" else "updated"
        if change == "updated" and (before is None or before[1] == "withdrawn"):
            change = "raised"
        if row["change"] != change:
            yield Finding(None, row["ref"], f"it is kept as {row['change']}; by the revisions it was {change}")
        updated = moments.parse(document["updatedAt"])
        if row["recorded_at"] != updated or row["at"] != updated:
            yield Finding(None, row["ref"], "it was recorded at another time than it says")
        if row["seq"] not in gone.events and row["made"] != updated:
            yield Finding(None, row["ref"], "another event made it than it says")


def _lost(connection: Connection) -> Iterator[Finding]:
    query = select(alert_revision.c.alert).outerjoin(alert, alert.c.id == alert_revision.c.alert)
    for (name,) in connection.execute(query.where(alert.c.id.is_(None)).distinct()):
        yield Finding(None, name, "the alert was raised and is not there any more")
    for table in (alert_event, alert_entity):
        orphans = select(table.c.alert).outerjoin(alert, alert.c.id == table.c.alert).where(alert.c.id.is_(None))
        for (name,) in connection.execute(orphans.distinct()):
            yield Finding(None, name, f"{table.name} tells of an alert that there is not")


def _row(connection: Connection, row: Any, gone: Gone) -> Iterator[Finding]:
    """The alert's row, and who and what stands in it, are those of its last revision."""
    name = row["id"]
    query = select(alert_revision.c.document).where(alert_revision.c.alert == name)
    last = connection.execute(query.order_by(alert_revision.c.revision.desc()).limit(1)).scalar()
    if last is None:
        yield Finding(None, name, "the alert has no revision")
        return
    document = _decode(last)
    made = dict(zip(_COLUMNS, alert_row(document), strict=True))
    differing = [column for column in _COLUMNS if made[column] != row[column]]
    if differing:
        yield Finding(None, name, f"{differing[0]} is not what the last revision says")
    entities = connection.execute(select(alert_entity).where(alert_entity.c.alert == name)).all()
    if {tuple(each) for each in entities} != set(entity_rows(document)):
        yield Finding(None, name, "others stand in the index of the alert than in its last revision")
    rests = set(connection.execute(select(alert_event.c.seq).where(alert_event.c.alert == name)).scalars())
    cited = {
        event_name(edge["event"]["source"], edge["event"]["id"])
        for path in document["paths"]
        for edge in path
        # A withdrawn alert rests on nothing any more.
        if document["dataState"] != "withdrawn" and edge["event"]["id"] is not None
    }
    found = dict(connection.execute(select(event.c.seq, event.c.name).where(event.c.seq.in_(sorted(rests)))).all())
    if {bytes(each) for each in found.values()} != cited - _names(connection, gone, cited) or found.keys() != rests:
        yield Finding(None, name, "the alert rests on other events than its last revision cites")


def _names(connection: Connection, gone: Gone, cited: set[bytes]) -> set[bytes]:
    """Cited events that were erased."""
    if not gone.events:
        return set()
    here = set(connection.execute(select(event.c.name).where(event.c.name.in_(sorted(cited)))).scalars())
    return cited - {bytes(each) for each in here}
