"""Pictures: everything inside, nothing over another, hostile names shown, the same input the same bytes."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest

from aiqyn.services.pictures import evidence_tall, evidence_wide, ownership, timeline
from aiqyn.services.pictures.canvas import Canvas, Kind, Node, faults
from aiqyn.services.pictures.lanes import Edge, Lane, Side, Words
from aiqyn.services.pictures.layers import Holding, layers

NAMES = (
    "Qiyal Jol Qurylys LLP",
    "Товарищество с ограниченной ответственностью «Алтынқиялқалалықжолқұрылысыжәнежөндеуқызметтері»",
    "\u202eelif.exe\u200b شركة وهمية <script>alert(1)</script>",
    "W" * 80,
)
WORDS = Words("label", "Public duty", "Private interest", "possible", "as above")
PATHS = pytest.mark.parametrize("draw", [evidence_wide.draw, evidence_tall.draw])
MONTHS = [f"m{number}" for number in range(1, 13)]
DAY = date(2024, 4, 10)


def chain(count: int, name: str, side: Side = "interest") -> Lane:
    kinds: list[Kind] = ["person" if at < 2 else "company" for at in range(count)]
    nodes = [Node(f"n{at}", kinds[at], "Caption", f"{name} {at}", ("note",)) for at in range(count)]
    edges = [
        Edge(at + 1, "owns over 25 % to 50 %", "from 21 Jun 2014 to 30 Sep 2024", at % 3 != 2)
        for at in range(count - 1)
    ]
    return Lane(side, tuple(nodes), tuple(edges))


@PATHS
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", range(1, 13))
def test_a_way_of_any_length_fits(draw: Callable[[list[Lane], Words], Canvas], count: int, name: str) -> None:
    assert faults(draw([chain(count, name)], WORDS)) == []


@PATHS
@pytest.mark.parametrize("count", [3, 5, 9])
def test_several_ways_fit_and_are_the_same_each_time(draw: Callable[[list[Lane], Words], Canvas], count: int) -> None:
    base = chain(count, NAMES[1])
    body = Node("b", "body", "Buyer", NAMES[1])
    duty = Lane(
        "duty", (base.nodes[0], body, base.nodes[-1]), (Edge(90, "heads", "", True), Edge(91, "buys", "2024", True))
    )
    son = Node("z", "person", "Son", NAMES[0])
    steps = (Edge(80, "son of", "from birth", True), Edge(81, "owns 10 %", "2020", True))
    third = Lane("interest", (base.nodes[0], son, *base.nodes[-2:]), (*steps, *base.edges[-1:]))
    lanes = [duty, base, third] if count > 3 else [duty, base]
    drawn = draw(lanes, WORDS)
    assert faults(drawn) == []
    assert drawn.parts == draw(lanes, WORDS).parts


@PATHS
def test_lanes_that_contradict_each_other_are_drawn(draw: Callable[[list[Lane], Words], Canvas]) -> None:
    ends = chain(2, "End").nodes
    a, b = (Node(name, "company", "Company", name) for name in "ab")
    steps = tuple(Edge(number, "owns", "", True) for number in (1, 2, 3))
    there, back = Lane("interest", (ends[0], a, b, ends[1]), steps), Lane("interest", (ends[0], b, a, ends[1]), steps)
    assert faults(draw([there, back], WORDS)) == []


@PATHS
def test_hostile_names_become_visible_text(draw: Callable[[list[Lane], Words], Canvas]) -> None:
    drawn = draw([chain(3, NAMES[2])], WORDS).svg("wide", NAMES[2])
    assert "\u202e" not in drawn
    assert "<script" not in drawn
    assert "[U+202E]" in drawn


def test_layers_cut_cycles_and_count_the_longest_way() -> None:
    pairs = [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("b", "d"), ("a", "a"), ("g", "a"), ("g", "b")]
    depth, back = layers("a", [held(owner, owned) for owner, owned in pairs])
    assert (depth["b"], depth["c"], depth["g"]) == (1, 2, 2)
    assert {(each.owner, each.owned) for each in back} == {("b", "d"), ("a", "a")}


def test_a_long_chain_of_owners_needs_no_recursion() -> None:
    depth, back = layers("0", [held(str(at + 1), str(at)) for at in range(5000)])
    assert depth["5000"] == 5000
    assert back == set()


@pytest.mark.parametrize("seed", range(25))
def test_ownership_of_any_shape_fits(seed: int) -> None:
    chance = random.Random(seed)
    names = "abcdefghij"[: chance.randint(1, 10)]
    nodes = {name: Node(name, "company", "Company", NAMES[1], ("owns 5 %",)) for name in names}
    holdings = []
    for owner in names:
        for owned in names:
            if chance.random() < 0.25 and (owner < "e" or owned < "e"):
                holdings.append(held(owner, owned, chance.choice(["25–50 %", "appoints the board", "5 %"])))
    depth, _ = layers("a", holdings)
    holdings = [each for each in holdings if depth.get(each.owner, 9) < 5 and depth.get(each.owned, 9) < 5]
    drawn = ownership.draw("a", nodes, holdings, "cycle")
    assert faults(drawn) == []
    assert drawn.parts == ownership.draw("a", nodes, holdings, "cycle").parts


def held(owner: str, owned: str, text: str = "25–50 %") -> Holding:
    return Holding(owner, owned, text, Fraction(1, 4), "share", True)


def bar(start: int | None, end: int | None, number: int = 1, certain: bool = True) -> timeline.Bar:
    def day(by: int | None) -> tuple[date, date] | None:
        return None if by is None else (DAY + timedelta(days=by), DAY + timedelta(days=by + (0 if certain else 20)))

    return timeline.Bar(number, "duty", "A post", "dates", day(start), day(end), DAY, "10 Apr 2024", False)


@pytest.mark.parametrize(
    ("bars", "window", "days"),
    [
        ([bar(-5, 5)], (0, 1), 1),  # a window of one day
        ([bar(0, None)], (-40, 1), 1),  # it starts on the award day
        ([bar(None, -1)], (0, 1), 0),  # it ended the day before
        ([bar(None, None), bar(-100, -20, 2)], (-40, 1), 20),
        ([bar(-10, None, certain=False)], (-40, 1), 0),  # the first day is not stated: possible only
    ],
)
def test_the_days_on_which_all_is_in_force(bars: list[timeline.Bar], window: tuple[int, int], days: int) -> None:
    whole = (DAY + timedelta(days=window[0]), DAY + timedelta(days=window[1]))
    found = timeline.sure(bars, whole)
    assert (0 if found is None else (found[1] - found[0]).days) == days
    words = timeline.Words("label", "Decision window", "41 of 41 days", "Award", "On record since")
    for draw in (timeline.wide, timeline.tall):
        drawn = draw(bars, whole, MONTHS, words)
        assert faults(drawn) == []
        assert ('class="sure"' in "".join(drawn.parts)) == (days > 0)


def test_a_day_that_is_not_stated_is_hatched() -> None:
    drawn = timeline.wide([bar(-10, None, certain=False)], (DAY, DAY + timedelta(days=30)), MONTHS,
                          timeline.Words("", "", "", "", ""))  # fmt: skip
    assert "bar maybe duty" in "".join(drawn.parts)


def test_the_ends_of_time_are_drawn() -> None:
    whole = (date.min, date(1, 1, 2))
    drawn = timeline.wide([bar(None, None)], whole, MONTHS, timeline.Words("", "", "", "", ""))
    assert faults(drawn) == []
