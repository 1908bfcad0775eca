"""What is not on record that would make a possible alert certain, or undo it: the alert's `missing` (design, 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aiqyn.rules.view import Party
from aiqyn.streams.facts import Head

_EXACT = len("2024-01-01")
_STAKES = ("owns", "controls", "directs")
_STATEMENT = "ownership.statement"


def missing(
    party: Party, filed: Sequence[str], paths: Iterable[Sequence[Mapping[str, Any]]], heads: Iterable[Head]
) -> list[str]:
    """Event types with the member that is missing or partial (`ownership.statement.share`), sorted, each once.

    `paths` in the contract's form; `heads`: the events that they cite; `filed`: filing dates as the alert gives them.
    Empty where nothing is missing: sources may disagree on what is stated exactly.
    """
    types = {(head.source, head.id): head.type.removesuffix(".v1") for head in heads}
    found = set(_of_party(party))
    if any("/" in day for day in filed):
        found.add("official.declaration.filedAt")
    for path in paths:
        for link in path:
            type = types[link["event"]["source"], link["event"]["id"]]
            found.update(f"{type}.{member}" for member in _of_link(link, type))
    return sorted(found)


def _of_party(party: Party) -> Iterator[str]:
    if party.first_day != party.first_day_last or party.last_day != party.last_day_first:
        yield "allocation.made.date" if party.date_basis == "allocation.date" else "procurement.release.date"


def _of_link(link: Mapping[str, Any], type: str) -> Iterator[str]:
    start, end = link["valid"]
    if start is not None and len(start) < _EXACT:
        yield "startDate"
    if end is not None and len(end) < _EXACT:
        yield "endDate"
    share = link["share"]
    if share is not None and share["min"] != share["max"]:
        yield "share"
    undated = start is None and type == _STATEMENT and link["kind"] in _STAKES
    if undated and link["certainty"] == "possible":
        yield "startDate"
