"""The shareholders of one company on one day: stakes of all sources brought to one share a holder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Literal, NamedTuple

from aiqyn.schemas.shares import NOTHING, Share, Threshold, add, cut_at_one, greatest, hull
from aiqyn.streams.ownership.stakes import VOTES, Stake

Dimension = Literal["capital", "votes"]
Shares = Mapping[int, Share]
"""Holder to its share in one company."""

_ZERO = Fraction(0)
_OVER_THE_WHOLE = Threshold(Fraction(1), ">")


class Shareholders(NamedTuple):
    """Who holds one company: fractions of 1, within the whole."""

    capital: Shares
    votes: Shares
    """The very object `capital` where nobody's voting rights are stated."""
    over_allocated: tuple[Dimension, ...] = ()
    """The dimensions whose lower bounds as stated sum over 1."""


def shareholders(stakes: Iterable[Stake]) -> Shareholders:
    """The shareholders of the one company that all of `stakes` are in. O(stakes).

    Within a source stakes of one dimension add up; several sources give the interval from the least lower
    to the greatest upper bound. Where none of a holder's sources is certainly in force the lower bound is 0.
    Capital is the greatest of shareholding and every other dimension but votes, never their sum.

    Lower bounds over the whole: every stake counts as [0, stated]. Upper bounds over it: each is cut to
    1 minus the others' lower bounds.

    Votes equal capital where no voting rights are stated. Where they are only possibly in force both
    readings count: the least lower, the greatest upper bound.
    """
    stated: dict[str, dict[int, list[Stake]]] = {}
    for stake in stakes:
        stated.setdefault(stake.dimension, {}).setdefault(stake.holder, []).append(stake)
    voting = stated.pop(VOTES, None)
    capital, over_capital = _within_the_whole(_capital(stated))
    over: tuple[Dimension, ...] = ("capital",) if over_capital else ()
    if voting is None:
        return Shareholders(capital, capital, over)
    votes, over_votes = _within_the_whole({holder: _today(theirs) for holder, theirs in voting.items()})
    if over_votes:
        over = (*over, "votes")
    if not any(stake.certain for theirs in voting.values() for stake in theirs):
        votes = _either(capital, _if_in_force(voting, votes))
    return Shareholders(capital, votes, over)


def _capital(stated: Mapping[str, Mapping[int, list[Stake]]]) -> dict[int, Share]:
    if len(stated) == 1:
        (one,) = stated.values()
        return {holder: _today(theirs) for holder, theirs in one.items()}
    shares: dict[int, Share] = {}
    for by_holder in stated.values():
        for holder, theirs in by_holder.items():
            shares[holder] = greatest(shares.get(holder, NOTHING), _today(theirs))
    return shares


def _today(stakes: list[Stake]) -> Share:
    """One holder's share in one dimension; 0 is possible where no stake is certainly in force."""
    if len(stakes) == 1 and stakes[0].certain:
        return stakes[0].share
    share = _in_force(stakes)
    if any(stake.certain for stake in stakes):
        return share
    return Share(_ZERO, share.high, False, share.high_open)


def _in_force(stakes: list[Stake]) -> Share:
    """One holder's share in one dimension, given that some of its stakes are in force."""
    if len(stakes) == 1:
        return stakes[0].share
    by_source: dict[int, list[Stake]] = {}
    for stake in stakes:
        by_source.setdefault(stake.source, []).append(stake)
    return reduce(hull, map(_of_source, by_source.values()))


def _of_source(stakes: list[Stake]) -> Share:
    """What one source states, given that it is in force: at least its certain stakes, or else one of them."""
    everything = reduce(add, [stake.share for stake in stakes])
    certain = [stake.share for stake in stakes if stake.certain]
    if certain:
        least = reduce(add, certain)
        low, low_open = least.low, least.low_open
    else:
        low, low_open = min((stake.share.low, stake.share.low_open) for stake in stakes)
    return Share(low, everything.high, low_open, everything.high_open)


def _within_the_whole(shares: Shares) -> tuple[Shares, bool]:
    """`shares` cut so that together they can be 1, and whether even their lower bounds are over 1."""
    highs = exact_sum([share.high for share in shares.values()])
    if highs < 1:
        return shares, False
    exact = all([share.low is share.high for share in shares.values()])
    low = highs if exact else exact_sum([share.low for share in shares.values()])
    open_lows = sum([share.low_open for share in shares.values()])
    if Share(low, low, open_lows > 0).surely(_OVER_THE_WHOLE):
        free = {holder: Share(_ZERO, share.high, False, share.high_open) for holder, share in shares.items()}
        return {holder: cut_at_one(share) for holder, share in free.items()}, True
    if highs == 1:
        return shares, False
    slack = 1 - low
    return {holder: _cut(share, slack, open_lows > share.low_open) for holder, share in shares.items()}, False


def _cut(share: Share, slack: Fraction, others_open: bool) -> Share:
    """`share` with its upper bound at most 1 minus the others' lower bounds: `slack` plus its own lower."""
    if share.high < slack:
        return share
    limit = share.low + slack
    if share.high > limit:
        return Share(share.low, limit, share.low_open, others_open)
    if share.high == limit and others_open:
        return share._replace(high_open=True)
    return share


def _if_in_force(voting: Mapping[int, list[Stake]], votes: Shares) -> Shares:
    """`votes` in the reading where some voting right is in force: the only one who has any then has them."""
    if len(voting) > 1:
        return votes
    ((holder, stakes),) = voting.items()
    return {holder: cut_at_one(_in_force(stakes))}


def _either(capital: Shares, votes: Shares) -> Shares:
    holders = dict.fromkeys((*capital, *votes))
    return {holder: hull(capital.get(holder, NOTHING), votes.get(holder, NOTHING)) for holder in holders}


def exact_sum(values: Collection[Fraction]) -> Fraction:
    """The exact sum; one step a value, however many there are, where few denominators occur."""
    if len(values) == 1:
        return next(iter(values))
    numerators: dict[int, int] = {}
    for value in values:
        numerator, denominator = value.as_integer_ratio()
        numerators[denominator] = numerators.get(denominator, 0) + numerator
    common = lcm(*numerators)
    return Fraction(sum([n * (common // d) for d, n in numerators.items()]), common)
