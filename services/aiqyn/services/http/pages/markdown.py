"""The Markdown of our own pages as HTML: headings, paragraphs, lists, quotes and tables; everything escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from markupsafe import Markup

_CODE = re.compile(r"`([^`]+)`")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


def html(text: str) -> Markup:
    """The text without its first heading; sections begin with `h2`."""
    blocks = [block.strip("\n") for block in re.split(r"\n{2,}|(?<=\n)(?=#)", text) if block.strip()]
    return Markup("".join(part for block in blocks for part in _block(block)))


def _block(block: str) -> Iterator[str]:
    lines = block.split("\n")
    while lines and lines[0].startswith("#"):
        heading = lines.pop(0)
        level = len(heading) - len(heading.lstrip("#"))
        if level > 1:
            yield f"<h{level}>{_inline(heading.lstrip('# '))}</h{level}>"
    if not lines:
        return
    if lines[0].startswith("|"):
        yield from _table(lines)
    elif lines[0].startswith("- "):
        yield "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    elif lines[0].startswith("> "):
        yield f"<blockquote>{_inline(' '.join(line.lstrip('> ') for line in lines))}</blockquote>"
    else:
        yield f"<p>{_inline(' '.join(lines))}</p>"


def _table(lines: list[str]) -> Iterator[str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not _RULE.fullmatch(line)]
    head, *body = rows
    yield '<table class="blocks" role="table"><thead role="rowgroup"><tr role="row">'
    yield "".join(f'<th scope="col" role="columnheader">{_inline(cell)}</th>' for cell in head)
    yield '</tr></thead><tbody role="rowgroup">'
    for row in body:
        cells = zip(head, row, strict=False)
        yield '<tr role="row">'
        yield "".join(f'<td role="cell" data-h="{escape(name)}">{_inline(cell)}</td>' for name, cell in cells)
        yield "</tr>"
    yield "</tbody></table>"


def _inline(text: str) -> str:
    kept = escape(text, quote=False)
    return _EMPHASIS.sub(r"<em>\1</em>", _CODE.sub(r"<code>\1</code>", kept))
