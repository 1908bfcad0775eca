"""On PostgreSQL: one engine a database, and an upgrade of tables that are written to."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config

from aiqyn.services import settings as settings_of
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.records import KafkaRecord
from aiqyn.services.store.database import connect, reading, writing
from aiqyn.services.store.ledger_rows import Place
from tests.journeys.commands import aiqyn, start
from tests.services.distributed.workers import Drawer


def test_a_second_embedded_engine_is_refused_and_the_first_named(tmp_path: Path, postgres_url: str) -> None:
    assert aiqyn(tmp_path, "db", "upgrade", "--db", postgres_url).returncode == 0
    first = start(tmp_path, "ingest", "-", "--db", postgres_url, stdin=subprocess.PIPE)
    try:
        wait_for_lock(postgres_url)
        for arguments in (("ingest", "-"), ("serve", "--port", "0")):
            second = aiqyn(tmp_path, *arguments, "--db", postgres_url)
            assert second.returncode == 1
            assert f"`aiqyn ingest` (process {first.pid}" in second.stderr
            assert "drives the database" in second.stderr
            assert second.stdout == ""
        assert aiqyn(tmp_path, "alerts", "--db", postgres_url).returncode == 0
        assert aiqyn(tmp_path, "db", "upgrade", "--db", postgres_url).returncode == 0
    finally:
        first.kill()
        first.wait(20)
    # the lock died with its process
    assert aiqyn(tmp_path, "ingest", "-", "--db", postgres_url).returncode == 0


def wait_for_lock(url: str) -> None:
    query = (
        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
        "WHERE locktype = 'advisory' AND d.datname = current_database()"
    )
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(query).fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def at_revision(url: str, revision: str) -> None:
    """Tables as an earlier version made them."""
    engine = connect(url, create=True)
    config = Config()
    config.set_main_option("script_location", "aiqyn.services.store:migrations")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


class Writer(threading.Thread):
    """An intake that takes one event after another, as a worker that nobody stopped."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__()
        self.engine = connect(url, create=False)
        settings = settings_of.read({"AIQYN_KEYS_DIR": str(folder / "keys")}, url)
        self.intake = Intake(self.engine, "generic", settings, Drawer())
        self.taken = 0
        self.failed: list[BaseException] = []
        self.stop = threading.Event()

    def run(self) -> None:
        from aiqyn.services.store.errors import StoreUnavailable

        while not self.stop.is_set():
            record = KafkaRecord(Place("registry.companies", 0, self.taken), None, company(self.taken), ())
            try:
                self.intake.take([record])
                self.taken += 1
            except StoreUnavailable as error:  # as a worker: the same again
                self.failed.append(error)


def company(number: int) -> bytes:
    data = f'{{"entity":{{"recordId":"c{number}"}},"kind":"company"}}'
    return (
        f'{{"specversion":"1.0","id":"e{number}","source":"/registers","type":"registry.company.v1",'
        f'"time":"2024-05-01T00:00:00Z","data":{data}}}'
    ).encode()


def test_an_upgrade_beside_a_writer_loses_nothing(tmp_path: Path, postgres_url: str) -> None:
    at_revision(postgres_url, "0002")
    writer = Writer(postgres_url, tmp_path)
    writer.start()
    try:
        until(lambda: writer.taken > 20)
        done = aiqyn(tmp_path, "db", "upgrade", "--db", postgres_url)
        assert done.returncode == 0, done.stderr
        assert "upgraded to" in done.stdout
        after = writer.taken
        until(lambda: writer.taken > after + 20)
    finally:
        writer.stop.set()
        writer.join(30)
    with reading(writer.engine) as connection:
        found = [id for (id,) in connection.exec_driver_sql("SELECT id FROM event ORDER BY seq")]
        counted = connection.exec_driver_sql("SELECT sum(accepted) FROM batch").scalar()
    writer.engine.dispose()
    assert found == [f"e{number}" for number in range(writer.taken)]
    assert counted == writer.taken
    assert aiqyn(tmp_path, "alerts", "--db", postgres_url).returncode == 0


def until(what: object) -> None:
    assert callable(what)
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)
