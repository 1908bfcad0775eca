"""Schema of the detection profile of a BODS statement: what must be there, and what of the rest is read."""

from __future__ import annotations

from typing import Any, Final

from aiqyn.schemas.bods import ID_LENGTH, RECORD_TYPES, STATEMENT_TYPES


def _read(description: str, seen: str = "public", /, **schema: Any) -> dict[str, Any]:
    return {"description": description, "x-class": seen, **schema}


_NAME: Final = {"type": "string", "minLength": 1, "maxLength": ID_LENGTH}
_TEXT: Final = {"type": "string", "minLength": 1}


def _has(member: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": [member], "properties": {member: schema}}


def _id(first: str, second: str) -> dict[str, Any]:
    """The statement's id in the one spelling, or in the other where the one is missing or null."""
    return {
        "anyOf": [
            _has(first, _NAME),
            {"properties": {first: {"type": "null"}, second: _NAME}, "required": [second]},
        ]
    }


_REASON: Final = {"anyOf": [_has("reason", _TEXT), _has("unspecifiedReason", _TEXT)]}
_REFERENCE: Final = {
    "anyOf": [
        _NAME,
        {"type": "object", **_has("describedByEntityStatement", _NAME)},
        {"type": "object", **_has("describedByPersonStatement", _NAME)},
        {
            "type": "object",
            "if": _has("unspecified", {"type": "object"}),
            "then": {"properties": {"unspecified": _REASON}},
            "else": _REASON,
        },
    ]
}
_PARTIES: Final = {
    "required": ["subject", "interestedParty"],
    "properties": {
        "subject": {"$ref": "#/$defs/Reference"},
        "interestedParty": {"$ref": "#/$defs/Reference"},
    },
}
_IDENTIFIERS: Final = _read(
    "Identifiers.",
    "restricted",
    items={"properties": {"scheme": _read("Register."), "id": _read("Number in it.", "restricted")}},
)
_DETAILS: Final = {
    "isComponent": _read("Whether it is a part of an indirect relationship."),
    "entityType": _read("Type of the entity; in 0.4 an object with type and subtype."),
    "personType": _read("Whether the person is known."),
    "name": _read("Name of the entity."),
    "alternateNames": _read("Other names of the entity."),
    "names": _read(
        "Names of the person.",
        "restricted",
        items={
            "properties": {
                "fullName": _read("Whole name.", "restricted"),
                "givenName": _read("Given name.", "restricted"),
                "familyName": _read("Family name.", "restricted"),
                "patronymicName": _read("Patronymic.", "restricted"),
            }
        },
    ),
    "identifiers": _IDENTIFIERS,
    "birthDate": _read("Full or partial date of birth.", "restricted"),
    "deathDate": _read("Full or partial date of death.", "restricted"),
    "addresses": _read("Addresses.", "restricted"),
    "placeOfResidence": _read("Address of the person.", "restricted"),
    "jurisdiction": _read("Where the entity was formed (0.2: incorporatedInJurisdiction)."),
    "incorporatedInJurisdiction": _read("As jurisdiction."),
    "dissolutionDate": _read("Day of dissolution."),
    "publicListing": _read("Listing on a stock exchange."),
    "unspecifiedEntityDetails": _read("Why the entity is not named."),
    "unspecifiedPersonDetails": _read("Why the person is not named."),
    "subject": _read("The entity that is owned or controlled."),
    "interestedParty": _read("Who owns or controls."),
    "componentRecords": _read("Records that make up an indirect relationship."),
    "componentStatementIDs": _read("As componentRecords (0.2, 0.3)."),
    "interests": _read(
        "What interests.",
        items={
            "properties": {
                "type": _read("Type of the interest; codes of 0.2 are translated."),
                "directOrIndirect": _read("direct, indirect or unknown."),
                "interestLevel": _read("As directOrIndirect (0.2)."),
                "share": _read(
                    "Percentage.",
                    properties={
                        "exact": _read("Exact percentage, as a number or as text."),
                        "minimum": _read("Lower bound."),
                        "maximum": _read("Upper bound."),
                        "exclusiveMinimum": _read("0.4: an open bound; 0.2, 0.3: whether minimum is open."),
                        "exclusiveMaximum": _read("0.4: an open bound; 0.2, 0.3: whether maximum is open."),
                    },
                ),
                "startDate": _read("First day; not stated: open."),
                "endDate": _read("First day after it; not stated: open."),
            }
        },
    ),
}

BODS: Final[dict[str, Any]] = {
    "title": "ownership.statement.v1",
    "description": "One BODS statement as published, of version 0.2, 0.3 or 0.4. Required are the "
    "statement's id, what kind of record it is about and, for a relationship, both sides of it; of all else "
    "what can be read is read, and the rest gives quality issues.",
    "type": "object",
    "properties": {
        "statementId": _read("Id of the statement."),
        "statementID": _read("Id of the statement (0.2, 0.3)."),
        "statementDate": _read("When it was declared."),
        "publicationDetails": _read(
            "About the publication.", properties={"publicationDate": _read("When it was published.")}
        ),
        "declarationSubject": _read("Whose ownership is declared."),
        "recordId": _read("Name of the record; without it the statement's id stands for it."),
        "recordType": _read("entity, person or relationship."),
        "recordStatus": _read("new, updated or closed."),
        "statementType": _read("As recordType (0.2, 0.3)."),
        "replacesStatements": _read("Statements that this one replaces (0.2, 0.3)."),
        "recordDetails": _read("The record (0.4; before, its members stand in the statement).", properties=_DETAILS),
        **_DETAILS,
    },
    "if": {
        "anyOf": [
            {"required": ["recordType"]},
            {"not": {"anyOf": [{"required": ["statementType"]}, {"required": ["statementID"]}]}},
        ]
    },
    "then": {
        "allOf": [
            _has("recordType", {"enum": list(RECORD_TYPES)}),
            _id("statementId", "statementID"),
            {
                "if": _has("recordType", {"const": "relationship"}),
                "then": _has("recordDetails", {"type": "object", **_PARTIES}),
            },
        ]
    },
    "else": {
        "allOf": [
            _has("statementType", {"enum": list(STATEMENT_TYPES)}),
            _id("statementID", "statementId"),
            {"if": _has("statementType", {"const": "ownershipOrControlStatement"}), "then": _PARTIES},
        ]
    },
    "$defs": {"Reference": _REFERENCE},
}
"""Without `$schema` and `$id`."""
