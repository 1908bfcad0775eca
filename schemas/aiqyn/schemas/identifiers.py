"""Identifiers of persons and companies: scheme aliases, rules of validity, and atoms `SCHEME:ID`.

Normalised before anything is judged: the scheme is put into NFKC, trimmed and upper-cased, and an alias
replaced by the scheme it stands for; the id is put into NFKC (full-width digits become ASCII) and trimmed.
Ids of the schemes whose alphabet is upper case (LEI, Companies House) are upper-cased too; all others keep
their case. Nothing is padded, and nothing inside an id is removed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["person", "company"]

MAX_ID = 64
"""Characters of an id, as normalised."""
MAX_SCHEME = 128
"""Characters of a scheme: some publishers state its whole name."""
_MAX_RAW = 256  # longer input is refused before it costs anything

ALIASES: dict[str, str] = {
    "AM-TAXID": "AM-TIN",
    "ARM-TAXID": "AM-TIN",
    "ARM-TIN": "AM-TIN",
    "KAZ-BIN": "KZ-BIN",
    "KAZ-IIN": "KZ-IIN",
    "RUS-INN": "RU-INN",
    "RUS-TAXID": "RU-INN",
    "RU-TAXID": "RU-INN",
    "UA-EDRPOU": "UA-EDR",
    "UKR-EDR": "UA-EDR",
    "GBR-COH": "GB-COH",
    "LEI": "XI-LEI",
    "ISO-17442": "XI-LEI",
    # persons' documents: BODS names them by the ISO 3166 alpha-3 code of the country
    **{
        f"{alpha2}-{document}": f"{alpha3}-{document}"
        for alpha2, alpha3 in (
            ("AM", "ARM"),
            ("GB", "GBR"),
            ("KG", "KGZ"),
            ("KZ", "KAZ"),
            ("RU", "RUS"),
            ("UA", "UKR"),
            ("UZ", "UZB"),
        )
        for document in ("PASSPORT", "IDCARD")
    },
}
"""Other names of a scheme. Keys and values are upper case."""

KZ_EITHER = frozenset({"KAZ-TAXID", "KZ-TAXID", "KZ-BIIN", "KZ-IIN-BIN"})
"""Kazakhstan's 12-digit number of a person or a company: its fifth digit tells which scheme it is of."""

RESERVED = frozenset({"REC", "AIQYN"})
"""Prefixes of our own names of records and entities: no scheme may be called so."""


class Identifier(NamedTuple):
    """An identifier and the verdict on it."""

    scheme: str
    """As normalised, aliases resolved."""
    id: str
    """As normalised."""
    valid: bool
    kind: Kind | None
    """What a valid identifier of the scheme names; None: either, or not valid."""
    why: str
    """Why it is valid or not, for people."""


class _Verdict(NamedTuple):
    valid: bool
    kind: Kind | None
    why: str


def identify(scheme: str, id: str) -> Identifier:
    """Normalise an identifier and judge it. Any text gives a verdict; none raises."""
    if not isinstance(scheme, str) or not isinstance(id, str):
        return Identifier(str(scheme)[:MAX_SCHEME], str(id)[:MAX_ID], False, None, "scheme and id must be text")
    if len(scheme) > _MAX_RAW or len(id) > _MAX_RAW:
        return Identifier(scheme[:MAX_SCHEME], id[:MAX_ID], False, None, "too long")
    return _identify(scheme, id)


def atom(scheme: str, id: str) -> str | None:
    """`SCHEME:ID` of a valid identifier, the name by which records join; None: not valid."""
    try:
        return _atom(scheme, id)
    except TypeError:  # a list or an object in place of text
        return None


def parse_atom(text: str) -> Identifier:
    """The identifier that `SCHEME:ID` names; the scheme ends at the first colon."""
    scheme, colon, id = text.partition(":")
    if not colon:
        return Identifier("", text[:_MAX_RAW], False, None, "not of the form SCHEME:ID")
    return identify(scheme, id)


@lru_cache(maxsize=1 << 17)
def _atom(scheme: str, id: str) -> str | None:
    found = identify(scheme, id)
    return f"{found.scheme}:{found.id}" if found.valid else None


