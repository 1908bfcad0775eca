"""The commands, and the log over HTTP as an outsider reads it."""

import base64
import hashlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from aiqyn.services.cli import run
from tests.services.audit import independent, rfc6962
from tests.services.audit.conftest import EXAMPLES

COMMAND = [sys.executable, "-c", "from aiqyn.services.cli import main; main()"]
Aiqyn = Callable[..., bytes]


@pytest.fixture
def aiqyn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Aiqyn:
    """Runs a command in a folder of its own; gives its stdout."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, code: int = 0) -> bytes:
        capsysbinary.readouterr()
        ended = run(arguments)
        out, error = capsysbinary.readouterr()
        assert ended == code, (out + error).decode()
        return out

    command("ingest", str(EXAMPLES / "events.jsonl"))
    return command


def one_alert(aiqyn: Aiqyn) -> str:
    return str(json.loads(aiqyn("alerts", "--json").splitlines()[0])["id"])


def test_log(aiqyn: Aiqyn, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(aiqyn("log", "checkpoint"))
    key = aiqyn("log", "key").decode()
    origin, size = (tmp_path / "kept").read_text("utf-8").split("\n")[:2]
    assert origin == key.split("+")[0]
    aiqyn("ingest", str(EXAMPLES / "correcting.jsonl"))
    told = json.loads(aiqyn("log", "verify", "--since", "kept", "--json"))
    assert told == {"ok": True, "size": told["size"], "first": None}
    assert told["size"] > int(size)  # what waited has its place now
    aiqyn("log", "verify", "--since", "no such file", code=1)
    (tmp_path / "kept").write_text("no note\n")
    aiqyn("log", "verify", "--since", "kept", code=1)


def test_dossier(aiqyn: Aiqyn, tmp_path: Path) -> None:
    aiqyn("dossier", one_alert(aiqyn), "--out", "case.zip")
    key = aiqyn("log", "key").decode().strip()
    told = json.loads(aiqyn("verify-dossier", "case.zip", "--key", key, "--json"))
    assert told == {"ok": True, "alert": one_alert(aiqyn), "revision": 1, "failures": []}
    assert independent.verify((tmp_path / "case.zip").read_bytes(), key)["alert"] == told["alert"]
    raw = bytearray((tmp_path / "case.zip").read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / "case.zip").write_bytes(raw)
    assert not json.loads(aiqyn("verify-dossier", "case.zip", "--json", code=1))["ok"]
    aiqyn("verify-dossier", "nowhere.zip", code=1)
    aiqyn("verify-dossier", "case.zip", "--key", "x", code=64)
    aiqyn("dossier", "no-such-alert", "--out", "x.zip", code=1)


def test_a_dossier_needs_no_database(aiqyn: Aiqyn, tmp_path: Path) -> None:
    aiqyn("dossier", one_alert(aiqyn), "--out", "case.zip")
    before = sorted(path.name for path in tmp_path.iterdir())
    environ = {**os.environ, "AIQYN_DATABASE_URL": "sqlite:////nowhere/at/all.db"}
    subprocess.run([*COMMAND, "verify-dossier", "case.zip"], cwd=tmp_path, env=environ, check=True, timeout=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.fixture
def server(aiqyn: Aiqyn, tmp_path: Path) -> Iterator[httpx.Client]:
    """`aiqyn serve` of the examples, asked by an auditor."""
    aiqyn("user", "add", "aida", "--role", "auditor")
    key = aiqyn("key", "add", "aida").decode().strip()
    process = subprocess.Popen([*COMMAND, "serve", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
            yield client
    finally:
        process.terminate()
        assert process.wait(25) == 0
        assert process.stdout is not None
        process.stdout.close()


def entries(raw: bytes) -> list[bytes]:
    found = []
    while raw:
        (length,) = struct.unpack_from(">H", raw)
        found.append(raw[2 : 2 + length])
        raw = raw[2 + length :]
    return found


def test_an_outsider_rebuilds_the_tree(server: httpx.Client, aiqyn: Aiqyn) -> None:
    assert httpx.get(f"{server.base_url}/v1/log/checkpoint").status_code == 401
    note = server.get("/v1/log/checkpoint").raise_for_status().text
    _, size, root = note.split("\n")[:3]
    leaves = entries(server.get(f"/v1/log/tile/entries/000.p/{size}").raise_for_status().content)
    assert base64.b64encode(rfc6962.tree(leaves)).decode() == root
    hashes = server.get(f"/v1/log/tile/0/000.p/{size}").raise_for_status().content
    assert hashes == b"".join(hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves)
    for path in ("tile/0/001", "tile/0/000", f"tile/0/000.p/{int(size) + 1}", "tile/0/0", "proof?index=999"):
        assert server.get(f"/v1/log/{path}").status_code == 404
    log = independent.Log(aiqyn("log", "key").decode().strip())
    leaf, index = log.leaf(server.get("/v1/log/proof", params={"index": 1}).raise_for_status().text)
    listed = server.get("/v1/log/leaves").raise_for_status().json()["items"]
    assert index == 1
    assert {name: listed[1][name] for name in ("kind", "at", "ref", "commit")} == {
        name: leaf[name] for name in ("kind", "at", "ref", "commit")
    }


def test_receipts_and_dossiers(server: httpx.Client, aiqyn: Aiqyn, tmp_path: Path) -> None:
    alert = one_alert(aiqyn)
    assert server.get(f"/v1/alerts/{alert}/dossier").status_code == 400
    raw = server.get(f"/v1/alerts/{alert}/dossier", params={"purpose": "audit 7"}).raise_for_status().content
    key = aiqyn("log", "key").decode().strip()
    manifest = independent.verify(raw, key)
    assert manifest["alert"] == alert
    files: dict[str, Any] = independent.unzipped(raw)
    event = json.loads(files["events/1.json"])
    asked = {"source": event["source"], "id": event["id"]}
    receipt = server.get("/v1/events/receipt", params=asked).raise_for_status().json()
    assert receipt["salt"] == json.loads(files["events/1.receipt.json"])["salt"]
    assert server.get("/v1/events/receipt", params={**asked, "id": "none"}).status_code == 404
    kinds = [item["kind"] for item in server.get("/v1/log/leaves?limit=1000").json()["items"]]
    assert {"export", "reveal", "dossier"} <= set(kinds)
    assert json.loads(aiqyn("log", "verify", "--json"))["ok"]
