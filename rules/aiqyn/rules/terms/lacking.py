"""What a rule would need to know about a case to answer no: facts that are not on record (design, section 8).

Asked only where somebody wants to know, never while events come in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from aiqyn.rules.model import Lack
from aiqyn.rules.terms.influence import post_level, seat_level
from aiqyn.rules.view import Case, GraphView, Node, Party
from aiqyn.schemas.days import Days

POSTS, TIES, ROLES, STAKES = "official.occupancy", "official.relation", "registry.directorship", "ownership.statement"
COMMITTEE, DECLARATIONS, DEBARMENTS = "procurement.committee", "official.declaration", "registry.debarment"
PARENT, BUDGET, BIDS = "registry.company.parentBody", "registry.company.budgetLevel", "procurement.release.bids"


def officials(case: Case, view: GraphView, levels: Collection[int]) -> list[Node]:
    """Everybody with influence at one of the levels on some day of some party's window, recused or not."""
    spans = [party.span for party in case.parties]
    found = dict.fromkeys(
        person
        for person, seats in case.seats.items()
        if any(seat_level(seat) in levels and _meets(seat.days, spans) for seat in seats)
    )
    for node, bodies in case.bodies.items():
        for person, post in view.staff(node):
            if any(post_level(post.role, body.distance) in levels for body in bodies) and _meets(post.days, spans):
                found[person] = None
    return list(found)


def _meets(days: Days, spans: Iterable[Days]) -> bool:
    return any(days & span for span in spans)


def influence(case: Case, view: GraphView, levels: Collection[int]) -> Iterator[Lack]:
    """Nobody is known who has influence at one of the levels. Of level 3 the bodies above come first."""
    if officials(case, view, levels):
        return
    if set(levels) == {3} and not above(case):
        yield Lack(PARENT, case.buyer)
    else:
        yield Lack(POSTS, case.buyer)


def above(case: Case) -> list[Node]:
    """The bodies above the buyer."""
    return [node for node, bodies in case.bodies.items() if any(body.distance for body in bodies)]


def relatives(case: Case, view: GraphView, levels: Collection[int]) -> Iterator[Lack]:
    """Of nobody with influence is any relative known."""
    people = officials(case, view, levels)
    if people and not any(_has_family(person, view) for person in people):
        yield Lack(TIES, case.buyer)


def _has_family(person: Node, view: GraphView) -> bool:
    return any(relative != person for relative in view.family(person))


def declarations(case: Case, view: GraphView, people: Iterable[Node]) -> Iterator[Lack]:
    """None of these people filed a declaration whose period meets a party's window."""
    spans = [party.span for party in case.parties]
    filed = (declaration for person in people for declaration in view.declarations(person))
    if not any(_meets(declaration.period, spans) for declaration in filed):
        yield Lack(DECLARATIONS, case.buyer)


def owners(parties: Iterable[Party], view: GraphView) -> Iterator[Lack]:
    """Companies of which no holder is on record in the window."""
    for party in parties:
        if not party.natural_person and not any(view.holding(party.node, party.window).holders()):
            yield Lack(STAKES, party.node)


def managers(parties: Iterable[Party], view: GraphView) -> Iterator[Lack]:
    """Companies of which no role is on record in the window."""
    for party in parties:
        if not party.natural_person and not any(role.days & party.span for role in view.roles(party.node)):
            yield Lack(ROLES, party.node)


def interests(parties: Iterable[Party], view: GraphView) -> Iterator[Lack]:
    """Companies of which no holder, or no role, is on record in the window."""
    listed = tuple(parties)
    yield from owners(listed, view)
    yield from managers(listed, view)


def rivals(case: Case) -> Iterator[Lack]:
    """It is not known who bid against whom."""
    if not case.rivals and (len(case.parties) < 2 or not case.bids_known):
        yield Lack(BIDS, None)


def bidders(case: Case) -> tuple[Party, ...]:
    """The parties that bid against another one, each once."""
    return tuple({party.node: party for pair in case.rivals for party in pair}.values())
