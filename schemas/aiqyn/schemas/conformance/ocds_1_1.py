"""OCDS 1.1: what a release must look like (release schema 1.1.5, JSON Schema draft 4)."""

from __future__ import annotations

from typing import Final

from aiqyn.schemas.conformance.currencies import CURRENCY
from aiqyn.schemas.conformance.notation import (
    ANY_LIST,
    ANY_OBJECT,
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    URI,
    WHOLE,
    Named,
    Standard,
    code,
    either,
    list_of,
    or_null,
    record,
    set_of,
    text,
)

# What most fields hold. OCDS allows null wherever a later release may take a value away.
SOME_TEXT = or_null(TEXT)
SOME_MOMENT = or_null(text(MOMENT))
SOME_URI = or_null(text(URI))
SOME_TEXTS = or_null(list_of(TEXT))
KEY = either(text(at_least=1), WHOLE)
LOOSE_KEY = or_null(either(TEXT, WHOLE))

# Closed code lists
RELEASE_TAG = code(
    "planning planningUpdate tender tenderAmendment tenderUpdate tenderCancellation award awardUpdate "
    "awardCancellation contract contractUpdate contractAmendment implementation implementationUpdate "
    "contractTermination compiled"
)
INITIATION_TYPE = code("tender")
TENDER_STATUS = code("planning planned active cancelled unsuccessful complete withdrawn")
AWARD_STATUS = code("pending active cancelled unsuccessful")
CONTRACT_STATUS = code("pending active cancelled terminated")
MILESTONE_STATUS = code("scheduled met notMet partiallyMet")
METHOD = code("open selective limited direct")
PROCUREMENT_CATEGORY = code("goods works services")

# Lists that several records hold. Some of them are sets in one record and lists in another.
ITEMS = set_of(Named("Item"))
DOCUMENTS = list_of(Named("Document"))
DOCUMENT_SET = set_of(Named("Document"))
MILESTONES = list_of(Named("Milestone"))
AMENDMENTS = list_of(Named("Amendment"))
ORGANIZATIONS = set_of(Named("OrganizationReference"))
IDENTIFIERS = set_of(Named("Identifier"))
RELATED_PROCESSES = set_of(Named("RelatedProcess"))

RELEASE: Final = "Release"

