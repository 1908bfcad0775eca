"""Ids of events into which a source has put the number of a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from aiqyn.services.privacy.masking import is_person
from aiqyn.services.reading.schemes import person_schemes
from aiqyn.streams.engine import Engine

_RUN = re.compile(r"[0-9A-Za-z]{4,64}")


def telling(ids: Collection[str]) -> Callable[[Engine], frozenset[str]]:
    """A question: which of the ids tell the number of somebody whom the records know, or a valid national number."""
    listed = list(ids)

    def ask(engine: Engine) -> frozenset[str]:
        schemes = sorted({"KZ-IIN", *person_schemes(engine)}) if listed else []
        find = engine.world.atoms.find

        def tells(run: str) -> bool:
            return any(find(f"{scheme}:{run}") is not None for scheme in schemes) or (
                len(run) == 12 and run.isdigit() and is_person(f"KZ-IIN:{run}")
            )

        return frozenset(id for id in listed if any(tells(run) for run in _RUN.findall(id)))

    return ask
