"""One full event data object of each of our own types. All people, companies and numbers are invented."""

from typing import Any

IIN = "700101300015"
BIN = "010140000014"

PERSON: dict[str, Any] = {
    "identifiers": [{"scheme": "KZ-IIN", "id": IIN}],
    "recordId": "p-1",
    "names": [{"fullName": "Zhanarbek Oilanov", "lang": "kk"}],
    "birthDate": "1970-01-01",
    "deathDate": None,
    "gender": None,
    "phones": ["8 701 000 00 01"],
    "emails": ["Z.Oilanov@example.org"],
    "addresses": ["Almaty, Oilan street 5"],
    "bankAccounts": ["KZ00 1234"],
}
ENTITY: dict[str, Any] = {
    "identifiers": [{"scheme": "KZ-BIN", "id": BIN}],
    "recordId": "e-1",
    "name": "Oilan Department",
}
MONEY: dict[str, Any] = {"amount": "1000.50", "currency": "KZT"}

SAMPLES: dict[str, dict[str, Any]] = {
    "official.occupancy.v1": {
        "person": PERSON,
        "organization": ENTITY,
        "post": "Head of procurement",
        "role": "procurement",
        "level": "regional",
        "party": ENTITY,
        "exOfficio": False,
        "startDate": "2021-01",
        "endDate": None,
        "recordKey": "k-1",
    },
    "official.relation.v1": {
        "person": PERSON,
        "relative": {"recordId": "p-2"},
        "relationship": "sibling",
        "startDate": None,
        "endDate": "2020",
    },
    "official.declaration.v1": {
        "declarant": PERSON,
        "filedAt": "2024-04-01",
        "period": {"from": "2023-01-01", "to": "2024-01-01"},
        "items": [
            {
                "kind": "shareholding",
                "holder": "self",
                "counterparty": ENTITY,
                "share": "12.5",
                "amount": MONEY,
                "date": "2023-05",
                "ocid": None,
            },
            {"kind": "gift", "holder": "spouse", "counterparty": PERSON, "share": 3, "amount": None},
        ],
    },
    "procurement.committee.v1": {
        "ocid": "ocds-test00-1",
        "lotIds": ["1"],
        "members": [
            {"person": PERSON, "role": "chair", "from": "2024-01-01", "to": None, "recusedOn": "2024-02-01"}
        ],
    },
    "registry.company.v1": {
        "entity": ENTITY,
        "kind": "publicBody",
        "names": [{"name": "Oilan basqarmasy", "lang": "kk"}],
        "jurisdiction": "KZ",
        "status": "active",
        "incorporated": "2001-01-01",
        "dissolved": None,
        "parentBody": ENTITY,
        "budgetLevel": "regional",
        "stateOwned": True,
        "listed": False,
        "addresses": ["Oilan street 1"],
        "phones": [],
        "emails": [],
        "bankAccounts": [],
    },
    "registry.directorship.v1": {
        "company": ENTITY,
        "person": PERSON,
        "role": "director",
        "exOfficio": False,
        "startDate": "2020-02-03",
        "endDate": None,
    },
    "registry.debarment.v1": {
        "supplier": ENTITY,
        "head": PERSON,
        "register": "unfair participants",
        "reason": "evaded signing",
        "startDate": "2023-05-05",
        "endDate": None,
    },
    "allocation.made.v1": {
        "id": "alloc-1",
        "kind": "subsidy",
        "grantor": ENTITY,
        "recipient": PERSON,
        "deciders": [PERSON],
        "method": "direct",
        "date": "2024-04-10",
        "amount": {"amount": 5000000, "currency": "KZT"},
        "valuation": None,
        "assetId": None,
    },
    "political.donation.v1": {
        "donor": PERSON,
        "recipient": ENTITY,
        "amount": {"amount": 10.10, "currency": "KZT"},
        "date": "2023-09-01",
    },
    "identity.decision.v1": {
        "left": "REC:/test/register:p-1",
        "right": f"KZ-IIN:{IIN}",
        "verdict": "same",
        "decidedBy": "reviewer-1",
        "reason": "compared the paper files",
    },
    "record.retracted.v1": {"target": {"source": "/test/register", "id": "e-9"}, "reason": "error"},
}
