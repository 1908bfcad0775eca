"""Workers in this process: intake and detectors on one store, driven step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from aiqyn.services import settings as settings_of
from aiqyn.services.distributed.detector import Detector
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.leases import Leases, initialise
from aiqyn.services.distributed.ledger import Appended
from aiqyn.services.distributed.records import KafkaRecord
from aiqyn.services.kafka.dead_letters import DeadLetter
from aiqyn.services.store.ledger_rows import Place
from aiqyn.services.store.sql_store import SqlStore
from tests.journeys.running import NAMESPACE

TOPIC = "procurement.releases"


class Drawer:
    """Dead letters, kept here."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []

    def send(self, letters: Iterable[DeadLetter]) -> None:
        self.letters += letters


def records(
    values: Iterable[bytes | None], first: int = 0, partition: int = 0, headers: Sequence[tuple[str, bytes]] = ()
) -> list[KafkaRecord]:
    """Values as records of one partition."""
    return [
        KafkaRecord(Place(TOPIC, partition, offset), None, value, headers)
        for offset, value in enumerate(values, start=first)
    ]


class Cluster:
    """The workers of one group on one store."""

    def __init__(self, store: SqlStore, profile: str = "generic", **environ: str) -> None:
        self.store = store
        self.profile = profile
        initialise(store.engine)
        self.drawer = Drawer()
        self.settings = settings_of.read(environ)
        self._offset = count()
        self.intake = self.new_intake()

    def new_intake(self) -> Intake:
        return Intake(self.store.engine, self.profile, self.settings, self.drawer)

    def take_in(self, values: Iterable[bytes | None], batch: int = 100) -> list[Appended]:
        """Values as the next records of a partition."""
        found = [KafkaRecord(Place(TOPIC, 0, next(self._offset)), None, value, ()) for value in values]
        return [self.intake.take(found[start : start + batch]) for start in range(0, len(found), batch)]

    def detector(self, name: str, lease: int = 10_000_000) -> Detector:
        """A detector that has loaded its world and signed on; each step looks after its leases."""
        leases = Leases(self.store.engine, name, "aiqyn", "detect", lease)
        ticks = count(step=10)
        made = Detector(self.store, self.profile, NAMESPACE, leases, seconds=lambda: float(next(ticks)))
        made.start()
        leases.beat(made.reached)
        return made


def settle(detectors: Sequence[Detector]) -> None:
    """Step each in turn until nothing is to do for any."""
    quiet = 0
    while quiet < 3:
        done = [detector.step() for detector in detectors]
        quiet = 0 if any(step.facts or step.taken for step in done) else quiet + 1
