"""The parts into which the cases are divided: each is judged by one worker at a time."""

from __future__ import annotations

import zlib

SHARDS = 64
"""Fixed for ever: the part of an alert is stored beside it."""


def shard_of(case: str) -> int:
    """The part, 0 to 63, that a case belongs to; `case` is its key (`engine.case_key`)."""
    return zlib.crc32(case.encode()) % SHARDS


def part_of_issues(seq: int) -> int:
    """The part with which the quality issues of an event are written that the world finds in it."""
    return seq % SHARDS
