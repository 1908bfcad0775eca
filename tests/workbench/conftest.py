"""A real server on demo data, and a real browser. Everybody on the pages is invented."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.workbench import country
from tests.workbench.serving import NoBrowser, Site, chromium, served

# A machine that does other things beside is slow, not wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as opened:
            yield opened
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a country that nobody has touched yet: made once for all processes of the run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "country"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        passwords = folder / "passwords.json"
        if not passwords.exists():
            passwords.write_text(json.dumps(country.make(folder)), "utf-8")
    return folder


@pytest.fixture(scope="module")
def site(browser: Browser, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a country of its own, with the users that the demo makes."""
    folder = tmp_path_factory.mktemp("site") / "country"
    shutil.copytree(made, folder)
    with served(folder, browser) as site:
        yield site
