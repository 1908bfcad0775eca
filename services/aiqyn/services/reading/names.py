"""What records call somebody, asked of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiqyn.streams.engine import Engine
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.wording import Wording
from aiqyn.streams.ports import FactLog


def names_of(
    log: FactLog, wanted: Iterable[str], events: Iterable[tuple[str, str]] = ()
) -> Callable[[Engine], dict[str, str]]:
    """A question to the engine: the first name on record of each; those without one are left out.

    `events` are (source, id) of events that may name them, such as those that an alert cites.
    """
    listed, cited = list(wanted), sorted(events)

    def ask(engine: Engine) -> dict[str, str]:
        labels = Labels(engine.world, log, Wording("en"))
        labels.learn(log.read([seq for name in cited if (seq := log.find(*name)) is not None]))
        return {name: label for name in listed if (label := labels.label(name))}

    return ask


def names_in(log: FactLog, alert: Mapping[str, Any]) -> Callable[[Engine], dict[str, str]]:
    """As `names_of`, for everybody on the paths of an alert."""
    edges = [edge for path in alert["paths"] for edge in path]
    wanted = {
        alert["buyer"],
        *alert["companies"],
        *alert["persons"],
        *(e[end] for e in edges for end in ("from", "to")),
    }
    events = {(edge["event"]["source"], edge["event"]["id"]) for edge in edges}
    return names_of(log, sorted(name for name in wanted if name), events)
