"""A font for the PDF that has the letters of Kazakh and Russian: from a package, from the system, or none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

_PACKAGE = "fontpkg-noto-sans"
_SYSTEM = (
    "/usr/share/fonts/truetype/noto/NotoSans-{}.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans{}.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans{}.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans{}.ttf",
)
_LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЯя"


@cache
def fonts() -> tuple[str, str]:
    """The names of the regular and the bold font, registered with reportlab.

    Where no font has the letters of Kazakh, reportlab's own Vera stands in: see `shown`.
    """
    for regular, bold in _candidates():
        try:
            face = TTFont("dossier", str(regular))
            if any(ord(letter) not in face.face.charToGlyph for letter in _LETTERS):
                continue
            pdfmetrics.registerFont(face)
            pdfmetrics.registerFont(TTFont("dossier-bold", str(bold if bold.is_file() else regular)))
        except (TTFError, OSError):
            continue
        return "dossier", "dossier-bold"
    vera = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("dossier", str(vera / "Vera.ttf")))
    pdfmetrics.registerFont(TTFont("dossier-bold", str(vera / "VeraBd.ttf")))
    return "dossier", "dossier-bold"


def shown(text: str) -> str:
    """The text with letters that the font lacks written as `\\u....`: nothing is left out in silence."""
    fonts()
    known = pdfmetrics.getFont("dossier").face.charToGlyph
    return "".join(sign if ord(sign) in known else sign.encode("unicode_escape").decode() for sign in text)


def _candidates() -> Iterator[tuple[Path, Path]]:
    try:
        files = {Path(str(file)).name: Path(str(file.locate())) for file in metadata.files(_PACKAGE) or ()}
    except metadata.PackageNotFoundError:
        files = {}
    if "NotoSans-Regular.ttf" in files:
        yield files["NotoSans-Regular.ttf"], files.get("NotoSans-Bold.ttf", files["NotoSans-Regular.ttf"])
    for pattern in _SYSTEM:
        regular = Path(pattern.format("Regular" if "Noto" in pattern else ""))
        if regular.is_file():
            yield regular, Path(pattern.format("Bold" if "Noto" in pattern else "-Bold"))
