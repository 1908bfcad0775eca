"""The queue as of an earlier instant: alerts in the revision that stood then; what reviewers did is as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Engine

from aiqyn.services.reading import alerts as queue
from aiqyn.services.store import priority, reads
from aiqyn.services.store.alert_filter import AlertFilter

Document = dict[str, Any]
Place = tuple[float | str, str]


class Page(NamedTuple):
    """Some alerts, where the walk goes on (None: nowhere), and how many there are in all."""

    items: list[Document]
    after: Place | None
    total: int


def listed(
    engine: Engine, wanted: AlertFilter, more: queue.Review, sort: str, after: Sequence[object] | None, limit: int
) -> Page:
    """At most `limit` alerts of the instant in the order `sort`. Cost: all that the filter lets through."""
    found = list(reads.alerts(engine, wanted, queue.review_conditions(more)))
    falling = sort.startswith("-") or sort == "priority"
    found.sort(key=lambda alert: str(alert["id"]))
    found.sort(key=lambda alert: _value(alert, sort), reverse=falling)
    start = 0
    if after is not None:
        start = next((at for at, alert in enumerate(found) if _beyond(alert, sort, after, falling)), len(found))
    items = found[start : start + limit]
    last = None if start + limit >= len(found) else (_value(items[-1], sort), str(items[-1]["id"]))
    return Page(items, last, len(found))


def _value(alert: Document, sort: str) -> float | str:
    name = sort.lstrip("-")
    if name == "priority":
        return float(priority.score(alert))
    if name == "amount":
        amount = priority.amount(alert)
        return -1.0 if amount is None else amount
    return str(alert[name])


def _beyond(alert: Document, sort: str, after: Sequence[object], falling: bool) -> bool:
    value, (place, id) = _value(alert, sort), after
    if value == place:
        return str(alert["id"]) > str(id)
    if isinstance(value, str):
        return isinstance(place, str) and (value < place) == falling
    return isinstance(place, float) and (value < place) == falling
