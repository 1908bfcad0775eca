"""One serializer for alerts: ids of natural persons become handles, names are left out, unless the reader may see them.

Public are companies, bodies, processes and amounts, and the names and posts of office holders and of people named
as deciders (interfaces, section 8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from aiqyn.schemas.alert_schema import ALERT
from aiqyn.schemas.identifiers import parse_atom
from aiqyn.services.privacy.handles import Handles

Document = dict[str, Any]
_NUMBER = re.compile(r"\d{6,}")
FAMILY = frozenset({"relativeOf", "associateOf"})
"""Edges between people: since when, the classes of `official.relation` keep to themselves."""
_FROM = frozenset({"holdsPost", "namedIn", "directs", "declared"})
_DUTY = frozenset({"holdsPost", "namedIn"})


def is_person(name: str) -> bool:
    """Whether the scheme of a name says that it is a natural person's."""
    return not name.startswith("REC:") and parse_atom(name).kind == "person"


def tells_of(id: str, name: str) -> bool:
    """Whether a source has put the number of a person (`SCHEME:ID` or `REC:<source>:<record>`) into the id of its
    event."""
    value = name.partition(":")[2]
    if not name.startswith("REC:"):
        return bool(value) and value in id
    return any(number in id for number in _NUMBER.findall(value))


def people(alert: Mapping[str, Any]) -> set[str]:
    """Everybody in an alert who is, or may be, a natural person."""
    known = {alert.get("buyer"), alert.get("company"), *alert["companies"], alert.get("ocid"), alert.get("allocation")}
    found = set(alert["persons"])
    for path in alert["paths"]:
        for edge in path:
            kind, start, end = edge["kind"], edge["from"], edge["to"]
            found.update(name for name in (start, end) if is_person(name))
            if kind in _FROM or kind in FAMILY:
                found.add(start)
            if kind in FAMILY:
                found.add(end)
            found.update(name for name in (start, end) if name.startswith("REC:"))
    return found - known


def office_holders(alert: Mapping[str, Any]) -> set[str]:
    """The people whose names are public: they hold a post, or are named as deciders."""
    return {edge["from"] for path in alert["paths"] for edge in path if edge["kind"] in _DUTY}


def mask(alert: Document, handles: Handles) -> Document:
    """The alert with handles for people, and `masked`: the pointers of what was changed."""
    secret = {name: handles.of(name) for name in people(alert)}
    if not secret:
        return alert
    masked: list[str] = []
    document: Document = _shown(alert, _PLAN, "", secret, masked)
    document["masked"] = masked
    return document


Plan = Mapping[str, "Plan"] | list["Plan"] | Literal["closed"]
"""Where people may be named, by the classes of a schema: members, items, or the value itself."""


def _plan(schema: Mapping[str, Any]) -> Plan | None:
    """What of a schema is not public; None: nothing."""
    if schema.get("x-class", "public") != "public":
        return "closed"
    if "items" in schema:
        items = _plan(schema["items"])
        return None if items is None else [items]
    members = {name: found for name, each in schema.get("properties", {}).items() if (found := _plan(each)) is not None}
    return members or None


_PLAN = _plan(ALERT)


def _shown(value: Any, plan: Plan | None, at: str, secret: Mapping[str, str], masked: list[str]) -> Any:
    if plan is None or value is None:
        return value
    if isinstance(plan, list):
        return [_shown(held, plan[0], f"{at}/{place}", secret, masked) for place, held in enumerate(value)]
    if plan != "closed":
        shown = {**value}
        for name, each in plan.items():
            if name in value:
                shown[name] = _shown(value[name], each, f"{at}/{name}", secret, masked)
        if value.get("kind") in FAMILY and value.get("valid"):
            masked += [f"{at}/valid/{end}" for end, day in enumerate(value["valid"]) if day is not None]
            shown["valid"] = [None, None]
        return shown
    if value in secret:
        masked.append(at)
        return secret[value]
    # A source may have put a national id into the id of its event.
    if at.endswith("/event/id"):
        tells = any(tells_of(value, name) for name in secret)
        if tells:
            masked.append(at)
        return None if tells else value
    return text(value, secret)


def text(value: str, secret: Mapping[str, str]) -> str:
    """A sentence with the ids of people replaced."""
    for name, handle in secret.items():
        if name in value:
            value = value.replace(name, handle)
    return value
