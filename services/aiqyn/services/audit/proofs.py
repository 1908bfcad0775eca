"""Proofs that a leaf is in the log, as files of the form c2sp.org/tlog-proof@v1."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiqyn.services.audit import merkle, notes
from aiqyn.services.audit.notes import BadNote, Checkpoint, Verifier

_HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf, its place, the path to the root, and the checkpoint of that root."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """The file; it ends in a newline."""
        lines = [_HEAD, f"extra {notes.encode(self.leaf)}", f"index {self.index}", *map(notes.encode, self.path), ""]
        return "\n".join(lines) + "\n" + self.note


def read(text: str) -> Proof:
    """Read a file whose every byte is as `text` writes it. Raises BadNote."""
    head, empty, note = text.partition("\n\n")
    lines = head.split("\n")
    if not empty or len(lines) < 3 or lines[0] != _HEAD or not lines[1].startswith("extra "):
        raise BadNote("no proof of the form tlog-proof@v1 with its leaf as `extra`")
    index = _INDEX.fullmatch(lines[2])
    if index is None:
        raise BadNote("the proof names no index")
    path = tuple(notes.decode(line) for line in lines[3:])
    if any(len(step) != merkle.HASH_BYTES for step in path):
        raise BadNote("a hash of the proof has not 32 bytes")
    proof = Proof(notes.decode(lines[1][6:]), int(index[1]), path, note)
    if proof.text() != text:
        raise BadNote("the proof is not written in the one way that counts")
    return proof


def verified(proof: Proof, verifier: Verifier, alone: bool = False) -> Checkpoint:
    """The checkpoint that has the leaf in it. Raises BadNote where anything does not hold."""
    checkpoint = notes.verified(proof.note, verifier, alone)
    found = merkle.root_from_inclusion(proof.index, checkpoint.size, merkle.leaf_hash(proof.leaf), proof.path)
    if found != checkpoint.root:
        raise BadNote("the path of the proof does not lead to the root of its checkpoint")
    return checkpoint
