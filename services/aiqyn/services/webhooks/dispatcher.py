"""Sends what subscriptions want: a thread that follows the feed of revisions under a lease, and a few that send."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Engine, Row, func, select, update

from aiqyn.services import moments
from aiqyn.services.accounts.roles import scopes_of
from aiqyn.services.audit import states
from aiqyn.services.kafka.feed_cursor import FeedCursor, Held
from aiqyn.services.metrics import DELIVERIES
from aiqyn.services.settings import Settings
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.errors import StoreUnavailable
from aiqyn.services.store.tables import account, alert_revision, cursor, delivery, webhook
from aiqyn.services.webhooks import deliveries, signing, subscriptions
from aiqyn.services.webhooks.sending import Outcome, post

CURSOR = "webhooks"
MEDIA_TYPE = "application/cloudevents+json"
_LEASE = 60.0  # seconds
_PAGE = 200
_IDLE = 0.3  # seconds between looks
_AT_ONCE = 8
_AT_ONCE_EACH = 2
"""Deliveries under way to one webhook: a slow target does not hold up the others."""
_SECOND = 1_000_000
_log = logging.getLogger("aiqyn.webhooks")


class Dispatcher:
    """One in each server; one of them works at a time. `start`, later `stop`."""

    def __init__(
        self, engine: Engine, settings: Settings, base_url: str, alive: Callable[[], None] = lambda: None
    ) -> None:
        """`base_url`: how people reach the workbench, for the links in what is sent; `alive` is told of progress."""
        self._engine = engine
        self._alive = alive
        self._settings = settings
        self._base_url = base_url
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._cursor = FeedCursor(engine, CURSOR, owner, _LEASE)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook")
        self._under_way: dict[int, tuple[str, Future[None]]] = {}
        self._renewed = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Send nothing more. What is under way and not finished in time is sent again by the next one."""
        self._stop.set()
        self._thread.join(seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        held: Held | None = None
        while not self._stop.is_set():
            self._alive()
            try:
                held = self._step(held)
                rest = _IDLE if held is not None else 1.0
            except StoreUnavailable as error:
                _log.warning("webhooks wait: %s", error)
                held, rest = None, 2.0
            except Exception:
                _log.exception("webhooks wait after a failure")
                held, rest = None, 5.0
            self._stop.wait(rest)
        if held is not None:
            try:
                self._cursor.release(held)
            except StoreUnavailable:
                _log.warning("the lease of the webhooks runs out by itself")

    def _step(self, held: Held | None) -> Held | None:
        if held is None:
            held = self._cursor.claim()
            self._renewed = time.monotonic()
            if held is None:
                return None
        elif time.monotonic() - self._renewed > _LEASE / 3:
            if not self._cursor.renew(held):
                return None
            self._renewed = time.monotonic()
        held = self._follow(held)
        if held is not None:
            self._send()
        return held

    def _follow(self, held: Held) -> Held | None:
        """Queue new revisions and move on, in one transaction. None: the lease is another one's."""
        query = select(alert_revision).where(alert_revision.c.number > held.position)
        while not self._stop.is_set():
            with reading(self._engine) as connection:
                if connection.execute(select(webhook.c.id).where(webhook.c.enabled).limit(1)).first() is None:
                    last = connection.execute(select(func.max(alert_revision.c.number))).scalar() or 0
                    rows: list[Row[Any]] = []
                else:
                    rows = list(connection.execute(query.order_by(alert_revision.c.number).limit(_PAGE)))
                    last = rows[-1].number if rows else held.position
            if last <= held.position:
                return held
            moved = self._move(held, rows, last)
            if moved is None or not rows:
                return moved
            held = moved
            query = select(alert_revision).where(alert_revision.c.number > held.position)
        return held

    def _move(self, held: Held, rows: list[Row[Any]], to: int) -> Held | None:
        ours = cursor.c.name == CURSOR, cursor.c.epoch == held.epoch, cursor.c.position == held.position
        with writing(self._engine) as connection:
            if connection.execute(update(cursor).where(*ours).values(position=to)).rowcount != 1:
                return None
            deliveries.queue(connection, rows, self._settings.source, self._base_url, moments.now())
        return Held(to, held.epoch)

    def _send(self) -> None:
        """Hand what is due to the threads that send."""
        self._under_way = {id: each for id, each in self._under_way.items() if not each[1].done()}
        free = _AT_ONCE - len(self._under_way)
        if free <= 0:
            return
        busy: dict[str, int] = {}
        for hook, _ in self._under_way.values():
            busy[hook] = busy.get(hook, 0) + 1
        query = (
            select(delivery.c.id, delivery.c.webhook)
            .where(delivery.c.state == "pending", delivery.c.next_at <= moments.now())
            .order_by(delivery.c.next_at, delivery.c.id)
            .limit(_PAGE)
        )
        full = [hook for hook, number in busy.items() if number >= _AT_ONCE_EACH]
        if full:
            query = query.where(delivery.c.webhook.not_in(full))
        with reading(self._engine) as connection:
            due = connection.execute(query).all()
        for id, hook in due:
            if free and id not in self._under_way and busy.get(hook, 0) < _AT_ONCE_EACH:
                self._under_way[id] = hook, self._pool.submit(self._deliver, id)
                busy[hook] = busy.get(hook, 0) + 1
                free -= 1

    def _deliver(self, id: int) -> None:
        try:
            with reading(self._engine) as connection:
                row = connection.execute(select(delivery).where(delivery.c.id == id)).one_or_none()
                hook = row and connection.execute(select(webhook).where(webhook.c.id == row.webhook)).one_or_none()
                roles = (
                    hook
                    and connection.execute(
                        select(account.c.roles).where(account.c.name == hook.owner, ~account.c.disabled)
                    ).scalar()
                )
            if row is None or hook is None:
                return
            if not hook.enabled or not roles or "subscribe" not in scopes_of(msgspec.json.decode(roles)):
                settle(
                    self._engine, row, Outcome(None, "the webhook is switched off, or its owner may not subscribe"), ()
                )
                return
            outcome = send(hook, row.event, row.body, self._settings.webhook_allow_private)
            settle(self._engine, row, outcome, self._settings.webhook_retries)
        except StoreUnavailable as error:
            _log.warning("a delivery will be repeated: %s", error)
        except Exception:
            _log.exception("a delivery will be repeated")


def send(hook: Row[Any], event: str, content: bytes, allow_private: bool) -> Outcome:
    """Sign and send one event."""
    now = moments.now()
    seconds = now // _SECOND
    headers = {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": "aiqyn-webhooks",
        "webhook-id": event,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signing.signature(subscriptions.secrets(hook, now), event, seconds, content),
    }
    return post(hook.url, content, headers, allow_private)


def settle(engine: Engine, row: Row[Any], outcome: Outcome, retries: tuple[int, ...]) -> None:
    """Note what became of a try, and when the next one is due."""
    now = moments.now()
    tries = row.attempts + 1
    state, due = "delivered", None
    if not outcome.delivered:
        state = "failed"
        if not outcome.gone and tries <= len(retries):
            state, due = "pending", now + int(max(retries[tries - 1], outcome.retry_after) * _SECOND)
    DELIVERIES.labels(state if state != "pending" else "retried").inc()
    with writing(engine) as connection:
        connection.execute(
            update(delivery)
            .where(delivery.c.id == row.id, delivery.c.attempts == row.attempts)
            .values(
                state=state, attempts=tries, next_at=due, last_status=outcome.status,
                last_error=(outcome.error or "")[:500] or None,
            )
        )  # fmt: skip
        if outcome.gone:
            connection.execute(
                update(webhook)
                .where(webhook.c.id == row.webhook)
                .values(enabled=False, disabled_reason="the target answered 410: it is gone")
            )
            hook = connection.execute(select(webhook).where(webhook.c.id == row.webhook)).one_or_none()
            if hook is not None:
                states.tell_webhook(connection, "webhooks", hook, "webhook switched off", now)
            connection.execute(
                update(delivery)
                .where(delivery.c.webhook == row.webhook, delivery.c.state == "pending")
                .values(state="failed", next_at=None, last_error="the webhook was switched off: its target is gone")
            )
