"""What actions change in alerts, and how that is taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from aiqyn.services.review import rows, suppressions

Document = dict[str, Any]


def apply(connection: Connection, document: Document, hidden: Mapping[str, Any], found: Sequence[Row[Any]]) -> None:
    """What an action changes in its alerts, as it is proposed or done."""
    kind = document["kind"]
    if document["state"] == "proposed":
        rows.change(connection, [{"id": row.id, "review_status": "inReview"} for row in found])
    elif kind in ("take", "assign"):
        name = document["assignee"]
        changes = [{"id": row.id, "assignee": name, "review_status": _assigned(row, name)} for row in found]
        rows.change(connection, changes)
    elif kind == "decide":
        closed = {"review_status": "closed", "disposition": document["disposition"]}
        rows.change(connection, [{"id": row.id, **closed, "decided_revision": row.revision} for row in found])
    elif kind == "suppress":
        suppressions.begin(connection, document["id"], hidden["scope"], document["expires"])


def _assigned(row: Row[Any], name: str | None) -> str:
    if row.review_status == "closed":
        return "closed"
    return "inReview" if name else "open"


def restore(
    connection: Connection, document: Document, before: Mapping[str, Mapping[str, Any]], found: Sequence[Row[Any]]
) -> None:
    """All as it was before the action. What others did meanwhile (an assignment while it was proposed) stays."""
    if document["kind"] == "suppress":
        suppressions.end(connection, document["id"])
    if document["kind"] in ("comment", "reply", "identify"):
        return
    rows.change(connection, [_earlier(row, before[row.id], document["kind"]) for row in found if row.id in before])


def _earlier(row: Row[Any], was: Mapping[str, Any], kind: str) -> dict[str, Any]:
    assignee = was["assignee"] if kind in ("take", "assign") else row.assignee
    status = was["review_status"]
    if assignee != was["assignee"] and status != "closed":
        status = "inReview" if assignee else "open"
    return {
        "id": row.id,
        "review_status": status,
        "assignee": assignee,
        "disposition": was["disposition"],
        "decided_revision": was["decided_revision"],
    }
