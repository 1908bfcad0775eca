"""Every hostile text in every field that reaches a page: nothing runs, nothing becomes markup or a link, writing that
runs the other way stays where it belongs, and invisible characters are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.workbench.every_page import said
from tests.workbench.hostile import CONTROLS, TEXTS
from tests.workbench.serving import Site
from tests.workbench.story import Json, Story

FIELDS = ("fullName", "name", "title", "post", "legalName", "description")
BREACHES = """() => {
  const bad = [];
  for (const each of document.querySelectorAll("main *")) {
    if (/^(script|iframe|object|embed|base|link|meta|style|marquee|img|video)$/i.test(each.tagName))
      bad.push(each.outerHTML.slice(0, 120));
    for (const { name, value } of each.attributes)
      if (/^on|^(style|srcdoc|autofocus)$/i.test(name)
          || (/^((xlink:)?href|src|action|formaction|background)$/i.test(name) && !/^[/?#](?!\\/)/.test(value)))
        bad.push(`${name}=${value}`.slice(0, 120));
  }
  if (window.ran) bad.push(`ran ${window.ran} times`);
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (textContent.includes("\u0645\u0631\u062d\u0628\u0627")
        && !parentElement.closest("bdi, svg, textarea, blockquote, .free, pre, option, label"))
      bad.push(`not isolated: ${parentElement.outerHTML.slice(0, 160)}`);
  }
  return bad;
}"""


def poisoned(value: Any, at: int) -> Any:
    """The same with a hostile text in each field that people read."""
    if isinstance(value, list):
        return [poisoned(each, at) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: TEXTS[(at + FIELDS.index(key)) % len(TEXTS)]
        if key in FIELDS and isinstance(each, str)
        else poisoned(each, at)
        for key, each in value.items()
    }


def telling(at: int) -> list[Json]:
    """A few events that raise one alert, all their names and titles hostile."""
    story = Story(datetime.now(tz=UTC).date(), f"-h{at}")
    story.post("o1", "b1", "Head of procurement", "procurement")
    story.statements(companies=["s1"], people=["r1"], stakes=[("s1", "r1", {"exact": 40})])
    story.tender(-3, "000666", "Title", "b1", "s1", 1_000_000 + at)
    story.marriage(-2)
    return [event | {"data": poisoned(event["data"], at)} for event in (arrival.event for arrival in story.told)]


@pytest.fixture(scope="module")
def alerts(site: Site) -> list[str]:
    """One alert for each hostile text, by id; reviewers have written hostile texts to them too."""
    events = [event for at in range(len(TEXTS)) for event in telling(at)]
    answer = site.publish(events)
    assert answer["accepted"] == len(events), [record for record in answer["records"] if record["errors"]][:3]
    page = site.visit("aida")
    page.goto(f"{site.url}/alerts?rule=COI-04")
    token = page.locator("input[name=csrfToken]").first.get_attribute("value")
    assert token is not None
    listed = page.request.get(f"{site.url}/v1/alerts?rule=COI-04&limit=200").json()["items"]
    found = [alert["id"] for alert in listed if "-h" in alert["ocid"]]
    assert len(found) == len(TEXTS)
    for at, (alert, text) in enumerate(zip(found, TEXTS, strict=True)):
        kind = ("comment", "reply", "decide")[at % 3]
        said_with = {"disposition": "valuable", "reason": text} if kind == "decide" else {"text": text}
        form = {"csrfToken": token, "kind": kind, "alerts": alert, **said_with}
        done = page.request.post(f"{site.url}/actions?lang=en", form=form, max_redirects=0)
        assert done.status == 303, (kind, text, done.text()[:300])
    for at, text in enumerate(TEXTS[::6]):
        file = {"name": f"{text}.txt", "mimeType": "text/html", "buffer": text.encode()}
        multipart: dict[str, Any] = {"csrfToken": token, "file": file}
        page.request.post(f"{site.url}/alerts/{found[at]}/files?lang=en", multipart=multipart, max_redirects=0)
    return found


def breaches(page: Page) -> list[str]:
    found: list[str] = page.evaluate(BREACHES)
    return found


def test_every_page_of_hostile_cases_holds_without_the_policy(site: Site, alerts: list[str]) -> None:
    """The policy of the pages is left off here: what is written must be harmless by itself."""
    reader, page = site.visit("aida"), site.browser.new_page()
    ids = [f"/entities/XM-REG:{id}-h{at}" for at in range(0, len(TEXTS), 2) for id in ("s1", "b1")]
    cases = [f"/allocations/ocds-q1yal0-000666-h{at}" for at in range(0, len(TEXTS), 2)]
    others = ["/inbox", "/suppressions", "/alerts?sort=-raisedAt", "/dashboard", "/sources", "/entities?q=Qiyal"]
    for path in (*(f"/alerts/{id}" for id in alerts), *ids, *cases, *others):
        answer = reader.request.get(site.url + path, headers={"accept": "text/html"})
        assert answer.status == 200, path
        html = answer.text()
        assert set(html) & set(CONTROLS) == set(), path
        page.set_content(html.replace("<head>", f'<head><base href="{site.url}/">'), wait_until="domcontentloaded")
        assert breaches(page) == [], path
    page.close()


def test_hostile_questions_are_shown_as_text(site: Site) -> None:
    reader, page = site.visit("aida"), site.browser.new_page()
    asked = (("/alerts", "q"), ("/entities", "q"), ("/paths", "from"), ("/sql", "query"))
    for at, text in enumerate(TEXTS):
        for path, name in (asked[at % 2], asked[2 + at % 3 % 2]):
            given: dict[str, str | float | bool] = {name: text, "to": text} if path == "/paths" else {name: text}
            answer = reader.request.get(site.url + path, params=given, headers={"accept": "text/html"})
            assert answer.status < 500, (path, text)
            page.set_content(answer.text(), wait_until="domcontentloaded")
            assert breaches(page) == [], (path, text)
    page.close()


def test_nothing_runs_in_the_pages_themselves(site: Site, alerts: list[str]) -> None:
    """With scripts, pictures and the graph of the network, as people open them."""
    page = site.visit("aida", width=1280)
    shown = [f"/alerts/{id}" for id in alerts[:: len(alerts) // 4]]
    for path in (
        *shown,
        "/alerts?sort=-raisedAt",
        "/network/XM-REG:s1-h0?hops=2",
        "/network/XM-REG:s1-h69?hops=2",
        "/inbox",
    ):
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        assert [each for each in breaches(page) if "graph" not in path] == [] or path.startswith("/network"), path
        assert page.evaluate("window.ran") is None, path
    assert said(page) == []


def test_the_search_for_breaches_finds_them(site: Site) -> None:
    page = site.browser.new_page()
    for text in (
        "<img src=x onerror=window.ran=1>",
        "<a href='javascript:1'>x</a>",
        "<b>مرحبا</b>",
        "<p style='color:red'>",
    ):
        page.set_content(f"<main>{text}</main>")
        assert breaches(page) != [], text
    page.close()
