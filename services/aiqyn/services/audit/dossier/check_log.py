"""The leaves in a dossier: each is in the log, commits to its document, and is about the alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import leaves, notes
from aiqyn.services.audit.dossier.leaf import Leaf, proved
from aiqyn.services.audit.notes import BadNote, Verifier

_KINDS = ("alert", "action", "refusal")


def failures(files: Mapping[str, bytes], manifest: Mapping[str, Any], verifier: Verifier) -> Iterator[str]:
    """What does not hold of `log/*` and `alert.json`."""
    name, revision = manifest["alert"], manifest["revision"]
    alert = decode(files["alert.json"])
    if not isinstance(alert, dict) or (alert.get("id"), alert.get("revision")) != (name, revision):
        yield "alert.json is not the revision of the alert that the manifest names"
    indexes = [int(file[4:-5]) for file in files if file.startswith("log/") and file.endswith(".json")]
    proofs = [int(file[4:-11]) for file in files if file.startswith("log/") and file.endswith(".tlog-proof")]
    if sorted(indexes) != sorted(proofs):
        yield "the leaves and their proofs are not in pairs"
        return
    found: dict[str, bytes | None] = {}
    for index in sorted(indexes):
        try:
            leaf = proved(files[f"log/{index}.tlog-proof"], verifier, index)
            document = _document(files[f"log/{index}.json"], leaf)
        except BadNote as error:
            yield f"log/{index}: {error}"
            continue
        if leaf.ref in found:
            yield f"log/{index}: {leaf.ref} was logged twice"
        found[leaf.ref] = document
        if leaf.kind not in _KINDS or (leaf.kind == "alert" and leaf.ref.rpartition("#")[0] != name):
            yield f"log/{index}: the leaf is not about the alert"
        elif leaf.kind == "action" and document is not None and name not in _alerts(document):
            yield f"log/{index}: the action is not about the alert"
    yield from _complete(found, name, revision, files["alert.json"])


def _document(raw: bytes, leaf: Leaf) -> bytes | None:
    """The document that a leaf commits to, canonical; None: it was erased. Raises BadNote."""
    told = decode(raw)
    if not isinstance(told, dict) or told.keys() != {"salt", "document"}:
        raise BadNote("salt and document are wanted, nothing else")
    if told["salt"] is None and told["document"] is None:
        return None
    if not isinstance(told["salt"], str) or not isinstance(told["document"], dict):
        raise BadNote("salt or document is of a wrong kind")
    salt = notes.decode(told["salt"])
    document = canonical(told["document"])
    if len(salt) != leaves.SALT_BYTES or leaves.commitment(salt, document) != leaf.commit:
        raise BadNote(f"the {leaf.kind} is not the one that was logged")
    return document


def _alerts(document: bytes) -> list[Any]:
    told = decode(document)
    alerts = told.get("alerts") if isinstance(told, dict) else None
    return alerts if isinstance(alerts, list) else []


def _complete(found: Mapping[str, bytes | None], name: str, revision: int, alert: bytes) -> Iterator[str]:
    last = f"{name}#{revision}"
    if last not in found:
        yield "the revision of the alert is not among the leaves"
    elif found[last] is None:
        yield "the last revision of the alert was erased"
    elif found[last] != alert:
        yield "alert.json is not the document that was logged"
    if f"{name}#{revision + 1}" in found:
        yield "the log has a later revision of the alert"
    for ref in found:
        before, _, number = ref.rpartition("#")
        if number.isdigit() and int(number) > 1 and before != name and f"{before}#{int(number) - 1}" not in found:
            yield f"{before}#{int(number) - 1} is missing"
