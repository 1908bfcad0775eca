"""`aiqyn validate`: verdicts without effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated

import typer

from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, REFUSED
from aiqyn.services.cli.options import Db, Profile, Source, read_settings
from aiqyn.services.cli.progress import progress
from aiqyn.services.cli.reading import InputFormat, Paths, Placed, records
from aiqyn.services.cli.refusals import Refusals
from aiqyn.services.feeding import batches
from aiqyn.services.settings import Settings
from aiqyn.services.store.opening import open_to_read
from aiqyn.services.store.sql_store import SqlStore
from aiqyn.services.verdict_json import verdict_json
from aiqyn.streams.intake.judge import judge, passes, passes_raw
from aiqyn.streams.verdicts import Verdict

Name = tuple[str, str]


def validate(
    paths: Paths,
    format: InputFormat = "auto",
    source: Source = None,
    json: Annotated[bool, typer.Option("--json", help="Print one verdict a record, as JSON lines.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Say what would become of each record, and change nothing.

    Two tiers: a record that lacks what detection needs is rejected; one that fails the official schema of
    its standard (OCDS, BODS) is accepted, with quality issues. Where there is a database, duplicates and
    conflicts with what it holds are told too.

    Exit code 2: some records would be refused.

    Example: `aiqyn validate --json releases.json`
    """
    settings = read_settings(db, profile)
    refusals = Refusals()
    counts: Counter[str] = Counter()
    index = 0
    with ExitStack() as open_things:
        store = _store(settings, open_things)
        seen: dict[Name, bytes] = {}
        advance = open_things.enter_context(progress("reading"))
        for batch in batches(records(paths, format, source, settings, advance)):
            seen.update(_known(store, batch, seen))
            for placed in batch:
                verdict = _verdict(placed, seen)
                counts[verdict.status] += 1
                counts["quality issues"] += len(verdict.quality)
                if json:
                    output.json_line(verdict_json(index, verdict))
                else:
                    refusals.see(placed, verdict)
                index += 1
    if not json:
        refusals.close()
        names = ("accepted", "duplicate", "conflict", "rejected", "quality issues")
        output.table(("records", "number"), [(name, f"{counts[name]:,}") for name in names], numbers=("number",))
    return REFUSED if counts["conflict"] or counts["rejected"] else FINE


def _store(settings: Settings, open_things: ExitStack) -> SqlStore | None:
    file = settings.sqlite_file
    if file is not None and not file.is_file():
        return None
    return open_things.enter_context(open_to_read(settings)).store


def _known(store: SqlStore | None, batch: list[Placed], seen: Mapping[Name, bytes]) -> dict[Name, bytes]:
    if store is None:
        return {}
    names = {(placed.event.source, placed.event.id) for placed in batch if placed.event is not None}
    return {name: entry.content_hash for name, entry in store.known(names - seen.keys()).items()}


def _verdict(placed: Placed, seen: dict[Name, bytes]) -> Verdict:
    event = placed.event
    if event is None:
        assert placed.error is not None
        return _refused(placed.error, passes_raw(placed.raw))
    name = (event.source, event.id)
    before = seen.get(name)
    if before == event.content_hash:
        return Verdict(event.source, event.id, event.type, "duplicate", None, passes(event))
    if before is not None:
        problem = Problem("event.conflict", "/id", "an event with this source and id has other content")
        return Verdict(event.source, event.id, event.type, "conflict", None, passes(event), errors=(problem,))
    try:
        judged = judge(event)
    except Rejected as error:
        return _refused(error, passes(event))
    seen[name] = event.content_hash
    conforms, quality = judged.conforms, judged.issues
    if placed.record.lone:
        conforms = False
        quality = (*quality, Problem("standard.type", "", "BODS data are an array of statements"))
    return Verdict(event.source, event.id, event.type, "accepted", None, conforms, quality=quality)


def _refused(error: Rejected, conforms: bool | None) -> Verdict:
    return Verdict(error.source, error.id, error.type, "rejected", None, conforms, errors=error.problems)
