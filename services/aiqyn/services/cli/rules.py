"""`aiqyn rules`: the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aiqyn.rules import catalogue
from aiqyn.rules.model import Rule
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings

app = typer.Typer(no_args_is_help=True, help="The rules: list them, read one, write their pages.")


@app.callback()
def rules() -> None:
    """The rules: list them, read one, write their pages."""


@app.command("list")
def list_rules(json: Json = False, db: Db = None, profile: Profile = None) -> None:
    """List the rules.

    Example: `aiqyn rules list --json`
    """
    read_settings(db, profile)
    found = catalogue.load().values()
    if json:
        for rule in found:
            output.json_line(_described(rule))
    else:
        output.table(
            ("rule", "version", "status", "severity", "title"),
            [(rule.id, rule.version, rule.status, rule.severity, rule.title) for rule in found],
        )


@app.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Show one rule: what it asks, its parameters, its law, what it does not see.

    Example: `aiqyn rules show COI-01`
    """
    read_settings(db, profile)
    found = catalogue.load().get(rule.upper())
    if found is None:
        raise Failure(f"there is no rule {rule}; `aiqyn rules list` names them", USAGE)
    if json:
        output.json_line(_described(found) | {"page": found.page()})
    else:
        output.text(found.page())


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
    pages = _pages()
    stale = [
        name
        for name, page in pages.items()
        if not (out / name).is_file() or (out / name).read_text("utf-8") != page
    ]
    left = sorted(file.name for file in out.glob("*.md") if file.name not in pages) if out.is_dir() else []
    if check:
        for name in stale + left:
            output.talk(f"{out / name} is stale; run `aiqyn rules docs`")
        return FAILED if stale or left else FINE
    out.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (out / name).write_text(pages[name], "utf-8")
    for name in left:
        output.talk(f"{out / name} belongs to no rule; remove it")
    output.text(f"{len(stale)} of {len(pages)} pages written to {out}")
    return FINE


def _pages() -> dict[str, str]:
    found = catalogue.load().values()
    pages = {f"{rule.id}.md": rule.page().rstrip("\n") + "\n" for rule in found}
    lines = ["# Rules", "", "| rule | title | severity | status |", "|---|---|---|---|"]
    lines += [
        f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity} | {rule.status} |" for rule in found
    ]
    lines += ["", "Written by `aiqyn rules docs` from the rules themselves; do not edit.", ""]
    return {"README.md": "\n".join(lines), **pages}


def _described(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "version": rule.version,
        "status": rule.status,
        "title": rule.title,
        "severity": rule.severity,
        "needs": list(rule.needs),
        "parameters": [
            {"name": name, "default": str(value), "help": help} for name, value, help in rule.parameters()
        ],
    }
