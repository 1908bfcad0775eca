"""`aiqyn explain`: why an alert stands."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from aiqyn.services.cli.exits import Failure
from aiqyn.services.cli.options import Db, Json, Profile, read_settings
from aiqyn.services.store import reads
from aiqyn.services.store.opening import open_to_read


def explain(
    alert: Annotated[
        str, typer.Argument(metavar="ALERT", help="Its id, or how it begins.", show_default=False)
    ],
    format: Annotated[Literal["text", "json"], typer.Option()] = "text",
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> None:
    """Explain an alert: why it stands, path by path, and which single fact, if wrong, would remove it.

    Example: `aiqyn explain 0f8fad5b`
    """
    settings = read_settings(db, profile)
    with open_to_read(settings) as database:
        document = reads.one(database.engine, alert)
        if document is None:
            raise Failure(f"no alert, or more than one, has the id {alert}; `aiqyn alerts --all` lists them")
