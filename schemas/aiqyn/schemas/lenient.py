"""Reads what real publishers write: repairs what is clear, leaves out what is not, and says so.

Works on a decoded JSON tree whose fractional numbers are `msgspec.Raw` (their text as written). A member that
an object lacks reads as UNSET, one that is null as None: merging needs the difference. Every repair and every
omission is a quality issue (`quality.py`) with a pointer from the event's root.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Raw, UnsetType

from aiqyn.schemas.errors import Problem
from aiqyn.schemas.identifiers import atom, identify
from aiqyn.schemas.own.fields import is_date

Json = dict[str, Any]

_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?\Z")


def number_text(value: object) -> str | None:
    """The text of a JSON number of the tree, as written; None for anything else."""
    if value.__class__ is int:
        return str(value)
    if isinstance(value, Raw):
        text = bytes(value).decode("utf-8", "replace")
        return text if text[:1] in "-0123456789" else None
    if isinstance(value, float):
        return repr(value)
    return None


def exact(text: str) -> str | None:
    """`text` if it is a decimal of bounded length, without blanks and a leading plus; else None."""
    text = text.strip()
    if _DECIMAL.match(text) is None:
        return None
    return text.removeprefix("+")


class Lenient:
    """Reads members of objects and collects the issues met on the way."""

    __slots__ = ("issues",)

    def __init__(self) -> None:
        self.issues: list[Problem] = []

    def issue(self, code: str, pointer: str, detail: str) -> None:
        self.issues.append(Problem(code, pointer, detail))

    def text(self, of: Json, member: str, at: str) -> str | UnsetType | None:
        """A text; a number is taken as text, an empty text as not stated."""
        value = of.get(member, UNSET)
        if value.__class__ is str and value:
            return value
        if value is UNSET or value is None:
            return value
        return self._odd_text(value, f"{at}/{member}")

    def _odd_text(self, value: object, pointer: str) -> str | UnsetType:
        if value == "":
            self.issue("quality.textEmpty", pointer, "empty text")
            return UNSET
        number = number_text(value)
        if number is None:
            self.issue("quality.typeDropped", pointer, f"expected text, found {_kind(value)}")
            return UNSET
        self.issue("quality.typeRepaired", pointer, "a number where text is expected")
        return number

    def date(self, of: Json, member: str, at: str) -> str | UnsetType | None:
        """A full or partial date or a date-time, as written."""
        value = of.get(member, UNSET)
        if value is UNSET or value is None:
            return value
        if value.__class__ is str and is_date(value):
            return value
        pointer = f"{at}/{member}"
        if value.__class__ is str:
            if not value:
                self.issue("quality.textEmpty", pointer, "empty text")
                return UNSET
            stripped = value.strip()
            if is_date(stripped):
                self.issue("quality.typeRepaired", pointer, "blanks around a date")
                return stripped
        else:
            year = number_text(value)
            if year is not None and len(year) == 4 and is_date(year):
                self.issue("quality.typeRepaired", pointer, "a number where a date is expected")
                return year
        self.issue("quality.dateInvalid", pointer, "not a date")
        return UNSET

    def truth(self, of: Json, member: str, at: str) -> bool:
        """A boolean; missing, null and anything else is false."""
        value = of.get(member)
        if value is True:
            return True
        if value is not None and value is not False:
            self.issue("quality.typeDropped", f"{at}/{member}", f"expected true or false, found {_kind(value)}")
        return False

    def object(self, of: Json, member: str, at: str) -> Json | UnsetType | None:
        """An object."""
        value = of.get(member, UNSET)
        if value.__class__ is dict or value is UNSET or value is None:
            return value
        self.issue("quality.typeDropped", f"{at}/{member}", f"expected an object, found {_kind(value)}")
        return UNSET

    def objects(self, of: Json, member: str, at: str) -> list[tuple[str, Json]] | UnsetType | None:
        """A list of objects, each with its pointer; a single object is a list of one."""
        value = of.get(member, UNSET)
        if value.__class__ is list:
            at = f"{at}/{member}/"
            found = [(f"{at}{i}", item) for i, item in enumerate(value) if item.__class__ is dict]
            if len(found) != len(value):
                for i, item in enumerate(value):
                    if item.__class__ is not dict:
                        self.issue("quality.typeDropped", f"{at}{i}", f"expected an object, found {_kind(item)}")
            return found
        if value is UNSET or value is None:
            return value
        pointer = f"{at}/{member}"
        if value.__class__ is dict:
            self.issue("quality.typeRepaired", pointer, "an object where a list is expected")
            return [(pointer, value)] if value else []
        self.issue("quality.typeDropped", pointer, f"expected a list, found {_kind(value)}")
        return UNSET

    def texts(self, of: Json, member: str, at: str) -> tuple[str, ...] | UnsetType | None:
        """A list of texts; a single text is a list of one."""
        value = of.get(member, UNSET)
        if value.__class__ is list:
            for item in value:
                if item.__class__ is not str or not item:
                    break
            else:
                return tuple(value)
            at = f"{at}/{member}"
            found: list[str] = []
            for i, item in enumerate(value):
                text = UNSET if item is None else self.text({str(i): item}, str(i), at)
                if text.__class__ is str:
                    found.append(text)
                elif item is None:
                    self.issue("quality.typeDropped", f"{at}/{i}", "expected text, found null")
            return tuple(found)
        if value is UNSET or value is None:
            return value
        if value.__class__ is str and value:
            self.issue("quality.typeRepaired", f"{at}/{member}", "a text where a list is expected")
            return (value,)
        self.issue("quality.typeDropped", f"{at}/{member}", f"expected a list of texts, found {_kind(value)}")
        return UNSET

    def atoms(self, found: Sequence[tuple[str, Json]]) -> tuple[str, ...]:
        """Valid identifiers among objects with `scheme` and `id`, as atoms, sorted, one each."""
        atoms: set[str] = set()
        for pointer, identifier in found:
            scheme, number = identifier.get("scheme"), identifier.get("id")
            if number.__class__ is not str and number is not None:
                number = self.text(identifier, "id", pointer) or None
            if scheme.__class__ is str and number.__class__ is str and scheme and number:
                name = atom(scheme, number)
                if name is not None:
                    atoms.add(name)
                else:
                    why = identify(scheme, number).why
                    self.issue("quality.identifierInvalid", f"{pointer}/id", f"{scheme[:64]}: {why}")
            elif scheme or number:
                lacking = "scheme" if number else "id"
                self.issue("quality.identifierIncomplete", f"{pointer}/{lacking}", f"no {lacking}")
        return tuple(sorted(atoms)) if len(atoms) > 1 else tuple(atoms)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return "a number"
