"""OpenAPI 3.1: from the routes, with the scopes that each operation needs."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

_PROBLEM = {
    "description": "What was wrong (RFC 9457).",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
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


def describe(app: FastAPI) -> dict[str, Any]:
    """The document; made once."""
    if app.openapi_schema is None:
        routes = [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]
        document = get_openapi(title=app.title, version=app.version, openapi_version="3.1.0", routes=routes)
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _SCHEMA
        for route in routes:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(operation: dict[str, Any], route: APIRoute) -> None:
    scopes = needed(route)
    responses = operation["responses"]
    responses.pop("422", None)
    responses["default"] = _PROBLEM
    if scopes is None:
        operation.pop("security", None)
        return
    ways = [{scheme: [scope]} for scope in scopes for scheme in ("key", "session")]
    operation["security"] = ways or [{"key": []}, {"session": []}]


def needed(route: APIRoute) -> tuple[str, ...] | None:
    """The scopes of which a route needs any; empty: any caller; None: it is open."""
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
