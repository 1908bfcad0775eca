"""COI-09: declared a conflict, yet stayed in the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiqyn.rules.model import Finding, Lack, Path, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.terms.influence import before, concerns, conduct, seat_level, unrecused
from aiqyn.rules.terms.ties import turned
from aiqyn.rules.view import Case, GraphView, Link, Node, Party, Seat, Way
from aiqyn.schemas.days import NO_DAYS, Days


@dataclass(frozen=True, slots=True)
class Params:
    """No parameters."""


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag each bidder or supplier with which a person named in the process declared a conflict by the last day of the
    window, while that person stayed unrecused in a deciding role or as secretary on a day of it."""
    for person, seats in case.seats.items():
        items = [
            (declaration, item, turned(same))
            for declarant, same in view.same_as(person)
            for declaration in view.declarations(declarant)
            for item in declaration.items
            if item.kind == "conflict" and (not item.ocid or item.ocid == case.ocid)
        ]
        if not items:
            continue
        for party in case.parties:
            stayed, kept = _stayed(seats, party, case, view)
            if not kept:
                continue
            for declaration, item, same in items:
                if item.counterparty is None and not item.ocid:
                    continue
                if item.counterparty is not None and item.counterparty != party.node:
                    continue
                filed = before(declaration.filed_on, party.last_day_first + 1, party.last_day + 1)
                if not filed.possible:
                    continue
                days = stayed if filed.certain else stayed.as_possible()
                yield _finding(person, party, kept, same, declaration.seq, days, view)


def _stayed(seats: Sequence[Seat], party: Party, case: Case, view: GraphView) -> tuple[Days, list[Seat]]:
    """Days of the window in a deciding seat about the party's lots, and those seats."""
    days, found = NO_DAYS, []
    for seat in seats:
        if seat_level(seat) is None or not concerns(seat, party):
            continue
        recused = conduct(seat.person, party, case, view).recused
        if recused.certain:
            continue
        here = unrecused(seat) & party.span
        if recused.possible:
            here = here.as_possible()
        if here:
            days = days | here
            found.append(seat)
    return days, found


def _finding(
    person: Node, party: Party, seats: Sequence[Seat], same: Way, seq: int, days: Days, view: GraphView
) -> Finding:
    declared = Link("declared", same[-1].target if same else person, party.node, seq)
    return Finding(
        rule=RULE.id,
        party=party,
        companies=(party.node,),
        persons=(person,),
        certainty="certain" if party.surely(days) else "possible",
        severity="high",
        paths=[Path((seat.link,), (*view.joined((person,)), *same, declared, party.link)) for seat in seats],
    )


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    seated = [person for person, seats in case.seats.items() if any(seat_level(seat) for seat in seats)]
    if not seated:
        yield Lack(lacking.COMMITTEE, None)
    elif not any(view.declarations(person) for person in seated):
        yield Lack(lacking.DECLARATIONS, None)


RULE = Rule(
    id="COI-09",
    version=1,
    title="Declared a conflict and did not recuse",
    summary="Records show that {persons} declared a conflict of interest concerning {companies} and remained in a "
    "deciding role of this process.",
    severity="high",
    mapping="OECD",
    needs=("procurement.committee", "official.declaration"),
    topic="declarations",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Who is recused before the award is not flagged.",
)
