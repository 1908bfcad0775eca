"""Rows of the alert tables, made from revisions."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec

from aiqyn.services import moments
from aiqyn.services.store.priority import amount, score
from aiqyn.streams.engine import case_key
from aiqyn.streams.ports import AlertRevision
from aiqyn.streams.shards import shard_of

Row = tuple[object, ...]

_encode = msgspec.json.encode
_LONGEST = 600  # bytes; three of them and the rest stay below the 2,704 that a row of an index may have
_LONGEST_ALONE = 2_000  # of one such text beside short ones
DIGEST = "sha256:"
"""How a digest begins that stands for a text; nothing else there begins so."""


def revision_row(made: AlertRevision, number: int) -> Row:
    """A row of `alert_revision`; `number` is its place in the feed."""
    alert: dict[str, Any] = made.alert
    return (
        alert["id"],
        alert["revision"],
        made.seq,
        made.change,
        moments.parse(alert["updatedAt"]),
        number,
        _encode(alert).decode(),
    )


def alert_row(alert: dict[str, Any]) -> Row:
    """A row of `alert`, without the reviewers' columns."""
    first, last = alert.get("window") or (None, None)
    return (
        alert["id"],
        alert["rule"],
        alert["dataState"],
        alert["severity"],
        alert["certainty"],
        alert["identity"],
        alert.get("stage"),
        alert.get("ocid"),
        alert.get("allocation"),
        alert["managed"],
        alert["retroactive"],
        first,
        last,
        alert["revision"],
        moments.parse(alert["raisedAt"]),
        moments.parse(alert["updatedAt"]),
        _encode(alert).decode(),
        shard_of(case_key(alert)),
        amount(alert),
        score(alert),
        _indexed(str(alert.get("ocid") or alert.get("allocation") or alert["id"])),
        _indexed(alert["buyer"]) if alert.get("buyer") else None,
        _indexed(_encode(alert["companies"]).decode()),
        *((stated["currency"], stated["amount"]) if (stated := alert.get("amount")) else (None, None)),
    )


def indexed_entity(name: str) -> str:
    """An entity's id as `alert_entity` holds it: ids are as long as strangers make them."""
    return _indexed(name, _LONGEST_ALONE)


def _indexed(text: str, longest: int = _LONGEST) -> str:
    """A text as an index can hold it: one that is too long for PostgreSQL's stands as its digest."""
    raw = text.encode()
    return text if len(raw) <= longest else DIGEST + sha256(raw).hexdigest()


def event_rows(made: AlertRevision) -> Iterator[Row]:
    """Rows of `alert_event`."""
    for seq in made.evidence:
        yield made.alert["id"], seq


def entity_rows(alert: dict[str, Any]) -> Iterator[Row]:
    """Rows of `alert_entity`, each once."""
    name = alert["id"]
    process = {alert.get("ocid"), alert.get("allocation")}
    ends = {edge[end] for path in alert["paths"] for edge in path for end in ("from", "to")}
    rows = {(name, entity, "path") for entity in ends - process}
    rows.update((name, company, "company") for company in (alert.get("company"), *alert["companies"]))
    rows.update((name, person, "person") for person in alert["persons"])
    rows.add((name, alert.get("buyer"), "buyer"))
    yield from sorted((alert, indexed_entity(entity), role) for alert, entity, role in rows if entity)
