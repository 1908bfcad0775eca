"""Codes of quality issues: doubts about the data of an accepted event."""

from __future__ import annotations

from typing import Final

QUALITY: Final[dict[str, str]] = {
    "quality.amountInvalid": "An amount is no exact decimal and is left out",
    "quality.birthDateConflict": "A birth date differs from the one in the person's national number",
    "quality.codeUnknown": "A code is not in the standard's list; it is kept as written",
    "quality.currencyRepaired": "A currency code is missing or not written in capitals",
    "quality.dateFuture": "A date is later than the event's own time; it is used as stated",
    "quality.dateInvalid": "A date cannot be read and is left out",
    "quality.deprecated": "A field that the standard no longer has",
    "quality.endBeforeStart": "An end lies before its start; both are used as stated",
    "quality.foreignTarget": "A retraction names a record of another source and has no effect",
    "quality.identifierIncomplete": "An identifier lacks its scheme or its number and is left out",
    "quality.identifierInvalid": "An identifier is not valid in its scheme and is left out",
    "quality.interestsMissing": "A relationship states no interest",
    "quality.more": "There are more issues than are listed",
    "quality.periodMissing": "A declaration does not say what period it is about",
    "quality.recordIdMissing": "A statement names no record; its own id stands for it",
    "quality.shareInvalid": "A share cannot be read and counts as not stated",
    "quality.statusMissing": "No status is stated",
    "quality.statusUnknown": "A status is not in the standard's list; it is kept as written",
    "quality.subjectUnspecified": "A relationship has no subject that could be named",
    "quality.textEmpty": "A text is empty and counts as not stated",
    "quality.typeDropped": "A value has the wrong type and is left out",
    "quality.typeRepaired": "A value has the wrong type; what it means is clear and is used",
    "quality.unidentified": "Somebody has neither a valid identifier nor a record id, and stands alone",
}
"""Code to title. Published; the list may grow, nothing in it is renamed."""
