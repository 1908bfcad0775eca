"""From the queue to a closed alert: two people, three languages, the keyboard alone."""

from playwright.sync_api import Page, expect

from aiqyn.services.i18n.catalogue import text
from tests.workbench.serving import Site


def open_alert(page: Page, site: Site, rule: str, lang: str = "en") -> str:
    page.goto(f"{site.url}/alerts?rule={rule}&lang={lang}")
    page.locator("a.why").first.click()
    id = page.get_attribute("article", "data-alert")
    assert id is not None
    return id


def test_nobody_approves_their_own_proposal(site: Site) -> None:
    page = site.visit("dana")
    open_alert(page, site, "COI-02")
    page.check("input[value=notMaterial]")
    page.fill("#reason", "Checked.")
    page.click("form[data-action=decide] button")
    expect(page.locator("#second")).to_be_visible()
    assert page.locator("button[data-action=approve]").count() == 0


def test_who_comes_second_sees_it_and_loses_nothing(site: Site) -> None:
    first, second = site.visit("aida"), site.visit("berik")
    id = open_alert(first, site, "COI-07")
    second.goto(f"{site.url}/alerts/{id}")
    for page in (second, first):
        page.check("input[value=valuable]")
        page.fill("#reason", f"Written by {'aida' if page is first else 'berik'}.")
    first.click("form[data-action=decide] button")
    expect(first.locator("dl.verdict")).to_contain_text("Closed")
    second.click("form[data-action=decide] button")
    expect(second.locator("body")).to_contain_text("Written by berik.")
    expect(second.locator("body")).to_contain_text("aida")


def test_the_keyboard_alone_leads_to_a_decision_and_back(site: Site) -> None:
    page = site.visit("aida", "kk")
    page.goto(f"{site.url}/alerts?rule=OWN-02&lang=kk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("article")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    page.focus("#reason")
    page.keyboard.type("Тізілімде тексерілді.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dl.verdict")).to_contain_text(text("reviewStatus.closed", "kk"))
    page.click("form[data-action=undo] button")
    expect(page.locator("dl.verdict")).to_contain_text(text("reviewStatus.open", "kk"))


def test_the_next_one_is_free_and_becomes_mine(site: Site) -> None:
    page = site.visit("berik")
    page.goto(f"{site.url}/alerts")
    page.click("form[data-action=take] button")
    expect(page.locator("dl.verdict")).to_contain_text("berik")


def test_several_are_closed_with_one_reason(site: Site) -> None:
    page = site.visit("aida")
    page.goto(f"{site.url}/alerts?severity=medium&reviewStatus=open")
    boxes = page.locator("input[name=alerts]")
    for at in range(2):
        boxes.nth(at).check()
    page.click("button[value=decide]")
    expect(page.locator("h1")).to_contain_text("2 alerts")
    page.check("input[value=notMaterial]")
    page.fill("#reason", "Both companies were checked.")
    page.click("main form button.btn-1")
    expect(page.locator("[role=status]").first).to_contain_text("Done")
