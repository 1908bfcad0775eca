"""Alerts read back, whole: as they stand, or as they stood at an instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from aiqyn.services.store.alert_filter import AlertFilter, Words
from aiqyn.services.store.alert_rows import indexed_entity
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, alert_entity, alert_revision, meta
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]

_PAGE = 500
_decode = msgspec.json.Decoder(Document).decode


def alerts(
    engine: Engine, wanted: AlertFilter | None = None, more: Sequence[ColumnElement[bool]] = ()
) -> Iterator[Document]:
    """The alerts that a filter lets through, by `raisedAt`, then `id`; `more`: conditions on the table `alert`.

    Read page by page: an alert that stands throughout comes exactly once, whatever is written meanwhile.
    """
    chosen = wanted or AlertFilter()
    query = _query(chosen).where(*more)
    last: tuple[int, str] | None = None
    while True:
        page = query if last is None else query.where(_after(*last))
        with reading(engine) as connection:
            rows = connection.execute(page.limit(_PAGE)).all()
        for row in rows:
            document = _whole(row.document, row.review_status, row.disposition)
            if _fits(document, chosen):
                yield document
        if len(rows) < _PAGE:
            return
        last = (rows[-1].raised_at, rows[-1].id)


def one(engine: Engine, name: str, known_at: int | None = None) -> Document | None:
    """The alert whose id is this, or alone begins so (8 characters or more); None: there is none."""
    condition = alert.c.id == name
    if len(name) >= 8:
        condition = or_(condition, alert.c.id.startswith(name, autoescape=True))
    query = _query(AlertFilter(known_at=known_at, withdrawn=True)).where(condition)
    with reading(engine) as connection:
        rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1:
        return None
    return _whole(rows[0].document, rows[0].review_status, rows[0].disposition)


def revisions(engine: Engine, name: str) -> list[Document]:
    """Every revision of an alert, oldest first: `{"revision","change","seq","recordedAt","alert"}`."""
    query = select(alert_revision).where(alert_revision.c.alert == name).order_by(alert_revision.c.revision)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [
        {
            "revision": row.revision,
            "change": row.change,
            "seq": row.seq,
            "recordedAt": rfc3339(row.recorded_at),
            "alert": _decode(row.document),
        }
        for row in rows
    ]


def review_fields(engine: Engine) -> dict[str, tuple[str, str | None]]:
    """`reviewStatus` and `disposition` of each alert that a person has touched."""
    query = select(alert.c.id, alert.c.review_status, alert.c.disposition).where(
        or_(alert.c.review_status != "open", alert.c.disposition.is_not(None))
    )
    with reading(engine) as connection:
        return {row.id: (row.review_status, row.disposition) for row in connection.execute(query)}


def with_review(document: Document, review_status: str = "open", disposition: str | None = None) -> Document:
    """The alert of the contract: an engine's alert with the reviewers' two fields in their place."""
    whole: Document = {}
    for name, value in document.items():
        whole[name] = value
        if name == "managed":
            whole["reviewStatus"] = review_status
            whole["disposition"] = disposition
    return whole


def described(engine: Engine) -> dict[str, str]:
    """What the database says of itself: `id`, `profile`, `keys`, `demo`, as far as they are set."""
    with reading(engine) as connection:
        return meta_values(connection)


def meta_values(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(meta))}


def _whole(document: str, review_status: str, disposition: str | None) -> Document:
    return with_review(_decode(document), review_status, disposition)


def _query(wanted: AlertFilter) -> Select[Any]:
    columns = (alert.c.id, alert.c.raised_at, alert.c.review_status, alert.c.disposition)
    if wanted.known_at is None:
        query = select(*columns, alert.c.document)
    else:
        standing = _standing_at(wanted.known_at)
        query = select(*columns, standing.c.document).join(standing, standing.c.alert == alert.c.id)
    return query.where(*conditions(wanted)).order_by(alert.c.raised_at, alert.c.id)


def _standing_at(instant: int) -> FromClause:
    last = (
        select(alert_revision.c.alert, func.max(alert_revision.c.revision).label("revision"))
        .where(alert_revision.c.recorded_at <= instant)
        .group_by(alert_revision.c.alert)
        .subquery()
    )
    return (
        select(alert_revision.c.alert, alert_revision.c.document)
        .join(
            last,
            and_(alert_revision.c.alert == last.c.alert, alert_revision.c.revision == last.c.revision),
        )
        .subquery()
    )


def _after(raised_at: int, name: str) -> ColumnElement[bool]:
    return or_(alert.c.raised_at > raised_at, and_(alert.c.raised_at == raised_at, alert.c.id > name))


def conditions(wanted: AlertFilter) -> Iterator[ColumnElement[bool]]:
    """What the columns can tell. In the past only what no revision changes: the document tells the rest."""
    yield from _any_of(alert.c.rule, wanted.rule)
    yield from _any_of(alert.c.review_status, wanted.review_status)
    yield from _any_of(alert.c.disposition, wanted.disposition)
    if wanted.ocid:
        yield or_(alert.c.ocid.in_(wanted.ocid), alert.c.allocation.in_(wanted.ocid))
    if wanted.raised_from is not None:
        yield alert.c.raised_at >= wanted.raised_from
    if wanted.raised_before is not None:
        yield alert.c.raised_at < wanted.raised_before
    if wanted.mentioned is not None:
        word = wanted.mentioned.word
        yield or_(
            alert.c.ocid == word,
            alert.c.allocation == word,
            alert.c.rule == word.upper(),
            alert.c.id.startswith(word, autoescape=True) if len(word) >= 8 else alert.c.id == word,
            _stands_in(wanted.mentioned.entities, None),
        )
    if wanted.known_at is not None:
        return
    if not wanted.withdrawn:
        yield alert.c.data_state == "current"
    yield from _any_of(alert.c.severity, wanted.severity)
    yield from _any_of(alert.c.certainty, wanted.certainty)
    yield from _any_of(alert.c.identity, wanted.identity)
    yield from _any_of(alert.c.stage, wanted.stage)
    if wanted.managed is not None:
        yield alert.c.managed == wanted.managed
    if wanted.retroactive is not None:
        yield alert.c.retroactive == wanted.retroactive
    if wanted.least_amount is not None:
        yield alert.c.amount >= float(wanted.least_amount)
    if wanted.valid_at is not None:
        yield and_(alert.c.window_from <= wanted.valid_at, alert.c.window_to >= wanted.valid_at)
    for names, role in (
        (wanted.entity, None),
        (wanted.buyer, "buyer"),
        (wanted.company, "company"),
        (wanted.person, "person"),
    ):
        if names:
            yield _stands_in(names, role)


def _any_of(column: Any, words: Words) -> Iterator[ColumnElement[bool]]:
    if words:
        yield column.in_(words)


def _stands_in(names: Words, role: str | None) -> ColumnElement[bool]:
    """No EXISTS: SQLite would look through the alerts in the order wanted until it has met enough of them."""
    conditions: list[ColumnElement[bool]] = [alert_entity.c.entity.in_(map(indexed_entity, names))]
    if role is not None:
        conditions.append(alert_entity.c.role == role)
    return alert.c.id.in_(select(alert_entity.c.alert).where(*conditions))


def _fits(document: Document, wanted: AlertFilter) -> bool:
    """The same conditions on the document, and those that only it can tell."""
    return (
        (wanted.withdrawn or document["dataState"] == "current")
        and _among(document["severity"], wanted.severity)
        and _among(document["certainty"], wanted.certainty)
        and _among(document["identity"], wanted.identity)
        and _among(document.get("stage"), wanted.stage)
        and _among(document.get("buyer"), wanted.buyer)
        and wanted.managed in (None, document["managed"])
        and wanted.retroactive in (None, document["retroactive"])
        and _meet({document.get("company"), *document["companies"]}, wanted.company)
        and _meet(set(document["persons"]), wanted.person)
        and (not wanted.entity or _meet(entities(document), wanted.entity))
        and (wanted.valid_at is None or _window_holds(document.get("window"), wanted.valid_at))
        and (wanted.least_amount is None or _amount_reaches(document.get("amount"), wanted.least_amount))
    )


def entities(document: Document) -> set[Any]:
    """Everybody who stands in an alert: buyer, companies, persons, and whoever is on a path."""
    found = {document.get("buyer"), document.get("company"), *document["companies"], *document["persons"]}
    for path in document["paths"]:
        for edge in path:
            found.update((edge["from"], edge["to"]))
    return found - {document.get("ocid"), document.get("allocation"), None}


def _among(value: object, words: Words) -> bool:
    return not words or value in words


def _meet(values: set[Any], words: Words) -> bool:
    return not words or not values.isdisjoint(words)


def _window_holds(window: list[str | None] | None, day: str) -> bool:
    if not window:
        return False
    first, last = window
    return (first is None or first <= day) and (last is None or day <= last)


def _amount_reaches(amount: dict[str, str] | None, least: Decimal) -> bool:
    return amount is not None and Decimal(amount["amount"]) >= least
