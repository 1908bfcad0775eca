"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Annotated

import typer

from aiqyn.rules import catalogue, messages
from aiqyn.schemas.uri import is_uri_reference
from aiqyn.services import logs, settings
from aiqyn.services.settings import Settings

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="Database: `sqlite:///FILE` or `postgresql://user@host/name`. "
        "Default: `AIQYN_DATABASE_URL`, else `sqlite:///aiqyn.db`.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Jurisdiction whose thresholds and law apply. Default: the database's own, else `generic`.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable: JSON lines instead of a table.")]


def known_rules(ids: Iterable[str] | None) -> tuple[str, ...]:
    """The rules of that option. Raises BadParameter where the catalogue lacks one."""
    try:
        return catalogue.known(ids or ())
    except ValueError as error:
        raise typer.BadParameter(f"--rule: {error}") from None


def uri(text: str) -> str:
    """The text of an option that is a URI. Raises BadParameter."""
    if not is_uri_reference(text):
        raise typer.BadParameter(f"a URI or URI reference is wanted, not {text!r}; write a space as %20")
    return text


Source = Annotated[
    str | None,
    typer.Option(metavar="URI", parser=uri, help="`source` of raw OCDS and BODS records; default: their publisher."),
]
KnownAt = Annotated[
    str | None,
    typer.Option(
        metavar="T",
        help="Only what was recorded up to this instant (RFC 3339), or day (to its end in UTC).",
    ),
]

Lang = Annotated[str, typer.Option(metavar="LANG", help="Language of the texts: kk, ru or en.")]


def known_language(lang: str) -> None:
    """Raise BadParameter where no texts are written in that language."""
    if lang not in messages.languages():
        raise typer.BadParameter(f"--lang: there are {', '.join(messages.languages())}, not {lang!r}")


def read_settings(db: str | None, profile: str | None) -> Settings:
    """The settings of this process with the options of a command; its logs follow them. Raises BadSetting."""
    found = settings.read(os.environ, db, profile)
    if found.kafka:
        from aiqyn.services.kafka import clients  # long to import, and seldom needed

        clients.extra(found)
    logs.configure(found)
    return found
