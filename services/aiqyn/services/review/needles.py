"""What tells of a person wherever it stands: ids, names and contacts, as texts to look for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_LEAST_NUMBER = 8
"""Characters from which an id is told from other words without its scheme."""
_LEAST_WORDS = 6
_TELLING = frozenset(
    {
        "fullName", "patronymicName", "name", "legalName", "phones", "emails", "bankAccounts", "addresses", "telephone",
        "email", "streetAddress", "address",
    }
)  # fmt: skip
_RECORD = ("recordId", "statementId", "statementID", "id")


def names_in(value: Any, source: str | None) -> Iterator[str]:
    """Every name that a value may tell: texts, identifiers with their schemes, record ids of the source."""
    if isinstance(value, str):
        yield value
        yield f"REC:{source}:{value}"
    elif isinstance(value, Mapping):
        scheme, id = value.get("scheme"), value.get("id")
        if scheme is not None and id is not None:
            yield f"{scheme}:{id}"
        for each in value.values():
            yield from names_in(each, source)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from names_in(each, source)


def needles(ids: Sequence[str], events: Iterable[tuple[str, Any]]) -> list[str]:
    """The texts to look for, longest first; `events`: source and content of each event that tells of the person."""
    found = set(ids)
    found.update(value for id in ids if len(value := number_of(id)) >= _LEAST_NUMBER)
    wanted = frozenset(ids)
    for source, content in events:
        for person in _described(content, source, wanted):
            found.update(_words(person))
    return sorted(found, key=lambda each: (-len(each), each))


def number_of(id: str) -> str:
    """The part of an id behind its scheme, or behind the source of its record."""
    return id.rpartition(":")[2]


def holds(text: str, wanted: Iterable[str]) -> bool:
    return any(each in text for each in wanted)


def without(value: Any, instead: Mapping[str, str]) -> Any:
    """A JSON value with other words in the place of some, wherever they stand in its texts."""
    if isinstance(value, str):
        for old, new in instead.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, list):
        return [without(each, instead) for each in value]
    if isinstance(value, dict):
        return {name: without(each, instead) for name, each in value.items()}
    return value


def _described(value: Any, source: str, wanted: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """The objects that describe the person."""
    if isinstance(value, Mapping):
        if wanted & set(_own_names(value, source)):
            yield value
        for each in value.values():
            yield from _described(each, source, wanted)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _described(each, source, wanted)


def _own_names(value: Mapping[str, Any], source: str) -> Iterator[str]:
    listed = value.get("identifiers") or value.get("additionalIdentifiers") or ()
    identifiers = [*listed, value.get("identifier")] if isinstance(listed, list | tuple) else [value.get("identifier")]
    details = value.get("recordDetails")
    if isinstance(details, Mapping) and isinstance(details.get("identifiers"), list):
        identifiers += details["identifiers"]
    for each in identifiers:
        if isinstance(each, Mapping):
            yield f"{each.get('scheme')}:{each.get('id')}"
    for name in _RECORD:
        if isinstance(value.get(name), str):
            yield f"REC:{source}:{value[name]}"


def _words(value: Any, telling: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _words(each, telling or name in _TELLING)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _words(each, telling)
    elif telling and isinstance(value, str) and len(value) >= _LEAST_WORDS and not value.isalpha():
        yield value
