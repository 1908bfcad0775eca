"""Exit codes, and the error that carries one."""

from __future__ import annotations

FINE = 0
FAILED = 1
REFUSED = 2
"""Finished, but some input was refused, conflicts included."""
USAGE = 64


class Failure(Exception):
    """A command cannot go on; the message says what to do."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code
