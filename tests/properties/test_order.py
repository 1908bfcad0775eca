"""Current alerts are a function of the set of accepted events: order and repetition make no difference."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.running import Json, Run, run
from tests.properties.small_worlds import worlds


@given(worlds(), st.integers(0, 2**16))
def test_any_order_and_any_repetition_give_the_same_current_alerts(events: list[Json], seed: int) -> None:
    expected = run(events).current()
    shuffled = [*events, *events[::3]]
    Random(seed).shuffle(shuffled)
    for order in (events[::-1], shuffled):
        assert run(order).current() == expected


@given(worlds())
def test_a_withdrawn_alert_was_once_raised(events: list[Json]) -> None:
    told: dict[str, list[str]] = {}
    other = Run()
    for event in events:
        for change, alert, _, _ in other.take(event):
            changes = told.setdefault(str(alert["id"]), [])
            changes.append(change)
            assert alert["revision"] == len(changes)
            assert (alert["dataState"] == "withdrawn") == (change == "withdrawn")
    for changes in told.values():
        assert changes[0] == "raised"
        for before, after in pairwise(changes):
            assert (after == "raised") == (before == "withdrawn")
    assert told.keys() == {alert["id"] for alert in other.alerts()}


@given(worlds(retractions=1))
def test_side_indexes_of_hubs_change_no_alert(events: list[Json]) -> None:
    indexed = Run()
    indexed.engine.world.hubs.limit = 0
    assert indexed.take_all(events).current() == run(events).current()
