"""Documents of the interface itself, without sign-in: OpenAPI, JSON Schemas, what each error code means."""

from __future__ import annotations

from html import escape
from importlib.resources import files

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from aiqyn.schemas.asyncapi import document as asyncapi_document
from aiqyn.schemas.errors import Meaning
from aiqyn.services.http.context import Ctx
from aiqyn.services.http.doubts import DOUBTS
from aiqyn.services.http.handbook import handbook
from aiqyn.services.http.plain import plain, table
from aiqyn.services.http.problems import MEANINGS, not_found

router = APIRouter(include_in_schema=False)
_SCHEMAS = files("aiqyn.schemas") / "json_schemas"


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """OpenAPI 3.1."""
    return Response(msgspec.json.encode(request.app.state.openapi()), media_type="application/json")


@router.get("/schemas")
def schemas() -> dict[str, object]:
    """The event types that have a JSON Schema."""
    names = sorted(file.name.removesuffix(".json") for file in _SCHEMAS.iterdir() if file.name.endswith(".json"))
    return {"items": [f"/schemas/{name}.json" for name in names], "next": None, "total": len(names)}


@router.get("/schemas/{name}.json")
def schema(name: str) -> Response:
    """The JSON Schema (2020-12) of an event type."""
    known = {file.name: file for file in _SCHEMAS.iterdir()}
    found = known.get(f"{name}.json")
    if found is None:
        raise not_found(f"there is no event type {name!r}")
    return Response(found.read_bytes(), media_type="application/schema+json")


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
def error(code: str) -> Response:
    """What an error code means and what to do."""
    found = meaning(code)
    body = f'<p>{escape(found.action)}</p><p><code>{escape(code)}</code></p><p><a href="/errors">All codes</a></p>'
    return plain(found.title, body)


def meaning(code: str) -> Meaning:
    """Title and advice of an error code. Raises Problem 404."""
    found = MEANINGS.get(code) or DOUBTS.get(code)
    if found is None:
        raise not_found(f"there is no error code {code!r}")
    return found
