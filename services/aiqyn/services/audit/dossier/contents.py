"""What goes into a dossier, read from one state of the database."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import log, notes
from aiqyn.services.audit.notes import Signer
from aiqyn.services.store.tables import action_alert, alert_event, alert_revision, attachment, event, leaf
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class NotYet(Exception):
    """Something is not in the log yet: advance it and read again."""


def last_revision(connection: Connection, name: str) -> Document | None:
    """The alert as it was logged last."""
    query = select(alert_revision.c.document).where(alert_revision.c.alert == name)
    text = connection.execute(query.order_by(alert_revision.c.revision.desc()).limit(1)).scalar()
    return None if text is None else msgspec.json.decode(text)


def leaves_about(connection: Connection, signer: Signer, name: str) -> dict[str, bytes]:
    """`log/*`: salt, document and proof of every leaf of an alert. Raises NotYet."""
    files: dict[str, bytes] = {}
    for row in _leaves(connection, name):
        place = row["index"]
        proof = log.prove(connection, signer, place, alone=True) if place is not None else None
        if proof is None:
            raise NotYet
        files[f"log/{place}.json"] = canonical(
            {
                "salt": notes.encode(bytes(row["salt"])) if row["salt"] is not None else None,
                "document": _document(connection, row),
            }
        )
        files[f"log/{place}.tlog-proof"] = proof.encode()
    return files


def rule_leaf(connection: Connection, last: Document) -> int | None:
    """The place in the log of the leaf with what the alert's rule judged when this revision was made; None: there is
    none."""
    ref = f"{last['id']}#{last['revision']}"
    made = select(leaf.c.id).where(leaf.c.kind == "alert", leaf.c.ref == ref).scalar_subquery()
    query = select(leaf.c.index).where(leaf.c.kind == "rule", leaf.c.ref == last["rule"], leaf.c.id < made)
    found: int | None = connection.execute(query.order_by(leaf.c.id.desc()).limit(1)).scalar()
    return found


def actions(connection: Connection, name: str) -> list[Document]:
    """What people did, as logged, in order."""
    rows = [row for row in _leaves(connection, name) if row["kind"] == "action" and row["document"] is not None]
    return [msgspec.json.decode(row["document"]) for row in rows]


def cited(connection: Connection, signer: Signer, name: str) -> tuple[dict[str, bytes], list[Document]]:
    """`events/*` and the events, in the order of the ledger. Erased ones are left out. Raises NotYet."""
    files: dict[str, bytes] = {}
    told: list[Document] = []
    query = (
        select(
            event.c.seq, event.c.source, event.c.id, event.c.type, event.c.time, event.c.recorded_at, event.c.hash,
            event.c.attributes, event.c.content,
        )
        .join(alert_event, alert_event.c.seq == event.c.seq)
        .where(alert_event.c.alert == name, event.c.salt.is_not(None))
        .order_by(event.c.seq)
    )  # fmt: skip
    for number, row in enumerate(connection.execute(query).all(), start=1):
        receipt = log.receipt_of(connection, signer, row.seq, alone=True)
        if receipt is None or receipt["proof"] is None:
            raise NotYet
        files[f"events/{number}.json"] = _cloudevent(bytes(row.content), row.attributes)
        files[f"events/{number}.receipt.json"] = canonical(receipt)
        told.append(
            {
                "source": row.source, "id": row.id, "type": row.type, "time": row.time,
                "recordedAt": rfc3339(row.recorded_at), "sha256": bytes(row.hash).hex(),
            }
        )  # fmt: skip
    return files, told


def attachments(connection: Connection, name: str) -> dict[str, bytes]:
    """`attachments/*`, numbered: names of files may be equal, and strangers chose them."""
    query = select(attachment).where(attachment.c.alert == name).order_by(attachment.c.at, attachment.c.id)
    return {
        f"attachments/{number}-{_UNSAFE.sub('_', row.name)[-80:] or 'file'}": bytes(row.content)
        for number, row in enumerate(connection.execute(query), start=1)
    }


def _leaves(connection: Connection, name: str) -> list[Any]:
    """The leaves about an alert: its revisions, the actions on it, the refusals that name it or these actions."""
    acted = list(connection.execute(select(action_alert.c.action).where(action_alert.c.alert == name)).scalars())
    about = [(leaf.c.kind == "alert") & leaf.c.ref.startswith(f"{name}#", autoescape=True)]
    for one in acted:
        about.append((leaf.c.kind == "action") & leaf.c.ref.startswith(f"{one}#", autoescape=True))
        about.append((leaf.c.kind == "refusal") & leaf.c.document.contains(one, autoescape=True))
    about.append((leaf.c.kind == "refusal") & leaf.c.document.contains(name, autoescape=True))
    found: dict[int, Any] = {}
    for start in range(0, len(about), 100):
        query = select(leaf).where(or_(*about[start : start + 100]))
        found.update({row["id"]: row for row in connection.execute(query).mappings()})
    return [found[id] for id in sorted(found)]


def _document(connection: Connection, row: Any) -> Document | None:
    if row["salt"] is None:
        return None
    if row["kind"] != "alert":
        return msgspec.json.decode(row["document"]) if row["document"] is not None else None
    name, _, revision = row["ref"].rpartition("#")
    query = select(alert_revision.c.document).where(alert_revision.c.alert == name)
    text = connection.execute(query.where(alert_revision.c.revision == int(revision))).scalar()
    return None if text is None else msgspec.json.decode(text)


def _cloudevent(content: bytes, attributes: bytes | None) -> bytes:
    """The record as a CloudEvent; its numbers keep the text that they came with."""
    told = decode(content)
    others = decode(bytes(attributes)) if attributes is not None else {}
    assert isinstance(told, dict)
    assert isinstance(others, dict)
    return canonical({**others, **told, "specversion": "1.0"})
