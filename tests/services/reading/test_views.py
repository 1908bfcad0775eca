"""The views `v1_*`: the same on SQLite and PostgreSQL, and what they say is what the engine knows."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from aiqyn.services.engines import loaded_engine
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.opening import Database
from aiqyn.services.store.views import COLUMNS, NAMES


def everything(database: Database, name: str) -> list[tuple[Any, ...]]:
    with database.engine.connect() as connection:
        columns = ", ".join(f'"{column}"' for column in COLUMNS[name])
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {name}"))]


def test_alerts_have_the_members_of_the_json(on_sqlite: Database) -> None:
    rows = {row[0]: dict(zip(COLUMNS["v1_alerts"], row, strict=True)) for row in everything(on_sqlite, "v1_alerts")}
    alerts = list(reads.alerts(on_sqlite.engine, AlertFilter(withdrawn=True)))
    assert len(alerts) == len(rows) > 10
    for alert in alerts:
        row = rows[alert["id"]]
        assert [row[name] for name in ("rule", "severity", "buyer", "revision", "raised_at", "review_status")] == [
            alert[name] for name in ("rule", "severity", "buyer", "revision", "raisedAt", "reviewStatus")
        ]
        for name in ("persons", "companies", "paths", "window", "amount"):
            assert msgspec.json.decode(row[name] or "null") == alert[name]


def test_edges_are_those_of_the_paths(on_sqlite: Database) -> None:
    expected = {
        (alert["id"], path, place, edge["kind"], edge["from"], edge["to"])
        for alert in reads.alerts(on_sqlite.engine, AlertFilter(withdrawn=True))
        for path, edges in enumerate(alert["paths"])
        for place, edge in enumerate(edges)
    }
    rows = [dict(zip(COLUMNS["v1_alert_edges"], row, strict=True)) for row in everything(on_sqlite, "v1_alert_edges")]
    assert {(r["alert"], r["path"], r["place"], r["kind"], r["from"], r["to"]) for r in rows} == expected


def test_links_are_among_the_engines_edges(on_sqlite: Database) -> None:
    world = loaded_engine(on_sqlite).world
    for kind, start, end, *_ in everything(on_sqlite, "v1_links"):
        if kind in ("holdsPost", "directs"):
            source, target = world.atoms.find(start), world.atoms.find(end)
            assert source is not None
            assert target is not None
            ours = {world.clusters.root(world.edges.target[edge], 3) for edge in world.edges.out_of(source)}
            assert world.clusters.root(target, 3) in ours


def test_retracted_events_are_left_out(on_sqlite: Database) -> None:
    with on_sqlite.engine.connect() as connection:
        gone = connection.execute(text("SELECT content FROM event WHERE type = 'record.retracted.v1'")).scalars().all()
    targets = {msgspec.json.encode(msgspec.json.decode(content)["data"]["target"]) for content in gone}
    assert targets
    events = {msgspec.json.encode(msgspec.json.decode(row[3])) for row in everything(on_sqlite, "v1_entities")}
    assert not {bytes(target) for target in targets} & events


@pytest.mark.parametrize("name", NAMES)
def test_postgresql_says_the_same(name: str, on_sqlite: Database, on_postgresql: Database) -> None:
    def told(database: Database) -> list[str]:
        left_out = {"recorded_at", "raised_at", "updated_at", "paths"}  # when each database was filled
        names = COLUMNS[name]
        rows = [
            [_plain(value) for column, value in zip(names, row, strict=True) if column not in left_out]
            for row in everything(database, name)
        ]
        return sorted(map(repr, rows))

    assert told(on_sqlite) == told(on_postgresql)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value[:1] in "[{":
        return msgspec.json.decode(value)
    return value
