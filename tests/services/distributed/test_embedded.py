"""What the embedded engine writes down of its batches."""

from aiqyn.services import moments
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.batch import Monitor
from tests.journeys.running import NAMESPACE, incoming
from tests.services.distributed.test_intake import company, rows


def test_each_batch_is_counted_also_one_of_duplicates_alone(store: SqlStore) -> None:
    monitor = Monitor(store, "generic", NAMESPACE, moments.now)
    monitor.start()
    monitor.run_batch(incoming([company(1), company(2), b"{", company(1), company(1, "Another")]))
    monitor.run_batch(incoming([company(2)]))
    monitor.run_batch([])
    counts = "SELECT door, received, accepted, duplicate, conflict, rejected, first_seq, last_seq FROM batch"
    assert rows(store, counts + " ORDER BY number") == [
        ("file", 5, 2, 1, 1, 1, 1, 2),
        ("file", 1, 0, 1, 0, 0, None, None),
    ]
