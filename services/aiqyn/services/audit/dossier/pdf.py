"""The dossier on paper: the alert in words, its evidence, what people did, and how to check it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from aiqyn.services.audit.dossier.fonts import fonts, shown

Document = Mapping[str, Any]

NOTICE = (
    "The records show a potential conflict of interest. Whether there is one, people decide: "
    "nobody named here is accused of anything."
)


def pdf(
    alert: Document, explanation: Document, events: Sequence[Document], actions: Sequence[Document], made: str
) -> bytes:
    """The PDF. `made`: when and from which log, a line."""
    regular, bold = fonts()
    body = ParagraphStyle("body", fontName=regular, fontSize=9, leading=12.5, spaceAfter=3)
    styles = {
        "body": body,
        "title": ParagraphStyle("title", body, fontName=bold, fontSize=15, leading=19, spaceAfter=6),
        "heading": ParagraphStyle("heading", body, fontName=bold, fontSize=11, leading=14, spaceBefore=8),
        "small": ParagraphStyle("small", body, fontSize=7.5, leading=10),
    }
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=f"Dossier {alert['id']}", author="Aiqyn", invariant=1,
    )  # fmt: skip
    story: list[Flowable] = [
        Paragraph(escape(shown(text)), styles[style]) if text else Spacer(1, 4)
        for style, text in _story(alert, explanation, events, actions, made)
    ]
    document.build(story)
    return buffer.getvalue()


def _story(
    alert: Document, explanation: Document, events: Sequence[Document], actions: Sequence[Document], made: str
) -> Iterator[tuple[str, str]]:
    yield "title", f"{alert['rule']} {explanation.get('title') or alert['title']}"
    yield "small", f"Alert {alert['id']}, revision {alert['revision']}. {made}"
    yield "body", NOTICE
    if explanation.get("status"):
        yield "body", explanation["status"]
    yield "body", explanation.get("sentence") or alert["summary"]
    for section in explanation.get("sections") or ():
        yield "heading", section["heading"]
        for line in section["lines"]:
            yield "body", line
    yield "heading", "Records cited"
    for number, event in enumerate(events, start=1):
        yield "small", f"{number}. {event['source']}  {event['id']}  ({event['type']}, {event['time']})"
    if actions:
        yield "heading", "What people did"
        for action in actions:
            yield "small", _action(action)
    yield "heading", "How to check this dossier"
    yield (
        "body",
        (
            "Run `aiqyn verify-dossier FILE`, with --key and the key that the keeper of the log gave you; "
            "README.txt in the file says what is checked and how to do it without this program."
        ),
    )


def _action(action: Document) -> str:
    told = [action.get(name) for name in ("at", "by", "kind", "state", "disposition", "reason", "text")]
    return "  ".join(str(part) for part in told if part)
