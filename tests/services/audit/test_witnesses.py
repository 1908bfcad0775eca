"""A witness that cosigns by the book and refuses a log that forks; over real HTTP."""

import base64
import hashlib
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aiqyn.services import settings
from aiqyn.services.audit import log, merkle, notes, witnesses
from aiqyn.services.audit.sequencer import Sequencer
from aiqyn.services.settings import BadSetting
from tests.services.audit.conftest import Case

NAME = "witness.example"


class Handler(BaseHTTPRequestHandler):
    """`add-checkpoint` of one witness of one log."""

    key: ClassVar[Ed25519PrivateKey]
    log: ClassVar[notes.Verifier]
    seen: ClassVar[tuple[int, bytes]]
    statuses: ClassVar[list[int]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, answer = self.judged(body)
        self.statuses.append(status)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer.encode())

    def judged(self, body: str) -> tuple[int, str]:
        head, _, note = body.partition("\n\n")
        lines = head.split("\n")
        size, root = self.seen
        if self.path != "/log/add-checkpoint" or not lines[0].startswith("old "):
            return 400, ""
        if int(lines[0][4:]) != size:
            return 409, f"{size}\n"
        told = notes.verified(note, self.log, alone=True)
        path = [base64.b64decode(line) for line in lines[1:]]
        if not merkle.is_consistent(size, told.size, root, told.root, path):
            return 422, ""
        type(self).seen = (told.size, told.root)
        stamp = 1_700_000_000
        signature = self.key.sign(f"cosignature/v1\ntime {stamp}\n{told.text()}".encode())
        raw = key_id(self.key) + struct.pack(">Q", stamp) + signature
        return 200, f"— {NAME} {base64.b64encode(raw).decode()}\n"

    def log_message(self, format: str, *args: object) -> None:
        pass


def key_id(key: Ed25519PrivateKey) -> bytes:
    return hashlib.sha256(f"{NAME}\n".encode() + b"\x04" + key.public_key().public_bytes_raw()).digest()[:4]


@pytest.fixture
def witness(file_case: Case) -> Iterator[tuple[str, str]]:
    """Its verifier key and URL."""
    Handler.key = Ed25519PrivateKey.generate()
    Handler.log = file_case.signer.verifier()
    Handler.seen = (0, merkle.EMPTY)
    Handler.statuses = []
    public = b"\x04" + Handler.key.public_key().public_bytes_raw()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    key = f"{NAME}+{key_id(Handler.key).hex()}+{base64.b64encode(public).decode()}"
    yield key, f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    thread.join()
    server.server_close()


def sequencer(case: Case, witness: tuple[str, str]) -> Sequencer:
    environ = {"AIQYN_KEYS_DIR": str(case.settings.keys_dir), "AIQYN_AUDIT_WITNESSES": " ".join(witness)}
    return Sequencer(settings.read(environ, case.settings.database_url, None), case.engine)


def test_checkpoints_get_cosigned_and_grow(file_case: Case, witness: tuple[str, str]) -> None:
    ours = sequencer(file_case, witness)
    ours.once()
    ours.once()  # cosigned already: not asked again
    file_case.feed("correcting.jsonl")
    ours.once()
    assert Handler.statuses == [200, 200]
    text, signatures = notes.split(file_case.advance())
    verifier = notes.read_verifier(witness[0])
    assert [name for name, _ in signatures] == [file_case.signer.name, NAME]
    assert witnesses.holds(text, signatures[1][1], verifier)
    assert not witnesses.holds(text + "x", signatures[1][1], verifier)
    assert NAME in (log.proof(file_case.engine, file_case.signer, 0) or "")
    assert NAME not in (log.proof(file_case.engine, file_case.signer, 0, alone=True) or "")
    assert file_case.verify().ok


def test_a_witness_that_saw_an_earlier_size_is_told_from_there(file_case: Case, witness: tuple[str, str]) -> None:
    first = notes.verified(file_case.advance(), file_case.signer.verifier())
    Handler.seen = (first.size, first.root)
    file_case.feed("correcting.jsonl")
    sequencer(file_case, witness).once()
    assert Handler.statuses == [409, 200]


def test_a_log_that_forked_is_not_cosigned(file_case: Case, witness: tuple[str, str]) -> None:
    size = notes.verified(file_case.advance(), file_case.signer.verifier()).size
    Handler.seen = (size - 1, bytes(32))
    sequencer(file_case, witness).once()
    assert Handler.statuses == [409, 422]
    assert NAME not in file_case.advance()


def test_a_witness_out_of_reach_holds_up_nothing(file_case: Case) -> None:
    key = base64.b64encode(b"\x04" + bytes(32)).decode()
    id = hashlib.sha256(f"{NAME}\n".encode() + b"\x04" + bytes(32)).digest()[:4].hex()
    ours = sequencer(file_case, (f"{NAME}+{id}+{key}", "http://127.0.0.1:9"))
    file_case.feed("correcting.jsonl")
    ours.once()
    assert file_case.verify().ok


def test_a_key_of_another_kind_is_refused(file_case: Case) -> None:
    with pytest.raises(BadSetting, match="AIQYN_AUDIT_WITNESSES"):
        sequencer(file_case, (file_case.signer.verifier().text(), "http://127.0.0.1:9"))
