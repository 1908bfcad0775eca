"""Every number of the queue from one count: how many alerts there are of each mixture of what the queue counts by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select

from aiqyn.services.reading.alerts import Review
from aiqyn.services.reading.kept import Kept
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.reads import conditions
from aiqyn.services.store.tables import action, alert, alert_revision, suppression

_COLUMNS = (
    "decided_revision", "revision", "data_state", "review_status", "severity", "rule", "certainty", "identity", "stage",
    "managed", "retroactive", "disposition", "assignee", "suppressed_by",
)  # fmt: skip
_ANY = {"rule", "severity", "certainty", "identity", "stage", "review_status", "disposition"}


class Mixture(NamedTuple):
    """Alerts that are alike in all that the queue counts by."""

    values: dict[str, Any]
    suppressed: bool
    changed: bool
    number: int


class Facets:
    """Numbers of alerts under filters. Cost of a question: the mixtures, not the alerts."""

    def __init__(self, mixtures: Iterable[Mixture]) -> None:
        self._mixtures = list(mixtures)

    def current(self) -> Iterator[tuple[dict[str, Any], int, bool]]:
        """Every mixture of current alerts: the columns counted by, how many, and whether revised after a decision."""
        for each in self._mixtures:
            if each.values["data_state"] == "current":
                yield each.values, each.number, each.changed

    def count(self, wanted: AlertFilter, more: Review) -> int:
        """How many alerts both filters let through, as far as they are about what is counted by."""
        return sum(each.number for each in self._mixtures if _fits(each, wanted, more))

    def counts(self, wanted: AlertFilter, more: Review, by: str) -> dict[str, int]:
        """How many by a column of the table: `rule`, `severity`, `review_status` ..."""
        found: dict[str, int] = {}
        for each in self._mixtures:
            if _fits(each, wanted, more):
                value = str(each.values[by])
                found[value] = found.get(value, 0) + each.number
        return found


def figures(engine: Engine, wanted: AlertFilter) -> Facets:
    """The numbers under all that a filter says beyond what is counted by. Without any such condition they are kept:
    while alerts change without end, and counting takes longer than a tenth of a second, they may be some counts old.
    """
    rest = replace(
        wanted, rule=(), severity=(), certainty=(), identity=(), stage=(), review_status=(), disposition=(),
        managed=None, retroactive=None, withdrawn=True,
    )  # fmt: skip
    if rest != AlertFilter(withdrawn=True):
        return _counted(engine, rest)
    return _kept(engine).get(lambda: _counted(engine, rest), lambda: version(engine))


def version(engine: Engine) -> tuple[object, ...]:
    """Differs once an alert or what reviewers did has changed."""
    with reading(engine) as connection:
        revision = connection.execute(select(func.max(alert_revision.c.number))).scalar()
        acts = connection.execute(select(func.max(action.c.number), func.sum(action.c.states))).one()
        hiding = connection.execute(select(func.count()).where(suppression.c.active)).scalar()
    return revision, *acts, hiding


_facets: WeakKeyDictionary[Engine, Kept[Facets]] = WeakKeyDictionary()


def _kept(engine: Engine) -> Kept[Facets]:
    return _facets.setdefault(engine, Kept())


def _counted(engine: Engine, wanted: AlertFilter) -> Facets:
    """Grouped in the order of the index `ix_alert_facets`: without a condition that is all that is read."""
    columns = [alert.c[name] for name in _COLUMNS]
    query = select(*columns, func.count()).where(*conditions(wanted)).group_by(*columns)
    with reading(engine) as connection:
        return Facets(_mixture(row) for row in connection.execute(query))


def _mixture(row: Sequence[Any]) -> Mixture:
    values = dict(zip(_COLUMNS, row, strict=False))
    decided = values["decided_revision"]
    changed = decided is not None and decided != values["revision"]
    return Mixture(values, values["suppressed_by"] is not None, changed, row[-1])


def _fits(each: Mixture, wanted: AlertFilter, more: Review) -> bool:
    values = each.values
    if not wanted.withdrawn and values["data_state"] != "current":
        return False
    for name in _ANY:
        words = getattr(wanted, name)
        if words and values[name] not in words:
            return False
    return (
        wanted.managed in (None, bool(values["managed"]))
        and wanted.retroactive in (None, bool(values["retroactive"]))
        and (not more.assignee or (values["assignee"] or "") in more.assignee)
        and more.suppressed in (None, each.suppressed)
        and more.changed in (None, each.changed)
    )