@lru_cache(maxsize=1 << 15)
def _identify(scheme: str, id: str) -> Identifier:
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", scheme).upper()).strip()
    name = ALIASES.get(name, name)
    number = unicodedata.normalize("NFKC", id).strip()
    fault = _unusable_scheme(name) or _unusable_id(number)
    if fault:
        return Identifier(name, number, False, None, fault)
    if name in KZ_EITHER:
        name = "KZ-BIN" if len(number) == 12 and number[4] in "456789" else "KZ-IIN"
    if name in _UPPER:
        number = number.upper()
    return Identifier(name, number, *_RULES.get(name, _by_default)(number, name))


def _unusable_scheme(name: str) -> str:
    if not name:
        return "no scheme"
    if len(name) > MAX_SCHEME:
        return "scheme too long"
    if ":" in name or not name.isprintable():
        return "a scheme has no colon and no control characters"
    return "this scheme is kept for our own names" if name in RESERVED else ""


def _unusable_id(number: str) -> str:
    if not number:
        return "empty"
    if len(number) > MAX_ID:
        return f"longer than {MAX_ID} characters"
    if number.isalnum():  # nearly all are, and such characters are neither white space nor control characters
        return ""
    if any(character.isspace() and character != " " for character in number):
        return "white space inside"
    return "" if number.isprintable() else "a control character inside"


# --- rules of single schemes: each judges a normalised id

_DIGITS = re.compile(r"[0-9]+\Z")
_COMPANIES_HOUSE = re.compile(r"(?=.{8}\Z)(?:[0-9]{8}|[A-Z][A-Z0-9][0-9]{4,6}[A-Z]{0,2})\Z")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}\Z")
_ASCENDING = "123456789"


def _by_default(number: str, scheme: str) -> _Verdict:
    """1 to 64 characters with a digit, and no filler."""
    if not any("0" <= character <= "9" for character in number):
        return _Verdict(False, None, "no digit")
    if _filler(number):
        return _Verdict(False, None, "filler, not a number that was issued")
    person = scheme.endswith(("-PASSPORT", "-IDCARD"))
    return _Verdict(True, "person" if person else None, "1 to 64 characters with a digit, no filler")


def _filler(number: str) -> bool:
    """Whether the id is a stopgap: one digit repeated, zeros before a last digit, or 123456789..."""
    if any(character.isalpha() for character in number):
        return False
    digits = "".join(character for character in number if "0" <= character <= "9")
    if len(digits) == 1:
        return digits == "0"
    if len(set(digits)) == 1 or not digits[:-1].strip("0"):
        return True
    return digits.startswith(_ASCENDING) or (len(digits) >= 6 and _ASCENDING.startswith(digits))


def _kz_fault(number: str) -> str:
    """What is wrong with the form or the check digit of a 12-digit number of Kazakhstan; empty: nothing."""
    if not _DIGITS.match(number):
        return "not 12 digits"
    if len(number) < 12:
        padded = number.zfill(12)
        restored = not _kz_check_fault(padded) and (_iin_birth(padded) is not None or padded[4] in "456")
        hint = "; with its leading zeros it would be valid" if restored else ""
        return f"{len(number)} digits instead of 12: leading zeros were probably lost{hint}"
    return f"{len(number)} digits instead of 12" if len(number) > 12 else _kz_check_fault(number)


def _kz_check_fault(number: str) -> str:
    """Twelve ASCII digits: weights 1 to 11 modulo 11, on 10 again with 3 to 11, 1, 2. Written out, for it is hot."""
    a, b, c, d, e, f, g, h, i, j, k, check = number.encode()
    ones = a + b + c + d + e + f + g + h + i + j + k
    first = a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k
    found = (first - 48 * 66) % 11
    if found == 10:
        # the second weights are the first plus 2, but 1 and 2 instead of 12 and 13 at the end
        found = (first + 2 * ones - 11 * (j + k) - 48 * 66) % 11
    if found == 10:
        return "a number that is never issued (no check digit exists for it)"
    return "" if found == check - 48 else "the check digit does not fit"


_CENTURY = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def _iin_birth(number: str) -> date | None:
    century = _CENTURY.get(number[6])
    if century is None:
        return None
    try:
        return date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return None


