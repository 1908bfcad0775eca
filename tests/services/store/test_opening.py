"""One engine a database; its profile and its keys stay what they were when it was made."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aiqyn.services import settings as settings_of
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import EngineRunning, ForeignKeys, NoDatabase, WrongProfile
from aiqyn.services.store.opening import open_to_read, open_to_write

HOLD = """
import os, sys
from aiqyn.services import settings
from aiqyn.services.store.opening import open_to_write
with open_to_write(settings.read({}, sys.argv[1]), "aiqyn serve"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys beside no file stand in the working folder: it is the test's own."""
    monkeypatch.chdir(tmp_path)


def settings(url: str, **environ: str) -> Settings:
    return settings_of.read(environ, url)


def test_a_new_database_is_generic_and_keeps_its_namespace(migrated_url: str) -> None:
    with open_to_write(settings(migrated_url), "test") as database:
        assert database.profile == "generic"
        namespace = database.alert_namespace()
    with open_to_read(settings(migrated_url)) as database:
        assert (database.profile, database.alert_namespace()) == ("generic", namespace)


def test_writing_under_another_profile_is_refused(migrated_url: str) -> None:
    with open_to_write(settings(migrated_url, AIQYN_PROFILE="kz"), "test") as database:
        assert database.profile == "kz"
    with open_to_write(settings(migrated_url), "test") as database:
        assert database.profile == "kz"
    other = settings(migrated_url, AIQYN_PROFILE="generic")
    with pytest.raises(WrongProfile, match="'kz', not 'generic'"), open_to_write(other, "test"):
        pass


def test_other_keys_or_none_are_refused(migrated_url: str, tmp_path: Path) -> None:
    with open_to_write(settings(migrated_url), "test"):
        pass
    elsewhere = settings(migrated_url, AIQYN_KEYS_DIR=str(tmp_path / "other"))
    for opening in (open_to_read(elsewhere), open_to_write(elsewhere, "test")):
        with pytest.raises(ForeignKeys, match="AIQYN_KEYS_DIR"), opening:
            pass
    assert not (tmp_path / "other").exists()


def test_databases_may_share_their_keys(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys")
    namespaces = set()
    for name in ("a.db", "b.db"):
        wanted = settings(f"sqlite:///{tmp_path / name}", AIQYN_KEYS_DIR=keys)
        with open_to_write(wanted, "test") as database:
            namespaces.add(database.alert_namespace())
    assert len(namespaces) == 1


def test_reading_needs_a_database(sqlite_url: str) -> None:
    with pytest.raises(NoDatabase), open_to_read(settings(sqlite_url)):
        pass


def test_a_second_engine_is_refused_and_the_first_named(migrated_url: str) -> None:
    first = hold(migrated_url)
    try:
        with pytest.raises(EngineRunning) as refused, open_to_write(settings(migrated_url), "test"):
            pass
        assert "`aiqyn serve`" in str(refused.value)
        assert f"process {first.pid}" in str(refused.value)
        with open_to_read(settings(migrated_url)) as database:
            assert database.store.last_seq() == 0
    finally:
        first.communicate("\n", timeout=30)
    with open_to_write(settings(migrated_url), "test"):
        pass


def test_the_lock_dies_with_its_process(migrated_url: str) -> None:
    first = hold(migrated_url)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate(timeout=30)
    with open_to_write(settings(migrated_url), "test"):
        pass


def test_one_process_is_refused_a_second_time_too(migrated_url: str) -> None:
    with open_to_write(settings(migrated_url), "aiqyn ingest"):
        with (
            pytest.raises(EngineRunning, match="aiqyn ingest"),
            open_to_write(settings(migrated_url), "test"),
        ):
            pass
        # Being refused must not have let the first one's lock go.
        with pytest.raises(EngineRunning), open_to_write(settings(migrated_url), "test"):
            pass


def hold(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process
