"""`aiqyn key`: API keys, each of which acts for one user."""

from __future__ import annotations

from typing import Annotated

import typer

from aiqyn.services.accounts import keys
from aiqyn.services.accounts.errors import AccountError
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings, uri
from aiqyn.services.cli.user import Json, actor, failure
from aiqyn.services.store.administering import open_to_administer

app = typer.Typer(no_args_is_help=True, help="API keys: each acts for one user and can only narrow what it may.")
Id = Annotated[str, typer.Argument(metavar="ID")]


@app.command("add")
def add(
    user: Annotated[str, typer.Argument(metavar="USER")],
    scope: Annotated[list[str] | None, typer.Option(help="Only these of the user's scopes; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(parser=uri, help="Publish for these sources alone.")] = None,
    expires: Annotated[str | None, typer.Option(help="A date, or a span such as 90d.")] = None,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Make a key and print it; it is not shown again.

    Example: `aiqyn key add registry --source https://registry.example --expires 365d`
    """
    settings = read_settings(db, profile)
    try:
        ends = keys.expiry(expires) if expires else None
    except ValueError as error:
        raise Failure(f"--expires: {error}", USAGE) from None
    with open_to_administer(settings) as database:
        try:
            key, text = keys.add(database.engine, actor(), user, scope or (), source or (), ends)
        except AccountError as error:
            raise failure(error) from None
    _show(key, text, json)
    return FINE


@app.command("list")
def list_(json: Json = False, db: Db = None, profile: Profile = None) -> int:
    """All keys, without their texts."""
    with open_to_administer(read_settings(db, profile)) as database:
        found = keys.every(database.engine)
    if json:
        for key in found:
            output.json_line(key.as_json())
    else:
        rows = [
            (k.id, k.user, ", ".join(k.scopes), ", ".join(k.sources), "revoked" if k.revoked_at else "") for k in found
        ]
        output.table(("key", "user", "scopes", "sources", ""), rows)
    return FINE


@app.command("rotate")
def rotate(
    id: Id,
    overlap: Annotated[str, typer.Option(help="How long the old key still holds.")] = "24h",
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """A new key in the place of an old one."""
    try:
        span = keys.span(overlap)
    except ValueError as error:
        raise Failure(f"--overlap: {error}", USAGE) from None
    with open_to_administer(read_settings(db, profile)) as database:
        try:
            key, text = keys.rotate(database.engine, actor(), id, span)
        except AccountError as error:
            raise failure(error) from None
    _show(key, text, json)
    return FINE


@app.command("revoke")
def revoke(id: Id, db: Db = None, profile: Profile = None) -> int:
    """The key holds no more, at once."""
    with open_to_administer(read_settings(db, profile)) as database:
        try:
            keys.revoke(database.engine, actor(), id)
        except AccountError as error:
            raise failure(error) from None
    output.talk(f"{id} is revoked")
    return FINE


def _show(key: keys.Key, text: str, json: bool) -> None:
    if json:
        shown = {name: value for name, value in key.as_json().items() if name != "revoked"}
        output.json_line({"id": key.id, "key": text, **shown})
    else:
        print(text)
