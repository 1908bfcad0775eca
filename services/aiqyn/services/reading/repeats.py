"""Repeats: alerts of one rule with the same persons and companies, about other processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select

from aiqyn.services.reading.alerts import Document, whole
from aiqyn.services.store.alert_rows import indexed_entity
from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import alert, alert_entity

_MOST = 500
"""Alerts looked at for one page of the queue."""
Key = tuple[str, tuple[str, ...], tuple[str, ...]]


def key(document: Document) -> Key | None:
    """What repeats have in common; None: alerts without a company repeat nothing."""
    if not document["companies"]:
        return None
    return document["rule"], tuple(sorted(document["persons"])), tuple(sorted(document["companies"]))


def repeats(engine: Engine, shown: Sequence[Document]) -> dict[str, list[Document]]:
    """By the first of the alerts shown that has any: its repeats, current and not suppressed, highest priority first,
    shown ones included. Cost: the alerts with the companies shown, at most 500."""
    companies = sorted({company for document in shown for company in document["companies"]})
    wanted = {found for document in shown if (found := key(document)) is not None}
    if not wanted:
        return {}
    query = (
        select(alert)
        .where(
            alert.c.id.in_(
                select(alert_entity.c.alert).where(
                    alert_entity.c.entity.in_(map(indexed_entity, companies)), alert_entity.c.role == "company"
                )
            ),
            alert.c.data_state == "current",
            alert.c.suppressed_by.is_(None),
        )
        .order_by(alert.c.priority.desc(), alert.c.id)
        .limit(_MOST)
    )
    with reading(engine) as connection:
        documents = [whole(row, None) for row in connection.execute(query)]
    groups: dict[Key, list[Document]] = {}
    for document in documents:
        found = key(document)
        if found in wanted and found is not None:
            groups.setdefault(found, []).append(document)
    return _by_first(shown, groups)


def _by_first(shown: Sequence[Document], groups: dict[Key, list[Document]]) -> dict[str, list[Document]]:
    answer: dict[str, list[Document]] = {}
    done: set[Key] = set()
    for document in shown:
        found = key(document)
        if found is None or found in done:
            continue
        done.add(found)
        others: list[Any] = [each for each in groups.get(found, ()) if each["id"] != document["id"]]
        if others:
            answer[document["id"]] = others
    return answer
