"""Handles: opaque names for entities, the same throughout a database, that give nothing away without its keys."""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Sequence
from typing import Protocol

from aiqyn.services.keys import Keys

PREFIX = "AIQYN:"


class Naming(Protocol):
    """What natural persons are called in an answer."""

    def of(self, name: str) -> str: ...


class Handles:
    """Makes handles, and finds whose a handle is among the names that the engine knows."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._names: dict[str, str] = {}
        self._met: Sequence[str] = ()
        self._seen = 0

    @staticmethod
    def of_database(keys: Keys) -> Handles:
        """Those of a database, by its keys. Raises BadKeys."""
        return Handles(keys.derived(b"aiqyn handles v1"))

    @staticmethod
    def fresh() -> Handles:
        """Pseudonyms that nobody can tie to those of another answer."""
        return Handles(os.urandom(32))

    def of(self, name: str) -> str:
        """The handle of `SCHEME:ID` or `REC:...`."""
        digest = hmac.digest(self._key, name.encode(), "sha256")
        return PREFIX + base64.b32encode(digest[:15]).decode().lower()

    def resolve(self, handle: str, names: Sequence[str]) -> str | None:
        """Whose handle it is; `names` are all that the engine knows, in the order in which it met them.

        Cost: a hash a name that was not there at the last call.
        """
        if names is not self._met:
            # The engine was built anew: it met the names in another order.
            self._met, self._seen = names, 0
        for name in names[self._seen :]:
            self._names[self.of(name)] = name
        self._seen = len(names)
        return self._names.get(handle)
