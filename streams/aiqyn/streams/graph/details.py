"""What an edge says beside its ends and days. Equal details are kept once."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from aiqyn.schemas.shares import Share


class PostDetail(NamedTuple):
    role: str
    level: str
    ex_officio: bool
    title: str


class RoleDetail(NamedTuple):
    role: str
    ex_officio: bool


PARTS = 10**12
"""A whole, in the units in which shares are summed roughly."""


class StakeDetail(NamedTuple):
    dimension: str
    """capital, votes, or the name of another interest that states a share."""
    share: Share
    indirect: bool
    source: int
    """Which source states it: stakes of one source add up, those of several are one."""
    at_least: int
    """The share's lower bound in `PARTS`, rounded up: to see cheaply whether a company may be over-allocated."""

    @staticmethod
    @lru_cache(maxsize=16384)
    def of(dimension: str, share: Share, indirect: bool, source: int) -> StakeDetail:
        return StakeDetail(dimension, share, indirect, source, ceil(share.low * PARTS))


class ControlDetail(NamedTuple):
    interest: str
    """The BODS interest that confers control."""
    indirect: bool


class TieDetail(NamedTuple):
    relationship: str
    """As stated: spouse, adoptedChild ..."""


class NoDetail(NamedTuple):
    """The edge says it all."""


Detail = PostDetail | RoleDetail | StakeDetail | ControlDetail | TieDetail | NoDetail
