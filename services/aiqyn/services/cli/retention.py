"""`aiqyn retention`: erase what reviewers wrote and filed about cases that were closed long ago."""

from __future__ import annotations

from typing import Annotated

import typer

from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.cli.user import Json, actor
from aiqyn.services.review import retention as cases
from aiqyn.services.review.asked import DISPOSITIONS
from aiqyn.services.review.consequences import shrink
from aiqyn.services.store.administering import open_to_administer
from aiqyn.streams.moments import rfc3339

_LONGEST = 36_500  # days


def retention(
    after: Annotated[
        list[str] | None,
        typer.Option(metavar="DISPOSITION=DAYS", help="Instead of the usual days after the decision; may be repeated."),
    ] = None,
    hold: Annotated[list[str] | None, typer.Option(metavar="ALERT", help="Not this case; may be repeated.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Erase; without it, only say what is due.")] = False,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Say which closed cases are due, and with --apply erase the words and files of their reviewers.

    Usually 365 days after a decision falseMatch or notMaterial, 1095 after managed or valuable; never what is confirmed
    or referred. Who decided what and when stays, and the log still verifies. Run it daily, from cron.

    Example: `aiqyn retention --after falseMatch=180 --apply`
    """
    periods = {**cases.PERIODS, **dict(map(_period, after or ()))}
    settings = read_settings(db, profile)
    with open_to_administer(settings) as database:
        now, held = moments.now(), hold or ()
        if apply:
            found = cases.apply(database.engine, actor(), now, periods, held)
            if found:
                shrink(database.engine)
        else:
            found = cases.due(database.engine, now, periods, held)
    for case in found:
        decided = rfc3339(case.decided_at)
        if json:
            output.json_line(
                {
                    "alert": case.alert, "disposition": case.disposition, "decidedAt": decided,
                    "files": len(case.files), "actions": len(case.actions), "erased": apply,
                }
            )  # fmt: skip
        else:
            output.text(f"{case.alert}  {case.disposition}  {decided}")
    output.talk(f"{len(found)} cases {'erased' if apply else 'due; --apply erases them'}")
    return FINE


def _period(text: str) -> tuple[str, int]:
    name, _, days = text.partition("=")
    if name not in DISPOSITIONS or not (days.isascii() and days.isdigit() and 0 < int(days) <= _LONGEST):
        raise Failure(f"--after: {text!r} is no DISPOSITION=DAYS such as falseMatch=180", USAGE)
    return name, int(days)
