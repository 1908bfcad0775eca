"""`aiqyn ingest`: files through the embedded engine."""

from __future__ import annotations

from typing import Annotated

import typer

from aiqyn.services import wiring
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, REFUSED
from aiqyn.services.cli.options import Db, Profile, Source, read_settings
from aiqyn.services.cli.progress import progress
from aiqyn.services.cli.reading import InputFormat, Paths, check_paths, records
from aiqyn.services.cli.refusals import Refusals
from aiqyn.services.cli.stopping import StopAsked, Stopping
from aiqyn.services.feeding import batches
from aiqyn.services.store.opening import open_to_write
from aiqyn.streams.verdicts import Report


def ingest(
    paths: Paths,
    format: InputFormat = "auto",
    source: Source = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Take events in from files, and raise, update and withdraw alerts.

    Every record is accepted, a duplicate, a conflict (the same id with other content) or rejected; refused
    records are named with their reasons and kept in the quarantine. Taking the same file in again changes
    nothing. A batch is written whole or not at all: whatever stops the command, run it again.

    Exit code 2: finished, but some records were refused.

    Example: `aiqyn ingest releases.jsonl.gz statements.json`
    """
    settings = read_settings(db, profile)
    check_paths(paths)
    refusals = Refusals()
    stopping = Stopping()
    report = Report()
    stopped = False
    with stopping.caught(), open_to_write(settings, "aiqyn ingest") as database:
        monitor = wiring.monitor(database, settings)
        report = monitor.report
        try:
            monitor.start()
            with progress("reading") as advance:
                for batch in batches(records(paths, format, source, settings, advance)):
                    with stopping.unbroken():
                        verdicts = monitor.run_batch(batch)
                    for placed, verdict in zip(batch, verdicts, strict=True):
                        refusals.see(placed, verdict)
        except StopAsked:
            stopped = True
        monitor.keep()
    refusals.close()
    if stopped:
        output.talk("stopped by a signal; what was taken in is safe, run the command again for the rest")
    print_report(report, json)
    return REFUSED if refusals.count and not stopped else FINE


def print_report(report: Report, json: bool) -> None:
    """What a run did, on stdout."""
    if json:
        output.json_line(report.as_json())
        return
    output.table(
        ("records", "number"),
        [
            ("accepted", f"{report.accepted:,}"),
            ("duplicate", f"{report.duplicate:,}"),
            ("conflict", f"{report.conflict:,}"),
            ("rejected", f"{report.rejected:,}"),
            ("quality issues", f"{report.quality:,}"),
            *((f"alerts {change}", f"{number:,}") for change, number in report.alerts.items()),
        ],
        numbers=("number",),
    )
