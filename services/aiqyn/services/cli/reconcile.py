"""`aiqyn reconcile`: whether everything is accounted for, and done."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Annotated

import typer

from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.kafka.errors import KafkaUnavailable
from aiqyn.services.reconciliation.balances import Period
from aiqyn.services.reconciliation.lag import Stand
from aiqyn.services.reconciliation.report import Reconciled
from aiqyn.services.reconciliation.report import reconcile as look
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.opening import open_to_read

_BETWEEN = 0.25  # seconds between two looks


def reconcile(
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help="Of what came from this instant (RFC 3339) or day on."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="T", help="Of what came before this instant, or up to this day.")
    ] = None,
    wait: Annotated[
        float, typer.Option(metavar="S", min=0, help="Look again for so many seconds until all is done.")
    ] = 0,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Compare what came in with what became of it, and say what still waits.

    Exit code 0 exactly when every balance is right and nothing of the period waits; else 1. So a script knows that all
    it sent is judged.

    Example: `aiqyn reconcile --wait 60 --json`
    """
    settings = read_settings(db, profile)
    period = Period(_read("--from", start, moments.parse), _read("--to", end, _end))
    give_up = time.monotonic() + wait
    try:
        stand = Stand(settings) if settings.kafka_bootstrap is not None else None
        with open_to_read(settings) as database, closing(stand) if stand is not None else nullcontext():
            found = look(database.engine, period, stand)
            while not found.fine and time.monotonic() < give_up:
                time.sleep(_BETWEEN)
                try:
                    found = look(database.engine, period, stand)
                except StoreUnavailable as error:
                    output.talk(str(error))
    except KafkaUnavailable as error:
        raise Failure(str(error)) from None
    _show(found, json)
    return FINE if found.fine else FAILED


def _read(option: str, text: str | None, parse: Callable[[str], int]) -> int | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError:
        raise typer.BadParameter(f"{option}: an instant (RFC 3339) or a day is wanted, not {text!r}") from None


def _end(text: str) -> int:
    """An instant; of a day, the first microsecond behind it."""
    known = moments.parse_known_at(text)
    return known + 1 if known != moments.parse(text) else known


def _show(found: Reconciled, json: bool) -> None:
    if json:
        output.json_line(found.as_json())
        return
    counts = found.balance.counts
    rows = [
        *((name, f"{number:,}") for name, number in counts.items()),
        ("evaluated", f"{found.balance.evaluated:,}"),
        *((f"alerts {change}", f"{number:,}") for change, number in found.balance.alerts.items()),
        ("alerts not on Kafka yet", f"{found.pending:,}"),
        *((f"waiting in {topic}", f"{number:,}") for topic, number in found.lag.items() if number),
    ]
    output.table(("records", "number"), rows, numbers=("number",))
    for line in found.differences:
        output.talk(line)
    output.talk("everything is accounted for and done" if found.fine else "not everything is accounted for and done")
