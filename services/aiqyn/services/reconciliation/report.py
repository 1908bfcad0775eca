"""The report of `aiqyn reconcile`."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from aiqyn.services.reconciliation.balances import CHANGES, STATUSES, Balance, Period, balance
from aiqyn.services.reconciliation.lag import Stand, lost
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import kafka_position


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came in over a period, what became of it, and what does not fit."""

    balance: Balance
    lag: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    relayed: bool = False
    """Whether alerts go to Kafka."""

    @property
    def pending(self) -> int:
        return self.balance.pending if self.relayed else 0

    @property
    def drained(self) -> bool:
        """Whether nothing of the period waits."""
        judged = self.balance.evaluated == self.balance.counts["accepted"]
        return judged and not self.pending and not any(self.lag.values())

    @property
    def differences(self) -> list[str]:
        return [*self.balance.differences, *self.lost]

    @property
    def fine(self) -> bool:
        return self.drained and not self.differences

    def as_json(self) -> dict[str, object]:
        """The report of the contract."""
        return {
            **{name: self.balance.counts[name] for name in ("received", *STATUSES)},
            "evaluated": self.balance.evaluated,
            "alerts": {change: self.balance.alerts[change] for change in CHANGES},
            "outbox": {"pending": self.pending},
            "lag": self.lag,
            "drained": self.drained,
            "differences": self.differences,
        }


def reconcile(engine: Engine, period: Period, stand: Stand | None) -> Reconciled:
    """One look; without `stand` there is no Kafka. Raises StoreUnavailable, KafkaUnavailable."""
    ends = stand.ends(period) if stand is not None else {}
    with reading(engine) as connection:
        found = balance(connection, period)
        positions = {
            (topic, partition): offset for topic, partition, offset in connection.execute(select(kafka_position)).all()
        }
    if stand is None:
        return Reconciled(found)
    return Reconciled(found, stand.waiting(ends, positions), lost(ends, positions), True)
