"""A real server on demo data, and a real browser. Everybody on the pages is invented."""

import json
import shutil
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.commands import report, start

# A machine that does other things beside is slow, not wrong.
expect.set_options(timeout=30_000)


class Site:
    """Where the server is, and how its pages are opened."""

    def __init__(self, url: str, passwords: Mapping[str, str], browser: Browser) -> None:
        self.url = url
        self.passwords = passwords
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


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on the demo country of 300 companies, with the users that the demo makes."""
    folder = tmp_path_factory.mktemp("site")
    database = f"sqlite:///{folder / 'demo.db'}"
    made = report(folder, "demo", "--size", "300", "--no-serve", "--json", "--db", database)
    passwords = {user["user"]: user["password"] for user in made["users"]}
    process = start(folder, "serve", "--port", "0", "--db", database)
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready:
        assert process.stderr is not None
        pytest.fail(process.stderr.read().decode())
    yield Site(json.loads(ready)["url"], passwords, browser)
    process.terminate()
    assert process.wait(20) == 0
