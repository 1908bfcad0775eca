"""Lists are read by indexes: no page of one sorts or looks through a whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from aiqyn.services.audit import log
from aiqyn.services.reading import alerts, changes, events
from aiqyn.services.reading.events import EventFilter, Owner
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.opening import Database

AT = 1_700_000_000_000_000
EVENTS = (
    EventFilter(), EventFilter(type=("registry.company.v1",)), EventFilter(id=("x",)), EventFilter(source=("/x",)),
    EventFilter(since=AT), EventFilter(source=("/x",), id=("x",)), EventFilter(owner=Owner("somebody", ("/x",))),
    EventFilter(status=("rejected",)),
)  # fmt: skip


def page_of_events(wanted: EventFilter, after: tuple[int, int] | None) -> Callable[[Engine], object]:
    return lambda engine: events.events(engine, wanted, after, 50)


def page_of_alerts(sort: str) -> Callable[[Engine], object]:
    return lambda engine: alerts.listed(engine, AlertFilter(), alerts.Review(), sort, None, 50)


PAGES: dict[str, Callable[[Engine], object]] = {
    **{f"events {number}": page_of_events(wanted, None) for number, wanted in enumerate(EVENTS)},
    **{f"more events {number}": page_of_events(wanted, (AT, 7)) for number, wanted in enumerate(EVENTS)},
    **{
        f"alerts by {sort}": page_of_alerts(sort) for sort in ("priority", "raisedAt", "-raisedAt", "amount", "-amount")
    },
    "changes": lambda engine: list(changes.feed(engine, 10, 50, "/x")),
    "leaves": lambda engine: log.listed(engine, [], [], 10, 50),
    "leaves of a kind": lambda engine: log.listed(engine, ["rule"], ["COI-01"], 10, 50),
}
BIG = {"event", "alert", "alert_revision", "leaf", "alert_entity", "submission"}


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The queries made within."""
    found: list[tuple[str, Any]] = []

    def keep(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", keep)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_read_by_indexes(on_sqlite: Database, page: str) -> None:
    with asked(on_sqlite.engine) as queries:
        PAGES[page](on_sqlite.engine)
    assert queries
    with on_sqlite.engine.connect() as connection:
        for statement, parameters in queries:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[3]) for row in rows]
            bounded = any("sqlite_autoindex_event_1" in step or "ix_event_id" in step for step in steps)
            assert bounded or not any("TEMP B-TREE" in step for step in steps), (statement, steps)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_read_by_indexes_on_postgresql(on_postgresql: Database, page: str) -> None:
    """Tables are small here: the planner is told not to walk through them."""
    with asked(on_postgresql.engine) as queries:
        PAGES[page](on_postgresql.engine)
    with on_postgresql.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in queries:
            steps = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
            walked = {name for step in steps for name in BIG if f"Seq Scan on {name}" in step}
            assert not walked, (statement, steps)
