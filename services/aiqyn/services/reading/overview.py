"""Figures over everything: sources, reconciliation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, func, select

from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import batch, event, quality_issue, quarantine
from aiqyn.streams.moments import rfc3339


def sources(engine: Engine) -> list[dict[str, Any]]:
    """By source: accepted and refused events, quality issues, when the last one was recorded."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(event.c.source, func.count(), func.max(event.c.recorded_at)).group_by(event.c.source)
        ).all()
        refused: dict[str | None, int] = dict(
            connection.execute(select(quarantine.c.source, func.count()).group_by(quarantine.c.source)).tuples().all()
        )
        issues: dict[str, int] = dict(
            connection.execute(
                select(event.c.source, func.count())
                .join(quality_issue, quality_issue.c.seq == event.c.seq)
                .group_by(event.c.source)
            )
            .tuples()
            .all()
        )
    found = {source: (int(number), int(last)) for source, number, last in rows}
    return [
        {
            "source": source,
            "events": found.get(source, (0, 0))[0],
            "refused": refused.get(source, 0),
            "issues": issues.get(source, 0),
            "last": rfc3339(found[source][1]) if source in found else None,
        }
        for source in sorted({*found, *(name for name in refused if name)})
    ]


def reconciliation(engine: Engine) -> dict[str, Any]:
    """Everything received, by what became of it, and whether the ledger and the quarantine say the same."""
    names = ("received", "accepted", "duplicate", "conflict", "rejected")
    with reading(engine) as connection:
        sums = connection.execute(select(*(func.coalesce(func.sum(batch.c[name]), 0) for name in names))).one()
        held = int(connection.execute(select(func.count()).select_from(event)).scalar() or 0)
        refused = int(connection.execute(select(func.count()).select_from(quarantine)).scalar() or 0)
    counts: dict[str, Any] = {name: int(value) for name, value in zip(names, sums, strict=True)}
    parts = counts["accepted"] + counts["duplicate"] + counts["conflict"] + counts["rejected"]
    counts["balances"] = (
        counts["received"] == parts
        and counts["accepted"] == held
        and counts["conflict"] + counts["rejected"] == refused
    )
    return counts
