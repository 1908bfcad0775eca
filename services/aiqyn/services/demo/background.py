"""The background: districts that buy and companies that bid, with nothing between deciders and winners."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from aiqyn.services.demo import bodies, companies
from aiqyn.services.demo.bodies import District
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.procurement import Bid, Process
from aiqyn.services.demo.world import Seat, World

_MOST_BIDS, _MOST_WINS, _MOST_MEETINGS = 12, 2, 4
"""Of a company; of a company at one buyer; of a pair: no history of awards looks like rotation."""
HOLDERS = 240
_KINDS = ("subsidy", "lease", "guarantee", "investment", "taxPreference", "concession", "assetDisposal")


def populate(world: World, ministry: Entity, size: int, days: int, with_cooperative: bool) -> None:
    """Fill a world with `size` companies and the processes of `days` days."""
    rng = world.rng
    place = bodies.district(world, ministry, max(4, min(14, size // 12)))
    hub = size // 6 if size >= 30 else 0
    bidders: list[Entity] = []
    if with_cooperative:
        bidders.append(companies.cooperative(world, HOLDERS))
    while world.companies < size - hub:
        bidders.append(companies.group(world, size - hub - world.companies))
    if hub > 2:
        idle = companies.nominees(world, hub - 2, bidders)
        for company in idle[:: max(1, len(idle) // 3)]:
            start = world.past()
            world.debar(company, start, start + rng.between(200, 700))
    _tenders(world, place, bidders, max(2, size // 2), days)
    _allocations(world, place, bidders, max(len(_KINDS), size // 40), days)
    _changes(world, bidders)


def _tenders(world: World, place: District, bidders: list[Entity], count: int, days: int) -> None:
    rng = world.rng
    bids: Counter[Entity] = Counter()
    wins: Counter[tuple[Entity, Entity]] = Counter()
    meetings: Counter[frozenset[Entity]] = Counter()
    for _ in range(count):
        buyer = rng.pick(place.buyers)
        wanted = rng.sample(bidders, min(len(bidders), rng.between(2, 5)))
        chosen: list[Entity] = []
        for company in wanted:
            met = all(meetings[frozenset((company, other))] < _MOST_MEETINGS for other in chosen)
            if met and bids[company] < _MOST_BIDS and wins[buyer, company] < _MOST_WINS:
                chosen.append(company)
        if not chosen:
            continue
        bids.update(chosen)
        meetings.update(frozenset(pair) for pair in combinations(chosen, 2))
        lots = 2 if len(chosen) >= 4 and rng.random() < 0.4 else 0
        procuring = place.department if rng.random() < 0.15 else None
        opened = world.opened + rng.below(days)
        process = world.plan(buyer, lots=lots, procuring=procuring, opened=opened)
        if len(chosen) == 1 or rng.random() < 0.08:
            process.method = "direct"
            process.bids = [Bid((chosen[0],), (), True)]
            process.lots = ()
        elif lots:
            half = len(chosen) // 2
            process.bids = [
                Bid((company,), ("1",) if number < half else ("2",), number in (0, half))
                for number, company in enumerate(chosen)
            ]
        elif len(chosen) >= 3 and rng.random() < 0.2:
            process.bids = [Bid((chosen[0], chosen[1]), (), True), *(Bid((c,)) for c in chosen[2:])]
        else:
            process.bids = [Bid((company,), (), number == 0) for number, company in enumerate(chosen)]
        process.cancelled = rng.random() < 0.03
        for bid in process.bids:
            if bid.wins:
                wins.update((buyer, company) for company in bid.tenderers)
        world.publish(process)
        if rng.random() < 0.6:
            _committee(world, place, process)


def _committee(world: World, place: District, process: Process) -> None:
    rng = world.rng
    serving = place.staff[process.buyer]
    seats = [Seat(person, role) for person, role in zip(serving, ("chair", "member", "secretary"), strict=False)]
    seats.append(Seat(rng.pick(place.officials), "evaluator"))
    if rng.random() < 0.1:
        seats.append(Seat(world.person(), "member", process.opened + rng.between(1, 9)))
    world.committee(process, seats, process.lots[:1] if rng.random() < 0.3 else ())


def _allocations(world: World, place: District, bidders: list[Entity], count: int, days: int) -> None:
    rng = world.rng
    deciders = place.staff[place.department]
    for number in range(count):
        day = world.opened + rng.below(days)
        world.allocate(
            _KINDS[number % len(_KINDS)],
            place.department,
            rng.pick(bidders),
            deciders[: rng.between(1, 2)],
            day,
            price=rng.pick((1.0, 0.9, 0.75)),
            asset=f"asset-{world.name}-{number}",
        )


def _changes(world: World, bidders: list[Entity]) -> None:
    """Registers send some companies again; what is new in them replaces what they said before."""
    for company in bidders:
        if world.rng.random() < 0.02:
            world.register_again(company)
