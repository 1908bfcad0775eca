"""The jars of a Kafka broker, fetched by Maven once a version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from servers.missing import Missing

DEFAULT = "4.1.1"
_NEWEST = {"3": "3.9.2", "3.9": "3.9.2", "4": DEFAULT, "4.1": DEFAULT}
_POM = Path(__file__).with_name("pom.xml")
_KEPT = Path(__file__).parents[1] / ".servers" / "kafka"


def full_version(asked: str | None) -> str:
    """`3.9` and the like as a version that exists; None: the default."""
    return _NEWEST.get(asked, asked) if asked else DEFAULT


def java() -> str:
    """The program. Raises Missing."""
    found = shutil.which("java")
    if found is None:
        raise Missing("Kafka needs Java 17; install openjdk-17-jre-headless (Debian, Ubuntu) or the like")
    return found


def jars(version: str) -> Path:
    """The folder of the jars of a full version. Raises Missing."""
    folder = _KEPT / version
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Missing(f"Maven fetches the jars of Kafka {version}; install maven (Debian, Ubuntu), or fill {folder}")
    _KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_KEPT, prefix=f"{version}-") as made:
        print(f"kafka: fetching the jars of {version}", file=sys.stderr, flush=True)
        options = (f"-Dkafka.version={version}", "-DincludeScope=runtime", f"-DoutputDirectory={made}/jars")
        done = subprocess.run(
            [maven, "-q", "-B", "-f", _POM, "dependency:copy-dependencies", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Missing(f"Maven cannot fetch the jars of Kafka {version}:\n{done.stdout[-2000:]}")
        try:
            os.rename(f"{made}/jars", folder)
        except OSError:
            if not folder.is_dir():  # else another process was first
                raise
    return folder
