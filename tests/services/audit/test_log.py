"""The log while it grows: every leaf gets one place, whatever dies and whoever else works."""

import base64
import json
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from aiqyn.services.audit import leaves, log, merkle, notes, proofs, sequencer
from aiqyn.services.audit.notes import BadNote
from aiqyn.services.audit.tiles import Tiles
from aiqyn.services.store.database import connect, writing
from tests.services.audit.conftest import Case


def test_whatever_is_accepted_is_in_the_log(case: Case) -> None:
    assert sequencer.pending(case.engine) == 0
    assert case.value("SELECT count(*) FROM leaf WHERE kind = 'events'") == 4  # 16 events, five a batch
    revisions = case.value("SELECT count(*) FROM alert_revision")
    assert case.value("SELECT count(*) FROM leaf WHERE kind = 'alert'") == revisions > 0
    assert case.verify().ok
    assert case.verify().size == revisions + 4


def test_every_leaf_has_a_proof_and_the_entries_are_those_leaves(case: Case) -> None:
    size = notes.verified(case.advance(), case.signer.verifier()).size
    raw = log.entries(case.engine, 0, size)
    assert raw is not None
    at = 0
    for index in range(size):
        (length,) = struct.unpack_from(">H", raw, at)
        written = raw[at + 2 : at + 2 + length]
        at += 2 + length
        proof = proofs.read(log.proof(case.engine, case.signer, index) or "")
        assert proofs.verified(proof, case.signer.verifier(), alone=True).size == size
        assert (proof.index, proof.leaf) == (index, written)
        assert json.loads(written).keys() == {"v", "kind", "at", "ref", "commit"}
    assert at == len(raw)
    hashes = log.tile(case.engine, 0, 0, size)
    assert hashes is not None
    assert len(hashes) == 32 * size
    assert log.tile(case.engine, 0, 0, size + 1) is None
    assert log.entries(case.engine, 0, size + 1) is None
    assert log.proof(case.engine, case.signer, size) is None


def test_a_proof_makes_the_checkpoint_that_it_needs(case: Case) -> None:
    size = case.verify().size
    with writing(case.engine) as connection:
        leaves.record(connection, "rule", "r1", {"id": "r1"}, 1)
    assert log.proof(case.engine, case.signer, size) is not None
    assert case.verify().size == size + 1


def test_checkpoints_are_of_one_tree(case: Case) -> None:
    first = notes.verified(case.advance(), case.signer.verifier())
    case.feed("correcting.jsonl")
    second = notes.verified(case.advance(), case.signer.verifier())
    assert second.size > first.size
    with case.engine.connect() as connection:
        path = merkle.consistency(first.size, second.size, Tiles(connection).node)
    assert merkle.is_consistent(first.size, second.size, first.root, second.root, path)
    assert case.advance() == case.advance()


def test_several_owners_give_each_leaf_one_place(empty: Case) -> None:
    engines = [connect(empty.settings.database_url, create=False) for _ in range(3)]
    stop = threading.Event()
    failed: list[Exception] = []

    def own(number: int) -> None:
        try:
            while not stop.is_set():
                sequencer.advance(engines[number], empty.signer)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=own, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for number in range(60):
        with writing(empty.engine) as connection:
            leaves.record(connection, "rule", f"r{number}", {"id": number}, number)
    stop.set()
    for thread in threads:
        thread.join(30)
    empty.advance()
    for engine in engines:
        engine.dispose()
    assert failed == []
    with empty.engine.connect() as connection:
        places = connection.execute(text('SELECT "index" FROM leaf ORDER BY "index"')).scalars().all()
    assert list(places) == list(range(60))
    assert empty.verify().findings == ()


@pytest.mark.parametrize("death", ["before sequencing", "while sequencing"])
def test_killed(empty: Case, death: str) -> None:
    keys = str(empty.settings.keys_dir)
    process = subprocess.run(
        [sys.executable, "-m", "tests.services.audit.dying", empty.settings.database_url, keys, death],
        cwd=Path(__file__).parents[3],
        timeout=60,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    waiting = sequencer.pending(empty.engine)
    assert waiting == 3
    assert notes.verified(empty.advance(), empty.signer.verifier()).size == 3
    assert empty.verify().ok


def test_receipts_prove_events_and_no_others(case: Case) -> None:
    with case.engine.connect() as connection:
        rows = connection.execute(text("SELECT source, id, hash FROM event")).all()
    for row in rows:
        found = log.receipt(case.engine, case.signer, row.source, row.id)
        assert found is not None
        proof = proofs.read(str(found["proof"]))
        proofs.verified(proof, case.signer.verifier())
        leaf = json.loads(proof.leaf)
        entry = leaves.entry_hash(notes.decode(str(found["salt"])), bytes(row.hash))
        path = [notes.decode(step) for step in found["path"]]  # type: ignore[attr-defined]  # a list of texts
        root = merkle.root_from_inclusion(found["index"], found["size"], entry, path)  # type: ignore[arg-type]  # likewise
        assert root == base64.b64decode(leaf["commit"])
        assert (leaf["kind"], leaf["ref"]) == ("events", str(found["size"]))
    assert log.receipt(case.engine, case.signer, rows[0].source, "no such event") is None


def test_notes_that_are_not_ours_are_refused(case: Case) -> None:
    note = case.advance()
    verifier = case.signer.verifier()
    assert notes.read_verifier(verifier.text()) == verifier
    other = notes.Signer(verifier.name, bytes(32))
    forged = other.sign(notes.verified(note, verifier))
    for bad in (forged, note.replace("\n\n", "\n", 1), note[:-2] + "\n", note + "\n", note.replace("— ", "- ")):
        with pytest.raises(BadNote):
            notes.verified(bad, verifier)
    stranger = notes.Signer("elsewhere", bytes(32))
    theirs = notes.verified(note, verifier)
    with pytest.raises(BadNote, match="not of"):
        notes.verified(stranger.sign(notes.Checkpoint("elsewhere", theirs.size, theirs.root)), verifier)
