"""`aiqyn ownership`: who owns and who controls a company."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import typer

from aiqyn.schemas.days import parse_day
from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.engines import loaded_engine
from aiqyn.services.store.opening import open_to_read
from aiqyn.streams.ownership_answer import ownership as ownership_of


def ownership(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="`SCHEME:ID` or `REC:...`.", show_default=False)],
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
        engine = loaded_engine(database)
        try:
            answer = ownership_of(engine, name, day, all)
        except LookupError as error:
            why = "" if found.valid else f" ({found.why})"
            raise Failure(f"{error}{why}") from None
    if json or format == "json":
        output.json_line(answer)
    else:
        _print(answer)


def _print(answer: dict[str, Any]) -> None:
    rows = [
        (
            holder["holder"],
            holder["kind"],
            _percent(holder["ownership"]),
            _percent(holder["votes"]),
            holder["control"],
        )
        for holder in answer["holders"]
    ]
    output.text(output.safe(f"{answer['company']} on {answer['at']}"))
    if rows:
        output.table(("holder", "kind", "ownership %", "votes %", "control"), rows, ("ownership %", "votes %"))
    else:
        output.text("The records name nobody upstream.")
    for issue in answer["issues"]:
        output.text(output.safe(f"{issue['code']}: {', '.join(issue['entities'])}"))


def _percent(bounds: list[str]) -> str:
    low, high = (f"{100 * float(bound):.4f}".rstrip("0").rstrip(".") for bound in bounds)
    return low if low == high else f"{low} to {high}"
