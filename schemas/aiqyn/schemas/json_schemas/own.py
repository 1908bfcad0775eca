"""Schemas of our own types, from the readers' own type declarations."""

from __future__ import annotations

from typing import Any

from msgspec.json import schema_components

from aiqyn.schemas.own.person import IDENTIFIED
from aiqyn.schemas.own.read import OWN_TYPES

_NAMED_ALONE = frozenset({"Person", "PublicPerson", "Entity", "Party"})
"""Objects that need `identifiers` or `recordId`, which no type declaration can say."""


def own_schemas() -> dict[str, dict[str, Any]]:
    """Event type to schema, without `$schema` and `$id`."""
    return {event_type: _schema(event_type, reader) for event_type, reader in OWN_TYPES.items()}


def _schema(event_type: str, reader: type) -> dict[str, Any]:
    (_reference,), components = schema_components([reader], ref_template="#/$defs/{name}")
    for name, component in components.items():
        if name in _NAMED_ALONE:
            component.update(IDENTIFIED)
        if not component.get("required"):
            component.pop("required", None)
        for member in component.get("properties", {}).values():
            member.pop("default", None)
    top = components.pop(reader.__name__)
    return {
        "title": event_type,
        "description": top.pop("description"),
        **{key: value for key, value in top.items() if key != "title"},
        "$defs": components,
    }
