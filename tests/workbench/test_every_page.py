"""Every page of the route table: axe, policy, scripts off, languages, narrow, dark. A new page comes in by itself."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.workbench.every_page import addresses, in_language, routes, said
from tests.workbench.serving import Site

CYRILLIC = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүІі]")
ENGLISH = re.compile(r"\b[a-z]{3,} [a-z]{2,}\b")
"""Two words after each other in lower case, which no name or code of ours is."""
THEIRS = re.compile(r'(?s)<(code|pre|bdi|textarea|script|style)\b.*?</\1>|<(\w+)[^>]*class="id\b.*?</\2>')
"""Code, and what others wrote."""
LATIN = re.compile(r"[\W\d]*|.*\b(?:SQL|[A-Z]{2,3}-\d\d|ocds-.*|Enter|Qiyal.*|generic|rule|count)\b.*")
"""Headings without a word, or of names and of what was asked alone."""
UNTRANSLATED = re.compile(r"\b(?:alert|entity|queue|dashboard|nav|field|error)\.[a-z_]{3,}\b")


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    return addresses(site.visit("aida"), site)


def test_the_route_table_has_the_pages_of_the_contract() -> None:
    promised = {
        "/alerts", "/alerts/{id}", "/entities/{name}", "/allocations/{id:path}", "/paths", "/identity", "/dashboard",
        "/rules", "/sources", "/sql", "/log",
    }  # fmt: skip
    assert promised <= set(routes())


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 380)])
def test_axe_finds_nothing_serious_and_the_policy_is_kept(
    site: Site, pages: dict[str, str], theme: Literal["light", "dark"], width: int
) -> None:
    page = site.visit("aida", width=width, theme=theme)
    axe, found, wide = Axe(), {}, {}
    for name, address in pages.items():
        page.goto(site.url + address)
        grave = [
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
            for violation in axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
        if grave:
            found[name] = grave
        if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
            wide[name] = needed
    assert found == {}
    assert wide == {}, "scrolls sideways"
    assert said(page) == []


def test_a_breach_of_the_policy_would_be_seen(site: Site) -> None:
    page = site.visit("aida")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    page.wait_for_function("true")
    assert any("style" in text for text in said(page))


def test_all_is_there_without_scripts(site: Site, pages: dict[str, str]) -> None:
    page = site.visit("aida", scripts=False)
    for name, address in pages.items():
        answer = page.goto(site.url + address)
        assert answer is not None
        assert answer.status == (404 if name in ("a page that is not there", "no alert") else 200), name
        assert page.locator("main h1").first.is_visible(), name
        sent = re.sub(r"<noscript>.*?</noscript>", "", answer.text(), flags=re.DOTALL)
        for what in ("table", "tr", "form", "figure"):
            assert page.locator(f"main {what}:visible").count() == len(
                re.findall(rf"<{what}[ >]", sent.split("<main", 1)[1])
            ), name


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_every_page_speaks_the_language(site: Site, pages: dict[str, str], lang: str) -> None:
    page = site.visit("aida", lang)
    for name, address in pages.items():
        html = page.request.get(site.url + in_language(address, lang), headers={"accept": "text/html"}).text()
        assert f'<html lang="{lang}">' in html, name
        main = re.sub(r"<[^>]*>", " ", html.split("<main", 1)[1])
        assert UNTRANSLATED.findall(main) == [], name
        if lang != "en":
            ours = THEIRS.sub(" ", html)
            assert ENGLISH.findall(re.sub(r"<[^>]*>", "\n", ours)) == [], name
        for words in re.findall(r"<(?:h1|h2|th|label|button|legend)\b[^>]*>([^<>]{3,})<", html):
            assert lang == "en" or CYRILLIC.search(words) or LATIN.fullmatch(words.strip()), (name, words)
