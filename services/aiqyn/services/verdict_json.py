"""A verdict on one record as integrators read it (JSON in camelCase, one object a record)."""

from __future__ import annotations

from collections.abc import Iterable

from aiqyn.schemas.errors import Problem
from aiqyn.streams.verdicts import Verdict


def verdict_json(index: int, verdict: Verdict) -> dict[str, object]:
    """The record of an answer; `index` counts from 0. `waitingFor` is there only where something is."""
    record: dict[str, object] = {
        "index": index,
        "source": verdict.source,
        "id": verdict.id,
        "type": verdict.type,
        "status": verdict.status,
        "state": verdict.state,
    }
    if verdict.waiting_for:
        record["waitingFor"] = list(verdict.waiting_for)
    record["conforms"] = verdict.conforms
    record["alerts"] = list(verdict.alerts)
    record["quality"] = _problems(verdict.quality)
    record["errors"] = _problems(verdict.errors)
    return record


def _problems(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [
        {"code": code, "pointer": pointer, "detail": detail, "doc": f"/errors/{code}"}
        for code, pointer, detail in problems
    ]
