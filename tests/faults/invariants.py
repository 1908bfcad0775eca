"""What must hold of a database whatever happened to its workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from aiqyn.schemas.envelope import read_structured
from aiqyn.services.keys import Keys
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.replay import replay
from tests.journeys.running import content
from tests.journeys.working import Site


class Place(NamedTuple):
    """What the alerts of a database depend on beside its ledger."""

    profile: str
    namespace: UUID


def place(site: Site) -> Place:
    return Place(site.settings.profile or "generic", Keys(site.settings.keys_dir).alert_namespace())


def judged(store: SqlStore) -> int:
    """The event up to which every part is judged."""
    return int(_value(store, "SELECT coalesce(min(position), 0) FROM shard"))


def broken(store: SqlStore, here: Place, sent: Iterable[bytes]) -> list[str]:
    """The invariants that do not hold, of a database at rest whose workers were sent these events."""
    return [*_ledger(store, sent), *_alerts(store, here), *_counts(store)]


def _ledger(store: SqlStore, sent: Iterable[bytes]) -> Iterator[str]:
    names = [(event.source, event.id) for event in map(read_structured, sent)]
    rows = _rows(store, "SELECT seq, source, id FROM event ORDER BY seq")
    if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
        yield "the numbers of the ledger have holes"
    there = [(str(row[1]), str(row[2])) for row in rows]
    if len(set(there)) != len(there):
        yield "an event is in the ledger twice"
    if lost := set(names) - set(there):
        yield f"{len(lost)} events are lost, one is {min(lost)}"
    if made_up := set(there) - set(names):
        yield f"{len(made_up)} events came from nowhere"
    if _value(store, "SELECT count(*) FROM (SELECT recorded_at FROM event GROUP BY recorded_at HAVING count(*) > 1) t"):
        yield "two events were recorded at the same instant"


def _alerts(store: SqlStore, here: Place) -> Iterator[str]:
    if content(store.standing()) != content(replay(store, here.profile, here.namespace)):
        yield "the alerts are not those of a replay"
    numbers = [row[0] for row in _rows(store, "SELECT number FROM alert_revision ORDER BY number")]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the feed of revisions has holes"
    if _value(
        store,
        "SELECT count(*) FROM (SELECT alert FROM alert_revision GROUP BY alert HAVING max(revision) <> count(*)) t",
    ):
        yield "an alert's revisions have holes"


def _counts(store: SqlStore) -> Iterator[str]:
    sums = "sum(received), sum(accepted), sum(duplicate), sum(conflict), sum(rejected)"
    received, accepted, duplicate, conflict, rejected = _rows(store, f"SELECT {sums} FROM batch")[0]
    if received != accepted + duplicate + conflict + rejected:
        yield "the counts do not add up"
    if accepted != _value(store, "SELECT count(*) FROM event"):
        yield f"{accepted} events are counted as accepted, the ledger has others"
    if conflict + rejected != _value(store, "SELECT count(*) FROM quarantine"):
        yield f"{conflict + rejected} records are counted as refused, the quarantine has others"


def positions(store: SqlStore) -> dict[tuple[str, int], int]:
    """The next offset of each partition."""
    rows = _rows(store, 'SELECT topic, "partition", "offset" FROM kafka_position')
    return {(str(row[0]), int(row[1])): int(row[2]) for row in rows}


def _rows(store: SqlStore, query: str) -> list[tuple[int, ...]]:
    with store.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _value(store: SqlStore, query: str) -> int:
    return _rows(store, query)[0][0]
