"""What the tables say about a period, and where they do not agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from aiqyn.services.store.tables import (
    alert,
    alert_revision,
    batch,
    cursor,
    erased,
    event,
    quality_issue,
    quarantine,
    shard,
)

STATUSES = ("accepted", "duplicate", "conflict", "rejected")
CHANGES = ("raised", "updated", "withdrawn")
_RELAY, _QUALITY = "alerts", "quality"


class Period(NamedTuple):
    """Microseconds since 1970 UTC, `[start, end)`; None: open."""

    start: int | None = None
    end: int | None = None


class Balance(NamedTuple):
    """One period."""

    counts: dict[str, int]
    """`received`, then each status."""
    evaluated: int
    """Accepted events up to which every case is judged."""
    alerts: dict[str, int]
    """Revisions that the events of the period made, by change."""
    pending: int
    """Those of them, and quality issues, that are not on Kafka."""
    differences: list[str]


def balance(connection: Connection, period: Period) -> Balance:
    """Everything in the caller's one transaction, so that it belongs together."""
    within = _within(batch.c.at, period)
    columns = [func.coalesce(func.sum(batch.c[name]), 0) for name in ("received", *STATUSES)]
    row = connection.execute(select(*columns).where(within)).one()
    counts = {name: int(number) for name, number in zip(("received", *STATUSES), row, strict=True)}
    first, last = connection.execute(
        select(func.min(batch.c.first_seq), func.max(batch.c.last_seq)).where(within)
    ).one()
    made = alert_revision.c.seq.between(first or 0, last or 0)
    grouped = select(alert_revision.c.change, func.count()).where(made).group_by(alert_revision.c.change)
    by_change: dict[str, int] = {change: number for change, number in connection.execute(grouped).all()}
    passed = connection.execute(select(cursor.c.position).where(cursor.c.name == _RELAY)).scalar() or 0
    pending = _count(connection, made, alert_revision.c.number > passed)
    sent = connection.execute(select(cursor.c.position).where(cursor.c.name == _QUALITY)).scalar() or 0
    doubts = quality_issue.c.seq.between(first or 0, last or 0)
    pending += _count(connection, doubts, quality_issue.c.seq > sent)
    judged = connection.execute(select(func.min(shard.c.position))).scalar()
    upto = (last or 0) if judged is None else min(judged, last or 0)
    evaluated = _ledger(connection, first or 0, upto) if first is not None else 0
    differences = [
        *_of_batches(connection, within),
        *_of_ledger(connection, counts, first, last),
        *_of_quarantine(connection, counts, period),
        *_of_alerts(connection),
    ]
    return Balance(counts, evaluated, {change: by_change.get(change, 0) for change in CHANGES}, pending, differences)


def _within(column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    conditions = []
    if period.start is not None:
        conditions.append(column >= period.start)
    if period.end is not None:
        conditions.append(column < period.end)
    return and_(True, *conditions)


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).where(*conditions)).scalar_one())


def _ledger(connection: Connection, first: int, last: int) -> int:
    """Events of the ledger by number, erased ones too."""
    return sum(
        _count(connection, table.c.seq.between(first, last), *conditions)
        for table, conditions in ((event, ()), (erased, (~erased.c.seq.in_(select(event.c.seq)),)))
    )


def _of_batches(connection: Connection, within: ColumnElement[bool]) -> Iterator[str]:
    total = sum((batch.c[name] for name in STATUSES[1:]), start=batch.c.accepted)
    numbers = func.coalesce(batch.c.last_seq - batch.c.first_seq + 1, 0)
    query = select(batch.c.number).where(within, or_(batch.c.received != total, batch.c.accepted != numbers))
    for number in connection.execute(query.order_by(batch.c.number).limit(10)).scalars():
        yield f"batch {number} does not add up"


def _of_ledger(connection: Connection, counts: dict[str, int], first: int | None, last: int | None) -> Iterator[str]:
    found = _ledger(connection, first, last) if first is not None and last is not None else 0
    if found != counts["accepted"]:
        yield f"{counts['accepted']} events were accepted, the ledger has {found}"
    newest = connection.execute(select(func.max(event.c.seq))).scalar() or 0
    counted = connection.execute(select(func.max(batch.c.last_seq))).scalar() or 0
    if newest > counted:
        yield f"the ledger ends at {newest}, the batches at {counted}"


def _of_quarantine(connection: Connection, counts: dict[str, int], period: Period) -> Iterator[str]:
    for status in ("conflict", "rejected"):
        found = _count(connection, quarantine.c.status == status, _refused_within(connection, period))
        if found != counts[status]:
            yield f"{counts[status]} records ended as {status}, the quarantine has {found}"


def _refused_within(connection: Connection, period: Period) -> ColumnElement[bool]:
    """The refusals of the period's batches. Of Kafka they bear the time of their batch; else they come after the batch
    before, and not after their own."""
    before = _last_batch(connection, period.start) if period.start is not None else None
    last = _last_batch(connection, period.end) if period.end is not None else None
    embedded = [quarantine.c.received_at > before] if before is not None else []
    if period.end is not None:
        embedded.append(quarantine.c.received_at <= (last if last is not None else -1))
    return or_(
        and_(quarantine.c.door == "kafka", _within(quarantine.c.received_at, period)),
        and_(quarantine.c.door != "kafka", *embedded),
    )


def _last_batch(connection: Connection, before: int) -> int | None:
    query = select(func.max(batch.c.at)).where(batch.c.at < before, batch.c.door != "kafka")
    found: int | None = connection.execute(query).scalar()
    return found


def _of_alerts(connection: Connection) -> Iterator[str]:
    last = (
        select(alert_revision.c.alert, func.max(alert_revision.c.revision).label("revision"))
        .group_by(alert_revision.c.alert)
        .subquery()
    )
    joined = last.outerjoin(alert, alert.c.id == last.c.alert)
    wrong = connection.execute(
        select(func.count()).select_from(joined).where(or_(alert.c.id.is_(None), alert.c.revision != last.c.revision))
    ).scalar_one()
    if wrong:
        yield f"{wrong} alerts do not stand at their last revision"
    highest, numbered = connection.execute(
        select(func.coalesce(func.max(alert_revision.c.number), 0), func.count(alert_revision.c.number))
    ).one()
    if highest != numbered:
        yield f"the feed of revisions has holes: {numbered} revisions up to number {highest}"
