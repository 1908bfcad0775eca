"""Where settings, store, keys, snapshots and clock meet the engine."""

from __future__ import annotations

from aiqyn.services import moments
from aiqyn.services.settings import Settings
from aiqyn.services.snapshots import SnapshotFile
from aiqyn.services.store.erasures import erasures
from aiqyn.services.store.opening import Database
from aiqyn.streams.batch import Monitor


def monitor(database: Database, settings: Settings) -> Monitor:
    """The monitor of a database opened for writing; not started yet. Raises BadKeys."""
    return Monitor(
        database.store,
        database.profile,
        database.alert_namespace(),
        moments.now,
        SnapshotFile(settings.state_dir, settings.database_url, database.keys, lambda: erasures(database.engine)),
    )
