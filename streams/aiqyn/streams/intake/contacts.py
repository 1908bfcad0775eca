"""Contacts in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from aiqyn.streams.intake.names import words

_NOT_DIGIT = re.compile(r"[^0-9]+")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")
_SEVERAL = re.compile(r"[;,\n]+")
_SEVERAL_EMAILS = re.compile(r"[;,\s]+")
_FEWEST_DIGITS = 5


def contacts(
    phones: Iterable[str] | None,
    emails: Iterable[str] | None,
    addresses: Iterable[str] | None,
    accounts: Iterable[str] | None = None,
) -> tuple[str, ...]:
    """`phone:`, `email:`, `address:` and `account:` with the normalised value, sorted, one each.

    What has nothing left after normalising is dropped; None stands for none.
    """
    found: set[str] = set()
    for text in phones or ():
        found.update(phone(text))
    for text in emails or ():
        found.update(email(text))
    for text in addresses or ():
        found.update(address(text))
    for text in accounts or ():
        found.update(account(text))
    return tuple(sorted(found))


@lru_cache(maxsize=16_384)
def phone(text: str) -> tuple[str, ...]:
    """Digits of each number; the trunk prefix 8 of an 11-digit number (KZ, RU) is its country code 7.

    Fewer than 5 digits, and one digit repeated, are no number.
    """
    found = []
    for part in _SEVERAL.split(unicodedata.normalize("NFKC", text)):
        digits = _NOT_DIGIT.sub("", part)
        if len(digits) < _FEWEST_DIGITS or len(set(digits)) == 1:
            continue
        if len(digits) == 11 and digits[0] == "8":
            digits = "7" + digits[1:]
        found.append(f"phone:{digits}")
    return tuple(found)


@lru_cache(maxsize=16_384)
def email(text: str) -> tuple[str, ...]:
    """Each address with an @ inside, in NFKC and case folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(f"email:{part}" for part in _SEVERAL_EMAILS.split(folded) if "@" in part.strip("@"))


@lru_cache(maxsize=16_384)
def address(text: str) -> tuple[str, ...]:
    """The words of the address in their order, in NFKC and case folded."""
    line = " ".join(words(text))
    return (f"address:{line}",) if line else ()


@lru_cache(maxsize=16_384)
def account(text: str) -> tuple[str, ...]:
    """Letters and digits, upper case; one character repeated is no account."""
    number = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())
    return (f"account:{number}",) if len(set(number)) > 1 else ()
