"""From the notation to JSON Schema: the same verdicts, in a form that fast validators run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from aiqyn.schemas.conformance.language_tags import LANGUAGE_TAG
from aiqyn.schemas.conformance.notation import (
    REQUIRED,
    TRANSLATED,
    Code,
    Empty,
    Kind,
    ListOf,
    Named,
    Narrowed,
    Number,
    OneOfFields,
    Plain,
    Record,
    Standard,
    Text,
    Union,
    When,
)

Schema = dict[str, Any]
"""A JSON Schema as a tree of plain values."""

Draft = Literal["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2020-12/schema"]

DRAFT_04: Draft = "http://json-schema.org/draft-04/schema#"
DRAFT_2020_12: Draft = "https://json-schema.org/draft/2020-12/schema"

_TRANSLATION: Schema = {"type": ["string", "null"]}


def compile_standard(standard: Standard, root: str, draft: Draft) -> Schema:
    """The JSON Schema of the record `root` of a standard, with all the records that it reaches.

    The draft tells whether 1.0 is an integer (2020-12) or none (draft 4), as the standard's own schema does.
    Raises KeyError if a record names one that the standard does not define.
    """
    definitions = {name: _record(record) for name, record in standard.items()}
    for name in _named(definitions):
        standard[name]
    return {"$schema": draft, "$ref": f"#/definitions/{root}", "definitions": definitions}


def _named(tree: object) -> Iterable[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            else:
                yield from _named(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _named(value)


def _kind(kind: Kind) -> Schema:
    match kind:
        case Text():
            return _text(kind)
        case Code(codes):
            return {"type": "string", "enum": list(codes)}
        case Number(at_least, at_most):
            return _without_none({"type": "number", "minimum": at_least, "maximum": at_most})
        case Plain(type_):
            return {"type": type_}
        case ListOf(member, at_least, unique):
            bounds = {"minItems": at_least or None, "uniqueItems": unique or None}
            return {"type": "array", "items": _kind(member), **_without_none(bounds)}
        case Named(name):
            return {"$ref": f"#/definitions/{name}"}
        case Narrowed(name, to):
            return {"allOf": [_kind(Named(name)), _record(to)]}
        case Union(kinds):
            return _union(kinds)
        case Empty("string"):
            return {"type": "string", "maxLength": 0}
        case Empty():
            return {"type": "array", "maxItems": 0}
        case Record():
            return _record(kind)


def _without_none(schema: Schema) -> Schema:
    return {keyword: value for keyword, value in schema.items() if value is not None}


def _text(kind: Text) -> Schema:
    shapes: list[Schema] = [{shape.keyword: shape.value} for shape in kind.shapes]
    schema: Schema = {"type": "string", "minLength": kind.at_least or None, "maxLength": kind.at_most}
    if len(shapes) == 1:
        schema.update(shapes[0])
    elif shapes:
        schema["anyOf"] = shapes
    return _without_none(schema)


def _union(kinds: tuple[Kind, ...]) -> Schema:
    """One schema with several types, where that says the same; else the alternatives side by side."""
    schemas = [_kind(kind) for kind in kinds]
    if not all("type" in schema for schema in schemas):
        return {"anyOf": schemas}
    merged: Schema = {}
    types: list[str] = []
    for schema in schemas:
        own = schema["type"]
        types += [name for name in (own if isinstance(own, list) else [own]) if name not in types]
        for keyword, value in schema.items():
            if keyword != "type" and merged.setdefault(keyword, value) is not value:
                return {"anyOf": schemas}
    if "enum" in merged:
        if types != ["string", "null"]:
            return {"anyOf": schemas}
        merged["enum"] = [*merged["enum"], None]
    return {"type": types, **merged}


def _record(record: Record) -> Schema:
    fields = {key.rstrip(REQUIRED + TRANSLATED): _kind(kind) for key, kind in record.fields.items()}
    required = [key.rstrip(REQUIRED + TRANSLATED) for key in record.fields if REQUIRED in key]
    translated = [key.rstrip(REQUIRED + TRANSLATED) for key in record.fields if TRANSLATED in key]
    schema: Schema = {"type": "object", "properties": fields}
    if required:
        schema["required"] = required
    if translated:
        schema["patternProperties"] = {f"^(?:{'|'.join(translated)})_{LANGUAGE_TAG}$": _TRANSLATION}
    if record.rules:
        schema["allOf"] = [_rule(rule) for rule in record.rules]
    return schema


def _rule(rule: OneOfFields | When) -> Schema:
    match rule:
        case OneOfFields(fields):
            return {"anyOf": [{"required": [field]} for field in fields]}
        case When(field, values, then):
            condition = {"properties": {field: {"enum": list(values)}}, "required": [field]}
            return {"if": condition, "then": _kind(then)}
