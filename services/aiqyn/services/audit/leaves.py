"""Leaves of the audit log: salted commitments, written in the transaction of what they tell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from sqlalchemy import Connection, insert

from aiqyn.schemas.canonical import canonical
from aiqyn.services.store.tables import leaf

SALT_BYTES = 32


def commitment(salt: bytes, document: bytes) -> bytes:
    """SHA-256 of the salt, then the document as JCS (RFC 8785): gives nothing away without the salt."""
    return hashlib.sha256(salt + document).digest()


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
