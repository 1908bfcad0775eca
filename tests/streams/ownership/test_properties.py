"""Random ownership graphs, with cycles, bands and self-holdings, against slow solvers written for this test.

The solvers share nothing with the product but its input values: one full matrix, one Gaussian elimination
with fractions, a fixpoint by brute force, and every reading of doubtful stakes one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import chain, combinations, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiqyn.schemas.shares import NOTHING, Share, Threshold
from aiqyn.streams.ownership.analysis import Holding, Ownership, analyse
from aiqyn.streams.ownership.components import components
from aiqyn.streams.ownership.integrated import integrated
from aiqyn.streams.ownership.shareholders import shareholders
from aiqyn.streams.ownership.stakes import CAPITAL, VOTES, Control, Stake

ZERO, ONE = Fraction(0), Fraction(1)
PERSONS, COMPANIES = range(3), range(3, 9)
NODES = range(9)
Table = dict[tuple[int, int], Share]
"""(holder, company) to its share."""
Bound = Callable[[Share], Fraction]


# --- the solvers ---------------------------------------------------------------------------------------


def inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]] | None:
    """Gauss and Jordan with pivoting; None where the matrix is singular."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for r in range(size):
            if r != column and rows[r][column]:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[column], strict=True)]
    return [row[size:] for row in rows]


def reach(edges: set[tuple[int, int]], starts: Iterable[int]) -> set[int]:
    """Nodes from which some start can be reached, starts included."""
    seen = set(starts)
    while more := {i for i, j in edges if j in seen} - seen:
        seen |= more
    return seen


def walk_sums(weights: dict[tuple[int, int], Fraction], company: int) -> dict[int, Fraction | None]:
    """For each node the sum over the walks to `company`; None where it grows without end."""
    edges = {pair for pair, weight in weights.items() if weight}
    relevant = sorted(reach(edges, [company]))
    growing: set[int] = set()
    for node in relevant:
        loop = [k for k in relevant if k in reach(edges, [node]) and node in reach(edges, [k])]
        if any((k, m) in edges for k in loop for m in loop):
            a = [[weights.get((i, j), ZERO) for j in loop] for i in loop]
            inverted = inverse([[Fraction(i == j) - a[i][j] for j in range(len(loop))] for i in range(len(loop))])
            # The spectral radius is under 1 exactly when I - A has an inverse without a negative entry.
            if inverted is None or any(value < 0 for row in inverted for value in row):
                growing.add(node)
    lost = reach({(i, j) for i, j in edges if j in relevant}, growing)
    fine = [node for node in relevant if node not in lost]
    sums: dict[int, Fraction | None] = dict.fromkeys(lost, None)
    if company not in lost:
        a = [[Fraction(i == j) - weights.get((i, j), ZERO) for j in fine] for i in fine]
        solved = inverse(a)
        assert solved is not None
        at = fine.index(company)
        sums |= {node: solved[row][at] - (node == company) for row, node in enumerate(fine)}
    return sums


def carriers(table: Table, company: int, low: bool) -> set[int]:
    """Holders of which some walk of shares above 0 to `company` has an open bound, by edges one at a time."""
    if low:
        edges = {pair for pair, s in table.items() if s.low > 0 or s.low_open}
        opened = {pair for pair, s in table.items() if s.low_open}
    else:
        edges = {pair for pair, s in table.items() if s.high > 0}
        opened = {pair for pair, s in table.items() if s.high_open} & edges
    up = reach(edges, [company])
    return set().union(*(reach(edges, [holder]) for holder, below in opened if below in up), set())


def expected(table: Table, company: int) -> dict[int, Share]:
    lower = walk_sums({pair: s.low for pair, s in table.items()}, company)
    upper = walk_sums({pair: s.high for pair, s in table.items()}, company)
    above, below = carriers(table, company, True), carriers(table, company, False)
    shares: dict[int, Share] = {}
    for node, full in upper.items():
        least = lower.get(node, ZERO)
        low = ONE if least is None or least > 1 else least
        cut = full is None or full > 1
        high = ONE if full is None or full > 1 else full
        shares[node] = Share(low, high, node in above and low < 1, node in below and not cut)
    return {node: share for node, share in shares.items() if share.high}


