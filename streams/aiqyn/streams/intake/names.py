"""Keys by which names are equal until a matcher judges them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[^\W_]|[\u0300-\u036f])*")


@lru_cache(maxsize=65_536)
def name_key(text: str) -> str:
    """NFKC, case folded, words sorted: the same for `OMAROV Dauren` and `Dauren Omarov`.

    Words are runs of letters and digits; all else parts them. Empty text where there is no word.
    """
    return " ".join(sorted(words(text)))


def words(text: str) -> list[str]:
    """The words of a text in their order, in NFKC and case folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(folded)
