"""Settings: one frozen value; whatever is unknown or unreadable is named."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from aiqyn.services.settings import VARIABLES, BadSetting, read


def test_defaults_are_those_of_the_contract() -> None:
    settings = read({})
    assert settings.database_url == "sqlite:///aiqyn.db"
    assert settings.profile is None
    assert (settings.max_event_bytes, settings.max_body_bytes, settings.max_records) == (
        1 << 20,
        8 << 20,
        1000,
    )
    assert (settings.keys_dir, settings.state_dir) == (Path(".aiqyn/keys"), Path(".aiqyn/state"))
    assert (settings.source, settings.log_level, settings.log_format) == ("/aiqyn", "info", None)
    with pytest.raises(FrozenInstanceError):
        settings.source = "other"  # type: ignore[misc]  # what is tested


def test_keys_are_beside_the_sqlite_file() -> None:
    assert read({}, "sqlite:////srv/audit/a.db").keys_dir == Path("/srv/audit/.aiqyn/keys")
    assert read({}, "sqlite:///data/a.db").state_dir == Path("data/.aiqyn/state")
    assert read({}, "postgresql://u@h/name").keys_dir == Path(".aiqyn/keys")
    assert read({"AIQYN_KEYS_DIR": "k"}, "sqlite:////srv/a.db").keys_dir == Path("k")


def test_an_option_beats_its_variable() -> None:
    environ = {"AIQYN_DATABASE_URL": "sqlite:///one.db", "AIQYN_PROFILE": "kz"}
    assert read(environ).database_url == "sqlite:///one.db"
    assert read(environ, "sqlite:///two.db", "generic").database_url == "sqlite:///two.db"
    assert read(environ, None, "generic").profile == "generic"
    assert read(environ).profile == "kz"


def test_variables_of_others_and_empty_ones_do_not_count() -> None:
    assert read({"PATH": "/bin", "AIQYN_PROFILE": "", "AIQYN_MAX_RECORDS": ""}) == read({})


@pytest.mark.parametrize("name", ["AIQYN_DATABASE", "AIQYN_", "AIQYN_MAX_EVENT_BYTE", "AIQYN_KAFKA_"])
def test_an_unknown_variable_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({name: "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIQYN_DATABASE_URL", "mysql://u@h/n"),
        ("AIQYN_DATABASE_URL", "aiqyn.db"),
        ("AIQYN_DATABASE_URL", "sqlite:///"),
        ("AIQYN_DATABASE_URL", "sqlite:///:memory:"),
        ("AIQYN_DATABASE_URL", "postgresql://host"),
        ("AIQYN_PROFILE", "atlantis"),
        ("AIQYN_MAX_EVENT_BYTES", "1 MiB"),
        ("AIQYN_MAX_EVENT_BYTES", "0"),
        ("AIQYN_MAX_BODY_BYTES", "-1"),
        ("AIQYN_MAX_RECORDS", "1" * 5000),
        ("AIQYN_PORT", "65536"),
        ("AIQYN_LOG_LEVEL", "loud"),
        ("AIQYN_LOG_FORMAT", "xml"),
        ("AIQYN_DLQ_BRAKE", "2"),
        ("AIQYN_DLQ_BRAKE", "nan"),
        ("AIQYN_WEBHOOK_RETRIES", "5,,7"),
        ("AIQYN_WEBHOOK_ALLOW_PRIVATE", "perhaps"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({name: value})


def test_a_bad_option_is_named() -> None:
    with pytest.raises(BadSetting, match="--db"):
        read({}, "nonsense")
    with pytest.raises(BadSetting, match=r"--profile.*generic"):
        read({}, None, "nonsense")


def test_every_variable_of_the_contract_is_known(shared: Path) -> None:
    text = (shared / "interfaces.md").read_text()
    section = text[text.index("## 1.") : text.index("**Make.**")]
    named = set()
    for row in section.splitlines():
        if row.startswith("| `AIQYN_"):
            cell = row.split("|")[1]
            first = ""
            for word in cell.replace("`", " ").replace(",", " ").split():
                if word.startswith("AIQYN_"):
                    first = word
                    named.add(word)
                elif word.startswith("_"):
                    named.add("_".join(first.split("_")[:2]) + word)
    named.discard("AIQYN_KAFKA_<NAME>")
    assert len(named) > 30
    unknown = named - VARIABLES.keys() - {"AIQYN_KAFKA_BOOTSTRAP"}
    assert unknown == set()
    assert VARIABLES.keys() - named == set()


def test_kafka_settings_of_any_name_are_known() -> None:
    read({"AIQYN_KAFKA_BOOTSTRAP": "h:9092", "AIQYN_KAFKA_SASL_MECHANISM": "PLAIN"})
