"""Snapshots: a start from one equals a start from the ledger; what we did not write ourselves is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from aiqyn.services import moments
from aiqyn.services.demo.country import generate
from aiqyn.services.keys import Keys
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.database import connect
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.upgrade import upgrade
from aiqyn.streams import batch
from aiqyn.streams.batch import Monitor
from tests.journeys.running import incoming

_LINES = list(generate(300, 3).events)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    engine = connect(f"sqlite:///{tmp_path / 'a.db'}", create=True)
    upgrade(engine)
    yield SqlStore(engine)
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> SnapshotFile:
    return SnapshotFile(tmp_path / "state", "sqlite:///a.db", Keys(tmp_path / "keys"))


def _monitor(store: SqlStore, snapshots: SnapshotFile | None) -> Monitor:
    monitor = Monitor(store, "generic", UUID(int=3), moments.now, snapshots)
    monitor.start()
    return monitor


def _taken(store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch, lines: list[bytes]) -> None:
    monkeypatch.setattr(batch, "_SNAPSHOT_AFTER", 1)
    monitor = _monitor(store, file)
    monitor.run_batch(incoming(lines))
    monitor.keep()
    assert file.path.exists()


def test_start_from_a_snapshot_equals_one_from_the_ledger(
    store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = len(_LINES) // 2
    _taken(store, file, monkeypatch, _LINES[:half])
    quick, slow = _monitor(store, file), _monitor(store, None)
    for monitor in (quick, slow):
        assert monitor.engine.world.edges.alive > 500
    assert quick.engine.world.edges.alive == slow.engine.world.edges.alive
    assert quick.engine.world.atoms.names == slow.engine.world.atoms.names
    rest = incoming(_LINES[half:])
    quick.run_batch(rest)
    whole = Monitor(store, "generic", UUID(int=3), moments.now)
    whole.start()
    assert sorted(alert["id"] for alert in whole.engine.alerts()) == sorted(
        alert["id"] for alert in quick.engine.alerts()
    )
    assert len(list(quick.engine.alerts())) > 10


def test_events_after_the_snapshot_are_read_from_the_ledger(
    store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taken(store, file, monkeypatch, _LINES[:500])
    late = _monitor(store, None)
    late.run_batch(incoming(_LINES[500:900]))
    assert _monitor(store, file).engine.world.edges.alive == late.engine.world.edges.alive


def test_a_changed_file_is_passed_over(store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch) -> None:
    _taken(store, file, monkeypatch, _LINES[:300])
    data = bytearray(file.path.read_bytes())
    data[len(data) // 2] ^= 1
    file.path.write_bytes(data)
    assert file.load() is None
    assert _monitor(store, file).engine.world.edges.alive > 0


def test_a_file_signed_with_other_keys_is_passed_over(
    store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _taken(store, file, monkeypatch, _LINES[:300])
    assert SnapshotFile(tmp_path / "state", "sqlite:///a.db", Keys(tmp_path / "other")).load() is None


def test_a_snapshot_of_another_ledger_is_not_used(
    store: SqlStore, file: SnapshotFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _taken(store, file, monkeypatch, _LINES[:300])
    engine = connect(f"sqlite:///{tmp_path / 'b.db'}", create=True)
    upgrade(engine)
    other = SqlStore(engine)
    _monitor(other, None).run_batch(incoming(_LINES[300:700]))
    assert _monitor(other, file).engine.world.atoms.names == _monitor(other, None).engine.world.atoms.names, (
        "the ledger's own events, not the snapshot's"
    )
    engine.dispose()
