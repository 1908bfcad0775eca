"""Every command has the options that the contract names, with their defaults, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from aiqyn.services.cli import application
from tests.services.cli.conftest import Aiqyn

SAME = ("--db", "--profile")
CONTRACT: dict[str, dict[str, Any]] = {
    "demo": {"--size": 2000, "--no-serve": None, "--serve": None, "--seed": 1, "--json": False},
    "ingest": {"--format": "auto", "--source": None, "--json": False},
    "alerts": {
        "--rule": None, "--severity": None, "--ocid": None, "--entity": None, "--all": False, "--valid-at": None,
        "--known-at": None, "--format": "table",
    },
    "explain": {"--format": "text"},
    "ownership": {"--at": None, "--format": "table", "--all": False},
    "match": {"--explain": False},
    "id": {},
    "replay": {"--known-at": None},
    "rules list": {},
    "rules show": {},
    "rules docs": {},
    "rules backtest": {},
    "indicators": {},
    "validate": {"--json": False, "--source": None},
    "publish": {"--bootstrap": None, "--url": None, "--json": False, "--source": None},
    "worker": {"--runner": "faust", "--only": None, "--health-port": None},
    "serve": {"--host": None, "--port": None},
    "db upgrade": {},
    "topics create": {"--partitions": 12, "--replication-factor": None},
    "topics check": {},
    "user add": {
        "--role": None, "--person": None, "--email": None, "--password-stdin": False, "--no-password": False,
        "--json": False,
    },
    "user list": {},
    "user disable": {},
    "user password": {},
    "key add": {"--scope": None, "--source": None, "--expires": None, "--json": False},
    "key list": {},
    "key rotate": {"--overlap": "24h"},
    "key revoke": {},
    "reconcile": {"--from": None, "--to": None, "--wait": 0, "--json": False},
    "retention": {},
    "canary": {"--timeout": 30.0, "--json": False},
    "quarantine list": {"--json": False},
    "quarantine show": {},
    "quarantine replay": {"--all": False},
    "identity review": {},
    "identity decide": {"--by": None, "--reason": None},
    "identity explain": {},
    "identity undo": {},
    "export": {"--format": "jsonl", "--out": None},
    "log verify": {"--since": None, "--json": False},
    "log checkpoint": {},
    "log key": {},
    "dossier": {"--out": None},
    "verify-dossier": {"--key": None, "--json": False},
}  # fmt: skip
"""By command: its options and their defaults (None: none)."""
NOT_YET = {"match", "indicators"}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, below in inner.items():
        yield from leaves(below, (*path, name))


COMMANDS = dict(leaves(get_command(application())))


def test_the_commands_are_those_of_the_contract() -> None:
    assert CONTRACT.keys() - COMMANDS.keys() <= NOT_YET
    assert COMMANDS.keys() - CONTRACT.keys() == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_the_options_of_the_contract(name: str) -> None:
    found = {option: parameter for parameter in COMMANDS[name].params for option in
             (*parameter.opts, *parameter.secondary_opts)}  # fmt: skip
    wanted = CONTRACT[name]
    assert wanted.keys() <= found.keys()
    for option, default in wanted.items():
        got = found[option].default
        assert got in (None, (), []) if default is None else got == default, (option, got)
    if name != "verify-dossier":  # it needs no database
        assert set(SAME) <= found.keys()
        assert all(found[option].default is None for option in SAME)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_each_option_and_a_wrong_one_is_64(name: str, aiqyn: Aiqyn) -> None:
    said = aiqyn(*name.split(), "--help").stdout.decode()
    for option in (*CONTRACT[name], *(SAME if name != "verify-dossier" else ())):
        assert option in said
    assert "--nonsense" in aiqyn(*name.split(), "--nonsense", code=64).stderr.decode()
    assert list(aiqyn.folder.iterdir()) == []
