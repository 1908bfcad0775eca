"""BODS timelines: the versions of one relationship record as segments of time (design, section 5).

One timeline per interest type: a version overwrites it from its effective date on. A partial date makes a stretch on
which either version may be the one in force: there the share is the hull of both, and it holds certainly only where
both hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from aiqyn.schemas.days import BEGINNING, FOREVER, DaySpan, parse_optional_day
from aiqyn.schemas.shares import UNKNOWN, Share, hull
from aiqyn.streams.facts import Head, Interest, OwnershipRecord


class Version(NamedTuple):
    """One statement of a relationship record."""

    head: Head
    fact: OwnershipRecord


class Piece(NamedTuple):
    """An interest in force on `[start, end)`."""

    start: int
    end: int
    certain: bool
    share: Share
    stated: bool
    """Whether a share is stated at all."""
    level: str
    seq: int
    written: tuple[str | None, str | None]


Timeline = list[Piece]


def share_of(interest: Interest) -> Share:
    """The interest's share as a fraction of 1; between nothing and all where none is stated."""
    if not interest.minimum and not interest.maximum:
        return UNKNOWN
    return _share(interest.minimum, interest.maximum, interest.minimum_open, interest.maximum_open)


@lru_cache(maxsize=16384)
def _share(minimum: str, maximum: str, minimum_open: bool, maximum_open: bool) -> Share:
    low = Fraction(minimum) / 100 if minimum else Fraction(0)
    high = Fraction(maximum) / 100 if maximum else Fraction(1)
    return Share(low, high, minimum_open, maximum_open)


def order(version: Version) -> tuple[int, int, int, str]:
    """Versions of a record in order: statement date, event time, event id."""
    span = parse_optional_day(version.fact.statement_date)
    first, last = span if span is not None else (BEGINNING, BEGINNING)
    return first, last, version.head.instant, version.head.id


def timelines(versions: Sequence[Version]) -> dict[tuple[str, int], Timeline]:
    """The timeline of each interest of a record, by type and place among the interests of its type."""
    lines: dict[tuple[str, int], Timeline] = {}
    starts: dict[tuple[str, int], str | None] = {}
    for number, version in enumerate(sorted(versions, key=order)):
        fact = version.fact
        stated = parse_optional_day(fact.statement_date)
        day = stated if stated is not None else DaySpan(BEGINNING, BEGINNING)
        listed = _listed(fact, starts)
        for key, interest in listed.items():
            line = lines.get(key, [])
            effective = _effective(interest, starts.get(key), key in starts, number == 0, day)
            line = _overwrite(line, effective, interest, version)
            starts[key] = interest.start or None
            end = parse_optional_day(interest.end)
            if end is not None:
                line = _cut(line, end, interest.end)
            elif fact.closed:
                line = _cut(line, day, fact.statement_date)
            lines[key] = line
        for key in [key for key in lines if key not in listed]:
            lines[key] = _cut(lines[key], day, fact.statement_date)
            starts.pop(key, None)
    return {key: line for key, line in lines.items() if line}


def _listed(fact: OwnershipRecord, starts: Mapping[tuple[str, int], str | None]) -> dict[tuple[str, int], Interest]:
    """The interests of a version by type and place. One that begins when one of the version before began is the same
    interest, wherever it is listed; the others take the free places in their order."""
    listed: dict[tuple[str, int], Interest] = {}
    others: list[Interest] = []
    for interest in fact.interests:
        same = (
            key
            for key, start in sorted(starts.items())
            if key[0] == interest.type and start == (interest.start or None) and key not in listed
        )
        key = next(same, None)
        if key is None:
            others.append(interest)
        else:
            listed[key] = interest
    for interest in others:
        listed[next((interest.type, n) for n in count() if (interest.type, n) not in listed)] = interest
    return listed


def _effective(interest: Interest, before: str | None, known: bool, first: bool, day: DaySpan) -> DaySpan:
    start = parse_optional_day(interest.start)
    if start is not None and not (known and interest.start == before):
        return start
    if first or not known:
        return start if start is not None else (DaySpan(BEGINNING, day.last) if first else day)
    return day


def _overwrite(line: Timeline, effective: DaySpan, interest: Interest, version: Version) -> Timeline:
    """From `effective` on the new version's value; on its uncertain days either the old value or the new."""
    low, high = effective
    share = share_of(interest)
    stated = bool(interest.minimum or interest.maximum)
    seq = version.head.seq
    written = (interest.start or None, interest.end or None)
    out: Timeline = []
    covered: list[tuple[int, int]] = []
    for piece in line:
        if piece.start < min(piece.end, low):
            out.append(piece._replace(end=min(piece.end, low)))
        start, end = max(piece.start, low), min(piece.end, high)
        if start < end:
            covered.append((start, end))
            out.append(
                piece._replace(
                    start=start, end=end, share=hull(piece.share, share), stated=piece.stated or stated,
                    seq=seq, written=written,
                )
            )  # fmt: skip
    for start, end in _gaps(low, high, covered):
        out.append(Piece(start, end, False, share, stated, interest.level, seq, written))
    if high < FOREVER:
        out.append(Piece(high, FOREVER, True, share, stated, interest.level, seq, written))
    return out


def _gaps(low: int, high: int, covered: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    gaps = []
    at = low
    for start, end in sorted(covered):
        if at < start:
            gaps.append((at, start))
        at = max(at, end)
    if at < high:
        gaps.append((at, high))
    return gaps


def _cut(line: Timeline, end: DaySpan, text: str) -> Timeline:
    """Nothing from `end` on; on its uncertain days only possibly."""
    out: Timeline = []
    for piece in line:
        written = (piece.written[0], text or None)
        if piece.end <= end.first:
            out.append(piece)
            continue
        if piece.start < end.first:
            out.append(piece._replace(end=end.first, written=written))
        start, stop = max(piece.start, end.first), min(piece.end, end.last)
        if start < stop:
            out.append(piece._replace(start=start, end=stop, certain=False, written=written))
    return out
