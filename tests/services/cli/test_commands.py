"""From events in a file to alerts on stdout, by the commands alone."""

import csv
import gzip
import io
import json
import signal
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.services.cli.conftest import BUYER, OCID, OFFICIAL, SUPPLIER, Aiqyn, Json


def report(aiqyn: Aiqyn, *arguments: str, code: int = 0) -> Json:
    (found,) = aiqyn.json("ingest", "--json", *arguments, code=code)
    assert isinstance(found, dict)
    return found


def test_ingest_counts_and_repeats_change_nothing(aiqyn: Aiqyn, story: list[Json]) -> None:
    events = aiqyn.write("events.jsonl", story)
    first = report(aiqyn, events)
    assert list(first) == ["accepted", "duplicate", "conflict", "rejected", "quality", "alerts"]
    assert (first["accepted"], first["duplicate"]) == (3, 0)
    assert first["alerts"] == {"raised": 1, "updated": 0, "withdrawn": 0}
    alerts = aiqyn("alerts", "--format", "jsonl", "--all").stdout
    again = report(aiqyn, events)
    assert (again["accepted"], again["duplicate"]) == (0, 3)
    assert again["alerts"] == {"raised": 0, "updated": 0, "withdrawn": 0}
    assert aiqyn("alerts", "--format", "jsonl", "--all").stdout == alerts


def test_refused_records_are_2_and_named_and_stop_nothing(
    aiqyn: Aiqyn, story: list[Json], event: Callable[..., Json]
) -> None:
    conflict = story[0] | {"time": "2024-05-02T00:00:00Z"}
    unknown = event("official.horoscope", "h-1", {})
    events = aiqyn.write("events.jsonl", [story[0], conflict, unknown, *story[1:]])
    run = aiqyn("ingest", "--json", events, code=2)
    found = json.loads(run.stdout)
    assert (found["accepted"], found["conflict"], found["rejected"]) == (3, 1, 1)
    said = run.stderr.decode()
    assert "events.jsonl:2: conflict: event.conflict" in said
    assert "events.jsonl:3: rejected: event.unknownType at /type" in said
    with sqlite3.connect(aiqyn.folder / "aiqyn.db") as connection:
        kept = connection.execute("SELECT status, event_id, raw FROM quarantine ORDER BY id").fetchall()
    connection.close()
    assert [(status, name) for status, name, _ in kept] == [("conflict", "post-1"), ("rejected", "h-1")]
    assert json.loads(kept[1][2]) == unknown


def test_events_come_from_pipes_and_compressed_files(aiqyn: Aiqyn, story: list[Json]) -> None:
    lines = [json.dumps(event).encode() for event in story]
    (aiqyn.folder / "one.jsonl.gz").write_bytes(gzip.compress(lines[0]))
    run = aiqyn("ingest", "one.jsonl.gz", "-", "--json", stdin=b"\n".join(lines[1:]))
    assert json.loads(run.stdout)["accepted"] == 3


def test_the_order_of_events_does_not_change_the_alerts(aiqyn: Aiqyn, story: list[Json]) -> None:
    history = {"revision", "raisedAt", "updatedAt", "retroactive"}
    seen: list[Json] = []
    for name, events in (("a", story), ("b", story[::-1])):
        url = f"sqlite:///{name}.db"
        aiqyn("ingest", aiqyn.write(f"{name}.jsonl", events), "--db", url)
        (alert,) = aiqyn.json("alerts", "--format", "jsonl", "--db", url)
        seen.append(_without_arrival(alert, history))
    assert seen[0] == seen[1]


def _without_arrival(value: Any, members: set[str]) -> Any:
    if isinstance(value, dict):
        left = members | {"recordedAt"}
        return {name: _without_arrival(item, members) for name, item in value.items() if name not in left}
    return [_without_arrival(item, members) for item in value] if isinstance(value, list) else value


@pytest.fixture
def told(aiqyn: Aiqyn, story: list[Json]) -> Aiqyn:
    """The story is in the database."""
    aiqyn("ingest", aiqyn.write("events.jsonl", story))
    return aiqyn


