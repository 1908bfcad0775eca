"""Which facts stand: a function of the set of facts and retractions, whatever comes first."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.streams.world.standing import Entry, GroupKey, Standing

entries_ = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from("abc"),
        st.sets(st.sampled_from(["one", "two", "three"]), max_size=2),
        st.booleans(),
    ),
    max_size=8,
)


def expected(facts: list[tuple[Entry, tuple[GroupKey, ...], bool]]) -> set[int]:
    """Not retracted, and no later one that is not retracted shares a group."""
    alive = [(entry, set(keys)) for entry, keys, retracted in facts if not retracted]
    return {entry[2] for entry, keys in alive if not any(other > entry and keys & theirs for other, theirs in alive)}


@settings(max_examples=200, deadline=None)
@given(entries_, st.randoms(use_true_random=False))
def test_what_stands_does_not_depend_on_arrival(drawn: list[tuple[int, str, set[str], bool]], chance: Random) -> None:
    facts: list[tuple[Entry, tuple[GroupKey, ...], bool]] = [
        ((instant, id, seq), tuple((key,) for key in sorted(keys)), retracted)
        for seq, (instant, id, keys, retracted) in enumerate(drawn, 1)
    ]
    standing = Standing()
    shown: set[int] = set()
    later = []
    for entry, keys, retracted in chance.sample(facts, len(facts)):
        known = retracted and chance.random() < 0.5  # the retraction came first
        for seq, stands in standing.enter(entry, keys, known):
            (shown.add if stands else shown.discard)(seq)
        if retracted and not known:
            later.append(entry[2])
    for seq in chance.sample(later, len(later)):
        for other, stands in standing.retract(seq, True):
            (shown.add if stands else shown.discard)(other)
    assert shown == expected(facts)


def test_a_retraction_may_be_taken_back() -> None:
    standing = Standing()
    key = ("/register", "type", "k")
    assert standing.enter((1, "a", 1), (key,), False) == [(1, True)]
    assert standing.enter((2, "b", 2), (key,), False) == [(1, False), (2, True)]
    assert set(standing.retract(2, True)) == {(1, True), (2, False)}
    assert set(standing.retract(2, False)) == {(1, False), (2, True)}
