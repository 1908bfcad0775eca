"""Connections to PostgreSQL that give up: a server, or a network, may take what is sent and never answer."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import Params, Query

from aiqyn.services.store import patience


class Impatient(psycopg.Connection[Any]):
    """Breaks itself where nothing comes back in time: what waits gets an OperationalError."""

    def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
        return super().wait(self._bounded(gen), *args, **more)

    def _bounded(self, gen: Any) -> Any:
        # The waiting loop resumes a generator ten times a second, also where nothing has come.
        most = patience.seconds()
        until = monotonic() + most
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    until = monotonic() + most
                elif monotonic() > until:
                    self.close()
                    raise psycopg.OperationalError(f"no answer for {most:.0f} seconds")
                wanted = gen.send(ready)
        except StopIteration as ended:
            return ended.value


class Punctuated(psycopg.Cursor[Any]):
    """Says where many statements end, so that PostgreSQL counts the silence that follows as one.

    psycopg asks for the answers once more behind the last statement (Flush behind Sync). PostgreSQL takes that for the
    beginning of another, and `idle_in_transaction_session_timeout` never runs out (psycopg 3.3, PostgreSQL 15).
    """

    def executemany(self, query: Query, params_seq: Iterable[Params], *, returning: bool = False) -> None:
        super().executemany(query, params_seq, returning=returning)
        self.connection.execute(b"", prepare=False)
