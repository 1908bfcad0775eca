"""BODS 0.4: what a statement must look like (JSON Schema 2020-12, which asks for it inside an array)."""

from __future__ import annotations

from typing import Final

from aiqyn.schemas.conformance.bods_terms import (
    ADDRESS_TYPE,
    AGENT,
    COUNTRY_CODE,
    DIRECTNESS,
    EXPOSURE,
    IDENTIFIER,
    JURISDICTION_CODE,
    MOTIVATION,
    PERCENT,
    PERSON_TYPE,
    PUBLISHER,
    SECURITIES_LISTING,
    SOURCE_TYPE,
    STATEMENT_ID,
    UNSPECIFIED,
    VERSION,
    WEB_ADDRESS,
)
from aiqyn.schemas.conformance.notation import (
    ANY_OBJECT,
    DATE,
    FLAG,
    MOMENT,
    TEXT,
    Empty,
    Named,
    Standard,
    code,
    either,
    like,
    list_of,
    narrowed,
    record,
    text,
    when,
)

DAY = text(DATE)
DAY_OR_MOMENT = text(DATE, MOMENT)
SOME_DAY = text(DATE, like("[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?"))  # a year or a month will do

# Closed code lists
RECORD_TYPE = code("entity person relationship")
RECORD_STATUS = code("new updated closed")
ENTITY_TYPE = code(
    "registeredEntity legalEntity arrangement anonymousEntity unknownEntity state stateBody",
)
ENTITY_SUBTYPE = code("governmentDepartment stateAgency other trust nomination")
NAME_TYPE = code("legal translation transliteration former alternative birth")
INTEREST_TYPE = code(
    "shareholding votingRights appointmentOfBoard otherInfluenceOrControl seniorManagingOfficial settlor "
    "trustee protector beneficiaryOfLegalArrangement rightsToSurplusAssetsOnDissolution "
    "rightsToProfitOrIncome rightsGrantedByContract conditionalRightsGrantedByContract "
    "controlViaCompanyRulesOrArticles controlByLegalFramework boardMember boardChair unknownInterest "
    "unpublishedInterest enjoymentAndUseOfAssets rightToProfitOrIncomeFromAssets nominee nominator"
)

# A party is named by its record, or is not named, for a reason
PARTY = either(TEXT, Named("Unspecified"))

STATEMENT: Final = "Statement"