def won(table: Table, controls: Sequence[Control], players: frozenset[int], upper: bool, by: Threshold) -> set[int]:
    """Companies won, by trying all of them until nothing changes."""
    inside = set(players)
    while True:
        more = set()
        for company in set(NODES) - inside:
            held = [s for (i, j), s in table.items() if j == company and i in inside]
            value = sum((s.high if upper else s.low for s in held), ZERO)
            opened = any(s.high_open if upper else s.low_open for s in held)
            strictly = value > by.value or (value == by.value and not upper and opened)
            equally = value == by.value and not (upper and opened) and by.operator == ">="
            appointed = any(c.company == company and c.holder in inside and (upper or c.certain) for c in controls)
            if appointed or strictly or (held and equally):
                more.add(company)
        if not more:
            return inside - players
        inside |= more


def verdicts(ownership: Ownership) -> tuple[Table, Table]:
    """The direct shares of the analysis as two flat tables: capital and votes."""
    capital = {(h, c): s for c, held in ownership.shareholders.items() for h, s in held.capital.items()}
    votes = {(h, c): s for c, held in ownership.shareholders.items() for h, s in held.votes.items()}
    return capital, votes


# --- random records ------------------------------------------------------------------------------------

percent = st.sampled_from([0, 1, 5, 10, 20, 25, 25, 30, 40, 50, 50, 60, 75, 80, 99, 100])


@st.composite
def bands(draw: st.DrawFn) -> Share:
    low, high = sorted((draw(percent), draw(percent)))
    if draw(st.integers(0, 2)):
        return Share(Fraction(high, 100), Fraction(high, 100))
    open_low, open_high = (draw(st.booleans()), draw(st.booleans())) if low < high else (False, False)
    return Share(Fraction(low, 100), Fraction(high, 100), open_low, open_high)


def stakes_in(dimensions: Sequence[str]) -> st.SearchStrategy[Stake]:
    return st.builds(
        Stake,
        st.sampled_from(NODES),
        st.sampled_from(COMPANIES),
        st.integers(1, 2),
        st.sampled_from(dimensions),
        bands(),
        st.sampled_from([True, True, False]),
    )


controls_in = st.builds(
    Control, st.sampled_from(NODES), st.sampled_from(COMPANIES), st.sampled_from([True, True, False])
)
records = st.lists(stakes_in([CAPITAL, CAPITAL, CAPITAL, VOTES, "rightsToProfit"]), max_size=18)


@st.composite
def matrices(draw: st.DrawFn) -> Table:
    """Shares dense enough for cycles; lower bounds are within the whole, upper bounds may be over it."""
    table: Table = {}
    for company in COMPANIES:
        left = 20
        for holder in draw(st.lists(st.sampled_from(NODES), max_size=4, unique=True)):
            twentieths = draw(st.integers(0, left))
            left -= twentieths
            low = Fraction(twentieths, 20)
            kind = draw(st.integers(0, 3))
            if kind == 0:
                extra = Fraction(draw(st.integers(1, 6)), 20)
                high, open_low, open_high = min(low + extra, ONE), draw(st.booleans()), draw(st.booleans())
                table[holder, company] = Share(low, high, open_low and low < high, open_high and low < high)
            elif low:
                table[holder, company] = Share(low, low)
    return table


def by_company(table: Table) -> dict[int, dict[int, Share]]:
    into: dict[int, dict[int, Share]] = {}
    for (holder, company), share in table.items():
        into.setdefault(company, {})[holder] = share
    return into


def sure(table: Table) -> list[Stake]:
    return [Stake(holder, company, 1, CAPITAL, share, True) for (holder, company), share in table.items()]


# --- properties ----------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(matrices(), st.sampled_from(COMPANIES))
def test_integrated_shares_equal_full_elimination(table: Table, company: int) -> None:
    assert integrated(by_company(table), company) == expected(table, company)


