"""The official's influence, as the duty side of a path shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aiqyn.rules.terms.influence import DECIDING_SEATS, Level, post_level
from aiqyn.streams.explanation.cited import Cited, Edge, EdgeKey, Teller, edge_key
from aiqyn.streams.explanation.labels import Labels
from aiqyn.streams.explanation.wording import Wording
from aiqyn.streams.facts import Post


class Duty(NamedTuple):
    """One influence of the official."""

    level: Level | None
    """I1 to I4; None where the path does not tell."""
    what: str
    """In words: `head at the buyer, ...`."""
    certain: bool


def duty(
    path: Sequence[Edge],
    by_key: Mapping[EdgeKey, Cited],
    teller: Teller,
    labels: Labels,
    words: Wording,
) -> Duty | None:
    """The influence that a path shows; None for a path without an official. Where its duty side ends at
    another case than its interest side (an earlier disposal of the same asset), it says so."""
    side = [edge for edge in path if edge["side"] == "duty"]
    if not side:
        return None
    first = side[0]
    item = by_key.get(edge_key(first))
    certain = first["certainty"] == "certain"
    if first["kind"] == "namedIn":
        code = teller.seat(first, item.fact) if item is not None else ""
        if code == "decider":
            earlier = side[-1]["to"] != path[-1]["to"]
            key = "duty.decider_earlier" if earlier else "duty.decider"
            return Duty(1, words.say(key, case=side[-1]["to"]), certain)
        level: Level = 1 if code in DECIDING_SEATS else 2
        return Duty(level, words.say("duty.seat", role=words.word("seat", code)), certain)
    if item is None or not isinstance(item.fact, Post):
        return None
    distance = sum(edge["kind"] == "parentBody" for edge in side)
    what = words.say(
        _post_key(side, path, distance),
        role=teller.role(item.fact.role),
        body=labels.named(first["to"]),
        case=side[-1]["to"],
    )
    return Duty(post_level(item.fact.role, distance), what, certain)


def _post_key(side: Sequence[Edge], path: Sequence[Edge], distance: int) -> str:
    if side[-1]["to"] != path[-1]["to"]:
        return "duty.post_earlier"
    if side[-1]["kind"] == "grants":
        return "duty.above_grantor" if distance else "duty.grantor"
    return "duty.above" if distance else "duty.post"
