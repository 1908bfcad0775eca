"""The official schemas as an oracle."""

from __future__ import annotations

import calendar
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from aiqyn.schemas.conformance.check import Standard

Json = Any


class Official:
    """What the official schema of each standard says of one document, formats included.

    `conforms` asks the reference validator (`jsonschema`); `conforms_fast` asks `jsonschema_rs`, which runs
    the same schema files some twenty times faster, for tests that ask very often.
    """

    def __init__(self, schemas: Path) -> None:
        bods_0_4 = schemas / "bods" / "schema-0-4-0"
        parts = [_read(file) for file in sorted(bods_0_4.glob("*.json"))]
        registry: Registry[Json] = Registry().with_resources(
            [(part["$id"], Resource.from_contents(part)) for part in parts]
        )
        self.schemas: dict[Standard, Json] = {
            "ocds-1.1": _read(schemas / "ocds-1.1.5" / "release-schema.json"),
            "bods-0.2": _read(schemas / "bods" / "schema-0-2-0.json"),
            "bods-0.3": _read(schemas / "bods" / "schema-0-3-0.json"),
            "bods-0.4": _read(bods_0_4 / "statement.json"),
        }
        self.parts: dict[str, Json] = {part["$id"]: part for part in parts}
        formats = _format_checker()
        self._reference: dict[Standard, Any] = {
            "ocds-1.1": Draft4Validator(self.schemas["ocds-1.1"], format_checker=formats),
            "bods-0.2": Draft4Validator(self.schemas["bods-0.2"], format_checker=formats),
            "bods-0.3": Draft4Validator(self.schemas["bods-0.3"], format_checker=formats),
            "bods-0.4": Draft202012Validator(self.schemas["bods-0.4"], registry=registry, format_checker=formats),
        }
        fast_registry = jsonschema_rs.Registry([(part["$id"], part) for part in parts])
        self._fast = {
            standard: jsonschema_rs.validator_for(
                schema, validate_formats=True, registry=fast_registry if standard == "bods-0.4" else None
            )
            for standard, schema in self.schemas.items()
        }

    def conforms(self, standard: Standard, document: Json) -> bool:
        return bool(self._reference[standard].is_valid(_as_published(standard, document)))

    def conforms_fast(self, standard: Standard, document: Json) -> bool:
        return self._fast[standard].is_valid(_as_published(standard, document))

    def accepts_file(self, standard: Standard, content: Json) -> bool:
        return bool(self._reference[standard].is_valid(content))


def _read(file: Path) -> Json:
    return json.loads(file.read_bytes())


def _as_published(standard: Standard, document: Json) -> Json:
    return document if standard == "ocds-1.1" else [document]


def _format_checker() -> FormatChecker:
    """All formats. For these two the reference validator needs packages that we do not have: checked here."""
    checker = FormatChecker()
    checker.checks("date-time")(lambda value: not isinstance(value, str) or _is_moment(value))
    checker.checks("uri")(lambda value: not isinstance(value, str) or _URI.fullmatch(value) is not None)
    return checker


_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def _is_moment(text: str) -> bool:
    match = _MOMENT.fullmatch(text.upper())
    if match is None:
        return False
    year, month, day, hour, minute, second = map(int, match.groups())
    in_month = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 4, month)[1]
    return in_month and hour < 24 and minute < 60 and second < 60


_CHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:{_CHAR}|:)*@)?(?:\[[0-9A-Fa-f:.]+\]|{_CHAR}*)(?::[0-9]*)?(?:/(?:{_CHAR}|[:@/])*)?"
    rf"|/?(?!/)(?:{_CHAR}|[:@/])*)"
    rf"(?:\?(?:{_CHAR}|[:@/?])*)?(?:#(?:{_CHAR}|[:@/?])*)?"
)
