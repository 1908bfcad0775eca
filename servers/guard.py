"""A small process that ends a server, and removes its folder, when the process that uses it is killed.

It reads orders from the pipe that its user holds open: `watch PID`, `forget PID`, `remove FOLDER`. The end of the
pipe is the end of the user, however it came.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from servers.processes import signal_tree

_ROOT = Path(__file__).parents[1]


class Guard:
    """Guards processes and one folder until `close`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "servers.guard"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        self._say(f"watch {pid}")

    def forget(self, pid: int) -> None:
        self._say(f"forget {pid}")

    def remove(self, folder: Path) -> None:
        self._say(f"remove {folder}")

    def close(self) -> None:
        """Let the guard do its work now, and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)

    def _say(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: set[int] = set()
    folders: set[str] = set()
    for line in sys.stdin:
        order, _, what = line.rstrip("\n").partition(" ")
        if order == "watch":
            watched.add(int(what))
        elif order == "forget":
            watched.discard(int(what))
        else:
            folders.add(what)
    for pid in watched:
        signal_tree(pid, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
