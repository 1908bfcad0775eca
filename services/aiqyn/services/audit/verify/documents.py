"""Documents: every alert and every record of what people did is the one that was committed to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, cast, func, select

from aiqyn.schemas.canonical import canonical
from aiqyn.services.audit import leaves
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.tables import action, alert_revision, leaf

_PAGE = 2_000
_decode = msgspec.json.decode


def check(connection: Connection) -> Iterator[Finding]:
    """Each leaf against its document, then documents against leaves."""
    may_be_gone = _something_erased(connection)
    after = 0
    while True:
        query = select(leaf).where(leaf.c.id > after).order_by(leaf.c.id).limit(_PAGE)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield from _document(connection, row, may_be_gone)
        if len(rows) < _PAGE:
            break
        after = rows[-1]["id"]
    yield from _twice(connection)
    yield from _unlogged(connection)


def _document(connection: Connection, row: Any, may_be_gone: bool) -> Iterator[Finding]:
    kind, place, ref = row["kind"], row["index"], row["ref"]
    if kind in ("events", "dossier"):
        return
    if kind == "alert":
        name, _, revision = ref.rpartition("#")
        query = select(alert_revision.c.document).where(alert_revision.c.alert == name)
        text = connection.execute(query.where(alert_revision.c.revision == int(revision))).scalar()
        if text is None:
            yield Finding(place, ref, "the revision of the alert was logged and is not there any more")
            return
    else:
        text = row["document"]
    if row["salt"] is None or text is None:
        if not may_be_gone:
            yield Finding(place, ref, "document or salt are gone, and nothing was ever erased by an action")
        return
    if leaves.commitment(bytes(row["salt"]), canonical(_decode(text))) != bytes(row["commitment"]):
        yield Finding(place, ref, f"the {kind} is not the one that was logged")


def _twice(connection: Connection) -> Iterator[Finding]:
    query = select(leaf.c.ref, func.max(leaf.c.index)).where(leaf.c.kind.in_(("alert", "action")))
    for ref, place in connection.execute(query.group_by(leaf.c.kind, leaf.c.ref).having(func.count() > 1)):
        yield Finding(place, ref, "it was logged twice")


def _unlogged(connection: Connection) -> Iterator[Finding]:
    """Revisions without a leaf; those from before there was a log have the lower numbers."""
    ref = alert_revision.c.alert + "#" + cast(alert_revision.c.revision, Text)
    logged = select(alert_revision.c.number).join(leaf, (leaf.c.kind == "alert") & (leaf.c.ref == ref))
    first = connection.execute(logged.order_by(alert_revision.c.number).limit(1)).scalar()
    query = (
        select(ref.label("ref"), alert_revision.c.number)
        .outerjoin(leaf, (leaf.c.kind == "alert") & (leaf.c.ref == ref))
        .where(leaf.c.id.is_(None))
    )
    for row in connection.execute(query):
        if first is not None and (row.number is None or row.number > first):
            yield Finding(None, row.ref, "the revision of the alert was never logged")


def _something_erased(connection: Connection) -> bool:
    query = select(func.count()).where(action.c.kind == "erase", action.c.state == "done")
    return (connection.execute(query).scalar() or 0) > 0
