"""What the versions 0.2, 0.3 and 0.4 of BODS have in common: identifiers, code lists, small records."""

from __future__ import annotations

from aiqyn.schemas.conformance.notation import TEXT, URI, Number, code, like, needs_one_of, record, text

STATEMENT_ID = text(at_least=32, at_most=64)
WEB_ADDRESS = text(URI)
VERSION = text(like("[0-9]+[.][0-9]+"))
COUNTRY_CODE = text(at_least=2, at_most=2)
JURISDICTION_CODE = text(at_least=2, at_most=6)  # a country of ISO 3166-1, or a part of one of ISO 3166-2
PERCENT = Number(0, 100)

ADDRESS_TYPE = code("placeOfBirth residence registered service alternative business")
SOURCE_TYPE = code("selfDeclaration officialRegister thirdParty primaryResearch verified")
PERSON_TYPE = code("knownPerson anonymousPerson unknownPerson")
DIRECTNESS = code("direct indirect unknown")
SECURITY_SCHEME = code("isin figi cusip cins")
EXPOSURE = code("isPep isNotPep unknown")
MOTIVATION = code("commenting correcting identifying linking transformation")
REASON = code(
    "noBeneficialOwners subjectUnableToConfirmOrIdentifyBeneficialOwner "
    "interestedPartyHasNotProvidedInformation subjectExemptFromDisclosure "
    "interestedPartyExemptFromDisclosure unknown informationUnknownToPublisher"
)

AGENT = record({"name": TEXT, "uri": WEB_ADDRESS})
PUBLISHER = record({"name": TEXT, "url": WEB_ADDRESS}, needs_one_of("name", "url"))
IDENTIFIER = record(
    {"id": TEXT, "scheme": TEXT, "schemeName": TEXT, "uri": WEB_ADDRESS},
    needs_one_of("scheme", "schemeName"),
)
UNSPECIFIED = record({"reason!": REASON, "description": TEXT})
SECURITIES_LISTING = record(
    {
        "marketIdentifierCode": TEXT,
        "operatingMarketIdentifierCode": TEXT,
        "stockExchangeJurisdiction!": JURISDICTION_CODE,
        "stockExchangeName!": TEXT,
        "security!": record({"idScheme": SECURITY_SCHEME, "id": TEXT, "ticker!": TEXT}),
    }
)
