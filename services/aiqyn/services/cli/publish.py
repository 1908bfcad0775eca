"""`aiqyn publish`: events from files to Kafka, or to a server by HTTP."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer

from aiqyn.services import settings as all_settings
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, REFUSED, USAGE, Failure
from aiqyn.services.cli.options import Db, Profile, Source
from aiqyn.services.cli.progress import progress
from aiqyn.services.cli.reading import InputFormat, Paths, Placed, check_paths, records
from aiqyn.services.cli.refusals import Refusals
from aiqyn.services.cli.stopping import StopAsked, Stopping
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.publishing.outcome import NotAcknowledged, Outcome
from aiqyn.services.settings import Settings


def publish(
    paths: Paths,
    bootstrap: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Kafka; default: `AIQYN_KAFKA_BOOTSTRAP`.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A server's base URL; `AIQYN_API_KEY` is the key that it is sent."),
    ] = None,
    format: InputFormat = "auto",
    source: Source = None,
    skip: Annotated[
        int, typer.Option(metavar="N", min=0, help="Go on behind the first N records, sent by an earlier run.")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one verdict a record, as JSON lines.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Send events from files and wait until each is acknowledged.

    To Kafka: a record that detection could not use is refused here, and not sent; the others go to the topic of their
    type. By HTTP: the server's verdicts. Sending a file again is safe: what was there before ends as a duplicate.

    Exit code 2: finished, but some records were refused. 1: broken off; what to do is said.

    Example: `aiqyn publish --bootstrap 127.0.0.1:9092 releases.jsonl.gz`
    """
    settings = _settings(bootstrap, url, db, profile)
    check_paths(paths)
    refusals = Refusals()
    counts: Counter[str] = Counter()
    stopping = Stopping()
    done = skip
    with stopping.caught(), progress("publishing") as advance:
        found = islice(records(paths, format, source, settings, advance), skip, None)
        try:
            for outcome in _outcomes(settings, url, found):
                counts[outcome.verdict.status] += 1
                if json:
                    output.json_line(outcome.as_json(done))
                else:
                    refusals.see(outcome.record, outcome.verdict)
                done += 1
        except (NotAcknowledged, KafkaUnavailable) as error:
            raise Failure(f"{error}\n{_goes_on(done)}", FAILED) from None
        except StopAsked:
            output.talk(f"stopped by a signal; {_goes_on(done)}")
            return FINE
    if not json:
        refusals.close()
        names = ("accepted", "duplicate", "conflict", "rejected")
        output.table(("records", "number"), [(name, f"{counts[name]:,}") for name in names], numbers=("number",))
    return REFUSED if counts["conflict"] or counts["rejected"] else FINE


def _goes_on(done: int) -> str:
    return (
        f"the first {done:,} records are dealt with; run the command again, whole or with --skip {done}: "
        "what is sent twice counts once"
    )


def _settings(bootstrap: str | None, url: str | None, db: str | None, profile: str | None) -> Settings:
    if bootstrap and url:
        raise Failure("--bootstrap or --url, not both", USAGE)
    environ = dict(os.environ)
    if bootstrap:
        environ["AIQYN_KAFKA_BOOTSTRAP"] = bootstrap
    settings = all_settings.read(environ, db, profile)
    if not url and settings.kafka_bootstrap is None:
        raise Failure("name Kafka (--bootstrap HOST:PORT) or a server (--url URL)", USAGE)
    return settings


def _outcomes(settings: Settings, url: str | None, found: Iterator[Placed]) -> Iterator[Outcome[Placed]]:
    # Imported here: each way has its own client.
    if url:
        from aiqyn.services.publishing import by_http

        return by_http.outcomes(settings, url, found)
    from aiqyn.services.publishing import by_kafka

    return by_kafka.outcomes(settings, found)
