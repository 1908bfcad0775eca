"""`aiqyn serve`: HTTP for integrators and analysts, the workbench for auditors."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from aiqyn.services import logs
from aiqyn.services.audit.sequencer import sequencing
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.http.app import build
from aiqyn.services.http.context import Context
from aiqyn.services.http.live import Embedded, Live
from aiqyn.services.reading import dashboard
from aiqyn.services.settings import Settings
from aiqyn.services.store.administering import open_to_administer
from aiqyn.services.store.opening import Database, open_to_write
from aiqyn.services.vitals import Probe, Pulse
from aiqyn.services.webhooks.dispatcher import Dispatcher

_GRACE = 11  # seconds for requests that run


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; beats AIQYN_HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0: any free one; beats AIQYN_PORT.")] = None,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Serve the API and the workbench, and be the engine of the database; with Kafka, workers are the engine.

    One line on stdout says when it can work: `{"ready":"serve","url":...,"pid":...}`. SIGTERM or Ctrl-C ends
    it within 20 seconds; what was answered as accepted is in the ledger.

    Example: `aiqyn serve --port 8080`, then open http://127.0.0.1:8080/
    """
    settings = read_settings(db, profile)
    settings = replace(
        settings, host=settings.host if host is None else host, port=settings.port if port is None else port
    )
    logs.of_a_service(settings)
    serve_settings(settings)
    return FINE


def serve_settings(settings: Settings) -> None:
    """Serve what the settings say until a signal says stop. Raises Failure where the port is taken."""
    opened = (
        open_to_write(settings, "aiqyn serve") if settings.kafka_bootstrap is None else open_to_administer(settings)
    )
    with _listening(settings) as listener, opened as database:
        run(settings, database, listener)


def run(settings: Settings, database: Database, listener: socket.socket) -> None:
    """Serve on an open socket until a signal says stop."""
    address = f"http://{_bracketed(settings.host)}:{listener.getsockname()[1]}"
    live = _live(settings, database)
    base_url = (settings.public_url or address).rstrip("/")
    pulse = Pulse()
    context = Context(settings, database, live, base_url, Probe(database.engine), pulse)
    server = _Server(address, build(context))
    dispatcher = Dispatcher(database.engine, settings, base_url, pulse.of("webhooks"))
    dispatcher.start()
    # What costs seconds where there are a million alerts is made before somebody asks for it.
    threading.Thread(target=dashboard.prepare, args=(database.engine,), name="figures", daemon=True).start()
    try:
        with sequencing(settings, database.engine):
            server.run(sockets=[listener])
    finally:
        dispatcher.stop()
        live.close()


def _live(settings: Settings, database: Database) -> Live:
    """The engine itself, or what stands before Kafka; its modules are read only where they are wanted."""
    if settings.kafka_bootstrap is None:
        return Embedded(database, settings)
    from aiqyn.services.http.live_kafka import OnKafka

    return OnKafka(database, settings)


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Failure(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; name another with --port"
        ) from None
    listener.listen(512)
    return listener


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Server(uvicorn.Server):
    """Tells when it is ready; the second signal ends the process at once."""

    def __init__(self, address: str, app: object) -> None:
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]  # uvicorn states the protocol in types of its own
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE,
            server_header=False,
            limit_concurrency=1000,
        )
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        logging.getLogger(__name__).info("serving on %s", self._address)
        output.json_line({"ready": "serve", "url": self._address, "pid": os.getpid()})
        sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(1)
        self.should_exit = True
        # Whatever hangs, the process is gone within 20 seconds.
        timer = threading.Timer(_GRACE + 4, os._exit, (0,))
        timer.daemon = True
        timer.start()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # there a generator's
        return _Signals(self)


class _Signals:
    """Handlers that do not raise the signal again at the end: leaving by SIGTERM is exit 0."""

    def __init__(self, server: _Server) -> None:
        self._server = server

    def __enter__(self) -> None:
        self._before = {
            number: signal.signal(number, self._server.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
