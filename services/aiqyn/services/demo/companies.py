"""Companies of the background and who is behind them: chains, rings, bands, nominees, a cooperative.

Two groups never share a person, a company or a contact: bidders of different groups have nothing in common.
"""

from __future__ import annotations

from aiqyn.services.demo import names
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.statements import Band, Unspecified, Version
from aiqyn.services.demo.world import World

_BANDS: tuple[Band, ...] = (
    Band(25, 50, low_open=True),
    Band(50, 75, low_open=True, high_open=True),
    Band(75, 100),
)
_LINKS: tuple[float | Band, ...] = (100, 80, 66.7, 51, Band(50, 75, low_open=True))
_SPLITS = ((100,), (60, 40), (51, 49), (40, 35, 25), (70, 20, 10), (33.3, 33.3, 33.4), (25, 25, 25, 25))


def group(world: World, most: int) -> Entity:
    """A company that bids, with its owners above it, in at most `most` companies."""
    rng = world.rng
    version: Version = "0.2" if rng.random() < 0.1 else "0.4"
    bidder = world.company(listed=rng.random() < 0.03)
    form = rng.random()
    if form < 0.55 or most < 3:
        _owned(world, bidder, version)
    elif form < 0.75:
        _chain(world, bidder, min(most - 1, rng.between(1, 5)))
    elif form < 0.87:
        _diamond(world, bidder)
    elif form < 0.95:
        _ring(world, bidder)
    else:
        world.stake(_manager(world), bidder, rng.pick(_BANDS))
    if rng.random() < 0.6:
        _managed(world, bidder)
    return bidder


def _owned(world: World, company: Entity, version: Version = "0.4") -> None:
    for share in world.rng.pick(_SPLITS):
        world.stake(world.person(), company, share, version=version)
    if world.rng.random() < 0.05:
        before = world.past()
        world.stake(world.person(), company, 100, start=before - 1000, end=before - 400)


def _managed(world: World, company: Entity) -> None:
    rng = world.rng
    start = world.past()
    if rng.random() < 0.15:
        world.role(world.person(), company, "director", start=start - 700, end=start)
    world.role(_manager(world), company, "director", start=start)
    if rng.random() < 0.3:
        world.role(world.person(), company, "accountant")
    if rng.random() < 0.15:
        world.role(world.person(), company, rng.pick(("founder", "manager", "representative")))
    if rng.random() < 0.15:
        world.role(world.person(), company, "boardMember")


def _manager(world: World) -> Person:
    person = world.person()
    if world.rng.random() < 0.2:
        world.relation(person, world.person(female=not person.female), "spouse", start=world.past())
    return person


def _chain(world: World, bidder: Entity, links: int) -> None:
    below = bidder
    for _ in range(links):
        above = world.company()
        world.stake(above, below, world.rng.pick(_LINKS))
        below = above
    _owned(world, below)


def _diamond(world: World, bidder: Entity) -> None:
    left, right = world.company(), world.company()
    owner = world.person()
    for above, share in ((left, 55.0), (right, 45.0)):
        world.stake(above, bidder, share)
        world.stake(owner, above, world.rng.pick((30, 60, 90)))


def _ring(world: World, bidder: Entity) -> None:
    """Cross-holdings with owners outside them."""
    other = world.company()
    world.stake(other, bidder, 30)
    world.stake(bidder, other, 20)
    world.stake(world.person(), bidder, 70)
    world.stake(world.person(), other, 80)


def nominees(world: World, count: int, mothers: list[Entity]) -> list[Entity]:
    """Companies at one address with one nominee director; they never bid, some belong to bidders."""
    rng = world.rng
    director = world.person()
    address = f"улица {names.russian(names.word(rng))}, дом 1, этаж 3"
    made: list[Entity] = []
    for number in range(count):
        company = world.company(address=address)
        world.role(director, company, "director")
        if number % 5 == 4:
            world.stake(Unspecified(), company, rng.pick((30, 60, 100)))
        elif number % 5 == 3 and len(made) >= 2 and number % 2:
            world.stake(made[-1], company, 100)
        elif mothers and number % 3 == 0:
            world.stake(rng.pick(mothers), company, rng.pick((40, 75, 100)))
        else:
            world.stake(world.person(), company, 100)
        made.append(company)
    if len(made) >= 3:
        first, second = world.company(), world.company()
        world.stake(first, second, 100)
        world.stake(second, first, 100)
        made.extend((first, second))
    return made


def cooperative(world: World, holders: int) -> Entity:
    """A company of so many holders with equal shares of almost all of it."""
    made = world.company()
    share = int(100_000 / holders) / 1000
    for _ in range(holders):
        world.stake(world.person(), made, share)
    _managed(world, made)
    return made