def test_alerts_whole(told: Aiqyn) -> None:
    (alert,) = told.json("alerts", "--format", "jsonl")
    assert (alert["rule"], alert["ocid"], alert["buyer"]) == ("COI-02", OCID, BUYER)
    assert (alert["companies"], alert["persons"]) == ([SUPPLIER], [OFFICIAL])
    assert (alert["reviewStatus"], alert["disposition"]) == ("open", None)
    assert alert["amount"] == {"amount": "1000.5", "currency": "KZT"}
    assert told.json("alerts", "--json") == [alert]


def test_alerts_as_csv_say_the_same_as_json(told: Aiqyn) -> None:
    (alert,) = told.json("alerts", "--format", "jsonl")
    run = told("alerts", "--format", "csv")
    assert run.stdout.count(b"\r\n") == 2
    (row,) = csv.DictReader(io.StringIO(run.stdout.decode(), newline=""))
    assert len(row) == len(alert)
    for name, value in alert.items():
        cell = row["".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)]
        if isinstance(value, (list, dict)):
            assert json.loads(cell) == value
        elif isinstance(value, bool):
            assert cell == str(value).lower()
        else:
            assert cell == ("" if value is None else str(value))


def test_alerts_as_a_table_cut_nothing(told: Aiqyn) -> None:
    (alert,) = told.json("alerts", "--format", "jsonl")
    table = told("alerts").stdout.decode()
    for cell in (alert["id"], OCID, BUYER, SUPPLIER, OFFICIAL, "COI-02"):
        assert cell in table


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--rule", "COI-02"], 1),
        (["--rule", "COI-01"], 0),
        (["--rule", "COI-01", "--rule", "COI-02"], 1),
        (["--severity", "info"], 0),
        (["--ocid", OCID], 1),
        (["--ocid", OCID + "0"], 0),
        (["--entity", OFFICIAL], 1),
        (["--entity", SUPPLIER, "--rule", "COI-01"], 0),
        (["--valid-at", "2024-03-01"], 1),
        (["--valid-at", "2024-04-10"], 1),
        (["--valid-at", "2024-04-11"], 0),
        (["--known-at", "2024-05-01"], 0),
        (["--known-at", "2999-01-01T00:00:00Z"], 1),
        (["--min-amount", "1000.5"], 1),
        (["--min-amount", "1000.51"], 0),
        (["--from", "2024-01-01", "--to", "2999-01-01"], 1),
        (["--to", "2024-01-01"], 0),
        (["--review-status", "closed"], 0),
        (["--managed"], 0),
    ],
)
def test_alerts_are_filtered(told: Aiqyn, options: list[str], found: int) -> None:
    assert len(told.json("alerts", "--format", "jsonl", *options)) == found


def test_a_retracted_fact_withdraws_and_the_past_stays(told: Aiqyn, event: Callable[..., Json]) -> None:
    (before,) = told.json("alerts", "--format", "jsonl")
    retraction = event(
        "record.retracted",
        "retraction-1",
        {"target": {"source": "/registers", "id": "post-1"}, "reason": "error"},
    )
    counts = report(told, told.write("later.jsonl", [retraction]))
    assert counts["alerts"] == {"raised": 0, "updated": 0, "withdrawn": 1}
    assert told.json("alerts", "--format", "jsonl") == []
    (gone,) = told.json("alerts", "--format", "jsonl", "--all")
    assert (gone["dataState"], gone["withdrawnReason"]) == ("withdrawn", "retracted")
    assert told.json("alerts", "--format", "jsonl", "--known-at", before["updatedAt"]) == [before]


def test_a_replay_prints_what_alerts_print(told: Aiqyn, event: Callable[..., Json]) -> None:
    (before,) = told.json("alerts", "--format", "jsonl")
    retraction = event(
        "record.retracted", "r", {"target": {"source": "/registers", "id": "director-1"}, "reason": "error"}
    )
    told("ingest", told.write("later.jsonl", [retraction]))
    stored = told("alerts", "--format", "jsonl", "--all").stdout
    assert b"withdrawn" in stored
    assert told("replay").stdout == stored
    assert told("replay", "--known-at", before["updatedAt"]).stdout == (
        told("alerts", "--format", "jsonl", "--all", "--known-at", before["updatedAt"]).stdout
    )
    assert json.loads(told("replay", "--known-at", before["updatedAt"]).stdout) == before


