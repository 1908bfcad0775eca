"""Witnesses: others who cosign checkpoints and refuse a log that forks (C2SP tlog-witness, tlog-cosignature)."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine, select, update

from aiqyn.services.audit import merkle, notes
from aiqyn.services.audit.notes import BadNote, Signer, Verifier
from aiqyn.services.audit.tiles import Tiles
from aiqyn.services.settings import BadSetting
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import checkpoint, cursor

_COSIGNATURE = b"\x04"
_TIMEOUT = 5  # seconds
_STAMP = 8  # bytes of the time before the signature proper
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: the key of its cosignatures and where it listens."""

    verifier: Verifier
    url: str

    @classmethod
    def of(cls, key: str, url: str) -> Witness:
        """Raises BadSetting."""
        try:
            verifier = notes.read_verifier(key)
        except BadNote as error:
            raise BadSetting(f"AIQYN_AUDIT_WITNESSES: {error}") from None
        if verifier.kind != _COSIGNATURE:
            raise BadSetting("AIQYN_AUDIT_WITNESSES: a key of type 0x04 (cosignature/v1) is wanted")
        if not url.startswith(("https://", "http://")):
            raise BadSetting(f"AIQYN_AUDIT_WITNESSES: no URL: {url!r}")
        return cls(verifier, url.rstrip("/"))


def show(engine: Engine, signer: Signer, witness: Witness) -> bool:
    """Show the newest checkpoint to a witness and keep its cosignature; whether it has cosigned.

    Trouble is logged: the log goes on without the witness.
    """
    with reading(engine) as connection:
        row = connection.execute(select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1)).first()
        name = _cursor(witness)
        seen = connection.execute(select(cursor.c.position).where(cursor.c.name == name)).scalar() or 0
    if row is None or row.size == 0 or _cosigned(row.note, witness):
        return row is not None and row.size > 0
    try:
        answer = _ask(engine, signer, witness, row.note, row.size, seen)
        if answer.status_code == 409 and answer.text.strip().isdigit():
            seen = int(answer.text.strip())
            if seen > row.size:
                _log.error("witness %s saw %d leaves, the log has %d", witness.verifier.name, seen, row.size)
                return False
            answer = _ask(engine, signer, witness, row.note, row.size, seen)
    except httpx.HTTPError as error:
        _log.warning("witness %s cannot be reached: %s", witness.verifier.name, error)
        return False
    if answer.status_code != 200:
        _log.warning("witness %s refused the checkpoint: %d", witness.verifier.name, answer.status_code)
        return False
    lines = _good_lines(answer.text, row.note, witness)
    if not lines:
        _log.error("the cosignature of witness %s does not hold", witness.verifier.name)
        return False
    _keep(engine, row.size, lines, name)
    return True


def holds(text: str, signature: bytes, verifier: Verifier) -> bool:
    """Whether a cosignature (key id, time, signature) of a checkpoint's text is the witness's."""
    if signature[:4] != verifier.id or len(signature) != 4 + _STAMP + 64:
        return False
    (time,) = struct.unpack(">Q", signature[4:12])
    message = f"cosignature/v1\ntime {time}\n{text}"
    return verifier.holds(message.encode(), signature[12:])


def _cursor(witness: Witness) -> str:
    return f"witness {witness.verifier.name}"


def _cosigned(note: str, witness: Witness) -> bool:
    text, signatures = notes.split(note)
    return any(name == witness.verifier.name and holds(text, raw, witness.verifier) for name, raw in signatures)


def _ask(engine: Engine, signer: Signer, witness: Witness, note: str, size: int, seen: int) -> httpx.Response:
    with reading(engine) as connection:
        path = merkle.consistency(seen, size, Tiles(connection).node)
    proof = "".join(f"{notes.encode(step)}\n" for step in path)
    body = f"old {seen}\n{proof}\n{notes.own_signature(note, signer.name)}"
    return httpx.post(f"{witness.url}/add-checkpoint", content=body.encode(), timeout=_TIMEOUT)


def _good_lines(answer: str, note: str, witness: Witness) -> list[tuple[str, bytes]]:
    text, _ = notes.split(note)
    try:
        _, found = notes.split(f"{text}\n{answer}")
    except BadNote:
        return []
    return [(name, raw) for name, raw in found if name == witness.verifier.name and holds(text, raw, witness.verifier)]


def _keep(engine: Engine, size: int, lines: list[tuple[str, bytes]], name: str) -> None:
    with writing(engine) as connection:
        note = connection.execute(select(checkpoint.c.note).where(checkpoint.c.size == size)).scalar() or ""
        note += "".join(notes.line(who, raw) for who, raw in lines)
        connection.execute(update(checkpoint).where(checkpoint.c.size == size).values(note=note))
        moved = connection.execute(update(cursor).where(cursor.c.name == name).values(position=size))
        if not moved.rowcount:
            connection.execute(cursor.insert().values(name=name, position=size, owner=None, epoch=0, until=0))
