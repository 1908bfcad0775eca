"""What the FollowTheMoney model says of entities that we write: an independent judge of them."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

_MODEL = json.loads((Path(__file__).parent / "ftm_model.json").read_text())["schemata"]


def faults(entities: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What the model has against them: unknown schemata, properties, ends that may not stand there."""
    known = {entity["id"]: entity for entity in entities}
    for entity in known.values():
        schema = _MODEL.get(entity["schema"])
        if schema is None:
            yield f"there is no schema {entity['schema']}"
            continue
        for end in schema["edge"] or ():
            if len(entity["properties"].get(end, ())) != 1:
                yield f"{entity['schema']} has no {end}"
        for name, values in entity["properties"].items():
            if name not in schema["properties"]:
                yield f"{entity['schema']} has no property {name}"
                continue
            yield from _wrong(entity["schema"], name, schema["properties"][name], values, known)


def _wrong(schema: str, name: str, kind: str, values: list[Any], known: dict[str, dict[str, Any]]) -> Iterator[str]:
    for value in values:
        if not isinstance(value, str) or not value:
            yield f"{schema}.{name}: {value!r} is no text"
        elif kind == "date":
            try:
                date.fromisoformat(value + "0000-01-01"[len(value) :])
            except ValueError:
                yield f"{schema}.{name}: {value!r} is no day"
        elif kind[0].isupper() or kind == "entity":
            other = known.get(value)
            if other is None:
                yield f"{schema}.{name}: {value} is not there"
            elif not _is(other["schema"], kind):
                yield f"{schema}.{name}: a {other['schema']} is no {kind}"


def _is(schema: str, kind: str) -> bool:
    return kind in ("entity", "Thing") or kind in _MODEL[schema]["is"]
