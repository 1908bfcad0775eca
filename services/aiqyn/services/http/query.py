"""Parameters: one that an operation does not know is refused, so that a mistyped filter never returns everything."""

from __future__ import annotations

from difflib import get_close_matches

from fastapi import Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from aiqyn.services.http.problems import Problem


def known_parameters(request: Request) -> None:
    """A dependency of every route. Raises Problem 400 for a parameter that the route does not take."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or getattr(route.endpoint, "any_parameters", False):
        return
    taken = _taken(route.dependant)
    for name in request.query_params:
        if name not in taken:
            like = get_close_matches(name, taken, n=1)
            hint = f"; did you mean {like[0]}?" if like else ""
            raise Problem(400, "parameter.unknown", f"there is no parameter {name!r} here{hint}")
        if not taken[name] and request.url.path.startswith("/v1/") and len(request.query_params.getlist(name)) > 1:
            raise Problem(400, "parameter.invalid", f"{name}: may be given once")


def _taken(dependant: Dependant) -> dict[str, bool]:
    """The parameters that an operation takes, and whether each may be repeated."""
    names = {field.alias: field_annotation_is_sequence(field.field_info.annotation) for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _taken(inner)
    return names
