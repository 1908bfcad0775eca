"""The current conflicts of COI-01 to COI-05, recomputed from the set of events alone.

An independent, set-based answer to check an event-driven engine by (design, invariant 2): SQL over all
facts at once, every day of every decision window, no state, no order. Profile `generic`: min_share 5 %,
blood and affinity up to 2. Persons are joined by identifier alone: identity decisions are
refused, and names are never compared. Alerts on `allocation.made` are left out.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import duckdb

from tests.oracle.events import COLUMNS, Tables, flatten
from tests.oracle.exact import Edge, integrated

HERE = Path(__file__).parent
PUBLIC = "*public bodies*"
STEPS, NEGLIGIBLE, NEAR = 200, 1e-13, 1e-7


class Conflict(NamedTuple):
    """One current conflict. `persons`: the official, then who holds the interest; `certain` or `possible`."""

    rule: str
    ocid: str
    company: str
    persons: tuple[str, ...]
    certainty: str


def recompute(lines: Iterable[bytes]) -> set[Conflict]:
    """The conflicts that stand once all `lines` (CloudEvents, a JSON object each) are known, in any order.

    Raises ValueError as `flatten` does.
    """
    database = duckdb.connect(config={"threads": 1})
    try:
        _load(database, flatten(lines))
        _run(database, "facts.sql")
        _join_names(database)
        for script in ("edges.sql", "days.sql"):
            _run(database, script)
        _walk(database)
        _settle(database)
        _control(database)
        _run(database, "conflicts.sql")
        rows = database.sql("SELECT rule, ocid, company, p, q, certain FROM conflict").fetchall()
    finally:
        database.close()
    return {
        Conflict(rule, ocid, company, (p,) if p == q else (p, q), "certain" if certain else "possible")
        for rule, ocid, company, p, q, certain in rows
    }


def _load(database: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, columns in COLUMNS.items():
            database.execute(f"CREATE TABLE {name} ({columns})")
            path = Path(folder, f"{name}.csv")
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(["\\N" if value is None else value for value in row] for row in tables[name])
            if tables[name]:
                options = "HEADER false, NULLSTR '\\N', QUOTE '\"', ESCAPE '\"', DELIMITER ','"
                database.execute(f"COPY {name} FROM '{path}' (FORMAT csv, {options})")


def _run(database: duckdb.DuckDBPyConnection, script: str) -> None:
    database.execute((HERE / script).read_text(encoding="utf-8"))


def _join_names(database: duckdb.DuckDBPyConnection) -> None:
    """Give every node the smallest name of its cluster: names spread until none changes."""
    database.execute(
        "CREATE TABLE linked AS SELECT node AS a, other AS b FROM live_alias UNION SELECT other, node FROM live_alias"
    )
    while True:
        database.execute(
            "CREATE OR REPLACE TABLE spread AS SELECT l.node, least(l.name, min(o.name)) AS name"
            " FROM label l JOIN linked k ON k.a = l.node JOIN label o ON o.node = k.b GROUP BY l.node, l.name"
        )
        changed = _one(database, "SELECT count(*) FROM spread s JOIN label l USING (node) WHERE s.name <> l.name")
        if not changed:
            return
        database.execute("CREATE OR REPLACE TABLE label AS FROM spread")


def _one(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _walk(database: duckdb.DuckDBPyConnection) -> None:
    """Fill `measured`: what each asked person, and all public bodies together, own of each root on each day.

    The series over walks, one link a step; what is left after the last step is looked at exactly.
    """
    database.execute(
        "CREATE TABLE mass AS SELECT root, day, measure, side, root AS node, 1::DOUBLE AS m, false AS open"
        " FROM walk_start, (VALUES ('lo'), ('hi')) sides(side);"
        "CREATE TABLE passed AS SELECT * FROM mass LIMIT 0;"
        "CREATE TABLE floating AS"
        " SELECT company, day, measure, side, holder, share::DOUBLE AS share, open FROM edge_on"
    )
    for _ in range(STEPS):
        database.execute(
            "CREATE OR REPLACE TABLE mass AS"
            " SELECT w.root, w.day, w.measure, w.side, e.holder AS node, sum(w.m * e.share) AS m,"
            "        bool_or(w.open OR e.open) AS open"
            " FROM mass w JOIN floating e ON e.company = w.node AND e.day = w.day AND e.measure = w.measure"
            " AND e.side = w.side"
            f" GROUP BY ALL HAVING sum(w.m * e.share) > {NEGLIGIBLE};"
            "INSERT INTO passed FROM mass"
        )
        if not _one(database, "SELECT count(*) FROM mass"):
            break
    database.execute(
        "CREATE TABLE unsettled AS SELECT DISTINCT root, day, measure, side FROM mass;"
        "CREATE TABLE asked_holder AS SELECT DISTINCT company AS root, day, q AS holder FROM question_day;"
        "CREATE TABLE measured AS"
        " SELECT root, day, measure, side, node AS holder, 0.05 AS threshold, sum(m) AS value,"
        " bool_or(open) AS open"
        " FROM passed p SEMI JOIN asked_holder a ON a.root = p.root AND a.day = p.day AND a.holder = p.node"
        " GROUP BY ALL UNION ALL"
        f" SELECT root, day, measure, side, '{PUBLIC}', 0.5, sum(m), bool_or(open)"
        " FROM passed p JOIN public_body b ON b.body = p.node WHERE b.certain OR p.side = 'hi' GROUP BY ALL"
    )


def _settle(database: duckdb.DuckDBPyConnection) -> None:
    """Fill `settled`: the exact sign of figure minus threshold where floats came near or did not converge."""
    database.execute(
        "CREATE TABLE settled"
        " (root VARCHAR, day INT, measure VARCHAR, side VARCHAR, holder VARCHAR, sign INT);"
        "CREATE TABLE doubt AS"
        " SELECT m.root, m.day, m.measure, m.side, m.holder FROM measured m"
        " LEFT JOIN unsettled u USING (root, day, measure, side)"
        f" WHERE abs(m.value - m.threshold) < {NEAR} OR u.root IS NOT NULL"
    )
    edges = database.execute(
        "SELECT d.root, d.day, d.measure, d.side, e.company, e.holder, e.share"
        " FROM (SELECT DISTINCT root, day, measure, side FROM doubt) d"
        " JOIN above a USING (root) JOIN edge_on e"
        " ON e.company = a.node AND e.day = d.day AND e.measure = d.measure AND e.side = d.side"
    ).fetchall()
    graphs: dict[tuple[str, int, str, str], list[Edge]] = defaultdict(list)
    for root, day, measure, side, company, holder, share in edges:
        graphs[root, day, measure, side].append((company, holder, Fraction(share)))
    public = {"lo": _bodies(database, "WHERE certain"), "hi": _bodies(database, "")}
    rows = []
    for root, day, measure, side, holder in database.execute("FROM doubt").fetchall():
        holders = public[side] if holder == PUBLIC else frozenset({holder})
        threshold = Fraction(1, 2) if holder == PUBLIC else Fraction(1, 20)
        figure = integrated(frozenset(graphs[root, day, measure, side]), root, holders)
        rows.append((root, day, measure, side, holder, (figure > threshold) - (figure < threshold)))
    if rows:
        database.executemany("INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?)", rows)


def _bodies(database: duckdb.DuckDBPyConnection, condition: str) -> frozenset[str]:
    return frozenset(body for (body,) in database.execute(f"SELECT body FROM public_body {condition}").fetchall())


def _control(database: duckdb.DuckDBPyConnection) -> None:
    """Fill `controlled`: the least fixpoint of control by each asked person, at lower and at upper bounds."""
    database.execute(
        "CREATE TABLE controlled AS"
        " SELECT a.root, a.day, s.side, a.holder AS q, a.holder AS node"
        " FROM asked_holder a, (VALUES ('lo'), ('hi')) s(side)"
        " SEMI JOIN above ON above.root = a.root AND above.node = a.holder"
    )
    while True:
        before = _one(database, "SELECT count(*) FROM controlled")
        database.execute(
            "INSERT INTO controlled SELECT DISTINCT f.* FROM ("
            " SELECT c.root, c.day, c.side, c.q, e.company AS node"
            " FROM controlled c JOIN edge_on e ON e.holder = c.node AND e.day = c.day AND e.side = c.side"
            " WHERE e.measure = 'votes' GROUP BY ALL"
            " HAVING sum(e.share) > 0.5 OR (c.side = 'lo' AND sum(e.share) = 0.5 AND bool_or(e.open))"
            " UNION ALL"
            " SELECT c.root, c.day, c.side, c.q, g.company"
            " FROM controlled c JOIN grip_on g ON g.holder = c.node AND g.day = c.day"
            " WHERE g.certain OR c.side = 'hi') f"
            " SEMI JOIN above ON above.root = f.root AND above.node = f.node"
            " ANTI JOIN controlled k ON k.root = f.root AND k.day = f.day AND k.side = f.side AND k.q = f.q"
            " AND k.node = f.node"
        )
        if _one(database, "SELECT count(*) FROM controlled") == before:
            return
