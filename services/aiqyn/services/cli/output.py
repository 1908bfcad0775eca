"""What commands print: JSON lines, CSV and tables on stdout, talk on stderr.

Texts of events are written by strangers: on a terminal, control and direction characters are shown, not
obeyed.
"""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 10_000  # columns of a file or a pipe: nothing is wrapped there


def json_line(value: object) -> None:
    """One JSON value on a line of stdout, UTF-8."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")


def text(value: str) -> None:
    """Text on stdout, lines as they are."""
    sys.stdout.buffer.write(value.encode() + b"\n")


def talk(value: str) -> None:
    """A line for people on stderr."""
    print(safe(value), file=sys.stderr)


def safe(value: str) -> str:
    """The text with control, format and private characters written as `\\u....`."""
    if value.isprintable():
        return value
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode()
        for character in value
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[str] = ()) -> None:
    """A table on stdout; cells are never cut. `numbers` names the columns that align right."""
    right = set(numbers)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        shown.add_column(name, overflow="fold", justify="right" if name in right else "left")
    for row in rows:
        shown.add_row(*(Text(safe("" if cell is None else str(cell))) for cell in row))
    sys.stdout.flush()
    console().print(shown)


def console() -> Console:
    """stdout as rich sees it."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def csv_rows(columns: Sequence[str], documents: Iterable[Mapping[str, object]]) -> None:
    """RFC 4180 on stdout, exact: columns are the JSON names in snake_case, lists and objects compact JSON."""
    _csv_line([snake_case(name) for name in columns])
    for document in documents:
        _csv_line([_cell(document.get(name)) for name in columns])


def snake_case(name: str) -> str:
    """`raisedAt` as `raised_at`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _csv_line(cells: Sequence[str]) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    sys.stdout.buffer.write(line.getvalue().encode())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
