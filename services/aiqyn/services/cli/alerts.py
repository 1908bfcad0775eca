"""`aiqyn alerts`: the alerts that stand, or stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeVar

import typer

from aiqyn.rules import messages
from aiqyn.services import moments
from aiqyn.services.cli import output
from aiqyn.services.cli.options import Db, Json, KnownAt, Lang, Profile, known_language, known_rules, read_settings
from aiqyn.services.cli.words import Certainty, Identity, ReviewStatus, Severity, Stage
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.opening import open_to_read
from aiqyn.streams.explanation.localised import localised

Format = Literal["table", "jsonl", "csv"]
T = TypeVar("T")

COLUMNS = (
    "id", "rule", "ruleVersion", "profile", "title", "summary", "dataState", "withdrawnReason", "managed",
    "reviewStatus", "disposition", "severity", "certainty", "identity", "ocid", "allocation", "lots",
    "awards", "stage", "buyer", "company", "companies", "persons", "window", "dateBasis", "amount", "paths",
    "parameters", "retroactive", "pathsOmitted", "missing", "revision", "raisedAt", "updatedAt",
)  # fmt: skip
"""Members of an alert, in the order of the contract."""


def alerts(
    rule: Annotated[list[str] | None, typer.Option(metavar="ID", help="Of this rule; may be repeated (or).")] = None,
    severity: Annotated[
        list[Severity] | None,
        typer.Option(help="May be repeated (or)."),
    ] = None,
    ocid: Annotated[
        list[str] | None,
        typer.Option(metavar="OCID", help="Of this process, or allocation id; may be repeated."),
    ] = None,
    entity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCHEME:ID",
            help="With this person or body as buyer, company, person or on a path; may be repeated.",
        ),
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Withdrawn alerts too.")] = False,
    valid_at: Annotated[
        str | None, typer.Option(metavar="D", help="Only alerts whose window contains this day (YYYY-MM-DD).")
    ] = None,
    known_at: KnownAt = None,
    certainty: Annotated[list[Certainty] | None, typer.Option()] = None,
    identity: Annotated[list[Identity] | None, typer.Option()] = None,
    stage: Annotated[list[Stage] | None, typer.Option()] = None,
    buyer: Annotated[list[str] | None, typer.Option(metavar="SCHEME:ID")] = None,
    company: Annotated[list[str] | None, typer.Option(metavar="SCHEME:ID")] = None,
    person: Annotated[list[str] | None, typer.Option(metavar="SCHEME:ID")] = None,
    review_status: Annotated[list[ReviewStatus] | None, typer.Option()] = None,
    managed: Annotated[bool | None, typer.Option("--managed/--not-managed")] = None,
    retroactive: Annotated[bool | None, typer.Option("--retroactive/--not-retroactive")] = None,
    raised_from: Annotated[
        str | None, typer.Option("--from", metavar="D", help="Raised on this day (UTC) or later.")
    ] = None,
    raised_to: Annotated[
        str | None, typer.Option("--to", metavar="D", help="Raised on this day (UTC) or earlier.")
    ] = None,
    min_amount: Annotated[
        str | None, typer.Option(metavar="N", help="At least this amount, in the alert's own currency.")
    ] = None,
    format: Annotated[Format, typer.Option(help="`jsonl` and `csv` give alerts whole.")] = "table",
    lang: Lang = messages.DEFAULT,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """List alerts about potential conflicts of interest, by the time they were raised.

    An alert says what records show; it accuses nobody. Withdrawn alerts are listed with `--all`.

    Example: `aiqyn alerts --severity critical --severity high --known-at 2024-05-01`
    """
    settings = read_settings(db, profile)
    known_language(lang)
    wanted = AlertFilter(
        rule=known_rules(rule),
        severity=tuple(word.value for word in severity or ()),
        certainty=tuple(word.value for word in certainty or ()),
        identity=tuple(word.value for word in identity or ()),
        stage=tuple(word.value for word in stage or ()),
        ocid=tuple(ocid or ()),
        entity=tuple(entity or ()),
        buyer=tuple(buyer or ()),
        company=tuple(company or ()),
        person=tuple(person or ()),
        review_status=tuple(word.value for word in review_status or ()),
        managed=managed,
        retroactive=retroactive,
        raised_from=_read("--from", raised_from, moments.day_start),
        raised_before=_read("--to", raised_to, moments.day_end),
        least_amount=_read("--min-amount", min_amount, _amount),
        valid_at=_read("--valid-at", valid_at, moments.parse_day),
        known_at=_read("--known-at", known_at, moments.parse_known_at),
        withdrawn=all,
    )
    with open_to_read(settings) as database:
        found = (localised(alert, lang) for alert in reads.alerts(database.engine, wanted))
        print_alerts(found, "jsonl" if json else format)


def print_alerts(found: Iterable[dict[str, Any]], format: Format) -> None:
    """Alerts on stdout, in the order given."""
    if format == "jsonl":
        for alert in found:
            output.json_line(alert)
    elif format == "csv":
        output.csv_rows(COLUMNS, found)
    else:
        output.table(
            (
                "raised",
                "rule",
                "severity",
                "certainty",
                "state",
                "company",
                "buyer",
                "process",
                "persons",
                "alert",
            ),
            [_row(alert) for alert in found],
        )


def _row(alert: dict[str, Any]) -> tuple[object, ...]:
    state = alert["withdrawnReason"] or "withdrawn" if alert["dataState"] == "withdrawn" else "current"
    return (
        alert["raisedAt"][:10],
        alert["rule"],
        alert["severity"],
        alert["certainty"],
        state,
        ", ".join(alert["companies"]),
        alert["buyer"],
        alert["ocid"] or alert["allocation"],
        ", ".join(alert["persons"]),
        alert["id"],
    )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not amount.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    return amount


def _read(option: str, text: str | None, parse: Callable[[str], T]) -> T | None:
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}") from None
