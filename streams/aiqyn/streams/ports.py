"""What the engine needs from a store, and what it hands to it. The store itself lives in `services`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from aiqyn.streams.facts import Fact, Head

Door = Literal["kafka", "http", "file"]


class LedgerRow(msgspec.Struct, frozen=True):
    """One accepted event."""

    head: Head
    content: bytes
    """Canonical JSON of `{"source","id","type","time","data"}`; its SHA-256 is `content_hash`."""
    content_hash: bytes
    attributes: bytes | None
    """The other CloudEvents attributes as a JSON object; None where there are none."""
    conforms: bool | None
    """Passes the official schema of its standard; None for our own types."""
    fact: Fact


class Refusal(NamedTuple):
    """One record that was not taken: a conflict or a rejected one."""

    status: Literal["conflict", "rejected"]
    code: str
    pointer: str
    detail: str
    source: str | None
    event_id: str | None
    type: str | None
    door: Door
    received_at: int
    """Microseconds since 1970 UTC."""
    raw: bytes
    """The record's bytes as received."""


class QualityIssue(NamedTuple):
    """A doubt about an accepted event."""

    seq: int
    code: str
    pointer: str
    detail: str


class AlertRevision(NamedTuple):
    """One state of one alert, made by one event."""

    change: Literal["raised", "updated", "withdrawn"]
    alert: dict[str, Any]
    """The alert of the contract without `reviewStatus` and `disposition`, which are the store's."""
    seq: int
    """The event that made it."""
    evidence: tuple[int, ...]
    """Ledger numbers of every event on its paths, sorted."""


class Counts(NamedTuple):
    """What became of the records of one batch."""

    door: Door
    at: int
    """Microseconds since 1970 UTC."""
    accepted: int
    duplicate: int
    conflict: int
    rejected: int


class Batch(NamedTuple):
    """All that one transaction of the embedded engine writes."""

    rows: Sequence[LedgerRow]
    refusals: Sequence[Refusal]
    issues: Sequence[QualityIssue]
    revisions: Sequence[AlertRevision]
    """In the order in which they were made."""
    counts: Counts | None = None


class Known(NamedTuple):
    """A (source, id) that the ledger holds."""

    seq: int
    """0: not in the ledger any more."""
    content_hash: bytes
    erased: bool = False
    """Its data were erased by order: it is not taken again."""


class FactLog(Protocol):
    """Reads accepted facts back by their ledger number."""

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        """The facts with these numbers; every number must exist."""
        ...

    def find(self, source: str, id: str) -> int | None:
        """The ledger number of the event of that name; None: not accepted (yet)."""
        ...


class Store(FactLog, Protocol):
    """The ledger and the alerts. One writer at a time."""

    def known(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Known]:
        """Which of these (source, id) the ledger holds."""
        ...

    def last_seq(self) -> int:
        """The number of the last accepted event; 0: none."""
        ...

    def commit(self, batch: Batch) -> None:
        """Write a batch in one transaction: all of it or nothing."""
        ...

    def behind(self) -> Mapping[int, int]:
        """How far workers have judged the cases, where that is not up to the last event: part (0 to 63) > ledger
        number."""
        ...

    def caught_up(self, revisions: Sequence[AlertRevision], issues: Sequence[QualityIssue], to: int) -> None:
        """In one transaction: write what judging up to event `to` made, and move the parts behind it there."""
        ...

    def facts(self, after: int = 0, known_at: int | None = None) -> Iterator[tuple[Head, Fact]]:
        """All facts in ledger order, from number `after` + 1, recorded up to `known_at` (microseconds)."""
        ...

    def standing(self) -> Iterator[dict[str, object]]:
        """Every alert's last revision (current and withdrawn), as in `AlertRevision.alert`."""
        ...
