"""What an event may show of its data: the classes that its JSON Schema gives to each field (`x-class`), applied.

Public fields stand as they are; a person's identifier becomes the handle; all else is null, fields that the schema
does not know included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from aiqyn.schemas.json_schemas import build
from aiqyn.services.privacy.handles import PREFIX, Naming
from aiqyn.services.privacy.masking import is_person

Schema = Mapping[str, Any]
_IDENTIFIERS = ("identifiers", "identifier", "additionalIdentifiers")
_PERSONS_OWN = frozenset({"birthDate", "names", "gender"})
"""What only a natural person's record has: its other names are those of a person too."""
_TELLING = frozenset({"name", "alternateNames", "names", "id", "recordId", "address", "contactPoint"})
"""Fields that are public of a company, and not of a person who stands in its place."""
_RECORDS = frozenset({"recordId", "id"})
_CLOSED: Schema = {"x-class": "restricted"}
_UNKNOWN: Schema = {}
_LEAST = 4
_RUN = re.compile(r"\d{12}")


@cache
def _schemas() -> Mapping[str, Schema]:
    return build()


def masked_data(type: str | None, data: Any, names: Naming) -> tuple[Any, list[str]]:
    """The data of an event of a type without what is restricted or secret, and the pointers of what was changed.

    A type that has no schema shows nothing.
    """
    schema = _schemas().get(type or "")
    if schema is None or not isinstance(data, Mapping):
        return None, [""]
    numbers: set[str] = set()
    Masked(schema, names, numbers).of(data)  # finds all numbers of people first: texts before them may tell them too
    return Masked(schema, names, numbers).of(data)


class Masked:
    """One pass over one event's data; `numbers` gains those of people."""

    def __init__(self, schema: Schema, names: Naming, numbers: set[str]) -> None:
        self._root, self._names, self._numbers = schema, names, numbers
        self._changed: list[str] = []

    def of(self, data: Mapping[str, Any]) -> tuple[Any, list[str]]:
        return self._object(data, self._root, ""), self._changed

    def _object(self, value: Mapping[str, Any], schema: Schema, at: str) -> dict[str, Any]:
        known = self._properties(schema)
        person = _is_of_a_person(value) and known.get("names", _CLOSED).get("x-class") != "public"
        shown: dict[str, Any] = {}
        for name, held in value.items():
            place = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            field = known.get(name, _CLOSED)
            public = field.get("x-class") == "public"
            if name in _IDENTIFIERS:
                shown[name] = self._identifiers(held, place, public)
            elif public and not (person and name in _TELLING):
                shown[name] = self._value(held, field, place)
            else:
                shown[name] = self._closed(name, held, place)
        return shown

    def _value(self, value: Any, schema: Schema, at: str) -> Any:
        if isinstance(value, Mapping):
            return self._object(value, schema, at)
        if isinstance(value, list | tuple):
            return [self._value(each, self._items(schema), f"{at}/{place}") for place, each in enumerate(value)]
        if isinstance(value, str) and self._tells(value):
            return self._closed("", value, at)
        return value

    def _closed(self, name: str, value: Any, at: str) -> Any:
        """What is left of something restricted: whom it is about, by the handle."""
        if value is None:
            return None
        self._changed.append(at)
        if name in _RECORDS and isinstance(value, str) and len(value) >= _LEAST:
            self._numbers.add(value)
        if not isinstance(value, Mapping):
            return None
        held = {word: value[word] for word in _IDENTIFIERS if value.get(word)}
        return {word: self._identifiers(each, f"{at}/{word}", False) for word, each in held.items()} or None

    def _identifiers(self, held: Any, at: str, public: bool) -> Any:
        """Identifiers of companies and bodies as they are, those of people as handles."""
        if isinstance(held, list | tuple):
            return [self._identifiers(each, f"{at}/{place}", public) for place, each in enumerate(held)]
        scheme, id = (held.get("scheme"), held.get("id")) if isinstance(held, Mapping) else (None, None)
        if not (isinstance(scheme, str) and isinstance(id, str)):
            return self._closed("", held, at)
        if public and not is_person(f"{scheme}:{id}"):
            return {"scheme": scheme, "id": id}
        if len(id) >= _LEAST:
            self._numbers.add(id)
        self._changed.append(at)
        return {"scheme": PREFIX.rstrip(":"), "id": self._names.of(f"{scheme}:{id}").removeprefix(PREFIX)}

    def _tells(self, text: str) -> bool:
        return any(number in text for number in self._numbers) or any(
            is_person(f"KZ-IIN:{run}") for run in _RUN.findall(text)
        )

    def _properties(self, schema: Schema) -> dict[str, Schema]:
        """The fields of an object by all ways in which the schema lets one be."""
        found: dict[str, Schema] = {}
        for way in self._ways(schema):
            for name, field in (way.get("properties") or {}).items():
                before = found.get(name, _UNKNOWN).get("x-class")
                # Of two classes of one name the stricter holds; a way that only bounds a value has none.
                if before is None or ("x-class" in field and before == "public"):
                    found[name] = field
        return found

    def _items(self, schema: Schema) -> Schema:
        return {"anyOf": [way["items"] for way in self._ways(schema) if isinstance(way.get("items"), Mapping)]}

    def _ways(self, schema: Schema) -> Iterator[Schema]:
        yield schema
        if "$ref" in schema:
            yield from self._ways(self._root["$defs"][schema["$ref"].rpartition("/")[2]])
        for word in ("anyOf", "oneOf", "allOf"):
            for way in schema.get(word) or ():
                yield from self._ways(way)


def _is_of_a_person(value: Mapping[str, Any]) -> bool:
    """Whether an object tells of a natural person, whatever the schema takes there."""
    if _PERSONS_OWN & value.keys() or "personType" in value or value.get("recordType") == "person":
        return True
    return any(is_person(name) for name in _own_names(value))


def _own_names(value: Mapping[str, Any]) -> Iterator[str]:
    for word in _IDENTIFIERS:
        held = value.get(word)
        for each in held if isinstance(held, list | tuple) else [held]:
            if isinstance(each, Mapping):
                yield f"{each.get('scheme')}:{each.get('id')}"
    if isinstance(value.get("id"), str):
        yield value["id"]
