"""A real server on demo data, and a real browser. Everybody on the pages is invented."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.commands import start
from tests.workbench import country
from tests.workbench.story import Json, encoded

# A machine that does other things beside is slow, not wrong.
expect.set_options(timeout=30_000)


class Site:
    """Where the server is, and how its pages are opened."""

    def __init__(self, url: str, passwords: Mapping[str, str], browser: Browser) -> None:
        self.url = url
        self.passwords = passwords
        self.browser = browser

    def publish(self, events: list[Json]) -> Json:
        """Over HTTP, with a key; the report, once the events have had their effect on alerts."""
        answer = httpx.post(
            f"{self.url}/v1/events",
            content=b"\n".join(map(encoded, events)),
            headers={
                "Authorization": f"Bearer {self.passwords['key']}",
                "Content-Type": "application/x-ndjson",
                "Prefer": "wait=30",
            },
            timeout=60,
        )
        found: Json = answer.json()
        return found

    def visit(
        self,
        user: str,
        lang: str = "en",
        scripts: bool = True,
        width: int = 1280,
        theme: Literal["light", "dark"] = "light",
    ) -> Page:
        """A page of a browser of its own in which the user is signed in; it keeps what the console said."""
        context = self.browser.new_context(
            java_script_enabled=scripts, locale=lang, viewport={"width": width, "height": 900}, color_scheme=theme
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.said = said  # type: ignore[attr-defined]
        page.goto(f"{self.url}/login?lang={lang}")
        page.fill("#username", user)
        page.fill("#password", self.passwords[user])
        page.click("main button")
        return page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no browser: install the package chromium (Debian, Ubuntu)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        yield opened
        opened.close()


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
    process = start(folder, "serve", "--port", "0", "--db", f"sqlite:///{folder / 'demo.db'}")
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready:
        assert process.stderr is not None
        pytest.fail(process.stderr.read().decode())
    passwords = json.loads((made / "passwords.json").read_text("utf-8"))
    yield Site(json.loads(ready)["url"], passwords, browser)
    process.terminate()
    assert process.wait(20) == 0
