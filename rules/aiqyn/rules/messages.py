"""Texts for people, by language: one TOML file a language in `messages/`, found by folder.

A message is a template with named parameters (`{company}`), or a table of such templates by plural category
(`one`, `few`, `many`, `other`), chosen by the parameter `count`. Keys are the tables' names with dots
between: `COI-04.relative`. A language is added by adding its file; every file has the keys of `en.toml`, and
beside them the title and the summary of each rule, whose English stands in the rule itself.
"""

from __future__ import annotations

from aiqyn.rules.model import Rule
from aiqyn.rules.texts import Texts, UnknownMessage

__all__ = (
    "DEFAULT", "UnknownMessage", "fact", "has", "keys", "languages", "message", "of_rule", "parameters", "summary",
    "text", "title", "word",
)  # fmt: skip

DEFAULT = "en"
_TEXTS = Texts("aiqyn.rules", "messages")


def languages() -> list[str]:
    """The languages that have a catalogue, sorted."""
    return _TEXTS.languages()


def keys(lang: str) -> frozenset[str]:
    """Every key of a language's catalogue. Raises UnknownMessage for a language that has none."""
    return frozenset(_TEXTS.of(lang))


def has(key: str, lang: str) -> bool:
    """Whether the language's catalogue has a message under that key. Raises UnknownMessage for an unknown
    language."""
    return key in _TEXTS.of(lang)


def message(key: str, lang: str) -> str | dict[str, str] | None:
    """The template under a key, or its templates by plural category; None where there is none."""
    found = _TEXTS.of(lang).get(key)
    return found if found is None or isinstance(found, str) else dict(found)


def text(key: str, lang: str = DEFAULT, /, **parameters: object) -> str:
    """The message with its parameters put in; a plural message needs the whole number `count`.

    Raises UnknownMessage: a text that nobody wrote is a bug, never a blank.
    """
    return _TEXTS.text(key, lang, parameters)


def word(table: str, code: str, lang: str = DEFAULT) -> str:
    """A code in words (`role`, `unitHead`: "head of unit"). One that the table lacks stands as it is: events
    may use words that we do not know."""
    key = f"{table}.{code}"
    return text(key, lang) if code and has(key, lang) else code


def fact(code: str, lang: str = DEFAULT) -> str:
    """A fact that is missing in words: `ownership.statement` is "owners". One without words stands as it is."""
    name = code.replace(".", "_")
    return word("lack", name, lang) if has(f"lack.{name}", lang) else code


def title(rule: Rule, lang: str = DEFAULT) -> str:
    """The rule's title: the catalogue's where it has one, else the rule's own."""
    key = f"{rule.id}.title"
    return text(key, lang) if has(key, lang) else rule.title


def summary(rule: Rule, lang: str = DEFAULT) -> str:
    """The template of the rule's summary: the catalogue's where it has one, else the rule's own."""
    found = message(f"{rule.id}.summary", lang)
    return found if isinstance(found, str) else rule.summary


def of_rule(rule: Rule, part: str, own: str, lang: str = DEFAULT) -> str:
    """A part of the rule's page (`when`, `unseen`, `grade`, `help_<parameter>`): the catalogue's where it has one, else
    the rule's `own`."""
    key = f"{rule.id}.{part}"
    return text(key, lang) if has(key, lang) else own


def parameters(key: str, lang: str = DEFAULT) -> frozenset[str]:
    """The names of the parameters that a message uses, in any of its forms."""
    return _TEXTS.parameters(key, lang)
