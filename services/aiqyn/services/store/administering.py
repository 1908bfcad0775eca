"""Opening a database beside a running engine, to administer it: users, keys, the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiqyn.services.settings import Settings
from aiqyn.services.store import upgrade
from aiqyn.services.store.database import connect
from aiqyn.services.store.opening import Database, claim, database


@contextmanager
def open_to_administer(settings: Settings) -> Iterator[Database]:
    """The database, made where it does not exist; works beside an engine. Raises StoreError."""
    engine = connect(settings.database_url, create=True)
    try:
        upgrade.require(engine)
        claim(settings, engine)
        yield database(settings, engine)
    finally:
        engine.dispose()
