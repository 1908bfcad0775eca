"""A retracted event counts as never sent, and asking what a retraction would do does nothing."""

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.running import Json, Run, run
from tests.properties.small_worlds import retracting, worlds


@given(worlds(), st.integers(0, 2**16), st.booleans())
def test_a_retracted_event_counts_as_never_sent(events: list[Json], place: int, early: bool) -> None:
    target = events[place % len(events)]
    if target["type"] == "record.retracted.v1":
        return
    without = [event for event in events if event is not target]
    retraction = retracting("z", target["source"], target["source"], target["id"])
    both = [retraction, *events] if early else [*events, retraction]
    assert run(both).current() == run(without).current()


@given(worlds(retractions=1))
def test_asking_what_a_retraction_would_withdraw_changes_nothing(events: list[Json]) -> None:
    asked, told = Run(), run(events)
    asked.take_all(events)
    for alert in asked.alerts():
        for head, _ in list(asked.log.facts.values()):
            if head.type != "record.retracted.v1":
                asked.engine.would_withdraw(str(alert["id"]), head)
    assert asked.alerts() == told.alerts()
    assert asked.judged_anew() == told.judged_anew()


@given(worlds(retractions=1), st.integers(0, 2**16))
def test_what_would_be_withdrawn_is_withdrawn(events: list[Json], place: int) -> None:
    target = events[place % len(events)]
    if target["type"] == "record.retracted.v1":
        return
    asked = run(events)
    (head,) = (head for head, _ in asked.log.facts.values() if head.id == target["id"])
    told = run([*events, retracting("z", head.source, head.source, head.id)]).current()
    for alert in asked.current():
        assert asked.engine.would_withdraw(alert, head) == (alert not in told)
