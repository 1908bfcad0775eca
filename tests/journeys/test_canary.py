"""The canary: an event that is sent now comes out at the other end; and where it is if it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka

from tests.journeys.test_worker import aiqyn_in
from tests.journeys.working import Site, site, store_of, wait_for


@pytest.fixture
def here(tmp_path: Path, kafka: Kafka) -> Iterator[Site]:
    with site(tmp_path, kafka.bootstrap, f"sqlite:///{tmp_path / 'aiqyn.db'}") as made:
        yield made


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", text, re.M)
    assert found is not None, name
    return float(found[1])


def test_it_comes_out_and_says_where_it_is_if_not(here: Site) -> None:
    late = aiqyn_in(here, "canary", "--timeout", "0.5", "--json")
    assert late.returncode == 1
    assert json.loads(late.stdout)["ok"] is False
    assert "not in the ledger" in late.stderr
    worker = here.start("--runner", "loop").ready()
    try:
        flown = aiqyn_in(here, "canary", "--json")
        assert flown.returncode == 0, flown.stderr
        said = json.loads(flown.stdout)
        assert said["ok"] is True
        assert said["source"] == "/aiqyn/canary"
        assert said["topic"] == here.environ["AIQYN_TOPIC_PREFIX"] + "aiqyn.quality"
        assert 0 < said["seconds"] < 30
        shown = worker.get("/metrics")[1].decode()
        assert 0 < metric(shown, "aiqyn_canary_seconds") < 60
        assert metric(shown, "aiqyn_canary_timestamp_seconds") > 1_700_000_000
        plain = aiqyn_in(here, "canary")
        assert re.fullmatch(r"\d+\.\d{3} s from /aiqyn/canary to \S+aiqyn\.quality\n", plain.stdout)
        with store_of(here) as store:
            assert wait_for(lambda: store.last_seq() == 3)
            assert list(store.standing()) == []
        assert aiqyn_in(here, "reconcile", "--wait", "20").returncode == 0
        assert worker.stop() == 0
    finally:
        worker.kill()


def test_without_kafka_it_says_what_is_missing(here: Site) -> None:
    refused = aiqyn_in(here, "canary", AIQYN_KAFKA_BOOTSTRAP="")
    assert refused.returncode == 64
    assert "AIQYN_KAFKA_BOOTSTRAP is not set" in refused.stderr
