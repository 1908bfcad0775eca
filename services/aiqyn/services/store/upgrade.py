"""Tables of the right version: made and altered by Alembic, checked at each opening."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection, Engine, inspect

from aiqyn.services.store.database import is_sqlite, reading, writing
from aiqyn.services.store.errors import SchemaOutdated
from aiqyn.services.store.lock import upgrade_lock
from aiqyn.services.store.patience import unhurried
from aiqyn.services.store.tables import meta

HEAD = "0006"
"""The revision that this version of the product works with: the last file in `migrations/versions/`."""


def version(connection: Connection) -> str | None:
    """The revision that the tables have; None: there are no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def upgrade(engine: Engine) -> bool:
    """Bring the tables to `HEAD`, in one transaction; whether anything was to do.

    Two processes may call it at once: the second waits and finds nothing to do. Raises
    SchemaOutdated where the tables are of a newer version of the product.
    """
    with unhurried(), upgrade_lock(engine), writing(engine) as connection:
        found = version(connection)
        if found == HEAD:
            return False
        _refuse_newer(found)
        _run_migrations(connection)
        if found is None:
            connection.execute(meta.insert().values(name="id", value=str(uuid4())))
        return True


def require(engine: Engine) -> None:
    """Make sure that the tables are of this version: SQLite's are migrated, PostgreSQL's are not.

    Raises SchemaOutdated where somebody has to act.
    """
    with reading(engine) as connection:
        found = version(connection)
    if found == HEAD:
        return
    _refuse_newer(found)
    if not is_sqlite(engine):
        state = "has no tables" if found is None else f"has tables of revision {found}, not {HEAD}"
        raise SchemaOutdated(f"the database {state}; run `aiqyn db upgrade` first")
    upgrade(engine)


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise SchemaOutdated(
            f"the database has revision {found}, this version of aiqyn knows {HEAD}; use the newer aiqyn"
        )


def _run_migrations(connection: Connection) -> None:
    # Imported here: only the first command on a database pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "aiqyn.services.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
