"""The Faust worker around the intake.

Faust commits past events that are not acknowledged, and loses what an exception leaves behind. So a batch is
acknowledged wholly, in order, after its commit; what a rebalance made stale is dropped; no exception leaves the agent.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

import faust

from aiqyn.services.distributed.batches import FIRST_PAUSE, LONGEST_PAUSE, attempt
from aiqyn.services.distributed.intake import Intake
from aiqyn.services.distributed.metrics import Lag
from aiqyn.services.distributed.records import KafkaRecord
from aiqyn.services.distributed.runtime import FATAL, Runtime, end
from aiqyn.services.kafka import clients
from aiqyn.services.settings import Settings
from aiqyn.services.store.ledger_rows import Place

_RECORDS = 500
_WITHIN = 0.1
_GRACE = 12.0
"""Seconds from the signal until the process ends, whatever hangs; contract: 20."""
_log = logging.getLogger("aiqyn.worker")


def run(intake: Intake, runtime: Runtime, topics: Sequence[str]) -> None:
    """Consume until a signal says stop."""
    (runtime.settings.state_dir / "faust").mkdir(mode=0o700, parents=True, exist_ok=True)
    app = build(intake, runtime, topics)
    # no `blocking_timeout`: it ends a process that stood still and is awake again; `runtime` ends one that hangs
    worker = _Worker(app, loglevel="WARNING", quiet=True, override_logging=False)
    worker.spinner = None  # it writes to the terminal, and where there is none
    threading.Thread(target=_watch, args=(app, worker, runtime), daemon=True).start()
    try:
        worker.execute_from_commandline()
    except SystemExit as left:
        _log.debug("Faust left with code %s", left.code)
    if not worker.asked:
        runtime.fail("Faust left without being asked to", FATAL)


def build(intake: Intake, runtime: Runtime, topics: Sequence[str]) -> Any:
    """The Faust app: one agent over all topics."""
    app = faust.App(runtime.settings.group, **_settings(runtime.settings))
    app.on_partitions_assigned.connect(lambda *_, **__: _joined(runtime), weak=False)

    def current(batch: Sequence[Any]) -> list[Any]:
        # a rebalance delivers un-acknowledged events again, perhaps to another worker
        return [event for event in batch if event.message.generation_id == app.consumer_generation_id]

    async def process(batch: Sequence[Any]) -> None:
        pause = FIRST_PAUSE
        while batch := current(batch):
            if await asyncio.to_thread(attempt, intake, runtime, [_record(event.message) for event in batch]):
                break
            # waited for here, not in the thread: a signal cancels this sleep
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        for event in current(batch):
            event.ack()
        runtime.busy_since = None

    async def agent(stream: Any) -> None:
        try:
            async for batch in stream.noack_take(_RECORDS, within=_WITHIN):
                await process(batch)
        except Exception:
            _log.critical("cannot go on; nothing of this batch is acknowledged", exc_info=True)
            end(FATAL)

    async def alive() -> None:
        runtime.gets_on("faust")

    lag = Lag()
    app.on_partitions_revoked.connect(lambda *_, **__: lag.keep(()), weak=False)

    async def show_lag() -> None:
        try:
            assigned = app.consumer.assignment()
            lag.keep(assigned)
            for partition in assigned:
                high, at = app.consumer.highwater(partition), await app.consumer.position(partition)
                if high is not None and at is not None:
                    lag.show(partition, high - at)
        except Exception as error:
            # of a partition that went to another worker meanwhile; an exception that leaves a timer ends the worker
            _log.debug("the lag is not known: %s", error)

    channel = app.topic(*topics, key_serializer="raw", value_serializer="raw", key_type=bytes, value_type=bytes)
    app.agent(channel, name="intake")(agent)
    app.timer(1.0)(alive)
    app.timer(5.0)(show_lag)
    return app


def _joined(runtime: Runtime) -> None:
    runtime.joined = True


class _Worker(faust.Worker):
    """The second signal ends the process at once."""

    asked = False

    def _on_sigterm(self) -> None:
        self._once(super()._on_sigterm)

    def _on_sigint(self) -> None:
        self._once(super()._on_sigint)

    def _once(self, stop: Any) -> None:
        if self.asked:
            end(1)
        self.asked = True
        stop()


def _watch(app: Any, worker: _Worker, runtime: Runtime) -> None:
    """Begin to give everything back as soon as a signal came, and end the process whatever hangs."""
    while not app.should_stop:
        time.sleep(0.1)
    began = time.monotonic()
    runtime.leave(_GRACE / 2)
    time.sleep(max(0.0, _GRACE - (time.monotonic() - began)))
    # a batch that is not acknowledged comes again, and the database knows what is done of it
    end(0 if worker.asked else FATAL)


def _record(message: Any) -> KafkaRecord:
    headers = message.headers or ()
    pairs = headers.items() if hasattr(headers, "items") else headers
    return KafkaRecord(
        Place(message.topic, message.partition, message.offset), message.key, message.value, tuple(pairs)
    )


def _settings(settings: Settings) -> dict[str, Any]:
    given = clients.extra(settings)
    assert settings.kafka_bootstrap is not None
    session = given.get("session_timeout_ms", 30_000) / 1000
    made: dict[str, Any] = {
        "broker": "kafka://" + settings.kafka_bootstrap.replace(",", ";"),
        "broker_credentials": _credentials(settings, given),
        "datadir": str(settings.state_dir / "faust"),
        "autodiscover": False,
        "web_enabled": False,
        "worker_redirect_stdouts": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "stream_wait_empty": False,
        "stream_buffer_maxsize": 4096,
        "table_standby_replicas": 0,
        "broker_commit_interval": 1.0,
        "broker_max_poll_records": _RECORDS,
        "broker_session_timeout": session,
        "broker_heartbeat_interval": given.get("heartbeat_interval_ms", 3_000) / 1000,
        "broker_request_timeout": max(90.0, session),
        "broker_rebalance_timeout": 60.0,
        "broker_max_poll_interval": given.get("max_poll_interval_ms", 300_000) / 1000,
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": max(4 << 20, 2 * clients.message_bytes(settings)),
    }
    if settings.instance_id is not None:
        made["consumer_group_instance_id"] = settings.instance_id
    return made


def _credentials(settings: Settings, given: dict[str, Any]) -> Any:
    protocol = str(given.get("security_protocol", "PLAINTEXT"))
    context = clients.ssl_context(settings) if protocol.endswith("SSL") else None
    if protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=given.get("sasl_plain_username"),
            password=given.get("sasl_plain_password"),
            ssl_context=context,
            mechanism=given.get("sasl_mechanism", "PLAIN"),
        )
    return faust.SSLCredentials(context) if context is not None else None