@settings(max_examples=80, deadline=None)
@given(records, st.lists(controls_in, max_size=4), st.sampled_from(COMPANIES), st.data())
def test_the_whole_analysis_equals_the_slow_one(
    stakes: list[Stake], controls: list[Control], company: int, data: st.DataObject
) -> None:
    by = data.draw(st.sampled_from([Threshold(Fraction(1, 2), ">"), Threshold(Fraction(1, 2), ">=")]))
    ownership = analyse(stakes, controls, company, by)
    capital, votes = verdicts(ownership)
    in_capital, in_votes = expected(capital, company), expected(votes, company)
    for node in NODES:
        holding = ownership.holders.get(node, Holding(NOTHING, NOTHING))
        assert holding == (in_capital.get(node, NOTHING), in_votes.get(node, NOTHING))

    relevant = [c for c in controls if c.company in ownership.interests]
    players = frozenset(data.draw(st.sets(st.sampled_from(NODES), min_size=1, max_size=3)))
    lower, upper = (won(votes, relevant, players, bound, by) for bound in (False, True))
    assert ownership.controlled_by(players) == {
        node: "certain" if node in lower else "possible" for node in lower | upper
    }
    singles = {}
    for node in set(NODES) - {company}:
        if company in won(votes, relevant, frozenset({node}), True, by):
            sure = company in won(votes, relevant, frozenset({node}), False, by)
            singles[node] = "certain" if sure else "possible"
    assert ownership.controllers() == singles
    for node in NODES:
        verdict = "certain" if node == company else singles.get(node, "no")
        assert ownership.controls(frozenset({node})) == verdict


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(COMPANIES), st.sets(st.sampled_from(NODES), min_size=1, max_size=3))
def test_walks_that_return_to_the_players_are_left_out(table: Table, company: int, players: set[int]) -> None:
    ownership = analyse(sure(table), (), company)
    capital, _ = verdicts(ownership)
    open_walks = {(h, c): s for (h, c), s in capital.items() if c not in players}
    figures = expected(open_walks, company)
    low = sum((figures[p].low for p in players if p in figures), ZERO)
    high = sum((figures[p].high for p in players if p in figures), ZERO)
    held = ownership.held_by(frozenset(players)).capital
    assert (held.low, held.high) == (min(low, ONE), min(high, ONE))


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(COMPANIES))
def test_share_without_return_is_the_quotient_of_the_inverse(table: Table, company: int) -> None:
    exact = {pair: Share(s.low, s.low) for pair, s in table.items() if s.low}
    matrix = [[Fraction(i == j) - exact.get((i, j), NOTHING).low for j in NODES] for i in NODES]
    inverted = inverse(matrix)
    assume(inverted is not None)
    assert inverted is not None
    ownership = analyse(sure(exact), (), company)
    for node in set(NODES) - {company}:
        share = inverted[node][company] / inverted[node][node]
        assert ownership.held_by(frozenset({node})).capital == Share(share, share)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_fully_allocated_company_belongs_to_persons_in_the_end(data: st.DataObject) -> None:
    stakes: list[Stake] = []
    for company in COMPANIES:
        holders = data.draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=4, unique=True))
        parts = [data.draw(st.integers(1, 9)) for _ in holders]
        for holder, part in zip(holders, parts, strict=True):
            share = Fraction(part, sum(parts))
            stakes.append(Stake(holder, company, 1, CAPITAL, Share(share, share), True))
    for company in COMPANIES:
        ownership = analyse(stakes, (), company)
        persons = [ownership.holders[p].capital for p in PERSONS if p in ownership.holders]
        total = sum((share.low for share in persons), ZERO)
        loops = [issue for issue in ownership.issues if issue.code == "closedLoop"]
        assert (total == 1) == (not loops)
        assert total == sum((share.high for share in persons), ZERO)


@settings(max_examples=66, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NODES), st.sets(st.sampled_from(NODES), max_size=3)),
    st.sampled_from(NODES),
)
def test_components_are_mutual_reach_each_before_those_above(into: dict[int, set[int]], company: int) -> None:
    edges = {(holder, node) for node, holders in into.items() for holder in holders if holder in into}
    upstream = reach(edges, [company]) if company in into else set()
    found = components(into, company)
    assert sorted(chain.from_iterable(found)) == sorted(upstream)
    place = {node: number for number, members in enumerate(found) for node in members}
    for a, b in product(upstream, upstream):
        assert (place[a] == place[b]) == (a in reach(edges, [b]) and b in reach(edges, [a]))
    assert all(place[holder] >= place[node] for holder, node in edges if node in upstream)


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(COMPANIES))
def test_closed_loops_are_the_least_sets_that_wholly_own_themselves(table: Table, company: int) -> None:
    ownership = analyse(sure(table), (), company)
    capital, _ = verdicts(ownership)
    closed: list[set[int]] = []
    for size in range(1, len(COMPANIES) + 1):
        for members in map(set, combinations(COMPANIES, size)):
            if all(sum((capital.get((i, j), NOTHING).low for i in members), ZERO) == 1 for j in members) and not any(
                smaller <= members for smaller in closed
            ):
                closed.append(members)
    found = [set(issue.entities) for issue in ownership.issues if issue.code == "closedLoop"]
    assert sorted(map(sorted, found)) == sorted(map(sorted, closed))


