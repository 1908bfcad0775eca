"""The compose file: what it promises to whoever runs it, and that its commands and settings exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from aiqyn.services.cli import COMMANDS, GROUPS
from aiqyn.services.settings import VARIABLES

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service.get("image") == "aiqyn:local"]


def test_the_file_is_as_the_compose_specification_wants_it() -> None:
    read = PyCompose.from_json(json.dumps(COMPOSE))
    read.validate()
    assert set(read.service_names()) == SERVICES.keys()
    mistyped = json.loads(json.dumps(COMPOSE))
    mistyped["services"]["api"]["healthchek"] = mistyped["services"]["api"].pop("healthcheck")
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_json(json.dumps(mistyped))


def test_everything_that_the_product_needs_is_there() -> None:
    assert {"kafka", "postgres", "migrate", "topics", "api"} < SERVICES.keys()
    assert sum(service.get("command") == ["worker"] for service in SERVICES.values()) == 2


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_listens_beyond_loopback_or_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert service["user"] not in ("0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", OURS)
def test_our_processes_use_commands_and_settings_that_exist(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["command"][0] in {*COMMANDS, *GROUPS}
    assert service["environment"].keys() <= VARIABLES.keys()


# Kafka's image writes its configuration when it starts.
@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"kafka"}))
def test_file_systems_are_read_only_but_for_volumes_and_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]
    named = {volume.partition(":")[0] for volume in service["volumes"]}
    assert named <= COMPOSE["volumes"].keys()


@pytest.mark.parametrize("name", ["kafka", "postgres", "api", "worker-1", "worker-2"])
def test_what_stays_up_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_workers_differ_in_their_names() -> None:
    names = [service["environment"].get("AIQYN_INSTANCE_ID") for service in SERVICES.values() if "command" in service]
    kept = [name for name in names if name]
    assert len(kept) == len(set(kept)) == 2


def test_the_dashboard_draws_metrics_that_exist() -> None:
    drawn = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for panel in drawn["panels"]
        for target in panel["targets"]
        for name in re.findall(r"aiqyn_\w+", target["expr"])
    }
    known = set(re.findall(r'"(aiqyn_\w+)"', (ROOT / "services/aiqyn/services/metrics.py").read_text("utf-8")))
    assert asked <= known
