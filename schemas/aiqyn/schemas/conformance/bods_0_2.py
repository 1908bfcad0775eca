"""BODS 0.2: what a statement must look like (JSON Schema draft 4, which asks for it inside an array)."""

from __future__ import annotations

from typing import Final

from aiqyn.schemas.conformance.bods_terms import (
    ADDRESS_TYPE,
    AGENT,
    COUNTRY_CODE,
    DIRECTNESS,
    IDENTIFIER,
    JURISDICTION_CODE,
    MOTIVATION,
    PERCENT,
    PERSON_TYPE,
    PUBLISHER,
    SOURCE_TYPE,
    STATEMENT_ID,
    VERSION,
    WEB_ADDRESS,
)
from aiqyn.schemas.conformance.iso_dates import ISO_DATE
from aiqyn.schemas.conformance.notation import (
    DATE,
    FLAG,
    MOMENT,
    TEXT,
    Named,
    Standard,
    code,
    like,
    list_of,
    record,
    text,
    when,
)

DAY = text(DATE)
SOME_DAY = text(like(ISO_DATE))  # a part of a date will do

# Closed code lists
ENTITY_TYPE = code("registeredEntity legalEntity arrangement anonymousEntity unknownEntity")
NAME_TYPE = code("individual translation transliteration former alternative birth")
REASON = code(
    "no-beneficial-owners subject-unable-to-confirm-or-identify-beneficial-owner "
    "interested-party-has-not-provided-information subject-exempt-from-disclosure "
    "interested-party-exempt-from-disclosure unknown information-unknown-to-publisher"
)
INTEREST_TYPE = code(
    "shareholding voting-rights appointment-of-board other-influence-or-control senior-managing-official "
    "settlor-of-trust trustee-of-trust protector-of-trust beneficiary-of-trust "
    "other-influence-or-control-of-trust rights-to-surplus-assets-on-dissolution "
    "rights-to-profit-or-income rights-granted-by-contract conditional-rights-granted-by-contract"
)

STATEMENT: Final = "Statement"

STANDARD: Standard = {
    # Every statement, then its three kinds
    STATEMENT: record(
        {
            "statementID!": STATEMENT_ID,
            "statementType!": code("entityStatement personStatement ownershipOrControlStatement"),
            "statementDate": DAY,
            "isComponent!": FLAG,
            "replacesStatements": list_of(STATEMENT_ID),
            "publicationDetails!": Named("PublicationDetails"),
            "source": Named("Source"),
            "annotations": list_of(Named("Annotation")),
        },
        when("statementType", "entityStatement", Named("Entity")),
        when("statementType", "personStatement", Named("Person")),
        when("statementType", "ownershipOrControlStatement", Named("OwnershipOrControl")),
    ),
    "Entity": record(
        {
            "entityType!": ENTITY_TYPE,
            "unspecifiedEntityDetails": Named("Unspecified"),
            "name": TEXT,
            "alternateNames": list_of(TEXT),
            "incorporatedInJurisdiction": Named("Jurisdiction"),
            "identifiers": list_of(Named("Identifier")),
            "foundingDate": SOME_DAY,
            "dissolutionDate": SOME_DAY,
            "addresses": list_of(Named("Address")),
            "uri": WEB_ADDRESS,
        }
    ),
    "Person": record(
        {
            "personType!": PERSON_TYPE,
            "unspecifiedPersonDetails": Named("Unspecified"),
            "names": list_of(Named("Name")),
            "identifiers": list_of(Named("Identifier")),
            "nationalities": list_of(Named("Country")),
            "placeOfBirth": Named("Address"),
            "birthDate": SOME_DAY,
            "deathDate": SOME_DAY,
            "placeOfResidence": Named("Address"),
            "taxResidencies": list_of(Named("Country")),
            "addresses": list_of(Named("Address")),
            "hasPepStatus": FLAG,
            "pepStatusDetails": list_of(Named("PepStatusDetails")),
        }
    ),
    "OwnershipOrControl": record(
        {
            "componentStatementIDs": list_of(STATEMENT_ID),
            "subject!": record({"describedByEntityStatement!": TEXT}),
            "interestedParty!": record(
                {
                    "describedByEntityStatement": TEXT,
                    "describedByPersonStatement": TEXT,
                    "unspecified": Named("Unspecified"),
                }
            ),
            "interests": list_of(Named("Interest")),
        }
    ),
    # What is held
    "Interest": record(
        {
            "type": INTEREST_TYPE,
            "interestLevel": DIRECTNESS,
            "beneficialOwnershipOrControl": FLAG,
            "details": TEXT,
            "share": Named("Share"),
            "startDate": SOME_DAY,
            "endDate": SOME_DAY,
        }
    ),
    "Share": record(
        {
            "exact": PERCENT,
            "minimum": PERCENT,
            "maximum": PERCENT,
            "exclusiveMinimum": FLAG,
            "exclusiveMaximum": FLAG,
        }
    ),
    # Who and where
    "Name": record(
        {
            "type": NAME_TYPE,
            "fullName": TEXT,
            "familyName": TEXT,
            "givenName": TEXT,
            "patronymicName": TEXT,
        }
    ),
    "Identifier": IDENTIFIER,
    "Address": record({"type": ADDRESS_TYPE, "address": TEXT, "postCode": TEXT, "country": COUNTRY_CODE}),
    "Country": record({"name": TEXT, "code": COUNTRY_CODE}),
    "Jurisdiction": record({"name": TEXT, "code": JURISDICTION_CODE}),
    "Unspecified": record({"reason!": REASON, "description": TEXT}),
    "PepStatusDetails": record(
        {
            "reason": TEXT,
            "missingInfoReason": TEXT,
            "jurisdiction": Named("Jurisdiction"),
            "startDate": SOME_DAY,
            "endDate": SOME_DAY,
            "source": Named("Source"),
        }
    ),
    # Who says so
    "PublicationDetails": record(
        {
            "publicationDate!": DAY,
            "bodsVersion!": VERSION,
            "license": WEB_ADDRESS,
            "publisher!": PUBLISHER,
        }
    ),
    "Source": record(
        {
            "type": list_of(SOURCE_TYPE),
            "description": TEXT,
            "url": WEB_ADDRESS,
            "retrievedAt": text(MOMENT),
            "assertedBy": list_of(AGENT),
        }
    ),
    "Annotation": record(
        {
            "statementPointerTarget!": TEXT,
            "motivation!": MOTIVATION,
            "creationDate": DAY,
            "createdBy": AGENT,
            "description": TEXT,
            "transformedContent": TEXT,
            "url": WEB_ADDRESS,
        },
        when("motivation", "linking", {"url!": WEB_ADDRESS}),
    ),
}
