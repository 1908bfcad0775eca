"""Users: a person or a machine, with roles; passwords are kept as argon2 hashes (RFC 9106)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services import moments
from aiqyn.services.accounts.errors import AccountError, UnknownAccount, WrongValue
from aiqyn.services.accounts.roles import fault
from aiqyn.services.audit import states
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import account, sign_in

_hasher = PasswordHasher()
_NAME = re.compile(r"[\w][\w.@-]{0,63}")
_LEAST = 8
_MOST = 256


class User(msgspec.Struct, frozen=True):
    """A user as stored."""

    name: str
    roles: tuple[str, ...]
    person: str | None
    email: str | None
    disabled: bool
    has_password: bool

    def as_json(self) -> dict[str, object]:
        return {
            "user": self.name,
            "roles": list(self.roles),
            "person": self.person,
            "email": self.email,
            "disabled": self.disabled,
        }


def add(
    engine: Engine,
    by: str,
    name: str,
    roles: Iterable[str],
    person: str | None = None,
    email: str | None = None,
    password: str | None = None,
) -> User:
    """Make a user. Raises AccountError."""
    chosen = tuple(sorted(set(roles)))
    if not _NAME.fullmatch(name):
        raise WrongValue("a name has 1 to 64 letters, digits, '.', '@', '_' or '-'", "/user")
    if why := fault(chosen):
        raise WrongValue(why, "/roles")
    if password is not None:
        _check(password)
    known = _person(person)
    now = moments.now()
    with writing(engine) as connection:
        if _row(connection, name) is not None:
            raise AccountError(f"there is a user {name!r} already", "/user")
        connection.execute(
            insert(account).values(
                name=name,
                roles=msgspec.json.encode(chosen).decode(),
                person=known,
                email=email,
                password=None if password is None else _hasher.hash(password),
                disabled=False,
                created_at=now,
            )
        )
        states.tell_account(connection, by, name, "added", now)
    return User(name, chosen, known, email, False, password is not None)


def change(
    engine: Engine,
    by: str,
    name: str,
    *,
    roles: Iterable[str] | None = None,
    person: str | msgspec.UnsetType | None = msgspec.UNSET,
    email: str | msgspec.UnsetType | None = msgspec.UNSET,
    disabled: bool | None = None,
    password: str | None = None,
) -> User:
    """Change what is given; a user who is disabled, gets other roles or another password is signed out.

    Raises UnknownAccount, AccountError.
    """
    values: dict[str, object] = {}
    if roles is not None:
        chosen = tuple(sorted(set(roles)))
        if why := fault(chosen):
            raise WrongValue(why, "/roles")
        values["roles"] = msgspec.json.encode(chosen).decode()
    if person is not msgspec.UNSET:
        values["person"] = _person(person)
    if email is not msgspec.UNSET:
        values["email"] = email
    if disabled is not None:
        values["disabled"] = disabled
    if password is not None:
        _check(password)
        values["password"] = _hasher.hash(password)
    now = moments.now()
    with writing(engine) as connection:
        if _row(connection, name) is None:
            raise UnknownAccount(f"there is no user {name!r}")
        if values:
            connection.execute(update(account).where(account.c.name == name).values(**values))
            states.tell_account(connection, by, name, "changed", now, changed=sorted(values))
        if {"roles", "disabled", "password"} & values.keys():
            connection.execute(delete(sign_in).where(sign_in.c.account == name))
        changed = _row(connection, name)
        assert changed is not None
        return _user(changed)


def find(engine: Engine, name: str) -> User | None:
    """The user of this name."""
    with reading(engine) as connection:
        row = _row(connection, name)
    return None if row is None else _user(row)


def everybody(engine: Engine) -> list[User]:
    """All users, by name."""
    with reading(engine) as connection:
        return [_user(row) for row in connection.execute(select(account).order_by(account.c.name))]


def check_password(engine: Engine, name: str, password: str) -> User | None:
    """The user, if the password is theirs and they may sign in. Takes the same time whatever is wrong."""
    nobody = _nobody()
    with reading(engine) as connection:
        row = _row(connection, name)
    stored = row.password if row is not None and row.password is not None else nobody
    try:
        right = _hasher.verify(stored, password[:_MOST])
    except (VerificationError, InvalidHashError):
        return None
    return _user(row) if right and row is not None and row.password is not None and not row.disabled else None


@cache
def _nobody() -> str:
    """Somebody who does not exist costs the same time as somebody with a wrong password."""
    return _hasher.hash(secrets.token_hex(16))


def new_password() -> str:
    """A password that nobody guesses, easy to copy."""
    return secrets.token_urlsafe(12)


def _person(person: str | None) -> str | None:
    if person is None:
        return None
    found = parse_atom(person)
    if not found.valid:
        raise WrongValue(f"{person!r} is no valid SCHEME:ID: {found.why}", "/person")
    return f"{found.scheme}:{found.id}"


def _check(password: str) -> None:
    if not _LEAST <= len(password) <= _MOST:
        raise WrongValue(f"a password has {_LEAST} to {_MOST} characters", "/password")


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(account).where(account.c.name == name)).one_or_none()


def _user(row: Row[Any]) -> User:
    roles = msgspec.json.decode(row.roles, type=tuple[str, ...])
    return User(row.name, roles, row.person, row.email, bool(row.disabled), row.password is not None)
