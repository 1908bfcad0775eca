"""The tree: leaves, tiles and checkpoints agree, and an earlier checkpoint is of the same tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from aiqyn.services.audit import leaves, merkle, notes
from aiqyn.services.audit.notes import BadNote, Checkpoint, Verifier
from aiqyn.services.audit.tiles import WIDTH, Tiles, over
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.tables import checkpoint, cursor, leaf, log_tile

_PAGE = 5_000
_BYTES = merkle.HASH_BYTES


def check(connection: Connection, verifier: Verifier, since: Checkpoint | None) -> Iterator[Finding]:
    """Every leaf in its place, every checkpoint signed and of this tree; `since` was checked for its signature."""
    expected = dict(_checkpoints(connection, verifier))
    bad = [each for each in expected.values() if isinstance(each, Finding)]
    yield from bad
    stated = list(expected)
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
    yield from _tiles(connection, tiles, tree.size)
    for size, left in expected.items():
        if isinstance(left, Checkpoint) and size and size > tree.size:
            yield Finding(None, f"checkpoint {size}", f"{size} leaves were signed for, the log has {tree.size}")
    if since is None and max(stated, default=0) != tree.size:
        yield Finding(None, f"checkpoint {tree.size}", "the newest checkpoint is not there any more")
    position = connection.execute(select(cursor.c.position).where(cursor.c.name == "leaves")).scalar() or 0
    if position != tree.size:
        yield Finding(None, "leaves", f"the log once had {position} leaves and has {tree.size}")


def _tiles(connection: Connection, tiles: Tiles, size: int) -> Iterator[Finding]:
    """There are the tiles of this size, no others, and each hash of the upper ones is that of the tile below it."""
    wanted: dict[tuple[int, int], int] = {}
    level = 0
    while size:
        for start in range(0, size, WIDTH):
            wanted[level, start // WIDTH] = min(WIDTH, size - start)
        level, size = level + 1, size // WIDTH
    for row in connection.execute(select(log_tile.c.level, log_tile.c.number).order_by(*log_tile.primary_key)):
        level, number = row.level, row.number
        name, hashes = f"tile {level}/{number}", tiles.tile(level, number)
        if len(hashes) != wanted.pop((level, number), 0) * _BYTES:
            yield Finding(None, name, "the tile has another size than the log")
        elif level and any(
            hashes[at * _BYTES : (at + 1) * _BYTES] != over(tiles.tile(level - 1, number * WIDTH + at))
            for at in range(len(hashes) // _BYTES)
        ):
            yield Finding(None, name, "the tile is not made of those below it")
    for level, number in sorted(wanted):
        yield Finding(None, f"tile {level}/{number}", "the tile is not there any more")


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
