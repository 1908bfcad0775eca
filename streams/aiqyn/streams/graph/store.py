"""Edges in typed arrays: 34 bytes each, with both adjacency lists in them.

An edge is one segment of one relation: in force on the days `[start, end)`, certainly or only possibly, as one
event states it. A relation with partial dates is two or three edges. Nothing is overwritten: a superseded edge is
marked dead.
Cost: adding O(1); walking a node's edges O(its degree, dead edges included).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum
from sys import getsizeof
from typing import Protocol

from aiqyn.schemas.days import Segment
from aiqyn.streams.graph.details import Detail


class Kind(IntEnum):
    """What an edge means, from source to target."""

    HOLDS_POST = 0
    """person to body"""
    OWNS = 1
    """holder to company"""
    CONTROLS = 2
    """holder to company: an interest that confers control"""
    DIRECTS = 3
    """person to company: a role"""
    PARENT = 4
    """person to its parent (blood, adoption, guardianship)"""
    SIBLING = 5
    HALF_SIBLING = 6
    GRANDPARENT = 7
    """person to its grandparent"""
    MARRIED = 8
    """spouses, partners, cohabitants"""
    ASSOCIATE = 9
    RELATIVE = 10
    """a relative of unknown degree"""
    PARENT_BODY = 11
    """body to the body above it"""


CERTAIN = 1
DEAD = 2
"""Flags of an edge."""


class Watcher(Protocol):
    """Is told of every change among the edges into a node."""

    def added(self, edge: int) -> None: ...
    def killed(self, edge: int) -> None: ...


class EdgeStore:
    """All edges, by number. `detail` is an index into `details`, where equal values are kept once.

    The arrays are open to hot loops elsewhere, which read them and never write.
    """

    __slots__ = (
        "_detail_numbers",
        "_watched",
        "_written",
        "alive",
        "detail",
        "details",
        "end",
        "flags",
        "head_in",
        "head_out",
        "kind",
        "next_in",
        "next_out",
        "seq",
        "source",
        "start",
        "target",
    )

    def __init__(self) -> None:
        self.source = array("i")
        self.target = array("i")
        self.kind = array("B")
        self.detail = array("i")
        self.start = array("i")
        self.end = array("i")
        self.flags = array("B")
        self.seq = array("i")
        self.next_out = array("i")
        self.next_in = array("i")
        self.head_out = array("i")
        self.head_in = array("i")
        self.details: list[Detail] = []
        self._detail_numbers: dict[Detail, int] = {}
        self._written: dict[int, tuple[str | None, str | None]] = {}
        self._watched: dict[int, Watcher] = {}
        self.alive = 0

    def __len__(self) -> int:
        return len(self.source)

    def nbytes(self) -> int:
        """Bytes of the arrays, room in reserve included, and of the bounds as written; details, kept once each, left
        out."""
        arrays = (
            self.source, self.target, self.kind, self.detail, self.start, self.end, self.flags, self.seq,
            self.next_out, self.next_in, self.head_out, self.head_in,
        )  # fmt: skip
        written = getsizeof(self._written) + sum(28 + getsizeof(bounds) for bounds in self._written.values())
        return sum(map(getsizeof, arrays)) + written

    def _room(self, node: int) -> None:
        head_out, head_in = self.head_out, self.head_in
        missing = node + 1 - len(head_out)
        if missing > 0:
            fill = array("i", [-1]) * max(missing, 64)
            head_out.extend(fill)
            head_in.extend(fill)

    def add(
        self,
        source: int,
        target: int,
        kind: int,
        detail: Detail,
        segments: Sequence[Segment],
        seq: int,
        written: tuple[str | None, str | None] | None = None,
    ) -> None:
        """Append a relation as one edge a segment. `written`: its bounds as the source wrote them, where the
        segments alone do not tell (partial dates)."""
        self._room(source if source > target else target)
        number = self._detail_numbers.get(detail)
        if number is None:
            number = len(self.details)
            self._detail_numbers[detail] = number
            self.details.append(detail)
        for start, end, certain in segments:
            edge = len(self.source)
            self.source.append(source)
            self.target.append(target)
            self.kind.append(kind)
            self.detail.append(number)
            self.start.append(start)
            self.end.append(end)
            self.flags.append(CERTAIN if certain else 0)
            self.seq.append(seq)
            self.next_out.append(self.head_out[source])
            self.next_in.append(self.head_in[target])
            self.head_out[source] = edge
            self.head_in[target] = edge
            if written is not None:
                self._written[edge] = written
            if self._watched and target in self._watched:
                self._watched[target].added(edge)
        self.alive += len(segments)

    def kill(self, edge: int) -> None:
        """Take an edge out of force for good."""
        if not self.flags[edge] & DEAD:
            self.flags[edge] |= DEAD
            self.alive -= 1
            if self._watched and self.target[edge] in self._watched:
                self._watched[self.target[edge]].killed(edge)

    def watch(self, node: int, watcher: Watcher) -> None:
        """Tell the watcher of every edge into the node that is added or killed from now on."""
        self._watched[node] = watcher

    def detail_of(self, edge: int) -> Detail:
        return self.details[self.detail[edge]]

    def certain(self, edge: int) -> bool:
        return bool(self.flags[edge] & CERTAIN)

    def written(self, edge: int) -> tuple[str | None, str | None] | None:
        return self._written.get(edge)

    def out_of(self, node: int) -> Iterator[int]:
        """Living edges that leave the node, newest first."""
        if node >= len(self.head_out):
            return
        edge, flags, following = self.head_out[node], self.flags, self.next_out
        while edge >= 0:
            if not flags[edge] & DEAD:
                yield edge
            edge = following[edge]

    def into(self, node: int) -> Iterator[int]:
        """Living edges that reach the node, newest first."""
        if node >= len(self.head_in):
            return
        edge, flags, following = self.head_in[node], self.flags, self.next_in
        while edge >= 0:
            if not flags[edge] & DEAD:
                yield edge
            edge = following[edge]

    def between(self, source: int, target: int) -> list[int]:
        """Living edges from one node to another. Cost: the smaller of the two degrees."""
        found: list[int] = []
        if source < len(self.head_out) and target < len(self.head_in):
            out, into = self.head_out[source], self.head_in[target]
            ours: list[int] = []
            theirs: list[int] = []
            while out >= 0 and into >= 0:
                ours.append(out)
                theirs.append(into)
                out, into = self.next_out[out], self.next_in[into]
            found = ours if out < 0 else theirs
        return [
            edge
            for edge in found
            if not self.flags[edge] & DEAD and self.source[edge] == source and self.target[edge] == target
        ]
