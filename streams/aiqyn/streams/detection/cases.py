"""Cases: processes and allocations as rules see them, at one level of identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiqyn.rules.view import Body, Case, Link, Node, Party, Rivals, Seat, Way
from aiqyn.schemas.days import BEGINNING, Days, DaySpan, parse_optional_day, segments
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.facts import Allocation, Head, Money
from aiqyn.streams.world.cases import allocation_key
from aiqyn.streams.world.process import PartyState, ProcessState
from aiqyn.streams.world.world import World

_LEVELS_UP = 2
"""How far up parent bodies have influence."""


def build_case(world: World, view: LevelView, key: str) -> Case | None:
    """The case of that key; None where there is none (any more)."""
    process = world.processes.get(key)
    if process is not None:
        return _process(world, view, process)
    found = world.allocations.get(key.partition("\x1f")[2])
    if found is None:
        return None
    case = _allocation(world, view, *found)
    return case


def _node(world: World, view: LevelView, atoms: Sequence[str]) -> Node:
    number = world.atoms.find(atoms[-1])
    assert number is not None, "a case's organizations are interned when it is entered"
    return view.node(number)


def _process(world: World, view: LevelView, process: ProcessState) -> Case:
    buyers = [_node(world, view, atoms) for atoms in process.buyers]
    parties = [_party(world, view, process.ocid, party) for party in process.parties]
    return Case(
        key=process.ocid,
        ocid=process.ocid,
        allocation=None,
        kind="procurement",
        buyer=buyers[0] if buyers else None,
        bodies=_bodies(view, buyers, process.ocid, "buys", process.buyer_seq),
        parties=tuple(parties),
        rivals=tuple(_rivals(view, parties, process.rivals)),
        seats=_seats(world, view, process.ocid),
        bids_known=process.bids_known,
    )


def _party(world: World, view: LevelView, ocid: str, party: PartyState) -> Party:
    node = _node(world, view, party.atoms)
    first, last = min(party.start[0], party.end[0]), party.end[1]
    window = Days.of([(first, last + 1, False), (party.start[1], party.end[0] + 1, True)])
    return Party(
        node=node,
        natural_person=view.is_person(node),
        stage=party.stage,
        won=party.won,
        lots=frozenset(party.lots),
        entered=frozenset(party.entered),
        awards=party.awards,
        window=window,
        first_day=first,
        last_day=last,
        last_day_first=party.end[0],
        bid_day=party.bid_day or first,
        date_basis=party.basis,
        amount=(party.amount, party.currency) if party.amount else None,
        link=Link("wins" if party.won else "bids", node, ocid, party.seq),
        first_day_last=party.start[1],
    )


def _rivals(view: LevelView, parties: Sequence[Party], pairs: Iterable[tuple[int, int]]) -> Iterable[Rivals]:
    for left, right in pairs:
        a, b = sorted((parties[left], parties[right]), key=lambda party: view.name(party.node))
        if a.node != b.node:
            yield Rivals(a, b)


def _bodies(view: LevelView, buyers: Sequence[Node], target: str, kind: str, seq: int) -> Mapping[Node, Sequence[Body]]:
    """The buyers and the bodies above them, each by every way down."""
    found: dict[Node, list[Body]] = {}
    for buyer in dict.fromkeys(buyers):
        layer: list[tuple[Node, Way, frozenset[Node]]] = [
            (buyer, (Link(kind, buyer, target, seq),), frozenset({buyer}))
        ]
        for distance in range(_LEVELS_UP + 1):
            following = []
            for body, links, passed in layer:
                found.setdefault(body, []).append(Body(body, distance, links))
                if distance == _LEVELS_UP:
                    continue
                for parent in view.parents(body):
                    if parent.body not in passed:
                        following.append((parent.body, (parent.link, *links), passed | {parent.body}))
            layer = following
    view.seen.update(found)
    return found


def _seats(world: World, view: LevelView, ocid: str) -> Mapping[Node, Sequence[Seat]]:
    seats: dict[Node, list[Seat]] = {}
    for seq, entries in sorted(world.seats.get(ocid, {}).items()):
        for atom, entry in entries:
            person = view.node(atom)
            seat = entry.seat
            start, end = parse_optional_day(seat.start), parse_optional_day(seat.end)
            recused = parse_optional_day(seat.recused_on)
            exact = (start is None or start.exact) and (end is None or end.exact)
            link = Link("namedIn", person, ocid, seq, None, seat.start or None, seat.end or None, exact)
            seats.setdefault(person, []).append(
                Seat(
                    person,
                    seat.role,
                    frozenset(entry.lots),
                    Days.of(segments(start, end)) & view.alive(person),
                    (recused.first, recused.last) if recused is not None else None,
                    link,
                )
            )
    view.seen.update(seats)
    return seats


def _allocation(world: World, view: LevelView, head: Head, fact: Allocation, nested: bool = False) -> Case:
    grantor = _node(world, view, fact.grantor.atoms)
    recipient = _node(world, view, fact.recipient.atoms)
    day = parse_optional_day(fact.date) or DaySpan(BEGINNING, BEGINNING)
    window = Days.of([(day.first, day.last + 1, day.exact)])
    party = Party(
        node=recipient,
        natural_person=view.is_person(recipient),
        stage="award",
        won=True,
        lots=frozenset(),
        entered=frozenset(),
        awards=(),
        window=window,
        first_day=day.first,
        last_day=day.last,
        last_day_first=day.first,
        bid_day=day.first,
        date_basis="allocation.date",
        amount=_money(fact.amount),
        link=Link("receives", recipient, fact.id, head.seq),
        first_day_last=day.last,
    )
    seats: dict[Node, list[Seat]] = {}
    for mention in fact.deciders:
        person = _node(world, view, mention.atoms)
        link = Link("namedIn", person, fact.id, head.seq)
        seats.setdefault(person, []).append(Seat(person, "decider", frozenset(), view.alive(person), None, link))
    view.seen.update(seats)
    earlier = () if nested else tuple(_earlier(world, view, fact))
    return Case(
        key=allocation_key(fact.id),
        ocid=None,
        allocation=fact.id,
        kind=fact.kind,
        buyer=grantor,
        bodies=_bodies(view, [grantor], fact.id, "grants", head.seq),
        parties=(party,),
        rivals=(),
        seats=seats,
        price=_money(fact.amount),
        valuation=_money(fact.valuation),
        earlier=earlier,
    )


def _money(money: Money | None) -> tuple[str, str] | None:
    return (money.amount, money.currency) if money is not None else None


def _earlier(world: World, view: LevelView, fact: Allocation) -> Iterable[Case]:
    for id in sorted(world.assets.get(fact.asset_id, ())) if fact.asset_id else ():
        other = world.allocations.get(id)
        if id != fact.id and other is not None and other[1].kind == "assetDisposal":
            yield _allocation(world, view, *other, nested=True)
