"""The ledger gives everything again, and where a run is broken off and taken up makes no difference."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.running import Json, run
from tests.properties.small_worlds import worlds
from tests.properties.stored import database, ingest, monitor, record, replayed, standing, ticking

_FEWER = max(1, settings().max_examples // 6)  # each has two databases of its own


@settings(max_examples=_FEWER)
@given(worlds(), st.lists(st.integers(1, 24), max_size=4))
def test_restarts_and_batches_make_no_difference_and_replay_gives_the_same_bytes(
    events: list[Json], cuts: list[int]
) -> None:
    records = [record(event) for event in events]
    places = [0, *sorted(cuts), len(records)]
    batches = [records[a:b] for a, b in pairwise(places) if a < b]
    with TemporaryDirectory() as folder:
        with database(Path(folder) / "parts.db") as store:
            verdicts = ingest(store, batches, ticking())
            in_parts, from_ledger = standing(store), replayed(store)
        with database(Path(folder) / "whole.db") as store:
            at_once = monitor(store, ticking()).run_batch(records)
            assert standing(store) == in_parts
    assert json.dumps(from_ledger) == json.dumps(in_parts)
    assert verdicts == at_once
    assert [alert["id"] for alert in in_parts if alert["dataState"] == "current"] == sorted(run(events).current())


@settings(max_examples=_FEWER)
@given(worlds())
def test_what_is_sent_twice_takes_effect_once(events: list[Json]) -> None:
    records = [record(event) for event in events]
    with TemporaryDirectory() as folder, database(Path(folder) / "twice.db") as store:
        clock = ticking()
        first = monitor(store, clock).run_batch([*records, *records])
        told = standing(store)
        again = monitor(store, clock).run_batch(records)
        assert [verdict.status for verdict in first] == ["accepted"] * len(records) + ["duplicate"] * len(records)
        assert {verdict.status for verdict in again} == {"duplicate"}
        assert standing(store) == told
        assert store.last_seq() == len(records)
