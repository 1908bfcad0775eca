"""Every page that the code has, found in its route table, with an address at which it shows something."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.routing import APIRoute
from playwright.sync_api import Page

from aiqyn.services.http.app import modules
from tests.workbench.serving import Site

NOT_PAGES = frozenset({"/", "/network/{name}/near.json"})
"""The way to the queue, and what the network page asks for."""
QUERIES = frozenset({"/identity/pair", "/paths", "/sql"})
"""Pages that show something only when asked; those that can be are looked at without a question too."""


def routes() -> Iterator[str]:
    """Paths of all pages, as the code states them."""
    for module in modules():
        if module.__name__.startswith("aiqyn.services.http.pages."):
            for route in module.router.routes:
                if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.path not in NOT_PAGES:
                    yield route.path


def addresses(page: Page, site: Site) -> dict[str, str]:
    """An address for each page. A page with parameters that nobody gives an example of is a KeyError."""
    examples = _examples(page, site)
    found = {}
    for route in sorted(routes()):
        if "{" in route:
            found[route] = examples[route]
        else:
            if route != "/identity/pair":
                found[route] = route
            if route in QUERIES:
                found[f"{route}?"] = examples[route]
    return found | {"a page that is not there": "/nothing-here", "no alert": "/alerts/nobody", "empty": "/alerts?q=zzz"}


def _examples(page: Page, site: Site) -> dict[str, str]:
    page.goto(f"{site.url}/alerts?q=Qiyal&lang=en")
    alert = path(page, "a.why")
    page.goto(site.url + alert)
    company = path(page, "figure svg.wide a[href*='/entities/XM-REG']", last=True)
    allocation = path(page, "a[href*='/allocations/']")
    page.goto(f"{site.url}/identity?lang=en")
    pair = page.locator("[data-pair] a").first.get_attribute("href")
    assert pair is not None
    buyer = company.replace("s1", "b1")
    ends = f"from={company.rpartition('/')[2]}&to={buyer.rpartition('/')[2]}"
    return {
        "/alerts/{id}": alert,
        "/entities/{name}": company,
        "/network/{name}": company.replace("/entities/", "/network/"),
        "/allocations/{id:path}": allocation,
        "/rules/{id}": "/rules/COI-04",
        "/identity/pair": pair.removesuffix("&lang=en"),
        "/paths": f"/paths?{ends}",
        "/sql": "/sql?query=select+rule,+count(*)+from+v1_alerts+group+by+rule",
    }


def path(page: Page, selector: str, last: bool = False) -> str:
    """Where the first link, or the last, leads, without its query."""
    links = page.locator(selector)
    href = (links.last if last else links.first).get_attribute("href")
    assert href is not None
    return href.split("?")[0]


def in_language(address: str, lang: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"


def said(page: Page) -> list[str]:
    """What the console told but that a page was not there, which we asked for."""
    found: list[str] = page.said  # type: ignore[attr-defined]  # put there by `visit`
    return [text for text in found if "404" not in text]
