"""Stakes and controlling interests in force on one day: what the analysis is given."""

from __future__ import annotations

from typing import NamedTuple

from aiqyn.schemas.shares import Share

CAPITAL = "capital"
"""Dimension of a stake: shareholding."""
VOTES = "votes"
"""Dimension of a stake: voting rights. Any other name is another interest that states a share."""


class Stake(NamedTuple):
    """`holder` holds a share of `company`, as one source states it."""

    holder: int
    company: int
    source: int
    """Stakes of one source add up; different sources speak of the same stake."""
    dimension: str
    """`capital` (shareholding), `votes` (voting rights), or the name of another type of interest."""
    share: Share
    """Fractions of 1, closed or open bounds, `0 <= low <= high`."""
    certain: bool
    """False: only possibly in force on that day."""


class Control(NamedTuple):
    """`holder` has an interest that confers control of `company`, whatever its share.

    BODS interest types such as `appointmentOfBoard`, `otherInfluenceOrControl`, `nominator`.
    """

    holder: int
    company: int
    certain: bool
    """False: only possibly in force on that day."""
