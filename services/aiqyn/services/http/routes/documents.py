"""Documents of the interface itself, without sign-in: OpenAPI, JSON Schemas, what each error code means."""

from __future__ import annotations

from html import escape
from typing import Literal

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.schemas.asyncapi import document as asyncapi_document
from aiqyn.schemas.asyncapi import emitted
from aiqyn.schemas.errors import Meaning
from aiqyn.schemas.json_schemas.build import DRAFT, build, file_name
from aiqyn.schemas.json_schemas.build import text as written
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.doubts import DOUBTS, doubt
from aiqyn.services.http.handbook import handbook
from aiqyn.services.http.plain import plain, table
from aiqyn.services.http.problems import MEANINGS, not_found, wanted_language
from aiqyn.services.i18n.catalogue import catalogue, text

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """OpenAPI 3.1."""
    return Response(msgspec.json.encode(request.app.state.openapi()), media_type="application/json")


@router.get("/schemas")
def schemas() -> dict[str, object]:
    """The event types that have a JSON Schema."""
    names = sorted({*build(), *emitted()})
    return {"items": [f"/schemas/{name}.json" for name in names], "next": None, "total": len(names)}


@router.get("/schemas/{name}.json")
def schema(name: str) -> Response:
    """The JSON Schema (2020-12) of an event type."""
    known = build()
    if name in emitted():
        known[name] = {"$schema": DRAFT, "$id": f"/schemas/{file_name(name)}", **emitted()[name], "title": name}
    if name not in known:
        raise not_found(f"there is no event type {name!r}")
    return Response(written(known[name]), media_type="application/schema+json")


@router.get("/asyncapi.json")
def asyncapi(ctx: Ctx) -> Response:
    """AsyncAPI 3: the topics and what is on them."""
    document = asyncapi_document(ctx.settings.topic_prefix)
    return Response(msgspec.json.encode(document), media_type="application/json")


@router.get("/docs")
def docs(request: Request, ctx: Ctx) -> Response:
    """The documentation of the interface."""
    return plain("The interface", handbook(request.app.state.openapi(), ctx.base_url))


@router.get("/errors")
def errors() -> Response:
    """Every error code."""
    rows = [
        (f'<a href="/errors/{code}"><code>{code}</code></a>', escape(found.title))
        for code, found in {**MEANINGS, **DOUBTS}.items()
    ]
    return plain("Error codes", table("Codes", ("Code", "Meaning"), rows))


@router.get("/errors/{code}")
def error(request: Request, code: str, lang: Literal["kk", "ru", "en"] | None = None) -> Response:
    """What an error code means and what to do."""
    spoken = wanted_language(request)
    found, own = meaning(code), f"error.{code}"
    translated = f"{own}.title" in catalogue(spoken)
    title = text(f"{own}.title", spoken) if translated else found.title
    advice = text(f"{own}.help", spoken) if translated else found.action
    body = f'<p>{escape(advice)}</p><p><code>{escape(code)}</code></p><p><a href="/errors">/errors</a></p>'
    return plain(title, body, spoken if translated else "en")


def meaning(code: str) -> Meaning:
    """Title and advice of an error code. Raises Problem 404."""
    found = MEANINGS.get(code) or doubt(code)
    if found is None:
        raise not_found(f"there is no error code {code!r}")
    return found
