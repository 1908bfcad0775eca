"""A question in SQL meets the same walls whatever the server's own database is."""

import time

import pytest

from aiqyn.services.reading import sandbox
from aiqyn.services.reading.open_views import OpenViews
from aiqyn.services.reading.sandbox import BadQuery, run
from aiqyn.services.store.opening import Database

_MANY = ", ".join(f"v1_links t{number}" for number in range(12))
HOSTILE = (
    # Ways out of SQLite, then of PostgreSQL.
    "attach ':memory:' as x", "pragma max_page_count = 1", "select * from pragma_database_list",
    "insert into v1_alerts select * from v1_alerts", "with d as (delete from v1_alerts returning id) select * from d",
    "select writefile('/tmp/x', 'x')", "select load_extension('x')", "select * from account", "vacuum into '/tmp/x'",
    "copy v1_alerts to '/tmp/x'", "copy (select 1) to program 'id'", "select pg_sleep(30)",
    "select pg_read_file('/etc/passwd')", "select current_setting('data_directory')", "select * from pg_shadow",
    "select * from generate_series(1, 1000000000)", "set statement_timeout = 0", "do $$ begin end $$",
    "select 1 for update",
    # What would be large.
    "select zeroblob(2000000000)", "select hex(randomblob(1000000000))", "select printf('%.*c', 2000000000, 'x')",
    "with recursive c(s) as (select 'x' union all select s || s from c) select max(length(s)) from c",
    "select " + "(" * 3000 + "1" + ")" * 3000, "select '\0'",
)  # fmt: skip
LONG = (
    f"select count(*) from {_MANY}",
    "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c",
    f"select t0.kind from {_MANY} order by t0.kind || t1.kind || t2.kind",
)


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def views(database: Database) -> OpenViews:
    return OpenViews(database.engine)


def test_hostile_questions_are_refused(database: Database, views: OpenViews) -> None:
    def leaves() -> int:
        with database.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM leaf").scalar() or 0)

    before = leaves()
    for query in HOSTILE:
        with pytest.raises(BadQuery):
            run(query, views.rows)
    assert leaves() == before


@pytest.mark.parametrize("query", LONG, ids=range(len(LONG)))
def test_what_takes_long_is_ended(views: OpenViews, query: str) -> None:
    began = time.process_time()
    with pytest.raises(BadQuery, match="longer than 1 s"):
        run(query, views.rows)
    assert time.process_time() - began < sandbox.SECONDS + 3


def test_rows_and_bytes_of_an_answer_end_and_it_says_so(views: OpenViews) -> None:
    many = run("select a.kind from v1_links a, v1_links b", views.rows)
    assert (len(many.rows), many.truncated) == (sandbox.MOST_ROWS, True)
    wide = run("select hex(randomblob(1000000)) from v1_links", views.rows)
    assert (len(wide.rows), wide.truncated) == (4, True)
    few = run("select kind from v1_links limit 3", views.rows)
    assert (len(few.rows), few.truncated) == (3, False)


def test_a_view_that_is_too_large_is_refused_and_never_cut(views: OpenViews, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("select count(*) from v1_links", views.rows).rows[0][0]
    assert isinstance(whole, int)
    monkeypatch.setattr(sandbox, "MOST_COPIED", whole)
    assert run("select count(*) from v1_links", views.rows).rows == [[whole]]
    monkeypatch.setattr(sandbox, "MOST_COPIED", whole - 1)
    with pytest.raises(BadQuery, match="v1_links is too large"):
        run("select 1 from v1_links", views.rows)
    monkeypatch.setattr(sandbox, "MOST_COPIED", whole)
    monkeypatch.setattr(sandbox, "COPY_SECONDS", -1.0)
    with pytest.raises(BadQuery, match="v1_links is too large"):
        run("select 1 from v1_links", views.rows)
