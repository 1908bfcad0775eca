"""What pages show to whom: by role, masked, on wide and narrow screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.workbench.every_page import said
from tests.workbench.serving import Site

GRAVE = ("serious", "critical")


def first_alert(page: Page, site: Site, lang: str = "en") -> str:
    page.goto(f"{site.url}/alerts?lang={lang}&rule=COI-04")
    href = page.locator("a.why").first.get_attribute("href")
    assert href is not None
    return href


def test_a_company_has_its_page_and_its_network(site: Site) -> None:
    page = site.visit("aida")
    axe = Axe()
    page.goto(site.url + first_alert(page, site))
    href = page.locator("figure svg.wide a[href*='-REG:'], figure svg.wide a[href*='-BIN:']").last.get_attribute("href")
    assert href is not None
    for path in (href, href.replace("/entities/", "/network/")):
        answer = page.goto(site.url + path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("main table tbody tr").count() > 0, path
        assert [each["id"] for each in axe.run(page).response["violations"] if each["impact"] in GRAVE] == []
    assert said(page) == []


def test_the_network_names_bodies_and_leads_down_from_the_body_above(site: Site) -> None:
    page = site.visit("aida")
    page.goto(f"{site.url}/alerts?rule=COI-07")
    page.locator("a.why").first.click()
    hrefs = page.locator("main a[href*='/entities/KZ-BIN']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    networks = [
        page.request.get(site.url + href.split("?")[0].replace("/entities/", "/network/") + "/near.json").json()
        for href in dict.fromkeys(hrefs)
    ]
    bodies = [node for network in networks for node in network["nodes"] if node["kind"] == "body"]
    assert bodies
    assert [node["id"] for node in bodies if not node["name"]] == []
    duty = page.locator("main").inner_text()
    named = {node["id"]: node["name"] for node in bodies}
    above = [edge for network in networks for edge in network["edges"] if edge["kind"] == "parentBody"]
    assert above
    assert any(f"{named[edge['from']]} is the parent body of {named[edge['to']]}" in duty for edge in above)


@pytest.mark.parametrize("width", [320, 390, 820])
def test_nothing_scrolls_sideways(site: Site, width: int) -> None:
    page = site.visit("aida")
    alert = first_alert(page, site)
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/alerts", alert, "/dashboard"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_nobody_reads_without_signing_in_and_an_admin_sees_no_case(site: Site) -> None:
    page = site.browser.new_page()
    page.goto(f"{site.url}/alerts?severity=high")
    assert "/login?next=%2Falerts%3Fseverity%3Dhigh" in page.url
    admin = site.visit("admin")
    answer = admin.goto(f"{site.url}/alerts")
    assert answer is not None
    assert answer.status == 403
    assert admin.locator("tr[data-alert]").count() == 0


def test_restricted_names_are_masked_until_the_alert_is_mine(site: Site) -> None:
    page = site.visit("aida")
    href = first_alert(page, site)
    page.goto(site.url + href)
    assert "KZ-IIN:" not in page.content()
    assert "XM-PID:" not in page.content()
    assert page.locator(".mask").count() > 0
    page.fill("#assignee", "aida")
    page.click("form[data-action=assign] button")
    assert page.locator("article .mask").count() == 0


def test_a_process_shows_what_each_rule_answers_and_its_records(site: Site) -> None:
    page = site.visit("aida")
    page.goto(f"{site.url}/alerts?rule=COI-07")
    page.locator("a.why").first.click()
    page.locator("main a[href*='/allocations/']").first.click()
    assert page.locator("h1").inner_text().split(" · ")[0] != page.locator("p.small .id").first.inner_text()
    answers = dict(page.locator("section:has(#an) tbody tr").evaluate_all(
        "all => all.map(row => [row.querySelector('a').textContent, row.children[1].textContent])"
    ))  # fmt: skip
    assert answers["COI-07"] == "triggered"
    assert len(answers) > 10
    assert set(answers.values()) > {"triggered", "insufficient data"}
    assert page.locator("section:has(#rec) tbody tr").count() >= 3
    assert "AIQYN:" not in page.locator("main").inner_text()


def test_the_log_is_searched_by_kind_and_leads_to_proofs(site: Site) -> None:
    page = site.visit("aida")
    page.goto(f"{site.url}/log")
    page.select_option("#kind", "account")
    page.locator("main form button").click()
    kinds = page.locator("section:has(#lv) tbody tr td:nth-child(2)").all_inner_texts()
    assert kinds
    assert set(kinds) == {"account"}
    href = page.locator("section:has(#lv) tbody a[href*='/v1/log/proof']").last.get_attribute("href")
    assert "c2sp.org/tlog-proof@v1" in page.request.get(f"{site.url}{href}").text()
