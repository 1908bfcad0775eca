"""On a machine without Java, tests that need a broker say so aloud; where skipping is forbidden they fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("ci", "code", "said"), [("", 0, "= NOT RUN ="), ("true", 1, "FORBIDDEN HERE")])
def test_a_missing_broker_is_told(ci: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to(sys.executable)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIQYN_", "PYTEST_", "TESTS_"))}
    kept.pop("JAVA_HOME", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "--basetemp", tmp_path / "t",
         "tests/services/kafka/test_publisher.py"],
        cwd=ROOT, env={**kept, "PATH": str(tmp_path), "CI": ci}, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout
    assert said in done.stdout
    assert "Java" in done.stdout
