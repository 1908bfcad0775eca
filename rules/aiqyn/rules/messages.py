"""Texts for people, by language: one TOML file a language in `messages/`, found by folder.

A message is a template with named parameters (`{company}`), or a table of such templates by plural category
(`one`, `few`, `many`, `other`), chosen by the parameter `count`. Keys are the tables' names with dots
between: `COI-04.relative`. A language is added by adding its file; every file has the keys of `en.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

from aiqyn.rules.model import Rule
from aiqyn.rules.plural import plural

DEFAULT = "en"
_FORMS = frozenset({"one", "few", "many", "other"})

Message = str | Mapping[str, str]


class UnknownMessage(LookupError):
    """No catalogue of that language, no message under that key, or a parameter that it needs is missing."""


def languages() -> list[str]:
    """The languages that have a catalogue, sorted."""
    folder = resources.files("aiqyn.rules") / "messages"
    return sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml"))


def keys(lang: str) -> frozenset[str]:
    """Every key of a language's catalogue. Raises UnknownMessage for a language that has none."""
    return frozenset(_catalogue(lang))


def has(key: str, lang: str) -> bool:
    """Whether the language's catalogue has a message under that key. Raises UnknownMessage for an unknown
    language."""
    return key in _catalogue(lang)


def text(key: str, lang: str = DEFAULT, /, **parameters: object) -> str:
    """The message with its parameters put in; a plural message needs the whole number `count`.

    Raises UnknownMessage: a text that nobody wrote is a bug, never a blank.
    """
    message = _catalogue(lang).get(key)
    if message is None:
        raise UnknownMessage(f"messages/{lang}.toml has no {key!r}")
    template = message if isinstance(message, str) else _form(message, key, lang, parameters)
    try:
        return template.format_map(parameters)
    except KeyError as missing:
        raise UnknownMessage(f"messages/{lang}.toml: {key!r} needs the parameter {missing}") from None


def word(table: str, code: str, lang: str = DEFAULT) -> str:
    """A code in words (`role`, `unitHead`: "head of unit"). One that the table lacks stands as it is: events
    may use words that we do not know."""
    key = f"{table}.{code}"
    return text(key, lang) if code and has(key, lang) else code


def title(rule: Rule, lang: str = DEFAULT) -> str:
    """The rule's title: the catalogue's where it has one, else the rule's own."""
    key = f"{rule.id}.title"
    return text(key, lang) if has(key, lang) else rule.title


def summary(rule: Rule, lang: str = DEFAULT) -> str:
    """The template of the rule's summary: the catalogue's where it has one, else the rule's own."""
    message = _catalogue(lang).get(f"{rule.id}.summary")
    return message if isinstance(message, str) else rule.summary


def parameters(key: str, lang: str = DEFAULT) -> frozenset[str]:
    """The names of the parameters that a message uses, in any of its forms."""
    message = _catalogue(lang).get(key)
    if message is None:
        raise UnknownMessage(f"messages/{lang}.toml has no {key!r}")
    forms = [message] if isinstance(message, str) else message.values()
    return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name)


@cache
def _catalogue(lang: str) -> Mapping[str, Message]:
    if lang not in languages():
        raise UnknownMessage(f"no messages in {lang!r}; there are {', '.join(languages())}")
    raw = (resources.files("aiqyn.rules") / "messages" / f"{lang}.toml").read_text("utf-8")
    flat: dict[str, Message] = {}
    _flatten("", tomllib.loads(raw), flat)
    return flat


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, Message]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, str) or value.keys() <= _FORMS:
            into[key] = value
        else:
            _flatten(key, value, into)


def _form(forms: Mapping[str, str], key: str, lang: str, parameters: Mapping[str, object]) -> str:
    count = parameters.get("count")
    if not isinstance(count, int):
        raise UnknownMessage(f"messages/{lang}.toml: {key!r} needs a whole number as the parameter 'count'")
    form = forms.get(plural(lang, count)) or forms.get("other")
    if form is None:
        raise UnknownMessage(f"messages/{lang}.toml: {key!r} has no form for {count}")
    return form
