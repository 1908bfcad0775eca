"""Leaves of the audit log: salted commitments, written in the transaction of what they tell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert

from aiqyn.schemas.canonical import canonical
from aiqyn.services import moments
from aiqyn.services.audit import merkle
from aiqyn.services.audit.notes import encode
from aiqyn.services.store import statements
from aiqyn.services.store.tables import leaf
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import AlertRevision

SALT_BYTES = 32


class Entry(NamedTuple):
    """One event in the leaf of its batch."""

    seq: int
    salt: bytes
    hash: bytes
    """Of its content."""


def commitment(salt: bytes, document: bytes) -> bytes:
    """SHA-256 of the salt, then the document as JCS (RFC 8785): gives nothing away without the salt."""
    return hashlib.sha256(salt + document).digest()


def entry_hash(salt: bytes, content_hash: bytes) -> bytes:
    """The leaf hash of an event in the tree of its batch; it outlives the erasure of both (`erased.entry`)."""
    return hashlib.sha256(b"\x00" + salt + content_hash).digest()


def written(kind: str, at: int, ref: str, commit: bytes) -> bytes:
    """A leaf as it is hashed into the log: JCS of `{"v":1,"kind","at","ref","commit"}`."""
    return canonical({"v": 1, "kind": kind, "at": rfc3339(at), "ref": ref, "commit": encode(commit)})


def event_salt(recorded_at: int) -> bytes:
    """The salt of an event: 24 random bytes, then when it was recorded, which its entry so commits to too."""
    return os.urandom(SALT_BYTES - 8) + recorded_at.to_bytes(8, "big")


def salted_at(salt: bytes) -> int:
    """When the event of a salt was recorded, in microseconds since 1970 UTC."""
    return int.from_bytes(salt[-8:], "big")


def record(connection: Connection, kind: str, ref: str, document: Mapping[str, object], at: int) -> None:
    """Write a leaf about a document in the caller's transaction; the sequencer gives it its index later.

    `at` is in microseconds since 1970 UTC.
    """
    salt = os.urandom(SALT_BYTES)
    text = canonical(document)
    connection.execute(
        insert(leaf).values(
            kind=kind, at=at, ref=ref, commitment=commitment(salt, text), salt=salt, document=text.decode()
        )
    )


def record_alerts(connection: Connection, revisions: Sequence[AlertRevision]) -> None:
    """A leaf for each revision; the document itself stands in `alert_revision`."""
    random = os.urandom(SALT_BYTES * len(revisions))
    rows: list[tuple[object, ...]] = []
    for place, made in enumerate(revisions):
        alert = made.alert
        salt = random[place * SALT_BYTES : (place + 1) * SALT_BYTES]
        commit = commitment(salt, canonical(alert))
        at = moments.parse(alert["updatedAt"])
        rows.append(("alert", at, f"{alert['id']}#{alert['revision']}", commit, salt, None, None, None))
    statements.run(connection, _insert(connection), rows)


def record_events(connection: Connection, entries: Sequence[Entry], at: int) -> None:
    """One leaf for the events of one batch, in the order of their numbers, which have no holes."""
    if not entries:
        return
    root = merkle.root_of([entry_hash(salt, content_hash) for _, salt, content_hash in entries])
    row = ("events", at, str(len(entries)), root, None, None, entries[0].seq, entries[-1].seq)
    statements.run(connection, _insert(connection), [row])


def _insert(connection: Connection) -> str:
    return statements.insert(connection, leaf, ("id", "index"))
