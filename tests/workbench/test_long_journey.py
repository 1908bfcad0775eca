"""From an event sent by HTTP to a dossier that verifies, by the keyboard, in each language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aiqyn.services.i18n.catalogue import LANGUAGES, text
from tests.journeys.commands import report
from tests.workbench.every_page import said
from tests.workbench.serving import Site
from tests.workbench.story import Story

REASONS = {
    "kk": "Екі тізілімде де тексерілді: үлес шешім күні қолданыста болған.",
    "ru": "Проверено по обоим реестрам: доля действовала в день решения.",
    "en": "Checked in both registers: the stake was in force on the award day.",
}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by Tab")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_an_event_to_a_dossier_that_verifies(site: Site, lang: str, tmp_path: Path) -> None:
    story = Story(datetime.now(tz=UTC).date(), f"-{lang}")
    story.registers()
    story.owners()
    ocid = story.tender(-3, "000501", "Resurfacing of Samal Street", "b1", "s1", 88_050_000)
    story.marriage(-2)
    answer = site.publish([arrival.event for arrival in story.told])
    assert answer["accepted"] == len(story.told), answer
    assert [record["state"] for record in answer["records"]] == ["applied"] * len(story.told)

    author = site.visit("aida", lang)
    author.goto(f"{site.url}/alerts?ocid={ocid}&rule=COI-04&lang={lang}")
    expect(author.locator("tr[data-alert]")).to_have_count(1)
    author.keyboard.press("j")
    author.keyboard.press("o")
    author.wait_for_selector("article")
    expect(author.locator("article header")).to_contain_text(text("alert.kind", lang))
    alert = author.get_attribute("article", "data-alert")
    author.keyboard.press("d")
    author.keyboard.press("Space")
    tab_to(author, "#reason")
    author.keyboard.type(REASONS[lang])
    author.keyboard.press("Tab")
    author.keyboard.press("Enter")
    expect(author.locator("[role=status]").first).to_have_text(text("notice.proposed", lang))
    expect(author.locator("button[data-action=approve]")).to_have_count(0)

    winner, other = site.visit("dana", lang), site.visit("berik", lang)
    for page in (winner, other):
        page.goto(f"{site.url}/alerts/{alert}?lang={lang}")
        expect(page.locator("blockquote").first).to_have_text(REASONS[lang])
    tab_to(winner, "button[data-action=approve]")
    winner.keyboard.press("Enter")
    expect(winner.locator("dl.verdict")).to_contain_text(text("reviewStatus.closed", lang))
    expect(winner.locator("dl.verdict")).to_contain_text(text("disposition.confirmed", lang))
    tab_to(other, "button[data-action=reject]")
    other.keyboard.press("Enter")
    expect(other.locator("main")).to_contain_text(text("error.state.wrong.title", lang))
    other.goto(f"{site.url}/alerts/{alert}?lang={lang}")
    expect(other.locator("dl.verdict")).to_contain_text(text("disposition.confirmed", lang))

    tab_to(winner, "#dossier-purpose")
    winner.keyboard.type("For the ethics unit")
    with winner.expect_download() as download:
        winner.keyboard.press("Enter")
    file = tmp_path / "dossier.zip"
    download.value.save_as(file)
    checked = report(tmp_path, "verify-dossier", str(file), "--json")
    assert (checked["ok"], checked["alert"], checked["failures"]) == (True, alert, [])
    for page in (author, winner, other):
        assert [told for told in said(page) if not re.search("40[39]|412", told)] == []
