"""Which alerts are wanted: the filters of the contract, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Words = tuple[str, ...]
"""Any of these; empty: no condition."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What somebody typed into the search field: any of these will do."""

    word: str
    """An id of an alert or how it begins, an ocid, an allocation, or a rule."""
    entities: Words
    """Whose names have the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Conditions that must all hold; of the words of one condition any will do."""

    rule: Words = ()
    severity: Words = ()
    certainty: Words = ()
    identity: Words = ()
    stage: Words = ()
    ocid: Words = ()
    """The ocid, or the id of an allocation."""
    entity: Words = ()
    """Anywhere in the alert: as buyer, company, person, or on a path."""
    buyer: Words = ()
    company: Words = ()
    person: Words = ()
    review_status: Words = ()
    disposition: Words = ()
    managed: bool | None = None
    retroactive: bool | None = None
    raised_from: int | None = None
    """Raised at this instant (microseconds since 1970 UTC) or later."""
    raised_before: int | None = None
    least_amount: Decimal | None = None
    """In the alert's own currency; alerts without an amount are left out."""
    valid_at: str | None = None
    """A day, `YYYY-MM-DD`, within the alert's window, both ends included."""
    known_at: int | None = None
    """Only revisions recorded up to this instant: the alert as it stood then."""
    withdrawn: bool = False
    """Withdrawn alerts too."""
    mentioned: Mentioned | None = None
