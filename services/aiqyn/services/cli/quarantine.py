"""`aiqyn quarantine`: refused records."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, REFUSED, USAGE, Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.cli.refusals import Refusals
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.publishing.outcome import NotAcknowledged
from aiqyn.services.quarantine import rows
from aiqyn.services.quarantine.again import Again
from aiqyn.services.quarantine.rows import RefusalFilter, Refused
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import open_to_read
from aiqyn.services.verdict_json import verdict_json
from aiqyn.streams.verdicts import Verdict

app = typer.Typer(no_args_is_help=True, help="Refused records: kept as received, with the reason.")


class Status(StrEnum):
    """How a record was refused."""

    CONFLICT = "conflict"
    REJECTED = "rejected"


@app.command("list")
def list_(
    status: Annotated[list[Status] | None, typer.Option(help="May be repeated (or).")] = None,
    code: Annotated[list[str] | None, typer.Option(help="Only with this reason; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(metavar="URI", help="Only of this source.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that were not fed again.")] = False,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Refused records, the oldest first.

    Example: `aiqyn quarantine list --waiting --code event.conflict`
    """
    wanted = RefusalFilter(
        tuple(word.value for word in status or ()), tuple(code or ()), tuple(source or ()), waiting=waiting
    )
    with open_to_read(read_settings(db, profile)) as database:
        found = rows.rows(database.engine, wanted)
        if json:
            for row in found:
                output.json_line(row.as_json())
        else:
            output.table(
                ("id", "received", "status", "code", "at", "source", "event", "door", "fed again", "detail"),
                [_cells(row) for row in found],
            )
    return FINE


def _cells(row: Refused) -> tuple[object, ...]:
    shown = row.as_json()
    return (
        row.id, shown["receivedAt"], row.status, row.code, row.pointer or "/", row.source, row.event_id, row.door,
        shown["replayedAt"], row.detail,
    )  # fmt: skip


@app.command("show")
def show(id: Annotated[int, typer.Argument(metavar="ID")], db: Db = None, profile: Profile = None) -> int:
    """The bytes of a record as received, on stdout.

    Example: `aiqyn quarantine show 12 > refused.json`
    """
    with open_to_read(read_settings(db, profile)) as database:
        raw = rows.raw(database.engine, id)
    if raw is None:
        raise Failure(f"the quarantine has no record {id}; `aiqyn quarantine list` lists them")
    sys.stdout.buffer.write(raw)
    return FINE


@app.command("replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", show_default=False)] = None,
    all: Annotated[bool, typer.Option("--all", help="Every record that was not fed again.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one verdict a record, as JSON lines.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Feed refused records again: after a conflict was settled, a limit raised, a fault mended.

    Without Kafka they go through the embedded engine; what is refused again is a new record of the quarantine. With
    Kafka they are published again, those that came by Kafka byte for byte to the topic they came from.

    Exit code 2: finished, but some were refused again.

    Example: `aiqyn quarantine replay 12 13`
    """
    if bool(ids) == all:
        raise Failure("name the records to feed again, or say --all", USAGE)
    settings = read_settings(db, profile)
    wanted = _wanted(settings, tuple(ids or ()))
    refusals = Refusals()
    counts: Counter[str] = Counter()
    try:
        for index, (record, verdict) in enumerate(_replayed(settings, wanted)):
            counts[verdict.status] += 1
            if json:
                output.json_line(verdict_json(index, verdict))
            else:
                refusals.see(record, verdict)
    except (KafkaUnavailable, NotAcknowledged) as error:
        raise Failure(f"{error}\nwhat was acknowledged is marked; run the command again for the rest", FAILED) from None
    if not json:
        refusals.close()
        names = ("accepted", "duplicate", "conflict", "rejected")
        output.table(("records", "number"), [(name, f"{counts[name]:,}") for name in names], numbers=("number",))
    return REFUSED if counts["conflict"] or counts["rejected"] else FINE


def _wanted(settings: Settings, ids: tuple[int, ...]) -> list[Refused]:
    with open_to_read(settings) as database:
        wanted = list(rows.rows(database.engine, RefusalFilter(ids=ids, waiting=not ids)))
    missing = sorted(set(ids) - {row.id for row in wanted})
    if missing:
        raise Failure(f"the quarantine has no record {missing[0]}; `aiqyn quarantine list` lists them")
    return wanted


def _replayed(settings: Settings, wanted: list[Refused]) -> Iterator[tuple[Again, Verdict]]:
    if not wanted:
        return
    if settings.kafka_bootstrap is None:
        from aiqyn.services.quarantine import replay_embedded

        yield from replay_embedded.replay(settings, wanted)
        return
    from aiqyn.services.quarantine import replay_kafka

    with open_to_read(settings) as database:
        yield from replay_kafka.replay(settings, database.engine, wanted)
