"""What every handler works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from aiqyn.services.http.live import Live
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import Database
from aiqyn.services.vitals import Probe, Pulse


@dataclass(frozen=True, slots=True)
class Context:
    """One server: its settings, its database and its engine."""

    settings: Settings
    database: Database
    live: Live
    base_url: str
    """How others reach it, without a slash at the end."""
    probe: Probe
    pulse: Pulse
    """Of what runs beside the requests."""

    @property
    def engine(self) -> Engine:
        return self.database.engine


def context(request: Request) -> Context:
    """The context of the server that took the request."""
    found = request.app.state.context
    assert isinstance(found, Context)
    return found


Ctx = Annotated[Context, Depends(context)]