def iin_birth(id: str) -> date | None:
    """The birth date that a valid IIN of Kazakhstan states; None: the id is no valid IIN."""
    found = identify("KZ-IIN", id)
    return _iin_birth(found.id) if found.valid else None


def _kz_iin(number: str, scheme: str) -> _Verdict:
    fault = _kz_fault(number)
    if fault:
        return _Verdict(False, None, fault)
    if number[6] not in _CENTURY:
        return _Verdict(False, None, "digit 7 states no century (1 to 6)")
    if _iin_birth(number) is None:
        hint = " (a company's BIN?)" if number[4] in "456" else ""
        return _Verdict(False, None, f"digits 1 to 6 are no date{hint}")
    return _Verdict(True, "person", "12 digits, a real birth date, the check digit fits")


def _kz_bin(number: str, scheme: str) -> _Verdict:
    fault = _kz_fault(number)
    if fault:
        return _Verdict(False, None, fault)
    if number[4] not in "456":
        hint = " (a person's IIN?)" if _iin_birth(number) is not None else ""
        return _Verdict(False, None, f"digit 5 is not 4, 5 or 6{hint}")
    return _Verdict(True, "company", "12 digits, digit 5 is of a company, the check digit fits")


def _lei(number: str, scheme: str) -> _Verdict:
    """ISO 17442: 18 letters and digits and two check digits, modulo 97 (ISO 7064)."""
    if not _LEI.match(number):
        return _Verdict(False, None, "not 18 letters or digits and two check digits")
    if int("".join(str(int(character, 36)) for character in number)) % 97 != 1:
        return _Verdict(False, None, "the check digits do not fit")
    return _Verdict(True, "company", "20 characters, the check digits fit (ISO 17442)")


_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def _inn_check(number: str, weights: tuple[int, ...]) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False))
    return total % 11 % 10 == int(number[len(weights)])


def _ru_inn(number: str, scheme: str) -> _Verdict:
    if not _DIGITS.match(number) or len(number) not in (10, 12):
        return _Verdict(False, None, "not 10 digits (company) or 12 digits (person)")
    if _filler(number):
        return _Verdict(False, None, "filler, not a number that was issued")
    if len(number) == 10:
        if _inn_check(number, _INN_10):
            return _Verdict(True, "company", "10 digits, the check digit fits")
    elif _inn_check(number, _INN_11) and _inn_check(number, _INN_12):
        return _Verdict(True, "person", "12 digits, both check digits fit")
    return _Verdict(False, None, "the check digit does not fit")


def _eight_digits(number: str, kind: Kind | None) -> _Verdict:
    if not _DIGITS.match(number) or len(number) != 8:
        short = _DIGITS.match(number) is not None and len(number) < 8
        hint = ": leading zeros were probably lost" if short else ""
        return _Verdict(False, None, f"not 8 digits{hint}")
    if _filler(number):
        return _Verdict(False, None, "filler, not a number that was issued")
    return _Verdict(True, kind, "8 digits, no filler")


def _ua_edr(number: str, scheme: str) -> _Verdict:
    if len(number) == 10 and _DIGITS.match(number):
        return _Verdict(False, None, "not 8 digits (10: the tax number of a person)")
    return _eight_digits(number, "company")


def _am_tin(number: str, scheme: str) -> _Verdict:
    return _eight_digits(number, None)  # companies and sole traders have one series


def _gb_coh(number: str, scheme: str) -> _Verdict:
    if not _COMPANIES_HOUSE.match(number):
        short = _DIGITS.match(number) is not None and len(number) < 8
        hint = ": leading zeros were probably lost" if short else ""
        return _Verdict(False, None, f"not the 8 characters of Companies House{hint}")
    if _filler(number):
        return _Verdict(False, None, "filler, not a number that was issued")
    return _Verdict(True, "company", "8 characters as Companies House gives them")


_RULES: dict[str, Callable[[str, str], _Verdict]] = {
    "AM-TIN": _am_tin,
    "GB-COH": _gb_coh,
    "KZ-BIN": _kz_bin,
    "KZ-IIN": _kz_iin,
    "RU-INN": _ru_inn,
    "UA-EDR": _ua_edr,
    "XI-LEI": _lei,
}
_UPPER = frozenset({"GB-COH", "XI-LEI"})
