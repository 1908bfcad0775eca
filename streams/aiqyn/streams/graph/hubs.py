"""Companies with so many holders that walking them all for every bid would be waste: an exact side index.

Of a company's record with more than `limit` edges into it the index keeps apart the edges that a walk upwards
must look at, and a crowd: ordinary persons, who matter only where two bidders are compared or where shares are
summed. An ordinary person is no official, relative of one, decision-maker or declarant, is not listed, and joined
to nobody above level 1, so that it is the same node at every level. A record is indexed when it is first walked,
and stays so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from aiqyn.streams.graph.details import StakeDetail
from aiqyn.streams.graph.store import CERTAIN, EdgeStore, Kind

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World

Node = int
LIMIT = 64
"""Edges into one record, from which on it is indexed."""
_PASSING = -1
_STAKES = frozenset({int(Kind.OWNS), int(Kind.CONTROLS)})
_PERSON = 1


class _Sums(NamedTuple):
    """Lower bounds by the day on which they begin, and by the day on which they end: days, running totals."""

    starts: list[int]
    begun: list[int]
    ends: list[int]
    ended: list[int]


class Hub:
    """The edges into one company's record, parted into those to walk and the crowd's."""

    __slots__ = ("_chain", "_edges", "_sums", "crowd", "heaviest", "passing")

    def __init__(self, edges: EdgeStore) -> None:
        self._edges = edges
        self.passing: list[int] = []
        """Edges to walk, by number: roles, and stakes of everybody who is no ordinary person."""
        self.crowd: dict[Node, tuple[int, ...]] = {}
        """Ordinary person > its stakes and control interests."""
        self.heaviest = 0
        """The lower bounds of the crowd's certain stakes together, whenever in force: no window has more."""
        self._chain: tuple[int, Mapping[int, int]] | None = None
        self._sums: dict[str, _Sums] | None = None

    @property
    def chain(self) -> tuple[int, Mapping[int, int]]:
        """The newest edge to walk, and after each the next; -1 ends. To be walked like an adjacency list."""
        if self._chain is None:
            newest = [*reversed(self.passing), -1]
            self._chain = newest[0], dict(pairwise(newest))
        return self._chain

    def holds(self, person: Node, start: int, end: int) -> bool:
        """Whether this ordinary person may hold a stake or control interest on some day of `[start, end)`."""
        first, last = self._edges.start, self._edges.end
        return any(first[edge] < end and last[edge] > start for edge in self.crowd.get(person, ()))

    def holding(self, start: int, end: int) -> Iterator[Node]:
        """Every ordinary person that may hold something on a day of `[start, end)`. Cost: the whole crowd."""
        return (person for person in self.crowd if self.holds(person, start, end))

    def lower_bounds(self, start: int, end: int) -> Mapping[str, int]:
        """By dimension the sum of the lower bounds of the crowd's certain stakes that are in force on some day of
        `[start, end)`, in `PARTS`. Cost: a search; after a change of the crowd one pass over it."""
        if self._sums is None:
            self._sums = self._summed()
        return {dimension: _between(sums, start, end) for dimension, sums in self._sums.items()}

    def place(self, edge: int, person: Node) -> None:
        """Enter an edge: into the crowd under an ordinary person, or (-1) among those to walk."""
        if person == _PASSING:
            insort(self.passing, edge)
            self._chain = None
            return
        self.crowd[person] = (*self.crowd.get(person, ()), edge)
        self.heaviest += self._weight(edge)
        self._sums = None

    def displace(self, edge: int, person: Node) -> None:
        """Take back `place`; an edge that is not there is passed over."""
        if person == _PASSING:
            at = bisect_left(self.passing, edge)
            if at < len(self.passing) and self.passing[at] == edge:
                del self.passing[at]
                self._chain = None
            return
        known = self.crowd.get(person, ())
        if edge not in known:
            return
        rest = tuple(each for each in known if each != edge)
        if rest:
            self.crowd[person] = rest
        else:
            del self.crowd[person]
        self.heaviest -= self._weight(edge)
        self._sums = None

    def _weight(self, edge: int) -> int:
        said = self._stake(edge)
        return said.at_least if said is not None else 0

    def _stake(self, edge: int) -> StakeDetail | None:
        said = self._edges.detail_of(edge)
        return said if isinstance(said, StakeDetail) and self._edges.flags[edge] & CERTAIN else None

    def _summed(self) -> dict[str, _Sums]:
        begins: dict[str, list[tuple[int, int]]] = {}
        ends: dict[str, list[tuple[int, int]]] = {}
        for held in self.crowd.values():
            for edge in held:
                said = self._stake(edge)
                if said is not None:
                    begins.setdefault(said.dimension, []).append((self._edges.start[edge], said.at_least))
                    ends.setdefault(said.dimension, []).append((self._edges.end[edge], said.at_least))
        return {dimension: _Sums(*_running(begins[dimension]), *_running(ends[dimension])) for dimension in begins}


