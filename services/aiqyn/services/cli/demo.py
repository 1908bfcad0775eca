"""`aiqyn demo`: a fictional country, streamed in and looked at."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer

from aiqyn.schemas.envelope import read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.services import wiring
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.cli.ingest import print_report
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.cli.progress import progress
from aiqyn.services.cli.stopping import Stopping
from aiqyn.services.cli.user import actor
from aiqyn.services.demo import users
from aiqyn.services.demo.compare import Comparison, compare
from aiqyn.services.demo.country import DEFAULT_SIZE, SMALLEST_SIZE, Country, generate
from aiqyn.services.feeding import batches
from aiqyn.services.files import Incoming
from aiqyn.services.settings import Settings
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import writing
from aiqyn.services.store.opening import Database, open_to_read, open_to_write
from aiqyn.services.store.tables import meta
from aiqyn.streams.batch import Monitor

DATABASE = "sqlite:///aiqyn-demo.db"
_PROFILE = "generic"
_EXAMPLES = 5


def demo(
    size: Annotated[int, typer.Option(min=SMALLEST_SIZE, help="Number of companies.")] = DEFAULT_SIZE,
    seed: Annotated[int, typer.Option(help="Another seed, another country.")] = 1,
    serve: Annotated[bool | None, typer.Option("--serve/--no-serve", help="Serve the workbench afterwards.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the comparison as one JSON object.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Build a fictional country, stream its events in, and compare what was found with what was planted.

    Everybody in it is invented. It writes into `sqlite:///aiqyn-demo.db`, or into a `--db` that is empty or
    holds the same demo. Exit code 1: a planted conflict was missed, or an alert stands that nobody planted.

    Example: `aiqyn demo --size 300 --no-serve`
    """
    if profile not in (None, _PROFILE):
        raise Failure(f"the demo was planted for the profile {_PROFILE}; leave out --profile", USAGE)
    settings = read_settings(db or DATABASE, _PROFILE)
    country = generate(size, seed)
    name = f"size {size}, seed {seed}"
    if db is None:
        _make_room(settings, name)
    stopping = Stopping()
    with stopping.caught(), open_to_write(settings, "aiqyn demo") as database:
        monitor = _stream_in(settings, database, country, name, stopping)
        comparison = compare(country.truth, country.decoys, reads.alerts(database.engine, AlertFilter(withdrawn=True)))
        people = users.make(database.engine, actor())
        if json:
            output.json_line(_as_json(size, seed, comparison, people))
        else:
            print_report(monitor.report, json=False)
            _print(country, comparison, database, settings)
            _print_users(people)
        code = FINE if comparison.exact else FAILED
        if not (_on_a_terminal() and not json if serve is None else serve):
            return code
        del monitor  # the server has an engine of its own
    _serve(settings)
    return code


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _serve(settings: Settings) -> None:
    """The workbench on the demo, until interrupted."""
    from aiqyn.services.cli import serve  # a demo that is not served does not need the server

    serve.serve_settings(settings)


def _print_users(people: Sequence[users.DemoUser]) -> None:
    output.table(("user", "password", "role"), [tuple(person) for person in people])


def _make_room(settings: Settings, name: str) -> None:
    """Remove another demo from the demo's own file; whatever else is there stays, and is refused later."""
    file = settings.sqlite_file
    if file is None or not file.is_file():
        return
    with open_to_read(settings) as database:
        held = database.described.get("demo")
    if held is None or held == name:
        return
    with open_to_write(settings, "aiqyn demo"):
        output.talk(f"{file} held another demo ({held}): it is made anew")
        for suffix in ("-wal", "-shm", ""):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


def _stream_in(settings: Settings, database: Database, country: Country, name: str, stopping: Stopping) -> Monitor:
    held = database.described.get("demo")
    if held != name:
        if held is not None or database.store.last_seq():
            what = f"another demo ({held})" if held else "events that are no demo"
            raise Failure(f"the database holds {what}; name an empty one with --db")
        with writing(database.engine) as connection:
            connection.execute(meta.insert().values(name="demo", value=name))
    monitor = wiring.monitor(database, settings)
    monitor.start()
    with progress("streaming in", "events") as advance:
        done = 0
        for batch in batches(_records(country.events)):
            with stopping.unbroken():
                monitor.run_batch(batch)
            done += len(batch)
            advance(done, None)
    monitor.keep()
    return monitor


def _records(events: Iterable[bytes]) -> Iterator[Incoming]:
    for number, raw in enumerate(events, start=1):
        try:
            yield Incoming(raw, read_structured(raw), None, number)
        except Rejected as error:
            yield Incoming(raw, None, error, number)


def _as_json(size: int, seed: int, comparison: Comparison, people: Sequence[users.DemoUser]) -> dict[str, object]:
    return {
        "size": size,
        "seed": seed,
        "planted": comparison.planted,
        "found": comparison.found,
        "missed": len(comparison.missed),
        "false": len(comparison.false),
        "users": [person.as_json() for person in people],
    }


def _print(country: Country, comparison: Comparison, database: Database, settings: Settings) -> None:
    planted = Counter(plant.rule for plant in country.truth)
    missed = Counter(plant.rule for plant in comparison.missed)
    false = Counter(str(alert["rule"]) for alert in comparison.false)
    output.table(
        ("rule", "planted", "found", "missed", "false"),
        [
            (rule, planted[rule], planted[rule] - missed[rule], missed[rule], false[rule])
            for rule in sorted(planted | false)
        ],
        ("planted", "found", "missed", "false"),
    )
    output.text(
        f"{comparison.planted} potential conflicts planted, {comparison.found} found, "
        f"{len(comparison.missed)} missed, {len(comparison.false)} alerts that nobody planted"
    )
    for alert in _examples(database):
        output.text(output.safe(f"  {alert['rule']}  {alert['severity']:8}  {alert['summary']}"))
    example = next(iter(_examples(database)), None)
    if example is not None:
        output.text(f"Why: aiqyn explain {example['id']} --db {settings.database_url}")
        output.text(f"All: aiqyn alerts --db {settings.database_url}")


def _examples(database: Database) -> list[dict[str, Any]]:
    """The first alerts of high severity, one a rule."""
    found: dict[str, dict[str, Any]] = {}
    for alert in reads.alerts(database.engine, AlertFilter(severity=("critical", "high"))):
        if len(found) == _EXAMPLES:
            break
        found.setdefault(alert["rule"], alert)
    return list(found.values())
