"""The `aiqyn` command in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

AIQYN = Path(sys.executable).with_name("aiqyn")


def environment() -> dict[str, str]:
    """The environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AIQYN_")}


def start(folder: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """The command as a process that goes on while the test does; with a pipe as `stdin` until that is closed."""
    return subprocess.Popen(
        [AIQYN, *arguments],
        cwd=folder,
        env=environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def aiqyn(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command run to its end."""
    return subprocess.run(
        [AIQYN, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


def report(folder: Path, *arguments: str) -> dict[str, Any]:
    """The JSON object that the command prints."""
    done = aiqyn(folder, *arguments)
    assert done.returncode in (0, 2), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def json_lines(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """The JSON lines that the command prints."""
    done = aiqyn(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
