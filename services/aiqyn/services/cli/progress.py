"""A progress bar on stderr, on terminals only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int | None], None]
"""Told how far it is, and of how much (None: not known)."""


@contextmanager
def progress(label: str, unit: str = "bytes") -> Iterator[Advance]:
    """A bar until the block ends. `unit` is `bytes`, or what is counted."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    # Imported here: most runs draw nothing.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    count = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
