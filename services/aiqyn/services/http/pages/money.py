"""What an entity won, gave, or bid for: its processes and allocations with totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiqyn.services.http.context import Context
from aiqyn.services.http.pages.queue import sums
from aiqyn.services.i18n import writing
from aiqyn.services.reading.allocations import AllocationFilter, walk, with_alerts

_SHOWN = 50
_MOST = 5000
"""Processes summed up."""
_WON = frozenset({"award", "contract"})


@dataclass(frozen=True, slots=True)
class Row:
    """One process or allocation as its row shows it."""

    id: str
    result: str
    """`won`, `bid` for a company; `bought` for a body."""
    parties: tuple[str, ...]
    """The buyer of a company's, the companies of a body's."""
    amount: dict[str, str] | None
    window: str
    alerts: int


@dataclass(frozen=True, slots=True)
class Won:
    """Totals of all, and the rows shown, latest first."""

    rows: list[Row]
    total: int
    won: int
    sums: list[dict[str, str]]
    partners: int
    omitted: int
    counted_all: bool


def won(ctx: Context, id: str, kind: str, lang: str) -> Won:
    """A company's processes, or those that a body bought. Totals count what was awarded."""
    wanted = AllocationFilter(buyer=(id,)) if kind == "body" else AllocationFilter(company=(id,))
    found: list[dict[str, Any]] = []
    for document in walk(ctx.live.ask, wanted):
        found.append(document)
        if len(found) == _MOST:
            break
    rows = [_row(document, id, kind, lang) for document in with_alerts(ctx.engine, found)]
    rows.sort(key=lambda pair: (pair[0], pair[1].id), reverse=True)
    plain = [row for _, row in rows]
    gained = [row for row in plain if row.result != "bid"]
    partners = {party for row in gained for party in row.parties}
    return Won(
        plain[:_SHOWN], len(plain), len(gained), sums(row.amount for row in gained), len(partners),
        max(0, len(plain) - _SHOWN), len(found) < _MOST,
    )  # fmt: skip


def _row(document: dict[str, Any], id: str, kind: str, lang: str) -> tuple[str, Row]:
    window = document["window"]
    latest = window[1] if window else ""
    when = f"{writing.day(window[0], lang)} – {writing.day(window[1], lang)}" if window else "–"
    if kind == "body":
        winners = [party for party in document["companies"] if party["stage"] in _WON]
        amount = sums(party["amount"] for party in winners)
        parties = tuple(dict.fromkeys(party["company"] for party in winners))
        return latest, Row(document["id"], "bought", parties, _one(amount), when, len(document["alerts"]))
    mine = [party for party in document["companies"] if party["company"] == id]
    gained = [party for party in mine if party["stage"] in _WON]
    amount = sums(party["amount"] for party in gained or mine)
    buyers = (document["buyer"],) if document["buyer"] else ()
    return latest, Row(document["id"], "won" if gained else "bid", buyers, _one(amount), when, len(document["alerts"]))


def _one(amounts: list[dict[str, str]]) -> dict[str, str] | None:
    """The amount of a row; of several currencies the first by code."""
    return amounts[0] if amounts else None
