"""What the server itself decides about records that do not go on to Kafka: refused ones and duplicates."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from aiqyn.services.store import statements, tables
from aiqyn.services.store.database import writing
from aiqyn.services.store.ledger_rows import batch_row, refusal_row
from aiqyn.services.store.senders import last_refusal_in, name_refused
from aiqyn.streams.ports import Counts, Refusal


def write_refusals(engine: Engine, refusals: Sequence[Refusal], counts: Counts, account: str | None) -> None:
    """Refused records into the quarantine, with who sent them, and the counts of all; one transaction."""
    with writing(engine) as connection:
        before = last_refusal_in(connection)
        rows = [refusal_row(refusal) for refusal in refusals]
        statements.run(connection, statements.insert(connection, tables.quarantine, ("id", "account")), rows)
        insert = statements.insert(connection, tables.batch, ("number",))
        statements.run(connection, insert, [batch_row(counts, None, None)])
        if account is not None:
            name_refused(connection, account, before)
