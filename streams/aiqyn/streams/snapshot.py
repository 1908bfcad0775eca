"""Snapshots of the world: what the facts made, kept so that a start need not make it again.

A snapshot is a convenience. It is used only by the very code that wrote it and only for a ledger that holds the event
at which it was taken; whatever is missing from it is read from the ledger. The bytes must come from a place that only
we write (the caller signs and checks them): they are pickled.
"""

from __future__ import annotations

import gc
import hashlib
import pickle
from functools import cache
from importlib import resources
from typing import NamedTuple, Protocol

from aiqyn.streams.facts import Head
from aiqyn.streams.world.world import World


class Snapshot(NamedTuple):
    """A world as it was after the event `head`."""

    code: str
    head: Head
    world: World


class Snapshots(Protocol):
    """Where snapshots are kept; only we can have written what `load` gives."""

    def load(self) -> bytes | None: ...
    def save(self, payload: bytes) -> None: ...


@cache
def code() -> str:
    """Fingerprint of the code whose objects a snapshot holds."""
    digest = hashlib.sha256()
    for package in ("aiqyn.schemas", "aiqyn.streams", "aiqyn.rules"):
        for folder in ("", "world", "graph", "identity"):
            place = resources.files(package).joinpath(folder) if folder else resources.files(package)
            if not place.is_dir():
                continue
            for file in sorted(place.iterdir(), key=lambda item: item.name):
                if file.name.endswith(".py"):
                    digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def freeze(world: World, head: Head) -> bytes:
    """The world after `head` as bytes. Cost: the world's size, in memory too."""
    return pickle.dumps(Snapshot(code(), head, world), protocol=pickle.HIGHEST_PROTOCOL)


def thaw(payload: bytes) -> Snapshot | None:
    """The snapshot; None where other code wrote it, or it cannot be read. Trusts the bytes."""
    enabled = gc.isenabled()
    gc.disable()  # nothing here is garbage; collecting millions of new objects over and over takes half the time
    try:
        found = pickle.loads(payload)
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError):
        return None
    finally:
        if enabled:
            gc.enable()
    return found if isinstance(found, Snapshot) and found.code == code() else None
