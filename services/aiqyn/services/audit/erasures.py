"""Leaves about what was erased: by them alone may something be missing that the log commits to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select, update

from aiqyn.services.audit import leaves
from aiqyn.services.store.tables import erased, leaf

KIND = "erasure"
_TOGETHER = 500


class Gone(NamedTuple):
    """What may be missing, by all erasures together."""

    events: Mapping[int, str]
    """Digest of what stays of each event, by its ledger number."""
    leaves: frozenset[int]
    """Rows of `leaf` without document and salt."""
    rows: frozenset[str]
    """Files, suppressions and entries of the access log, by their ids."""
    left: Mapping[str, Mapping[str, Any]]
    """What stays of the documents of actions, by the refs of their leaves."""


def tell(
    connection: Connection, ref: str, by: str, at: int,
    events: Sequence[int] = (), cleared: Iterable[int] = (), rows: Iterable[str] = (),
    left: Mapping[str, object] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Take documents and salts out of leaves (`cleared`: rows of `leaf`), and leave a leaf about all that went.

    `events` stand in `erased` already; `rows` are ids of rows that were removed or changed; `left` is what stays of
    documents of actions, by the refs of their leaves; `ref` is what ordered it.
    """
    numbers = sorted(set(cleared))
    for start in range(0, len(numbers), _TOGETHER):
        some = leaf.c.id.in_(numbers[start : start + _TOGETHER])
        connection.execute(update(leaf).where(some).values(salt=None, document=None))
    gone = {str(row.seq): digest(row) for row in _erased(connection, sorted(events))}
    told = {"ref": ref, "by": by, "events": gone, "leaves": numbers, "rows": sorted(set(rows)), "left": left}
    leaves.record(connection, KIND, ref, told, at)


def gone(connection: Connection) -> Gone:
    """What the log says was erased."""
    events: dict[int, str] = {}
    numbers: set[int] = set()
    rows: set[str] = set()
    left: dict[str, Mapping[str, Any]] = {}
    query = select(leaf.c.document).where(leaf.c.kind == KIND).order_by(leaf.c.id)
    for text in connection.execute(query).scalars():
        if text is None:
            continue
        told = msgspec.json.decode(text)
        events.update({int(seq): left for seq, left in told["events"].items()})
        numbers.update(told["leaves"])
        rows.update(told["rows"])
        left.update(told["left"])
    return Gone(events, frozenset(numbers), frozenset(rows), left)


def digest(row: Row[Any]) -> str:
    """What stays of an event, as one hash: a row of `erased`."""
    entry = b"" if row.entry is None else bytes(row.entry)
    parts = (str(row.seq).encode(), bytes(row.name), bytes(row.hash), entry, str(row.at).encode())
    return hashlib.sha256(b"\0".join((*parts, row.source.encode(), row.id.encode()))).hexdigest()


def _erased(connection: Connection, seqs: Sequence[int]) -> Iterable[Row[Any]]:
    for start in range(0, len(seqs), _TOGETHER):
        yield from connection.execute(select(erased).where(erased.c.seq.in_(seqs[start : start + _TOGETHER])))
