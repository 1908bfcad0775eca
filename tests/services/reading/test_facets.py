"""The numbers of the queue from one count are those of the alerts themselves."""

import threading
import time
from dataclasses import replace

import pytest

from aiqyn.services.reading import facets
from aiqyn.services.reading.alerts import Review, count, counts
from aiqyn.services.reading.kept import Kept
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.opening import Database

FILTERS = (
    AlertFilter(), AlertFilter(withdrawn=True), AlertFilter(severity=("critical", "high")),
    AlertFilter(certainty=("possible",), review_status=("open", "inReview")), AlertFilter(managed=True),
    AlertFilter(retroactive=False, stage=("award",)), AlertFilter(identity=("unconfirmed",), rule=("COI-01", "COI-04")),
    AlertFilter(disposition=("managed",)), AlertFilter(raised_before=1), AlertFilter(valid_at="2024-03-01"),
)  # fmt: skip
REVIEWS = (Review(), Review(suppressed=None), Review(("",)), Review(("aida",)), Review(changed=True))


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_counts_are_those_of_the_table(on_sqlite: Database, wanted: AlertFilter) -> None:
    engine = on_sqlite.engine
    figures = facets.figures(engine, wanted)
    for more in REVIEWS:
        assert figures.count(wanted, more) == count(engine, wanted, more)
        for column in ("severity", "rule", "review_status"):
            others = replace(wanted, **{column: ()})  # type: ignore[arg-type]  # these are all sequences
            assert figures.counts(others, more, column) == counts(engine, others, more, column)


def test_there_is_something_to_count(on_sqlite: Database) -> None:
    assert facets.figures(on_sqlite.engine, AlertFilter()).count(AlertFilter(), Review()) > 10


def test_what_is_cheap_is_never_old() -> None:
    kept: Kept[int] = Kept()
    versions = iter([1, 1, 2])
    made = iter([10, 20])
    assert [kept.get(lambda: next(made), lambda: (next(versions),)) for _ in range(3)] == [10, 10, 20]


def test_what_is_costly_is_made_beside_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiqyn.services.reading.kept._CHEAP", 0.0)
    monkeypatch.setattr("aiqyn.services.reading.kept._REST", 0.0)
    kept: Kept[int] = Kept()
    assert kept.get(lambda: 1, lambda: (1,)) == 1
    go, gone = threading.Event(), threading.Event()

    def slow() -> int:
        assert go.wait(30)
        gone.set()
        return 2

    assert kept.get(slow, lambda: (2,)) == 1, "nobody waits for it"
    assert kept.get(lambda: 3, lambda: (2,)) == 1, "one at a time"
    go.set()
    assert gone.wait(30)
    ends = time.monotonic() + 30
    while kept.get(lambda: 4, lambda: (2,)) != 2:
        assert time.monotonic() < ends, "the new answer never came"
        time.sleep(0.01)
