"""`aiqyn canary`: whether an event that is sent now has its effect, and how soon."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from aiqyn.schemas.envelope import Event
from aiqyn.services import canary as canaries
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import StoreError
from aiqyn.services.store.opening import open_to_read


def canary(
    timeout: Annotated[float, typer.Option(metavar="S", min=0.1, help="Seconds to wait for its effect.")] = 30.0,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Send a synthetic event and wait until what it does comes out at the other end.

    It goes to `registry.companies` from the source `<AIQYN_SOURCE>/canary`, with a doubtful date, and is waited for as
    a quality issue on `aiqyn.quality`: through intake, ledger, detection and relay. It touches no alert. Exit code 1
    where nothing came in time; then the message says how far it got.

    Example: `AIQYN_KAFKA_BOOTSTRAP=127.0.0.1:9092 aiqyn canary --timeout 10`
    """
    settings = read_settings(db, profile)
    if settings.kafka_bootstrap is None:
        raise Failure("AIQYN_KAFKA_BOOTSTRAP is not set; it names Kafka, as in 127.0.0.1:9092", USAGE)
    flown: list[Event] = []
    began = time.monotonic()
    try:
        seen = canaries.fly(settings, timeout, flown.append)
    except KafkaUnavailable as error:
        raise Failure(str(error)) from None
    took = round(time.monotonic() - began, 3)
    (event,) = flown
    if json:
        place = seen._asdict() if seen is not None else {"topic": None, "partition": None, "offset": None}
        output.json_line({"ok": seen is not None, "seconds": took, "source": event.source, "id": event.id, **place})
    if seen is None:
        late = f"the canary {event.id} did not come out within {timeout:g} s"
        raise Failure(f"{late}: {_how_far(settings, event)}")
    if not json:
        output.text(f"{took:.3f} s from {event.source} to {seen.topic}")
    return FINE


def _how_far(settings: Settings, event: Event) -> str:
    """Where it is now, and what to look at."""
    try:
        with open_to_read(settings) as database:
            seq = database.store.find(event.source, event.id)
            judged = min(database.store.behind().values(), default=database.store.last_seq())
    except StoreError as error:
        return f"it is on Kafka, and the database says nothing of it ({error})"
    if seq is None:
        return "it is on Kafka and not in the ledger; does a worker with the stage intake run, and is it ready?"
    if judged < seq:
        return "it is in the ledger and not judged; does a worker with the stage detect run, and is its graph loaded?"
    return "it is judged and not on aiqyn.quality; what does the relay in the workers' logs say?"
