"""Who holds whom upstream of a company on a day, direct holding by direct holding, as a picture needs it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from aiqyn.schemas.days import Days
from aiqyn.schemas.shares import Share
from aiqyn.services.reading.graph import kind_of
from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.ownership.analysis import Ownership, Verdict

_LEVEL = 3
MOST_NODES = 40
MOST_STEPS = 4
"""Holdings between the company and the farthest owner shown."""


class Owner(NamedTuple):
    """Somebody upstream; shares are integrated, of the company asked for."""

    id: str
    kind: str
    """person, body, company; `unknown`: a statement leaves the owner unspecified."""
    capital: Share
    control: Verdict


class Held(NamedTuple):
    """A direct holding. `share` None: an interest that confers control, without a share."""

    owner: str
    owned: str
    share: Share | None
    certain: bool


class OwnershipGraph(NamedTuple):
    """What is upstream, the nearest first. `omitted`: by company how many direct holders are not shown, and what they
    hold together at least."""

    company: str
    owners: list[Owner]
    held: list[Held]
    omitted: dict[str, tuple[int, Share]]


def ownership_graph(company: str, day: int) -> Callable[[Engine], OwnershipGraph | None]:
    """A question: at most 40 owners within four steps; None: no record names the company. Cost: what is upstream."""

    def ask(engine: Engine) -> OwnershipGraph | None:
        atom = engine.world.atoms.find(company)
        if atom is None:
            return None
        view = LevelView(engine.world, _LEVEL, engine.profile)
        node = view.node(atom)
        found = view.holding(node, Days.on(day)).on_day()
        unspecified = {view.node(each) for each in engine.world.unspecified}
        return _graph(view, found, node, unspecified)

    return ask


def _graph(view: LevelView, found: Ownership, company: int, unspecified: set[int]) -> OwnershipGraph:
    steps = _steps(found, company)
    shown = set(list(steps)[: MOST_NODES + 1])
    shown = {node for node in shown if steps[node] <= MOST_STEPS}
    controllers = found.controllers()
    owners = [
        Owner(
            view.name(node),
            "unknown" if node in unspecified else kind_of(view, node),
            found.held_by(frozenset({node})).capital,
            controllers.get(node, "no"),
        )
        for node in steps
        if node in shown and node != company
    ]
    held: list[Held] = []
    omitted: dict[str, tuple[int, Share]] = {}
    for owned in steps:
        if owned not in shown:
            continue
        left: list[Share] = []
        for owner, share, certain in _direct(found, owned):
            if owner in shown:
                held.append(Held(view.name(owner), view.name(owned), share, certain))
            elif share is not None:
                left.append(share)
        if left:
            omitted[view.name(owned)] = (len(left), _together(left))
    return OwnershipGraph(view.name(company), owners, held, omitted)


def _steps(found: Ownership, company: int) -> dict[int, int]:
    """Nodes upstream with their distance, the nearest first, of equal ones the greatest direct share first."""
    steps = {company: 0}
    waiting = deque([company])
    while waiting:
        owned = waiting.popleft()
        for owner, _, _ in _direct(found, owned):
            if owner not in steps:
                steps[owner] = steps[owned] + 1
                waiting.append(owner)
    return steps


def _direct(found: Ownership, owned: int) -> Iterator[tuple[int, Share | None, bool]]:
    """Direct holdings in a company, greatest first; controlling interests behind them."""
    holders = found.shareholders.get(owned)
    capital: Mapping[int, Share] = holders.capital if holders is not None else {}
    for owner, share in sorted(capital.items(), key=lambda item: (-item[1].high, -item[1].low, item[0])):
        yield owner, share, share.low == share.high
    for control in sorted(found.interests.get(owned, ())):
        yield control.holder, None, control.certain


def _together(shares: list[Share]) -> Share:
    whole = Fraction(1)
    low = sum((share.low for share in shares), Fraction(0))
    high = sum((share.high for share in shares), Fraction(0))
    return Share(min(low, whole), min(high, whole))
