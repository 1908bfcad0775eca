"""A leaf of the log as a proof brings it."""

from __future__ import annotations

from typing import NamedTuple

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import notes, proofs
from aiqyn.services.audit.notes import BadNote, Verifier


class Leaf(NamedTuple):
    """What a leaf says."""

    kind: str
    ref: str
    at: str
    commit: bytes


def read(raw: bytes) -> Leaf:
    """The leaf in its bytes. Raises BadNote."""
    try:
        found = decode(raw)
        if not isinstance(found, dict) or canonical(found) != raw:
            raise BadNote("a leaf is no canonical JSON")
    except Rejected:
        raise BadNote("a leaf is no JSON") from None
    if found.keys() != {"v", "kind", "at", "ref", "commit"} or found["v"] != 1:
        raise BadNote("a leaf has not the members of version 1")
    if not all(isinstance(found[name], str) for name in ("kind", "at", "ref", "commit")):
        raise BadNote("a leaf has a member of a wrong kind")
    commit = notes.decode(found["commit"])
    if len(commit) != 32:
        raise BadNote("the commitment of a leaf has not 32 bytes")
    return Leaf(found["kind"], found["ref"], found["at"], commit)


def proved(raw: bytes, verifier: Verifier, index: int | None = None) -> Leaf:
    """The leaf of a proof that holds, signed by the log alone, at `index` where given. Raises BadNote."""
    try:
        proof = proofs.read(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadNote("a proof is no text") from None
    proofs.verified(proof, verifier, alone=True)
    if index is not None and proof.index != index:
        raise BadNote(f"the proof is of leaf {proof.index}, not of leaf {index}")
    return read(proof.leaf)
