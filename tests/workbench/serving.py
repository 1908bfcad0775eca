"""A real server over a database that is there, and a real browser in front of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.commands import start
from tests.workbench.story import Json, encoded

Theme = Literal["light", "dark"]


class NoBrowser(Exception):
    """No Chromium here."""


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
        self, user: str, lang: str = "en", scripts: bool = True, width: int = 1280, theme: Theme = "light"
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
        page.said = said  # type: ignore[attr-defined]  # kept with its page
        page.goto(f"{self.url}/login?lang={lang}")
        page.fill("#username", user)
        page.fill("#password", self.passwords[user])
        page.click("main button")
        return page


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system. Raises NoBrowser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise NoBrowser("no browser: install the package chromium (Debian, Ubuntu)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        yield opened
        opened.close()


@contextmanager
def served(folder: Path, browser: Browser) -> Iterator[Site]:
    """The country in the folder; it ends well."""
    process = start(folder, "serve", "--port", "0", "--db", f"sqlite:///{folder / 'demo.db'}")
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read().decode())
    yield Site(json.loads(ready)["url"], json.loads((folder / "passwords.json").read_text("utf-8")), browser)
    process.terminate()
    assert process.wait(20) == 0
