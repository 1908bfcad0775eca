"""The database that the pages are tried on: the demo country and the story, on record over the last weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from aiqyn.schemas.envelope import read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.services import settings as reading
from aiqyn.services.accounts import keys
from aiqyn.services.demo import users
from aiqyn.services.demo.country import generate
from aiqyn.services.files import Incoming
from aiqyn.services.store.opening import open_to_write
from aiqyn.streams.batch import Monitor
from tests.workbench.story import Story, encoded

SIZE = 300
WEEKS = 8
"""The demo's events come on record one after another over so many weeks, to yesterday."""


class Clock:
    """It stands until it is put forward, and never goes back."""

    def __init__(self, today: date) -> None:
        self.midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
        self.at = 0

    def put_to(self, day: float) -> None:
        """To that day, counted from today."""
        self.at = max(self.at + 1, int((self.midnight + timedelta(days=day)).timestamp() * 1_000_000))

    def __call__(self) -> int:
        return self.at


def make(folder: Path) -> dict[str, str]:
    """`demo.db` in the folder, with its keys beside it; the passwords of its users by name, and a `key` to publish."""
    settings = reading.read({}, f"sqlite:///{folder / 'demo.db'}", "generic")
    today = datetime.now(tz=UTC).date()
    clock = Clock(today)
    with open_to_write(settings, "a test") as database:
        monitor = Monitor(database.store, database.profile, database.alert_namespace(), clock, None)
        monitor.start()
        for day, arrived in groupby(_arrivals(today), key=lambda each: each[0]):
            clock.put_to(day)
            monitor.run_batch([_incoming(raw, number) for number, (_, raw) in enumerate(arrived, 1)])
        passwords = {person.user: person.password for person in users.make(database.engine, "a test")}
        return passwords | {"key": keys.add(database.engine, "a test", "publisher")[1]}


def _arrivals(today: date) -> Iterator[tuple[float, bytes]]:
    """Every event with the day of its arrival, rising."""
    events = list(generate(SIZE, 1).events)
    spread = [(round(-7 * WEEKS * (1 - at / len(events)) - 1) + 0.25, raw) for at, raw in enumerate(events)]
    told = [(arrival.day + 0.3, encoded(arrival.event)) for arrival in Story(today).whole()]
    yield from sorted(spread + told, key=lambda each: each[0])


def _incoming(raw: bytes, number: int) -> Incoming:
    try:
        return Incoming(raw, read_structured(raw), None, number)
    except Rejected as error:
        return Incoming(raw, None, error, number)
