"""Erasures in the ledger: whoever keeps facts in memory has to forget them then."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import erased


def erasures(engine: Engine) -> int:
    """How many events were erased so far."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(erased)).scalar_one())
