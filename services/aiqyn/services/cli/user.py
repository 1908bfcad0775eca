"""`aiqyn user`: who may sign in, and with which roles."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from aiqyn.services.accounts import users
from aiqyn.services.accounts.errors import AccountError, WrongValue
from aiqyn.services.accounts.roles import ROLES
from aiqyn.services.cli import output
from aiqyn.services.cli.exits import FAILED, FINE, USAGE, Failure
from aiqyn.services.cli.options import Db, Profile, read_settings
from aiqyn.services.settings import Settings
from aiqyn.services.store.administering import open_to_administer

app = typer.Typer(no_args_is_help=True, help="Users and their roles: " + ", ".join(ROLES) + ".")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def actor() -> str:
    """Who acts in a command: `cli:<user of the operating system>`."""
    return f"cli:{getpass.getuser()}"


def failure(error: AccountError) -> Failure:
    """The end of a command: a value that is never taken is wrong usage."""
    return Failure(str(error), USAGE if isinstance(error, WrongValue) else FAILED)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[list[str], typer.Option(help="May be repeated.")],
    person: Annotated[str | None, typer.Option(help="Who the user is in the graph: SCHEME:ID.")] = None,
    email: Annotated[str | None, typer.Option()] = None,
    password_stdin: Stdin = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="Keys and single sign-on alone.")] = False,
    json: Json = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """Make a user. A password is made and shown once where none is given.

    Example: `aiqyn user add aida --role auditor`
    """
    settings = read_settings(db, profile)
    given = _from_stdin() if password_stdin else None
    password = None if no_password else given or users.new_password()
    with open_to_administer(settings) as database:
        try:
            made = users.add(database.engine, actor(), name, role, person, email, password)
        except AccountError as error:
            raise failure(error) from None
    shown = None if given else password
    if json:
        output.json_line({"user": made.name, "roles": list(made.roles), "person": made.person, "password": shown})
    elif shown:
        output.talk(f"{made.name} can sign in with this password, which is not shown again:")
        print(shown)
    else:
        output.talk(f"{made.name} was added")
    return FINE


@app.command("list")
def list_(json: Json = False, db: Db = None, profile: Profile = None) -> int:
    """All users."""
    with open_to_administer(read_settings(db, profile)) as database:
        found = users.everybody(database.engine)
    if json:
        for user in found:
            output.json_line(user.as_json())
    else:
        rows = [(u.name, ", ".join(u.roles), u.person or "", "disabled" if u.disabled else "") for u in found]
        output.table(("user", "roles", "person", ""), rows)
    return FINE


@app.command("disable")
def disable(name: Annotated[str, typer.Argument(metavar="NAME")], db: Db = None, profile: Profile = None) -> int:
    """The user can no longer sign in, nor can their keys."""
    _change(read_settings(db, profile), name, disabled=True)
    output.talk(f"{name} is disabled")
    return FINE


@app.command("password")
def password(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    password_stdin: Stdin = False,
    db: Db = None,
    profile: Profile = None,
) -> int:
    """A new password, made and shown once where none is given; ends the user's sessions."""
    given = _from_stdin() if password_stdin else None
    made = given or users.new_password()
    _change(read_settings(db, profile), name, password=made)
    if given is None:
        print(made)
    return FINE


def _change(settings: Settings, name: str, disabled: bool | None = None, password: str | None = None) -> None:
    with open_to_administer(settings) as database:
        try:
            users.change(database.engine, actor(), name, disabled=disabled, password=password)
        except AccountError as error:
            raise failure(error) from None


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")
