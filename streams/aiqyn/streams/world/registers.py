"""Registers beside the graph: what is stated once of an entity or a person, kept by atom and ledger number."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from aiqyn.streams.facts import Declaration, Seat


class Reading(NamedTuple):
    """What one event says of an entity; None or empty: it says nothing on that point."""

    public_body: bool | None
    budget_level: str
    state_owned: bool | None
    listed: bool | None
    dissolved: str | None
    """The date as written; empty: stated not to be dissolved."""
    jurisdiction: str


class SeatFact(NamedTuple):
    ocid: str
    lots: tuple[str, ...]
    seat: Seat


class DeclarationFact(NamedTuple):
    fact: Declaration
    counterparties: tuple[int | None, ...]
    """The atom of each item's counterparty."""


class ListingFact(NamedTuple):
    start: str
    end: str
    register: str


Entry = TypeVar("Entry", bound=Hashable)


class Register(Generic[Entry]):
    """Entries by atom, each under the ledger number of the event that states it. Equal entries are kept once."""

    __slots__ = ("_entries", "_interned")

    def __init__(self) -> None:
        self._entries: dict[int, tuple[tuple[int, Entry], ...]] = {}
        self._interned: dict[Entry, Entry] = {}

    def add(self, atom: int, seq: int, entry: Entry) -> None:
        entry = self._interned.setdefault(entry, entry)
        self._entries[atom] = (*self._entries.get(atom, ()), (seq, entry))

    def remove(self, atom: int, seq: int) -> None:
        rest = tuple(item for item in self._entries.get(atom, ()) if item[0] != seq)
        if rest:
            self._entries[atom] = rest
        else:
            self._entries.pop(atom, None)

    def of(self, atoms: Iterable[int]) -> Iterator[tuple[int, Entry]]:
        """(ledger number, entry) of these atoms."""
        for atom in atoms:
            yield from self._entries.get(atom, ())

    def has(self, atom: int) -> bool:
        return atom in self._entries

    def __len__(self) -> int:
        return len(self._entries)
