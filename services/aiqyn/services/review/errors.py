"""Why an action was not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Refused(NamedTuple):
    """One alert that cannot take the action; `alert` is None where that is the scope of a suppression."""

    alert: str | None
    code: str
    detail: str


class ActionRefused(Exception):
    """The action was not taken, on no alert. `status` is that of HTTP."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        refused: Sequence[Refused] = (),
        pointer: str = "",
        stale: Sequence[str] = (),
    ) -> None:
        """`stale`: ids of alerts that are no longer what the actor saw."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.refused = tuple(refused)
        self.pointer = pointer
        self.stale = tuple(stale)