@settings(max_examples=60, deadline=None)
@given(matrices(), st.sampled_from(COMPANIES), st.data())
def test_more_shares_never_give_less(table: Table, company: int, data: st.DataObject) -> None:
    holder, below = data.draw(st.sampled_from(NODES)), data.draw(st.sampled_from(COMPANIES))
    taken = sum((share.high for (_, j), share in table.items() if j == below), ZERO)
    more = data.draw(st.sampled_from([Fraction(1, 20), Fraction(1, 3)]))
    if taken + more > 1:
        return
    old = table.get((holder, below), NOTHING)
    grown = {**table, (holder, below): Share(old.low + more, old.high + more, old.low_open, old.high_open)}
    before, after = (analyse(sure(records), (), company) for records in (table, grown))
    for node, holding in before.holders.items():
        assert after.holders[node].capital.low >= holding.capital.low
        assert after.holders[node].capital.high >= holding.capital.high
    rank = ["no", "possible", "certain"]
    for node in NODES:
        player = frozenset({node})
        assert rank.index(after.controls(player)) >= rank.index(before.controls(player))


@settings(max_examples=80, deadline=None)
@given(st.lists(stakes_in([CAPITAL]), min_size=1, max_size=5))
def test_one_holder_equals_every_reading_of_doubtful_stakes(stakes: list[Stake]) -> None:
    theirs = [stake._replace(holder=0, company=3) for stake in stakes]
    doubtful = [stake for stake in theirs if not stake.certain]
    lows: list[tuple[Fraction, bool]] = []
    highs: list[tuple[Fraction, bool]] = []
    for chosen in chain.from_iterable(combinations(doubtful, size) for size in range(len(doubtful) + 1)):
        world = [stake for stake in theirs if stake.certain or any(stake is one for one in chosen)]
        sources = {stake.source for stake in world}
        if not sources:
            lows.append((ZERO, False))
        for source in sources:
            said = [stake.share for stake in world if stake.source == source]
            lows.append((sum((s.low for s in said), ZERO), any(s.low_open for s in said)))
            highs.append((sum((s.high for s in said), ZERO), not any(s.high_open for s in said)))
    (low, low_open), (high, high_closed) = min(lows), max(highs)
    result = shareholders(theirs).capital[0]
    if low > 1 or (low == 1 and low_open):
        assert (result.low, result.low_open) == (ZERO, False)
    else:
        assert (result.low, result.low_open) == (low, low_open)
    assert result.high == min(high, ONE)
    assert result.high_open == (high <= 1 and not high_closed)


@settings(max_examples=80, deadline=None)
@given(st.lists(stakes_in([CAPITAL]), max_size=6))
def test_bounds_of_a_company_are_those_of_shares_that_fit_the_whole(stakes: list[Stake]) -> None:
    """The least is as stated; the greatest is what the others' least leaves."""
    bands_of = {s.holder: Share(s.share.low, s.share.high) for s in stakes}
    result = shareholders([Stake(h, 3, 1, CAPITAL, share, True) for h, share in bands_of.items()])
    if sum((share.low for share in bands_of.values()), ZERO) > 1:
        assert result.over_allocated == ("capital",)
        assert dict(result.capital) == {h: Share(ZERO, share.high) for h, share in bands_of.items()}
        return
    assert result.over_allocated == ()
    for holder, share in bands_of.items():
        others = sum((s.low for h, s in bands_of.items() if h != holder), ZERO)
        assert result.capital[holder] == Share(share.low, min(share.high, 1 - others))


def test_the_solvers_agree_with_a_known_ring() -> None:
    half = Fraction(1, 2)
    weights = {(3, 4): half, (4, 5): half, (5, 3): half, (0, 3): half}
    assert [walk_sums(weights, c)[0] for c in (3, 4, 5)] == [Fraction(4, 7), Fraction(2, 7), Fraction(1, 7)]
    assert walk_sums({(3, 4): ONE, (4, 3): ONE}, 3) == {3: None, 4: None}


def test_every_pair_of_two_companies_that_hold_each_other() -> None:
    """Both sides of the edge where the sum stops to converge: a x b below, at and above 1."""
    steps = [Fraction(n, 4) for n in range(1, 5)]
    for a, b in product(steps, steps):
        shares = integrated({1: {2: Share(a, a)}, 2: {1: Share(b, b)}}, 1)
        assert shares[2].high == (min(a / (1 - a * b), ONE) if a * b < 1 else ONE)
