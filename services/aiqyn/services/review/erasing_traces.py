"""What people's work left about a person who is erased: words, files, answers kept for repeated requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, or_, select, text, update

from aiqyn.services.review import rows, suppressions
from aiqyn.services.review.needles import holds, without
from aiqyn.services.store.tables import (
    action,
    action_alert,
    attachment,
    idempotency,
    leaf,
    quality_issue,
    reveal,
    suppression,
)

FREE = ("text", "reason", "decisionReason")
_WORDS_OF_LEAVES = ("refusal", "reveal", "export")
_SOME = 40
Document = dict[str, Any]


class Traces(NamedTuple):
    """What lost its content: rows of `leaf`, and rows of other tables by their ids."""

    leaves: list[int]
    rows: list[str]
    left: dict[str, Document]
    """What stays of the documents of actions, by the refs of their leaves."""


def wipe(connection: Connection, words: Sequence[str], ids: Sequence[str], alerts: Sequence[str]) -> Traces:
    """Take the words out of everything that people did; `alerts` are those that the person stood in.

    Files put to these alerts and the subject's answers go whole.
    """
    gone = Traces([], [], {})
    _files(connection, alerts, gone)
    _actions(connection, words, ids, alerts, gone)
    _reveals(connection, words, gone)
    query = select(leaf.c.id).where(leaf.c.kind.in_(_WORDS_OF_LEAVES))
    for some in _parts(leaf.c.document, words):
        gone.leaves.extend(connection.execute(query.where(some)).scalars())
    for some in _parts(quality_issue.c.detail, words):
        connection.execute(delete(quality_issue).where(some))
    _answers(connection, [*words, *alerts])
    return gone


def _parts(column: ColumnElement[Any], words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together say: the text has one of the words in it."""
    for start in range(0, len(words), _SOME):
        yield or_(*(column.contains(word, autoescape=True) for word in words[start : start + _SOME]))


def _files(connection: Connection, alerts: Sequence[str], gone: Traces) -> None:
    for some in rows.pages(alerts):
        mine = attachment.c.alert.in_(some)
        gone.rows.extend(connection.execute(select(attachment.c.id).where(mine)).scalars())
        connection.execute(delete(attachment).where(mine))


def _actions(
    connection: Connection, words: Sequence[str], ids: Sequence[str], alerts: Sequence[str], gone: Traces
) -> None:
    found: dict[str, Any] = {}
    columns = select(action.c.id, action.c.kind, action.c.document, action.c.before)
    for part in (*_parts(action.c.document, words), *_parts(action.c.before, words)):
        found.update((row.id, row) for row in connection.execute(columns.where(part)))
    for some in rows.pages(alerts):
        about = select(action_alert.c.action).where(action_alert.c.alert.in_(some))
        spoken = action.c.kind.in_(("reply", "comment")), action.c.id.in_(about)
        found.update((row.id, row) for row in connection.execute(columns.where(*spoken)))
    files = frozenset(gone.rows)
    for id, row in found.items():
        if row.before and holds(row.before, ids):
            _unnamed(connection, id, row)
            gone.rows.append(id)
        if row.kind == "reply" or id in files or holds(row.document, words):
            silence(connection, id, gone, words, whole=row.kind == "reply" or id in files)


def _unnamed(connection: Connection, id: str, row: Any) -> None:
    """The action without whom it names; a suppression of the person hides nothing any more."""
    kept = {**msgspec.json.decode(row.before), "hidden": {}}
    connection.execute(update(action).where(action.c.id == id).values(before=_text(kept)))
    if row.kind == "suppress":
        suppressions.end(connection, id)
        connection.execute(delete(suppression).where(suppression.c.action == id))


def silence(connection: Connection, id: str, gone: Traces, words: Sequence[str] = (), *, whole: bool) -> None:
    """The action without what it says (`whole`), or where it says one of the words; its leaves lose their documents."""
    mine = leaf.c.kind == "action", leaf.c.ref.startswith(f"{id}#", autoescape=True)
    last: Document | None = None
    for row in connection.execute(select(leaf.c.id, leaf.c.ref, leaf.c.document).where(*mine).order_by(leaf.c.id)):
        if row.document is None:
            continue
        last = _silent(msgspec.json.decode(row.document), words, whole)
        gone.left[row.ref] = last
        gone.leaves.append(row.id)
    if last is not None:
        connection.execute(update(action).where(action.c.id == id).values(document=_text(last)))


def _silent(before: Document, words: Sequence[str], whole: bool) -> Document:
    document: Document = without(before, dict.fromkeys(words, ""))
    for name in FREE:
        if document.get(name) is not None and (whole or document[name] != before[name]):
            document[name] = None
    if whole and document.get("file") is not None:
        document["file"] = None
    return document


def _reveals(connection: Connection, words: Sequence[str], gone: Traces) -> None:
    """The entry stays: who saw, when and by which handle."""
    for some in _parts(reveal.c.purpose, words):
        for id in connection.execute(select(reveal.c.id).where(some)).scalars().all():
            connection.execute(update(reveal).where(reveal.c.id == id).values(purpose="…"))
            gone.rows.append(id)


def _answers(connection: Connection, words: Sequence[str]) -> None:
    """First answers to requests, which are kept for a day: the request may be made anew then."""
    for word in words:
        inside = text(rows.bytes_hold(connection, "body")).bindparams(part=word.encode())
        connection.execute(delete(idempotency).where(inside))
        connection.execute(delete(idempotency).where(idempotency.c.headers.contains(word, autoescape=True)))


def _text(document: Document) -> str:
    return msgspec.json.encode(document).decode()
