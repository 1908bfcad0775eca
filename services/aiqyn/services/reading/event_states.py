"""What became of accepted events: applied, parked (with what they wait for), or superseded (with by what)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from aiqyn.services.store.sql_store import SqlStore
from aiqyn.streams.engine import Engine


class EventState(NamedTuple):
    """How an accepted event stands."""

    state: Literal["applied", "parked", "superseded"]
    waiting_for: tuple[str, ...] = ()
    superseded_by: tuple[str, str] | None = None
    """Source and id."""


def states_of(store: SqlStore, seqs: Sequence[int]) -> Callable[[Engine], Mapping[int, EventState]]:
    """A question to the engine: the states of these ledger numbers. They are read here, on the asker's thread."""
    facts = store.read(list(seqs)) if seqs else {}

    def answer(engine: Engine) -> Mapping[int, EventState]:
        found: dict[int, EventState] = {}
        for seq, (head, fact) in facts.items():
            by = engine.world.superseded_by(head)
            if by is not None:
                later = engine.world.head(by)
                found[seq] = EventState("superseded", (), (later.source, later.id))
                continue
            waiting = engine.world.waiting_for(head, fact)
            found[seq] = EventState("parked" if waiting else "applied", waiting)
        return found

    return answer
