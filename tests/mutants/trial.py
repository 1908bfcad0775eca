"""One change on trial: the tests against a copy of the code that holds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

_PARTS = ("schemas", "rules", "streams", "services")


class Verdict(Enum):
    NOTICED = "a test failed"
    UNNOTICED = "every test passed"
    HUNG = "the tests did not end"


@contextmanager
def ground(root: Path) -> Iterator[Path]:
    """A copy of the four folders of code, gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        for part in _PARTS:
            shutil.copytree(root / part, Path(name) / part, ignore=shutil.ignore_patterns("__pycache__"))
        yield Path(name)


def tests_of(root: Path, file: Path) -> list[str]:
    """The tests that are there for a file: a rule's own cases, else the folder of tests that is named like its own."""
    if file.parent.name == "patterns":
        return ["tests/rules/test_cases.py", "-k", f"{file.stem.split('_')[0].upper()[:3]}-{file.stem[3:5]}"]
    inside = Path(*file.parts[3:-1])
    for folder in (inside, *inside.parents):
        here = Path("tests") / file.parts[0] / folder
        own = here / f"test_{file.name}"
        if (root / own).exists():
            return [str(own)]
        if (root / here).is_dir():
            return [str(here)]
    return ["tests"]


def trial(copy: Path, file: Path, text: str | None, arguments: Sequence[str], seconds: float) -> Verdict:
    """The tests against the copy, `file` holding `text` meanwhile (None: as it is)."""
    target = copy / file
    before = target.read_text(encoding="utf-8")
    if text is not None:
        target.write_text(text, encoding="utf-8")
    try:
        return _run(copy, arguments, seconds)
    finally:
        target.write_text(before, encoding="utf-8")


def _run(copy: Path, arguments: Sequence[str], seconds: float) -> Verdict:
    # no bytecode: two changes within a second would share one file of it
    path = os.pathsep.join(str(copy / part) for part in _PARTS)
    surroundings = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *arguments]
    try:
        ended = subprocess.run(command, env=surroundings, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Verdict.HUNG
    return Verdict.UNNOTICED if ended.returncode == 0 else Verdict.NOTICED
