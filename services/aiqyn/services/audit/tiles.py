"""The tree of the log in the database: tiles of 256 hashes (C2SP tlog-tiles), read and grown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from aiqyn.services.audit import merkle
from aiqyn.services.store import statements
from aiqyn.services.store.tables import log_tile

HEIGHT = 8
WIDTH = 1 << HEIGHT
_BYTES = merkle.HASH_BYTES


class Tiles:
    """The tiles of one transaction, each read once. A tile holds hashes of complete subtrees alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, int], bytes] = {}
        self._changed: set[tuple[int, int]] = set()

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, as many as it has; b"": there is none."""
        place = (level, number)
        if place not in self._known:
            query = select(log_tile.c.hashes).where(log_tile.c.level == level, log_tile.c.number == number)
            self._known[place] = bytes(self._connection.execute(query).scalar() or b"")
        return self._known[place]

    def node(self, level: int, number: int) -> bytes:
        """A node as `merkle` wants it. Raises LookupError where the tiles lack it."""
        row, within = divmod(level, HEIGHT)
        width = 1 << within
        tile, place = divmod(number * width, WIDTH)
        hashes = self.tile(row, tile)[place * _BYTES : (place + width) * _BYTES]
        if len(hashes) != width * _BYTES:
            raise LookupError(f"the log lacks hashes of tile {row}/{tile}")
        return over(hashes)

    def append(self, size: int, leaves: Sequence[bytes]) -> None:
        """Put leaf hashes behind the first `size`, and what they complete above. `write` makes it last."""
        level, start, hashes = 0, size, list(leaves)
        while hashes:
            full: list[bytes] = []
            first = start // WIDTH
            for offset, found in enumerate(hashes):
                place = (level, (start + offset) // WIDTH)
                self._known[place] = self.tile(*place) + found
                self._changed.add(place)
                if len(self._known[place]) == WIDTH * _BYTES:
                    full.append(over(self._known[place]))
            level, start, hashes = level + 1, first, full

    def write(self) -> None:
        """Write what was appended, in the transaction."""
        statement = statements.upsert(self._connection, log_tile)
        rows: list[tuple[object, ...]] = [(*place, self._known[place]) for place in sorted(self._changed)]
        statements.run(self._connection, statement, rows)
        self._changed.clear()


def over(hashes: bytes) -> bytes:
    """The root over the hashes of a tile."""
    return merkle.root_of([hashes[at : at + _BYTES] for at in range(0, len(hashes), _BYTES)])


def path(number: int) -> str:
    """A tile's number as it stands in a URL: groups of three digits, `x` before all but the last."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def read_path(text: str) -> tuple[int, int]:
    """A tile's number and how many entries are wanted, from `x001/234` or `x001/234.p/5`. Raises ValueError."""
    body, partial, width = text.partition(".p/")
    groups = body.split("/")
    number = 0
    for place, group in enumerate(groups):
        digits = group.removeprefix("x") if place < len(groups) - 1 else group
        if len(digits) != 3 or not (digits.isascii() and digits.isdigit()):
            raise ValueError("no path of a tile")
        number = number * 1000 + int(digits)
    if path(number) != body:
        raise ValueError("no path of a tile")
    if not partial:
        return number, WIDTH
    if not (width.isascii() and width.isdigit() and str(int(width)) == width and 0 < int(width) < WIDTH):
        raise ValueError("no width of a tile")
    return number, int(width)
