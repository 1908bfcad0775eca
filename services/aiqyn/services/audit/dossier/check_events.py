"""The events in a dossier: each came in as it stands here, and each that the alert cites is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiqyn.schemas.canonical import content, content_hash
from aiqyn.schemas.json_text import decode
from aiqyn.services.audit import leaves, merkle, notes
from aiqyn.services.audit.dossier.leaf import proved
from aiqyn.services.audit.notes import BadNote, Verifier

_RECEIPT = frozenset({"source", "id", "salt", "index", "size", "path", "proof"})


def failures(files: Mapping[str, bytes], verifier: Verifier) -> Iterator[str]:
    """What does not hold of `events/*`."""
    receipts = {file[: -len(".receipt.json")] for file in files if file.endswith(".receipt.json") and _inside(file)}
    events = {file[: -len(".json")] for file in files if file.endswith(".json") and _inside(file)} - {
        f"{name}.receipt" for name in receipts
    }
    if events != receipts:
        yield "the events and their receipts are not in pairs"
        return
    known: set[tuple[Any, Any]] = set()
    for name in sorted(events):
        try:
            known.add(_checked(files[f"{name}.json"], files[f"{name}.receipt.json"], verifier))
        except BadNote as error:
            yield f"{name}.json: {error}"
    alert = decode(files["alert.json"])
    assert isinstance(alert, dict)
    cited = {(edge["event"]["source"], edge["event"]["id"]) for path in alert["paths"] for edge in path}
    # What was erased by order is gone from here too; its alert stands withdrawn.
    missing = cited - known if alert["dataState"] == "current" else set()
    for source, id in sorted(missing):
        yield f"the record {source} {id}, which the alert cites, is not in the dossier"


def _inside(file: str) -> bool:
    return file.startswith("events/")


def _checked(raw: bytes, receipt: bytes, verifier: Verifier) -> tuple[str, str]:
    """Source and id of an event that was taken in as it stands. Raises BadNote."""
    event, told = decode(raw), decode(receipt)
    if not isinstance(event, dict) or not isinstance(told, dict) or told.keys() != _RECEIPT:
        raise BadNote("no event with a receipt of its members")
    source, id, kind, time = (event.get(name) for name in ("source", "id", "type", "time"))
    if not (isinstance(source, str) and isinstance(id, str) and isinstance(kind, str) and isinstance(time, str)):
        raise BadNote("no CloudEvent")
    if (told["source"], told["id"]) != (source, id) or event.get("specversion") != "1.0":
        raise BadNote("the receipt is of another event")
    index, size, path = told["index"], told["size"], told["path"]
    if type(index) is not int or type(size) is not int or not isinstance(path, list):
        raise BadNote("the receipt has a member of a wrong kind")
    if not all(isinstance(text, str) for text in (told["salt"], told["proof"], *path)):
        raise BadNote("the receipt has a member of a wrong kind")
    salt = notes.decode(told["salt"])
    steps = [notes.decode(step) for step in path]
    if len(salt) != leaves.SALT_BYTES or any(len(step) != merkle.HASH_BYTES for step in steps):
        raise BadNote("salt or a hash of the receipt has not 32 bytes")
    entry = leaves.entry_hash(salt, content_hash(content(source, id, kind, time, event.get("data"))))
    leaf = proved(told["proof"].encode(), verifier)
    root = merkle.root_from_inclusion(index, size, entry, steps)
    if leaf.kind != "events" or leaf.ref != str(size) or leaf.commit != root:
        raise BadNote("the event is not the one that was taken in")
    return source, id
