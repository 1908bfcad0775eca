"""The words that filters of alerts take. Enumerations: a Literal cannot be repeated on the command line."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Certainty(StrEnum):
    CERTAIN = "certain"
    POSSIBLE = "possible"


class Identity(StrEnum):
    IDENTIFIER = "identifier"
    CORROBORATED = "corroborated"
    DECIDED = "decided"
    UNCONFIRMED = "unconfirmed"


class Stage(StrEnum):
    BID = "bid"
    AWARD = "award"
    CONTRACT = "contract"


class ReviewStatus(StrEnum):
    OPEN = "open"
    IN_REVIEW = "inReview"
    CLOSED = "closed"
