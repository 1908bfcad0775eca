"""What a rule sees: one allocation (a `Case`) and a read-only view of the graph around it.

The view answers at one level of identity and over time: every answer carries `Days`, on which it holds certainly or
possibly. Nodes are opaque handles of one person or entity with all its joined records; nothing here can change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Share, Threshold

Node = int
"""One person or entity, all its joined records together."""

Stage = Literal["bid", "award", "contract"]
DateBasis = Literal["award.date", "contract.dateSigned", "release.date", "tenderPeriod.endDate", "allocation.date"]


class Link(NamedTuple):
    """One edge of an evidence path, in the direction of the path."""

    kind: str
    """holdsPost, namedIn, parentBody, buys, grants, relativeOf, associateOf, owns, controls, directs, declared,
    sharesContact, bids, wins, receives or sameAs."""
    source: Node | str
    target: Node | str
    """A node, or the ocid or allocation id at which the path ends."""
    seq: int
    """The ledger number of the event that states it."""
    share: Share | None = None
    start: str | None = None
    """First day in force as written; None: open."""
    end: str | None = None
    """First day not in force as written; None: open."""
    certain: bool = True


Way = tuple[Link, ...]
"""Links that follow each other."""


class DatedWay(NamedTuple):
    links: Way
    days: Days
    """The days on which all its links are in force together."""


class Post(NamedTuple):
    """A person's post at a body."""

    body: Node
    role: str
    level: str
    ex_officio: bool
    days: Days
    link: Link


class Role(NamedTuple):
    """A person's role in a company."""

    person: Node
    role: str
    """director, manager, representative, accountant, founder or boardMember."""
    ex_officio: bool
    days: Days
    link: Link


class Kin(NamedTuple):
    """A relative of a person within the profile's degrees, by one way."""

    relative: Node
    near: bool
    """Spouse or child (partners, stepchildren included): the first column of the severity table."""
    spouse: bool
    child: bool
    """A child of the person itself (by blood, adoption or guardianship)."""
    days: Days
    links: Way
    """From the person to the relative."""
    degree: int = 0
    """Of blood; with a marriage on the way, of affinity (a spouse's is 0)."""
    by_marriage: bool = False
    counted: bool = True
    """False: there are more ways than are given."""


class Seat(NamedTuple):
    """A person named in a process, or the decider of an allocation."""

    person: Node
    role: str
    lots: frozenset[str]
    """Empty: all lots."""
    days: Days
    recused_on: tuple[int, int] | None
    """First and last day that the recusal's date may mean."""
    link: Link


class Item(NamedTuple):
    """One item of a declaration."""

    kind: str
    holder: str
    counterparty: Node | None
    ocid: str


class Declaration(NamedTuple):
    declarant: Node
    filed_on: tuple[int, int]
    """First and last day that the filing date may mean."""
    period: Days
    items: tuple[Item, ...]
    seq: int


class Listing(NamedTuple):
    """A debarment."""

    days: Days
    register: str
    seq: int


class Truth(NamedTuple):
    """A three-valued answer that does not change over time."""

    certain: bool
    possible: bool


class Parent(NamedTuple):
    body: Node
    link: Link


class Party(NamedTuple):
    """A bidder, supplier or recipient in a case."""

    node: Node
    natural_person: bool
    stage: Stage
    won: bool
    """Has a counting award (or receives the allocation)."""
    lots: frozenset[str]
    """The lots of its awards, else of its bids; empty: all lots of the process."""
    entered: frozenset[str]
    """The lots that it bid on or won; empty: all."""
    awards: tuple[str, ...]
    window: Days
    """The decision window."""
    first_day: int
    last_day: int
    """The window's first and last day, widest reading."""
    last_day_first: int
    """The earliest reading of the last day (equal to `last_day` unless a date is partial)."""
    bid_day: int
    """The day of its first bid; without a date the window's first day."""
    date_basis: DateBasis
    amount: tuple[str, str] | None
    """Exact decimal and currency."""
    link: Link
    """`bids`, `wins` or `receives`, from the company to the case."""
    first_day_last: int
    """The latest reading of the first day (equal to `first_day` unless a date is partial)."""

    @property
    def span(self) -> Days:
        """Every day that some reading of the window's dates contains, as certain. Conditions are gathered over it, and
        judged by `surely`."""
        return Days(self.window.possible, self.window.possible)

    def surely(self, days: Days) -> bool:
        """Whether `days` are certain on some day of the window for every reading of the window's own dates.

        An end before the first day is a window of that day alone.
        """
        opens, first_end, last_end = self.first_day_last, self.last_day_first, self.last_day
        if first_end < opens:
            alone = min(last_end, opens - 1)
            if not any(start <= first_end and alone < end for start, end in days.certain):
                return False
            if last_end < opens:
                return True
        shortest = max(first_end, opens)
        return any(start <= shortest and opens < end for start, end in days.certain)


class Rivals(NamedTuple):
    """Two bidders of one lot."""

    left: Party
    right: Party
    """In the order of their names."""


class Body(NamedTuple):
    """A body that stands over the case: the buyer (distance 0) or a parent body of it."""

    node: Node
    distance: int
    links: Way
    """parentBody links down to the buyer (none at distance 0), then `buys` or `grants`."""


