"""The shape of the repository: one namespace in four folders, imports one way, packages pinned."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import aiqyn

ROOT = Path(__file__).parents[1]
PARTS = ("services", "streams", "rules", "schemas")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_TIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
TOOLS = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]]
BUILD = [Requirement(line) for line in PROJECT["build-system"]["requires"]]


def sources() -> list[Path]:
    return sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Top-level names that a source file imports; its own package's relative imports aside."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def pins(lock: str) -> dict[str, str]:
    """Name and version of each package in a lock file."""
    lines = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


def satisfied(need: Requirement, pinned: dict[str, str]) -> bool:
    version = pinned.get(canonicalize_name(need.name))
    return version is not None and need.specifier.contains(version)


def test_aiqyn_is_a_namespace_of_these_four_folders() -> None:
    assert aiqyn.__file__ is None
    assert {Path(place) for place in aiqyn.__path__} == {ROOT / part / "aiqyn" for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_part_is_typed_and_has_no_stray_init(part: str) -> None:
    assert (ROOT / part / "aiqyn" / part / "__init__.py").is_file()
    assert (ROOT / part / "aiqyn" / part / "py.typed").is_file()
    assert not (ROOT / part / "__init__.py").exists()
    assert not (ROOT / part / "aiqyn" / "__init__.py").exists()


def test_imports_go_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_networkx_is_imported_in_the_graph_module_alone() -> None:
    importers = {path.relative_to(ROOT).as_posix() for path in sources() if "networkx" in imported(path)}
    assert {path for path in importers if not path.startswith("streams/aiqyn/streams/graph")} == set()


def test_sources_import_only_declared_packages() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in RUN_TIME}
    packages = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name in imported(path)
        if name not in sys.stdlib_module_names and name != "aiqyn"
        if not declared & {canonicalize_name(package) for package in packages.get(name, [])}
    }
    assert undeclared == set()


@pytest.mark.parametrize(
    ("lock", "required"),
    [("requirements.lock", RUN_TIME + BUILD), ("requirements-dev.lock", RUN_TIME + BUILD + TOOLS)],
)
def test_lock_pins_what_the_project_declares(lock: str, required: list[Requirement]) -> None:
    pinned = pins(lock)
    unmet = [str(need) for need in required if not satisfied(need, pinned)]
    assert unmet == []


def test_tools_run_on_the_versions_of_run_time() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_names_no_address(lock: str) -> None:
    assert re.findall(r".*(?://|--index|--find-links| @ ).*", (ROOT / lock).read_text()) == []
