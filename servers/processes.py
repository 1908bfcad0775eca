"""Signals to a process and all that it started, wherever they put themselves."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def tree(pid: int) -> list[int]:
    """The process, then its children, then theirs."""
    children: dict[int, list[int]] = defaultdict(list)
    for process, parent in _parents():
        children[parent].append(process)
    found = [pid]
    for process in found:
        found += children[process]
    return found


def signal_tree(pid: int, number: signal.Signals) -> None:
    """Send a signal to the process and its descendants. One that is to die stands still first: it bears no more."""
    if number == signal.SIGKILL:
        _send(pid, signal.SIGSTOP)
    for process in reversed(tree(pid)):
        _send(process, number)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _parents() -> list[tuple[int, int]]:
    if _PROC.is_dir():
        return [pair for folder in _PROC.iterdir() if folder.name.isdigit() for pair in _parent(folder)]
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [(int(process), int(parent)) for process, parent in map(str.split, listed.splitlines())]


def _parent(folder: Path) -> list[tuple[int, int]]:
    try:
        # The name of the program, in brackets, may hold anything.
        fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []  # it has ended meanwhile
    return [(int(folder.name), int(fields[1]))]
