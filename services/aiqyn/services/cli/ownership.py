"""`aiqyn ownership`: who owns and who controls a company."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import typer

from aiqyn.rules import profile as profiles
from aiqyn.schemas.days import parse_day
from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.ownership_report import ownership_report
from aiqyn.services.store.opening import open_to_read
from aiqyn.streams.engine import Engine


def ownership(
    company: Annotated[
        str, typer.Argument(metavar="COMPANY", help="`SCHEME:ID` or `REC:...`.", show_default=False)
    ],
    at: Annotated[str | None, typer.Option(metavar="D", help="The day (YYYY-MM-DD); default: today.")] = None,
    all: Annotated[bool, typer.Option("--all", help="The companies upstream too.")] = False,
    format: Annotated[Literal["table", "json"], typer.Option()] = "table",
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Compute who owns and who controls a company on a day, through all chains, cycles included.

    Figures are exact, and intervals where the records state bands: `min` is sure, `max` is possible. Who
    controls with 0 % is listed too.

    Example: `aiqyn ownership KZ-BIN:990340005977 --at 2024-03-01 --format json`
    """
    settings = read_settings(db, profile)
    try:
        day = parse_day(moments.parse_day(at or date.today().isoformat())).first
    except ValueError as error:
        raise typer.BadParameter(f"--at: {error}") from None
    found = parse_atom(company)
    name = f"{found.scheme}:{found.id}" if found.valid else company
    with open_to_read(settings) as database:
        chosen = profiles.load(database.profile)
        engine = Engine(chosen, database.alert_namespace(), database.store)
        engine.load(database.store.facts(), ())
        report = ownership_report(engine.world, chosen, name, day, all)
    if report is None:
        raise Failure(f"no record names {company}" + ("" if found.valid else f" ({found.why})"))
    if json or format == "json":
        output.json_line(report)
    else:
        _print(report)


def _print(report: dict[str, Any]) -> None:
    rows = [
        (
            holder["holder"],
            holder["kind"],
            _percent(holder["ownership"]),
            _percent(holder["votes"]),
            holder["control"],
        )
        for holder in report["holders"]
    ]
    output.text(output.safe(f"{report['company']} on {report['at']}"))
    if rows:
        output.table(
            ("holder", "kind", "ownership %", "votes %", "control"), rows, ("ownership %", "votes %")
        )
    else:
        output.text("The records name nobody upstream.")
    for issue in report["issues"]:
        output.text(output.safe(f"{issue['code']}: {', '.join(issue['entities'])}"))


def _percent(bounds: list[str]) -> str:
    low, high = (f"{100 * float(bound):.4f}".rstrip("0").rstrip(".") for bound in bounds)
    return low if low == high else f"{low} to {high}"
