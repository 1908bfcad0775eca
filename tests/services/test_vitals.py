"""A database that hangs makes nobody wait who asks for health, and does not hold up the end."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers.kafka import Kafka
from servers.postgres import Postgres
from servers.proxy import Proxy

from aiqyn.services.vitals import Pulse
from tests.journeys.commands import AIQYN, environment
from tests.journeys.working import Site, site, wait_for


@pytest.fixture
def behind(postgres: Postgres, tmp_path: Path, kafka: Kafka) -> Iterator[tuple[Proxy, Site]]:
    """An installation whose database is reached through a proxy."""
    url = postgres.database()
    with (
        Proxy(("127.0.0.1", postgres.port)) as proxy,
        site(tmp_path, kafka.bootstrap, url.replace(f":{postgres.port}/", f":{proxy.port}/")) as here,
    ):
        yield proxy, here


def started(here: Site, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [AIQYN, *arguments], cwd=here.folder, env={**environment(), **here.environ, **environ},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=(here.folder / "said").open("ab"),
    )  # fmt: skip


def ready(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return str(json.loads(process.stdout.readline())["url"])


def ask(url: str) -> None:
    with suppress(httpx.HTTPError):
        httpx.get(f"{url}/v1/rules", headers={"Authorization": "Bearer x"})


def took(what: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return what(), time.monotonic() - began


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["worker"], ["worker", "--runner", "loop"]])
def test_a_database_that_hangs(command: list[str], behind: tuple[Proxy, Site]) -> None:
    proxy, here = behind
    process = started(here, *command)
    try:
        url = ready(process)
        assert httpx.get(f"{url}/readyz", timeout=10).status_code == 200
        proxy.blackhole()
        # every thread for handlers waits for the database
        asking = [threading.Thread(target=ask, args=(url,)) for _ in range(50)]
        for thread in asking if "serve" in command else ():
            thread.daemon = True
            thread.start()
        time.sleep(1)
        answer, seconds = took(lambda: httpx.get(f"{url}/readyz", timeout=40))
        assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "unavailable")
        assert seconds < 30  # by itself two; the patience of connections is sixty
        for path in ("/livez", "/metrics"):
            answer, seconds = took(partial(httpx.get, url + path, timeout=40))
            assert answer.status_code == 200
            assert seconds < 30  # by itself two; the patience of connections is sixty
        proxy.heal()
        wait_for(lambda: httpx.get(f"{url}/readyz", timeout=40).status_code == 200, 60)
        proxy.blackhole()
        time.sleep(1)
        process.terminate()
        code, seconds = took(lambda: process.wait(40))
        assert (code, seconds < 20) == (0, True)
    finally:
        process.kill()
        process.wait()
    for line in (here.folder / "said").read_text().splitlines():
        json.loads(line)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_signal_ends_it_well_while_it_waits_at_its_start(command: str, behind: tuple[Proxy, Site]) -> None:
    proxy, here = behind
    proxy.blackhole()
    process = started(here, command)
    try:
        time.sleep(4)
        assert process.poll() is None
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def test_a_pulse_tells_of_the_slowest_part() -> None:
    pulse = Pulse()
    assert pulse.longest() == 0
    relay, detect = pulse.of("relay"), pulse.of("detect")
    time.sleep(0.2)
    detect()
    assert pulse.longest() >= 0.2
    relay()
    assert pulse.longest() < 0.2
