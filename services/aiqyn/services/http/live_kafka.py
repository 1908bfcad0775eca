"""The server before Kafka: it publishes, workers are the engine; questions go to a world that reads along."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from aiqyn.schemas.envelope import Event
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.services import moments
from aiqyn.services.http.follower import Follower
from aiqyn.services.http.live import EngineThread
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.kafka.outbox import waiting
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.metrics import GRAPH_LAG, OUTBOX, count_event
from aiqyn.services.reading.event_states import states_of
from aiqyn.services.reading.events import alerts_of
from aiqyn.services.settings import Settings
from aiqyn.services.store.door import write_refusals
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.opening import Database
from aiqyn.services.store.senders import remember
from aiqyn.services.vitals import Regular
from aiqyn.streams.engine import Engine
from aiqyn.streams.intake.judge import judge, passes, passes_raw
from aiqyn.streams.ports import Counts, Door, Refusal
from aiqyn.streams.verdicts import Incoming, Verdict

T = TypeVar("T")
_POLL = 0.1  # seconds
_GAUGES = 2.5  # seconds
_CONFLICT = Problem("event.conflict", "/id", "an event with this source and id, but other content, was accepted before")


class OnKafka:
    """What handlers ask of the engine, where workers are it."""

    judges = False

    def __init__(self, database: Database, settings: Settings) -> None:
        """Raises BadSetting, StoreUnavailable."""
        self._database = database
        self._thread = EngineThread()
        self._follower = Follower(database)
        try:
            self._publisher = Publisher(settings)
        except KafkaUnavailable as error:
            raise StoreUnavailable(str(error)) from error
        self._thread.run(self._follower.engine)
        self._gauges = Regular("gauges", _GAUGES, self._measure)

    def submit(self, records: Sequence[Incoming], door: Door = "http", account: str | None = None) -> list[Verdict]:
        names = {(each.event.source, each.event.id) for each in records if each.event is not None}
        hashes = {key: entry.content_hash for key, entry in self._database.store.known(names).items()}
        in_ledger = frozenset(hashes)
        verdicts = [self._verdict(record, hashes, in_ledger) for record in records]
        self._publish(
            [
                record.event
                for record, verdict in zip(records, verdicts, strict=True)
                if verdict.state == "queued" and verdict.status == "accepted" and record.event is not None
            ]
        )
        self._keep_refused(records, verdicts, door, account)
        if account is not None:
            taken = [each for each in verdicts if each.status in ("accepted", "duplicate")]
            remember(self._database.engine, account, [(each.source or "", each.id or "") for each in taken], None)
        return verdicts

    def settled(self, verdicts: list[Verdict], seconds: float) -> list[Verdict]:
        ends = time.monotonic() + seconds
        names = {(each.source or "", each.id or "") for each in verdicts if each.state == "queued"}
        seqs: dict[tuple[str, str], int] = {}
        while names:
            judged = min(self._database.store.behind().values(), default=self._database.store.last_seq())
            known = self._database.store.known(names)
            seqs = {key: entry.seq for key, entry in known.items() if entry.seq <= judged}
            if len(seqs) == len(names) or time.monotonic() >= ends:
                break
            time.sleep(_POLL)
        states = self.ask(states_of(self._database.store, list(seqs.values())))
        changed = alerts_of(self._database.engine, list(seqs.values()))

        def settle(verdict: Verdict) -> Verdict:
            seq = seqs.get((verdict.source or "", verdict.id or "")) if verdict.state == "queued" else None
            if seq is None:
                return verdict
            alerts = tuple(changed.get(seq, ())) if verdict.status == "accepted" else ()
            return verdict._replace(state=states[seq].state, waiting_for=states[seq].waiting_for, alerts=alerts)

        return [settle(verdict) for verdict in verdicts]

    def ask(self, question: Callable[[Engine], T]) -> T:
        return self._thread.run(lambda: question(self._follower.engine()))

    def busy(self) -> float:
        return self._thread.busy()

    def checks(self) -> dict[str, str]:
        return {"graph": "ok"}  # it was built before the server began to listen

    def close(self) -> None:
        self._gauges.stop()
        self._publisher.close()
        self._thread.close(lambda: None)

    def _measure(self) -> None:
        GRAPH_LAG.set(self._follower.behind())
        OUTBOX.set(waiting(self._database.engine))

    def _verdict(
        self, record: Incoming, hashes: dict[tuple[str, str], bytes], in_ledger: frozenset[tuple[str, str]]
    ) -> Verdict:
        event, error = record.event, record.error
        if event is None:
            assert error is not None
            raw = passes_raw(record.raw)
            return Verdict(error.source, error.id, error.type, "rejected", None, raw, errors=error.problems)
        key = (event.source, event.id)
        if key in hashes:
            if hashes[key] != event.content_hash:
                return _refused(event, "conflict", (_CONFLICT,))
            state: Literal["applied", "queued"] = "applied" if key in in_ledger else "queued"
            return Verdict(event.source, event.id, event.type, "duplicate", state, passes(event))
        try:
            judged = judge(event)
        except Rejected as rejected:
            return _refused(event, "rejected", rejected.problems)
        hashes[key] = event.content_hash
        return Verdict(event.source, event.id, event.type, "accepted", "queued", judged.conforms, quality=judged.issues)

    def _keep_refused(
        self, records: Sequence[Incoming], verdicts: Sequence[Verdict], door: Door, account: str | None
    ) -> None:
        """What does not go to Kafka is counted here; what was refused goes to the quarantine."""
        now = moments.now()
        refusals = [
            Refusal(
                verdict.status, verdict.errors[0].code, verdict.errors[0].pointer, verdict.errors[0].detail,
                verdict.source, verdict.id, verdict.type, door, now, record.raw,
            )
            for record, verdict in zip(records, verdicts, strict=True)
            if verdict.status == "conflict" or verdict.status == "rejected"
        ]  # fmt: skip
        for verdict in verdicts:
            if verdict.status != "accepted":  # what is on Kafka the workers count
                count_event(verdict.status, verdict.type)
        number = Counter(verdict.status for verdict in verdicts)
        counts = Counts(door, now, 0, number["duplicate"], number["conflict"], number["rejected"])
        if refusals or number["duplicate"]:
            write_refusals(self._database.engine, refusals, counts, account)

    def _publish(self, events: Sequence[Event]) -> None:
        failed = [each.error for each in self._publisher.publish(events) if each.error is not None]
        if failed:
            raise StoreUnavailable(f"{len(failed)} of {len(events)} events are not acknowledged: {failed[0]}")


def _refused(event: Event, status: Literal["conflict", "rejected"], problems: tuple[Problem, ...]) -> Verdict:
    return Verdict(event.source, event.id, event.type, status, None, passes(event), errors=problems)
