"""From a file to stored alerts on SQLite, against the bare loop that decodes the same lines and inserts the same rows.

Both run in one process, one after the other, on one core; the figure is the ratio of their processor times. The bare
loop knows nothing: it decodes with msgspec and inserts the finished rows with sqlite3's executemany, a thousand a
transaction, into the same tables.
"""

from __future__ import annotations

import itertools
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import msgspec
from benchmarks.country import events_file

from aiqyn.services import moments
from aiqyn.services.feeding import batches
from aiqyn.services.files import read_records
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams.batch import Monitor

_TABLES = ("event", "quality_issue", "quarantine", "alert", "alert_revision", "alert_event", "alert_entity")
_BATCH = 1000


def whole(file: Path, database: Path) -> tuple[int, float, Monitor]:
    """The product itself: records, processor seconds, the monitor as it stands then."""
    engine = connect(f"sqlite:///{database}", create=True)
    upgrade(engine)
    monitor = Monitor(SqlStore(engine), "generic", UUID(int=1), moments.now)
    monitor.start()
    began, records = time.process_time(), 0
    for batch in batches(read_records(file)):
        monitor.run_batch(batch)
        records += len(batch)
    spent = time.process_time() - began
    engine.dispose()
    return records, spent, monitor


def bare(file: Path, filled: Path, database: Path) -> float:
    """Decode the same lines, insert the same rows: processor seconds."""
    source = sqlite3.connect(filled)
    rows = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in _TABLES}
    ddl = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql NOTNULL")]
    source.close()
    target = sqlite3.connect(database, isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    for statement in ddl:
        if "sqlite_" not in statement:
            target.execute(statement)
    decode = msgspec.json.Decoder().decode
    began = time.process_time()
    events = iter(rows["event"])
    with file.open("rb") as lines:
        while batch := list(itertools.islice(lines, _BATCH)):
            for line in batch:
                decode(line)
            _insert(target, "event", list(itertools.islice(events, len(batch))))
    for name in _TABLES[1:]:
        for start in range(0, len(rows[name]), _BATCH):
            _insert(target, name, rows[name][start : start + _BATCH])
    spent = time.process_time() - began
    target.close()
    return spent


def _insert(database: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        marks = ",".join("?" * len(rows[0]))
        database.execute("BEGIN")
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        database.execute("COMMIT")


def main(companies: int) -> None:
    """Print the figures for a country of that size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = events_file(folder, companies)
        records, ours, monitor = whole(file, folder / "whole.db")
        theirs = bare(file, folder / "whole.db", folder / "bare.db")
        edges = monitor.engine.world.edges.alive
        print(
            f"pipeline  {records:>9,} events {edges:>9,} edges   aiqyn {records / ours:>8,.0f} events/s"
            f"   bare loop {records / theirs:>8,.0f} events/s   ratio {theirs / ours:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
