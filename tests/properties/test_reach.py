"""The engine judges the cases that a fact can affect: it never keeps what judging every case would change."""

from hypothesis import given

from tests.properties.running import Json, Run, run
from tests.properties.small_worlds import worlds


@given(worlds())
def test_after_each_event_the_alerts_are_those_of_judging_every_case(events: list[Json]) -> None:
    stepwise = Run()
    for event in events:
        stepwise.take(event)
        assert stepwise.current() == stepwise.judged_anew()


@given(worlds())
def test_a_world_loaded_anew_gives_the_same(events: list[Json]) -> None:
    before = run(events)
    assert before.restarted().judged_anew() == before.current()
