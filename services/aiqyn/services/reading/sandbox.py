"""One SELECT over copies of the views that hold nothing restricted.

The query runs in an SQLite database in memory, whatever the server's own database is: what is not in it cannot be
asked for, neither in the answer nor in a condition.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aiqyn.services.store.views import COLUMNS, NAMES

Row = Sequence[object]
Rows = Callable[[str], Iterable[Row]]
SECONDS = 1.0
MOST_ROWS = 1000
MOST_COPIED = 200_000
"""Rows of a view that are copied to be asked; a larger one is refused, never cut."""
COPY_SECONDS = 10.0
_MOST_COPIED_BYTES = 256 * 1024 * 1024
_MOST_BYTES = 8 * 1024 * 1024
"""Of one answer, and of one value in it."""
_STEPS = 1000
_WORD = re.compile(r"[A-Za-z0-9_]+")
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_REFUSED_FUNCTIONS = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "printf", "format"}
)
"""The last two pad a text to any width, and nothing interrupts them."""


class BadQuery(Exception):
    """The query cannot be answered; the message says why."""


class Answer(NamedTuple):
    """What a query gave."""

    columns: list[str]
    rows: list[list[object]]
    truncated: bool
    elapsed: float
    """Milliseconds."""


def run(query: str, rows_of: Rows) -> Answer:
    """Answer one SELECT; `rows_of` gives the rows of a view. Raises BadQuery."""
    if "\0" in query:
        raise BadQuery("a query has no NUL")
    wanted = {word.lower() for word in _WORD.findall(query)} & set(NAMES)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA max_page_count = {_MOST_COPIED_BYTES // 4096}")
        ends = time.monotonic() + COPY_SECONDS
        for name in sorted(wanted):
            _fill(connection, name, rows_of(name), ends)
        connection.commit()
        return _answer(connection, query)
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, name: str, rows: Iterable[Row], ends: float) -> None:
    columns = COLUMNS[name]
    quoted = ", ".join(f'"{column}"' for column in columns)
    connection.execute(f"CREATE TABLE {name} ({quoted})")
    places = ", ".join("?" * len(columns))
    try:
        connection.executemany(f"INSERT INTO {name} VALUES ({places})", _bounded(name, rows, ends))
    except sqlite3.OperationalError:  # the database in memory is full
        raise _too_large(name) from None


def _bounded(name: str, rows: Iterable[Row], ends: float) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number >= MOST_COPIED or (number % 256 == 0 and time.monotonic() > ends):
            raise _too_large(name)
        yield row


def _too_large(name: str) -> BadQuery:
    return BadQuery(f"{name} is too large to be asked here; ask the view in the database itself, or an export")


def _answer(connection: sqlite3.Connection, query: str) -> Answer:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_authorize)
    began = time.perf_counter()
    connection.set_progress_handler(lambda: int(time.perf_counter() - began > SECONDS), _STEPS)
    try:
        cursor = connection.execute(query)
        if cursor.description is None:
            raise BadQuery("one SELECT is wanted")
        rows, truncated = _taken(cursor)
    except sqlite3.OperationalError as error:
        if str(error) == "interrupted":
            raise BadQuery(f"the query took longer than {SECONDS:g} s; narrow it") from None
        raise BadQuery(str(error)) from None
    except (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, UnicodeError) as error:
        raise BadQuery(str(error) or type(error).__name__) from None
    elapsed = round(1000 * (time.perf_counter() - began), 3)
    return Answer([column[0] for column in cursor.description], rows, truncated, elapsed)


def _taken(cursor: Iterable[Sequence[object]]) -> tuple[list[list[object]], bool]:
    rows: list[list[object]] = []
    size = 0
    for row in cursor:
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(rows) == MOST_ROWS or size > _MOST_BYTES:
            return rows, True
        rows.append([_shown(value) for value in row])
    return rows, False


def _shown(value: object) -> object:
    """JSON has no bytes and no infinity."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def _authorize(action: int, first: str | None, second: str | None, schema: str | None, _inner: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second in _REFUSED_FUNCTIONS else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def columns_of(name: str, documents: Iterable[Mapping[str, object]], cell: Callable[[object], object]) -> Iterator[Row]:
    """Documents as rows of a view: their members in its order."""
    members = [_member(column) for column in COLUMNS[name]]
    for document in documents:
        yield [cell(document.get(member)) for member in members]


def _member(column: str) -> str:
    head, *rest = column.split("_")
    return head + "".join(word.capitalize() for word in rest)
