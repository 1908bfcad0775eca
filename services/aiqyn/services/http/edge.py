"""The outermost layer: headers, bounds, times, and no request that ends without a proper answer."""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aiqyn.services.http import headers
from aiqyn.services.http.context import Context
from aiqyn.services.http.limits import RATE, bounded
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.metrics import REQUESTS

_log = logging.getLogger(__name__)


class Edge:
    """ASGI around the application."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._limit = context.settings.max_body_bytes
        self._secure = context.base_url.startswith("https:")
        self._policy = headers.policy(context.settings.oidc_issuer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def complete(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                found = MutableHeaders(scope=message)
                headers.add(found, scope["path"], self._secure, self._policy)
                for name, value in scope[RATE].headers().items() if RATE in scope else ():
                    found[name] = value
            await send(message)

        try:
            fault = _fault(scope)
            if fault is not None:
                await fault.response()(scope, receive, complete)
            else:
                await self._app(scope, bounded(scope, receive, self._limit), complete)
        except Exception:
            if status:
                raise  # the answer has begun: it is broken off, never ended well
            reference = secrets.token_hex(6)
            _log.exception("request failed, reference %s", reference)
            problem = Problem(500, "server.error", f"reference {reference}")
            await problem.response()(scope, receive, complete)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(scope["method"], route, str(status)).observe(time.perf_counter() - began)


def _fault(scope: Scope) -> Problem | None:
    """NUL is in no address that we give, and no database takes it."""
    if "\0" in scope["path"]:
        return not_found()
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        return Problem(400, "parameter.invalid", "a parameter holds the character NUL")
    return None
