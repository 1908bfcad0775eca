"""The dossier on paper: how its parts are laid out on A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Table

from aiqyn.services.audit.dossier.fonts import BOLD, REGULAR, register, shown
from aiqyn.services.audit.dossier.story import Grid, Line, Part

_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_PADDING = 6
"""That reportlab puts around what stands on a page."""
_GREY = colors.HexColor("#555555")
_RULE = colors.HexColor("#bbbbbb")
_SHADE = colors.HexColor("#f2f2f2")


def pdf(parts: Iterable[Part], title: str, lang: str, head: str, foot: str, page: str) -> bytes:
    """The PDF. `head` and `foot` stand on each page; `page` has the places {page} and {pages}."""
    register()
    styles = _styles()
    buffer = io.BytesIO()
    sides = _MARGIN - _PADDING
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=sides, rightMargin=sides, topMargin=22 * mm, bottomMargin=20 * mm,
        title=title, subject=head, author="Aiqyn", creator="Aiqyn", lang=lang, displayDocTitle=True, invariant=1,
        initialFontName=REGULAR,
    )  # fmt: skip

    def canvas(*arguments: object, **options: object) -> Canvas:
        return _Numbered(shown(head), shown(foot), page, *arguments, **options)

    document.build([flowable for part in parts for flowable in _flowables(part, styles)], canvasmaker=canvas)
    return buffer.getvalue()


def _styles() -> Mapping[str, ParagraphStyle]:
    body = ParagraphStyle("body", fontName=REGULAR, fontSize=10, leading=13.5, spaceAfter=4)
    return {
        "body": body,
        "title": ParagraphStyle("title", body, fontName=BOLD, fontSize=17, leading=21, spaceAfter=2),
        "kind": ParagraphStyle("kind", body, textColor=_GREY, spaceAfter=6),
        "notice": ParagraphStyle(
            "notice", body, borderColor=_RULE, borderWidth=0.7, borderPadding=6, backColor=_SHADE,
            spaceBefore=10, spaceAfter=14, leftIndent=6, rightIndent=6,
        ),
        "heading": ParagraphStyle("heading", body, fontName=BOLD, fontSize=12, leading=15, spaceBefore=10),
        "note": ParagraphStyle("note", body, leftIndent=12, spaceAfter=6),
        "cell": ParagraphStyle("cell", body, fontSize=8.5, leading=11, spaceAfter=0),
        "label": ParagraphStyle("label", body, fontName=BOLD, fontSize=8.5, leading=11, spaceAfter=0),
    }  # fmt: skip


def _flowables(part: Part, styles: Mapping[str, ParagraphStyle]) -> Iterable[Flowable]:
    if isinstance(part, Grid):
        return (_table(part, styles),) if part.rows else ()
    written = _paragraph(part, styles)
    # A heading never stands alone at the foot of a page.
    return (CondPageBreak(30 * mm), written) if part.style == "heading" else (written,)


def _paragraph(line: Line, styles: Mapping[str, ParagraphStyle]) -> Paragraph:
    return Paragraph(escape(shown(line.text)).replace("\n", "<br/>"), styles[line.style])


def _table(grid: Grid, styles: Mapping[str, ParagraphStyle]) -> Table:
    """Rows too long for a page go on on the next; the heads of columns stand on each."""
    body = [
        [_paragraph(Line("label" if grid.labels and not at else "cell", text), styles) for at, text in enumerate(row)]
        for row in grid.rows
    ]
    head = [[_paragraph(Line("label", text), styles) for text in grid.head]] if grid.head else []
    style: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), _SHADE))
    widths = [_WIDTH * share for share in grid.widths]
    return Table(head + body, widths, style=style, repeatRows=len(head), splitByRow=1, splitInRow=1, spaceAfter=6)


class _Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes head, foot and "page 2 of 3" once it knows how many pages there are."""

    def __init__(self, head: str, foot: str, page: str, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._texts: Sequence[str] = (head, foot, page)
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = list(self._pages)
        for number, state in enumerate(pages, start=1):
            self.__dict__.update(state)
            self._margins(number, len(pages))
            super().showPage()
        super().save()

    def _margins(self, number: int, total: int) -> None:
        head, foot, page = self._texts
        self.setFont(REGULAR, 8)
        self.setFillColor(_GREY)
        self.drawString(_MARGIN, A4[1] - 14 * mm, head)
        self.drawString(_MARGIN, 12 * mm, foot)
        self.drawRightString(A4[0] - _MARGIN, 12 * mm, page.format(page=number, pages=total))
        self.setStrokeColor(_RULE)
        self.setLineWidth(0.4)
        self.line(_MARGIN, A4[1] - 16 * mm, A4[0] - _MARGIN, A4[1] - 16 * mm)
        self.line(_MARGIN, 16 * mm, A4[0] - _MARGIN, 16 * mm)
