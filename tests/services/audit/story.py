"""A database in which everything was done that the audit log commits to. Everybody here is invented."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from aiqyn.schemas.envelope import wrap
from aiqyn.services import moments
from aiqyn.services.accounts import keys, users
from aiqyn.services.audit import leaves
from aiqyn.services.audit.rules import tell_rules
from aiqyn.services.files import Incoming
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.review import attachments, erasing, reveals
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Actor, Request
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.review.settling import settle
from aiqyn.services.webhooks import subscriptions
from tests.services.audit.conftest import Case

AIDA = Actor("aida", None, frozenset({"read", "review"}))
TIMUR = Actor("timur", None, frozenset({"read", "review", "approve"}), supervisor=True)
DANA = Actor("dana", None, frozenset({"read", "protect"}))
HANDLE: Callable[[str], str] = Handles(b"of the story").of
LEAVING = "XM-PID:leaving-somebody"


def nobody(person: str, documents: object) -> dict[str, str]:
    """Nobody is linked to anything."""
    return {}


def no_etag(row: object, waiting: object) -> str:
    return ""


def tell(case: Case) -> str:
    """Everything that leaves something in the log; the alert that it is about."""
    engine = case.engine
    alert = case.alert()
    _accounts(case)
    tell_rules(engine, "generic")
    once: dict[str, Any] = {"linked": nobody, "etag": no_etag, "handle": HANDLE}
    act(engine, AIDA, Request("assign", (alert,), assignee="aida"), **once)
    act(engine, AIDA, Request("comment", (alert,), text="Seen."), **once)
    act(engine, AIDA, Request("reply", (alert,), text="I recused myself."), **once)
    attachments.add(engine, "aida", alert, "minutes.txt", "text/plain", b"The minutes.")
    case.advance()
    (found,) = case.store.standing()
    asked = Request("decide", (alert,), disposition="confirmed", reason="The records agree.")
    decided = act(engine, AIDA, asked, **once)
    try:
        settle(engine, AIDA, decided["id"], "approve", "", nobody)
    except ActionRefused:
        settle(engine, TIMUR, decided["id"], "approve", "I agree.", nobody)
    scope = {"rule": found["rule"], "buyer": found["buyer"], "persons": found["persons"]}
    ends = (date.today() + timedelta(days=30)).isoformat()
    asked = Request("suppress", (alert,), scope=scope, reason="Known.", expires=ends)
    hidden = act(engine, AIDA, asked, **once)
    settle(engine, TIMUR, hidden["id"], "approve", "", nobody)
    reveals.record(engine, "aida", alert, None, "To decide.")
    with engine.begin() as connection:
        leaves.record(connection, "export", "x1", {"id": "x1", "by": "aida"}, moments.now())
    _erased(case)
    case.advance()
    return alert


def _accounts(case: Case) -> None:
    engine = case.engine
    users.add(
        engine, "cli:test", "aida", ["auditor"], person="XM-PID:aida-1", email="a@example.org", password="12345678"
    )
    users.add(engine, "cli:test", "timur", ["auditor"])
    users.change(engine, "cli:test", "timur", roles=["supervisor"])
    key, _ = keys.add(engine, "cli:test", "aida", ["read"], ["/s"], moments.now() + 10**12)
    keys.revoke(engine, "cli:test", keys.rotate(engine, "cli:test", key.id, 10**9)[0].id)
    target = "http://127.0.0.1:9/"
    hook = subscriptions.add(engine, "aida", target, ["coi.alert.raised.v1"], {"rule": "COI-01"}, True)
    subscriptions.rotate(engine, "aida", hook["id"], None)
    subscriptions.change(engine, "aida", hook["id"], None, {"enabled": False}, True)


def _erased(case: Case) -> None:
    """One person comes and is erased."""
    scheme, _, id = LEAVING.partition(":")
    person = {"identifiers": [{"scheme": scheme, "id": id}], "names": [{"fullName": "Leaving Somebody"}]}
    body = {"scheme": "XM-ORG", "id": "b1"}
    data = {"person": person, "organization": {"identifiers": [body]}, "post": "Clerk", "role": "staff",
            "startDate": "2021-01-01"}  # fmt: skip
    event = wrap("/story", "occupancy-1", "official.occupancy.v1", "2024-01-01T00:00:00Z", data)
    (verdict,) = case.monitor.run_batch([Incoming(event.content, event, None, 1)])
    assert verdict.status == "accepted", verdict
    ids = [LEAVING]
    order = act(
        case.engine, DANA, Request("erase", (), entity=LEAVING, reason="Order 7."), nobody, no_etag, handle=HANDLE
    )
    doomed = erasing.events_of(case.engine, ids)
    assert len(doomed) == 1

    def within(connection: Any, found: object, document: dict[str, Any]) -> None:
        document.update(erasing.erase(connection, ids, doomed, document, moments.now()))

    settle(case.engine, TIMUR, order["id"], "approve", None, nobody, within)
    assert LEAVING not in msgspec.json.encode(order).decode()
