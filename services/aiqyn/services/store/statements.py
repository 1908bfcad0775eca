"""Bulk statements as driver text with positional marks: no cost a row beyond the driver's own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect


def _positional(connection: Connection) -> Dialect:
    if connection.dialect.name == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    postgres: Dialect = postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return postgres


def _columns(table: Table, without: Collection[str]) -> list[str]:
    return [column.name for column in table.columns if column.name not in without]


def insert(connection: Connection, table: Table, without: Collection[str] = ()) -> str:
    """INSERT of one row, its columns in the table's order except `without`."""
    columns = _columns(table, without)
    return str(table.insert().inline().compile(dialect=_positional(connection), column_keys=columns))


def upsert(connection: Connection, table: Table, without: Collection[str] = ()) -> str:
    """INSERT, or UPDATE of every column but the key and `without`, which keep what they hold."""
    columns = _columns(table, without)
    keys = [column.name for column in table.primary_key]
    changed = [name for name in columns if name not in keys]
    dialect = _positional(connection)
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        made = lite.on_conflict_do_update(index_elements=keys, set_={name: lite.excluded[name] for name in changed})
        return str(made.compile(dialect=dialect, column_keys=columns))
    postgres = postgresql.insert(table)
    update = postgres.on_conflict_do_update(
        index_elements=keys, set_={name: postgres.excluded[name] for name in changed}
    )
    return str(update.compile(dialect=dialect, column_keys=columns))


def marks(connection: Connection, count: int) -> str:
    """`count` placeholders, comma-separated."""
    return ",".join(["?" if connection.dialect.name == "sqlite" else "%s"] * count)


def run(connection: Connection, statement: str, rows: list[tuple[object, ...]]) -> None:
    """Execute a statement once a row; no rows: nothing."""
    if rows:
        connection.exec_driver_sql(statement, rows)
