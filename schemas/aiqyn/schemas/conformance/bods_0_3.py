"""BODS 0.3: what a statement must look like (JSON Schema draft 4, which asks for it inside an array).

What 0.2 already says in the same words is taken from there.
"""

from __future__ import annotations

from typing import Final

from aiqyn.schemas.conformance import bods_0_2
from aiqyn.schemas.conformance.bods_0_2 import SOME_DAY
from aiqyn.schemas.conformance.bods_terms import (
    COUNTRY_CODE,
    DIRECTNESS,
    EXPOSURE,
    JURISDICTION_CODE,
    PERSON_TYPE,
    SECURITIES_LISTING,
    UNSPECIFIED,
    WEB_ADDRESS,
)
from aiqyn.schemas.conformance.notation import FLAG, TEXT, Named, Standard, code, list_of, record

# Closed code lists
ENTITY_TYPE = code(
    "registeredEntity legalEntity arrangement anonymousEntity unknownEntity state stateBody",
)
ENTITY_SUBTYPE = code("stateBody-governmentDepartment stateBody-stateAgency stateBody-other")
INTEREST_TYPE = code(
    "shareholding votingRights appointmentOfBoard otherInfluenceOrControl seniorManagingOfficial settlor "
    "trustee protector beneficiaryOfLegalArrangement rightsToSurplusAssetsOnDissolution "
    "rightsToProfitOrIncome rightsGrantedByContract conditionalRightsGrantedByContract "
    "controlViaCompanyRulesOrArticles controlByLegalFramework boardMember boardChair unknownInterest "
    "unpublishedInterest enjoymentAndUseOfAssets rightToProfitOrIncomeFromAssets"
)

STATEMENT: Final = bods_0_2.STATEMENT

_AS_IN_0_2 = (
    STATEMENT,
    "OwnershipOrControl",
    "Share",
    "Name",
    "Identifier",
    "Address",
    "PepStatusDetails",
    "PublicationDetails",
    "Source",
    "Annotation",
)

STANDARD: Standard = {
    **{name: bods_0_2.STANDARD[name] for name in _AS_IN_0_2},
    "Entity": record(
        {
            "entityType!": ENTITY_TYPE,
            "entitySubtype": record({"generalCategory!": ENTITY_SUBTYPE, "localTerm": TEXT}),
            "unspecifiedEntityDetails": Named("Unspecified"),
            "name": TEXT,
            "alternateNames": list_of(TEXT),
            "jurisdiction": Named("Jurisdiction"),
            "identifiers": list_of(Named("Identifier")),
            "foundingDate": SOME_DAY,
            "dissolutionDate": SOME_DAY,
            "addresses": list_of(Named("Address")),
            "uri": WEB_ADDRESS,
            "publicListing": Named("PublicListing"),
            "formedByStatute": record({"name": TEXT, "date": SOME_DAY}),
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
            "politicalExposure": record(
                {"status!": EXPOSURE, "details": list_of(Named("PepStatusDetails"))},
            ),
        }
    ),
    "Interest": record(
        {
            "type": INTEREST_TYPE,
            "directOrIndirect": DIRECTNESS,
            "beneficialOwnershipOrControl": FLAG,
            "details": TEXT,
            "share": Named("Share"),
            "startDate": SOME_DAY,
            "endDate": SOME_DAY,
        }
    ),
    "Country": record({"name!": TEXT, "code": COUNTRY_CODE}),
    "Jurisdiction": record({"name!": TEXT, "code": JURISDICTION_CODE}),
    "Unspecified": UNSPECIFIED,
    "PublicListing": record(
        {
            "hasPublicListing!": FLAG,
            "companyFilingsURLs": list_of(TEXT),
            "securitiesListings!": list_of(SECURITIES_LISTING),
        }
    ),
}
