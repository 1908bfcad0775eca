"""Tables come from the migrations alone, and the migrations give the tables that the code states."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from aiqyn.services.store import reads, upgrade
from aiqyn.services.store.database import connect, reading, writing
from aiqyn.services.store.errors import NoDatabase, SchemaOutdated
from aiqyn.services.store.tables import metadata


def test_migrations_give_the_tables_of_the_code(database_url: str) -> None:
    engine = connect(database_url, create=True)
    assert upgrade.upgrade(engine) is True
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "aiqyn.services.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [upgrade.HEAD]


def test_an_upgrade_of_the_newest_does_nothing(database_url: str) -> None:
    engine = connect(database_url, create=True)
    upgrade.upgrade(engine)
    name = reads.described(engine)["id"]
    assert upgrade.upgrade(engine) is False
    upgrade.require(engine)
    assert reads.described(engine) == {"id": name}
    engine.dispose()


def test_tables_of_a_newer_version_are_refused(database_url: str) -> None:
    engine = connect(database_url, create=True)
    upgrade.upgrade(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for action in (upgrade.require, upgrade.upgrade):
        with pytest.raises(SchemaOutdated, match="9999"):
            action(engine)
    engine.dispose()


def test_a_reading_command_makes_no_database(tmp_path: Path) -> None:
    file = tmp_path / "mistyped.db"
    with pytest.raises(NoDatabase, match=r"mistyped\.db"):
        connect(f"sqlite:///{file}", create=False)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_make_the_same_database(database_url: str) -> None:
    program = (
        "import sys; from aiqyn.services.store import upgrade; "
        "from aiqyn.services.store.database import connect; "
        "sys.stdin.readline(); print(upgrade.upgrade(connect(sys.argv[1], create=True)))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [process.communicate("go\n", timeout=60) for process in processes]
    assert sorted(out.strip() for out, _ in answers) == ["False", "False", "True"], answers


def test_an_sqlite_database_is_migrated_when_it_is_needed(sqlite_url: str) -> None:
    engine = connect(sqlite_url, create=True)
    upgrade.require(engine)
    with reading(engine) as connection:
        assert upgrade.version(connection) == upgrade.HEAD
    engine.dispose()


def test_a_postgresql_database_waits_for_its_upgrade(postgres_url: str) -> None:
    engine = connect(postgres_url, create=True)
    with pytest.raises(SchemaOutdated, match=r"has no tables; run `aiqyn db upgrade`"):
        upgrade.require(engine)
    upgrade.upgrade(engine)
    upgrade.require(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaOutdated, match=r"revision 0001, not .*run `aiqyn db upgrade`"):
        upgrade.require(engine)
    engine.dispose()


def test_every_text_is_compared_by_code_point(postgres_url: str) -> None:
    engine = connect(postgres_url, create=True)
    upgrade.upgrade(engine)
    with reading(engine) as connection:
        found = connection.exec_driver_sql(
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text'"
        ).all()
    assert [name for (name,) in found] == ["C"]
    engine.dispose()


def test_an_sqlite_commit_is_on_the_disk(sqlite_url: str) -> None:
    engine = connect(sqlite_url, create=True)
    with reading(engine) as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]
    engine.dispose()
