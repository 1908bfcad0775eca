"""The pictures of the documentation: `make pictures` takes them anew, of pages with invented people on a server of its
own. They tell of today and so differ from day to day: nothing else writes them."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Page

from tests.workbench import country
from tests.workbench.every_page import addresses, in_language
from tests.workbench.serving import Site, Theme, chromium, served

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
MOST, MOST_TOGETHER = 150_000, 1_200_000
"""Bytes of one file, and of all."""


class Shot(NamedTuple):
    """A page, who looks at it and how; `prepare` acts on it first."""

    page: str
    height: int = 900
    user: str = "aida"
    lang: str = "en"
    theme: Theme = "light"
    width: int = 1280
    prepare: Callable[[Page], object] | None = None


def _select_two(page: Page) -> None:
    for at in (1, 2):
        page.locator("input[name=alerts]").nth(at).check()


def _show(selector: str) -> Callable[[Page], object]:
    return lambda page: page.evaluate(
        "selector => document.querySelector(selector).scrollIntoView({ block: 'start', behavior: 'instant' })", selector
    )


SHOTS = {
    "queue": Shot("/alerts", prepare=_select_two),
    "queue-narrow-dark": Shot("/alerts", width=380, theme="dark", prepare=_show("table")),
    "alert": Shot("/alerts/{id}", height=1180),
    "alert-dark-kk": Shot("/alerts/{id}", height=1180, theme="dark", lang="kk"),
    "alert-narrow-ru": Shot("/alerts/{id}", width=380, lang="ru", prepare=_show("#how")),
    "decision": Shot("/alerts/{id}", prepare=_show("#decide"), height=560),
    "second-person": Shot("waiting", user="dana", height=760),
    "entity": Shot("/entities/{name}", height=860),
    "network": Shot("/network/{name}?hops=2", height=760),
    "dashboard": Shot("/dashboard", height=1000),
    "pair": Shot("/identity/pair?", height=1000),
    "sign-in": Shot("/login", user="", height=340),
}


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "passwords.json").write_text(json.dumps(country.make(folder)), "utf-8")
        with chromium() as browser, served(folder, browser) as site:
            known = addresses(site.visit("aida"), site)
            known["/network/{name}?hops=2"] = f"{known['/network/{name}']}?hops=2"
            known["waiting"] = _reviewed(site, known["/alerts/{id}"])
            for name, shot in SHOTS.items():
                size = _take(site, shot, known[shot.page], FOLDER / f"{name}.webp")
                sys.stdout.write(f"{name}.webp {size:,} bytes\n")
    return 0


def _reviewed(site: Site, alert: str) -> str:
    """Some work is done: the alert is aida's, others are closed or proposed. The address of one that waits."""
    page = site.visit("aida")
    page.goto(f"{site.url}/alerts")
    token = page.locator("input[name=csrfToken]").first.get_attribute("value") or ""

    def act(kind: str, id: str, **fields: str) -> None:
        form: dict[str, str | float | bool] = {"csrfToken": token, "kind": kind, "alerts": id, **fields}
        assert page.request.post(f"{site.url}/actions?lang=en", form=form, max_redirects=0).status == 303, (kind, id)

    act("assign", alert.rpartition("/")[2], assignee="aida")
    items = page.request.get(f"{site.url}/v1/alerts?limit=100").json()["items"]
    medium = [item["id"] for item in items if item["severity"] == "medium"]
    high = [item["id"] for item in items if item["severity"] in ("high", "critical") and item["id"] not in alert]
    for id, answer in zip(medium, ("confirmed", "notMaterial", "managed"), strict=False):
        act("decide", id, disposition=answer, reason="Both registers were looked at; the case file has the copies.")
    for id in high[3:6]:
        act("decide", id, disposition="confirmed", reason="Both registers show the stake on the award day.")
    for id in high[6:9]:
        act("assign", id, assignee="timur")
    return f"/alerts/{high[3]}"


def _take(site: Site, shot: Shot, address: str, file: Path) -> int:
    if shot.user:
        page = site.visit(shot.user, shot.lang, width=shot.width, theme=shot.theme)
    else:
        page = site.browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(site.url + in_language(address, shot.lang))
    page.wait_for_load_state("networkidle")
    if shot.prepare is not None:
        shot.prepare(page)
        page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(file, "WEBP", quality=82, method=6)
    page.close()
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
