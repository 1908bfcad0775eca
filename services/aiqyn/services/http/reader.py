"""What a caller may see: alerts masked or open, names of those whose names are public or open to the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiqyn.services.http.context import Context
from aiqyn.services.http.problems import Problem, not_found
from aiqyn.services.http.security import Caller
from aiqyn.services.privacy.handles import PREFIX, Handles
from aiqyn.services.privacy.masking import FAMILY, Document, is_person, mask, office_holders, people
from aiqyn.services.reading import alerts as reading
from aiqyn.services.reading.names import names_of
from aiqyn.services.reading.schemes import person_schemes
from aiqyn.services.review import sight
from aiqyn.services.review.linked import link_between
from aiqyn.streams.explanation.localised import localised
from aiqyn.streams.explanation.wording import Wording


class Reader:
    """One caller's sight of the database."""

    def __init__(self, ctx: Context, caller: Caller, lang: str = "en") -> None:
        self._ctx = ctx
        self._caller = caller
        self._lang = lang
        self.handles = handles(ctx)
        self._approves: dict[tuple[str, str], bool] = {}
        self._open: frozenset[str] | None = None

    def opens(self, alert: Document) -> bool:
        """Whether restricted data of the alert are open: it is assigned to the caller, or the caller may approve the
        proposal on it: as another person, whom the records do not link to it."""
        if "reveal" not in self._caller.scopes:
            return False
        review = alert.get("review") or {}
        if review.get("assignee") == self._caller.name:
            return True
        proposal = review.get("proposal")
        if "approve" not in self._caller.scopes or proposal is None:
            return False
        return self._may_approve(alert, proposal)

    def _may_approve(self, alert: Document, proposal: str) -> bool:
        key = alert["id"], proposal
        if key not in self._approves:
            me = self._caller
            mine = sight.proposed_by(self._ctx.engine, proposal, me.name, me.person)
            linked = not mine and me.person and self._ctx.live.ask(link_between(me.person, alert)) is not None
            self._approves[key] = not mine and not linked
        return self._approves[key]

    def open_entities(self) -> frozenset[str]:
        """Ids of those whose restricted data are open to the caller: they stand in an alert that is."""
        if self._open is None:
            found: set[str] = set()
            if "reveal" in self._caller.scopes:
                found = sight.entities_of(self._ctx.engine, self._caller.name)
                if "approve" in self._caller.scopes:
                    for id in sight.proposed_on(self._ctx.engine):
                        alert = reading.one(self._ctx.engine, id)
                        if alert is not None and self.opens(alert):
                            found |= people(alert)
            self._open = frozenset(self._ctx.live.ask(sight.whole_clusters(found))) if found else frozenset()
        return self._open

    def of(self, name: str) -> str:
        """What a natural person is called in what the caller sees: the id where it is open, else the handle."""
        return name if name in self.open_entities() else self.handles.of(name)

    def alert(self, alert: Document) -> Document:
        """The alert as the caller may see it, its title and summary in the caller's language."""
        said = alert if self._lang == "en" else localised(alert, self._lang)
        return said if self.opens(alert) else mask(said, self.handles)

    @staticmethod
    def is_public(name: str) -> bool:
        """Whether the name is certainly no natural person's."""
        return not (is_person(name) or name.startswith(("REC:", PREFIX)))

    def names(self, alerts: Sequence[Document]) -> dict[str, str]:
        """Names by id and by handle: of companies and bodies, of office holders, and of people in open alerts."""
        wanted: set[str] = set()
        for alert in alerts:
            closed = set() if self.opens(alert) else people(alert) - office_holders(alert)
            ends = {edge[end] for path in alert["paths"] for edge in path for end in ("from", "to")}
            everybody = ends | {*alert["persons"], *alert["companies"], alert.get("buyer")}
            wanted |= {name for name in everybody if name} - closed
        events = {(edge["event"]["source"], edge["event"]["id"]) for alert in alerts for path in alert["paths"]
                  for edge in path}  # fmt: skip
        found = self._ctx.live.ask(names_of(self._ctx.database.store, sorted(wanted), events))
        return found | {self.handles.of(name): label for name, label in found.items()}

    def _is_restricted(self, name: str) -> bool:
        """Whether the id is, or may be, a person's; told by its scheme, whether it exists or not."""
        if is_person(name) or name.startswith("REC:"):
            return True
        return name.partition(":")[0] in self._ctx.live.ask(person_schemes)

    def resolve(self, name: str) -> str:
        """The id behind a handle; an id stands for itself. A person's id is refused to those who may not reveal."""
        if name.startswith(PREFIX):
            found = self._ctx.live.ask(lambda engine: self.handles.resolve(name, engine.world.atoms.names))
            if found is None:
                raise not_found()
            return found
        if "reveal" not in self._caller.scopes and self._is_restricted(name):
            raise Problem(403, "filter.restricted", "this names restricted data; use the handle of the entity")
        return name


_made: dict[int, Handles] = {}


def handles(ctx: Context) -> Handles:
    """The handles of the server's database."""
    key = id(ctx)
    if key not in _made:
        _made.clear()
        _made[key] = Handles.of_database(ctx.database.keys)
    return _made[key]


def texts(
    alert: Document, handles: Handles, names: dict[str, str], words: Iterable[Any], hidden: str, lang: str = "en"
) -> list[Any]:
    """Sentences of an explanation, in a language, with restricted ids, names and days replaced."""
    secret = {name: handles.of(name) for name in people(alert)}
    closed = people(alert) - office_holders(alert)
    numbers = {name.partition(":")[2]: hidden for name in secret if not name.startswith("REC:")}
    spans = {Wording(lang).span(*edge["valid"]): hidden for path in alert["paths"] for edge in path if _hides(edge)}
    replaced = {**spans, **{names[name]: hidden for name in closed if names.get(name)}, **secret, **numbers}
    return [_replaced(word, replaced) for word in words]


def _hides(edge: Mapping[str, Any]) -> bool:
    """Whether it is a tie between people, of which it is stated since or until when."""
    valid = edge.get("valid")
    return edge.get("kind") in FAMILY and isinstance(valid, list) and valid != [None, None]


def _replaced(value: Any, replaced: dict[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in replaced.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, list | tuple):
        return [_replaced(each, replaced) for each in value]
    if isinstance(value, dict):
        if _hides(value):
            value = {**value, "valid": [None, None]}
        return {key: _replaced(each, replaced) for key, each in value.items()}
    return value
