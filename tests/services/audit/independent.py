"""A second verifier of dossiers, written from the contract alone: nothing of the product is imported."""

import base64
import hashlib
import json
import re
import struct
import zlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIXED = {"README.txt", "alert.json", "dossier.pdf", "explanation.json", "log.vkey"}
OTHERS = r"events/[1-9]\d*(\.receipt)?\.json|log/(0|[1-9]\d*)\.(json|tlog-proof)|attachments/[\w.-]+"


class Bad(Exception):
    """The dossier does not hold."""


class Number(str):
    """A number as it was written."""


def need(condition: object, why: str) -> None:
    if not condition:
        raise Bad(why)


def verify(raw: bytes, key: str | None = None) -> dict[str, Any]:
    """The manifest of a dossier that holds. Raises Bad."""
    try:
        return _verify(raw, key)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error, RecursionError) as error:
        raise Bad(repr(error)) from None


def _verify(raw: bytes, key: str | None) -> dict[str, Any]:
    files = unzipped(raw)
    manifest: dict[str, Any] = json_of(files, "manifest.json")
    need(set(manifest) == {"v", "alert", "revision", "createdAt", "origin", "files"}, "members of the manifest")
    listed = manifest["files"]
    need(set(listed) == set(files) - {"manifest.json", "manifest.tlog-proof"}, "files of the manifest")
    for name, digest in listed.items():
        need(name in FIXED or re.fullmatch(OTHERS, name, re.ASCII), f"the name {name}")
        need(hashlib.sha256(files[name]).hexdigest() == digest, f"the hash of {name}")
    need(set(listed) >= FIXED, "files that must be there")
    vkey = files["log.vkey"].decode()
    need(vkey.endswith("\n") and (key is None or vkey == key + "\n"), "the key")
    log = Log(vkey[:-1])
    need(log.name == manifest["origin"], "the origin")
    leaf, _ = log.leaf(files["manifest.tlog-proof"].decode())
    need((leaf["kind"], leaf["ref"], leaf["at"]) == ("dossier", manifest["alert"], manifest["createdAt"]), "its leaf")
    need(b64(leaf["commit"]) == hashlib.sha256(files["manifest.json"]).digest(), "the manifest in the log")
    alert = json_of(files, "alert.json")
    need(alert["id"] == manifest["alert"] and alert["revision"] == manifest["revision"], "the alert")
    need(json_of(files, "explanation.json")["alert"] == alert["id"], "the explanation")
    documents = logged(files, log)
    need(documents.get(("alert", f"{alert['id']}#{alert['revision']}")) == files["alert.json"], "the alert in the log")
    known = {taken_in(files, name, log) for name in files if re.fullmatch(r"events/\d+\.json", name)}
    cited = {(edge["event"]["source"], edge["event"]["id"]) for path in alert["paths"] for edge in path}
    need(cited <= known or alert["dataState"] == "withdrawn", "the events that the alert cites")
    return manifest


def logged(files: dict[str, bytes], log: "Log") -> dict[tuple[str, str], bytes | None]:
    found: dict[tuple[str, str], bytes | None] = {}
    for name in files:
        if not name.startswith("log/") or not name.endswith(".json"):
            continue
        leaf, index = log.leaf(files[name[:-5] + ".tlog-proof"].decode())
        need(name == f"log/{index}.json" and leaf["kind"] in ("alert", "action", "refusal"), f"the place of {name}")
        told = json_of(files, name)
        need(set(told) == {"salt", "document"}, f"the members of {name}")
        document = None if told["document"] is None else jcs(told["document"]).encode()
        if document is not None:
            salt = b64(told["salt"])
            need(len(salt) == 32 and b64(leaf["commit"]) == hashlib.sha256(salt + document).digest(), f"{name}")
        found[leaf["kind"], leaf["ref"]] = document
    need(len([n for n in files if n.startswith("log/")]) == 2 * len(found), "pairs of leaves and proofs")
    return found


