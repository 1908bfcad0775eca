"""The notation in which a standard's rules are written down: what kind of value each field may hold.

A standard is a table of named records. The keys of a record's fields carry marks:

    "id!"       the field must be there
    "title~"    the field may stand again in other languages: `title_kk`, `title_pt-BR`

A field that no record names may hold anything: both standards are open to extension.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

REQUIRED = "!"
TRANSLATED = "~"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a text looks like: a format of JSON Schema, or a regular expression over the whole text."""

    keyword: Literal["format", "pattern"]
    value: str


DATE = Shape("format", "date")  # RFC 3339 full-date
MOMENT = Shape("format", "date-time")  # RFC 3339, with a zone
URI = Shape("format", "uri")  # RFC 3986, absolute


def like(expression: str) -> Shape:
    """Text that the regular expression matches from its first to its last character."""
    return Shape("pattern", f"^(?:{expression})$")


@dataclass(frozen=True, slots=True)
class Text:
    """A string with one of the `shapes` (none named: any), its length counted in characters."""

    shapes: tuple[Shape, ...] = ()
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A string out of a closed code list."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, both bounds included."""

    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A JSON type without further rules."""

    type: Literal["integer", "boolean", "array", "object", "null"]


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array. `unique`: no two members are equal as JSON values."""

    member: Kind
    at_least: int = 0
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A record defined under this name in the standard's table."""

    name: str


@dataclass(frozen=True, slots=True)
class Union:
    """A value of any one of these kinds."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class OneOfFields:
    """At least one of these fields must be there."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class When:
    """Where `field` is there and holds one of `values`, the record also has to be as `then` says."""

    field: str
    values: tuple[str | bool, ...]
    then: Record | Named


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The record `name`, some of whose fields are narrowed further here."""

    name: str
    to: Record


@dataclass(frozen=True, slots=True)
class Empty:
    """A string or an array of length 0."""

    type: Literal["string", "array"]


@dataclass(frozen=True, slots=True)
class Record:
    """An object: the kind of each field (keys carry the marks), and rules over several fields."""

    fields: Mapping[str, Kind]
    rules: tuple[OneOfFields | When, ...] = ()


Kind = Text | Code | Number | Plain | ListOf | Named | Narrowed | Union | Empty | Record

Standard = Mapping[str, Record]
"""Named records; the others are reached from the one that is checked."""

TEXT = Text()
NUMBER = Number()
WHOLE = Plain("integer")
FLAG = Plain("boolean")
ANY_OBJECT = Plain("object")
ANY_LIST = Plain("array")
NULL = Plain("null")


def text(*shapes: Shape, at_least: int = 0, at_most: int | None = None) -> Text:
    """A string with one of the shapes, `at_least` to `at_most` characters long."""
    return Text(shapes, at_least, at_most)


def code(codes: str) -> Code:
    """A closed code list, its codes separated by spaces."""
    return Code(tuple(codes.split()))


def either(*kinds: Kind) -> Union:
    """A value of any one of these kinds."""
    return Union(kinds)


def or_null(kind: Kind) -> Union:
    """A value of this kind, or null."""
    return Union((kind, NULL))


def list_of(member: Kind, at_least: int = 0) -> ListOf:
    """An array, in which members may repeat."""
    return ListOf(member, at_least)


def set_of(member: Kind, at_least: int = 0) -> ListOf:
    """An array in which no two members are equal."""
    return ListOf(member, at_least, unique=True)


def record(fields: Mapping[str, Kind], *rules: OneOfFields | When) -> Record:
    """An object with these fields, which keeps these rules."""
    return Record(fields, rules)


def needs_one_of(*fields: str) -> OneOfFields:
    """At least one of these fields must be there."""
    return OneOfFields(fields)


def when(field: str, values: str | bool, then: Mapping[str, Kind] | Named) -> When:
    """Where `field` holds one of `values` (codes separated by spaces), these fields are ruled as well."""
    wanted = tuple(values.split()) if isinstance(values, str) else (values,)
    return When(field, wanted, then if isinstance(then, Named) else Record(then))


def narrowed(name: str, to: Mapping[str, Kind]) -> Narrowed:
    """The record `name`, with these fields narrowed."""
    return Narrowed(name, Record(to))
