"""Timelines of a relationship record against the words of design section 5, read day by day."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas.days import BEGINNING, FOREVER, iso, parse_day
from aiqyn.streams.facts import Head, Interest, OwnershipRecord
from aiqyn.streams.world.timeline import Timeline, Version, timelines

FIRST = parse_day("2024-01-01").first
DAYS = range(FIRST, FIRST + 12)


def interest(share: str, start: str = "", end: str = "", kind: str = "shareholding") -> Interest:
    return Interest(kind, "direct", share, False, share, False, start, end)


def version(number: int, date: str, *interests: Interest, closed: bool = False) -> Version:
    head = Head(number, "/owners", f"{number:03}", "ownership.statement.v1", number, "", "", 0)
    fact = OwnershipRecord(
        "REC:/owners:r", (), closed, date, "REC:/owners:c", "REC:/owners:p", "", False, (), interests
    )
    return Version(head, fact)


def on(line: Timeline, day: int) -> tuple[Fraction, bool] | None:
    """The share on a day, and whether certainly."""
    found = [piece for piece in line if piece.start <= day < piece.end]
    assert len(found) <= 1
    return (found[0].share.high, found[0].certain) if found else None


# --- the words, day by day: one interest, whole dates ---------------------------------------------------------


def by_day(versions: list[Version], day: int) -> tuple[Fraction, bool] | None:
    """What the versions say of a day, each overwriting what those before it said."""
    value: tuple[Fraction, bool] | None = None
    before: str | None = None
    for place, each in enumerate(sorted(versions, key=lambda v: (v.fact.statement_date, v.head.instant))):
        stated = parse_day(each.fact.statement_date).first
        if not each.fact.interests:
            value, before = (None if day >= stated else value), None
            continue
        (said,) = each.fact.interests
        share = Fraction(said.minimum) / 100
        if said.start and said.start != before:
            effective = parse_day(said.start).first
        elif place == 0 and not said.start:
            effective = stated
            if day < stated:
                value = share, False
        else:
            effective = stated
        if day >= effective:
            value = share, True
        end = parse_day(said.end).first if said.end else stated if each.fact.closed else FOREVER
        if day >= end:
            value = None
        before = said.start or ""
    return value


days_ = st.sampled_from([iso(day) for day in DAYS])
maybe_ = st.one_of(st.just(""), days_)


@st.composite
def versions_(draw: st.DrawFn) -> list[Version]:
    made = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        listed = draw(st.booleans()) or number == 1
        said = [interest(str(draw(st.integers(1, 99))), draw(maybe_), draw(maybe_))] if listed else []
        made.append(version(number, draw(days_), *said, closed=draw(st.integers(0, 3)) == 0))
    return made


@settings(max_examples=250, deadline=None)
@given(versions_(), st.randoms(use_true_random=False))
def test_a_timeline_says_what_its_versions_say_in_any_order(versions: list[Version], chance: Random) -> None:
    shuffled = list(versions)
    chance.shuffle(shuffled)
    lines = timelines(shuffled)
    assert lines == timelines(versions)
    line = [piece for each in lines.values() for piece in each]
    for day in (BEGINNING, FIRST - 1, *DAYS, FIRST + 40):
        assert on(line, day) == by_day(versions, day), (iso(day) if day else day, versions)


def test_an_interest_that_began_on_the_same_day_is_the_same_wherever_it_is_listed() -> None:
    former, present = interest("60", "2015-01-01"), interest("4", "2023-01-01")
    ended = interest("60", "2015-01-01", "2023-01-01")
    lines = timelines([version(1, "2015-01-02", former), version(2, "2023-01-02", present, ended)])
    day = parse_day("2022-06-01").first
    assert sum((held[0] for line in lines.values() if (held := on(line, day))), Fraction(0)) == Fraction(60, 100)


def test_each_type_has_a_timeline_of_its_own() -> None:
    lines = timelines([version(1, "2020-01-01", interest("60"), interest("30", kind="votingRights"))])
    assert {key: on(line, FIRST) for key, line in lines.items()} == {
        ("shareholding", 0): (Fraction(60, 100), True),
        ("votingRights", 0): (Fraction(30, 100), True),
    }


def test_on_the_uncertain_days_of_a_change_either_share_may_hold() -> None:
    lines = timelines(
        [version(1, "2020-01-01", interest("60", "2019-01-01")), version(2, "2024-02", interest("2", "2024-02"))]
    )
    line = lines["shareholding", 0]
    assert on(line, parse_day("2024-01-31").first) == (Fraction(60, 100), True)
    (piece,) = [piece for piece in line if piece.start <= parse_day("2024-02-10").first < piece.end]
    assert (piece.share.low, piece.share.high) == (Fraction(2, 100), Fraction(60, 100))
    assert on(line, parse_day("2024-03-01").first) == (Fraction(2, 100), True)
