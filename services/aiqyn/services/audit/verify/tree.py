"""The tree: leaves, tiles and checkpoints agree, and an earlier checkpoint is of the same tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from aiqyn.services.audit import leaves, merkle, notes
from aiqyn.services.audit.notes import BadNote, Checkpoint, Verifier
from aiqyn.services.audit.tiles import WIDTH, Tiles
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.tables import checkpoint, cursor, leaf

_PAGE = 5_000
_BYTES = merkle.HASH_BYTES


def check(connection: Connection, verifier: Verifier, since: Checkpoint | None) -> Iterator[Finding]:
    """Every leaf in its place, every checkpoint signed and of this tree; `since` was checked for its signature."""
    expected = dict(_checkpoints(connection, verifier))
    bad = [each for each in expected.values() if isinstance(each, Finding)]
    yield from bad
    if since is not None:
        at_size = expected.get(since.size)
        if isinstance(at_size, Checkpoint) and at_size.root != since.root:
            yield Finding(None, f"checkpoint {since.size}", "the earlier checkpoint is of another tree")
        expected[since.size] = since
    tree, tiles = merkle.Growing(), Tiles(connection)
    for row in _rows(connection):
        place = row["index"]
        if place != tree.size:
            yield Finding(tree.size, row["ref"], f"the log has no leaf {tree.size}; the next is {place}")
            return
        hashed = merkle.leaf_hash(leaves.written(row["kind"], row["at"], row["ref"], bytes(row["commitment"])))
        within = (place % WIDTH) * _BYTES
        if tiles.tile(0, place // WIDTH)[within : within + _BYTES] != hashed:
            yield Finding(place, row["ref"], "the leaf is not the one that was hashed into the log")
        tree.add(hashed)
        yield from _rooted(tree, expected.pop(tree.size, None))
    for size, left in expected.items():
        if isinstance(left, Checkpoint) and size and size > tree.size:
            yield Finding(None, f"checkpoint {size}", f"{size} leaves were signed for, the log has {tree.size}")
    position = connection.execute(select(cursor.c.position).where(cursor.c.name == "leaves")).scalar() or 0
    if position != tree.size:
        yield Finding(None, "leaves", f"the log once had {position} leaves and has {tree.size}")


def _checkpoints(connection: Connection, verifier: Verifier) -> Iterator[tuple[int, Checkpoint | Finding]]:
    for row in connection.execute(select(checkpoint).order_by(checkpoint.c.size)):
        name = f"checkpoint {row.size}"
        try:
            found = notes.verified(row.note, verifier)
        except BadNote as error:
            yield row.size, Finding(None, name, str(error))
            continue
        if (found.size, found.root) != (row.size, bytes(row.root)):
            yield row.size, Finding(None, name, "its row is not what was signed")
        else:
            yield row.size, found


def _rows(connection: Connection) -> Iterator[Any]:
    after = -1
    while True:
        query = select(leaf).where(leaf.c.index > after).order_by(leaf.c.index).limit(_PAGE)
        rows = connection.execute(query).mappings().all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1]["index"]


def _rooted(tree: merkle.Growing, expected: Checkpoint | Finding | None) -> Iterator[Finding]:
    if isinstance(expected, Checkpoint) and expected.root != tree.root():
        why = "the leaves do not give the root that was signed for"
        yield Finding(tree.size - 1, f"checkpoint {expected.size}", why)
