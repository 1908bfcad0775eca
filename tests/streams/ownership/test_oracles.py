"""Integrated ownership and control on cases whose exact results are published or worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from aiqyn.schemas.shares import NOTHING, WHOLE, Share, Threshold
from aiqyn.streams.ownership.analysis import Issue, Ownership, analyse
from aiqyn.streams.ownership.stakes import CAPITAL, VOTES, Control, Stake

NAMES = (
    *("P", "Q", "R", "O", "P2", "P3", "F"),
    *("A", "B", "C", "D", "S", "X", "Y", "Z", "C8", "S0", "S1", "S2", "S3", "H1", "H2", "H3", "L1", "L2"),
    *("AT", "PV", "In", "RC", "GB", "GL", "AC", "SC"),
)
ID = {name: number for number, name in enumerate(NAMES)}
NAME = dict(enumerate(NAMES))


def share(low: str, high: str = "", low_open: bool = False, high_open: bool = False) -> Share:
    return Share(Fraction(low), Fraction(high or low), low_open, high_open)


def stake(
    holder: str,
    company: str,
    of: Share | str,
    dimension: str = CAPITAL,
    *,
    source: int = 1,
    certain: bool = True,
) -> Stake:
    held = share(of) if isinstance(of, str) else of
    return Stake(ID[holder], ID[company], source, dimension, held, certain)


def edges(text: str) -> list[Stake]:
    """Stakes written `P>A .6, A>B .5`."""
    stakes = []
    for edge in text.split(","):
        pair, of = edge.split()
        holder, company = pair.split(">")
        stakes.append(stake(holder, company, of))
    return stakes


def of(company: str, stakes: Iterable[Stake], controls: Iterable[Control] = ()) -> Ownership:
    return analyse(stakes, controls, ID[company])


def owns(holder: str, company: str, stakes: Iterable[Stake]) -> Share:
    """The integrated share of capital, all walks."""
    holding = of(company, stakes).holders.get(ID[holder])
    return holding.capital if holding else NOTHING


def exactly(text: str) -> Share:
    return share(text)


def group(*players: str) -> frozenset[int]:
    return frozenset(ID[player] for player in players)


def controlled(company: str, stakes: Iterable[Stake], *players: str) -> str:
    return of(company, stakes).controls(group(*players))


def named(verdicts: Mapping[int, str]) -> dict[str, str]:
    return {NAME[node]: verdict for node, verdict in verdicts.items()}


def test_pyramid() -> None:
    stakes = edges("P>A .6, A>B .6, B>C .6")
    held = owns("P", "C", stakes)
    assert held == exactly("0.216")
    assert not held.perhaps(Threshold(Fraction(1, 4)))
    assert named(of("C", stakes).controlled_by(group("P"))) == dict.fromkeys("ABC", "certain")
    assert named(of("C", stakes).controllers()) == dict.fromkeys("PAB", "certain")


def test_chinese_boxes() -> None:
    stakes = edges("P>A .52, A>B .51, B>C .51")
    assert owns("P", "C", stakes) == exactly("0.135252")
    assert named(of("C", stakes).controlled_by(group("P"))) == dict.fromkeys("ABC", "certain")


def test_consolidation_example() -> None:
    stakes = edges("S0>S1 .8, S0>S2 .6, S0>S3 .1, S1>S3 .4, S2>S1 .1, S2>S3 .2")
    assert owns("S0", "S3", stakes) == exactly("0.564")
    assert owns("S0", "S1", stakes) == exactly("0.86")
    assert named(of("S3", stakes).controlled_by(group("S0"))) == dict.fromkeys(("S1", "S2", "S3"), "certain")


def test_cross_holding() -> None:
    stakes = edges("A>B .5, B>A .25, F>A .01, F>B .01")
    assert owns("F", "A", stakes) == exactly("1/70")
    assert owns("F", "B", stakes) == exactly("3/175")
    assert owns("A", "B", stakes) == exactly("4/7")
    assert owns("A", "A", stakes) == exactly("1/7")
    assert of("B", stakes).held_by(group("A")).capital == exactly("1/2")
    assert of("B", stakes).held_by(group("F")).capital == exactly("3/175")
    assert of("B", stakes).controlled_by(group("F")) == {}


def test_ring_of_three() -> None:
    stakes = edges("A>B .5, B>C .5, C>A .5, P>A .5, Q>B .5, R>C .5")
    assert [owns("P", company, stakes) for company in "ABC"] == [*map(exactly, ("4/7", "2/7", "1/7"))]
    for company in "ABC":
        assert of(company, stakes).controllers() == {}


def test_closed_loop_is_an_issue() -> None:
    stakes = edges("A>B 1, B>A 1")
    ownership = of("B", stakes)
    assert ownership.issues == (Issue("closedLoop", (ID["A"], ID["B"]), "capital"),)
    assert {NAME[holder]: held.capital for holder, held in ownership.holders.items()} == {
        "A": WHOLE,
        "B": WHOLE,
    }
    assert ownership.held_by(group("A")).capital == WHOLE
    assert named(ownership.controllers()) == {"A": "certain"}


def test_closed_loop_above_a_company_owned_by_a_person_too() -> None:
    stakes = edges("L1>L2 1, L2>L1 1, L1>C .4, P>C .6")
    ownership = of("C", stakes)
    assert ownership.issues == (Issue("closedLoop", (ID["L1"], ID["L2"]), "capital"),)
    assert owns("P", "C", stakes) == exactly(".6")
    assert ownership.held_by(group("L1")).capital == exactly(".4")
    assert ownership.held_by(group("L2")).capital == exactly(".4")
    assert named(ownership.controllers()) == {"P": "certain"}


def test_company_that_a_closed_loop_owns_is_not_in_it() -> None:
    stakes = edges("L1>L2 1, L2>L1 1, L1>A .5, L2>A .5, A>B 1")
    assert of("B", stakes).issues == (Issue("closedLoop", (ID["L1"], ID["L2"]), "capital"),)


def test_closed_loop_of_votes_is_named_once_and_where_it_differs() -> None:
    loop = edges("L1>L2 1, L2>L1 1, L1>C .4, P>C .6")
    of_capital = Issue("closedLoop", (ID["L1"], ID["L2"]), "capital")
    assert of("C", [*loop, stake("P", "C", ".7", VOTES)]).issues == (of_capital,)
    voting = [*edges("X>Y .5, P>Y .5, Y>X 1"), stake("X", "Y", "1", VOTES)]
    assert of("X", voting).issues == (Issue("closedLoop", (ID["X"], ID["Y"]), "votes"),)


def test_closed_loop_that_is_only_possible_is_no_issue() -> None:
    stakes = [*edges("A>B 1"), stake("B", "A", share("0", "1"))]
    assert of("B", stakes).issues == ()
    assert owns("A", "B", stakes) == WHOLE


def test_company_wholly_held_by_itself() -> None:
    ownership = of("C", edges("B>B 1, B>C .5, P>C .5"))
    assert ownership.issues == (Issue("closedLoop", (ID["B"],), "capital"),)
    assert ownership.holders[ID["P"]].capital == exactly(".5")


def test_control_example() -> None:
    stakes = edges(
        "AT>PV .7, AT>In .4, PV>In .1, PV>RC .6, RC>In .1, RC>GB .3, GL>AC .4, In>AC .4, In>SC .99, SC>GB .3"
    )
    assert owns("AT", "In", stakes) == exactly("0.512")
    assert owns("AT", "GB", stakes) == exactly("0.278064")
    assert owns("AT", "AC", stakes) == exactly("0.2048")
    assert named(of("GB", stakes).controlled_by(group("AT"))) == dict.fromkeys(
        ("PV", "RC", "In", "SC", "GB"), "certain"
    )
    assert named(of("GB", stakes).controlled_by(group("PV"))) == {"RC": "certain"}
    assert named(of("GB", stakes).controlled_by(group("In"))) == {"SC": "certain"}
    assert named(of("GB", stakes).controllers()) == {"AT": "certain"}
    assert of("AC", stakes).controllers() == {}
    assert controlled("AC", stakes, "In") == "no"
    assert controlled("AC", stakes, "AT") == "no"


def test_joint_subsidiaries() -> None:
    stakes = edges("P>X .6, P>Y .6, X>Z .26, Y>Z .25")
    assert owns("P", "Z", stakes) == exactly("0.306")
    assert controlled("Z", stakes, "P") == "certain"
    assert named(of("Z", stakes).controllers()) == {"P": "certain"}


def test_deadlock() -> None:
    stakes = edges("P>A .5, Q>A .5")
    assert of("A", stakes).controllers() == {}
    half = Threshold(Fraction(1, 2), ">=")
    assert named(analyse(stakes, (), ID["A"], half).controllers()) == dict.fromkeys("PQ", "certain")


def test_household_is_one_player() -> None:
    stakes = edges("P2>C8 .3, P3>C8 .3, O>C8 .4")
    ownership = of("C8", stakes)
    assert ownership.controllers() == {}
    assert ownership.controls(group("P2", "P3")) == "certain"
    assert ownership.held_by(group("P2", "P3")).capital == exactly("0.6")
    # After the divorce each is a player of its own.
    assert [ownership.controls(group(player)) for player in ("P2", "P3")] == ["no", "no"]


def test_treasury_shares() -> None:
    stakes = edges("B>B .2, P>B .8")
    assert owns("P", "B", stakes) == WHOLE
    assert of("B", stakes).issues == ()
    assert owns("B", "B", stakes) == exactly("1/4")
    assert named(of("B", stakes).controllers()) == {"P": "certain"}


def test_treasury_shares_help_nobody_to_control() -> None:
    stakes = edges("B>B .3, P>B .5, Q>B .2")
    assert of("B", stakes).controllers() == {}
    assert controlled("B", stakes, "P", "Q") == "certain"


def test_diamond() -> None:
    stakes = edges("P>A .5, P>B .5, A>S .5, B>S .5")
    assert owns("P", "S", stakes) == exactly("0.5")
    assert of("S", stakes).controllers() == {}


def test_bands() -> None:
    stakes = [stake("P", "A", share(".25", ".5")), stake("A", "B", share(".5", ".75"))]
    held = owns("P", "B", stakes)
    assert held == share(".125", ".375")
    quarter = Threshold(Fraction(1, 4))
    assert (held.surely(quarter), held.perhaps(quarter)) == (False, True)
    assert controlled("B", stakes, "P") == "no"
    assert controlled("B", stakes, "A") == "possible"
    wide = [stake("P", "A", share(".75", "1")), stake("A", "B", share(".75", "1"))]
    assert owns("P", "B", wide) == share(".5625", "1")
    assert controlled("B", wide, "P") == "certain"


def test_open_bands() -> None:
    over_half = share(".5", ".75", low_open=True, high_open=True)
    stakes = [stake("P", "A", over_half), stake("A", "B", over_half)]
    held = owns("P", "B", stakes)
    assert held == share(".25", ".5625", low_open=True, high_open=True)
    assert held.surely(Threshold(Fraction(1, 4), ">"))
    assert not held.perhaps(Threshold(Fraction(9, 16)))
    assert controlled("B", stakes, "P") == "certain"
    assert controlled("A", [stake("P", "A", share(".5", ".75"))], "P") == "possible"
    assert controlled("A", [stake("P", "A", share(".25", ".5", high_open=True))], "P") == "no"


def test_open_bound_on_a_walk_of_no_lower_share() -> None:
    some = share("0", ".25", low_open=True)
    stakes = [
        stake("P", "A", some),
        stake("A", "B", ".5"),
        stake("Q", "B", share("0", ".1")),
        stake("A", "B", ".5"),
    ]
    assert owns("P", "B", stakes[:2]) == share("0", ".125", low_open=True)
    assert owns("P", "B", stakes[:2]).surely(Threshold(Fraction(0), ">"))
    assert owns("Q", "B", stakes[1:3]) == share("0", ".1")


def test_open_bound_of_another_walk_stays_with_it() -> None:
    stakes = [stake("P", "A", ".5"), stake("Q", "A", share(".1", ".2", low_open=True)), stake("A", "B", ".5")]
    assert owns("P", "B", stakes) == exactly(".25")
    assert owns("Q", "B", stakes) == share(".05", ".1", low_open=True)


def test_open_upper_bound_that_is_cut_is_reached() -> None:
    loop = [
        stake("A", "B", share(".5", "1", high_open=True)),
        stake("B", "A", share(".5", "1", high_open=True)),
    ]
    assert owns("A", "B", loop) == share("2/3", "1")
    assert owns("P", "A", [stake("P", "A", share(".5", "1", high_open=True))]) == share(".5", "1", high_open=True)


def test_weakest_link() -> None:
    stakes = edges("P>A .6, A>B .3, B>C .6")
    assert owns("P", "C", stakes) == exactly("0.108")
    assert controlled("C", stakes, "P") == "no"
    assert named(of("C", stakes).controllers()) == {"B": "certain"}


def test_stake_of_one_day_only() -> None:
    in_force, not_in_force = edges("P>A .6, Q>A .4"), edges("Q>A .4")
    assert controlled("A", in_force, "P") == "certain"
    assert controlled("A", not_in_force, "P") == "no"
    assert ID["P"] not in of("A", not_in_force).holders


def test_stake_only_possibly_in_force() -> None:
    stakes = [stake("P", "A", ".6", certain=False)]
    assert owns("P", "A", stakes) == share("0", ".6")
    assert controlled("A", stakes, "P") == "possible"


def test_decimals_at_the_threshold() -> None:
    stakes = edges("P>H1 1, P>H2 1, P>H3 1, H1>C .17, H2>C .28, H3>C .05")
    assert 0.17 + 0.28 + 0.05 > 0.5
    assert owns("P", "C", stakes) == exactly("1/2")
    assert controlled("C", stakes, "P") == "no"
    quarter = edges("P>A .35, A>C .7, P>C .005")
    assert 0.35 * 0.7 + 0.005 < 0.25
    assert owns("P", "C", quarter).surely(Threshold(Fraction(1, 4)))


def test_votes_are_not_capital() -> None:
    stakes = [*edges("P>A .2, Q>A .8"), stake("P", "A", ".6", VOTES), stake("Q", "A", ".4", VOTES)]
    ownership = of("A", stakes)
    assert ownership.holders[ID["P"]] == (exactly(".2"), exactly(".6"))
    assert named(ownership.controllers()) == {"P": "certain"}


def test_votes_multiply_along_walks() -> None:
    stakes = [*edges("P>A .2, A>B .5"), stake("P", "A", ".6", VOTES)]
    assert of("B", stakes).holders[ID["P"]] == (exactly(".1"), exactly(".3"))


def test_votes_equal_capital_where_none_are_stated() -> None:
    stakes = [*edges("P>A .6, Q>A .4"), stake("Q", "A", ".4", VOTES)]
    assert of("A", edges("P>A .6")).holders[ID["P"]].votes == exactly(".6")
    assert of("A", stakes).holders[ID["P"]].votes == NOTHING
    assert of("A", stakes).controllers() == {}


def test_votes_only_possibly_stated_give_both_readings() -> None:
    stakes = [*edges("P>A .6, Q>A .4"), stake("Q", "A", ".7", VOTES, certain=False)]
    ownership = of("A", stakes)
    assert ownership.holders[ID["P"]].votes == share("0", ".6")
    assert ownership.holders[ID["Q"]].votes == share(".4", ".7")
    assert named(ownership.controllers()) == dict.fromkeys("PQ", "possible")
    both = [*stakes, stake("P", "A", ".3", VOTES, certain=False)]
    assert of("A", both).holders[ID["P"]].votes == share("0", ".6")


def test_interest_that_confers_control() -> None:
    board = Control(ID["P"], ID["A"], True)
    ownership = of("B", edges("A>B .6, Q>A 1"), [board])
    assert named(ownership.controllers()) == dict.fromkeys("PQA", "certain")
    assert ownership.holders[ID["P"]] == (NOTHING, NOTHING)
    perhaps = of("B", edges("A>B .6"), [board._replace(certain=False)])
    assert named(perhaps.controllers()) == {"P": "possible", "A": "certain"}


def test_sources_count_once_and_stakes_of_a_source_add_up() -> None:
    two_sources = [stake("P", "A", ".3", source=1), stake("P", "A", ".4", source=2)]
    assert owns("P", "A", two_sources) == share(".3", ".4")
    one_source = [stake("P", "A", ".3"), stake("P", "A", ".4")]
    assert owns("P", "A", one_source) == exactly(".7")
    assert owns("P", "A", [*one_source, stake("P", "A", ".4", source=2)]) == share(".4", ".7")


def test_source_possibly_in_force_never_lowers_existence() -> None:
    stakes = [stake("P", "A", ".3"), stake("P", "A", ".1", source=2, certain=False)]
    assert owns("P", "A", stakes) == share(".1", ".3")
    assert owns("P", "A", [stake("P", "A", ".3"), stake("P", "A", ".2", certain=False)]) == share(".3", ".5")


def test_other_dimensions_are_alternatives_to_capital() -> None:
    stakes = [stake("P", "A", ".3"), stake("P", "A", ".3", "rightsToProfit")]
    assert owns("P", "A", stakes) == exactly(".3")
    more = [stake("P", "A", ".3"), stake("P", "A", share(".2", ".5"), "rightsToProfit")]
    assert owns("P", "A", more) == share(".3", ".5")


def test_over_allocation_drops_the_lower_bounds() -> None:
    stakes = edges("P>A .7, Q>A .6")
    ownership = of("A", stakes)
    assert ownership.issues == (Issue("overAllocated", (ID["A"],), "capital"),)
    assert {NAME[h]: held.capital for h, held in ownership.holders.items()} == {
        "P": share("0", ".7"),
        "Q": share("0", ".6"),
    }
    assert named(ownership.controllers()) == dict.fromkeys("PQ", "possible")


def test_two_majorities_cannot_both_be() -> None:
    over_half = share(".5", "1", low_open=True)
    ownership = of("A", [stake("P", "A", over_half), stake("Q", "A", over_half)])
    assert [issue.code for issue in ownership.issues] == ["overAllocated"]
    assert named(ownership.controllers()) == dict.fromkeys("PQ", "possible")


def test_over_allocation_of_votes_alone() -> None:
    stakes = [*edges("P>A .5, Q>A .5"), stake("P", "A", ".7", VOTES), stake("Q", "A", ".6", VOTES)]
    ownership = of("A", stakes)
    assert ownership.issues == (Issue("overAllocated", (ID["A"],), "votes"),)
    assert ownership.holders[ID["P"]] == (exactly(".5"), share("0", ".7"))


def test_upper_bounds_are_cut_to_what_the_others_leave() -> None:
    stakes = [stake("P", "A", share(".25", ".5")), stake("Q", "A", ".6")]
    assert owns("P", "A", stakes) == share(".25", ".4")
    opened = [stake("P", "A", share(".25", ".5")), stake("Q", "A", share(".6", ".75", low_open=True))]
    assert owns("P", "A", opened) == share(".25", ".4", high_open=True)
    assert owns("Q", "A", opened) == share(".6", ".75", low_open=True)
    touched = [stake("P", "A", share(".25", ".4")), stake("Q", "A", share(".6", ".75", low_open=True))]
    assert owns("P", "A", touched) == share(".25", ".4", high_open=True)
    loose = [stake("P", "A", share(".25", ".5")), stake("Q", "A", share(".25", ".5"))]
    assert owns("P", "A", loose) == share(".25", ".5")


def test_every_holder_of_a_hub_counts() -> None:
    holders = 8000
    each = Share(Fraction(1, holders), Fraction(1, holders))
    stakes = [Stake(number, 0, 1, CAPITAL, each, True) for number in range(1, holders + 1)]
    ownership = analyse([*stakes, Stake(0, holders + 1, 1, CAPITAL, share(".5"), True)], (), holders + 1)
    assert len(ownership.holders) == holders + 1
    assert ownership.held_by(frozenset(range(1, holders + 1))).capital == exactly(".5")
    assert ownership.held_by(frozenset({7})).capital == exactly("1/16000")
    assert analyse(stakes, (), 0).controls(frozenset(range(1, 4001))) == "no"
    assert analyse(stakes, (), 0).controls(frozenset(range(1, 4002))) == "certain"
