"""Sessions of the workbench: a random cookie, stored as its hash; each with a token against forged requests."""

from __future__ import annotations

import hashlib
import secrets

import msgspec
from sqlalchemy import Engine, delete, func, insert, select

from aiqyn.services import moments
from aiqyn.services.accounts.users import User, find
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import failed_sign_in, sign_in

HOURS = 12
_MICRO = 1_000_000
_QUARTER = 15 * 60 * _MICRO


class Session(msgspec.Struct, frozen=True):
    """Somebody signed in."""

    user: User
    csrf: str


def begin(engine: Engine, name: str, by_provider: bool = False) -> tuple[str, str]:
    """A new session of a user: its cookie and its token. `by_provider`: begun by OpenID Connect."""
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    now = moments.now()
    with writing(engine) as connection:
        connection.execute(delete(sign_in).where(sign_in.c.expires_at <= now))
        connection.execute(
            insert(sign_in).values(
                hash=_hash(cookie),
                account=name,
                csrf=csrf,
                created_at=now,
                seen_at=now,
                expires_at=now + HOURS * 3600 * _MICRO,
                by_provider=by_provider,
            )
        )
    return cookie, csrf


def current(engine: Engine, cookie: str) -> Session | None:
    """The session behind a cookie, as long as it lasts and its user may sign in."""
    with reading(engine) as connection:
        row = connection.execute(select(sign_in).where(sign_in.c.hash == _hash(cookie))).one_or_none()
    if row is None or row.expires_at <= moments.now():
        return None
    user = find(engine, row.account)
    return None if user is None or user.disabled else Session(user, row.csrf)


def end(engine: Engine, cookie: str) -> bool:
    """Sign out. Whether the session was begun by OpenID Connect."""
    mine = sign_in.c.hash == _hash(cookie)
    with writing(engine) as connection:
        by_provider = connection.execute(select(sign_in.c.by_provider).where(mine)).scalar()
        connection.execute(delete(sign_in).where(mine))
    return bool(by_provider)


def attempt(engine: Engine, name: str, address: str, limit: int) -> tuple[int, int]:
    """Count an attempt as failed before it is checked, so that many at once are not more than the limit.

    Seconds until somebody at this address may try this account again (0: now), and the number of the attempt.
    """
    now = moments.now()
    table = failed_sign_in
    known = name[:200].replace("\0", "")
    with writing(engine) as connection:
        connection.execute(delete(table).where(table.c.at <= now - _QUARTER))
        for column, value in ((table.c.account, known), (table.c.address, address)):
            query = select(func.count(), func.min(table.c.at)).where(column == value)
            count, first = connection.execute(query).one()
            if count >= limit:
                return max(1, (int(first) + _QUARTER - now) // _MICRO), 0
        done = connection.execute(insert(table).values(account=known, address=address, at=now))
        assert done.inserted_primary_key is not None
        return 0, int(done.inserted_primary_key[0])


def succeeded(engine: Engine, number: int) -> None:
    """The attempt of this number did not fail."""
    with writing(engine) as connection:
        connection.execute(delete(failed_sign_in).where(failed_sign_in.c.id == number))


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
