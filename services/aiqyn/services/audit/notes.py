"""Signed notes and checkpoints in the text forms of C2SP (signed-note, tlog-checkpoint), signed by Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aiqyn.services.keys import Keys
from aiqyn.services.settings import BadSetting, Settings

_ED25519 = b"\x01"
_DASH = "— "
_PURPOSE = b"aiqyn audit log ed25519 v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class BadNote(Exception):
    """A note, checkpoint or key is not what it should be; the message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of the log: whose, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key of one name."""

    name: str
    public: bytes
    kind: bytes = _ED25519

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.kind + self.public)

    def text(self) -> str:
        """The verifier key: `<name>+<id>+<key>`."""
        return f"{self.name}+{self.id.hex()}+{encode(self.kind + self.public)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether it is this key's signature of the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """The log's own key; its name is the log's origin."""

    name: str
    seed: bytes

    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a note that this key alone signed."""
        text = checkpoint.text()
        return f"{text}\n{line(self.name, self.verifier().id + self._key().sign(text.encode()))}"

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def signer(settings: Settings, keys: Keys, database_id: str) -> Signer:
    """The key of a database's log, derived from the secret of the keys folder. Raises BadKeys, BadSetting."""
    origin = settings.audit_origin or f"aiqyn/{database_id}"
    if not good_name(origin):
        raise BadSetting("AIQYN_AUDIT_ORIGIN: a name without spaces and plus signs is wanted")
    return Signer(origin, keys.derived(_PURPOSE))


def good_name(name: str) -> bool:
    return bool(name) and "+" not in name and name.isprintable() and not any(sign.isspace() for sign in name)


def key_id(name: str, key: bytes) -> bytes:
    """The four bytes that tell keys apart: of the name, a newline, the key's kind and the key."""
    return hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]


def line(name: str, signature: bytes) -> str:
    """A signature line; `signature` begins with the key's id."""
    return f"{_DASH}{name} {encode(signature)}\n"


def encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def decode(text: str) -> bytes:
    """Canonical base64 alone. Raises BadNote."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(f"no base64: {text[:60]!r}") from None
    if encode(value) != text:
        raise BadNote(f"base64 is not canonical: {text[:60]!r}")
    return value


def read_verifier(text: str) -> Verifier:
    """An Ed25519 verifier key. Raises BadNote."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not good_name(parts[0]):
        raise BadNote("a verifier key <name>+<id>+<key> is wanted")
    name, id, key = parts[0], parts[1], decode(parts[2])
    if key[:1] not in (_ED25519, b"\x04") or len(key) != 33:
        raise BadNote("the verifier key is none of Ed25519")
    if id != key_id(name, key).hex():
        raise BadNote("the id of the verifier key does not fit the key")
    return Verifier(name, key[1:], key[:1])


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note and its signatures, (name, key id and signature). Raises BadNote."""
    text, empty, rest = note.rpartition("\n\n")
    if not empty or not rest.endswith("\n"):
        raise BadNote("a note is a text, an empty line and signatures")
    found = []
    for each in rest[:-1].split("\n"):
        name, space, signature = each.removeprefix(_DASH).partition(" ")
        if not (each.startswith(_DASH) and space and good_name(name)):
            raise BadNote("a signature line of the note is malformed")
        raw = decode(signature)
        if len(raw) <= 4:
            raise BadNote("a signature of the note is too short")
        found.append((name, raw))
    return text + "\n", found


def read_checkpoint(text: str) -> Checkpoint:
    """Read what was signed. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        raise BadNote("a checkpoint has an origin, a size and a root, a line each")
    root = decode(lines[2])
    if len(root) != 32:
        raise BadNote("the root of the checkpoint has not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def verified(note: str, verifier: Verifier, alone: bool = False) -> Checkpoint:
    """The checkpoint of a note that `verifier` signed, where `alone`: nobody beside. Raises BadNote."""
    text, signatures = split(note)
    checkpoint = read_checkpoint(text)
    if checkpoint.origin != verifier.name:
        raise BadNote(f"the checkpoint is of {checkpoint.origin!r}, not of {verifier.name!r}")
    if alone and len(signatures) != 1:
        raise BadNote("the checkpoint carries other signatures beside the log's own")
    own = [raw for name, raw in signatures if name == verifier.name and raw[:4] == verifier.id]
    if len(own) != 1 or not verifier.holds(text.encode(), own[0][4:]):
        raise BadNote("the log's signature of the checkpoint does not hold")
    return checkpoint


def own_signature(note: str, name: str) -> str:
    """The note with the signature of `name` alone."""
    text, signatures = split(note)
    return text + "\n" + "".join(line(who, raw) for who, raw in signatures if who == name)
