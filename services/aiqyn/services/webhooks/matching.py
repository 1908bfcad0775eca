"""Which revisions a subscription wants. A filter names public facts alone: nothing that is sent tells of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiqyn.services.privacy.handles import PREFIX
from aiqyn.services.privacy.masking import is_person
from aiqyn.services.webhooks.errors import BadWebhook

TYPES = ("coi.alert.raised.v1", "coi.alert.updated.v1", "coi.alert.withdrawn.v1")
MEMBERS = ("rule", "severity", "certainty", "identity", "stage", "ocid", "buyer", "company", "dataState")
_MOST = 100
Filter = dict[str, list[str]]


def checked_types(types: list[str]) -> list[str]:
    """The types, each once. Raises BadWebhook."""
    if not types:
        raise BadWebhook(f"types: at least one of {', '.join(TYPES)}", "/types")
    for place, name in enumerate(types):
        if name not in TYPES:
            raise BadWebhook(f"there is no type {name[:100]!r}; there are {', '.join(TYPES)}", f"/types/{place}")
    return list(dict.fromkeys(types))


def checked_filter(wanted: Mapping[str, str | list[str]]) -> Filter:
    """The filter, every value a list. Raises BadWebhook for a member that is unknown or could name a person."""
    found: Filter = {}
    for name, value in wanted.items():
        if name not in MEMBERS:
            raise BadWebhook(f"a webhook cannot filter by {name[:100]!r}; by {', '.join(MEMBERS)} it can", "/filter")
        values = [value] if isinstance(value, str) else value
        if len(values) > _MOST or any(len(each) > 300 for each in values):
            raise BadWebhook(f"at most {_MOST} values of 300 characters", f"/filter/{name}")
        if name in ("buyer", "company") and any(_restricted(each) for each in values):
            raise BadWebhook("a webhook cannot filter by people", f"/filter/{name}")
        if values:
            found[name] = list(values)
    return found


def matches(types: list[str], wanted: Filter, change: str, alert: Mapping[str, Any]) -> bool:
    """Whether a revision is wanted; `change` is `raised`, `updated` or `withdrawn`."""
    if f"coi.alert.{change}.v1" not in types:
        return False
    return all(not _values(alert, name).isdisjoint(values) for name, values in wanted.items())


def _values(alert: Mapping[str, Any], name: str) -> set[str]:
    if name == "company":
        return {*alert["companies"], alert.get("company") or ""} - {""}
    if name == "ocid":
        return {alert.get("ocid") or "", alert.get("allocation") or ""} - {""}
    value = alert.get(name)
    return set() if value is None else {str(value)}


def _restricted(name: str) -> bool:
    return name.startswith(("REC:", PREFIX)) or is_person(name)
