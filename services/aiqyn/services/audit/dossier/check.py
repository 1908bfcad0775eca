"""Checking a dossier, with neither database nor network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import notes
from aiqyn.services.audit.dossier import archive, check_events, check_log
from aiqyn.services.audit.dossier.archive import BadArchive
from aiqyn.services.audit.dossier.leaf import Leaf, proved
from aiqyn.services.audit.notes import BadNote, Verifier

_REQUIRED = (
    "README.txt", "alert.json", "dossier.pdf", "explanation.json", "log.vkey", "manifest.json", "manifest.tlog-proof",
)  # fmt: skip
_NUMBER = r"(0|[1-9][0-9]*)"
_NAMES = re.compile(
    rf"events/[1-9][0-9]*(\.receipt)?\.json|log/{_NUMBER}\.(json|tlog-proof)|attachments/[A-Za-z0-9._-]+"
)
_OWN = frozenset({"manifest.json", "manifest.tlog-proof"})
_MEMBERS = frozenset({"v", "alert", "revision", "createdAt", "origin", "files"})
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of a file said."""

    alert: str | None
    revision: int | None
    key: str | None
    """The verifier key that it was checked by."""
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.failures

    def as_json(self) -> Document:
        return {"ok": self.ok, "alert": self.alert, "revision": self.revision, "failures": list(self.failures)}


class Failed(Exception):
    """The check cannot go on; the message says why."""


def check(raw: bytes, key: Verifier | None = None) -> Report:
    """Check a dossier by a key; without one, by the key that the file itself brings."""
    try:
        files = archive.unpack(raw)
        manifest = _manifest(files)
        verifier = _verifier(files, manifest, key)
    except (BadArchive, BadNote, Failed) as error:
        return Report(None, None, None, (str(error),))
    failures = tuple(_failures(files, manifest, verifier))
    return Report(manifest["alert"], manifest["revision"], verifier.text(), failures)


def _failures(files: Mapping[str, bytes], manifest: Document, verifier: Verifier) -> Iterator[str]:
    """Everything that does not hold, step by step."""
    steps = (
        _listed(files, manifest),
        _logged(files, manifest, verifier),
        _texts(files),
        check_log.failures(files, manifest, verifier),
        check_events.failures(files, verifier),
        _explained(files, manifest),
    )
    for step in steps:
        try:
            yield from step
        # A file that is not even of the right form breaks off its step alone.
        except (BadNote, Rejected, Failed, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            yield f"{type(error).__name__}: {error}" if not isinstance(error, BadNote | Failed) else str(error)


def _manifest(files: Mapping[str, bytes]) -> Document:
    missing = [name for name in _REQUIRED if name not in files]
    if missing:
        raise Failed(f"{missing[0]} is missing")
    try:
        found = decode(files["manifest.json"])
        written = canonical(found)
    except Rejected as error:
        raise Failed(f"manifest.json: {error}") from None
    if not isinstance(found, dict) or written != files["manifest.json"] or found.keys() != _MEMBERS:
        raise Failed("manifest.json is no canonical JSON of the members that it should have")
    kinds = {"v": int, "alert": str, "revision": int, "createdAt": str, "origin": str, "files": dict}
    if found["v"] != 1 or any(type(found[name]) is not kind for name, kind in kinds.items()):
        raise Failed("manifest.json has a member of a wrong kind")
    return found


def _verifier(files: Mapping[str, bytes], manifest: Document, key: Verifier | None) -> Verifier:
    text = files["log.vkey"].decode("utf-8", "replace")
    own = notes.read_verifier(text.removesuffix("\n"))
    if f"{own.text()}\n" != text or own.kind != b"\x01":
        raise Failed("log.vkey is no verifier key of a log and a newline")
    if key is not None and key != own:
        raise Failed("the file was signed by another key than the one that was given")
    if manifest["origin"] != own.name:
        raise Failed("the origin in the manifest is not the name of the key")
    return own


def _listed(files: Mapping[str, bytes], manifest: Document) -> Iterator[str]:
    listed = manifest["files"]
    for name in sorted(files.keys() - _OWN - listed.keys()):
        yield f"{name} is not listed in the manifest"
    for name in sorted(listed.keys() - files.keys()):
        yield f"{name} is missing"
    for name in sorted(files.keys() - _OWN):
        if name in listed and hashlib.sha256(files[name]).hexdigest() != listed[name]:
            yield f"{name} is not the file that the manifest lists"
        if name not in _REQUIRED and not _NAMES.fullmatch(name):
            yield f"{name} has no place in a dossier"


def _logged(files: Mapping[str, bytes], manifest: Document, verifier: Verifier) -> Iterator[str]:
    """The manifest is in the log."""
    leaf = proved(files["manifest.tlog-proof"], verifier)
    wanted = Leaf("dossier", manifest["alert"], manifest["createdAt"], hashlib.sha256(files["manifest.json"]).digest())
    if leaf != wanted:
        yield "manifest.tlog-proof proves another manifest"


def _texts(files: Mapping[str, bytes]) -> Iterator[str]:
    if not files["README.txt"].endswith(b"\n"):
        yield "README.txt does not end in a newline"
    for name, content in files.items():
        if name.endswith(".json") and not name.startswith("attachments/") and canonical(decode(content)) != content:
            yield f"{name} is no canonical JSON"
    if not files["dossier.pdf"].startswith(b"%PDF-"):
        yield "dossier.pdf is no PDF"


def _explained(files: Mapping[str, bytes], manifest: Document) -> Iterator[str]:
    told = decode(files["explanation.json"])
    if not isinstance(told, dict) or told.get("alert") != manifest["alert"]:
        yield "explanation.json explains another alert"
