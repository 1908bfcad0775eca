"""Documents of the interface itself, without sign-in: OpenAPI, JSON Schemas, what each error code means."""

from __future__ import annotations

from importlib.resources import files

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

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


def meaning(code: str) -> tuple[str, str]:
    """Title and advice of an error code. Raises Problem 404."""
    if code not in MEANINGS:
        raise not_found(f"there is no error code {code!r}")
    return MEANINGS[code]
