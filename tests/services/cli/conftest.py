"""The command as a person runs it, and a small story to feed it. Everybody in it is invented."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aiqyn.services.cli import run

Json = dict[str, Any]
COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]

OCID = "ocds-x1y2z3-1"
BUYER, SUPPLIER, OFFICIAL = "XX-REG:b1", "XX-REG:s1", "XX-PER:o1"


class Ran(NamedTuple):
    """What a command printed."""

    stdout: bytes
    stderr: bytes


class Aiqyn:
    """Runs `aiqyn` in a folder of its own: in this process, or, started, in one of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, printed: pytest.CaptureFixture[bytes]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._printed = printed

    def __call__(
        self, *arguments: str, code: int = 0, stdin: bytes = b"", environ: dict[str, str] | None = None
    ) -> Ran:
        """One command; it must end with `code`."""
        with self._monkeypatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in (environ or {}).items():
                patch.setenv(name, value)
            ended = run(arguments)
        ran = Ran(*self._printed.readouterr())
        assert ended == code, (ran.stdout + ran.stderr).decode()
        return ran

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command that is talked with while it runs."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def json(self, *arguments: str, code: int = 0) -> list[Any]:
        """The JSON lines that a command prints."""
        return [json.loads(line) for line in self(*arguments, code=code).stdout.splitlines()]

    def write(self, name: str, events: Iterable[Json]) -> str:
        """A file of JSON lines in the folder; its name."""
        lines = (json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        (self.folder / name).write_text("".join(lines), encoding="utf-8")
        return name

    def wait_for_engine(self, process: subprocess.Popen[bytes]) -> None:
        """Until the process has become the engine of the folder's database."""
        lock = self.folder / "aiqyn.db-lock"
        for _ in range(600):
            if lock.exists() and f'"pid":{process.pid},'.encode() in lock.read_bytes():
                return
            time.sleep(0.05)
        raise AssertionError(f"process {process.pid} never became the engine")


@pytest.fixture
def aiqyn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Aiqyn:
    return Aiqyn(tmp_path, monkeypatch, capsysbinary)


@pytest.fixture
def story() -> list[Json]:
    """An official who heads a body directs the company that the body pays: one alert of COI-02."""
    return [occupancy(), directorship(), release()]


@pytest.fixture
def event() -> Callable[..., Json]:
    return cloudevent


def cloudevent(kind: str, id: str, data: Json, time: str = "2024-05-01T00:00:00Z") -> Json:
    return {
        "specversion": "1.0",
        "id": id,
        "source": "/registers",
        "type": f"{kind}.v1",
        "time": time,
        "data": data,
    }


def occupancy() -> Json:
    data = {
        "person": person(),
        "organization": entity("b1", "A school"),
        "post": "Director",
        "role": "head",
        "level": "district",
        "startDate": "2021-01-01",
    }
    return cloudevent("official.occupancy", "post-1", data)


def directorship() -> Json:
    data = {
        "company": entity("s1", "Ойдан ЖШС"),
        "person": person(),
        "role": "director",
        "startDate": "2020-01-01",
    }
    return cloudevent("registry.directorship", "director-1", data)


def release() -> Json:
    buyer, supplier = {"id": "b", "name": "A school"}, {"id": "s", "name": "Ойдан ЖШС"}
    data = {
        "ocid": OCID,
        "id": "1",
        "date": "2024-04-10T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "language": "en",
        "parties": [
            buyer | {"identifier": {"scheme": "XX-REG", "id": "b1"}, "roles": ["buyer"]},
            supplier | {"identifier": {"scheme": "XX-REG", "id": "s1"}, "roles": ["supplier"]},
        ],
        "buyer": buyer,
        "tender": {"id": "t", "tenderPeriod": {"startDate": "2024-03-01T00:00:00Z"}},
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": "2024-04-10T00:00:00Z",
                "value": {"amount": 1000.50, "currency": "KZT"},
                "suppliers": [supplier],
            }
        ],
    }
    return cloudevent("procurement.release", f"{OCID}|1", data, "2024-04-10T00:00:00Z")


def person() -> Json:
    return {
        "identifiers": [{"scheme": "XX-PER", "id": "o1"}],
        "names": [{"fullName": "Асан Ойдан", "lang": "kk"}],
    }


def entity(id: str, name: str) -> Json:
    return {"identifiers": [{"scheme": "XX-REG", "id": id}], "name": name}
