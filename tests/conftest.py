"""What every test may lean on: the shared material, a database of its own, no settings of the person's shell.

A test that does not run is named at the end of the session; with ``CI=true`` or ``AIQYN_CI_NO_SKIP=1`` it
fails the session, and so does shared material that is not there.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.kafka import Kafka
from servers.kafka import kafka as kafka_cluster
from servers.missing import Missing
from servers.postgres import Postgres
from servers.postgres import postgres as postgres_server

ROOT = Path(__file__).parents[1]

# Taken out of the environment: a developer's database or keys must not reach a test, and the commands under
# test refuse variables that they do not know.
# A process beside (pytest-xdist) inherits what is left, so it gets what was taken under another name.
_KEPT = "TESTS_SETTINGS"
_SETTINGS: dict[str, str] = json.loads(os.environ.get(_KEPT, "{}"))
_SETTINGS |= {name: os.environ.pop(name) for name in sorted(os.environ) if name.startswith("AIQYN_")}
os.environ[_KEPT] = json.dumps(_SETTINGS)
_COMPLETE = os.environ.get("CI") == "true" or _SETTINGS.get("AIQYN_CI_NO_SKIP") == "1"
_SHARED = Path(_SETTINGS.get("AIQYN_SHARED", ROOT.parent / "shared")).resolve()


class SkippedTests:
    """Names the tests that did not run; where ``forbidden``, a session that had any fails."""

    def __init__(self, forbidden: bool) -> None:
        self.forbidden = forbidden
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A test expected to fail did run, though pytest files it under "skipped".
        if report.skipped and not hasattr(report, "wasxfail"):
            self._keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._keep(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.forbidden and self.reasons and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.reasons:
            return
        what = "NOT RUN, WHICH IS FORBIDDEN HERE" if self.forbidden else "NOT RUN"
        terminalreporter.write_sep("=", what, red=self.forbidden, yellow=not self.forbidden, bold=True)
        for test, reason in self.reasons.items():
            terminalreporter.write_line(f"{test}: {reason}")

    def _keep(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        where = report.longrepr
        self.reasons[report.nodeid] = where[2] if isinstance(where, tuple) else str(where)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(SkippedTests(forbidden=_COMPLETE))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material: ``AIQYN_SHARED``, else ``shared`` beside the repository."""
    if not _SHARED.is_dir():
        missing = f"the shared material is not at {_SHARED}; name its folder in AIQYN_SHARED"
        if _COMPLETE:
            pytest.fail(missing)
        pytest.skip(missing)
    return _SHARED


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The URL of an SQLite database that does not exist yet, in a folder of this test alone."""
    return f"sqlite:///{tmp_path / 'aiqyn.db'}"


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """A Kafka broker for the whole session: it may not be stopped or spoilt. Topics are the test's own.

    ``AIQYN_TEST_KAFKA`` names another version, as in 3.9.
    """
    try:
        with kafka_cluster(version=_SETTINGS.get("AIQYN_TEST_KAFKA")) as running:
            yield running
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the whole session: it may not be stopped or spoilt."""
    try:
        with postgres_server() as running:
            yield running
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a new PostgreSQL database without tables, dropped after the test."""
    url = postgres.database()
    yield url
    postgres.drop(url)
