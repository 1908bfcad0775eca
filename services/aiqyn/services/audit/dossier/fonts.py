"""The letters of the PDF: a font that comes as a package, so that a dossier looks the same wherever it is made."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "dossier", "dossier-bold"
_PACKAGE = "font_source_sans_pro"
_FACES = {REGULAR: "SourceSansPro-Regular.ttf", BOLD: "SourceSansPro-Bold.ttf"}
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@cache
def register() -> None:
    """Make both faces known to reportlab."""
    for name, file in _FACES.items():
        with resources.as_file(resources.files(_PACKAGE) / "files" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))


def shown(text: str) -> str:
    """The text with all that the font lacks, or that would not be seen, written as `\\u....`.

    Nothing is left out in silence, and no control character turns the order of letters about.
    """
    register()
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return "".join(sign if sign == "\n" or _seen(sign, known) else _escaped(sign) for sign in text)


def _seen(sign: str, known: dict[int, int]) -> bool:
    return ord(sign) in known and unicodedata.category(sign) not in _HIDDEN


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode()