STANDARD: Standard = {
    # Every statement, then the three kinds of record that it can be about
    STATEMENT: record(
        {
            "statementId!": STATEMENT_ID,
            "statementDate!": DAY_OR_MOMENT,
            "declaration": TEXT,
            "declarationSubject!": TEXT,
            "recordId!": TEXT,
            "recordType!": RECORD_TYPE,
            "recordStatus": RECORD_STATUS,
            "recordDetails!": ANY_OBJECT,
            "publicationDetails": Named("PublicationDetails"),
            "source": Named("Source"),
            "annotations": list_of(Named("Annotation")),
        },
        when("recordType", "entity", {"recordDetails": Named("Entity")}),
        when("recordType", "person", {"recordDetails": Named("Person")}),
        when("recordType", "relationship", {"recordDetails": Named("Relationship")}),
    ),
    "Entity": record(
        {
            "isComponent!": FLAG,
            "entityType!": Named("EntityType"),
            "unspecifiedEntityDetails": Named("Unspecified"),
            "name": TEXT,
            "alternateNames": list_of(TEXT),
            "jurisdiction": Named("Jurisdiction"),
            "identifiers": list_of(Named("Identifier")),
            "foundingDate": DAY,
            "dissolutionDate": DAY,
            "addresses": list_of(narrowed("Address", {"type": code("registered business alternative")})),
            "uri": WEB_ADDRESS,
            "publicListing": Named("PublicListing"),
            "formedByStatute": record({"name": TEXT, "date": DAY}),
        }
    ),
    "Person": record(
        {
            "isComponent!": FLAG,
            "personType!": PERSON_TYPE,
            "unspecifiedPersonDetails": Named("Unspecified"),
            "names": list_of(Named("Name")),
            "identifiers": list_of(Named("Identifier")),
            "nationalities": list_of(Named("Country")),
            "placeOfBirth": narrowed("Address", {"type": code("placeOfBirth")}),
            "birthDate": SOME_DAY,
            "deathDate": SOME_DAY,
            "taxResidencies": list_of(Named("Country")),
            "addresses": list_of(narrowed("Address", {"type": code("residence service alternative")})),
            "politicalExposure": record(
                {"status!": EXPOSURE, "details": list_of(Named("PepStatusDetails"))},
            ),
        }
    ),
    "Relationship": record(
        {
            "isComponent!": FLAG,
            "componentRecords": list_of(TEXT),
            "subject!": PARTY,
            "interestedParty!": PARTY,
            "interests": list_of(Named("Interest")),
        },
        # A component has no components
        when("isComponent", True, {"componentRecords": Empty("array")}),
    ),
    # What is held
    "Interest": record(
        {
            "type": INTEREST_TYPE,
            "directOrIndirect": DIRECTNESS,
            "beneficialOwnershipOrControl": FLAG,
            "details": TEXT,
            "share": Named("Share"),
            "startDate": DAY,
            "endDate": DAY,
        }
    ),
    "Share": record(
        {
            "exact": PERCENT,
            "minimum": PERCENT,
            "maximum": PERCENT,
            "exclusiveMinimum": PERCENT,
            "exclusiveMaximum": PERCENT,
        }
    ),
    # Who and where
    "EntityType": record(
        {"type!": ENTITY_TYPE, "subtype": ENTITY_SUBTYPE, "details": TEXT},
        when("type", "arrangement", {"subtype": code("trust nomination other")}),
        when("type", "legalEntity", {"subtype": code("trust other")}),
        when("type", "stateBody", {"subtype": code("governmentDepartment stateAgency other")}),
        when("type", "registeredEntity state anonymousEntity unknownEntity", {"subtype": code("other")}),
    ),
    "Name": record(
        {
            "type": NAME_TYPE,
            "fullName!": TEXT,
            "familyName": TEXT,
            "givenName": TEXT,
            "patronymicName": TEXT,
        }
    ),
    "Identifier": IDENTIFIER,
    "Address": record(
        {"type": ADDRESS_TYPE, "address": TEXT, "postCode": TEXT, "country": Named("Country")},
    ),
    "Country": record({"name!": TEXT, "code": COUNTRY_CODE}),
    "Jurisdiction": record({"name!": TEXT, "code": JURISDICTION_CODE}),
    "Unspecified": UNSPECIFIED,
    "PublicListing": record(
        {
            "hasPublicListing!": FLAG,
            "companyFilingsURLs": list_of(WEB_ADDRESS),
            "securitiesListings": list_of(SECURITIES_LISTING),
        }
    ),
    "PepStatusDetails": record(
        {
            "reason": TEXT,
            "missingInfoReason": TEXT,
            "jurisdiction": Named("Jurisdiction"),
            "startDate": DAY,
            "endDate": DAY,
            "source": Named("Source"),
        }
    ),
    # Who says so
    "PublicationDetails": record(
        {
            "publicationDate!": DAY_OR_MOMENT,
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
            "retrievedAt": DAY_OR_MOMENT,
            "assertedBy": list_of(AGENT),
        }
    ),
    "Annotation": record(
        {
            "statementPointerTarget!": TEXT,
            "motivation!": MOTIVATION,
            "creationDate": DAY_OR_MOMENT,
            "createdBy": AGENT,
            "description": TEXT,
            "transformedContent": TEXT,
            "url": WEB_ADDRESS,
        },
        when("motivation", "linking", {"url!": WEB_ADDRESS}),
        # Only a transformation tells what stood there before
        when(
            "motivation",
            "commenting correcting identifying linking",
            {"transformedContent": Empty("string")},
        ),
    ),
}
