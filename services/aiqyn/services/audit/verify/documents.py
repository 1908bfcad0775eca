"""Documents: every leaf's document is the one that was committed to, or was erased by a leaf that says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from aiqyn.schemas.canonical import canonical
from aiqyn.services.audit import leaves
from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.tables import alert_revision, leaf

_PAGE = 2_000
_WITHOUT = frozenset({"events", "dossier"})
_KINDS = frozenset({"alert", "action", "refusal", "reveal", "export", "rule", "account", "erasure"}) | _WITHOUT
_decode = msgspec.json.decode


def check(connection: Connection, gone: Gone) -> Iterator[Finding]:
    """Leaf by leaf."""
    after = 0
    while True:
        query = select(leaf).where(leaf.c.id > after).order_by(leaf.c.id).limit(_PAGE)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield from _document(connection, row, gone)
        if len(rows) < _PAGE:
            break
        after = rows[-1]["id"]
    yield from _twice(connection)


def _document(connection: Connection, row: Any, gone: Gone) -> Iterator[Finding]:
    kind, place, ref = row["kind"], row["index"], row["ref"]
    if kind not in _KINDS:
        yield Finding(place, ref, f"there are no leaves of kind {kind}")
    if (kind == "events") == (row["first_seq"] is None) or (kind == "events") == (row["last_seq"] is None):
        yield Finding(place, ref, "the leaf is of another kind than its row")
    if kind in _WITHOUT:
        if row["salt"] is not None or row["document"] is not None:
            yield Finding(place, ref, "the leaf has a document that nothing commits to")
        return
    if row["id"] in gone.leaves:
        if row["salt"] is not None or row["document"] is not None:
            yield Finding(place, ref, "what was erased came back")
        return
    text = row["document"]
    if kind == "alert":
        if text is not None:
            yield Finding(place, ref, "the leaf has a document that nothing commits to")
        name, _, revision = ref.rpartition("#")
        query = select(alert_revision.c.document).where(alert_revision.c.alert == name)
        text = connection.execute(query.where(alert_revision.c.revision == int(revision))).scalar()
        if text is None:
            yield Finding(place, ref, "the revision of the alert was logged and is not there any more")
            return
    if row["salt"] is None or text is None:
        yield Finding(place, ref, "document or salt are gone, and nobody erased them by an action")
    elif leaves.commitment(bytes(row["salt"]), canonical(_decode(text))) != bytes(row["commitment"]):
        yield Finding(place, ref, f"the {kind} is not the one that was logged")


def _twice(connection: Connection) -> Iterator[Finding]:
    once = leaf.c.kind.in_(("alert", "action", "reveal", "refusal"))
    query = select(leaf.c.ref, func.max(leaf.c.index)).where(once)
    for ref, place in connection.execute(query.group_by(leaf.c.kind, leaf.c.ref).having(func.count() > 1)):
        yield Finding(place, ref, "it was logged twice")
