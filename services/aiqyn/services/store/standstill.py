"""Writers that stand still in the middle of a statement: ended where others wait for them.

`idle_in_transaction_session_timeout` ends those between statements. Of a client that has begun to copy rows in, or does
not take its answers, PostgreSQL thinks that it works, however long nothing comes; `statement_timeout` cannot end it
either, for the server looks at its clock only when something has come.
"""

from __future__ import annotations

from sqlalchemy import Engine, text

from aiqyn.services.store import database
from aiqyn.services.store.database import is_sqlite, translated

_STUCK = text(
    """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      AND state <> 'idle' AND wait_event_type = 'Client'
      AND state_change < clock_timestamp() - :standstill * interval '1 millisecond'
      AND pid IN (SELECT unnest(pg_blocking_pids(pid)) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock')
    """
)


def end_stuck(engine: Engine) -> int:
    """End the sessions of ours that somebody waits for and whose client has been silent for two standstills; how many.

    What they did is undone; their processes find the connection broken, and try again. Raises StoreUnavailable.
    """
    if is_sqlite(engine):
        return 0
    with translated(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return int(connection.execute(_STUCK, {"standstill": 2 * database.STANDSTILL}).scalar_one())
