"""Exit codes: 0 fine, 1 failed, 2 input was refused, 64 wrong usage or settings; why is on stderr."""

import pytest

from tests.services.cli.conftest import Aiqyn, Json


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "nonsense"),
        (["ingest"], "PATH"),
        (["ingest", "--nonsense", "x"], "--nonsense"),
        (["ingest", "nowhere.json"], "nowhere.json"),
        (["ingest", "."], "folder"),
        (["ingest", "--format", "xml", "-"], "xml"),
        (["alerts", "--severity", "grave"], "grave"),
        (["alerts", "--valid-at", "2024-02-30"], "--valid-at"),
        (["alerts", "--valid-at", "2024"], "--valid-at"),
        (["alerts", "--known-at", "yesterday"], "--known-at"),
        (["alerts", "--min-amount", "NaN"], "--min-amount"),
        (["alerts", "--db", "aiqyn.db"], "--db"),
        (["alerts", "--profile", "atlantis"], "atlantis"),
        (["replay", "--known-at", "2024-13-01"], "--known-at"),
        (["explain"], "ALERT"),
        (["ownership", "XX-REG:s1", "--at", "soon"], "--at"),
        (["rules", "show", "COI-99"], "COI-99"),
        (["rules", "nonsense"], "nonsense"),
        (["demo", "--size", "10"], "--size"),
        (["demo", "--profile", "kz"], "generic"),
    ],
)
def test_wrong_usage_is_64_and_named(aiqyn: Aiqyn, arguments: list[str], named: str) -> None:
    run = aiqyn(*arguments, code=64)
    assert named in run.stderr.decode()
    assert run.stdout == b""
    assert list(aiqyn.folder.iterdir()) == []


def test_accounts_that_can_never_be_are_64(aiqyn: Aiqyn) -> None:
    assert b"king" in aiqyn("user", "add", "aida", "--role", "king", code=64).stderr
    assert b"XX-REG" in aiqyn("user", "add", "aida", "--role", "auditor", "--person", "XX-REG:", code=64).stderr
    aiqyn("user", "add", "aida", "--role", "auditor", "--no-password")
    aiqyn("user", "add", "aida", "--role", "auditor", code=1)
    assert b"approve" in aiqyn("key", "add", "aida", "--scope", "approve", code=64).stderr
    aiqyn("key", "add", "nobody", code=1)


@pytest.mark.parametrize(
    "arguments",
    [["id", "XX-REG:1"], ["rules", "list"], ["alerts"], ["db", "upgrade"], ["validate", "-"], ["demo"]],
)
@pytest.mark.parametrize("setting", [{"AIQYN_DATABASE": "x"}, {"AIQYN_MAX_EVENT_BYTES": "much"}])
def test_wrong_settings_are_64_and_named(aiqyn: Aiqyn, arguments: list[str], setting: dict[str, str]) -> None:
    run = aiqyn(*arguments, code=64, environ=setting)
    assert next(iter(setting)) in run.stderr.decode()
    assert list(aiqyn.folder.iterdir()) == []


@pytest.mark.parametrize("arguments", [["alerts"], ["replay"], ["explain", "x"], ["ownership", "XX-REG:s1"]])
def test_reading_a_database_that_is_not_there_is_1(aiqyn: Aiqyn, arguments: list[str]) -> None:
    run = aiqyn(*arguments, "--db", "sqlite:///mistyped.db", code=1)
    assert "mistyped.db" in run.stderr.decode()
    assert list(aiqyn.folder.iterdir()) == []


def test_another_profile_is_1(aiqyn: Aiqyn, story: list[Json]) -> None:
    events = aiqyn.write("events.jsonl", story)
    aiqyn("ingest", events)
    run = aiqyn("ingest", events, "--profile", "kz", code=1)
    assert "generic" in run.stderr.decode()


def test_a_second_engine_is_1_and_the_first_named(aiqyn: Aiqyn, story: list[Json]) -> None:
    events = aiqyn.write("events.jsonl", story)
    aiqyn("ingest", events)
    first = aiqyn.start("ingest", "-")
    try:
        aiqyn.wait_for_engine(first)
        refused = aiqyn("ingest", events, code=1).stderr.decode()
        assert "`aiqyn ingest`" in refused
        assert f"process {first.pid}" in refused
        assert len(aiqyn.json("alerts", "--format", "jsonl")) == 1
    finally:
        first.communicate(b"", timeout=60)
    assert first.returncode == 0
    aiqyn("ingest", events)


def test_a_reader_that_leaves_is_no_crash(aiqyn: Aiqyn) -> None:
    process = aiqyn.start("id", *[f"XX-REG:{number}" for number in range(9000)])
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(timeout=60)


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["ingest"],
        ["alerts"],
        ["explain"],
        ["ownership"],
        ["replay"],
        ["validate"],
        ["id"],
        ["demo"],
        ["rules"],
        ["rules", "list"],
        ["rules", "show"],
        ["rules", "docs"],
        ["db"],
        ["db", "upgrade"],
    ],
    ids=" ".join,
)
def test_help_teaches(aiqyn: Aiqyn, command: list[str]) -> None:
    help = aiqyn(*command, "--help").stdout.decode()
    assert "Usage: aiqyn" in help
    if command not in ([], ["rules"], ["db"]):
        assert "Example: aiqyn" in help
        assert "--db" in help
        assert "--profile" in help
