"""Names of atoms and of clusters."""

from __future__ import annotations

from collections.abc import Iterable


def is_identifier(name: str) -> bool:
    return not name.startswith(("REC:", "UNSPECIFIED:"))


def cluster_name(names: Iterable[str]) -> str:
    """The smallest valid `SCHEME:ID`, else the smallest `REC`."""
    return min(names, key=lambda name: (not is_identifier(name), name))
