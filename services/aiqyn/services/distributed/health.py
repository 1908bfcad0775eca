"""The health server of a worker: `/livez`, `/readyz`, `/metrics`; and the ready line."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from aiqyn.services.distributed.runtime import Runtime

_JSON = "application/json"
_EVERY = 0.05  # seconds between looks until the worker is ready


class Health:
    """Answers in threads of its own. Raises OSError where the port cannot be had."""

    def __init__(self, runtime: Runtime, host: str, port: int, say: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._say = say
        self._server = ThreadingHTTPServer((host, port), _handler(runtime))
        self._server.daemon_threads = True
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_address[1]}"

    def begin(self) -> None:
        """Answer from now on, and say the ready line once everything is ready."""
        for body in (self._server.serve_forever, self._tell):
            threading.Thread(target=body, daemon=True).start()

    def _tell(self) -> None:
        while not ready(self._runtime.checks()):
            if self._runtime.stop.wait(_EVERY):
                return
        self._say(msgspec.json.encode({"ready": "worker", "url": self.url, "pid": os.getpid()}).decode())


def ready(checks: dict[str, str]) -> bool:
    return all(value == "ok" for value in checks.values())


def _handler(runtime: Runtime) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/livez":
                alive = runtime.alive()
                self._answer(200 if alive else 503, _JSON, _encoded({"status": "alive" if alive else "stalled"}))
            elif path == "/readyz":
                checks = runtime.checks()
                good = ready(checks)
                body = {"status": "ready" if good else "unready", "checks": checks}
                self._answer(200 if good else 503, _JSON, _encoded(body))
            elif path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            else:
                self._answer(404, _JSON, _encoded({"title": "not found", "status": 404}))

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Health checks are no news."""

    return Handler


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value)
