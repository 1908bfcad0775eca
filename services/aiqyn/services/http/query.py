"""Parameters: one that an operation does not know is refused, so that a mistyped filter never returns everything."""

from __future__ import annotations

from difflib import get_close_matches

from fastapi import Request
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


def _taken(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _taken(inner)
    return names