@dataclass(frozen=True, slots=True)
class Case:
    """One allocation of public money: a procurement process or an `allocation.made`."""

    key: str
    ocid: str | None
    allocation: str | None
    kind: str
    """`procurement`, or the kind of the allocation."""
    buyer: Node | None
    bodies: Mapping[Node, Sequence[Body]]
    parties: tuple[Party, ...]
    rivals: tuple[Rivals, ...]
    seats: Mapping[Node, Sequence[Seat]]
    """People named in the process (committee) or deciders of the allocation, by person."""
    price: tuple[str, str] | None = None
    valuation: tuple[str, str] | None = None
    earlier: tuple[Case, ...] = field(default=())
    """assetDisposal: earlier disposals of the same asset, any recipient and day."""
    bids_known: bool = True
    """Whether bids are on record, so that it is known who bid against whom."""


class Holding(Protocol):
    """Who owns and controls one company, over the days asked for."""

    def owns(self, players: frozenset[Node], threshold: Threshold) -> Days:
        """Days on which the players together reach the threshold, integrated, by capital or by votes."""
        ...

    def controls(self, players: frozenset[Node]) -> Days:
        """Days on which the players, with the companies they control, control the company."""
        ...

    def owns_directly(self, holder: Node, threshold: Threshold) -> Days:
        """Days on which the holder's own direct stakes reach the threshold, by capital or by votes."""
        ...

    def controls_directly(self, holder: Node) -> Days:
        """Days on which the holder itself holds an interest that confers control."""
        ...

    def has_stake(self, holder: Node) -> Days:
        """Days on which the holder has any stake above zero, integrated, or a control interest."""
        ...

    def share(self, players: frozenset[Node]) -> Share:
        """The integrated share (capital or votes, whichever is more): the widest interval over the days."""
        ...

    def ways(self, holder: Node, days: Days, direct: bool = False) -> tuple[Sequence[DatedWay], int]:
        """Simple ways of stakes and control from the holder to the company that are in force on some of the days
        (`direct`: of one link), shortest first, at most 50; and how many were left out (-1: not counted)."""
        ...

    def holders(self) -> Iterable[Node]:
        """Every node upstream, hubs included."""
        ...

    def companies(self) -> Iterable[Node]:
        """The company itself and the companies above it."""
        ...

    def unspecified(self) -> Iterable[Node]:
        """Stated but unspecified owners upstream."""
        ...

    def doubts(self) -> Sequence[tuple[str, tuple[Node, ...], Days]]:
        """`closedLoop` and `overAllocated`, with the companies concerned and the days."""
        ...


class GraphView(Protocol):
    """The graph at one level of identity. Read only."""

    def name(self, node: Node) -> str:
        """`SCHEME:ID` or `REC:...` of the person or entity."""
        ...

    def is_person(self, node: Node) -> bool: ...

    def is_public_body(self, node: Node) -> Truth: ...

    def is_listed(self, node: Node) -> Truth: ...

    def is_state_owned(self, company: Node, window: Days) -> Days:
        """Days on which the company is state-owned: as stated, or over 50 % held by public bodies."""
        ...

    def budget_levels(self, node: Node) -> frozenset[str]:
        """Every budget level stated of a body; empty: none."""
        ...

    def jurisdictions(self, node: Node) -> frozenset[str]: ...

    def schemes(self, node: Node) -> frozenset[str]:
        """The schemes of the node's valid identifiers."""
        ...

    def disclosed_by(self, company: Node, day: int) -> bool:
        """Whether a BODS relationship statement dated by the day has the company as its subject."""
        ...

    def has_stated_holder(self, company: Node) -> bool: ...

    def people_of_interest(self, party: Party) -> Sequence[Node]:
        """Persons with a stake or control upstream, or a role in the company, who are known as officials, relatives or
        declarants; for a natural person as party also that person. By name."""
        ...

    def same_as(self, person: Node) -> Sequence[tuple[Node, Way]]:
        """The person itself (empty way), then at the unconfirmed level those it may be the same as."""
        ...

    def joined(self, nodes: Iterable[Node]) -> Way:
        """`sameAs` links that hold the nodes' records together, beyond identifiers."""
        ...

    def holding(self, company: Node, window: Days) -> Holding: ...

    def roles(self, company: Node) -> Sequence[Role]: ...

    def posts(self, person: Node) -> Sequence[Post]: ...

    def staff(self, body: Node) -> Sequence[tuple[Node, Post]]:
        """Everybody who ever held a post at the body, with the post. Cost: its edges; not for the hot path."""
        ...

    def kin(self, person: Node) -> Sequence[Kin]:
        """Relatives within the profile's degrees, one entry a way. Cost: the family within three ties."""
        ...

    def family(self, person: Node) -> Iterable[Node]:
        """The person and everybody who may be a relative at all: a cheap superset of `kin`."""
        ...

    def under_18(self, person: Node) -> Days:
        """Days before the 18th birthday; all days where no birth date is known."""
        ...

    def declarations(self, person: Node) -> Sequence[Declaration]: ...

    def listings(self, node: Node) -> Sequence[Listing]:
        """Debarments of the person or company (a debarment's head counts as listed)."""
        ...

    def knows_listings(self) -> bool:
        """Whether any debarment is on record at all."""
        ...

    def listed_above(self, party: Party) -> bool:
        """Whether anybody upstream of the party, in it or it itself is debarred at any time. Cheap."""
        ...

    def order(self, way: Way) -> tuple[object, ...]:
        """A key that sorts ways: shortest first, then by the names and events of their links."""
        ...

    def memo(self) -> dict[object, object]:
        """A place where terms keep what they worked out about the case, for other rules at the same level."""
        ...

    def may_be_related(self, rivals: Rivals) -> bool:
        """Whether the two have any node upstream, or any person with a role, in common. Cheap."""
        ...
