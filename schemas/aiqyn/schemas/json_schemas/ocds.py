"""Schema of the detection profile of an OCDS release: what must be there, and what of the rest is read."""

from __future__ import annotations

from typing import Any, Final

from aiqyn.schemas.ocds import ID_LENGTH
from aiqyn.schemas.own.fields import DATE_PATTERN


def _read(description: str, seen: str = "public", /, **schema: Any) -> dict[str, Any]:
    return {"description": description, "x-class": seen, **schema}


_OBJECT: Final = {"type": "object", "minProperties": 1}
_NAME: Final[dict[str, Any]] = {
    "anyOf": [{"type": "string", "minLength": 1, "maxLength": ID_LENGTH}, {"type": "number"}]
}


_VALUE: Final = _read(
    "Amount and currency.",
    properties={
        "amount": _read("Exact decimal; a number keeps its text."),
        "currency": _read("ISO 4217 code."),
    },
)
_LOTS: Final = _read("Ids of lots.")

OCDS: Final[dict[str, Any]] = {
    "title": "procurement.release.v1",
    "description": "One OCDS 1.1 release as published. Required is the small profile that detection needs; "
    "of all else what can be read is read, and the rest gives quality issues.",
    "type": "object",
    "required": ["ocid", "id", "date", "tag"],
    "properties": {
        "ocid": _read("Open contracting id of the process.", **_NAME),
        "id": _read("Id of the release, unique within its ocid.", **_NAME),
        "date": _read("When the release was made.", type="string", pattern=DATE_PATTERN),
        "tag": _read(
            "Release tags; a single text is taken as a list of one.",
            anyOf=[
                {"type": "string", "minLength": 1},
                {"type": "array", "contains": {"type": "string", "minLength": 1}},
            ],
        ),
        "buyer": _read("The buying body.", **{"$ref": "#/$defs/Organization"}),
        "parties": _read("Everybody in the process.", items={"$ref": "#/$defs/Organization"}),
        "tender": _read(
            "The tender stage.",
            properties={
                "title": _read("Title."),
                "status": _read("Status of the tender."),
                "procurementMethod": _read("Method."),
                "tenderPeriod": _read(
                    "When bids could be sent.",
                    properties={"startDate": _read("First day."), "endDate": _read("Last day.")},
                ),
                "procuringEntity": _read("Who runs the process.", **{"$ref": "#/$defs/Organization"}),
                "tenderers": _read("Who bid.", items={"$ref": "#/$defs/Organization"}),
                "lots": _read("The lots.", items={"properties": {"id": _read("Id."), "status": _read("Status.")}}),
            },
        ),
        "bids": _read(
            "Bids (extension).",
            properties={
                "details": _read(
                    "Each bid.",
                    items={
                        "properties": {
                            "id": _read("Id."),
                            "status": _read("Status."),
                            "date": _read("When it was sent."),
                            "value": _VALUE,
                            "tenderers": _read("Who bid.", items={"$ref": "#/$defs/Organization"}),
                            "relatedLots": _LOTS,
                        }
                    },
                )
            },
        ),
        "awards": _read(
            "Awards.",
            items={
                "properties": {
                    "id": _read("Id."),
                    "status": _read("Status; only active and pending awards count."),
                    "date": _read("Day of the award."),
                    "value": _VALUE,
                    "suppliers": _read("Who won.", items={"$ref": "#/$defs/Organization"}),
                    "relatedLots": _LOTS,
                }
            },
        ),
        "contracts": _read(
            "Contracts.",
            items={
                "properties": {
                    "id": _read("Id."),
                    "awardID": _read("The award that it came of."),
                    "status": _read("Status."),
                    "dateSigned": _read("Day of signing."),
                }
            },
        ),
        "relatedProcesses": _read(
            "Links to other processes.",
            items={
                "properties": {
                    "id": _read("Id of the link."),
                    "relationship": _read("What kind of link it is."),
                    "identifier": _read("Ocid of the other process."),
                }
            },
        ),
    },
    "$defs": {
        "Identifier": {
            "properties": {
                "scheme": _read("Register (org-id.guide)."),
                "id": _read("Number in it, as written."),
            }
        },
        "Organization": {
            "description": "A party, or a reference to one.",
            "properties": {
                "id": _read("Id of the party within the release."),
                "name": _read("Name; members whose names contain `name` are other names."),
                "identifier": _read("Main identifier.", **{"$ref": "#/$defs/Identifier"}),
                "additionalIdentifiers": _read("Others.", items={"$ref": "#/$defs/Identifier"}),
                "roles": _read("Roles in the process."),
                "contactPoint": _read(
                    "Whom to ask; names and lines of persons may stand here.",
                    "restricted",
                    properties={
                        "telephone": _read("Telephone.", "restricted"),
                        "email": _read("E-mail.", "restricted"),
                    },
                ),
                "address": _read(
                    "Postal address.",
                    properties={
                        "streetAddress": _read("Street and number."),
                        "locality": _read("Town."),
                        "region": _read("Region."),
                        "postalCode": _read("Postal code."),
                        "countryName": _read("Country."),
                    },
                ),
            },
        },
    },
}
"""Without `$schema` and `$id`."""
