"""Code lists of BODS 0.4, and how earlier versions spelled them."""

from __future__ import annotations

from typing import Final, Literal, get_args

InterestType = Literal[
    "shareholding",
    "votingRights",
    "appointmentOfBoard",
    "otherInfluenceOrControl",
    "seniorManagingOfficial",
    "settlor",
    "trustee",
    "protector",
    "beneficiaryOfLegalArrangement",
    "rightsToSurplusAssetsOnDissolution",
    "rightsToProfitOrIncome",
    "rightsGrantedByContract",
    "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles",
    "controlByLegalFramework",
    "boardMember",
    "boardChair",
    "unknownInterest",
    "unpublishedInterest",
    "enjoymentAndUseOfAssets",
    "rightToProfitOrIncomeFromAssets",
    "nominee",
    "nominator",
]
INTEREST_TYPES: Final = frozenset(get_args(InterestType))
LEVELS: Final = frozenset({"direct", "indirect", "unknown"})
UnspecifiedReason = Literal[
    "noBeneficialOwners",
    "subjectUnableToConfirmOrIdentifyBeneficialOwner",
    "interestedPartyHasNotProvidedInformation",
    "subjectExemptFromDisclosure",
    "interestedPartyExemptFromDisclosure",
    "unknown",
    "informationUnknownToPublisher",
]
UNSPECIFIED_REASONS: Final = frozenset(get_args(UnspecifiedReason))
ENTITY_TYPES: Final = frozenset(
    [
        "registeredEntity",
        "legalEntity",
        "arrangement",
        "anonymousEntity",
        "unknownEntity",
        "state",
        "stateBody",
    ]
)
PERSON_TYPES: Final = frozenset({"knownPerson", "anonymousPerson", "unknownPerson"})
NAMELESS_TYPES: Final = frozenset({"anonymousEntity", "unknownEntity", "anonymousPerson", "unknownPerson"})
"""Types of records that stand for somebody who is not named."""

_RENAMED: Final = {
    "settlor-of-trust": "settlor",
    "trustee-of-trust": "trustee",
    "protector-of-trust": "protector",
    "beneficiary-of-trust": "beneficiaryOfLegalArrangement",
    "other-influence-or-control-of-trust": "otherInfluenceOrControl",
    "influence-or-control": "otherInfluenceOrControl",
    "rights-to-surplus-assets": "rightsToSurplusAssetsOnDissolution",
}


def current_code(code: str) -> str:
    """The 0.4 spelling of a code of BODS 0.1 to 0.4: `voting-rights` is `votingRights`."""
    if "-" not in code:
        return code
    renamed = _RENAMED.get(code)
    if renamed is not None:
        return renamed
    first, *rest = code.split("-")
    return first + "".join(word.capitalize() for word in rest)
