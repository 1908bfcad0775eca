"""Plain pages for integrators, without scripts, under the workbench's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse, Response


def plain(title: str, body: str, lang: str = "en") -> Response:
    """A page; `body` is HTML of ours."""
    return HTMLResponse(
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} – Aiqyn</title><link rel="stylesheet" href="/static/aiqyn.css"></head>\n'
        f'<body><main class="page" id="main"><h1>{escape(title)}</h1>\n{body}</main></body></html>\n',
        headers={"Content-Language": lang},
    )


def table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table whose cells are HTML of ours."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>\n"
