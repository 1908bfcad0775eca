"""OpenAPI 3.1: from the routes, with the scopes that each operation needs."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from aiqyn.services.formats.graphs import GRAPH_MEDIA
from aiqyn.services.formats.rows import MEDIA

_ABOUT = (
    "Events in, explained alerts out. Errors are problem documents (RFC 9457); lists give the address of their next "
    "page as `next` and as a Link header; any POST takes an Idempotency-Key, but those that show a secret."
)


_PROBLEM = {
    "description": "What was wrong (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_FILES = sorted({media.partition(";")[0] for media in (*MEDIA.values(), *GRAPH_MEDIA.values())})
"""What lists come as beside JSON, where `format` says so."""
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "pointer", "detail", "doc"],
                "properties": {name: {"type": "string"} for name in ("code", "pointer", "detail", "doc")},
            },
        },
    },
}


def operations(app: FastAPI) -> list[RouteContext]:
    """Every route of the application as it is reached; static files are none."""
    return [route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)]


def describe(app: FastAPI) -> dict[str, Any]:
    """The document; made once."""
    if app.openapi_schema is None:
        routes = [route for route in operations(app) if route.include_in_schema]
        document = get_openapi(
            title=app.title, version=app.version, openapi_version="3.1.0", description=_ABOUT, routes=routes
        )
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = _SCHEMA
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for route in routes:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(operation: dict[str, Any], route: RouteContext) -> None:
    scopes = needed(route)
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        responses.pop("422")
    responses["default"] = _PROBLEM
    if any(
        parameter["name"] == "format" and parameter["in"] == "query" for parameter in operation.get("parameters", ())
    ):
        responses["200"].setdefault("content", {}).update({media: {} for media in _FILES})
    if scopes is None:
        operation["security"] = []
        return
    ways = [{scheme: way.split("+")} for way in scopes for scheme in ("key", "session")]
    operation["security"] = ways or [{"key": []}, {"session": []}]


def needed(route: RouteContext) -> tuple[str, ...] | None:
    """The scopes of which a route needs any (`a+b`: both); empty: any caller; None: it is open."""
    return _scopes(route.dependant)


def _scopes(dependant: Dependant) -> tuple[str, ...] | None:
    found = getattr(dependant.call, "scopes", None)
    if isinstance(found, tuple):
        return found
    for inner in dependant.dependencies:
        scopes = _scopes(inner)
        if scopes is not None:
            return scopes
    return None
