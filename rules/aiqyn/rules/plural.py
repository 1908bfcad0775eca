"""Which form of a message goes with a number (Unicode CLDR plural categories, whole numbers)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

Form = Literal["one", "few", "many", "other"]


def plural(lang: str, count: int) -> Form:
    """The category of `count` in the language; `other` where the language has no rule here."""
    return _RULES.get(lang, _always_other)(abs(count))


def _one_or_other(count: int) -> Form:
    return "one" if count == 1 else "other"


def _east_slavic(count: int) -> Form:
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:
        return "one"
    return "few" if ones in (2, 3, 4) and tens not in (12, 13, 14) else "many"


def _always_other(count: int) -> Form:
    return "other"


_RULES: Mapping[str, Callable[[int], Form]] = {
    "en": _one_or_other,
    "kk": _one_or_other,
    "ru": _east_slavic,
}
