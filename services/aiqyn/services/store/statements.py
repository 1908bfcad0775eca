"""Bulk statements as driver text with positional marks: no cost a row beyond the driver's own.

On PostgreSQL many rows go by binary COPY: into their table, or into a temporary one to be merged from there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from aiqyn.services.store import copying

_MANY = 8  # rows from which on COPY is faster than statements
_MANY_MERGED = 50  # the same where a temporary table stands between


class Loading(str):
    """A statement that puts rows into a table, and knows which."""

    table: Table
    columns: Sequence[str]
    merge: str | None
    """What follows `INSERT INTO ... SELECT ...` where rows may be there already."""

    def __new__(cls, text: str, table: Table, columns: Sequence[str], merge: str | None = None) -> Loading:
        made = super().__new__(cls, text)
        made.table, made.columns, made.merge = table, columns, merge
        return made


def _positional(name: str) -> Dialect:
    if name == "sqlite":
        return sqlite.dialect(paramstyle="qmark")
    postgres: Dialect = postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]
    return postgres


def _columns(table: Table, without: Collection[str]) -> list[str]:
    return [column.name for column in table.columns if column.name not in without]


def insert(connection: Connection, table: Table, without: Collection[str] = ()) -> Loading:
    """INSERT of one row, its columns in the table's order except `without`."""
    return _insert(connection.dialect.name, table, tuple(without))


@cache
def _insert(dialect: str, table: Table, without: tuple[str, ...]) -> Loading:
    columns = _columns(table, without)
    text = str(table.insert().inline().compile(dialect=_positional(dialect), column_keys=columns))
    return Loading(text, table, columns)


def upsert(connection: Connection, table: Table, without: Collection[str] = ()) -> Loading:
    """INSERT, or UPDATE of every column but the key and `without`, which keep what they hold."""
    return _upsert(connection.dialect.name, table, tuple(without))


@cache
def _upsert(dialect_name: str, table: Table, without: tuple[str, ...]) -> Loading:
    columns = _columns(table, without)
    keys = [column.name for column in table.primary_key]
    changed = [name for name in columns if name not in keys]
    dialect = _positional(dialect_name)
    if dialect_name == "sqlite":
        lite = sqlite.insert(table)
        made = lite.on_conflict_do_update(index_elements=keys, set_={name: lite.excluded[name] for name in changed})
        return Loading(str(made.compile(dialect=dialect, column_keys=columns)), table, columns)
    postgres = postgresql.insert(table)
    update = postgres.on_conflict_do_update(
        index_elements=keys, set_={name: postgres.excluded[name] for name in changed}
    )
    text = str(update.compile(dialect=dialect, column_keys=columns))
    return Loading(text, table, columns, text[text.rindex(" ON CONFLICT ") :])


def marks(connection: Connection, count: int) -> str:
    """`count` placeholders, comma-separated."""
    return ",".join(["?" if connection.dialect.name == "sqlite" else "%s"] * count)


def among(connection: Connection, values: Sequence[object]) -> tuple[str, tuple[object, ...]]:
    """What follows a column that is one of these values, and the parameters: on PostgreSQL one array, whose statement
    is the same however many there are."""
    if connection.dialect.name == "sqlite":
        return f"IN ({marks(connection, len(values))})", tuple(values)
    return "= ANY(%s)", (list(values),)


def pairs(connection: Connection, values: Sequence[tuple[int, int]]) -> tuple[str, tuple[object, ...]]:
    """What stands in `(a, b) IN (...)` for these pairs of whole numbers, and the parameters, as in `among`."""
    if connection.dialect.name == "sqlite":
        each = f"({marks(connection, 2)})"
        return f"VALUES {','.join([each] * len(values))}", tuple(number for pair in values for number in pair)
    return "SELECT * FROM unnest(%s::bigint[], %s::bigint[])", ([a for a, _ in values], [b for _, b in values])


def run(connection: Connection, statement: str, rows: list[tuple[object, ...]]) -> None:
    """Execute a statement once a row; no rows: nothing."""
    if not rows:
        return
    if isinstance(statement, Loading) and connection.dialect.name == "postgresql":
        if statement.merge is None and len(rows) >= _MANY:
            copying.copy(connection, statement.table, statement.columns, rows)
            return
        if statement.merge is not None and len(rows) >= _MANY_MERGED:
            copying.merge(connection, statement.table, statement.columns, rows, statement.merge)
            return
    connection.exec_driver_sql(statement, rows)
