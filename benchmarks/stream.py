"""Workers on a real Kafka and PostgreSQL: events a second of processor time, and how soon an alert is there.

    python -m benchmarks.stream 20000

A worker is started on empty topics; what it costs is counted from its ready line until all events are in the ledger and
judged. The bare loop consumes the same records in batches of 500, decodes them and upserts a row for each; it knows
nothing else. The servers' own processor time is not counted. Ratios bear a busy machine, seconds do not.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from uuid import uuid4

import msgspec
import psycopg
from kafka import KafkaConsumer
from servers.kafka import Kafka, kafka
from servers.postgres import Postgres, postgres
from sqlalchemy import text
from tests.faults.events import events as planted_first
from tests.journeys.working import Site, site, store_of, wait_for

from aiqyn.schemas.envelope import read_structured
from aiqyn.services.demo.country import SMALLEST_SIZE
from aiqyn.services.distributed.preflight import public_topics
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.store.sql_store import SqlStore

_TICKS = os.sysconf("SC_CLK_TCK")
_A_SECOND = 1_000
"""Events sent a second where latency is measured."""
_LOOK = 0.02  # seconds between looks at the feed
_UPSERT = (
    "INSERT INTO bare SELECT * FROM unnest(%s::text[], %s::bytea[]) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
)


@contextmanager
def _installation(cluster: Kafka, server: Postgres) -> Iterator[tuple[Site, SqlStore]]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        site(Path(folder), cluster.bootstrap, server.database(), AIQYN_GROUP=f"bench-{uuid4().hex[:8]}") as here,
        store_of(here) as store,
    ):
        yield here, store


def _processor(pid: int) -> float:
    """Seconds of one process, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def _workers(here: Site, runner: str, number: int) -> Iterator[list[int]]:
    """Workers that are ready; their processes."""
    with ExitStack() as stack:
        started = []
        for place in range(number):
            state = str(here.folder / f"state-{place}")
            started.append(here.start("--runner", runner, AIQYN_STATE_DIR=state, AIQYN_INSTANCE_ID=f"w{place}"))
            stack.callback(started[-1].kill)
        for worker in started:
            worker.ready()
        yield [worker.process.pid for worker in started]


def _all_judged(store: SqlStore, number: int) -> None:
    def judged() -> bool:
        with store.engine.begin() as connection:
            return bool(connection.execute(text("SELECT min(position) FROM shard")).scalar_one() >= number)

    wait_for(judged, 600)


def throughput(cluster: Kafka, server: Postgres, runner: str, workers: int, lines: Sequence[bytes]) -> float:
    """Events a second of processor time, of all workers together."""
    with _installation(cluster, server) as (here, store), _workers(here, runner, workers) as pids:
        before = sum(map(_processor, pids))
        here.publish(lines)
        _all_judged(store, len(lines))
        return len(lines) / (sum(map(_processor, pids)) - before)


def bare(cluster: Kafka, server: Postgres, lines: Sequence[bytes]) -> float:
    """The same of the bare loop."""
    with _installation(cluster, server) as (here, _):
        here.publish(lines)
        consumer = KafkaConsumer(
            *public_topics(here.settings),
            bootstrap_servers=cluster.bootstrap,
            group_id=f"bare-{uuid4().hex[:8]}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        decode = msgspec.json.Decoder().decode
        with psycopg.connect(here.environ["AIQYN_DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE bare (id text PRIMARY KEY, body bytea)")
            connection.commit()
            before, taken = 0.0, 0
            while taken < len(lines):
                rows = {}
                polled = consumer.poll(timeout_ms=200, max_records=500)
                if polled and not taken:
                    before = time.process_time()  # joining the group is over
                for records in polled.values():
                    for record in records:
                        decode(record.value)
                        rows[f"{record.topic}/{record.partition}/{record.offset}"] = record.value
                if rows:
                    connection.execute(_UPSERT, (list(rows), list(rows.values())))
                    connection.commit()
                    consumer.commit()
                    taken += len(rows)
            spent = time.process_time() - before
        consumer.close(autocommit=False)
        return len(lines) / spent


def latency(cluster: Kafka, server: Postgres, runner: str, lines: Sequence[bytes]) -> list[float]:
    """Seconds from the sending of an event until the alert that it changed is there to be read, for each revision."""
    sent: dict[tuple[str, str], float] = {}
    seen: dict[int, tuple[tuple[str, str], float]] = {}
    stop = Event()
    query = text(
        "SELECT r.number, e.source, e.id FROM alert_revision r JOIN event e ON e.seq = r.seq WHERE r.number > :last"
    )
    with _installation(cluster, server) as (here, store), _workers(here, runner, 1):

        def look() -> None:
            while not stop.wait(_LOOK):
                with store.engine.begin() as connection:
                    rows = connection.execute(query, {"last": len(seen)}).all()
                now = time.monotonic()
                seen.update({number: ((source, id), now) for number, source, id in rows})

        watching = Thread(target=look)
        watching.start()
        try:
            with Publisher(here.settings) as publisher:
                began = time.monotonic()
                for start in range(0, len(lines), 20):
                    time.sleep(max(0.0, began + start / _A_SECOND - time.monotonic()))
                    events = [read_structured(line) for line in lines[start : start + 20]]
                    sent.update({(event.source, event.id): time.monotonic() for event in events})
                    publisher.publish(events)
            _all_judged(store, len(lines))
            time.sleep(10 * _LOOK)
        finally:
            stop.set()
            watching.join()
    return [at - sent[name] for name, at in seen.values()]


def main(events: int) -> None:
    """Print the figures for so many events."""
    lines = planted_first(events, 1, max(SMALLEST_SIZE, events // 7))
    with kafka() as cluster, postgres() as server:
        floor = bare(cluster, server, lines)
        print(f"stream    bare loop               {floor:>8,.0f} events/cpu s", flush=True)
        for runner in ("loop", "faust"):
            one = throughput(cluster, server, runner, 1, lines)
            two = throughput(cluster, server, runner, 2, lines)
            print(
                f"stream    {runner:6} 1 worker         {one:>8,.0f} events/cpu s   ratio {one / floor:.2f}", flush=True
            )
            print(
                f"stream    {runner:6} 2 workers        {two:>8,.0f} events/cpu s   of one {two / one:.2f}", flush=True
            )
            waits = latency(cluster, server, runner, lines[: 20 * _A_SECOND])
            cuts = quantiles(waits, n=100)
            shown = "   ".join(f"p{cut} {1000 * cuts[cut - 1]:,.0f} ms" for cut in (50, 95, 99))
            print(
                f"stream    {runner:6} event to alert at {_A_SECOND:,}/s   {shown}   {len(waits)} revisions", flush=True
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