STANDARD: Standard = {
    # The process, as one release tells it
    RELEASE: record(
        {
            "ocid!": text(at_least=1),
            "id!": text(at_least=1),
            "date!": text(MOMENT),
            "tag!": list_of(RELEASE_TAG, at_least=1),
            "initiationType!": INITIATION_TYPE,
            "language": SOME_TEXT,
            "parties": set_of(Named("Organization")),
            "buyer": Named("OrganizationReference"),
            "planning": Named("Planning"),
            "tender": Named("Tender"),
            "awards": set_of(Named("Award")),
            "contracts": set_of(Named("Contract")),
            "relatedProcesses": RELATED_PROCESSES,
        }
    ),
    "Planning": record(
        {
            "rationale~": SOME_TEXT,
            "budget": Named("Budget"),
            "documents": DOCUMENTS,
            "milestones": MILESTONES,
        }
    ),
    "Budget": record(
        {
            "id": LOOSE_KEY,
            "description~": SOME_TEXT,
            "amount": Named("Value"),
            "project~": SOME_TEXT,
            "projectID": LOOSE_KEY,
            "uri": SOME_URI,
            "source~": SOME_URI,
        }
    ),
    "Tender": record(
        {
            "id!": KEY,
            "title~": SOME_TEXT,
            "description~": SOME_TEXT,
            "status": or_null(TENDER_STATUS),
            "procuringEntity": Named("OrganizationReference"),
            "items": ITEMS,
            "value": Named("Value"),
            "minValue": Named("Value"),
            "procurementMethod": or_null(METHOD),
            "procurementMethodDetails": SOME_TEXT,
            "procurementMethodRationale~": SOME_TEXT,
            "mainProcurementCategory": or_null(PROCUREMENT_CATEGORY),
            "additionalProcurementCategories": SOME_TEXTS,
            "awardCriteria": SOME_TEXT,
            "awardCriteriaDetails~": SOME_TEXT,
            "submissionMethod": SOME_TEXTS,
            "submissionMethodDetails~": SOME_TEXT,
            "tenderPeriod": Named("Period"),
            "enquiryPeriod": Named("Period"),
            "hasEnquiries": or_null(FLAG),
            "eligibilityCriteria~": SOME_TEXT,
            "awardPeriod": Named("Period"),
            "contractPeriod": Named("Period"),
            "numberOfTenderers": or_null(WHOLE),
            "tenderers": ORGANIZATIONS,
            "documents": DOCUMENTS,
            "milestones": MILESTONES,
            "amendments": AMENDMENTS,
            "amendment": Named("Amendment"),
        }
    ),
    "Award": record(
        {
            "id!": KEY,
            "title~": SOME_TEXT,
            "description~": SOME_TEXT,
            "status": or_null(AWARD_STATUS),
            "date": SOME_MOMENT,
            "value": Named("Value"),
            "suppliers": ORGANIZATIONS,
            "items": set_of(Named("Item"), at_least=1),
            "contractPeriod": Named("Period"),
            "documents": DOCUMENT_SET,
            "amendments": AMENDMENTS,
            "amendment": Named("Amendment"),
        }
    ),
    "Contract": record(
        {
            "id!": KEY,
            "awardID!": KEY,
            "title~": SOME_TEXT,
            "description~": SOME_TEXT,
            "status": or_null(CONTRACT_STATUS),
            "period": Named("Period"),
            "value": Named("Value"),
            "items": set_of(Named("Item"), at_least=1),
            "dateSigned": SOME_MOMENT,
            "documents": DOCUMENT_SET,
            "implementation": Named("Implementation"),
            "relatedProcesses": RELATED_PROCESSES,
            "milestones": MILESTONES,
            "amendments": AMENDMENTS,
            "amendment": Named("Amendment"),
        }
    ),
    "Implementation": record(
        {
            "transactions": set_of(Named("Transaction")),
            "milestones": set_of(Named("Milestone")),
            "documents": DOCUMENT_SET,
        }
    ),
    "Transaction": record(
        {
            "id!": KEY,
            "source": SOME_URI,
            "date": SOME_MOMENT,
            "value": Named("Value"),
            "payer": Named("OrganizationReference"),
            "payee": Named("OrganizationReference"),
            "uri": SOME_URI,
            # Deprecated since 1.1
            "amount": Named("Value"),
            "providerOrganization": Named("Identifier"),
            "receiverOrganization": Named("Identifier"),
        }
    ),
    # Who takes part
    "Organization": record(
        {
            "id": TEXT,
            "name~": SOME_TEXT,
            "identifier": Named("Identifier"),
            "additionalIdentifiers": IDENTIFIERS,
            "address": Named("Address"),
            "contactPoint": Named("ContactPoint"),
            "roles": SOME_TEXTS,
            "details": or_null(ANY_OBJECT),
        }
    ),
    "OrganizationReference": record(
        {
            "id": either(TEXT, WHOLE),
            "name": or_null(text(at_least=1)),
            # Deprecated since 1.1: these belong to the party
            "identifier": Named("Identifier"),
            "additionalIdentifiers": IDENTIFIERS,
            "address": Named("Address"),
            "contactPoint": Named("ContactPoint"),
        }
    ),
    "Identifier": record(
        {"scheme": SOME_TEXT, "id": LOOSE_KEY, "legalName~": SOME_TEXT, "uri": SOME_URI},
    ),
    "Address": record(
        {
            "streetAddress": SOME_TEXT,
            "locality": SOME_TEXT,
            "region": SOME_TEXT,
            "postalCode": SOME_TEXT,
            "countryName~": SOME_TEXT,
        }
    ),
    "ContactPoint": record(
        {
            "name~": SOME_TEXT,
            "email": SOME_TEXT,
            "telephone": SOME_TEXT,
            "faxNumber": SOME_TEXT,
            "url": SOME_URI,
        }
    ),
    # What is bought
    "Item": record(
        {
            "id!": KEY,
            "description~": SOME_TEXT,
            "classification": Named("Classification"),
            "additionalClassifications": set_of(Named("Classification")),
            "quantity": or_null(NUMBER),
            "unit": record(
                {
                    "scheme": SOME_TEXT,
                    "id": SOME_TEXT,
                    "name~": SOME_TEXT,
                    "value": Named("Value"),
                    "uri": SOME_URI,
                }
            ),
        }
    ),
    "Classification": record(
        {"scheme": SOME_TEXT, "id": LOOSE_KEY, "description~": SOME_TEXT, "uri": SOME_URI},
    ),
    "Value": record({"amount": or_null(NUMBER), "currency": or_null(CURRENCY)}),
    # When, with which papers, after which changes
    "Period": record(
        {
            "startDate": SOME_MOMENT,
            "endDate": SOME_MOMENT,
            "maxExtentDate": SOME_MOMENT,
            "durationInDays": or_null(WHOLE),
        }
    ),
    "Milestone": record(
        {
            "id!": KEY,
            "title~": SOME_TEXT,
            "type": SOME_TEXT,
            "description~": SOME_TEXT,
            "code": SOME_TEXT,
            "dueDate": SOME_MOMENT,
            "dateMet": SOME_MOMENT,
            "dateModified": SOME_MOMENT,
            "status": or_null(MILESTONE_STATUS),
            "documents": DOCUMENT_SET,
        }
    ),
    "Document": record(
        {
            "id!": KEY,
            "documentType": SOME_TEXT,
            "title~": SOME_TEXT,
            "description~": SOME_TEXT,
            "url": SOME_URI,
            "datePublished": SOME_MOMENT,
            "dateModified": SOME_MOMENT,
            "format": SOME_TEXT,
            "language": SOME_TEXT,
        }
    ),
    "Amendment": record(
        {
            "date": SOME_MOMENT,
            "rationale~": SOME_TEXT,
            "id": SOME_TEXT,
            "description": SOME_TEXT,
            "amendsReleaseID": SOME_TEXT,
            "releaseID": SOME_TEXT,
            # Deprecated since 1.1
            "changes": list_of(
                record(
                    {
                        "property": TEXT,
                        "former_value": or_null(either(TEXT, NUMBER, ANY_LIST, ANY_OBJECT)),
                    }
                )
            ),
        }
    ),
    "RelatedProcess": record(
        {
            "id": TEXT,
            "relationship": SOME_TEXTS,
            "title": SOME_TEXT,
            "scheme": SOME_TEXT,
            "identifier": SOME_TEXT,
            "uri": SOME_URI,
        }
    ),
}
