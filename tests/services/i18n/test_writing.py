"""Days, numbers, money and shares as each language writes them; codes in words."""

from __future__ import annotations

import pytest

from aiqyn.services.accounts.roles import ROLES
from aiqyn.services.http.problems import MEANINGS
from aiqyn.services.i18n import words, writing
from aiqyn.services.i18n.catalogue import LANGUAGES, catalogue, language


def plain(text: str) -> str:
    """With common spaces for those that do not break."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("lang", "day", "month", "instant"),
    [
        ("en", "10 Apr 2024", "Feb 2024 (day not stated)", "10 Apr 2024, 06:12"),
        ("ru", "10 апреля 2024 г.", "февраль 2024 г. (день не указан)", "10 апреля 2024 г., 06:12"),
        ("kk", "2024 ж. 10 сәуір", "2024 ж. ақпан (күні көрсетілмеген)", "2024 ж. 10 сәуір, 06:12"),
    ],
)
def test_days_and_instants(lang: str, day: str, month: str, instant: str) -> None:
    assert plain(writing.day("2024-04-10", lang)) == day
    assert plain(writing.day("2024-02", lang)) == month
    assert plain(writing.instant("2024-04-10T06:12:33Z", lang)) == instant
    assert [writing.day(None, lang), writing.day("2024", lang)] == ["–", "2024"]


@pytest.mark.parametrize(
    ("lang", "closed", "open"),
    [
        ("en", "1 Mar 2024 to 10 Apr 2024, included", "from 12 Jan 2021"),
        ("ru", "1 марта 2024 г. – 10 апреля 2024 г. включительно", "начало: 12 января 2021 г."),
        ("kk", "2024 ж. 1 наурыз – 2024 ж. 10 сәуір қоса алғанда", "басталуы: 2021 ж. 12 қаңтар"),
    ],
)
def test_a_half_open_span_is_read_to_its_last_day(lang: str, closed: str, open: str) -> None:
    assert plain(writing.span(("2024-03-01", "2024-04-11"), lang)) == closed
    assert plain(writing.span(("2021-01-12", None), lang)) == open


@pytest.mark.parametrize(
    ("lang", "number", "tenge", "other", "share", "band"),
    [
        ("en", "412,600,000", "₸412,600,000", "1,000.5 USD", "12.5 %", "25–50 %"),
        ("ru", "412 600 000", "412 600 000 ₸", "1 000,5 USD", "12,5 %", "25–50 %"),
        ("kk", "412 600 000", "412 600 000 ₸", "1 000,5 USD", "12,5 %", "25–50 %"),
    ],
)
def test_numbers_money_and_shares(lang: str, number: str, tenge: str, other: str, share: str, band: str) -> None:
    assert plain(writing.number(412_600_000, lang)) == number
    assert plain(writing.money({"amount": "412600000.00", "currency": "KZT"}, lang)) == tenge
    assert plain(writing.money({"amount": "1000.50", "currency": "USD"}, lang)) == other
    assert plain(writing.percent(("0.125", "0.125"), lang)) == share
    assert plain(writing.percent(("0.25", "0.5"), lang)) == band


@pytest.mark.parametrize("lang", LANGUAGES)
def test_months_of_an_axis_are_short_and_differ(lang: str) -> None:
    months = writing.months(lang)
    assert len(set(months)) == 12
    assert max(map(len, months)) <= 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_code_says_what_it_is_and_what_to_do(lang: str) -> None:
    assert {key.split(".", 1)[1].rpartition(".")[0] for key in catalogue(lang) if key.startswith("error.")} == set(
        MEANINGS
    )
    for code, meaning in MEANINGS.items():
        said = words.error(code, lang)
        assert said == meaning if lang == "en" else (said.title != meaning.title and said.action != meaning.action)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_role_has_a_name(lang: str) -> None:
    assert len({words.role(code, lang) for code in ROLES}) == len(ROLES)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("kk-KZ, ru;q=0.9", "kk"),
        ("ru; q=0.4, kk ; q=0.8", "kk"),
        ("ru;q=0, en;q=0.1", "en"),
        ("ru;q=7, kk;q=nan", "en"),
        ("RU", "ru"),
        ("", "en"),
    ],
)
def test_accept_language_is_weighed(accepted: str, expected: str) -> None:
    assert language(None, accepted) == expected
