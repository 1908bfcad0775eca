"""The texts of the workbench: one TOML file a language, the same keys in each."""

from __future__ import annotations

from collections.abc import Mapping

from aiqyn.rules.texts import Message, Texts, UnknownMessage

LANGUAGES = ("kk", "ru", "en")
UnknownText = UnknownMessage
"""Nobody wrote that text: a bug, never a blank."""
_TEXTS = Texts("aiqyn.services.i18n")


def text(key: str, lang: str, /, **parameters: object) -> str:
    """The text with its parameters put in; one with plural forms needs the whole number `count`. Raises UnknownText."""
    return _TEXTS.text(key, lang, parameters)


def parameters(key: str, lang: str) -> frozenset[str]:
    """The names of the parameters that a text uses, in any of its forms. Raises UnknownText."""
    return _TEXTS.parameters(key, lang)


def language(asked: str | None, accepted: str | None) -> str:
    """The language of a page: the one asked for, else the best of Accept-Language (RFC 9110) that we have, else
    English."""
    if asked in LANGUAGES:
        return asked
    ranked = []
    for at, part in enumerate((accepted or "").split(",")[:20]):
        tag, _, rest = part.partition(";")
        name = tag.strip().partition("-")[0].lower()
        weight = _weight(rest)
        if name in LANGUAGES and weight > 0:
            ranked.append((-weight, at, name))
    return min(ranked)[2] if ranked else "en"


def _weight(written: str) -> float:
    """The quality of one part, 0 to 1; 0 (not wanted) where it cannot be read."""
    name, _, value = written.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip().lower() == "q" and 0 <= weight <= 1 else 0.0


def catalogue(lang: str) -> Mapping[str, Message]:
    """All texts of a language by key, flat. Raises UnknownText for a language that has none."""
    return _TEXTS.of(lang)
