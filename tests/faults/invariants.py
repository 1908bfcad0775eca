"""What must hold of a database whatever happened to its workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from aiqyn.schemas.envelope import read_structured
from aiqyn.services import moments
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.keys import Keys
from aiqyn.services.reconciliation.balances import Period
from aiqyn.services.reconciliation.lag import Stand
from aiqyn.services.reconciliation.report import reconcile
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.batch import Monitor
from aiqyn.streams.replay import replay
from tests.faults.topics_agree import disagreements
from tests.journeys.running import Database, content, incoming, template
from tests.journeys.working import Site
from tests.oracle.recompute import Conflict, recompute

_BY_ORACLE = frozenset({"COI-01", "COI-02", "COI-03", "COI-04", "COI-05"})


class Place(NamedTuple):
    """What the alerts of a database depend on beside its ledger."""

    profile: str
    namespace: UUID


def place(site: Site) -> Place:
    return Place(site.settings.profile or "generic", Keys(site.settings.keys_dir).alert_namespace())


def judged(store: SqlStore) -> int:
    """The event up to which every part is judged."""
    return int(_value(store, "SELECT coalesce(min(position), 0) FROM shard"))


def at_rest(store: SqlStore, settings: Settings) -> bool:
    """Whether `aiqyn reconcile` would say that all is received, judged and sent, and balances."""
    try:
        stand = Stand(settings)
        try:
            return reconcile(store.engine, Period(), stand).fine
        finally:
            stand.close()
    except (KafkaUnavailable, StoreUnavailable):
        return False


def everything_broken(
    site: Site, store: SqlStore, sent: Sequence[bytes], oracle: bool = True, once: bool = False
) -> list[str]:
    """The invariants that do not hold of an installation at rest, Kafka's side included; `once`: of alerts too.

    The alerts are held against a replay of the ledger, against an embedded engine that took the events in the order
    in which they were sent, and (`oracle`) against the set-based recomputation.
    """
    here = place(site)
    return [
        *broken(store, here, sent),
        *_embedded(store, site, here, sent),
        *(_oracle(store, sent) if oracle else ()),
        *disagreements(store, site.settings, once),
    ]


def _embedded(store: SqlStore, site: Site, here: Place, sent: Sequence[bytes]) -> Iterator[str]:
    if not any(alert["dataState"] == "current" for alert in store.standing()):
        yield "there is no alert: the run shows nothing"
    if content(store.standing()) != content(embedded_alerts(site.folder, here, sent)):
        yield "the alerts are not those of the embedded engine"


def embedded_alerts(folder: Path, here: Place, sent: Sequence[bytes]) -> list[dict[str, Any]]:
    """The alerts of an embedded engine on SQLite, made anew in a folder."""
    with TemporaryDirectory(dir=folder) as name:
        database = Database(template(Path(name)), Path(name, "embedded.db"), here.profile)
        try:
            monitor = Monitor(database.store, here.profile, here.namespace, moments.now)
            monitor.start()
            records = incoming(sent)
            for start in range(0, len(records), 1000):
                monitor.run_batch(records[start : start + 1000])
            return database.alerts()
        finally:
            database.close()


def _oracle(store: SqlStore, sent: Sequence[bytes]) -> Iterator[str]:
    standing: list[dict[str, Any]] = list(store.standing())
    ours = {
        Conflict(alert["rule"], alert["ocid"], alert["company"], tuple(alert["persons"]), alert["certainty"])
        for alert in standing
        if alert["dataState"] == "current" and alert["rule"] in _BY_ORACLE and alert["ocid"] is not None
    }
    theirs = recompute(sent)
    if missed := theirs - ours:
        yield f"{len(missed)} conflicts of the recomputation are missed, one is {min(missed)}"
    if extra := ours - theirs:
        yield f"{len(extra)} alerts are none of the recomputation, one is {min(extra)}"


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
