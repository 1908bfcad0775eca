"""The lock of workers: many of one group, none beside another group or an embedded engine."""

import pytest

from aiqyn.services import settings as settings_of
from aiqyn.services.settings import Settings
from aiqyn.services.store.errors import EngineRunning
from aiqyn.services.store.opening import open_to_work, open_to_write


@pytest.fixture
def ours(migrated_url: str, tmp_path: object) -> Settings:
    return settings_of.read({"AIQYN_KEYS_DIR": f"{tmp_path}/keys"}, migrated_url)


@pytest.fixture
def another(migrated_url: str, tmp_path: object) -> Settings:
    return settings_of.read({"AIQYN_KEYS_DIR": f"{tmp_path}/keys", "AIQYN_GROUP": "another"}, migrated_url)


def test_workers_of_one_group_share_a_database(ours: Settings) -> None:
    with open_to_work(ours, "worker one") as (_, first), open_to_work(ours, "worker two") as (_, second):
        first.keep()
        second.keep()
        with pytest.raises(EngineRunning, match="`worker "), open_to_write(ours, "ingest"):
            pass
    with open_to_write(ours, "ingest"):
        pass


def test_another_group_is_refused(ours: Settings, another: Settings) -> None:
    with open_to_work(ours, "worker one"):
        with pytest.raises(EngineRunning, match="`worker one`"), open_to_work(another, "worker two"):
            pass
        # the one that was refused holds nothing
        with open_to_work(ours, "worker three"):
            pass
    with open_to_work(another, "worker two"):
        pass


def test_workers_are_refused_beside_an_embedded_engine(ours: Settings) -> None:
    with (
        open_to_write(ours, "serve"),
        pytest.raises(EngineRunning, match="`serve`"),
        open_to_work(ours, "worker"),
    ):
        pass
