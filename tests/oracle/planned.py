"""A process as planned, and what is planted in it."""

from datetime import date, timedelta
from typing import NamedTuple

from tests.oracle.statements import Body

DAY = timedelta(days=1)
ROLES = ("head", "deputyHead", "unitHead", "procurement", "minister", "akim", "boardMember", "staff")
MANAGERS = ("director", "manager", "representative", "founder")

Interest = tuple[str, bool] | None
"""The rule that must find it, and whether certainly; None: no rule may."""
Plant = tuple[Interest, tuple[str, ...]]
"""With the persons of the alert."""


class Process(NamedTuple):
    """A procurement process: its buyer, the first and the last day of the window of all its bidders."""

    ocid: str
    buyer: Body
    first: date
    last: date


class Planted(NamedTuple):
    """A conflict that must be found; `certainty` as by construction."""

    rule: str
    ocid: str
    company: str
    persons: tuple[str, ...]
    certainty: str
