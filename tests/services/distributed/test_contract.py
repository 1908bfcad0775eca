"""What every runner promises, on a broker in memory: each record into the ledger once, whatever happens between.

The real loop runs, in the real intake, on a real database; the process "dies" by an exception that nobody catches.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from aiqyn.services import settings as settings_of
from aiqyn.services.distributed import intake as intake_module
from aiqyn.services.distributed import ledger
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.loop_runner import consume
from aiqyn.services.kafka.dead_letters import DeadLetters
from aiqyn.services.kafka.publisher import Publisher
from aiqyn.services.settings import Settings
from aiqyn.services.store.sql_store import SqlStore
from tests.services.distributed.memory_broker import MemoryBroker, MemoryConsumer
from tests.services.distributed.test_intake import company, rows

TOPIC, DEAD = "registry.companies", "registry.companies.dlq"


class Died(BaseException):
    """kill -9."""


class Life:
    """What the loop asks of its process: run until there is nothing more, or until it dies."""

    def __init__(self, settings: Settings, rounds: int) -> None:
        self.settings = settings
        self.stop = self
        self.busy_since: float | None = None
        self.joined = False
        self.written = Event()
        self._rounds = rounds

    def is_set(self) -> bool:
        self._rounds -= 1
        return self._rounds < 0

    def wait(self, seconds: float) -> bool:
        return self.is_set()

    def fail(self, why: str, code: int) -> None:
        raise Died(why)


class Group:
    """Workers of one group, one at a time or several, on one broker and one store."""

    def __init__(self, store: SqlStore, partitions: int = 1) -> None:
        self.store = store
        self.broker = MemoryBroker(partitions)
        self.settings = settings_of.read({"AIQYN_DLQ_BRAKE": "1", "AIQYN_KAFKA_BOOTSTRAP": "memory:1"})

    def intake(self) -> Intake:
        letters = DeadLetters(self.settings, self.broker.producer)
        return Intake(self.store.engine, "generic", self.settings, letters)

    def member(self, before_commit: Callable[[], None] = lambda: None) -> MemoryConsumer:
        return self.broker.consumer("aiqyn", before_commit)

    def work(self, rounds: int = 6, before_commit: Callable[[], None] = lambda: None) -> None:
        """One worker's life; it leaves without a word where it dies."""
        member = self.member(before_commit)
        try:
            consume(member, self.intake(), Life(self.settings, rounds), [TOPIC])  # type: ignore[arg-type]  # in memory
        finally:
            member.vanish()

    def write(self, values: Iterable[bytes | None]) -> None:
        for value in values:
            self.broker.append(TOPIC, value, partition=0)

    def letters(self) -> list[int]:
        """The offsets of dead letters, in order of their first appearance."""
        found = [
            int(dict(message.headers)["dlq_offset"])
            for (topic, _), log in self.broker.log.items()
            if topic == DEAD
            for message in log
        ]
        return list(dict.fromkeys(found))

    def ids(self) -> list[str]:
        return [str(name) for (name,) in rows(self.store, "SELECT id FROM event ORDER BY seq")]

    def counts(self) -> tuple[int, ...]:
        sums = "sum(received), sum(accepted), sum(duplicate), sum(conflict), sum(rejected)"
        return tuple(int(str(number)) for number in rows(self.store, f"SELECT {sums} FROM batch")[0])


@pytest.fixture
def group(store: SqlStore) -> Group:
    return Group(store)


GOOD = [company(number) for number in range(40)]
IDS = [f"e{number}" for number in range(40)]


@pytest.mark.parametrize("at", [(0,), (20,), (40,), (0, 1, 20, 21, 42, 43)], ids=str)
def test_poison(group: Group, at: tuple[int, ...]) -> None:
    values = list(GOOD)
    for place in at:
        values.insert(place, b"{")
    group.write(values)
    group.work()
    assert group.ids() == IDS
    assert group.letters() == list(at)
    assert group.counts() == (40 + len(at), 40, 0, 0, len(at))
    assert group.broker.lag("aiqyn", TOPIC) == 0