def test_names_that_strangers_wrote_are_shown_and_not_obeyed(aiqyn: Aiqyn, event: Callable[..., Json]) -> None:
    target = {"target": {"source": "/registers", "id": "post-1"}, "reason": "\x1b[31mred[bold]\u202e"}
    hostile = event("record.retracted", "h", target)
    run = aiqyn("ingest", aiqyn.write("events.jsonl", [hostile]), code=2)
    shown = (run.stdout + run.stderr).decode()
    assert "[bold]" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_validate_judges_and_changes_nothing(aiqyn: Aiqyn, story: list[Json], event: Callable[..., Json]) -> None:
    broken = event("official.occupancy", "post-2", {"person": {}})
    events = aiqyn.write("events.jsonl", [*story, story[0], broken])
    records = aiqyn.json("validate", "--json", events, code=2)
    assert [record["index"] for record in records] == [0, 1, 2, 3, 4]
    assert [record["status"] for record in records] == [
        "accepted",
        "accepted",
        "accepted",
        "duplicate",
        "rejected",
    ]
    assert [record["conforms"] for record in records[:3]] == [None, None, True]
    assert all(record["alerts"] == [] for record in records)
    assert {error["code"] for error in records[4]["errors"]} <= {"field.missing", "field.invalid"}
    assert all(error["doc"] == f"/errors/{error['code']}" for error in records[4]["errors"])
    assert sorted(file.name for file in aiqyn.folder.iterdir()) == ["events.jsonl"]


def test_validate_knows_what_the_database_holds(told: Aiqyn, story: list[Json]) -> None:
    changed = story[0] | {"time": "2024-06-01T00:00:00Z"}
    events = told.write("again.jsonl", [story[1], changed])
    records = told.json("validate", "--json", events, code=2)
    assert [record["status"] for record in records] == ["duplicate", "conflict"]
    assert report(told, "events.jsonl")["duplicate"] == 3


def test_ownership_of_a_company(aiqyn: Aiqyn) -> None:
    records: list[tuple[str, str, Json]] = [
        (
            "company-1",
            "entity",
            {
                "entityType": {"type": "registeredEntity"},
                "name": "Ойдан ЖШС",
                "identifiers": [{"scheme": "XX-REG", "id": "s1"}],
            },
        ),
        (
            "person-1",
            "person",
            {"personType": "knownPerson", "identifiers": [{"scheme": "XX-PER", "id": "o1"}]},
        ),
        (
            "link-1",
            "relationship",
            {
                "subject": "company-1",
                "interestedParty": "person-1",
                "interests": [{"type": "shareholding", "share": {"exact": 62.5}}],
            },
        ),
    ]
    statements = [
        {
            "statementId": f"statement-{number:0>32}",
            "declarationSubject": "company-1",
            "recordId": record,
            "recordType": kind,
            "recordStatus": "new",
            "statementDate": "2024-01-01",
            "publicationDetails": {"publicationDate": "2024-01-01", "bodsVersion": "0.4"},
            "recordDetails": details | {"isComponent": False},
        }
        for number, (record, kind, details) in enumerate(records)
    ]
    (aiqyn.folder / "statements.json").write_text(json.dumps(statements))
    aiqyn("ingest", "statements.json", "--source", "/register")
    (found,) = aiqyn.json("ownership", SUPPLIER, "--at", "2024-03-01", "--format", "json")
    assert found == {
        "company": SUPPLIER,
        "at": "2024-03-01",
        "holders": [
            {
                "holder": OFFICIAL,
                "kind": "person",
                "ownership": ["0.625000000000", "0.625000000000"],
                "votes": ["0.625000000000", "0.625000000000"],
                "control": "certain",
            }
        ],
        "issues": [],
    }
    assert "62.5" in aiqyn("ownership", SUPPLIER).stdout.decode()
    assert "XX-REG:unheard-of-1" in aiqyn("ownership", "XX-REG:unheard-of-1", code=1).stderr.decode()


