"""`aiqyn rules`: the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiqyn.rules import catalogue, messages, pages
from aiqyn.rules import profile as profiles
from aiqyn.rules.model import Rule
from aiqyn.services.backtest import backtest as compared
from aiqyn.services.backtest import with_parameters
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Json, Lang, Profile, known_language, known_rules, read_settings
from aiqyn.services.engines import loaded_engine
from aiqyn.services.store.opening import DEFAULT_PROFILE, open_to_read

app = typer.Typer(no_args_is_help=True, help="The rules: list them, read one, write their pages.")


@app.callback()
def rules() -> None:
    """The rules: list them, read one, write their pages."""


@app.command("list")
def list_rules(lang: Lang = messages.DEFAULT, json: Json = False, db: Db = None, profile: Profile = None) -> None:
    """List the rules.

    Example: `aiqyn rules list --json`
    """
    read_settings(db, profile)
    known_language(lang)
    found = catalogue.load().values()
    if json:
        for rule in found:
            output.json_line(_described(rule, lang))
    else:
        output.table(
            ("rule", "version", "status", "severity", "title"),
            [(rule.id, rule.version, rule.status, rule.severity, messages.title(rule, lang)) for rule in found],
        )


@app.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    lang: Lang = messages.DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Show one rule: what it asks, its parameters, its law, what it does not see.

    Example: `aiqyn rules show COI-01`
    """
    read_settings(db, profile)
    known_language(lang)
    found = catalogue.load().get(rule.upper())
    if found is None:
        raise Failure(f"there is no rule {rule}; `aiqyn rules list` names them", USAGE)
    if json:
        output.json_line(_described(found, lang) | {"page": pages.page(found, lang)})
    else:
        output.text(pages.page(found, lang).rstrip("\n"))


@app.command("docs")
def docs(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the pages are.")] = Path("docs/rules"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a page is stale.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Write a page for each rule, and an index, from the rules themselves.

    Example: `aiqyn rules docs --check`
    """
    read_settings(db, profile)
    if check:
        stale = _stale(out)
        for name in stale:
            output.talk(f"{out / name} is stale; run `aiqyn rules docs`")
        return FAILED if stale else FINE
    changed = pages.write(out)
    for name in _left(out):
        output.talk(f"{out / name} belongs to no rule; remove it")
    output.text(f"{len(changed)} of {len(pages.documents())} pages written to {out}")
    return FINE


@app.command("backtest")
def backtest(
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="RULE.PARAMETER=VALUE", help="As in a profile; may be repeated."),
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(metavar="ID", help="Of this rule; may be repeated (or).")] = None,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Show which alerts of a database would be others under another profile, or with other parameters.

    Judges the whole ledger both ways and writes nothing. Without `--profile`: the database's own, with what is `--set`.

    Example: `aiqyn rules backtest --set "COI-04.min_share=>= 10 %" --rule COI-04`
    """
    settings = read_settings(db, profile)
    wanted = frozenset(known_rules(rule))
    with open_to_read(settings) as database:
        own = profiles.load(database.described.get("profile", DEFAULT_PROFILE))
        try:
            other = with_parameters(profiles.load(database.profile), change or ())
        except ValueError as error:
            raise Failure(f"--set: {error}", USAGE) from None
        found = list(compared(database, loaded_engine(database), own, other, wanted))
    if json:
        for each in found:
            output.json_line({"change": each.change, "members": list(each.members), "alert": each.alert})
        return
    output.table(
        ("change", "rule", "severity", "certainty", "company", "process", "persons", "alert"),
        [
            (
                each.change, each.alert["rule"], each.alert["severity"], each.alert["certainty"],
                ", ".join(each.alert["companies"]), each.alert["ocid"] or each.alert["allocation"],
                ", ".join(each.alert["persons"]), each.alert["id"],
            )
            for each in found
        ],
    )  # fmt: skip
    counts = {change: sum(each.change == change for each in found) for change in ("added", "removed", "changed")}
    output.talk(", ".join(f"{number} {change}" for change, number in counts.items()))


def _stale(folder: Path) -> list[str]:
    """Pages that are missing, differ, or belong to no rule."""
    stale = [name for name, text in pages.documents().items() if _content(folder / name) != text]
    return stale + _left(folder)


def _left(folder: Path) -> list[str]:
    return sorted({file.name for file in folder.glob("*.md")} - pages.documents().keys())


def _content(file: Path) -> str | None:
    return file.read_text("utf-8") if file.is_file() else None


def _described(rule: Rule, lang: str) -> dict[str, object]:
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "title": messages.title(rule, lang),
        "severity": rule.severity,
        "needs": list(rule.needs),
        "parameters": [
            {"name": name, "default": pages.shown(value), "help": help} for name, value, help in rule.parameters()
        ],
    }
