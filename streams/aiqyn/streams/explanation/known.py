"""What would undo an alert, since when its facts are complete, and whether they were on the award day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiqyn.schemas.days import parse_optional_day
from aiqyn.streams.engine import Engine
from aiqyn.streams.facts import Head

_DAY = 86_400_000_000
_EPOCH = 719_163
"""1 January 1970 as a day's ordinal."""
_ALLOCATING = frozenset({"procurement.release.v1", "allocation.made.v1"})
"""What tells of the allocation itself, not of the people and companies in it."""


class Knowledge(NamedTuple):
    decisive: tuple[Head, ...]
    """The events that, retracted alone, would withdraw the alert: cited ones in their order, then records behind the
    ids on the paths."""
    since: int
    """When the last fact that the alert needs came on record: microseconds since 1970 UTC."""
    on_award: bool
    """Whether the facts about people and companies that it needs were on record by the award day's end."""


def end_of_award_day(alert: Mapping[str, Any]) -> int | None:
    """The moment after the alert's last day of decision, in UTC (microseconds since 1970); None: no day."""
    span = parse_optional_day(alert["window"][1])
    return (span.last + 1 - _EPOCH) * _DAY if span is not None else None


def knowledge(engine: Engine, alert: Mapping[str, Any], cited: Sequence[Head], supporting: Sequence[Head]) -> Knowledge:
    """Asks the engine what would hold without these events; nothing is changed by that.

    `cited`: the events on the paths; `supporting`: others that the alert may need (releases of the process,
    records behind the ids). The moment is that of the latest event without which, and without all later ones,
    the alert would not stand. The award day is asked without events that came after it, those apart that tell
    of the allocation itself: an award is published after it is made. Cost: the alert's case is judged anew
    once a cited event, and once a late one. A withdrawn alert has nothing decisive; the rest is read off its
    paths.
    """
    award = end_of_award_day(alert)
    if alert["dataState"] == "withdrawn":
        since = max((head.recorded_at for head in cited), default=0)
        return Knowledge((), since, award is not None and not _late(cited, award))
    concerned = {head.seq: head for head in (*cited, *supporting)}
    decisive = tuple(head for head in concerned.values() if engine.would_withdraw(alert["id"], head))
    needed = sorted(concerned.values(), key=lambda head: -head.seq)
    return Knowledge(decisive, _since(engine, alert["id"], needed), _known(engine, alert["id"], needed, award))


def _since(engine: Engine, id: str, latest_first: Sequence[Head]) -> int:
    for number, head in enumerate(latest_first, 1):
        if not engine.stands_without(id, latest_first[:number]):
            return head.recorded_at
    return latest_first[-1].recorded_at if latest_first else 0


def _known(engine: Engine, id: str, heads: Sequence[Head], award: int | None) -> bool:
    if award is None:
        return False
    late = _late(heads, award)
    return not late or engine.stands_without(id, late)


def _late(heads: Sequence[Head], award: int) -> list[Head]:
    return [head for head in heads if head.recorded_at >= award and head.type not in _ALLOCATING]
