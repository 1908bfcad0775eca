"""What all pages have in common: templates, texts in the reader's language, links that keep it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache, partial
from hashlib import sha384
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context as TemplateContext
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from aiqyn.services.http.problems import Problem
from aiqyn.services.http.security import Caller, MaybeCaller
from aiqyn.services.i18n import writing
from aiqyn.services.i18n.catalogue import language, text
from aiqyn.services.pictures.text import visible

PLACES = ("alerts", "entities", "identity", "dashboard", "rules", "sources", "sql", "log")
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STATIC = Path(__file__).parents[1] / "static"
# Behind a name in a sentence: it reads better without; the table of facts and the pages of entities have it.
_ID = re.compile(r" \((?:AIQYN|[A-Z]{2}-[A-Z]+):[^()\s]+\)")
_MASK = "[…]"
_LEFTWARD = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
# Writing that runs to the left, with what is no letter between its words: quoted titles and posts have it too.
_RUN = rf"{_LEFTWARD}+(?:[^\w<>&;]+{_LEFTWARD}+)*"


@pass_context
def _said(context: TemplateContext, sentence: str, names: Mapping[str, str]) -> Markup:
    """A sentence of ours with the names of others in it: each name apart from what is around it, a masked one as a
    visible mask, ids left out."""
    plain = str(escape(visible(_ID.sub("", sentence))))
    called = {str(escape(visible(name))) for name in names.values() if len(name) > 2}
    longest = sorted(called, key=len, reverse=True)
    plain = re.sub("|".join([*map(re.escape, longest), _RUN]), lambda found: f"<bdi>{found[0]}</bdi>", plain)
    masked = text("mask.name", context["lang"])
    return Markup(plain.replace(_MASK, f'<span class="mask">{escape(masked)}</span>'))


@lru_cache
def static(name: str) -> Markup:
    """Address and integrity of a file of ours, as attributes: `href` of a style sheet, `src` of a script."""
    content = (_STATIC / name).read_bytes()
    digest = b64encode(sha384(content).digest()).decode()
    attribute = "href" if name.endswith(".css") else "src"
    return Markup(f'{attribute}="/static/{name}" integrity="sha384-{digest}"')


_templates.filters["visible"] = lambda value: visible(str(value))
_templates.filters["said"] = _said
_templates.globals["static"] = static


class SignInFirst(Exception):
    """The page is for those who signed in: the browser is sent to the form."""


def spoken(request: Request) -> str:
    """The language of the page."""
    return language(request.query_params.get("lang"), request.headers.get("accept-language"))


def reader(request: Request, found: MaybeCaller) -> Caller:
    """Somebody who may read. Raises SignInFirst."""
    if found is None:
        raise SignInFirst
    return found


Visitor = Annotated[Caller, Depends(reader)]


def case_reader(found: Visitor) -> Caller:
    """Somebody who may see cases. Raises Problem 403."""
    if "read" not in found.scopes:
        raise Problem(403, "scope.missing", "this needs the scope read")
    return found


CaseReader = Annotated[Caller, Depends(case_reader)]


def render(
    request: Request, template: str, caller: Caller | None, here: str = "", status: int = 200, **values: Any
) -> Response:
    """A page in the reader's language."""
    lang = spoken(request)
    body = _templates.get_template(template).render(
        lang=lang,
        t=partial(_text, lang),
        caller=caller,
        csrf=(caller.csrf if caller is not None else None) or "",
        places=PLACES,
        here=here,
        notice=_notice(request, lang),
        link=partial(link, lang),
        in_language=partial(_in_language, request),
        day=lambda value: writing.day(value, lang),
        instant=lambda value: writing.instant(value, lang),
        number=lambda value: writing.number(value, lang),
        money=lambda value: writing.money(value, lang),
        rounded=lambda value: writing.rounded(value, lang),
        span=lambda value: writing.span(value, lang),
        percent=lambda value: writing.percent(value, lang),
        **values,
    )
    response = HTMLResponse(body, status)
    response.headers["Content-Language"] = lang
    return response


def svg(picture: str | None) -> Markup | None:
    """A picture of ours, which is escaped already."""
    return None if picture is None else Markup(picture)


def link(lang: str, path: str) -> str:
    """An address within the workbench that keeps the language."""
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


def redirect(path: str) -> Response:
    return RedirectResponse(path, 303)


def _text(lang: str, key: str, **parameters: object) -> str:
    return text(key, lang, **parameters)


def _in_language(request: Request, code: str) -> str:
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*pairs, ('lang', code)])}"


def _notice(request: Request, lang: str) -> dict[str, str] | None:
    said = request.query_params.get("notice")
    if said not in ("done", "proposed", "rejected", "undone", "none", "attached"):
        return None
    return {"css": "warn" if said == "none" else "ok", "text": text(f"notice.{said}", lang)}
