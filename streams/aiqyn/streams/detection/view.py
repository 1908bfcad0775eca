"""The graph as a rule sees it, at one level of identity. Implements `rules.view.GraphView`.

Questions are asked from the supplier upwards: owners and directors of a company are few, a body's staff and their
families are many. Made for one case and one level; answers are kept while it lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from aiqyn.rules.profile import Profile
from aiqyn.rules.view import (
    Declaration,
    Item,
    Kin,
    Link,
    Listing,
    Node,
    Parent,
    Party,
    Post,
    Rivals,
    Role,
    Truth,
    Way,
)
from aiqyn.schemas.days import (
    ALWAYS,
    BEGINNING,
    FOREVER,
    NO_DAYS,
    Days,
    DaySpan,
    Interval,
    iso,
    parse_optional_day,
    segments,
)
from aiqyn.schemas.shares import Share, Threshold
from aiqyn.streams.detection.holding import CompanyHolding, Tie
from aiqyn.streams.detection.kin import FamilyTie, Step, relatives
from aiqyn.streams.graph.details import ControlDetail, PostDetail, RoleDetail, StakeDetail
from aiqyn.streams.graph.family import family
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.graph.upstream import Upstream, upstream
from aiqyn.streams.identity.naming import cluster_name, is_identifier
from aiqyn.streams.world.marks import DECLARATION, KIN, POST, SEAT
from aiqyn.streams.world.registers import Reading
from aiqyn.streams.world.world import World

_INTEREST = POST | KIN | SEAT | DECLARATION
_STAKES = frozenset({Kind.OWNS, Kind.CONTROLS})
_STEPS: dict[int, tuple[Step, Step]] = {
    # kind: seen from its source, from its target
    Kind.PARENT: ("up", "down"),
    Kind.SIBLING: ("sibling", "sibling"),
    Kind.HALF_SIBLING: ("half", "half"),
    Kind.GRANDPARENT: ("up2", "down2"),
    Kind.MARRIED: ("marriage", "marriage"),
}
_MAJORITY = Threshold(Fraction(1, 2), ">")
_NO_TRUTH = Truth(False, False)


class LevelView:
    """See `rules.view.GraphView` for what each answer means."""

    def __init__(self, world: World, level: int, profile: Profile) -> None:
        self._world = world
        self.level = level
        self._tier = min(level, 3)
        self._profile = profile
        self._holdings: dict[tuple[Node, Days], CompanyHolding] = {}
        self._upstreams: dict[tuple[Node, Interval], Upstream] = {}
        self._memo: dict[object, object] = {}
        self._events: dict[int, tuple[str, str]] = {}
        self._names: dict[Node, str] = {}
        self._kin: dict[Node, list[Kin]] = {}
        self._alive: dict[Node, Days] = {}
        self._roles: dict[Node, list[Role]] = {}
        self._posts: dict[Node, list[Post]] = {}
        self._ties: dict[Node, list[FamilyTie]] = {}
        self.seen: set[Node] = set()
        """Nodes whose joins could have mattered."""

    # --- who ---------------------------------------------------------------------------------------------

    def node(self, atom: int) -> Node:
        return self._world.clusters.root(atom, self._tier)

    def atoms(self, node: Node) -> tuple[int, ...]:
        return self._world.clusters.members(node, self._tier)

    def name(self, node: Node) -> str:
        known = self._names.get(node)
        if known is None:
            known = self._names[node] = self._name(node)
        return known

    def _name(self, node: Node) -> str:
        clusters, names = self._world.clusters, self._world.atoms.names
        return cluster_name(names[atom] for atom in clusters.members(clusters.root(node, 3), 3))

    def is_person(self, node: Node) -> bool:
        persons = self._world.persons
        return any(persons[atom] == 1 for atom in self.atoms(node))

    def schemes(self, node: Node) -> frozenset[str]:
        names = self._world.atoms.names
        return frozenset(names[a].split(":", 1)[0] for a in self.atoms(node) if is_identifier(names[a]))

    def same_as(self, person: Node) -> Sequence[tuple[Node, Way]]:
        if self.level < 4:
            return [(person, ())]
        others = self._world.clusters.unconfirmed(person)
        return [(person, ()), *((other, (self._same(other, person),)) for other in others)]

    def _same(self, left: Node, right: Node) -> Link:
        return Link("sameAs", left, right, self._world.cited(self.atoms(left), self.atoms(right)))

    def joined(self, nodes: Iterable[Node]) -> Way:
        if self.level == 1:
            return ()
        clusters = self._world.clusters
        links = []
        for node in sorted(set(nodes)):
            for left, right, how in clusters.join_steps(node, self._tier):
                seq = 0
                if how == "decided":
                    rulings = [
                        ruling
                        for a in clusters.members(left, 1)
                        for b in clusters.members(right, 1)
                        if (ruling := clusters.ruling(a, b)) is not None and ruling[4] == "same"
                    ]
                    seq = max(rulings)[5] if rulings else 0
                if not seq:
                    seq = self._world.cited(clusters.members(left, 1), clusters.members(right, 1))
                a, b = sorted((left, right), key=self._record_name)
                links.append(Link("sameAs", self._record_name(a), self._record_name(b), seq))
        return tuple(sorted(links, key=lambda link: (str(link.source), str(link.target))))

    def _record_name(self, root: int) -> str:
        names = self._world.atoms.names
        return cluster_name(names[atom] for atom in self._world.clusters.members(root, 1))

    # --- register facts ------------------------------------------------------------------------------------

    def _readings(self, node: Node) -> Iterator[Reading]:
        for _, reading in self._world.readings.of(self.atoms(node)):
            yield reading

    def is_public_body(self, node: Node) -> Truth:
        return _agree(reading.public_body for reading in self._readings(node))

    def is_listed(self, node: Node) -> Truth:
        return _agree(reading.listed for reading in self._readings(node))

    def budget_levels(self, node: Node) -> frozenset[str]:
        return frozenset(reading.budget_level for reading in self._readings(node) if reading.budget_level)

    def jurisdictions(self, node: Node) -> frozenset[str]:
        return frozenset(reading.jurisdiction for reading in self._readings(node) if reading.jurisdiction)

    def is_state_owned(self, company: Node, window: Days) -> Days:
        stated = _agree(reading.state_owned for reading in self._readings(company))
        if stated.certain:
            return ALWAYS
        holding = self.holding(company, window)
        bodies = {node: self.is_public_body(node) for node in holding.holders()}
        sure = frozenset(node for node, truth in bodies.items() if truth.certain)
        maybe = frozenset(node for node, truth in bodies.items() if truth.possible)
        days = holding.owns(sure, _MAJORITY) if sure else NO_DAYS
        if maybe != sure:
            days = days | holding.owns(maybe, _MAJORITY).as_possible()
        return days | ALWAYS.as_possible() if stated.possible else days

    def disclosed_by(self, company: Node, day: int) -> bool:
        return any(stated <= day for atom in self.atoms(company) for _, stated in self._world.disclosures.get(atom, ()))

    def has_stated_holder(self, company: Node) -> bool:
        edges = self._world.edges
        return any(edges.kind[e] in _STAKES for atom in self.atoms(company) for e in edges.into(atom))

    def alive(self, node: Node) -> Days:
        """Days before the death of a person or the dissolution of a company."""
        known = self._alive.get(node)
        if known is None:
            known = self._alive[node] = self._lifetime(node)
        return known

    def _lifetime(self, node: Node) -> Days:
        atoms = self.atoms(node)
        texts = {text for _, text in self._world.deaths.of(atoms)}
        for _, reading in self._world.readings.of(atoms):
            if reading.dissolved is not None:
                texts.add(reading.dissolved)
        spans = [span for text in texts if (span := parse_optional_day(text)) is not None]
        if not spans:
            return ALWAYS
        last = FOREVER if "" in texts else max(span.last for span in spans)
        return Days.of(segments(None, DaySpan(min(span.first for span in spans), last)))

    def under_18(self, person: Node) -> Days:
        births = self._world.births_of(self.atoms(person))
        spans = [span for text in births if (span := parse_optional_day(text)) is not None]
        if not spans:
            return ALWAYS
        end = DaySpan(_eighteenth(min(span.first for span in spans)), _eighteenth(max(span.last for span in spans)))
        return Days.of(segments(None, end))

    def listings(self, node: Node) -> Sequence[Listing]:
        return [
            Listing(
                Days.of(segments(parse_optional_day(entry.start), parse_optional_day(entry.end))),
                entry.register,
                seq,
            )
            for seq, entry in self._world.listings.of(self.atoms(node))
        ]

    def declarations(self, person: Node) -> Sequence[Declaration]:
        found = []
        for seq, entry in self._world.declarations.of(self.atoms(person)):
            fact = entry.fact
            filed = parse_optional_day(fact.filed_at)
            if filed is None:
                continue
            items = tuple(
                Item(item.kind, item.holder, self.node(atom) if atom is not None else None, item.ocid)
                for item, atom in zip(fact.items, entry.counterparties, strict=True)
            )
            period = Days.of(segments(parse_optional_day(fact.start), parse_optional_day(fact.end)))
            found.append(Declaration(person, (filed.first, filed.last), period, items, seq))
        return sorted(found, key=lambda declaration: declaration.seq)

    # --- edges ---------------------------------------------------------------------------------------------

    def _days(self, edge: int) -> Days:
        edges = self._world.edges
        return Days.of([(edges.start[edge], edges.end[edge], edges.certain(edge))])

    def _bounds(self, edge: int) -> tuple[str | None, str | None]:
        edges = self._world.edges
        written = edges.written(edge)
        if written is not None:
            return written
        start, end = edges.start[edge], edges.end[edge]
        return (iso(start) if start > BEGINNING else None), (iso(end) if end < FOREVER else None)

    def _link(self, edge: int, kind: str, source: Node, target: Node, share: Share | None = None) -> Link:
        start, end = self._bounds(edge)
        edges = self._world.edges
        return Link(kind, source, target, edges.seq[edge], share, start, end, edges.certain(edge))

    def posts(self, person: Node) -> Sequence[Post]:
        known = self._posts.get(person)
        if known is not None:
            return known
        edges = self._world.edges
        found: dict[tuple[int, Node], Post] = {}
        for atom in self.atoms(person):
            for edge in edges.out_of(atom):
                if edges.kind[edge] != Kind.HOLDS_POST:
                    continue
                body = self.node(edges.target[edge])
                detail = edges.detail_of(edge)
                assert isinstance(detail, PostDetail)
                link = self._link(edge, "holdsPost", person, body)
                days = self._days(edge) & self.alive(person)
                key = (link.seq, body)
                if key in found:
                    days = days | found[key].days
                    link = link._replace(certain=link.certain or found[key].link.certain)
                found[key] = Post(body, detail.role, detail.level, detail.ex_officio, days, link)
        result = self._posts[person] = sorted(found.values(), key=lambda post: post.link.seq)
        return result

    def staff(self, body: Node) -> Sequence[tuple[Node, Post]]:
        edges = self._world.edges
        people = {
            self.node(edges.source[edge])
            for atom in self.atoms(body)
            for edge in edges.into(atom)
            if edges.kind[edge] == Kind.HOLDS_POST
        }
        return [(person, post) for person in sorted(people) for post in self.posts(person) if post.body == body]

    def parents(self, body: Node) -> Sequence[Parent]:
        edges = self._world.edges
        return [
            Parent(parent, self._link(edge, "parentBody", parent, body))
            for atom in self.atoms(body)
            for edge in edges.out_of(atom)
            if edges.kind[edge] == Kind.PARENT_BODY and (parent := self.node(edges.target[edge])) != body
        ]

    def roles(self, company: Node) -> Sequence[Role]:
        known = self._roles.get(company)
        if known is not None:
            return known
        edges = self._world.edges
        found: dict[tuple[int, Node, str], Role] = {}
        for atom in self.atoms(company):
            for edge in self._world.hubs.walked(atom):
                if edges.kind[edge] != Kind.DIRECTS:
                    continue
                person = self.node(edges.source[edge])
                detail = edges.detail_of(edge)
                assert isinstance(detail, RoleDetail)
                link = self._link(edge, "directs", person, company)
                days = self._days(edge) & self.alive(person) & self.alive(company)
                key = (link.seq, person, detail.role)
                if key in found:
                    days = days | found[key].days
                    link = link._replace(certain=link.certain or found[key].link.certain)
                found[key] = Role(person, detail.role, detail.ex_officio, days, link)
        result = self._roles[company] = sorted(found.values(), key=lambda role: role.link.seq)
        return result

    def family(self, person: Node) -> Iterable[Node]:
        found = family(self._world, self._tier, person)
        self.seen |= found
        return sorted(found)

    def kin(self, person: Node) -> Sequence[Kin]:
        known = self._kin.get(person)
        if known is None:
            self.seen.add(person)
            known = self._kin[person] = relatives(
                person, self._family, self.alive, self._profile.blood, self._profile.affinity
            )
            self.seen.update(kin.relative for kin in known)
        return known

    def _family(self, person: Node) -> list[FamilyTie]:
        known = self._ties.get(person)
        if known is not None:
            return known
        self.seen.add(person)
        edges = self._world.edges
        found: dict[tuple[int, Node, str], FamilyTie] = {}
        for atom in self.atoms(person):
            for own in (True, False):
                for edge in edges.out_of(atom) if own else edges.into(atom):
                    steps = _STEPS.get(edges.kind[edge])
                    if steps is None:
                        continue
                    other = self.node(edges.target[edge] if own else edges.source[edge])
                    if other == person:
                        continue
                    step = steps[0] if own else steps[1]
                    link = self._link(edge, "relativeOf", person, other)
                    days = self._days(edge)
                    key = (link.seq, other, step)
                    if key in found:
                        days = days | found[key].days
                    found[key] = FamilyTie(other, step, days, link)
        result = self._ties[person] = list(found.values())
        return result

    # --- upstream ------------------------------------------------------------------------------------------

    def _upstream(self, company: Node, window: Days) -> Upstream:
        span = self._span(window)
        key = (company, span)
        known = self._upstreams.get(key)
        if known is None:
            known = self._upstreams[key] = upstream(self._world, self._tier, company, *span)
            self.seen |= known.nodes
            self.seen |= known.managers
        return known

    def _span(self, window: Days) -> Interval:
        return Interval(window.possible[0].start, window.possible[-1].end)

    def holding(self, company: Node, window: Days) -> CompanyHolding:
        key = (company, window)
        known = self._holdings.get(key)
        if known is None:
            above = self._upstream(company, window)
            if above.crowds:  # shares are sums: they need every stake
                above = upstream(self._world, self._tier, company, *self._span(window), whole=True)
            ties = [self._tie(edge, holder, node) for edge, holder, node in above.edges]
            known = self._holdings[key] = CompanyHolding(
                company,
                [tie for tie in ties if tie.days],
                self._span(window),
                above.unspecified,
                self.is_person(company),
                above.doubtful,
                self.order,
            )
        return known

    def _tie(self, edge: int, holder: Node, company: Node) -> Tie:
        edges = self._world.edges
        detail = edges.detail_of(edge)
        days = self._days(edge) & self.alive(company)
        if isinstance(detail, ControlDetail):
            link = self._link(edge, "controls", holder, company)
            return Tie(holder, company, days, None, detail.interest, 0, detail.indirect, link)
        assert isinstance(detail, StakeDetail)
        link = self._link(edge, "owns", holder, company, detail.share)
        return Tie(holder, company, days, detail.share, detail.dimension, detail.source, detail.indirect, link)

    def people_of_interest(self, party: Party) -> Sequence[Node]:
        above = self._upstream(party.node, party.window)
        marks, clusters = self._world.marks, self._world.clusters
        found = []
        for node in above.nodes | above.managers:
            atoms = clusters.widest(node) if self.level == 4 else clusters.members(node, self._tier)
            for atom in atoms:
                if marks[atom] & _INTEREST:
                    found.append(node)
                    break
        return sorted(found, key=self.name) if len(found) > 1 else found

    def knows_listings(self) -> bool:
        return bool(len(self._world.listings))

    def listed_above(self, party: Party) -> bool:
        listings = self._world.listings
        if not len(listings):
            return False
        above = self._upstream(party.node, party.window)
        atoms = self._world.clusters.widest if self.level == 4 else self.atoms
        return any(listings.has(atom) for node in above.nodes | above.managers for atom in atoms(node))

    def may_be_related(self, rivals: Rivals) -> bool:
        left, right = (self._upstream(party.node, party.window) for party in (rivals.left, rivals.right))
        return left.meets(right) or (self.level == 4 and self._may_meet(left, right))

    def _may_meet(self, left: Upstream, right: Upstream) -> bool:
        """Whether anybody on the one side may be somebody on the other."""
        theirs = right.nodes | right.managers
        return any(
            other in theirs for node in left.nodes | left.managers for other in self._world.clusters.unconfirmed(node)
        )

    def order(self, way: Way) -> tuple[object, ...]:
        return (len(way), *(self._link_order(link) for link in way))

    def _link_order(self, link: Link) -> tuple[str, ...]:
        ends = (end if isinstance(end, str) else self.name(end) for end in (link.source, link.target))
        source, target = ends
        event = self._events.get(link.seq)
        if event is None:
            head = self._world.head(link.seq)
            event = self._events[link.seq] = (head.source, head.id)
        return (source, link.kind, target, *event)

    def memo(self) -> dict[object, object]:
        return self._memo


def _agree(values: Iterable[bool | None]) -> Truth:
    """Each value a reading: certain where all say so, possible where some do."""
    stated = [value for value in values if value is not None]
    return Truth(all(stated), any(stated)) if stated else _NO_TRUTH


def _eighteenth(birth: int) -> int:
    born = date.fromordinal(birth)
    try:
        return born.replace(year=born.year + 18).toordinal()
    except ValueError:  # 29 February; or a year beyond the calendar
        return date(born.year + 18, 3, 1).toordinal() if born.year + 18 <= date.max.year else FOREVER