def test_an_alert_is_explained(told: Aiqyn, event: Callable[..., Json]) -> None:
    (alert,) = told.json("alerts", "--format", "jsonl")
    (found,) = told.json("explain", alert["id"], "--format", "json")
    assert (found["alert"], found["rule"], found["paths"]) == (alert["id"], "COI-02", alert["paths"])
    assert {"conditions", "decisive", "knownSince", "knownOnAward", "sentence"} <= found.keys()
    decisive = {(name["source"], name["id"]) for name in found["decisive"]}
    assert {("/registers", "post-1"), ("/registers", "director-1")} <= decisive
    text = told("explain", alert["id"][:13]).stdout.decode()
    assert found["sentence"] in text
    assert "post-1" in text
    # Retracting a decisive event alone does withdraw it, and a withdrawn alert is explained too.
    target = {"target": {"source": "/registers", "id": "director-1"}, "reason": "court"}
    told("ingest", told.write("later.jsonl", [event("record.retracted", "r", target)]))
    (gone,) = told.json("explain", alert["id"], "--json")
    assert gone["paths"] == alert["paths"]
    assert "nonsense" in told("explain", "nonsense", code=1).stderr.decode()


def test_identifiers_are_judged(aiqyn: Aiqyn) -> None:
    good, short, none = aiqyn.json("id", "KZ-BIN:990340005977", "KZ-BIN:90340005977", "nonsense")
    assert list(good) == ["scheme", "id", "valid", "kind", "why"]
    assert (good["valid"], good["kind"]) == (True, "company")
    assert (short["valid"], short["kind"]) == (False, None)
    assert none["valid"] is False


def test_rules_are_listed(aiqyn: Aiqyn) -> None:
    found = aiqyn.json("rules", "list", "--json")
    assert {"COI-01", "COI-02"} <= {rule["id"] for rule in found}
    table = aiqyn("rules", "list").stdout.decode()
    assert all(rule["title"] in table for rule in found)
    page = aiqyn("rules", "show", "coi-02").stdout.decode()
    assert page.startswith("# COI-02")
    assert b"'cy'" in aiqyn("rules", "show", "COI-02", "--lang", "cy", code=64).stderr


def test_pages_of_rules_are_written_and_checked(aiqyn: Aiqyn) -> None:
    assert b"README.md is stale" in aiqyn("rules", "docs", "--out", "pages", "--check", code=1).stderr
    aiqyn("rules", "docs", "--out", "pages")
    aiqyn("rules", "docs", "--out", "pages", "--check")
    (aiqyn.folder / "pages" / "COI-01.md").write_text("changed")
    (aiqyn.folder / "pages" / "COI-99.md").write_text("of no rule")
    said = aiqyn("rules", "docs", "--out", "pages", "--check", code=1).stderr.decode()
    assert "COI-01.md" in said
    assert "COI-99.md" in said


def test_a_database_is_upgraded_once(aiqyn: Aiqyn) -> None:
    assert aiqyn("db", "upgrade").stdout.startswith(b"upgraded")
    assert aiqyn("db", "upgrade").stdout.startswith(b"already")
    assert aiqyn.json("alerts", "--format", "jsonl") == []


def test_a_signal_stops_ingest_well(aiqyn: Aiqyn, story: list[Json]) -> None:
    process = aiqyn.start("ingest", "-", "--json")
    aiqyn.wait_for_engine(process)
    assert process.stdin is not None
    process.stdin.write(json.dumps(story[0]).encode() + b"\n")
    process.stdin.flush()
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 0, stderr.decode()
    assert b"again" in stderr
    assert json.loads(stdout)["accepted"] == 0
    assert report(aiqyn, aiqyn.write("events.jsonl", story))["accepted"] == 3


def test_the_demo_finds_what_was_planted(aiqyn: Aiqyn) -> None:
    for _ in range(2):
        *_, found = aiqyn.json("demo", "--size", "300", "--no-serve", "--json")
        assert (found["size"], found["seed"], found["missed"], found["false"]) == (300, 1, 0, 0)
        assert found["planted"] == found["found"] > 0
    assert (aiqyn.folder / "aiqyn-demo.db").is_file()
    assert not (aiqyn.folder / "aiqyn.db").exists()


