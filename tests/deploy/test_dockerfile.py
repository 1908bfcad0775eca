"""The image's steps, done without Docker: what is copied makes a wheel that has everything it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy import image


def copied(folder: Path) -> None:
    """The build folder as the image's first stage has it."""
    let_in = {line[1:] for line in (image.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for step in image.STEPS:
        if step.startswith("COPY ") and "--from" not in step:
            for name in step.split()[1:-1]:
                assert name in let_in, f"{name} is kept out by .dockerignore"
                from_here = image.ROOT / name
                if from_here.is_dir():
                    shutil.copytree(from_here, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(from_here, folder / name)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product installed from a wheel of the copied files, with the build tools that the lock pins."""
    build, target = tmp_path_factory.mktemp("build"), tmp_path_factory.mktemp("installed")
    copied(build)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-cache-dir"]
    subprocess.run([*pip, *options, "--target", target, "."], cwd=build, check=True)
    return target


def aiqyn(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed command, with nothing of the repository in reach."""
    program = f"import sys; sys.path.insert(0, {str(installed)!r}); from aiqyn.services.cli import main; main()"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIQYN_", "PYTHON"))}
    own = {
        name: value.replace(image.HOME, str(folder)) for name, value in image.environment().items()
    }  # as in the image
    # -P: not the folder; the editable install of the repository comes behind the one under test
    command = [sys.executable, "-P", "-c", program, *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **own}, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_installed_command_works(installed: Path, tmp_path: Path) -> None:
    assert "Usage: aiqyn" in aiqyn(installed, tmp_path, "--help").stdout
    where = aiqyn(installed, tmp_path, "demo", "--size", "300", "--no-serve", "--json")
    assert where.returncode == 0, where.stderr
    told = json.loads(where.stdout.splitlines()[-1])
    assert (told["missed"], told["false"]) == (0, 0)
    explained = aiqyn(installed, tmp_path, "rules", "show", "COI-01")
    assert explained.returncode == 0


def test_the_wheel_has_every_file_of_the_packages(installed: Path) -> None:
    packages = [image.ROOT / top / "aiqyn" for top in ("schemas", "rules", "streams", "services")]
    tracked = subprocess.run(["git", "ls-files", *packages], cwd=image.ROOT, capture_output=True, text=True, check=True)
    names = {name.partition("/")[2] for name in tracked.stdout.splitlines()}
    missing = [name for name in names if not (installed / name).is_file()]
    assert len(names) > 300
    assert missing == []


def test_the_image_runs_as_a_user_of_its_own_and_stays_in_its_folder() -> None:
    assert image.last("USER") == "aiqyn"
    assert image.last("WORKDIR") == image.HOME
    assert json.loads(image.last("ENTRYPOINT")) == ["aiqyn"]
    assert json.loads(image.last("CMD")) == ["serve"]
    written = {value for name, value in image.environment().items() if name.endswith("_DIR")}
    assert len(written) == 2
    assert all(path.startswith(image.HOME + "/") for path in written)


def test_the_lock_has_what_the_build_needs() -> None:
    locked = (image.ROOT / "requirements.lock").read_text()
    assert "\nhatchling==" in locked
    assert "--require-hashes --no-deps --only-binary :all: -r requirements.lock" in "\n".join(image.STEPS)
