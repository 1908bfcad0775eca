"""The application: routes found by folder, problems for every error, one set of headers."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from aiqyn.services.http import pages, routes
from aiqyn.services.http.context import Context
from aiqyn.services.http.edge import Edge
from aiqyn.services.http.idempotency import Idempotency
from aiqyn.services.http.limits import Limiter
from aiqyn.services.http.openapi import describe
from aiqyn.services.http.problems import Problem, from_http, from_validation, unavailable, wanted_language
from aiqyn.services.http.query import known_parameters
from aiqyn.services.store.errors import StoreUnavailable

_STATIC = Path(__file__).parent / "static"
_FOR_PROGRAMS = ("/v1/", "/openapi", "/asyncapi", "/schemas", "/livez", "/readyz", "/metrics")


def build(context: Context) -> FastAPI:
    """The application of one server."""
    app = FastAPI(
        title="Aiqyn",
        version=version("aiqyn"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(known_parameters)],
    )
    app.state.context = context
    app.state.limiter = Limiter(context.settings.rate_limit)
    app.state.openapi = lambda: describe(app)
    for module in modules():
        app.include_router(module.router)
        for error, handler in getattr(module, "handlers", {}).items():
            app.add_exception_handler(error, handler)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(StoreUnavailable, _unavailable)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(IntegrityError, _overtaken)
    app.add_middleware(Idempotency, context=context)
    app.add_middleware(Edge, context=context)
    return app


def modules() -> Iterator[ModuleType]:
    """Every module of `routes` and `pages` that has a `router`, by name."""
    for package in (routes, pages):
        for name in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
            module = import_module(f"{package.__name__}.{name}")
            if isinstance(getattr(module, "router", None), APIRouter):
                yield module


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _shown(request, error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _shown(request, from_http(error))


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _shown(request, from_validation(error, request))


def _unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreUnavailable)
    return _shown(request, unavailable(error))


def _unstorable(request: Request, error: Exception) -> Response:
    return _shown(request, Problem(422, "text.invalid", "a value holds characters, or a number, that cannot be stored"))


def _overtaken(request: Request, error: Exception) -> Response:
    return _shown(request, Problem(409, "state.wrong", "somebody did the same at the same moment; load it again"))


def _shown(request: Request, problem: Problem) -> Response:
    """A document for programs, a page for people."""
    if request.url.path.startswith(_FOR_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        return problem.response(wanted_language(request))
    from aiqyn.services.http.pages.problem import page  # pages need the application's parts in turn

    return page(request, problem)
