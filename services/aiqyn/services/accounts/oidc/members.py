"""Whose account the provider's claims are: by issuer and subject, never by a name that somebody may choose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from aiqyn.services import moments
from aiqyn.services.accounts import users
from aiqyn.services.accounts.oidc.errors import SignInRefused
from aiqyn.services.accounts.roles import ROLES, fault
from aiqyn.services.audit import states
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import account

Claims = Mapping[str, Any]
_BY = "oidc"
_NOT_IN_NAMES = re.compile(r"[^\w.@-]+")
_GROUP = re.compile(r"/?(?:aiqyn[-_:./])?(\w+)")
_MOST = 1000


def member(engine: Engine, issuer: str, claims: Claims, roles_claim: str) -> users.User:
    """The account of whoever signed in, made at the first time; its roles are those that the provider states.

    Raises SignInRefused.
    """
    subject = f"{issuer} {claims['sub']}"
    stated = roles_of(claims, roles_claim)
    with reading(engine) as connection:
        row = _bound(connection, subject)
    if row is None:
        row = _first_time(engine, subject, claims, stated)
    if row.disabled:
        raise SignInRefused("the account is disabled", "signIn.refused")
    found = users.find(engine, row.name)
    assert found is not None
    if stated is None or set(stated) == set(found.roles):
        return found
    return users.change(engine, _BY, row.name, roles=_allowed(stated))


def roles_of(claims: Claims, path: str) -> list[str] | None:
    """The roles that a claim states: a list or words, each a role or `aiqyn-<role>`; None: there is no such claim.

    A dot leads into an object: `realm_access.roles`.
    """
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
    if value is None:
        return None
    words = re.split(r"[\s,]+", value) if isinstance(value, str) else value if isinstance(value, list) else []
    found = [match[1] for word in words[:_MOST] if isinstance(word, str) and (match := _GROUP.fullmatch(word))]
    return sorted({name for name in found if name in ROLES})


def _allowed(stated: list[str] | None) -> list[str]:
    why = fault(stated or ())
    if why is not None:
        raise SignInRefused(
            "your organisation gives you no role here, or roles that exclude each other", "signIn.noRole"
        )
    return list(stated or ())


def _bound(connection: Connection, subject: str) -> Row[Any] | None:
    return connection.execute(select(account).where(account.c.subject == subject)).one_or_none()


def _first_time(engine: Engine, subject: str, claims: Claims, stated: list[str] | None) -> Row[Any]:
    now = moments.now()
    email = claims.get("email") if claims.get("email_verified") is True else None
    with writing(engine) as connection:
        row = _bound(connection, subject)
        if row is None and isinstance(email, str):
            row = _of_email(connection, email)
        if row is not None:
            connection.execute(update(account).where(account.c.name == row.name).values(subject=subject))
            states.tell_account(connection, _BY, row.name, "bound to the provider", now)
            return row
        roles = _allowed(stated)
        name = _name(claims)
        if connection.execute(select(account.c.name).where(account.c.name == name)).first() is not None:
            detail = f"there is an account {name!r} already, which is not tied to your organisation"
            raise SignInRefused(detail, "signIn.nameTaken")
        connection.execute(
            insert(account).values(
                name=name, roles=msgspec.json.encode(tuple(roles)).decode(), person=None,
                email=email if isinstance(email, str) else None, password=None, disabled=False, created_at=now,
                subject=subject,
            )
        )  # fmt: skip
        states.tell_account(connection, _BY, name, "added by the provider", now)
        made = _bound(connection, subject)
    assert made is not None
    return made


def _of_email(connection: Connection, email: str) -> Row[Any] | None:
    """The one account with this address that is nobody's at the provider yet."""
    same = func.lower(account.c.email) == email.lower()
    rows = connection.execute(select(account).where(same, account.c.subject.is_(None)).limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def _name(claims: Claims) -> str:
    for claim in ("preferred_username", "email", "sub"):
        value = claims.get(claim)
        name = _NOT_IN_NAMES.sub("-", value)[:64].lstrip(".@-") if isinstance(value, str) else ""
        if name:
            return name
    raise SignInRefused("the provider gives no name that can be used here")
