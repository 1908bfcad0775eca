"""Whether the records link a reviewer to a case: who is linked cannot decide on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiqyn.streams.detection.view import LevelView
from aiqyn.streams.engine import Engine

_LEVEL = 3


def link_between(person: str, alert: Mapping[str, Any]) -> Callable[[Engine], str | None]:
    """A question to the engine: how the person (`SCHEME:ID`) is linked to the alert, in words; None: not at all.

    Links are: to be in the alert, a relative within the profile's degrees of somebody in it, and a post or an
    interest at its buyer or one of its companies.
    """

    def ask(engine: Engine) -> str | None:
        if person in alert["persons"]:
            return "you are in this alert"
        world = engine.world
        number = world.atoms.find(person)
        if number is None:
            return None
        view = LevelView(world, _LEVEL, engine.profile)
        me = view.node(number)
        involved = {view.node(atom) for name in alert["persons"] if (atom := world.atoms.find(name)) is not None}
        if me in involved:
            return "you are in this alert"
        if any(kin.relative in involved for kin in view.kin(me)):
            return "a relative of yours is in this alert"
        places = {
            view.node(atom)
            for name in (alert.get("buyer"), *alert["companies"])
            if name and (atom := world.atoms.find(name)) is not None
        }
        for atom in view.atoms(me):
            for edge in world.edges.out_of(atom):
                if view.node(world.edges.target[edge]) in places:
                    return "you have a post or an interest at the buyer or a company of this alert"
        return None

    return ask
