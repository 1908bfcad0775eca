"""What a reviewer's work opens to them: the alerts that are theirs, and who stands in those."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Engine, select

from aiqyn.services.store.database import reading
from aiqyn.services.store.tables import account, action, action_alert, alert, alert_entity
from aiqyn.streams.engine import Engine as Detection

_LEVEL = 3
_MOST = 1000
"""Proposals that are looked at; the inbox of one reviewer is shorter."""


def proposed_by(engine: Engine, proposal: str, name: str, person: str | None) -> bool:
    """Whether the proposal is this account's, or another account's of the same person."""
    query = (
        select(action.c.by, account.c.person)
        .outerjoin(account, account.c.name == action.c.by)
        .where(action.c.id == proposal)
    )
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    return row is None or row.by == name or (person is not None and row.person == person)


def entities_of(engine: Engine, name: str) -> set[str]:
    """Everybody who stands in an alert that is assigned to the account; one whose id is too long for the index is left
    out, and so stays masked."""
    query = (
        select(alert_entity.c.entity)
        .join(alert, alert.c.id == alert_entity.c.alert)
        .where(alert.c.assignee == name)
        .distinct()
    )
    with reading(engine) as connection:
        return set(connection.execute(query).scalars())


def proposed_on(engine: Engine) -> list[str]:
    """Alerts on which a proposal waits for a second person, the newest proposals first."""
    query = (
        select(action_alert.c.alert)
        .join(action, action.c.id == action_alert.c.action)
        .where(action.c.state == "proposed")
        .order_by(action.c.number.desc())
        .limit(_MOST)
    )
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def whole_clusters(names: Collection[str]) -> Callable[[Detection], set[str]]:
    """A question to the engine: these names, and all others of the same persons and entities."""

    def ask(engine: Detection) -> set[str]:
        world = engine.world
        found = set(names)
        for name in names:
            number = world.atoms.find(name)
            if number is not None:
                root = world.clusters.root(number, _LEVEL)
                found.update(world.atoms.names[each] for each in world.clusters.members(root, _LEVEL))
        return found

    return ask
