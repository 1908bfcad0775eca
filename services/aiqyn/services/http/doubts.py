"""Doubts about accepted records, as `/errors/<code>` explains them."""

from __future__ import annotations

import re

from aiqyn.schemas.conformance.check import KEYWORDS
from aiqyn.schemas.errors import Meaning

_ACTION = (
    "The event was accepted and counts as far as it could be read. Correct the record at its source and send the "
    "correction as a new event."
)

_TITLES = {
    "quality.amountInvalid": "An amount cannot be read",
    "quality.birthDateConflict": "A person's birth dates contradict each other",
    "quality.codeUnknown": "A code is not in its list",
    "quality.currencyRepaired": "A currency was written unusually",
    "quality.dateFuture": "A date is later than its event",
    "quality.dateInvalid": "A date cannot be read",
    "quality.deprecated": "A member is deprecated by its standard",
    "quality.endBeforeStart": "A period ends before it begins",
    "quality.foreignTarget": "A record names one of another source",
    "quality.identifierIncomplete": "An identifier has no scheme or no value",
    "quality.identifierInvalid": "An identifier does not hold by its scheme's rules",
    "quality.interestsMissing": "A relationship states no interests",
    "quality.more": "There are more doubts than are listed",
    "quality.periodMissing": "A period is missing",
    "quality.recordIdMissing": "A record has no id",
    "quality.retraction.ofRetraction": "A retraction cannot be retracted",
    "quality.retraction.otherSource": "A retraction works on its own source alone",
    "quality.shareInvalid": "A share cannot be read",
    "quality.statusMissing": "A status is missing",
    "quality.statusUnknown": "A status is not in its list",
    "quality.subjectUnspecified": "The subject of a relationship is not specified",
    "quality.textEmpty": "A text is empty",
    "quality.typeDropped": "A value of a wrong type was left out",
    "quality.typeRepaired": "A value of a wrong type was read as the right one",
    "quality.unidentified": "Somebody has neither an identifier nor a record id",
}

DOUBTS = {code: Meaning(title, _ACTION) for code, title in _TITLES.items()}
_STANDARD = re.compile(r"standard\.(\w{1,40})")


def doubt(code: str) -> Meaning | None:
    """What a doubt means; `standard.<keyword>` is one about the official schema. None: there is no such code."""
    named = _STANDARD.fullmatch(code)
    if named is not None and named[1] in KEYWORDS:
        return Meaning(f"The record fails the official schema of its standard ({named[1]})", _ACTION)
    return DOUBTS.get(code)
