"""The log as others read it: checkpoint, tiles, entries, proofs, leaves, receipts."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Row, RowMapping, func, select

from aiqyn.services.audit import leaves, merkle, notes, proofs, sequencer
from aiqyn.services.audit.notes import Signer
from aiqyn.services.audit.tiles import WIDTH, Tiles
from aiqyn.services.store.database import reading
from aiqyn.services.store.event_name import event_name
from aiqyn.services.store.tables import checkpoint, erased, event, leaf
from aiqyn.streams.moments import rfc3339

_BYTES = merkle.HASH_BYTES


def tile(engine: Engine, level: int, number: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile within the newest checkpoint; None: it has fewer."""
    with reading(engine) as connection:
        hashes = Tiles(connection).tile(level, number)
    return hashes[: width * _BYTES] if len(hashes) >= width * _BYTES else None


def entries(engine: Engine, number: int, width: int) -> bytes | None:
    """The first `width` leaves of a tile, each after its length in two bytes; None: it has fewer."""
    first = number * WIDTH
    query = select(leaf).where(leaf.c.index >= first, leaf.c.index < first + width).order_by(leaf.c.index)
    with reading(engine) as connection:
        found = [written(row) for row in connection.execute(query)]
    if len(found) < width:
        return None
    return b"".join(struct.pack(">H", len(each)) + each for each in found)


def written(row: Row[Any]) -> bytes:
    """The leaf of a row of `leaf`, as it is hashed."""
    return leaves.written(row.kind, row.at, row.ref, bytes(row.commitment))


def proof(engine: Engine, signer: Signer, index: int, alone: bool = False) -> str | None:
    """The proof file of a leaf under the newest checkpoint, made if need be; `alone`: without cosignatures.

    None: the log has no such leaf.
    """
    with reading(engine) as connection:
        size = connection.execute(select(func.max(checkpoint.c.size))).scalar() or 0
    if index >= size:
        sequencer.advance(engine, signer)
    with reading(engine) as connection:
        found = prove(connection, signer, index, alone)
    return found


def prove(connection: Connection, signer: Signer, index: int, alone: bool = False) -> str | None:
    """As `proof`, under the newest checkpoint that there is."""
    note = sequencer.last(connection)
    row = connection.execute(select(leaf).where(leaf.c.index == index)).first()
    if note is None or row is None:
        return None
    size = notes.read_checkpoint(notes.split(note)[0]).size
    if index >= size:
        return None
    path = merkle.inclusion(index, size, Tiles(connection).node)
    shown = notes.own_signature(note, signer.name) if alone else note
    return proofs.Proof(written(row), index, tuple(path), shown).text()


def listed(
    engine: Engine, kinds: Sequence[str], refs: Sequence[str], after: int, limit: int
) -> list[dict[str, object]]:
    """Leaves by their row number, from the one after `after`: `{"index","kind","at","ref","commit"}` and `id`."""
    query = select(leaf).where(leaf.c.id > after, *_wanted(kinds, refs)).order_by(leaf.c.id).limit(limit)
    with reading(engine) as connection:
        return [_listed(row) for row in connection.execute(query)]


def newest(
    engine: Engine, kinds: Sequence[str], refs: Sequence[str], before: int | None, limit: int
) -> list[dict[str, object]]:
    """As `listed`, the last first, from the one before `before` (None: from the end)."""
    query = select(leaf).where(*_wanted(kinds, refs)).order_by(leaf.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(leaf.c.id < before)
    with reading(engine) as connection:
        return [_listed(row) for row in connection.execute(query)]


class Newest(NamedTuple):
    """The newest checkpoint: how many leaves it is about, and which witnesses cosigned it."""

    note: str
    size: int
    witnesses: tuple[str, ...]


def last_checkpoint(engine: Engine) -> Newest | None:
    """The newest checkpoint; None: there is none yet."""
    with reading(engine) as connection:
        note = sequencer.last(connection)
    if note is None:
        return None
    text, signatures = notes.split(note)
    said = notes.read_checkpoint(text)
    return Newest(note, said.size, tuple(name for name, _ in signatures if name != said.origin))


def count(engine: Engine, kinds: Sequence[str], refs: Sequence[str]) -> int:
    """How many leaves there are of these kinds and refs (none named: of all)."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(leaf).where(*_wanted(kinds, refs))).scalar_one())


def _wanted(kinds: Sequence[str], refs: Sequence[str]) -> list[ColumnElement[bool]]:
    return [column.in_(words) for column, words in ((leaf.c.kind, kinds), (leaf.c.ref, refs)) if words]


def _listed(row: Row[Any]) -> dict[str, object]:
    return {
        "id": row.id,
        "index": row._mapping["index"],
        "kind": row.kind,
        "at": rfc3339(row.at),
        "ref": row.ref,
        "commit": notes.encode(bytes(row.commitment)),
        "document": msgspec.json.decode(row.document) if row.document is not None else None,
        "salt": notes.encode(bytes(row.salt)) if row.salt is not None else None,
    }


def receipt(engine: Engine, signer: Signer, source: str, id: str) -> dict[str, object] | None:
    """The receipt of an event: that its content is in the log. None: no such event, or it is erased."""
    with reading(engine) as connection:
        query = select(event.c.seq).where(event.c.name == event_name(source, id))
        seq = connection.execute(query).scalar()
        batch = _leaf_of(connection, seq) if seq is not None else None
    if seq is None or batch is None:
        return None
    if batch["index"] is None:
        sequencer.advance(engine, signer)
    with reading(engine) as connection:
        return receipt_of(connection, signer, seq)


def receipt_of(connection: Connection, signer: Signer, seq: int, alone: bool = False) -> dict[str, object] | None:
    """The receipt of the event of that number, whose leaf has its place; None: it has none, or is erased."""
    row = connection.execute(select(event.c.source, event.c.id, event.c.salt).where(event.c.seq == seq)).first()
    batch = _leaf_of(connection, seq)
    if row is None or row.salt is None or batch is None or batch["index"] is None:
        return None
    hashes = batch_hashes(connection, batch["first_seq"], batch["last_seq"])
    place = seq - batch["first_seq"]
    path = merkle.inclusion(place, len(hashes), merkle.in_memory(hashes))
    return {
        "source": row.source,
        "id": row.id,
        "salt": notes.encode(bytes(row.salt)),
        "index": place,
        "size": len(hashes),
        "path": [notes.encode(step) for step in path],
        "proof": prove(connection, signer, batch["index"], alone),
    }


def batch_hashes(connection: Connection, first: int, last: int) -> list[bytes]:
    """The leaf hashes of the tree of one batch. Raises LookupError where the ledger lacks an event of it."""
    found: dict[int, bytes] = {}
    for seq, salt, content in connection.execute(
        select(event.c.seq, event.c.salt, event.c.hash).where(event.c.seq >= first, event.c.seq <= last)
    ):
        if salt is not None:
            found[seq] = leaves.entry_hash(bytes(salt), bytes(content))
    gone = select(erased.c.seq, erased.c.entry).where(erased.c.seq >= first, erased.c.seq <= last)
    found.update({seq: bytes(entry) for seq, entry in connection.execute(gone) if entry is not None})
    return [found[seq] for seq in range(first, last + 1)]


def _leaf_of(connection: Connection, seq: int) -> RowMapping | None:
    """The `events` leaf of an event."""
    query = select(leaf).where(leaf.c.first_seq <= seq).order_by(leaf.c.first_seq.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return row if row is not None and row["last_seq"] >= seq else None
