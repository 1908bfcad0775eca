"""An engine that knows what a database knows, to ask it; nothing is written."""

from __future__ import annotations

from aiqyn.rules import profile as profiles
from aiqyn.services.store.opening import Database
from aiqyn.streams.engine import Engine


def loaded_engine(database: Database) -> Engine:
    """The engine in the state of the ledger and the alerts. Cost: as starting to ingest."""
    store = database.store
    engine = Engine(profiles.load(database.profile), database.alert_namespace(), store)
    engine.load(store.facts(), store.standing())
    return engine
