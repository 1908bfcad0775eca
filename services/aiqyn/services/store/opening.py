"""Opening a database for one command: right tables, right profile, right keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from aiqyn.services.audit.rules import tell_rules
from aiqyn.services.keys import Keys
from aiqyn.services.settings import Settings
from aiqyn.services.store import reads, upgrade
from aiqyn.services.store.database import connect, writing
from aiqyn.services.store.errors import ForeignKeys, StoreUnavailable, WrongProfile
from aiqyn.services.store.lock import Lock, engine_lock
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.store.tables import meta

DEFAULT_PROFILE = "generic"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database and what goes with it."""

    engine: Engine
    store: SqlStore
    profile: str
    keys: Keys
    described: Mapping[str, str]

    def alert_namespace(self) -> UUID:
        """The namespace of alert ids. Raises BadKeys."""
        return self.keys.alert_namespace()


@contextmanager
def open_to_read(settings: Settings) -> Iterator[Database]:
    """The database as it is; it must exist. Works beside an engine.

    Raises StoreError where it cannot be read; ForeignKeys where the keys folder belongs to another database.
    """
    engine = connect(settings.database_url, create=False)
    try:
        upgrade.require(engine)
        yield database(settings, engine)
    finally:
        engine.dispose()


@contextmanager
def open_to_work(settings: Settings, command: str) -> Iterator[tuple[Database, Lock]]:
    """The database with us as one of the workers of the settings' group, otherwise as `open_to_write`."""
    engine = connect(settings.database_url, create=True)
    try:
        with engine_lock(engine, settings.database_url, command, settings.group) as lock:
            upgrade.require(engine)
            claim(settings, engine)
            opened = database(settings, engine)
            tell_rules(engine, opened.profile)
            yield opened, lock
    finally:
        engine.dispose()


@contextmanager
def open_to_write(settings: Settings, command: str) -> Iterator[Database]:
    """The database, made where it does not exist, with us as its one engine until the block ends.

    A new database takes the profile of the settings and the fingerprint of the keys, and keeps both. Rules that are
    not those of the audit log get a leaf in it. Raises EngineRunning, WrongProfile, ForeignKeys and other StoreErrors.
    """
    engine = connect(settings.database_url, create=True)
    try:
        with engine_lock(engine, settings.database_url, command):
            upgrade.require(engine)
            claim(settings, engine)
            opened = database(settings, engine)
            tell_rules(engine, opened.profile)
            yield opened
    finally:
        engine.dispose()


def claim(settings: Settings, engine: Engine) -> None:
    """Give a new database its profile and the fingerprint of its keys. Raises WrongProfile."""
    if "profile" not in reads.described(engine):
        # Another process may do so at the same time: the first one's words stand.
        try:
            _claim(settings, engine)
            return
        except (IntegrityError, StoreUnavailable):
            if "profile" not in reads.described(engine):
                raise
    found = reads.described(engine)
    if settings.profile not in (None, found["profile"]):
        raise WrongProfile(
            f"the database holds alerts of the profile {found['profile']!r}, not {settings.profile!r}; "
            "use another --db for another profile"
        )


def _claim(settings: Settings, engine: Engine) -> None:
    fingerprint = Keys(settings.keys_dir).fingerprint()
    rows = [
        {"name": "profile", "value": settings.profile or DEFAULT_PROFILE},
        {"name": "keys", "value": fingerprint},
    ]
    with writing(engine) as connection:
        connection.execute(meta.insert(), rows)


def database(settings: Settings, engine: Engine) -> Database:
    """The database behind an engine. Raises ForeignKeys."""
    found = reads.described(engine)
    keys = Keys(settings.keys_dir)
    if "keys" in found and not (keys.exist() and keys.fingerprint() == found["keys"]):
        raise ForeignKeys(
            f"the keys in {settings.keys_dir} are not those that this database was made with; "
            "restore them from their backup, or name their folder in AIQYN_KEYS_DIR"
        )
    profile = settings.profile or found.get("profile", DEFAULT_PROFILE)
    return Database(engine, SqlStore(engine), profile, keys, found)