def taken_in(files: dict[str, bytes], name: str, log: "Log") -> tuple[str, str]:
    event, receipt = json_of(files, name), json_of(files, name[:-5] + ".receipt.json")
    leaf, _ = log.leaf(receipt["proof"])
    content = jcs({member: event[member] for member in ("source", "id", "type", "time", "data")}).encode()
    salt = b64(receipt["salt"])
    need(len(salt) == 32, "a salt")
    entry = hashlib.sha256(b"\0" + salt + hashlib.sha256(content).digest()).digest()
    size = receipt["size"]
    need(leaf["kind"] == "events" and leaf["ref"] == size, "the batch of an event")
    need(b64(leaf["commit"]) == climb(int(receipt["index"]), int(size), entry, receipt["path"]), f"{name}")
    need((receipt["source"], receipt["id"]) == (event["source"], event["id"]), "the event of a receipt")
    return event["source"], event["id"]


class Log:
    """A log by its verifier key."""

    def __init__(self, vkey: str) -> None:
        self.name, id, key = vkey.split("+", 2)
        raw = b64(key)
        need(raw[:1] == b"\x01" and len(raw) == 33, "the kind of the key")
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        need(self.id.hex() == id, "the id of the key")
        self.key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def leaf(self, proof: str) -> tuple[dict[str, Any], int]:
        """The leaf of a proof that holds, and its index."""
        found = re.fullmatch(
            r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9]\d*)\n((?:\S{44}\n)*)\n"
            r"((\S+)\n(0|[1-9]\d*)\n(\S{44})\n)\n— (\S+) (\S+)\n",
            proof,
            re.ASCII,
        )
        if found is None:
            raise Bad("the form of a proof")
        extra, index, path, text, origin, size, root, signed_by, signature = found.groups()
        need(origin == signed_by == self.name, "the origin of a checkpoint")
        raw = b64(signature)
        need(raw[:4] == self.id, "the key of a signature")
        try:
            self.key.verify(raw[4:], text.encode())
        except InvalidSignature:
            raise Bad("a signature") from None
        entry = b64(extra)
        hashed = hashlib.sha256(b"\0" + entry).digest()
        need(climb(int(index), int(size), hashed, path.split()) == b64(root), "a path")
        leaf = parsed(entry)
        need(set(leaf) == {"v", "kind", "at", "ref", "commit"} and leaf["v"] == "1", "the members of a leaf")
        return leaf, int(index)


def climb(index: int, size: int, hashed: bytes, path: list[str]) -> bytes:
    """The root above a leaf: down the tree as RFC 6962 splits it."""
    need(0 <= index < size, "an index")
    if size == 1:
        need(not path, "the length of a path")
        return hashed
    split = 1 << ((size - 1).bit_length() - 1)
    other = b64(path[-1])
    if index < split:
        return hashlib.sha256(b"\x01" + climb(index, split, hashed, path[:-1]) + other).digest()
    return hashlib.sha256(b"\x01" + other + climb(index - split, size - split, hashed, path[:-1])).digest()


def b64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "base64")
    return raw


def parsed(raw: bytes) -> Any:
    found = json.loads(raw, parse_int=Number, parse_float=Number)
    need(jcs(found).encode() == raw, "canonical JSON")
    return found


def json_of(files: dict[str, bytes], name: str) -> Any:
    return parsed(files[name])


def jcs(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{jcs(name)}:{jcs(item)}" for name, item in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def unzipped(raw: bytes) -> dict[str, bytes]:
    """The files of a ZIP of the one form that a dossier has: read from its first byte to its last."""
    files: dict[str, bytes] = {}
    at, central = 0, b""
    while raw[at : at + 4] == b"PK\x03\x04":
        length, size = struct.unpack_from("<H", raw, at + 26)[0], struct.unpack_from("<I", raw, at + 22)[0]
        name = raw[at + 30 : at + 30 + length].decode("ascii")
        content = raw[at + 30 + length : at + 30 + length + size]
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, zlib.crc32(content), size, size, length, 0)
        need(raw[at : at + 30] == b"PK\x03\x04" + common, f"the header of {name}")
        need(not files or name > max(files), "the order of the files")
        central += b"PK\x01\x02" + struct.pack("<BB", 20, 3) + common + struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, at)
        central += name.encode()
        files[name] = content
        at += 30 + length + size
    count = len(files)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), at, 0)
    need(raw[at:] == central + end, "the directory of the ZIP")
    return files
