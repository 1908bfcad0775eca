"""Writes the schema files anew."""

from __future__ import annotations

from aiqyn.schemas.json_schemas.build import build, file_name, folder, text


def main() -> None:
    """Write one file an event type, and remove those of types that are no more."""
    schemas = build()
    wanted = {file_name(event_type) for event_type in schemas}
    for old in folder().glob("*.json"):
        if old.name not in wanted:
            old.unlink()
    for event_type, schema in schemas.items():
        (folder() / file_name(event_type)).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
