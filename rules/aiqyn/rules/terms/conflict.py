"""One official, one interest, one party: the finding they make together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

from aiqyn.rules.model import Finding, Path, Severity, worse
from aiqyn.rules.terms.influence import Influence
from aiqyn.rules.terms.severity import severity
from aiqyn.rules.terms.ties import Tie
from aiqyn.rules.view import DatedWay, Party, Way
from aiqyn.schemas.days import NO_DAYS, Days

MOST_PATHS = 50
_FEW = 10
_MOST_COMBINATIONS = 5000


def conflict(
    rule: str,
    party: Party,
    tie: Tie,
    interest: Days,
    ways: tuple[Sequence[DatedWay], int],
    levels: Collection[int],
    parameters: Mapping[str, object] | None = None,
    fixed: Severity | None = None,
) -> Finding | None:
    """The finding if influence at one of the levels, the family tie and the interest are in force on one same day of
    the party's window; None if they are on none. `fixed`: a severity instead of the table's."""
    shared = interest & tie.family_days & party.span
    if not shared:
        return None
    days = NO_DAYS
    worst: Severity | None = None
    power: list[Influence] = []
    for influence in tie.influence:
        common = influence.days & shared if influence.level in levels else NO_DAYS
        if common:
            days = days | common
            grade = "info" if _steps_back(tie, influence) else fixed or _graded(tie, influence, common)
            worst = grade if worst is None else worse(worst, grade)
            power.append(influence)
    if worst is None:
        return None
    paths, omitted = _paths(party, tie, power, days, ways)
    managed = tie.conduct.managed or all(_steps_back(tie, influence) for influence in power)
    return Finding(
        rule=rule,
        party=party,
        companies=(party.node,),
        persons=tie.persons,
        certainty="certain" if party.surely(days) else "possible",
        severity="info" if managed else worst,
        paths=paths,
        paths_omitted=omitted,
        managed=managed,
        parameters=parameters or {},
    )


def _steps_back(tie: Tie, influence: Influence) -> bool:
    """Whether the influence is that of a seat from which the official recused in time: it counts only as managed."""
    return influence.seat and tie.conduct.recused.certain


def _graded(tie: Tie, influence: Influence, days: Days) -> Severity:
    near = tie.own or any(kin.near and (kin.days & days) for kin in tie.kin)
    return severity(influence.level, near)


def _paths(
    party: Party, tie: Tie, power: Sequence[Influence], days: Days, ways: tuple[Sequence[DatedWay], int]
) -> tuple[list[Path], int]:
    """The shortest combinations of a way of duty, a way through the family and a way of interest that are in force
    together, and how many more there are (-1: not counted)."""
    stakes, omitted = ways
    order = tie.order
    duties = sorted((influence.way for influence in power), key=lambda way: order(way.links))
    kinship = sorted((DatedWay(*family) for family in families(tie)), key=lambda way: order(way.links))
    interests = sorted(stakes, key=lambda way: order(way.links))
    if len(duties) * len(kinship) * len(interests) > _MOST_COMBINATIONS:
        duties, kinship, interests = duties[:_FEW], kinship[:MOST_PATHS], interests[:MOST_PATHS]
        omitted = -1
    together = [
        (len(duty.links) + len(family.links) + len(stake.links), number, duty, family, stake)
        for number, (duty, family, stake) in enumerate(product(duties, kinship, interests))
        if duty.days & family.days & stake.days & days
    ]
    together.sort(key=lambda found: found[:2])
    shown = together[: 4 * MOST_PATHS]
    paths = [
        Path(duty.links, (*tie.before, *family.links, *tie.after, *stake.links, party.link))
        for _, _, duty, family, stake in shown
    ]
    if omitted < 0 or not all(kin.counted for kin in tie.kin):
        return paths, -1
    return paths, omitted + len(together) - len(shown)


def families(tie: Tie) -> Iterable[tuple[Way, Days]]:
    """Each way from the official to the holder, with its days."""
    if tie.own:
        return [((), tie.family_days)]
    return [(kin.links, kin.days) for kin in tie.kin]
