"""The verdict of an official standard on one document, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind as Kind

from aiqyn.schemas.conformance import bods_0_2, bods_0_3, bods_0_4, notation, ocds_1_1
from aiqyn.schemas.conformance.compiler import DRAFT_04, DRAFT_2020_12, Draft, Schema, compile_standard
from aiqyn.schemas.conformance.plain_numbers import with_plain_numbers
from aiqyn.schemas.errors import Problem, escape

Standard = Literal["ocds-1.1", "bods-0.2", "bods-0.3", "bods-0.4"]


KEYWORDS: Final = frozenset(
    (
        "additionalProperties", "anyOf", "const", "contains", "enum", "exclusiveMaximum", "exclusiveMinimum", "format",
        "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "multipleOf", "not", "oneOf", "pattern",
        "required", "type", "uniqueItems",
    )
)  # fmt: skip
"""Keywords of JSON Schema that a code may name."""


class _Source(NamedTuple):
    records: notation.Standard
    root: str
    draft: Draft


# BODS 0.2 and 0.3 are in draft 4, which has no "if"; they name no integers, over which alone drafts differ.
_SOURCES: Final[Mapping[Standard, _Source]] = {
    "ocds-1.1": _Source(ocds_1_1.STANDARD, ocds_1_1.RELEASE, DRAFT_04),
    "bods-0.2": _Source(bods_0_2.STANDARD, bods_0_2.STATEMENT, DRAFT_2020_12),
    "bods-0.3": _Source(bods_0_3.STANDARD, bods_0_3.STATEMENT, DRAFT_2020_12),
    "bods-0.4": _Source(bods_0_4.STANDARD, bods_0_4.STATEMENT, DRAFT_2020_12),
}


def conforms(standard: Standard, document: object) -> bool:
    """Whether a document passes the official schema of its standard, formats included.

    `document`: one OCDS release, or one BODS statement (`bods_version.claimed_standard` tells of which
    version), as decoded from JSON; numbers may be `msgspec.Raw`, and are then judged by their exact value.
    Fields that the standard does not name are allowed.

    Raises ValueError on what intake's decoder refuses before: lone surrogates, nesting beyond 200 levels.
    """
    validator = _validator(standard)
    try:
        if validator.is_valid(document):
            return True
    except ValueError:  # a Raw number in a list whose members have to differ
        pass
    # To the validator a Raw is of no type, so it can only fail what a number would pass.
    plain = with_plain_numbers(document)
    return plain is not document and validator.is_valid(plain)


def conforms_array(standard: Standard, documents: object) -> bool:
    """Whether this is an array of documents that all conform, as BODS publishes its statements in a file."""
    return isinstance(documents, list) and all(conforms(standard, document) for document in documents)


def violations(standard: Standard, document: object, limit: int = 20) -> list[Problem]:
    """What stands against a document: the first `limit` problems by pointer; none exactly if it conforms.

    Codes are `standard.<keyword>` with the keyword of JSON Schema that failed (`standard.required`,
    `standard.enum` ...). Pointers start at the document; a missing field's pointer names the field. Details
    tell the rule and never repeat the value, which may be personal.
    """
    found = {_problem(error) for error in _validator(standard).iter_errors(with_plain_numbers(document))}
    return sorted(found, key=lambda problem: (problem.pointer, problem))[:limit]


def json_schema(standard: Standard) -> Schema:
    """Our restatement of a standard as a JSON Schema (draft 4 for OCDS, 2020-12 for BODS)."""
    return compile_standard(*_SOURCES[standard])


@cache
def _validator(standard: Standard) -> jsonschema_rs.Validator:
    # Linear-time matching: no text that a stranger wrote can make an expression backtrack.
    return jsonschema_rs.validator_for(
        json_schema(standard),
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def _problem(error: jsonschema_rs.ValidationError) -> Problem:
    pointer = _pointer(error.instance_path)
    match error.kind:
        case Kind.Required(property=name):
            return Problem("standard.required", f"{pointer}/{escape(name)}", "the standard requires this field")
        case kind:
            return Problem(f"standard.{kind.name}", pointer, _detail(kind))


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{escape(str(step))}" for step in path)


def _detail(kind: Kind) -> str:
    match kind:
        case Kind.Type(types=types):
            return f"not of the type that the standard asks for: {', '.join(map(str, types))}"
        case Kind.Enum(options=options) if len(options) <= 8:
            return f"not in the standard's code list: {', '.join(_code(option) for option in options)}"
        case Kind.Enum():
            return "not in the standard's code list"
        case Kind.Format(format=format_):
            return f"not written as a {format_}"
        case Kind.Pattern():
            return "not written in the form that the standard asks for"
        case Kind.UniqueItems():
            return "two members of this list are equal"
        case Kind.MinItems(limit=limit):
            return f"fewer than {limit} members"
        case Kind.MaxItems(limit=limit):
            return f"more than {limit} members"
        case Kind.MinLength(limit=limit):
            return f"shorter than {limit} characters"
        case Kind.MaxLength(limit=limit):
            return f"longer than {limit} characters"
        case Kind.Minimum(limit=limit):
            return f"less than {limit}"
        case Kind.Maximum(limit=limit):
            return f"more than {limit}"
        case _:
            return "none of the forms that the standard allows"


def _code(option: object) -> str:
    return "null" if option is None else str(option)
