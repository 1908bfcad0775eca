"""The application: routes found by folder, problems for every error, one set of headers."""

from __future__ import annotations

import logging
import pkgutil
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from aiqyn.services.http import headers, pages, routes
from aiqyn.services.http.context import Context
from aiqyn.services.http.metrics import REQUESTS
from aiqyn.services.http.openapi import describe
from aiqyn.services.http.problems import Problem, from_http, from_validation
from aiqyn.services.http.query import known_parameters
from aiqyn.services.store.errors import StoreUnavailable

_STATIC = Path(__file__).parent / "static"
_log = logging.getLogger(__name__)


def build(context: Context) -> FastAPI:
    """The application of one server."""
    app = FastAPI(
        title="Aiqyn",
        version=version("aiqyn"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(known_parameters)],
    )
    app.state.context = context
    app.state.openapi = lambda: describe(app)
    for router in routers():
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(StoreUnavailable, _unavailable)
    app.middleware("http")(_each)
    return app


def routers() -> Iterator[APIRouter]:
    """The `router` of every module of `routes` and `pages`, by name."""
    for package in (routes, pages):
        for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
            router = getattr(import_module(f"{package.__name__}.{module}"), "router", None)
            if router is not None:
                yield router


async def _each(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    began = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception:
        reference = secrets.token_hex(6)
        _log.exception("request failed, reference %s", reference)
        response = Problem(500, "server.error", f"reference {reference}").response()
    headers.add(response.headers)
    route = request.scope.get("route")
    path = getattr(route, "path", "other")
    REQUESTS.labels(request.method, path, str(response.status_code)).observe(time.perf_counter() - began)
    return response


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
    return _shown(request, Problem(503, "engine.unavailable", str(error), headers={"Retry-After": "5"}))


def _shown(request: Request, problem: Problem) -> Response:
    """A document for programs, a page for people."""
    if request.url.path.startswith(("/v1/", "/openapi", "/asyncapi", "/schemas")):
        return problem.response()
    from aiqyn.services.http.pages.problem import page  # pages need the application's parts in turn

    return page(request, problem) if "text/html" in request.headers.get("accept", "") else problem.response()
