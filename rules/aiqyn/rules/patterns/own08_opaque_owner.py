"""OWN-08: nobody can say who owns the supplier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from aiqyn.rules.model import Finding, Lack, Path, Rule
from aiqyn.rules.profile import Profile
from aiqyn.rules.terms import lacking
from aiqyn.rules.view import Case, DatedWay, GraphView, Link, Party
from aiqyn.schemas.days import ALWAYS, NO_DAYS, Days
from aiqyn.schemas.shares import Threshold


@dataclass(frozen=True, slots=True)
class Params:
    min_share: Threshold = field(
        default=Threshold(Fraction(1, 4)), metadata={"help": "least integrated share of an unspecified owner"}
    )
    must_disclose: tuple[str, ...] = field(
        default=(), metadata={"help": "identifier schemes whose companies must state their owners"}
    )
    list: tuple[str, ...] = field(
        default=(),
        metadata={"help": "jurisdictions (ISO 3166 alpha-2) where a company without stated holder is flagged"},
    )


def check(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Finding]:
    """Flag a supplier (or recipient) with a stated but unspecified owner of at least `min_share`, in or below a closed
    loop of companies or an over-allocated company, without a stated holder in a jurisdiction of `list`, or without any
    statement of its owners by the last day of the window though its scheme is in `must_disclose`.

    A remainder that nobody states is no unspecified owner. Listed companies, state-owned companies and natural persons
    are exempt.
    """
    for party in case.parties:
        if party.won and not party.natural_person:
            yield from _judge(party, view, params)


def _judge(party: Party, view: GraphView, params: Params) -> Iterator[Finding]:
    reasons: dict[str, tuple[Days, list[DatedWay]]] = {}
    holding = view.holding(party.node, party.window)
    for owner in holding.unspecified():
        days = holding.owns(frozenset({owner}), params.min_share) & party.window
        if days:
            _add(reasons, "unspecifiedOwner", days, list(holding.ways(owner, days)[0]))
    for code, _, doubtful in holding.doubts():
        _add(reasons, code, doubtful & party.window, [])
    if params.list:
        for company in holding.companies():
            if view.jurisdictions(company) & set(params.list) and not view.has_stated_holder(company):
                _add(reasons, "secrecyJurisdiction", party.window, [])
    silent = not view.disclosed_by(party.node, party.last_day)
    if silent and view.schemes(party.node) & set(params.must_disclose):
        _add(reasons, "notDisclosed", party.window, [])
    if reasons:
        yield from _finding(party, view, params, reasons)


def _add(reasons: dict[str, tuple[Days, list[DatedWay]]], code: str, days: Days, ways: list[DatedWay]) -> None:
    known, known_ways = reasons.get(code, (NO_DAYS, []))
    reasons[code] = (known | days, [*known_ways, *ways])


def _finding(
    party: Party, view: GraphView, params: Params, reasons: dict[str, tuple[Days, list[DatedWay]]]
) -> Iterator[Finding]:
    days = NO_DAYS
    for found, _ in reasons.values():
        days = days | found
    listed = view.is_listed(party.node)
    if listed.certain:
        return
    if listed.possible:
        days = days.minus(ALWAYS.as_possible())
    days = days.minus(view.is_state_owned(party.node, party.window))
    certainty = days.certainty
    if certainty is None:
        return
    paths = [Path((), (*way.links, party.link)) for _, ways in reasons.values() for way in ways]
    if not paths:
        alone: tuple[Link, ...] = (party.link,)
        paths = [Path((), alone)]
    yield Finding(
        rule=RULE.id,
        party=party,
        companies=(party.node,),
        persons=(),
        certainty=certainty,
        severity="medium",
        paths=paths,
        parameters={"min_share": params.min_share, "reasons": sorted(reasons)},
    )


def lacks(case: Case, view: GraphView, params: Params, profile: Profile) -> Iterator[Lack]:
    for party in case.parties:
        exempt = party.natural_person or view.is_listed(party.node).certain
        if party.won and not exempt and not view.disclosed_by(party.node, party.last_day):
            yield Lack(lacking.STAKES, party.node)


RULE = Rule(
    id="OWN-08",
    version=1,
    title="Opaque owner",
    summary="Records do not show who in the end owns {companies}.",
    severity="medium",
    mapping="BODS cases",
    needs=("ownership.statement",),
    both=True,
    topic="owners",
    always=lambda params: bool(params.must_disclose or params.list),
    params=Params(),
    check=check,
    lacking=lacks,
    near_miss="An owner below the threshold, or a remainder that nobody states, is none.",
)
