"""`aiqyn id`: what an identifier is worth."""

from __future__ import annotations

from typing import Annotated

import typer

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services.cli import output
from aiqyn.services.cli.options import Db, Profile, read_settings


def id(
    identifiers: Annotated[list[str], typer.Argument(metavar="SCHEME:ID...", show_default=False)],
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Judge identifiers: a JSON line each, `{"scheme","id","valid","kind","why"}`.

    A valid one joins records; one that is not valid never does, and `why` says what is wrong with it.

    Example: `aiqyn id KZ-BIN:990340005977 GB-COH:00102498`
    """
    read_settings(db, profile)
    for text in identifiers:
        found = parse_atom(text)
        output.json_line(
            {
                "scheme": found.scheme,
                "id": found.id,
                "valid": found.valid,
                "kind": found.kind,
                "why": found.why,
            }
        )
