"""What somebody asks for, and what must be right about it whatever the state of the alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiqyn.services.moments import parse_day
from aiqyn.services.review.errors import ActionRefused

KINDS = ("take", "assign", "comment", "reply", "decide", "suppress", "identify", "erase")
DISPOSITIONS = ("confirmed", "managed", "falseMatch", "notMaterial", "referred", "valuable")
VERDICTS = ("same", "different", "unsure")
MOST = 1000
"""Alerts of one action."""
_YEAR = 366  # days
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "comment": ("text",),
    "reply": ("text",),
    "decide": ("disposition", "reason"),
    "suppress": ("scope", "reason", "expires"),
    "identify": ("left", "right", "verdict", "reason"),
    "erase": ("entity", "reason"),
}
_KNOWN: Mapping[str, tuple[str, ...]] = {**_NEEDED, "take": ("assignee",), "assign": ("assignee",)}
_MEMBERS = ("disposition", "text", "assignee", "scope", "expires", "left", "right", "verdict", "entity")
WITHOUT_ALERTS = frozenset({"identify", "erase"})
MAY_NAME_NONE = WITHOUT_ALERTS | {"suppress"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the person behind it, and what they may."""

    name: str
    person: str | None
    scopes: frozenset[str]
    supervisor: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; members that the kind does not know are empty. Names of people are ids here, not handles."""

    kind: str
    alerts: tuple[str, ...]
    disposition: str | None = None
    reason: str | None = None
    text: str | None = None
    assignee: str | None = None
    scope: Mapping[str, Any] | None = None
    expires: str | None = None
    match: str | None = None
    """The ETag that the actor saw; None: whatever it is now."""
    left: str | None = None
    right: str | None = None
    verdict: str | None = None
    entity: str | None = None


def check(asked: Request) -> None:
    """Members that a kind needs, and no others. Raises ActionRefused 422."""
    if asked.kind not in KINDS:
        raise ActionRefused(422, "field.invalid", f"kind: one of {', '.join(KINDS)}", pointer="/kind")
    if not asked.alerts and asked.kind not in MAY_NAME_NONE:
        raise ActionRefused(422, "field.missing", "alerts: at least one is wanted", pointer="/alerts")
    if asked.alerts and asked.kind in WITHOUT_ALERTS:
        raise ActionRefused(422, "field.invalid", f"{asked.kind} is about no alerts", pointer="/alerts")
    if len(set(asked.alerts)) > MOST:
        raise ActionRefused(422, "field.invalid", f"alerts: at most {MOST} at once", pointer="/alerts")
    for name in _NEEDED.get(asked.kind, ()):
        value = getattr(asked, name)
        if not value or (isinstance(value, str) and not value.strip()):
            raise ActionRefused(422, "field.missing", f"{asked.kind} needs {name}", pointer=f"/{name}")
    for name in _MEMBERS:
        if getattr(asked, name) is not None and name not in _KNOWN.get(asked.kind, ()):
            raise ActionRefused(422, "member.unknown", f"{asked.kind} has no {name}", pointer=f"/{name}")
    _one_of(asked.disposition, DISPOSITIONS, "disposition")
    _one_of(asked.verdict, VERDICTS, "verdict")
    if asked.kind == "suppress":
        _check_suppression(asked)
    if asked.kind == "identify" and asked.left == asked.right:
        raise ActionRefused(422, "field.invalid", "left and right are the same record", pointer="/right")


def _one_of(value: str | None, known: tuple[str, ...], name: str) -> None:
    if value is not None and value not in known:
        raise ActionRefused(422, "field.invalid", f"{name}: one of {', '.join(known)}", pointer=f"/{name}")


def _check_suppression(asked: Request) -> None:
    scope = asked.scope or {}
    if not scope.get("rule") or not any(scope.get(name) for name in ("company", "persons", "buyer")):
        raise ActionRefused(422, "field.invalid", "scope: a rule and one more are wanted", pointer="/scope")
    today = datetime.now(UTC).date()
    try:
        ends = datetime.fromisoformat(parse_day(asked.expires or "")).date()
    except ValueError:
        raise ActionRefused(422, "field.invalid", "expires: a day (YYYY-MM-DD) is wanted", pointer="/expires") from None
    if not today < ends <= today + timedelta(days=_YEAR):
        raise ActionRefused(422, "field.invalid", "expires: a day within a year is wanted", pointer="/expires")
