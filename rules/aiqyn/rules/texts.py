"""Catalogues of texts for people: a folder with one TOML file a language, read once, with plural forms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

from aiqyn.rules.plural import plural

FORMS = frozenset({"one", "few", "many", "other"})
"""Plural categories (Unicode CLDR)."""
Message = str | Mapping[str, str]


class UnknownMessage(LookupError):
    """No catalogue of that language, no message under that key, or a parameter that it needs is missing."""


class Texts:
    """The catalogues of one folder: a language is added by adding its file.

    `package` holds the folder `folder`, or the files themselves where that is empty.
    """

    def __init__(self, package: str, folder: str = "") -> None:
        self._files = resources.files(package).joinpath(folder) if folder else resources.files(package)
        self._where = folder or package.rpartition(".")[2]
        self.of = cache(self._read)
        """All messages of a language by key, flat. Raises UnknownMessage for a language that has none."""

    def languages(self) -> list[str]:
        """The languages that have a catalogue, sorted."""
        return sorted(item.name[:-5] for item in self._files.iterdir() if item.name.endswith(".toml"))

    def text(self, key: str, lang: str, parameters: Mapping[str, object]) -> str:
        """The message with its parameters put in; a plural message needs the whole number `count`.

        Raises UnknownMessage: a text that nobody wrote is a bug, never a blank.
        """
        message = self._message(key, lang)
        template = message if isinstance(message, str) else self._form(message, key, lang, parameters)
        try:
            return template.format_map(parameters)
        except KeyError as missing:
            raise UnknownMessage(f"{self._where}/{lang}.toml: {key!r} needs the parameter {missing}") from None

    def parameters(self, key: str, lang: str) -> frozenset[str]:
        """The names of the parameters that a message uses, in any of its forms."""
        message = self._message(key, lang)
        forms = [message] if isinstance(message, str) else message.values()
        return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name)

    def _message(self, key: str, lang: str) -> Message:
        message = self.of(lang).get(key)
        if message is None:
            raise UnknownMessage(f"{self._where}/{lang}.toml has no {key!r}")
        return message

    def _form(self, forms: Mapping[str, str], key: str, lang: str, parameters: Mapping[str, object]) -> str:
        count = parameters.get("count")
        if not isinstance(count, int):
            raise UnknownMessage(f"{self._where}/{lang}.toml: {key!r} needs a whole number as the parameter 'count'")
        form = forms.get(plural(lang, count)) or forms.get("other")
        if form is None:
            raise UnknownMessage(f"{self._where}/{lang}.toml: {key!r} has no form for {count}")
        return form

    def _read(self, lang: str) -> Mapping[str, Message]:
        if lang not in self.languages():
            raise UnknownMessage(f"no messages in {lang!r}; there are {', '.join(self.languages())}")
        flat: dict[str, Message] = {}
        _flatten("", tomllib.loads(self._files.joinpath(f"{lang}.toml").read_text("utf-8")), flat)
        return flat


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, Message]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}" if prefix else name
        if isinstance(value, str) or value.keys() <= FORMS:
            into[key] = value
        else:
            _flatten(key, value, into)
