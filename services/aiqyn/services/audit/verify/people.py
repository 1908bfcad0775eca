"""People: accounts, keys, webhooks, reveals, files and suppressions are as the log tells."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, select

from aiqyn.services.audit import states
from aiqyn.services.audit.erasures import Gone
from aiqyn.services.audit.verify.finding import Finding
from aiqyn.services.store.tables import account, api_key, attachment, leaf, reveal, suppression, webhook
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]
Handle = Callable[[str], str]
_decode = msgspec.json.decode


def check(
    connection: Connection, gone: Gone, actions: Mapping[str, list[Document]], handle: Handle
) -> Iterator[Finding]:
    """`actions`: the states of each action as logged; `handle`: what documents call people."""
    yield from _accounts(connection)
    yield from _reveals(connection, gone)
    yield from _files(connection, gone, actions)
    yield from _suppressions(connection, gone, actions, handle)


def _accounts(connection: Connection) -> Iterator[Finding]:
    """The row of each user, key and webhook is what its last leaf says."""
    last: dict[tuple[str, str], Document | None] = {}
    query = select(leaf.c.document).where(leaf.c.kind == "account", leaf.c.document.is_not(None)).order_by(leaf.c.id)
    for text in connection.execute(query).scalars():
        told = _decode(text)
        kind = next(name for name in ("key", "webhook", "account") if name in told)
        last[kind, told[kind]] = told["state"]
    kinds: tuple[tuple[str, Table, str, Callable[[Row[Any]], Document]], ...] = (
        ("account", account, "name", states.account_state),
        ("key", api_key, "id", states.key_state),
        ("webhook", webhook, "id", states.webhook_state),
    )
    for kind, table, id, state in kinds:
        for row in connection.execute(select(table).order_by(table.c[id])):
            name = getattr(row, id)
            logged = last.pop((kind, name), None)
            now = state(row)
            if logged is None:
                yield Finding(None, name, f"the {kind} was made by nothing in the log")
            elif logged != now:
                differing = next(each for each in now if logged.get(each) != now[each])
                yield Finding(None, name, f"{differing} of the {kind} is not what the log says")
    for (kind, name), logged in sorted(last.items(), key=lambda each: each[0]):
        if logged is not None:
            yield Finding(None, name, f"the {kind} was made and is not there any more")


def _reveals(connection: Connection, gone: Gone) -> Iterator[Finding]:
    logged: dict[str, Document | None] = {}
    for ref, text in connection.execute(select(leaf.c.ref, leaf.c.document).where(leaf.c.kind == "reveal")):
        logged[ref] = _decode(text) if text is not None else None
    for row in connection.execute(select(reveal)):
        if row.id not in logged:
            yield Finding(None, row.id, "the entry of the access log is not in the log")
            continue
        told = logged.pop(row.id)
        wiped = told is None and row.id in gone.rows
        if not wiped and told != {**row._mapping, "at": rfc3339(row.at)}:
            yield Finding(None, row.id, "the entry of the access log is not as it was logged")
    for id in sorted(logged):
        yield Finding(None, id, "somebody saw restricted data, and the access log lacks it")


def _files(connection: Connection, gone: Gone, actions: Mapping[str, list[Document]]) -> Iterator[Finding]:
    logged = {id: past[0] for id, past in actions.items() if past[0].get("attachment") == id}
    for row in connection.execute(select(attachment)):
        told = logged.pop(row.id, None)
        if told is None:
            yield Finding(None, row.id, "the file was put there by no action in the log")
            continue
        content = bytes(row.content)
        file = {
            "name": row.name, "mediaType": row.media_type, "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }  # fmt: skip
        about = told["alerts"], told["by"], told["at"], told["file"], told["file"]["sha256"]
        if about != ([row.alert], row.by, rfc3339(row.at), file, row.sha256):
            yield Finding(None, row.id, "the file is not the one that was put there")
    for id in sorted(logged.keys() - gone.rows):
        yield Finding(None, id, "the file was put to an alert and is not there any more")


def _suppressions(
    connection: Connection, gone: Gone, actions: Mapping[str, list[Document]], handle: Handle
) -> Iterator[Finding]:
    today = datetime.now(UTC).date().isoformat()
    approved = {
        id: last
        for id, past in actions.items()
        if (last := past[-1]).get("kind") == "suppress" and last["state"] in ("done", "undone")
        if any(each.get("state") == "done" for each in past)
    }
    for row in connection.execute(select(suppression)):
        told = approved.pop(row.action, None)
        if told is None:
            yield Finding(None, row.action, "the suppression is of no action in the log")
            continue
        if (told["expires"], _scope(told["scope"], str)) != (row.expires, _scope(_of(row), handle)):
            yield Finding(None, row.action, "the suppression hides something else than was approved")
        holds = told["state"] == "done"
        if row.active != holds and (row.active or row.expires >= today):
            yield Finding(None, row.action, "the suppression is switched on or off by no action in the log")
    for id in sorted(approved.keys() - gone.rows):
        yield Finding(None, id, "the suppression was approved and is not there any more")


def _of(row: Row[Any]) -> Document:
    return {
        "rule": row.rule, "company": row.company, "buyer": row.buyer,
        "persons": _decode(row.persons) if row.persons else None,
    }  # fmt: skip


def _scope(scope: Document, handle: Handle) -> tuple[Any, ...]:
    persons = sorted(map(handle, scope.get("persons") or ()))
    return scope["rule"], scope.get("company"), scope.get("buyer"), persons
