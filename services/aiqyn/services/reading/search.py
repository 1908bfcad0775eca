"""Finding entities by name, across Kazakh, Russian and Latin spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

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


class Index:
    """Names on record by their folded spelling; grows as the ledger does, and forgets when the engine does."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], None] = {}
        self._seq = 0
        self._world: object = None

    def matching(self, engine: Engine, store: Store, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Records (`SCHEME:ID` or `REC:...`) whose name has every word, folded, with that name. Cost: all names."""
        if self._world is not engine.world:
            self._entries, self._seq, self._world = {}, 0, engine.world
        self._grow(store)
        return (entry for entry in self._entries if all(word in entry[1] for word in words))

    def _grow(self, store: Store) -> None:
        for head, fact in store.facts(after=self._seq):
            self._seq = head.seq
            for atoms, label in mentioned(head, fact):
                for atom in atoms[:1]:
                    self._entries.setdefault((atom, folded(label)))
