"""Builds the JSON Schema of every event type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiqyn.schemas.json_schemas.bods import BODS
from aiqyn.schemas.json_schemas.ocds import OCDS
from aiqyn.schemas.json_schemas.own import own_schemas

SchemaObject = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def build() -> dict[str, SchemaObject]:
    """Event type (with its version) to schema."""
    bodies: dict[str, SchemaObject] = {
        **own_schemas(),
        "procurement.release.v1": OCDS,
        "ownership.statement.v1": BODS,
    }
    return {
        event_type: {"$schema": DRAFT, "$id": f"/schemas/{file_name(event_type)}", **body}
        for event_type, body in sorted(bodies.items())
    }


def file_name(event_type: str) -> str:
    """The schema's file, which is also the end of its address."""
    return f"{event_type}.json"


def folder() -> Path:
    """Where the files are."""
    return Path(__file__).parent


def text(schema: SchemaObject) -> str:
    """The file's content."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
