"""A server as a command: one ready line on stdout, then until SIGTERM or SIGINT; a second signal ends at once."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import AbstractContextManager
from types import FrameType
from typing import TypeVar

from servers.missing import Missing

T = TypeVar("T")


def stay(server: AbstractContextManager[T], what: str, told: tuple[str, ...]) -> int:
    """Run `server` until a signal; the exit code. `told`: its attributes for the ready line."""
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        if over.is_set():
            os._exit(1)  # the guard ends the server
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        with server as running:
            line = {"ready": what} | {name: getattr(running, name) for name in told} | {"pid": os.getpid()}
            print(json.dumps(line, separators=(",", ":")), flush=True)
            over.wait()
    except Missing as error:
        print(error, file=sys.stderr)
        return 1
    return 0
