"""`aiqyn db`: the database itself."""

from __future__ import annotations

import typer

from aiqyn.services.cli import output
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.store import upgrade as tables
from aiqyn.services.store.database import connect

app = typer.Typer(no_args_is_help=True, help="The database: bring its tables to this version.")


@app.callback()
def db() -> None:
    """The database: bring its tables to this version."""


@app.command("upgrade")
def upgrade(db: Db = None, profile: Profile = None) -> None:
    """Make the tables, or bring them to this version.

    SQLite does so by itself at the first command; PostgreSQL waits for this one, so that you choose the
    hour. Stop the engine before, and take a backup.

    Example: `aiqyn db upgrade --db postgresql://aiqyn@localhost/aiqyn`
    """
    settings = read_settings(db, profile)
    engine = connect(settings.database_url, create=True)
    try:
        done = tables.upgrade(engine)
    finally:
        engine.dispose()
    output.text(f"{'upgraded to' if done else 'already at'} revision {tables.HEAD}")
