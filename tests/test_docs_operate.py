"""What the page about operating shows is run, and its tables are those of the code."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from servers.kafka import Kafka

from aiqyn.services import metrics
from aiqyn.services.cli import exits
from aiqyn.services.distributed import runtime
from aiqyn.services.settings import VARIABLES
from tests.journeys.commands import AIQYN, environment
from tests.journeys.working import Site

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
EMBEDDED = (
    "Start, embedded", "Files", "Settings", "What was refused", "Is everything accounted for?", "Backup and restore",
    "Upgrade", "Replay",
)  # fmt: skip
DISTRIBUTED = ("Start, distributed", "The canary")


def section(title: str) -> str:
    found: str = re.split(r"^## ", PAGE.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    return found


def blocks(title: str) -> list[list[tuple[str, str]]]:
    """The console blocks of a section: each command and what it prints."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", section(title), re.M | re.S):
        parts = re.split(r"^\$ ", block, flags=re.M)[1:]
        found.append([(part.partition("\n")[0], part.partition("\n")[2]) for part in parts])
    return found


def run(block: list[tuple[str, str]], folder: Path, environ: dict[str, str]) -> None:
    """The commands of a block in one shell; they print what is shown, and succeed where nothing is shown."""
    script = "".join(f"{command}\nr=$?; printf '\\036%d\\036' $r; (exit $r)\n" for command, _ in block)
    own = {**environment(), **environ, "PATH": f"{AIQYN.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"], cwd=folder, env=own, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, timeout=200,
    )  # fmt: skip
    printed = done.stdout.split("\036")
    for (command, shown), said, code in zip(block, printed[::2], printed[1::2], strict=False):
        if shown:
            pattern = ".*".join(re.escape(piece) for piece in shown.strip().split("..."))
            assert re.fullmatch(pattern, said.strip(), re.S), (command, said)
        else:
            assert code == "0", (command, said)
    assert len(printed) == 2 * len(block) + 1, done.stdout


def test_every_block_is_run() -> None:
    titles = re.findall(r"^## (.*)$", PAGE, re.M)
    shown = [title for title in titles if blocks(title)]
    assert sorted(shown) == sorted((*EMBEDDED, *DISTRIBUTED))


def test_the_embedded_product_does_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    refused = subprocess.run(
        [AIQYN, "ingest", "docs/examples/events.jsonl"], cwd=tmp_path, check=False, capture_output=True,
        env={**environment(), "AIQYN_MAX_EVENT_BYTES": "500"},
    )  # fmt: skip
    assert refused.returncode == 2
    for title in EMBEDDED:
        for block in blocks(title):
            run(block, tmp_path, {})


@pytest.fixture
def here(tmp_path: Path, kafka: Kafka, postgres_url: str) -> Site:
    return Site(
        tmp_path,
        {
            "AIQYN_KAFKA_BOOTSTRAP": kafka.bootstrap,
            "AIQYN_DATABASE_URL": postgres_url,
            "AIQYN_TOPIC_PREFIX": "operated.",
            "AIQYN_KEYS_DIR": str(tmp_path / "keys"),
            "AIQYN_STATE_DIR": str(tmp_path / "state"),
        },
    )


def test_the_distributed_product_does_what_is_shown(here: Site) -> None:
    make, prove = blocks("Start, distributed")
    assert make.pop(0)[0] == ("export AIQYN_DATABASE_URL=postgresql://aiqyn@db/aiqyn AIQYN_KAFKA_BOOTSTRAP=kafka:9092")
    run(make, here.folder, dict(here.environ))
    worker = here.start("--runner", "loop").ready()
    try:
        run(prove, here.folder, dict(here.environ))
        for block in blocks("The canary"):
            run(block, here.folder, dict(here.environ))
        assert worker.stop() == 0
    finally:
        worker.kill()


def rows(title: str) -> list[list[str]]:
    """The cells of the tables of a section, their heads too."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_settings_are_those_of_the_code() -> None:
    shown = {}
    for name, default, *_ in rows("Settings")[2:]:
        (variable, *_options) = re.findall(r"`([^`]*)`", name)
        shown[variable] = default.strip("`")
    assert shown.keys() - {"AIQYN_KAFKA_<NAME>"} == VARIABLES.keys()
    defaults = {variable: default for variable, (default, _) in VARIABLES.items() if default is not None}
    assert {variable: shown[variable] for variable in defaults} == defaults


def test_the_options_that_beat_a_setting_exist() -> None:
    options = dict(re.findall(r"^\| `(AIQYN_\w+)` \(`(--[a-z-]+)`\)", PAGE, re.M))
    assert set(options.values()) == {"--db", "--profile", "--host", "--port", "--health-port"}
    for option in options.values():
        command = "worker" if option == "--health-port" else "serve"
        assert option in subprocess.run([AIQYN, command, "--help"], capture_output=True, text=True, check=True).stdout


def test_the_exit_codes_are_those_of_the_code() -> None:
    shown = [int(code) for code, *_ in rows("Processes")[2:]]
    assert shown == [exits.FINE, exits.FAILED, exits.REFUSED, exits.USAGE, runtime.FATAL, runtime.STALLED]


def test_every_metric_is_explained() -> None:
    assert metrics.BUILD
    shown = set(re.findall(r"`(aiqyn_[a-z_]+)", section("Health and metrics").split("| metric |", 1)[1]))
    known = {family.name for family in REGISTRY.collect() if family.name.startswith("aiqyn_")}
    assert {name.removesuffix("_total") for name in shown} == known


def test_links_within_the_page_lead_somewhere() -> None:
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in
               re.findall(r"^#+ (.*)$", PAGE, re.M)}  # fmt: skip
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= anchors
