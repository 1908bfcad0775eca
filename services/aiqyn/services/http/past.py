"""What was known at an earlier instant: the graph of the facts that were recorded by then (interfaces, section 3)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from aiqyn.rules import profile as profiles
from aiqyn.services import moments
from aiqyn.services.http.context import Context
from aiqyn.services.http.problems import Problem
from aiqyn.services.reading.entities import Listing
from aiqyn.services.store.erasures import erasures
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.engine import Engine

T = TypeVar("T")
_KEPT = 2
"""Earlier graphs that stay in memory; each is as large as the present one was then."""
_PATIENCE = 30.0  # seconds to wait for whoever builds one


class Sight(NamedTuple):
    """The graph of an instant, and how to put questions to it."""

    ask: Asks
    store: SqlStore
    listing: Listing


class Run(Protocol):
    """What an engine answers to a question."""

    def __call__(self, question: Callable[[Engine], T], /) -> T: ...


class Asks:
    """Puts a question to an engine."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __call__(self, question: Callable[[Engine], T]) -> T:
        return self._run(question)


class Past:
    """The graphs of earlier instants. Cost of a new one: all facts that were recorded by then."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[int, int], tuple[Engine, Listing]] = OrderedDict()
        self.now = Listing()

    def sight(self, instant: int) -> Sight:
        """Raises Problem 503 where others are building for too long."""
        if not self._lock.acquire(timeout=_PATIENCE):
            raise Problem(503, "engine.unavailable", "earlier graphs are being built", headers={"Retry-After": "30"})
        try:
            key = instant, erasures(self._ctx.engine)
            if key not in self._made:
                for old in [old for old in self._made if old[1] != key[1]]:
                    del self._made[old]  # they know what was erased since
                while len(self._made) >= _KEPT:
                    self._made.popitem(last=False)
                self._made[key] = self._build(instant), Listing()
            self._made.move_to_end(key)
            engine, listing = self._made[key]
        finally:
            self._lock.release()

        def run(question: Callable[[Engine], T]) -> T:
            with self._lock:
                return question(engine)

        return Sight(Asks(run), self._ctx.database.store, listing)

    def _build(self, instant: int) -> Engine:
        database = self._ctx.database
        engine = Engine(profiles.load(database.profile), database.alert_namespace(), database.store)
        for head, fact in database.store.facts(known_at=instant):
            engine.absorb(head, fact)
        return engine


_pasts: dict[int, Past] = {}


def past_of(ctx: Context) -> Past:
    """The earlier graphs of a server."""
    if id(ctx) not in _pasts:
        _pasts.clear()
        _pasts[id(ctx)] = Past(ctx)
    return _pasts[id(ctx)]


def at(ctx: Context, known_at: str | None) -> Sight:
    """The graph as of an instant, or the end of a day in UTC; where nothing is said, as it is. Raises Problem 400."""
    past = past_of(ctx)
    if not known_at:
        return Sight(Asks(ctx.live.ask), ctx.database.store, past.now)
    try:
        instant = moments.parse_known_at(known_at)
    except (ValueError, OverflowError):
        detail = f"knownAt: an instant (RFC 3339) or a day is wanted, not {known_at!r}"
        raise Problem(400, "parameter.invalid", detail) from None
    return past.sight(min(instant, moments.now()))
