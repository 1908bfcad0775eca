"""From a revision in the feed to a receiver: signed, repeated, given up, replayed."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from standardwebhooks import Webhook

from aiqyn.services import moments
from aiqyn.services import settings as reading
from aiqyn.services.accounts import users
from aiqyn.services.settings import Settings
from aiqyn.services.store.administering import open_to_administer
from aiqyn.services.store.database import writing
from aiqyn.services.store.tables import alert_revision, webhook
from aiqyn.services.webhooks import deliveries, subscriptions
from aiqyn.services.webhooks.dispatcher import Dispatcher
from aiqyn.services.webhooks.errors import BadWebhook
from aiqyn.services.webhooks.sending import post
from tests.services.webhooks.receiver import Receiver

ALL = ["coi.alert.raised.v1", "coi.alert.updated.v1", "coi.alert.withdrawn.v1"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Engine, Settings]]:
    environ = {"AIQYN_KEYS_DIR": str(tmp_path / "keys"), "AIQYN_STATE_DIR": str(tmp_path / "state")}
    settings = replace(
        reading.read(environ, f"sqlite:///{tmp_path / 'aiqyn.db'}"),
        webhook_allow_private=True,
        webhook_retries=(0, 0),
    )
    with open_to_administer(settings) as database:
        users.add(database.engine, "cli:test", "auditor", ["auditor"])
        yield database.engine, settings


@contextmanager
def running(engine: Engine, settings: Settings) -> Iterator[Dispatcher]:
    dispatcher = Dispatcher(engine, settings, "https://aiqyn.example")
    dispatcher.start()
    yield dispatcher
    dispatcher.stop()


def revise(engine: Engine, number: int, rule: str = "COI-02", change: str = "raised") -> None:
    alert = {"rule": rule, "severity": "high", "dataState": "current", "persons": ["XX-PER:o1"], "companies": []}
    with writing(engine) as connection:
        connection.execute(
            insert(alert_revision).values(
                alert="a1", revision=number, seq=1, change=change, recorded_at=moments.now(), number=number,
                document=json.dumps(alert),
            )
        )  # fmt: skip


def until(true: Callable[[], Any], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


def states(engine: Engine, hook: str) -> list[str]:
    return [row.state for row in deliveries.listed(engine, hook, (), None, 100)]


def test_a_revision_arrives_once_signed_and_thin(opened: tuple[Engine, Settings]) -> None:
    engine, settings = opened
    with Receiver() as receiver, running(engine, settings):
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {"rule": "COI-02"}, True)
        revise(engine, 1)
        revise(engine, 2, rule="OWN-01")
        until(lambda: states(engine, hook["id"]) == ["delivered"])
        ((headers, body),) = receiver.received
    event = Webhook(hook["secret"]).verify(body.decode(), headers)
    assert event == json.loads(body)
    assert headers["webhook-id"] == event["id"] == "a1-1"
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-signature"].startswith("v1,")
    assert event["data"] == {
        "alert": "a1", "revision": 1, "rule": "COI-02", "severity": "high", "dataState": "current",
        "url": "https://aiqyn.example/alerts/a1",
    }  # fmt: skip
    assert b"XX-PER" not in body


@pytest.mark.parametrize("status", [500, 302])
def test_failures_are_repeated_given_up_and_replayed(opened: tuple[Engine, Settings], status: int) -> None:
    engine, settings = opened
    since = moments.now()
    with Receiver((status, {"Location": "http://127.0.0.1:1/"})) as receiver, running(engine, settings):
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {}, True)
        revise(engine, 1)
        until(lambda: states(engine, hook["id"]) == ["failed"])
        assert len(receiver.received) == 3
        receiver.answers = [(204, {})]
        row = subscriptions.one(engine, hook["id"], "auditor")
        assert deliveries.replay(engine, row, since, settings.source, "https://aiqyn.example") == 1
        until(lambda: states(engine, hook["id"]) == ["delivered"])
        assert {headers["webhook-id"] for headers, _ in receiver.received} == {"a1-1"}


def test_a_target_that_is_gone_switches_off(opened: tuple[Engine, Settings]) -> None:
    engine, settings = opened
    with Receiver((410, {})) as receiver, running(engine, settings):
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {}, True)
        revise(engine, 1)
        until(lambda: states(engine, hook["id"]) == ["failed"])
    shown = subscriptions.shown(subscriptions.one(engine, hook["id"], "auditor"))
    assert not shown["enabled"]
    assert "410" in shown["disabledReason"]


def test_retry_after_is_honoured(opened: tuple[Engine, Settings]) -> None:
    engine, settings = opened
    with Receiver((503, {"Retry-After": "3600"})) as receiver, running(engine, settings):
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {}, True)
        revise(engine, 1)
        until(lambda: receiver.received)
        until(lambda: deliveries.listed(engine, hook["id"], (), None, 1)[0].attempts == 1)
    (row,) = deliveries.listed(engine, hook["id"], ["pending"], None, 1)
    assert row.next_at > moments.now() + 3_500 * 1_000_000


def test_nothing_goes_to_an_owner_who_lost_the_right(opened: tuple[Engine, Settings]) -> None:
    engine, settings = opened
    with Receiver() as receiver:
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {}, True)
        users.change(engine, "cli:test", "auditor", disabled=True)
        with running(engine, settings):
            revise(engine, 1)
            until(lambda: states(engine, hook["id"]) == ["failed"])
        assert receiver.received == []


def test_private_targets_are_refused_when_saved_and_when_sent(opened: tuple[Engine, Settings]) -> None:
    engine, _ = opened
    with Receiver() as receiver:
        with pytest.raises(BadWebhook):
            subscriptions.add(engine, "auditor", receiver.url.replace("http:", "https:"), ALL, {}, False)
        outcome = post(receiver.url.replace("http:", "https:"), b"{}", {}, allow_private=False)
        assert "refused" in str(outcome.error)
        assert receiver.received == []
    with writing(engine) as connection:
        assert connection.execute(select(webhook)).all() == []


class Resolver:
    """A name server that answers otherwise each time it is asked, as one does that would lead us into our network."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.asked = 0
        self._answers = list(answers)
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, port: int, *more: Any, **options: Any) -> Any:
        if host != "rebinding.example":
            return self._real(host, port, *more, **options)
        found = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere at the second look is not looked at a second time."""
    with Receiver() as receiver:
        url = receiver.url.replace("127.0.0.1", "rebinding.example")
        names = Resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
        assert post(url, b"{}", {}, allow_private=True).delivered
        assert names.asked == 1
        ((headers, _),) = receiver.received
    assert headers["host"].startswith("rebinding.example:")


@pytest.mark.parametrize("private", ["127.0.0.1", "169.254.169.254", "10.0.0.1"])
def test_a_name_that_turns_private_after_it_was_saved_is_not_sent_to(
    opened: tuple[Engine, Settings], monkeypatch: pytest.MonkeyPatch, private: str
) -> None:
    names = Resolver(monkeypatch, ["8.8.8.8"], [private], ["8.8.8.8", private])
    subscriptions.add(opened[0], "auditor", "https://rebinding.example/", ALL, {}, False)
    for asked in (2, 3):  # alone, then among addresses that are public
        outcome = post("https://rebinding.example/", b"{}", {}, allow_private=False)
        assert (outcome.status, names.asked) == (None, asked)
        assert "not public" in str(outcome.error)


def test_both_secrets_sign_after_a_rotation(opened: tuple[Engine, Settings]) -> None:
    engine, _ = opened
    with Receiver() as receiver:
        hook = subscriptions.add(engine, "auditor", receiver.url, ALL, {}, True)
    fresh = subscriptions.rotate(engine, "auditor", hook["id"], "auditor")
    row = subscriptions.one(engine, hook["id"], "auditor")
    now = moments.now()
    assert subscriptions.secrets(row, now) == [fresh["secret"], hook["secret"]]
    assert subscriptions.secrets(row, now + subscriptions.OVERLAP) == [fresh["secret"]]


@pytest.mark.parametrize("wanted", [{"person": "XX-PER:o1"}, {"company": "KZ-IIN:900101300017"}, {"rul": "x"}])
def test_a_filter_names_nobody(opened: tuple[Engine, Settings], wanted: dict[str, str]) -> None:
    engine, _ = opened
    with Receiver() as receiver, pytest.raises(BadWebhook):
        subscriptions.add(engine, "auditor", receiver.url, ALL, wanted, True)
