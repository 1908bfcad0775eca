"""A real server on demo data, and a real browser. Everybody on the pages is invented."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.commands import AIQYN, aiqyn, environment, start

PASSWORD = "a password for tests"
PEOPLE = {
    "aida": "auditor",
    "dana": "supervisor",
    "berik": "supervisor",
    "anna": "analyst",
    "dpo": "dpo",
    "root": "admin",
}


class Site:
    """Where the server is, and how its pages are opened."""

    def __init__(self, url: str, folder: Path, browser: Browser) -> None:
        self.url = url
        self.folder = folder
        self.browser = browser

    def visit(self, user: str, lang: str = "en", scripts: bool = True) -> Page:
        """A page of a browser of its own in which the user is signed in; it keeps what the console said."""
        context = self.browser.new_context(
            java_script_enabled=scripts, locale=lang, viewport={"width": 1280, "height": 900}, bypass_csp=False
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.said = said  # type: ignore[attr-defined]
        page.goto(f"{self.url}/login?lang={lang}")
        page.fill("#username", user)
        page.fill("#password", PASSWORD)
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


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on the demo country of 300 companies, with users of each role."""
    folder = tmp_path_factory.mktemp("site")
    database = f"sqlite:///{folder / 'demo.db'}"
    done = aiqyn(folder, "demo", "--size", "300", "--no-serve", "--db", database)
    assert done.returncode == 0, done.stderr
    for user, role in PEOPLE.items():
        added = aiqyn_with_input(
            folder, PASSWORD, "user", "add", user, "--role", role, "--password-stdin", "--db", database
        )
        assert added == 0
    process = start(folder, "serve", "--port", "0", "--db", database)
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready:
        assert process.stderr is not None
        pytest.fail(process.stderr.read().decode())
    yield Site(json.loads(ready)["url"], folder, browser)
    process.terminate()
    assert process.wait(20) == 0


def aiqyn_with_input(folder: Path, text: str, *arguments: str) -> int:
    """The command with a line on its standard input; its exit code."""
    done = subprocess.run(
        [AIQYN, *arguments], cwd=folder, env=environment(), input=text + "\n", text=True, capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    return done.returncode
