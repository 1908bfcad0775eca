"""What is known of a person for telling whether two records are one, and how strongly two of them agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiqyn.schemas.days import DaySpan, parse_optional_day

Strength = Literal["corroborated", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class Traits:
    """One person as one cluster of records knows it."""

    names: frozenset[str]
    """Name keys."""
    births: frozenset[str]
    """Birth dates as written."""
    contacts: frozenset[str]
    relatives: frozenset[str]
    """Identifiers of its relatives."""
    roles: frozenset[str]
    """`role@identifier` of the companies in which it has a role."""
    identifiers: frozenset[str]
    """Valid `SCHEME:ID`."""


def _telling(contacts: frozenset[str]) -> frozenset[str]:
    """Phones, e-mails and addresses. A bank account is no fact that corroborates (design, section 6)."""
    return frozenset(contact for contact in contacts if not contact.startswith("account:"))


@lru_cache(maxsize=65536)
def _span(birth: str) -> DaySpan | None:
    return parse_optional_day(birth)


def births_conflict(births: Iterable[str]) -> bool:
    """Whether some two of the dates cannot be the same day."""
    spans = [span for span in map(_span, set(births)) if span is not None]
    return any(
        left.last < right.first or right.last < left.first for i, left in enumerate(spans) for right in spans[i + 1 :]
    )


def schemes_conflict(identifiers: Iterable[str]) -> bool:
    """Whether two different valid identifiers of one scheme are among them."""
    seen: dict[str, str] = {}
    for identifier in identifiers:
        scheme = identifier.split(":", 1)[0]
        if seen.setdefault(scheme, identifier) != identifier:
            return True
    return False


def agreement(left: Traits, right: Traits) -> Strength | None:
    """How strongly two clusters of records agree to be one person (design, section 6).

    Name and full birth date and one more agreeing fact: corroborated. Name and full birth date alone, or name, part of
    a birth date and one more agreeing fact: unconfirmed. None where names differ, birth dates or identifiers of one
    scheme conflict, or a birth date is missing.
    """
    if left.names.isdisjoint(right.names):
        return None
    if births_conflict(left.births | right.births) or schemes_conflict(left.identifiers | right.identifiers):
        return None
    if not left.births or not right.births:
        return None
    one_more = not (
        _telling(left.contacts).isdisjoint(right.contacts)
        and left.relatives.isdisjoint(right.relatives)
        and left.roles.isdisjoint(right.roles)
    )
    full = any((span := _span(birth)) is not None and span.exact for birth in left.births & right.births)
    if full:
        return "corroborated" if one_more else "unconfirmed"
    return "unconfirmed" if one_more else None
