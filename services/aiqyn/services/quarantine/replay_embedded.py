"""Refused records through the embedded engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

from aiqyn.services import moments, wiring
from aiqyn.services.feeding import batches
from aiqyn.services.quarantine import rows
from aiqyn.services.quarantine.again import Again, again
from aiqyn.services.quarantine.rows import Refused
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import open_to_write
from aiqyn.streams.ports import Door
from aiqyn.streams.verdicts import Verdict


def replay(settings: Settings, wanted: Sequence[Refused]) -> Iterator[tuple[Again, Verdict]]:
    """Feed rows again, each by the door it came by; a record that is refused again is a new row.

    A row is marked after its batch is written: what stops in between is a duplicate next time. Raises EngineRunning
    and other StoreErrors.
    """
    with open_to_write(settings, "aiqyn quarantine replay") as database:
        monitor = wiring.monitor(database, settings)
        monitor.start()
        for door, of_door in groupby(wanted, lambda row: row.door):
            for batch in batches(again(database.engine, of_door, settings.max_event_bytes)):
                verdicts = monitor.run_batch(batch, cast("Door", door))
                ids = list(dict.fromkeys(record.row.id for record in batch))
                rows.mark_replayed(database.engine, ids, moments.now())
                yield from zip(batch, verdicts, strict=True)
        monitor.keep()
