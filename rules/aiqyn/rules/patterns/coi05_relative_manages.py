"""COI-05: a relative of the official manages, represents or founded the company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aiqyn.rules.model import Finding, Lack, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import interest, lacking
from aiqyn.rules.terms.conflict import conflict
from aiqyn.rules.terms.ties import ties
from aiqyn.rules.view import Case, GraphView


@dataclass(frozen=True, slots=True)
class Params:
    degrees: tuple[int, int] = field(
        default=(2, 2),
        metadata={"help": "widest degree of blood and of affinity; the profile's kinship bounds both"},
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a bidder or supplier of which a relative of a person with influence over the process is director, manager,
    representative or founder. Degrees of kinship are the profile's."""
    for party in case.parties:
        for each in ties(party, case, view):
            tie = each.within(params.degrees)
            if tie is None or tie.own:
                continue
            days = interest.manages(tie.holder, party, party.window, view)
            if days:
                ways = (interest.role_ways(tie.holder, party, days, view), 0)
                found = conflict(RULE.id, party, tie, days, ways, (1, 2, 4), {"degrees": params.degrees})
                if found is not None:
                    yield found


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    yield from lacking.influence(case, view, (1, 2, 4))
    yield from lacking.relatives(case, view, (1, 2, 4))
    yield from lacking.managers(case.parties, view)


RULE = Rule(
    id="COI-05",
    version=1,
    title="A relative manages the company",
    summary="Records show that {persons}: the first has influence over this allocation, the second is a relative and "
    "manages, represents or founded {companies}.",
    severity="by the table of influence and kinship",
    mapping="KZ law art. 7",
    needs=("official.occupancy", "official.relation", "registry.directorship"),
    topic="people",
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="Cousins, former spouses and associates are no relatives; ex-officio roles are no interest.",
)
