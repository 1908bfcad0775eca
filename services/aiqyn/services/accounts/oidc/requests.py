"""Sign-ins under way: each answer of the provider fits one request of one browser, once."""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from sqlalchemy import Engine, delete, func, insert, select

from aiqyn.services import moments
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import oidc_request

SECONDS = 600
"""For which somebody may be at the provider."""
_MICRO = 1_000_000
_MOST = 10_000
"""Under way at once; the oldest give way, so that strangers cannot fill the table."""


class Begun(NamedTuple):
    """A request: `state` and `nonce` go to the provider, `browser` into a cookie, `verifier` stays here."""

    state: str
    nonce: str
    verifier: str
    browser: str
    next: str


def begin(engine: Engine, next: str) -> Begun:
    """Remember a new request; `next` is where to go afterwards."""
    made = Begun(_random(), _random(), _random(), _random(), next)
    now = moments.now()
    with writing(engine) as connection:
        connection.execute(delete(oidc_request).where(oidc_request.c.expires_at <= now))
        if connection.execute(select(func.count()).select_from(oidc_request)).scalar_one() >= _MOST:
            oldest = select(oidc_request.c.hash).order_by(oidc_request.c.expires_at).limit(1)
            connection.execute(delete(oidc_request).where(oidc_request.c.hash.in_(oldest.scalar_subquery())))
        connection.execute(
            insert(oidc_request).values(
                hash=_hash(made.state), browser=_hash(made.browser), nonce=made.nonce, verifier=made.verifier,
                next=next, expires_at=now + SECONDS * _MICRO,
            )
        )  # fmt: skip
    return made


def take(engine: Engine, state: str, browser: str) -> Begun | None:
    """The request that an answer belongs to, which is thereby used up; None: there is none of this browser."""
    ours = oidc_request.c.hash == _hash(state), oidc_request.c.browser == _hash(browser)
    with writing(engine) as connection:
        row = connection.execute(select(oidc_request).where(*ours)).one_or_none()
        if row is None or connection.execute(delete(oidc_request).where(*ours)).rowcount != 1:
            return None
    return None if row.expires_at <= moments.now() else Begun(state, row.nonce, row.verifier, browser, row.next)


def _random() -> str:
    return secrets.token_urlsafe(32)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
