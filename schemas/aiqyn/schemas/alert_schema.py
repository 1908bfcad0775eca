"""The JSON Schema (draft 2020-12) of an alert: its members may grow, none is renamed or removed."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_CLOSED = {**_TEXT, "x-class": "restricted"}
"""What may be, or name, a natural person: masked for those without the right (the class of a field of an event)."""
_TEXT_OR_NULL = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}
_DAYS = {
    "description": "First and last day.",
    "type": ["array", "null"],
    "minItems": 2,
    "maxItems": 2,
    "items": _TEXT_OR_NULL,
}
_EDGE: dict[str, Any] = {
    "type": "object",
    "required": ["side", "kind", "from", "to", "valid", "recordedAt", "event", "certainty"],
    "properties": {
        "side": {"enum": ["duty", "interest"]},
        "kind": _TEXT,
        "from": _CLOSED,
        "to": _CLOSED,
        "valid": _DAYS,
        "recordedAt": _TEXT,
        "event": {
            "type": ["object", "null"],
            "required": ["source", "id"],
            "properties": {"source": _TEXT, "id": _CLOSED},
        },
        "certainty": {"enum": ["certain", "possible"]},
    },
}

ALERT: dict[str, Any] = {
    "title": "coi.alert",
    "description": "One revision of an alert about a potential conflict of interest: what records show, no accusation.",
    "type": "object",
    "required": [
        "id", "rule", "ruleVersion", "profile", "title", "summary", "dataState", "withdrawnReason", "managed",
        "reviewStatus", "disposition", "severity", "certainty", "identity", "ocid", "allocation", "stage", "buyer",
        "company", "companies", "persons", "window", "amount", "paths", "retroactive", "missing", "revision",
        "raisedAt", "updatedAt",
    ],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "rule": _TEXT,
        "ruleVersion": {"type": "integer", "minimum": 1},
        "profile": _TEXT,
        "title": _CLOSED,
        "summary": _CLOSED,
        "dataState": {"enum": ["current", "withdrawn"]},
        "withdrawnReason": {"enum": [None, "retracted", "corrected", "cancelled", "identity", "configuration"]},
        "managed": {"type": "boolean"},
        "reviewStatus": {"enum": ["open", "inReview", "closed"]},
        "disposition": {
            "enum": [None, "confirmed", "managed", "falseMatch", "notMaterial", "referred", "valuable"]
        },
        "severity": {"enum": ["critical", "high", "medium", "low", "info"]},
        "certainty": {"enum": ["certain", "possible"]},
        "identity": {"enum": ["identifier", "corroborated", "decided", "unconfirmed"]},
        "ocid": _TEXT_OR_NULL,
        "allocation": _TEXT_OR_NULL,
        "lots": _TEXTS,
        "awards": _TEXTS,
        "stage": {"enum": [None, "bid", "award", "contract"]},
        "buyer": _TEXT_OR_NULL,
        "company": _TEXT_OR_NULL,
        "companies": _TEXTS,
        "persons": {"description": "The official first.", "type": "array", "items": _CLOSED},
        "window": _DAYS,
        "dateBasis": _TEXT_OR_NULL,
        "amount": {
            "type": ["object", "null"],
            "required": ["amount", "currency"],
            "properties": {"amount": {"type": "string", "description": "Exact decimal."}, "currency": _TEXT_OR_NULL},
        },
        "paths": {"type": "array", "items": {"type": "array", "items": _EDGE}},
        "parameters": {"type": "object"},
        "retroactive": {"type": "boolean"},
        "pathsOmitted": {"type": "integer", "minimum": -1},
        "missing": {"type": "array"},
        "revision": {"type": "integer", "minimum": 1},
        "raisedAt": {"type": "string", "format": "date-time"},
        "updatedAt": {"type": "string", "format": "date-time"},
    },
}  # fmt: skip
