"""Text in pictures: bounded widths, wrapped lines, escaped; characters that hide or turn text become visible marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Advance widths in em of a wide common interface face, rounded up: what fits by this table fits in every face that
# the style sheet names.
_WIDTHS = {
    0.32: " ',.IJijlІіЇї·ıİ‘’",
    0.40: "!()-/:;[\\]ft|",
    0.48: '"r',
    0.56: "*?L_`cszгзсэєґ–çş“”",
    0.62: "FPTYaekovxyГРТУабвекотухчьяёәғқөҰұҮүҐ«»äöéèáà",
    0.68: "$0123456789AEKSVbdghnpqu{}АЕЗийлнпрцЁҒңһ₸üÄßñğ",
    0.76: "BCHNRUXZБВИЙКЛНПСХЧЬЭЯдмъҚҢҺЄÜ",
    0.88: "◆#&+<=>DGMOQ^w~ДМОФЦЪЫфыюӘӨ×≥≤→Ö",
    1.02: "%@Wmжшщ—…",
    1.20: "ЖШЩЮ№",
}
_WIDTH = {character: em for em, characters in _WIDTHS.items() for character in characters}
_UNKNOWN = 1.02
_BOLD = 1.08
_LEGAL_FORMS = (
    ("Товарищество с ограниченной ответственностью", "ТОО"),
    ("Акционерное общество", "АО"),
    ("Государственное учреждение", "ГУ"),
    ("Коммунальное государственное предприятие", "КГП"),
    ("Индивидуальный предприниматель", "ИП"),
    ("Жауапкершілігі шектеулі серіктестігі", "ЖШС"),
    ("жауапкершілігі шектеулі серіктестігі", "ЖШС"),
    ("Акционерлік қоғамы", "АҚ"),
    ("мемлекеттік мекемесі", "ММ"),
    ("Limited Liability Partnership", "LLP"),
)
_FIXED = "\u00a0"


def visible(text: str) -> str:
    """The text with control, bidirectional and zero-width characters written out, as in `[U+202E]`. Line ends and tabs
    stay: a page shows them as spaces."""
    plain = text.replace("\r\n", "\n")
    return "".join(f"[U+{ord(c):04X}]" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in plain)


def flat(text: str) -> str:
    """As `visible`, with every run of white space as one space: what a line of a picture can show. A space that does
    not break stays one."""
    return " ".join(visible(text).replace(_FIXED, "\0").split()).replace("\0", _FIXED)


def width(text: str, size: float, bold: bool = False) -> float:
    """An upper bound of the width in units, whatever common interface face is installed."""
    ems = sum(0.0 if unicodedata.combining(c) else _WIDTH.get(c, _UNKNOWN) for c in text.replace(_FIXED, " "))
    return ems * size * (_BOLD if bold else 1.0)


def shorten(name: str) -> str:
    """The name with its legal form shortened; nothing else of a name is ever shortened."""
    for long, short in _LEGAL_FORMS:
        if name.startswith(long) or name.endswith(long):
            return name.replace(long, short)
    return name


def wrap(text: str, room: float, size: float, most: int, bold: bool = False) -> list[str]:
    """At most `most` lines that fit into `room`, broken at spaces and behind hyphens; a word longer than a line is cut
    with a hyphen, and what is left over ends in an ellipsis."""
    found = list(_lines(text, room, size, bold))
    if len(found) <= most:
        return found
    last = found[most - 1].rstrip("-")
    while last and width(last + "…", size, bold) > room:
        last = last[:-1].rstrip()
    return [*found[: most - 1], last + "…"]


def _lines(text: str, room: float, size: float, bold: bool) -> Iterator[str]:
    waiting = _pieces(text)
    line = ""
    while waiting:
        glue, piece = waiting.pop(0)
        longer = line + glue + piece if line else piece
        if width(longer, size, bold) <= room:
            line = longer
            continue
        if line:
            yield line
            line = ""
            waiting.insert(0, ("", piece))
            continue
        cut = _cut(piece, room, size, bold)
        if cut < 1:
            yield piece
            continue
        yield piece[:cut] + "-"
        waiting.insert(0, ("", piece[cut:]))
    if line:
        yield line


def _pieces(text: str) -> list[tuple[str, str]]:
    """What may stand on a line of its own, each with what stands before it when the line goes on."""
    found: list[tuple[str, str]] = []
    for word in flat(text).split(" "):
        parts = word.replace("-", "-\0").rstrip("\0").split("\0")
        found += [(" " if at == 0 else "", part) for at, part in enumerate(parts)]
    return [each for each in found if each[1]]


def _cut(piece: str, room: float, size: float, bold: bool) -> int:
    """How many characters of a word too long for a line stand on it; never a soft or hard sign first on the next."""
    cut = len(piece) - 1
    while cut > 1 and width(piece[:cut] + "-", size, bold) > room:
        cut -= 1
    return cut - 1 if cut > 2 and piece[cut] in "ьъйЬЪЙ" else cut
