"""API keys: each acts for one user and can only narrow what the user's roles allow."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, insert, select, update

from aiqyn.schemas.uri import is_uri_reference
from aiqyn.services import moments
from aiqyn.services.accounts.errors import AccountError, UnknownAccount, WrongValue
from aiqyn.services.accounts.roles import SCOPES, scopes_of
from aiqyn.services.accounts.users import User, find
from aiqyn.services.audit import states
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import api_key
from aiqyn.streams.moments import rfc3339

PREFIX = "aiqyn_"
_SPAN = re.compile(r"([1-9][0-9]{0,4})([dhm])")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60}
_MICRO = 1_000_000


class Key(msgspec.Struct, frozen=True):
    """A key as stored: its text is known to its holder alone."""

    id: str
    user: str
    scopes: tuple[str, ...]
    """Empty: all that the user may."""
    sources: tuple[str, ...]
    """Sources that it may publish for; empty: any."""
    expires_at: int | None
    revoked_at: int | None

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "user": self.user,
            "scopes": list(self.scopes),
            "sources": list(self.sources),
            "expires": None if self.expires_at is None else rfc3339(self.expires_at),
            "revoked": self.revoked_at is not None,
        }


def span(text: str) -> int:
    """`90d`, `24h` or `30m` in microseconds. Raises ValueError."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"a span such as 90d, 24h or 30m is wanted, not {text!r}")
    return int(match[1]) * _UNITS[match[2]] * _MICRO


def expiry(text: str) -> int:
    """When a key ends: a day (to its end), an instant, or a span from now. Raises ValueError."""
    if _SPAN.fullmatch(text):
        return moments.now() + span(text)
    try:
        return moments.parse_known_at(text)
    except ValueError:
        raise ValueError(f"a date or a span such as 90d is wanted, not {text!r}") from None


def add(
    engine: Engine,
    by: str,
    user: str,
    scopes: Iterable[str] = (),
    sources: Collection[str] = (),
    expires_at: int | None = None,
) -> tuple[Key, str]:
    """Make a key; it and its text, which is shown this once. Raises UnknownAccount, AccountError."""
    wanted = tuple(sorted(set(scopes)))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise WrongValue(f"there is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}", "/scopes")
    for source in sources:
        if not is_uri_reference(source):
            raise WrongValue(f"a URI or URI reference is wanted, not {source!r}", "/sources")
    found = find(engine, user)
    if found is None:
        raise UnknownAccount(f"there is no user {user!r}")
    beyond = [scope for scope in wanted if scope not in scopes_of(found.roles)]
    if beyond:
        raise WrongValue(f"a key can only narrow what {user} may do, and {beyond[0]} is not among that", "/scopes")
    with writing(engine) as connection:
        return _insert(connection, by, user, wanted, tuple(sorted(set(sources))), expires_at, None)


def _insert(
    connection: Connection,
    by: str,
    user: str,
    scopes: tuple[str, ...],
    sources: tuple[str, ...],
    expires_at: int | None,
    replaces: str | None,
) -> tuple[Key, str]:
    text = PREFIX + secrets.token_urlsafe(32)
    key = Key(secrets.token_hex(8), user, scopes, sources, expires_at, None)
    now = moments.now()
    connection.execute(
        insert(api_key).values(
            id=key.id,
            account=user,
            hash=_hash(text),
            scopes=msgspec.json.encode(scopes).decode(),
            sources=msgspec.json.encode(sources).decode(),
            created_at=now,
            expires_at=expires_at,
            replaces=replaces,
        )
    )
    states.tell_key(connection, by, key.id, "key added", now)
    return key, text


def rotate(engine: Engine, by: str, id: str, overlap: int) -> tuple[Key, str]:
    """A new key in the place of an old one, which still holds for `overlap` microseconds. Raises UnknownAccount."""
    with writing(engine) as connection:
        old = _key(_found(connection, id))
        now = moments.now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise AccountError("the key holds no more; add a new one")
        ends = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
        connection.execute(update(api_key).where(api_key.c.id == id).values(expires_at=ends))
        states.tell_key(connection, by, id, "key replaced", now)
        return _insert(connection, by, old.user, old.scopes, old.sources, old.expires_at, id)


def revoke(engine: Engine, by: str, id: str) -> None:
    """The key holds no more. Raises UnknownAccount."""
    now = moments.now()
    with writing(engine) as connection:
        _found(connection, id)
        connection.execute(update(api_key).where(api_key.c.id == id).values(revoked_at=now))
        states.tell_key(connection, by, id, "key revoked", now)


def every(engine: Engine) -> list[Key]:
    """All keys, revoked ones too, oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id))
        return [_key(row) for row in rows]


def sources_of(engine: Engine, user: str) -> tuple[str, ...]:
    """The sources that the keys of a user name, of those that hold."""
    now = moments.now()
    query = select(api_key).where(api_key.c.account == user, api_key.c.revoked_at.is_(None))
    with reading(engine) as connection:
        found = [_key(row) for row in connection.execute(query)]
    holding = [key for key in found if key.expires_at is None or key.expires_at > now]
    return tuple(sorted({source for key in holding for source in key.sources}))


def holder(engine: Engine, text: str) -> tuple[Key, User] | None:
    """The key of this text and its user, if both may be let in."""
    with reading(engine) as connection:
        row = connection.execute(select(api_key).where(api_key.c.hash == _hash(text))).one_or_none()
    if row is None:
        return None
    key = _key(row)
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= moments.now()):
        return None
    user = find(engine, key.user)
    return None if user is None or user.disabled else (key, user)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _found(connection: Connection, id: str) -> Row[Any]:
    row = connection.execute(select(api_key).where(api_key.c.id == id)).one_or_none()
    if row is None:
        raise UnknownAccount(f"there is no key {id!r}")
    return row


def _key(row: Row[Any]) -> Key:
    words = tuple[str, ...]
    return Key(
        row.id,
        row.account,
        msgspec.json.decode(row.scopes, type=words),
        msgspec.json.decode(row.sources, type=words),
        row.expires_at,
        row.revoked_at,
    )
