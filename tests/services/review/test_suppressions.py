"""A suppression hides what matches now and later, to the end of its last day in UTC, and says what it hides."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from aiqyn.services.reading import alerts as reading
from aiqyn.services.review import suppressions
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Request
from aiqyn.services.review.settling import settle
from aiqyn.services.store.alert_filter import AlertFilter
from tests.services.audit.conftest import Case
from tests.services.audit.story import AIDA, TIMUR, no_etag, nobody


@pytest.fixture
def file_case(tmp_path: Path) -> Iterator[Case]:
    made = Case(f"sqlite:///{tmp_path / 'aiqyn.db'}", tmp_path)
    made.feed()
    yield made
    made.engine.dispose()


def hidden(case: Case, *, suppressed: bool) -> list[str]:
    wanted = reading.Review((), suppressed, None)
    found = reading.listed(case.engine, AlertFilter(), wanted, "priority", None, 10)
    return [alert["id"] for alert in found.items]


def test_what_it_hid_is_shown_again_after_its_last_day(file_case: Case) -> None:
    alert = file_case.alert()
    (document,) = file_case.store.standing()
    last = datetime.now(UTC).date() + timedelta(days=30)
    scope = {"rule": document["rule"], "buyer": document["buyer"]}
    asked = Request("suppress", (), scope=scope, reason="Known.", expires=last.isoformat())
    made = act(file_case.engine, AIDA, asked, nobody, no_etag)
    assert hidden(file_case, suppressed=False) == [alert]  # nobody approved it yet
    settle(file_case.engine, TIMUR, made["id"], "approve", None, nobody)
    assert (hidden(file_case, suppressed=False), hidden(file_case, suppressed=True)) == ([], [alert])

    evening = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC)
    suppressions.refresh(file_case.engine, evening)
    # In Almaty it is the next day already; the day is counted in UTC.
    suppressions.refresh(file_case.engine, evening.astimezone(timezone(timedelta(hours=5))))
    assert hidden(file_case, suppressed=True) == [alert]
    suppressions.refresh(file_case.engine, evening + timedelta(seconds=1))
    assert (hidden(file_case, suppressed=False), hidden(file_case, suppressed=True)) == ([alert], [])
    file_case.sql("UPDATE alert SET suppressed_by = NULL")
    suppressions.refresh(file_case.engine, evening + timedelta(days=1))
    assert hidden(file_case, suppressed=False) == [alert]
