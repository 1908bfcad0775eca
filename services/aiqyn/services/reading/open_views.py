"""The rows of the views `v1_*` with nothing restricted in them, for `/v1/sql`: pseudonyms of this answer alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, text

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services.privacy.handles import Handles
from aiqyn.services.privacy.masking import FAMILY, is_person, mask
from aiqyn.services.reading.sandbox import Row, columns_of
from aiqyn.services.store import reads
from aiqyn.services.store.alert_filter import AlertFilter
from aiqyn.services.store.database import reading
from aiqyn.services.store.views import COLUMNS

_PART = 5000
_RUN = re.compile(r"\d{6,}")
_START = 4
_OFFICE = "holdsPost"
_OPEN = "[null,null]"


class OpenViews:
    """Gives the rows of one answer; what a person's id is shown as holds throughout it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._handles = Handles.fresh()
        self._persons: set[str] | None = None
        self._schemes: set[str] = set()
        """In which persons are registered."""
        self._numbers: dict[str, list[str]] = {}
        """Numbers of persons by how they begin."""
        self._committees: set[tuple[str, str]] | None = None

    def rows(self, name: str) -> Iterable[Row]:
        """Every row of a view."""
        return _SOURCES[name](self)

    # --- alerts --------------------------------------------------------------------------------------------

    def _alerts(self) -> Iterator[Row]:
        return columns_of("v1_alerts", self._documents(), _cell)

    def _edges(self) -> Iterator[Row]:
        for alert in self._documents():
            for path, edges in enumerate(alert["paths"]):
                named = ({**edge, "alert": alert["id"], "path": path, "place": at} for at, edge in enumerate(edges))
                yield from columns_of("v1_alert_edges", named, _cell)

    def _documents(self) -> Iterator[dict[str, Any]]:
        for alert in reads.alerts(self._engine, AlertFilter(withdrawn=True)):
            yield mask({**alert, "masked": []}, self._handles)

    # --- records -------------------------------------------------------------------------------------------

    def _entities(self) -> Iterator[Row]:
        office = {row[1] for row in self._plain("v1_links") if row[0] == _OFFICE}
        office |= {row[0] for row in self._plain("v1_mentions") if row[1] == "person" and self._decides(row[3])}
        for id, kind, name, event, at in self._plain("v1_entities"):
            person = self._is_person(id)
            shown = None if person and id not in office else name
            yield self._id(id), "person" if person else kind, shown, self._event(event), at

    def _decides(self, event: object) -> bool:
        """Whether the event names its persons as deciders."""
        if self._committees is None:
            query = text("SELECT source, id FROM event WHERE type = 'procurement.committee.v1'")
            with reading(self._engine) as connection:
                self._committees = {(row[0], row[1]) for row in connection.execute(query)}
        named = msgspec.json.decode(str(event))
        return (named["source"], named["id"]) in self._committees

    def _links(self) -> Iterator[Row]:
        for kind, start, end, share, valid, at, event in self._plain("v1_links"):
            shown = _OPEN if kind in FAMILY else valid
            yield kind, self._id(start), self._id(end), share, shown, at, self._event(event)

    def _allocations(self) -> Iterator[Row]:
        for row in self._plain("v1_allocations"):
            *rest, buyer, company, amount, event = row
            yield *rest, self._id(buyer), self._id(company), amount, self._event(event)

    def _events(self) -> Iterator[Row]:
        for source, id, *rest in self._plain("v1_events"):
            yield source, None if self._tells(str(id)) else id, *rest

    def _plain(self, name: str) -> Iterator[Sequence[Any]]:
        columns = ", ".join(f'"{column}"' for column in COLUMNS["v1_entities" if name == "v1_mentions" else name])
        with reading(self._engine) as connection:
            found = connection.execution_options(yield_per=_PART).execute(text(f"SELECT {columns} FROM {name}"))
            for row in found:
                yield tuple(row)

    # --- masking -------------------------------------------------------------------------------------------

    def _known(self) -> set[str]:
        if self._persons is None:
            self._persons = {row[0] for row in self._plain("v1_entities") if row[1] == "person" and row[0]}
            self._persons |= set(self._recipients())
            self._schemes = {name.partition(":")[0] for name in self._persons if not name.startswith("REC:")}
            for name in self._persons:
                number = name.partition(":")[2]
                if not name.startswith("REC:") and len(number) >= _START:
                    self._numbers.setdefault(number[:_START], []).append(number)
        return self._persons

    def _recipients(self) -> Iterator[str]:
        """People to whom something was allocated: the view cannot tell them from companies."""
        query = text("SELECT source, content FROM event WHERE type = 'allocation.made.v1'")
        with reading(self._engine) as connection:
            for source, content in connection.execution_options(yield_per=_PART).execute(query):
                recipient = (msgspec.json.decode(bytes(content)).get("data") or {}).get("recipient") or {}
                if "names" in recipient or "birthDate" in recipient:
                    for each in recipient.get("identifiers") or ():
                        yield f"{each.get('scheme')}:{each.get('id')}"
                    yield f"REC:{source}:{recipient.get('recordId')}"

    def _is_person(self, name: str | None) -> bool:
        if name is None:
            return False
        return name in self._known() or name.partition(":")[0] in self._schemes or is_person(name)

    def _id(self, name: str | None) -> str | None:
        """A person's pseudonym; a record that nothing tells the kind of is masked too."""
        if name is None or not (self._is_person(name) or name.startswith("REC:")):
            return name
        return self._handles.of(name)

    def _event(self, event: str) -> str:
        named = msgspec.json.decode(event)
        if self._tells(named["id"]):
            named["id"] = None
        return msgspec.json.encode(named).decode()

    def _tells(self, id: str) -> bool:
        """Whether a source has put a person's number into the id of its event."""
        self._known()
        if any(len(run) == 12 and parse_atom(f"KZ-IIN:{run}").kind == "person" for run in _RUN.findall(id)):
            return True
        starts = (id[at : at + _START] for at in range(len(id) - _START + 1))
        return any(number in id for start in starts for number in self._numbers.get(start, ()))


def _cell(value: object) -> object:
    """As the views write it: lists and objects as compact JSON, truth as 1 and 0."""
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode()
    return value


_SOURCES: dict[str, Callable[[OpenViews], Iterable[Row]]] = {
    "v1_alerts": OpenViews._alerts,
    "v1_alert_edges": OpenViews._edges,
    "v1_entities": OpenViews._entities,
    "v1_links": OpenViews._links,
    "v1_allocations": OpenViews._allocations,
    "v1_events": OpenViews._events,
}
