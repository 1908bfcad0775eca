"""The texts of the workbench: one TOML file a language, the same keys in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from aiqyn.rules.plural import plural

LANGUAGES = ("kk", "ru", "en")
_FORMS = frozenset({"one", "few", "many", "other"})


class UnknownText(LookupError):
    """Nobody wrote that text: a bug, never a blank."""


def text(key: str, lang: str, /, **parameters: object) -> str:
    """The text with its parameters put in; one with plural forms needs the whole number `count`. Raises UnknownText."""
    found = catalogue(lang).get(key)
    if found is None:
        raise UnknownText(f"{lang}.toml has no {key!r}")
    if not isinstance(found, str):
        count = parameters.get("count")
        if not isinstance(count, int):
            raise UnknownText(f"{key!r} needs a whole number as the parameter 'count'")
        found = found.get(plural(lang, count)) or found["other"]
    return found.format_map(parameters)


def language(asked: str | None, accepted: str | None) -> str:
    """The language of a page: the one asked for, else the first of Accept-Language that we have, else English."""
    if asked in LANGUAGES:
        return asked
    ranked = []
    for at, part in enumerate((accepted or "").split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        name = tag.partition("-")[0].lower()
        if name in LANGUAGES:
            ranked.append((-weight, at, name))
    return min(ranked)[2] if ranked else "en"


@cache
def catalogue(lang: str) -> Mapping[str, str | Mapping[str, str]]:
    """All texts of a language by key, flat. Raises UnknownText for a language that has none."""
    if lang not in LANGUAGES:
        raise UnknownText(f"no texts in {lang!r}")
    raw = (resources.files("aiqyn.services.i18n") / f"{lang}.toml").read_text("utf-8")
    flat: dict[str, str | Mapping[str, str]] = {}
    _flatten("", tomllib.loads(raw), flat)
    return flat


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, str | Mapping[str, str]]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, str) or value.keys() <= _FORMS:
            into[key] = value
        else:
            _flatten(key, value, into)
