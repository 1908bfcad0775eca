"""Whether the records link a reviewer to a case: who is linked cannot decide on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine
from aiqyn.streams.graph.store import DEAD

_LEVELS = (3,)
INVOLVED = "this person is in the alert"
RELATED = "a relative of this person is in the alert"
PLACED = "this person has a post or an interest at the buyer or a company of the alert"


def links_between(person: str, alerts: Sequence[Mapping[str, Any]]) -> Callable[[Engine], dict[str, str]]:
    """A question to the engine: how the person (`SCHEME:ID`) is linked to each of the alerts, in words, by id.

    Links are: to be in the alert, to be a relative within the profile's degrees of somebody in it, and a post or an
    interest at its buyer or one of its companies. Alerts without a link are left out.
    """

    def ask(engine: Engine) -> dict[str, str]:
        world = engine.world
        number = world.atoms.find(person)
        if number is None:
            return {alert["id"]: INVOLVED for alert in alerts if person in _everybody(alert)}
        found: dict[str, str] = {}
        for level in _LEVELS:
            view = LevelView(world, level, engine.profile)
            me = view.node(number)
            relatives = {kin.relative for kin in view.kin(me)}
            places = _places(view, engine, me)
            for alert in alerts:
                how = _how(engine, view, alert, me, relatives, places)
                if how is not None:
                    found.setdefault(alert["id"], how)
        return found

    return ask


def link_between(person: str, alert: Mapping[str, Any]) -> Callable[[Engine], str | None]:
    """The same question about one alert."""
    every = links_between(person, [alert])
    return lambda engine: every(engine).get(alert["id"])


def _how(
    engine: Engine, view: LevelView, alert: Mapping[str, Any], me: int, relatives: set[int], places: set[int]
) -> str | None:
    find = engine.world.atoms.find
    named = [find(name) for name in _everybody(alert)]
    involved = {view.node(atom) for atom in named if atom is not None}
    if me in involved:
        return INVOLVED
    if relatives & involved:
        return RELATED
    sites = [find(name) for name in (alert.get("buyer"), *alert["companies"]) if name]
    return PLACED if places & {view.node(atom) for atom in sites if atom is not None} else None


def _places(view: LevelView, engine: Engine, me: int) -> set[int]:
    edges = engine.world.edges
    return {
        view.node(edges.target[edge])
        for atom in view.atoms(me)
        for edge in edges.out_of(atom)
        if not edges.flags[edge] & DEAD
    } - {me}


def _everybody(alert: Mapping[str, Any]) -> set[str]:
    """The persons of an alert, and whoever stands on its paths beside its buyer, companies and process."""
    beside = {alert.get("buyer"), *alert["companies"], alert.get("ocid"), alert.get("allocation"), None}
    on_paths = {edge[end] for path in alert["paths"] for edge in path for end in ("from", "to")}
    return ({*alert["persons"]} | on_paths) - beside