def test_dies_before_the_commit(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    group.write([*GOOD, b"{"])
    real = ledger._Transaction.write

    def dying(*given: Any) -> None:
        real(*given)
        raise Died

    monkeypatch.setattr(ledger._Transaction, "write", dying)
    with pytest.raises(Died):
        group.work()
    assert (group.ids(), group.letters(), group.broker.lag("aiqyn", TOPIC)) == ([], [], 41)
    monkeypatch.setattr(ledger._Transaction, "write", real)
    group.work()
    assert (group.ids(), group.letters(), group.broker.lag("aiqyn", TOPIC)) == (IDS, [40], 0)


def test_dies_between_the_commit_and_the_dead_letters(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    group.write([*GOOD, b"{"])
    real = ledger.append

    def dying(*given: Any) -> Any:
        real(*given)
        raise Died

    monkeypatch.setattr(intake_module, "append", dying)
    with pytest.raises(Died):
        group.work()
    assert (group.ids(), group.letters()) == (IDS, [])
    monkeypatch.setattr(intake_module, "append", real)
    group.work()
    assert (group.ids(), group.letters(), group.counts()) == (IDS, [40], (41, 40, 0, 0, 1))


def test_dies_before_the_acknowledgement(group: Group) -> None:
    def die() -> None:
        raise Died

    group.write([*GOOD, b"{", GOOD[3], company(4, "Another")])
    with pytest.raises(Died):
        group.work(before_commit=die)
    assert group.broker.lag("aiqyn", TOPIC) == 43
    group.work()
    assert (group.ids(), group.letters(), group.counts()) == (IDS, [40, 42], (43, 40, 1, 1, 1))


def test_the_topic_of_dead_letters_is_away(group: Group) -> None:
    group.write([*GOOD[:20], b"{", *GOOD[20:]])
    group.broker.refusing.add(DEAD)
    group.work(rounds=3)
    assert group.broker.lag("aiqyn", TOPIC) == 41, "nothing is acknowledged"
    group.broker.refusing.clear()
    group.work()
    assert (group.ids(), group.letters(), group.counts()) == (IDS, [20], (41, 40, 0, 0, 1))
    assert group.broker.lag("aiqyn", TOPIC) == 0


def test_the_database_is_away(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    group.write(GOOD)
    real, tries = ledger.append, []

    def away(engine: Any, items: Any, now: int) -> Any:
        tries.append(len(items))
        if len(tries) < 3:
            from aiqyn.services.store.database import translated

            with translated():
                raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return real(engine, items, now)

    monkeypatch.setattr(intake_module, "append", away)
    group.work()
    assert (tries, group.ids(), group.broker.lag("aiqyn", TOPIC)) == ([40, 40, 40], IDS, 0)


def test_a_rebalance_while_a_batch_is_in_hand(group: Group) -> None:
    """Another member takes the partition from what is acknowledged; the first one's acknowledgement is refused."""
    group.write([*GOOD[:20], b"{"])
    others: list[MemoryConsumer] = []

    def another_joins() -> None:
        if not others:
            others.append(group.member())
            others[0].subscribe([TOPIC])

    group.work(before_commit=another_joins)
    assert group.ids() == IDS[:20]
    others[0].vanish()
    group.write(GOOD[20:])
    group.work()
    assert (group.ids(), group.letters(), group.counts()) == (IDS, [20], (41, 40, 0, 0, 1))
    assert group.broker.lag("aiqyn", TOPIC) == 0


def test_a_zombie_finishes_its_batch_after_its_heir(group: Group) -> None:
    group.write([*GOOD[:20], b"{"])
    zombie = group.member()
    zombie.subscribe([TOPIC])
    in_hand = [message for messages in zombie.poll().values() for message in messages]
    zombie.vanish()  # by the broker's judgement; it knows nothing of it
    group.write(GOOD[20:])
    group.work()
    late = group.broker.consumer("late")
    late.poll = lambda *_, **__: _once(in_hand)  # type: ignore[method-assign]  # a poll already begun
    consume(late, group.intake(), Life(group.settings, 3), [TOPIC])  # type: ignore[arg-type]  # in memory
    assert (group.ids(), group.letters(), group.counts()) == (IDS, [20], (41, 40, 0, 0, 1))


def _once(messages: list[Any]) -> dict[Any, Any]:
    given = {"all": list(messages)} if messages else {}
    messages.clear()
    return given


def test_everything_again_from_the_beginning(group: Group) -> None:
    group.write([*GOOD, b"{", GOOD[0]])
    group.work()
    before = (group.ids(), group.letters(), group.counts())
    group.broker.committed.clear()
    group.work()
    assert (group.ids(), group.letters(), group.counts()) == before


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_faults(store: SqlStore, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lives that end anywhere, rebalances, refusals: at the end everything is there once."""
    chance = random.Random(seed)
    group = Group(store, partitions=3)
    values = [*GOOD, *(b"{" for _ in range(5)), *(GOOD[n] for n in range(5))]
    chance.shuffle(values)
    for value in values:
        group.broker.append(TOPIC, value, partition=chance.randrange(3))
    real = ledger.append

    def perhaps(*given: Any) -> Any:
        when = chance.random()
        if when < 0.2:
            raise Died
        done = real(*given)
        if when < 0.4:
            raise Died
        return done

    def maybe_die() -> None:
        if chance.random() < 0.3:
            raise Died
        if chance.random() < 0.3:
            group.broker.share("aiqyn")

    monkeypatch.setattr(intake_module, "append", perhaps)
    for _ in range(15):
        group.broker.refusing = {DEAD} if chance.random() < 0.3 else set()
        try:
            group.work(rounds=3, before_commit=maybe_die)
        except Died:
            continue
    monkeypatch.setattr(intake_module, "append", real)
    group.broker.refusing = set()
    group.work()
    assert sorted(group.ids()) == sorted(IDS)
    assert group.counts() == (50, 40, 5, 0, 5)
    letters = {
        (dict(message.headers)["dlq_partition"], dict(message.headers)["dlq_offset"])
        for (topic, _), log in group.broker.log.items()
        if topic == DEAD
        for message in log
    }
    assert len(letters) == 5
    assert group.broker.lag("aiqyn", TOPIC) == 0


def test_the_publisher_says_what_was_not_taken(group: Group) -> None:
    from aiqyn.schemas.envelope import read_structured

    events = [read_structured(line) for line in GOOD[:5]]
    with Publisher(group.settings, group.broker.producer) as publisher:
        group.broker.refusing.add(TOPIC)
        assert [one.error is None for one in publisher.publish(events)] == [False] * 5
        group.broker.refusing.clear()
        assert [one.error for one in publisher.publish(events)] == [None] * 5
    group.work()
    assert group.ids() == IDS[:5]