def test_the_demo_leaves_other_databases_alone(told: Aiqyn) -> None:
    run = told("demo", "--size", "300", "--db", "sqlite:///aiqyn.db", code=1)
    assert "no demo" in run.stderr.decode()
    assert len(told.json("alerts", "--format", "jsonl", "--all")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("alerts", "--rule", "COI-99"), "there is no rule 'COI-99'; there are BEN-01, COI-01"),
        (("export", "alerts", "--out", "x", "--rule", "COI-99"), "there is no rule 'COI-99'"),
        (("export", "alerts", "--out", "x", "--severity", "grave"), "'grave' is not one of 'critical'"),
        (("export", "links", "--out", "x", "--kind", "likes"), "links have no kind 'likes'; there are holdsPost"),
        (("export", "alerts", "--out", "x", "--kind", "owns"), "it is for entities and links"),
        (("ingest", "events.jsonl", "--source", "my register"), "a URI or URI reference is wanted, not 'my register'"),
        (("key", "add", "u", "--source", "my register"), "a URI or URI reference is wanted, not 'my register'"),
    ],
)
def test_a_word_outside_a_closed_set_is_refused_by_name(
    aiqyn: Aiqyn, story: list[Json], arguments: tuple[str, ...], said: str
) -> None:
    report(aiqyn, aiqyn.write("events.jsonl", story))
    assert said in aiqyn(*arguments, code=64).stderr.decode()


def test_rules_are_named_in_either_case(aiqyn: Aiqyn, story: list[Json]) -> None:
    report(aiqyn, aiqyn.write("events.jsonl", story))
    assert len(aiqyn.json("alerts", "--rule", "coi-02", "--json")) == 1


def test_a_process_is_explained_rule_by_rule(aiqyn: Aiqyn, story: list[Json]) -> None:
    report(aiqyn, aiqyn.write("events.jsonl", story))
    (found,) = aiqyn.json("explain", OCID, "--json")
    assert (found["ocid"], found["allocation"], found["cancelled"]) == (OCID, None, False)
    by_rule = {each["rule"]: each for each in found["rules"]}
    assert by_rule["COI-02"]["result"] == "triggered"
    assert by_rule["COI-02"]["alerts"] == [alert["id"] for alert in aiqyn.json("alerts", "--json")]
    assert by_rule["COI-01"]["missing"] == [{"fact": "ownership.statement", "about": SUPPLIER}]
    said = aiqyn("explain", OCID).stdout.decode()
    assert f"COI-01 Direct interest: insufficient data (owners: {SUPPLIER})" in said
    assert "no process or allocation" in aiqyn("explain", "ocds-none", code=1).stderr.decode()


def test_backtest_shows_what_other_parameters_would_change(aiqyn: Aiqyn, story: list[Json]) -> None:
    report(aiqyn, aiqyn.write("events.jsonl", story))
    before = aiqyn("alerts", "--format", "jsonl", "--all").stdout
    assert aiqyn.json("rules", "backtest", "--json") == []
    assert aiqyn.json("rules", "backtest", "--profile", "eu", "--json") == []
    disclose = f'OWN-08.must_disclose=["{SUPPLIER.partition(":")[0]}"]'
    found = aiqyn.json("rules", "backtest", "--set", disclose, "--json")
    assert [(each["change"], each["alert"]["rule"], each["alert"]["company"]) for each in found] == [
        ("added", "OWN-08", SUPPLIER)
    ]
    assert aiqyn.json("rules", "backtest", "--set", disclose, "--rule", "COI-02", "--json") == []
    assert b"1 added, 0 removed, 0 changed" in aiqyn("rules", "backtest", "--set", disclose).stderr
    assert aiqyn("alerts", "--format", "jsonl", "--all").stdout == before
    for wrong in ("COI-99.x=1", "COI-02.x=1", "COI-04", "COI-04.min_share=five"):
        assert "--set" in aiqyn("rules", "backtest", "--set", wrong, code=64).stderr.decode()
