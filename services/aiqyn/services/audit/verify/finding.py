"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree with the log."""

    index: int | None
    """Of the leaf; None: it has none, or no place yet."""
    id: str
    """What it is about: a leaf's ref, or a row of the database."""
    why: str

    def as_json(self) -> dict[str, Any]:
        return {"index": self.index, "id": self.id, "why": self.why}
