"""Snapshot files in the state folder: signed, replaced whole, safe to delete at any time."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

from aiqyn.services.keys import Keys

_SIGNATURE = 32


class SnapshotFile:
    """The snapshot of one database. A file that was not written with our keys is as if it were not there."""

    def __init__(self, folder: Path, database_url: str, keys: Keys, erasures: Callable[[], int] = lambda: 0) -> None:
        """`erasures` counts those in the ledger: a snapshot from before one is of no use, and is removed."""
        name = hashlib.sha256(database_url.encode()).hexdigest()[:16]
        self.path = folder / f"{name}.snapshot"
        self._erasures = erasures
        self._epoch: int | None = None
        self._key = keys.derived(b"aiqyn snapshots v1")

    def load(self) -> bytes | None:
        """The payload; None where there is none, or its signature is wrong."""
        self._epoch = self._erasures()
        try:
            with self.path.open("rb") as file:
                signature, payload = file.read(_SIGNATURE), file.read()
        except OSError:
            return None
        if hmac.compare_digest(signature, self._sign(payload)):
            return payload
        self.path.unlink(missing_ok=True)
        return None

    def save(self, payload: bytes) -> None:
        """Replace the snapshot. Raises OSError where the folder cannot be written."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.path.with_suffix(f".{os.getpid()}")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self._sign(payload))
            file.write(payload)
        part.replace(self.path)

    def _sign(self, payload: bytes) -> bytes:
        made = hmac.new(self._key, payload, hashlib.sha256)
        # What was loaded before an erasure must not be kept as if it came from after it.
        epoch = self._erasures() if self._epoch is None else self._epoch
        made.update(epoch.to_bytes(8, "big"))
        return made.digest()
