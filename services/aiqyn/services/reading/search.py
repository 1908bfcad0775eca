"""Finding entities by name, across Kazakh, Russian and Latin spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from aiqyn.streams.engine import Engine
from aiqyn.streams.explanation.labels import mentioned
from aiqyn.streams.ports import Store

_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_ALIKE = (("kh", "h"), ("gh", "g"), ("q", "k"), ("yu", "iu"), ("ya", "ia"), ("y", "i"), ("j", "zh"), ("w", "u"))


def folded(name: str) -> str:
    """A spelling that Cyrillic and Latin writings of one name share, near enough to search by."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = "".join(_LATIN.get(letter, letter) for letter in text)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    for written, common in _ALIKE:
        text = text.replace(written, common)
    return re.sub(r"[^\w]+", " ", text).strip()


class Found(NamedTuple):
    """An entity of that name."""

    id: str
    name: str


class Index:
    """Names on record by their folded spelling; grows as the ledger does."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], str] = {}
        self._seq = 0

    def find(self, store: Store, query: str, limit: int) -> Callable[[Engine], list[Found]]:
        """A question to the engine: entities whose name has every word of the query. Cost: all names on record."""
        words = folded(query).split()

        def ask(engine: Engine) -> list[Found]:
            self._grow(store)
            found: list[Found] = []
            for (atom, key), name in self._entries.items():
                if words and all(word in key for word in words):
                    found.append(Found(atom, name))
                    if len(found) == limit:
                        break
            return found

        return ask

    def _grow(self, store: Store) -> None:
        for head, fact in store.facts(after=self._seq):
            self._seq = head.seq
            for atoms, label in mentioned(head, fact):
                for atom in atoms[:1]:
                    self._entries.setdefault((atom, folded(label)), label)
