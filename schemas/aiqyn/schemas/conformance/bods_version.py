"""Which version of BODS a statement claims to be written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

BodsStandard = Literal["bods-0.2", "bods-0.3", "bods-0.4"]

_BY_VERSION: Final[Mapping[object, BodsStandard]] = {"0.2": "bods-0.2", "0.3": "bods-0.3", "0.4": "bods-0.4"}


def claimed_standard(statement: Mapping[str, object]) -> BodsStandard:
    """The version that `publicationDetails.bodsVersion` states, else the one that the shape tells.

    By shape: 0.4 has `statementId` and `recordType`. A statement of the older shape that states no known
    version is held to be 0.2.
    """
    details = statement.get("publicationDetails")
    version = details.get("bodsVersion") if isinstance(details, Mapping) else None
    if isinstance(version, str) and version in _BY_VERSION:
        return _BY_VERSION[version]
    return "bods-0.4" if "statementId" in statement or "recordType" in statement else "bods-0.2"
