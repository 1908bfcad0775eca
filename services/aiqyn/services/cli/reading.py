"""The records of the files that a command was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.unwrap import Format
from aiqyn.services.cli.exits import USAGE, Failure
from aiqyn.services.cli.progress import Advance
from aiqyn.services.files import Incoming, Limits, Progress, UnreadableInput, read_records
from aiqyn.services.settings import Settings

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files: `.json`, `.jsonl`, each also `.gz`; `-` is standard input.",
        show_default=False,
    ),
]
InputFormat = Annotated[Format, typer.Option("--format", help="What the files hold; `auto` tells by looking.")]


class Placed(NamedTuple):
    """A record and where it stands, for messages."""

    path: str
    record: Incoming

    @property
    def raw(self) -> bytes:
        return self.record.raw

    @property
    def event(self) -> Event | None:
        return self.record.event

    @property
    def error(self) -> Rejected | None:
        return self.record.error

    def __str__(self) -> str:
        return f"{self.path}:{self.record.line}"


def records(
    paths: Sequence[str], format: Format, source: str | None, settings: Settings, advance: Advance
) -> Iterator[Placed]:
    """Every record of the files, in order. `advance` is told the bytes read, and how many there are in all.

    Raises Failure where a path cannot be read.
    """
    limits = Limits(event=settings.max_event_bytes, line=max(Limits().line, settings.max_event_bytes))
    check_paths(paths)
    sizes = [None if path == "-" else Path(path).stat().st_size for path in paths]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    before = 0
    for path in paths:
        state = Progress()
        try:
            for record in read_records(path, format, source, limits, state):
                yield Placed(path, record)
                advance(before + state.read, total)
        except UnreadableInput as error:
            raise Failure(str(error), USAGE) from None
        except OSError as error:
            raise Failure(f"{path} cannot be read: {error.strerror}") from None
        before += state.read


def check_paths(paths: Sequence[str]) -> None:
    """Raise Failure where one of them is not there: before the first is read, not after an hour."""
    for path in paths:
        if path == "-":
            continue
        if Path(path).is_dir():
            raise Failure(f"{path} is a folder: name the files in it", USAGE)
        if not Path(path).exists():
            raise Failure(f"{path} does not exist: check the path", USAGE)