class Hubs:
    """All indexed records. The world tells when an atom's standing changes; edges tell of themselves."""

    __slots__ = ("_companies", "_place", "_world", "by_record", "limit")

    def __init__(self, world: World, limit: int = LIMIT) -> None:
        self._world = world
        self.limit = limit
        self.by_record: dict[int, Hub] = {}
        """Company's atom > its index. Read only outside."""
        self._place: dict[int, Node] = {}
        """Holder's atom > the ordinary person as which it stands in every crowd, or -1."""
        self._companies: dict[int, tuple[int, ...]] = {}
        """Holder's atom > the indexed records in which it holds something."""

    def open(self, company: int) -> None:
        """Index a company's record from now on; nothing where it is. Cost: its edges, once."""
        if company in self.by_record:
            return
        edges = self._world.edges
        self.by_record[company] = Hub(edges)
        edges.watch(company, self)
        for edge in sorted(edges.into(company)):
            self.added(edge)

    def added(self, edge: int) -> None:
        """An edge into an indexed record was added."""
        edges = self._world.edges
        kind, company = edges.kind[edge], edges.target[edge]
        hub = self.by_record[company]
        if kind == Kind.DIRECTS:
            hub.place(edge, _PASSING)
        if kind not in _STAKES:
            return
        holder = edges.source[edge]
        place = self._place.get(holder)
        if place is None:
            place = self._place[holder] = self._placed(holder)
        companies = self._companies.get(holder, ())
        if company not in companies:
            self._companies[holder] = (*companies, company)
        hub.place(edge, place)

    def killed(self, edge: int) -> None:
        """An edge into an indexed record went out of force for good."""
        edges = self._world.edges
        hub = self.by_record[edges.target[edge]]
        place = self._place.get(edges.source[edge], _PASSING)
        hub.displace(edge, place if edges.kind[edge] in _STAKES else _PASSING)

    def review(self, atoms: Iterable[int]) -> None:
        """The standing of these atoms, or what cluster they are in, may have changed."""
        for atom in atoms:
            before = self._place.get(atom)
            if before is None:
                continue
            now = self._placed(atom)
            if now == before:
                continue
            edges = self._world.edges
            for company in self._companies[atom]:
                hub = self.by_record[company]
                for edge in edges.between(atom, company):
                    if edges.kind[edge] in _STAKES:
                        hub.displace(edge, before)
                        hub.place(edge, now)
            self._place[atom] = now

    def review_cluster(self, atom: int) -> None:
        """As `review`, for an atom whose mark, listing or kind changed: its whole level-1 cluster."""
        if self.by_record:
            clusters = self._world.clusters
            self.review(clusters.members(clusters.roots[atom], 1))

    def tables(self) -> tuple[Mapping[int, object], ...]:
        """What is kept beside the records' own indexes, to be measured."""
        return self.by_record, self._place, self._companies

    def _placed(self, atom: int) -> Node:
        """The ordinary person that the atom is, else -1."""
        world = self._world
        clusters, persons, marks, listings = world.clusters, world.persons, world.marks, world.listings
        root = clusters.roots[atom]
        if clusters.any_higher and clusters.joined_higher(root):
            return _PASSING
        for each in clusters.members(root, 1):
            if persons[each] != _PERSON or marks[each] or listings.has(each) or each in world.unspecified:
                return _PASSING
        return root

    def walked(self, company: int) -> Iterable[int]:
        """Living edges into a record, newest first, the crowd's left out: every role is among them."""
        hub = self.by_record.get(company)
        return self._world.edges.into(company) if hub is None else reversed(hub.passing)


def _running(parts: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    parts.sort()
    return [day for day, _ in parts], [0, *accumulate(weight for _, weight in parts)]


def _between(sums: _Sums, start: int, end: int) -> int:
    """What began before the end, less what had ended by the start."""
    return sums.begun[bisect_left(sums.starts, end)] - sums.ended[bisect_right(sums.ends, start)]
