"""Cases in short: one object an event, persons and organizations by plain words, expanded into CloudEvents.

A word in lower case (`head`, `wife`) is a person, one with a capital (`Buyer`, `Firm`) an organization; both get valid
numbers of the invented country in the order in which the case first names them. An event's verb is the member that only
its kind has; every other member but `id`, `source`, `time`, `key` and the shorthands below goes into its data as it is.

| verb | other shorthands |
|---|---|
| `body`, `company`: the entity of a registry.company | `parent`: its parent body |
| `post`: the role; `person`, `at` | `from`, `to` |
| `role`: the role; `person`, `in` | `from`, `to` |
| `kin`: what `relative` is to `person` | `from`, `to` |
| `stake`: percent, a share or null; `holder`, `in` | `from`, `to`, `interest`, `level`, `stated`, `record`, `status` |
| `declared`: the items; `by`, `filed`, `period` | in an item `of`: the counterparty; `ocid` true: this process |
| `committee`: the members (`person`, `as`, `from`, `to`, `recused`) | `lots` |
| `process`: the buyer; `winner`, `losers` | `opened`, `closes`, `awarded`: a tender and an award release |
| `release`: its tags; `date` | `buyer`, `entity`, `period`, `lots`, `tenderers`, `bids`, `awards`, `contracts` |
| `allocation`: its kind; `grantor`, `recipient`, `deciders`, `date` | |
| `debarred`: the supplier | `head`, `from`, `to` |
| `verdict`: same, different or unsure; `left`, `right` | |
| `retract`: the `id` of an event of the case | `reason` |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.oracle.identifiers import check_digit

OCID = "ocds-t3st00-1"
"""The process of a case that names no other."""
REGISTER, OWNERS, NOTICES = "/cases/register", "/cases/owners", "/cases/notices"

Json = dict[str, Any]


class Case:
    """One case file: its events as CloudEvents, and the names that its words stand for."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._people: Mapping[str, Json] = document.get("people", {})
        self._numbers: dict[str, str] = {}
        self._stated: set[tuple[str, str]] = set()
        self._at = datetime(2023, 6, 1, 8)
        self._count = 0
        self.events: list[Json] = []
        self._source_of: dict[str, str] = {}
        self._owners = OWNERS
        for event in document["events"]:
            self.events.extend([event] if "specversion" in event else self._expand(event))

    def lines(self) -> list[bytes]:
        """The events as they arrive, one CloudEvent a line."""
        return [json.dumps(event, ensure_ascii=False).encode() for event in self.events]

    def name(self, word: str) -> str:
        """The `SCHEME:ID` or `REC` that a word stands for."""
        person = self._people.get(word, {})
        if "record" in person:
            return f"REC:{REGISTER}:{person['record']}"
        return f"{'KZ-IIN' if word[0].islower() else 'KZ-BIN'}:{self._number(word)}"

    # --- words -------------------------------------------------------------------------------------------

    def _number(self, word: str) -> str:
        if word not in self._numbers:
            place = len(self._numbers)
            stem = f"{30 + place:02}01153" if word[0].islower() else f"{place + 1:02}01404"
            self._numbers[word] = next(
                body + str(digit)
                for serial in range(100)
                if (digit := check_digit(body := f"{stem}{serial:0{11 - len(stem)}}")) is not None
            )
        return self._numbers[word]

    def _identifiers(self, word: str) -> list[Json]:
        return [{"scheme": "KZ-IIN" if word[0].islower() else "KZ-BIN", "id": self._number(word)}]

    def _person(self, word: str) -> Json:
        known = dict(self._people.get(word, {}))
        record = known.pop("record", None)
        names = [{"fullName": known.pop("name", f"{word.capitalize()} Invented")}]
        found: Json = {"names": names, **known}
        return found | ({"recordId": record} if record else {"identifiers": self._identifiers(word)})

    def _entity(self, word: str) -> Json:
        return {"identifiers": self._identifiers(word), "name": f"{word} (invented)"}

    def _party(self, word: str) -> Json:
        return self._person(word) if word[0].islower() else self._entity(word)

    # --- events ------------------------------------------------------------------------------------------

    def _expand(self, event: Json) -> Iterator[Json]:
        rest = dict(event)
        verb = next((verb for verb in _VERBS if verb in rest), None)
        if verb is None:
            raise ValueError(f"no verb in {event}")
        subject = rest.pop(verb)
        envelope = {name: rest.pop(name) for name in ("id", "source", "time") if name in rest}
        self._owners = envelope.get("source", OWNERS)
        if "key" in rest:
            rest["recordKey"] = rest.pop("key")
        made = list(_VERBS[verb](self, subject, rest))
        for place, (type, source, data) in enumerate(made):
            self._count += 1
            self._at += timedelta(seconds=1)
            when = data["date"] if type == "procurement.release" else f"{self._at.isoformat()}Z"
            own = envelope if place == len(made) - 1 else {}
            id = own.get("id", f"{self._count:03}")
            cloud = {
                "specversion": "1.0",
                "id": id,
                "source": envelope.get("source", source),
                "type": f"{type}.v1",
                "time": own.get("time", when),
                "data": data,
            }
            self._source_of[id] = cloud["source"]
            yield cloud

    def _company(self, word: str, rest: Json, kind: str) -> Iterator[tuple[str, str, Json]]:
        parent = rest.pop("parent", None)
        data = {"entity": self._entity(word), "kind": kind, "jurisdiction": "KZ", "status": "active"}
        if parent is not None:
            data["parentBody"] = self._entity(parent)
        yield "registry.company", REGISTER, data | rest

    def _post(self, role: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        person, body = self._person(rest.pop("person")), self._entity(rest.pop("at"))
        data = {"person": person, "organization": body, "post": role, "role": role, "level": "regional"}
        yield "official.occupancy", REGISTER, data | _span(rest, "startDate", "endDate")

    def _role(self, role: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        person, company = self._person(rest.pop("person")), self._entity(rest.pop("in"))
        data = {"company": company, "person": person, "role": role}
        yield "registry.directorship", REGISTER, data | _span(rest, "startDate", "endDate")

    def _kin(self, relationship: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        person, relative = self._person(rest.pop("person")), self._person(rest.pop("relative"))
        data = {"person": person, "relative": relative, "relationship": relationship}
        yield "official.relation", REGISTER, data | _span(rest, "startDate", "endDate")

    def _stake(self, share: Any, rest: Json) -> Iterator[tuple[str, str, Json]]:
        holder, company = rest.pop("holder"), rest.pop("in")
        stated = rest.pop("stated", "2019-05-02")
        record = rest.pop("record", f"{holder}-{company}-{rest.get('interest', 'shareholding')}")
        status = rest.pop("status", "new")
        yield from self._described(company)
        yield from self._described(holder)
        interest = _span(rest, "startDate", "endDate")
        interest["type"] = interest.pop("interest", "shareholding")
        interest["directOrIndirect"] = interest.pop("level", "direct")
        if share is not None:
            interest["share"] = share if isinstance(share, dict) else {"exact": share}
        details = {
            "isComponent": False,
            "subject": company,
            "interestedParty": holder,
            "interests": [interest],
        }
        yield "ownership.statement", OWNERS, self._statement(record, "relationship", stated, status, details)

    def _described(self, word: str) -> Iterator[tuple[str, str, Json]]:
        """The BODS record of a person or entity, once a source."""
        if (self._owners, word) in self._stated:
            return
        self._stated.add((self._owners, word))
        if word[0].islower():
            kind, known = "person", self._person(word)
            details = {"isComponent": False, "personType": "knownPerson"} | {
                name: known[name] for name in ("names", "identifiers", "birthDate", "deathDate") if name in known
            }
        else:
            kind = "entity"
            details = {
                "isComponent": False, "entityType": {"type": "registeredEntity"}, "name": f"{word} (invented)",
                "identifiers": self._identifiers(word),
            }  # fmt: skip
        yield "ownership.statement", OWNERS, self._statement(word, kind, "2019-05-02", "new", details)

    def _statement(self, record: str, kind: str, stated: str, status: str, details: Json) -> Json:
        return {
            "statementId": f"statement-{self._count:04}-of-{kind}-{record}",
            "statementDate": stated,
            "declarationSubject": details.get("subject", record),
            "recordId": record,
            "recordStatus": status,
            "recordType": kind,
            "recordDetails": details,
            "publicationDetails": {
                "publicationDate": stated,
                "bodsVersion": "0.4",
                "publisher": {"name": "Cases"},
            },
        }

    def _declared(self, items: list[Json], rest: Json) -> Iterator[tuple[str, str, Json]]:
        period = rest.pop("period", ["2024-01-01", "2025-01-01"])
        data = {
            "declarant": self._person(rest.pop("by")),
            "filedAt": rest.pop("filed"),
            "period": {"from": period[0], "to": period[1]},
            "items": [self._item(dict(item)) for item in items],
        }
        yield "official.declaration", REGISTER, data | rest

    def _item(self, item: Json) -> Json:
        of = item.pop("of", None)
        if item.get("ocid") is True:
            item["ocid"] = OCID
        return {"holder": "self"} | item | ({"counterparty": self._party(of)} if of else {})

    def _committee(self, members: list[Json], rest: Json) -> Iterator[tuple[str, str, Json]]:
        data = {
            "ocid": rest.pop("ocid", OCID),
            "lotIds": rest.pop("lots", []),
            "members": [
                {
                    "person": self._person(member["person"]),
                    "role": member["as"],
                    "from": member.get("from", "2024-02-20"),
                    "to": member.get("to"),
                    "recusedOn": member.get("recused"),
                }
                for member in members
            ],
        }
        yield "procurement.committee", REGISTER, data | rest

    def _allocation(self, kind: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        data = {
            "id": rest.pop("allocation", "allocation-1"),
            "kind": kind,
            "grantor": self._entity(rest.pop("grantor")),
            "recipient": self._party(rest.pop("recipient")),
            "deciders": [self._person(word) for word in rest.pop("deciders", [])],
        }
        yield "allocation.made", REGISTER, data | rest

    def _debarred(self, supplier: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        head = rest.pop("head", None)
        data = {
            "supplier": self._party(supplier),
            "head": self._person(head) if head else None,
            "register": "unreliable",
        }
        yield "registry.debarment", REGISTER, data | _span(rest, "startDate", "endDate")

    def _verdict(self, verdict: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        data = {
            "left": self.name(rest.pop("left")),
            "right": self.name(rest.pop("right")),
            "verdict": verdict,
        }
        yield (
            "identity.decision",
            "/cases/review",
            data | {"decidedBy": "reviewer", "reason": "read both files"} | rest,
        )

    def _retract(self, target: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        source = rest.pop("of", self._source_of.get(target, REGISTER))
        data = {"target": {"source": source, "id": target}, "reason": rest.pop("reason", "error")}
        yield "record.retracted", source, data | rest

    # --- OCDS --------------------------------------------------------------------------------------------

    def _process(self, buyer: str, rest: Json) -> Iterator[tuple[str, str, Json]]:
        winner, losers = rest.get("winner"), rest.get("losers", [])
        opened, closes = rest.get("opened", "2024-03-01"), rest.get("closes", "2024-03-20")
        awarded = rest.get("awarded", "2024-04-10")
        yield from self._release("tender", {"date": opened, "buyer": buyer, "period": [opened, closes]})
        winners = winner if isinstance(winner, list) else [winner]
        bidders = [*winners, *losers]
        yield from self._release(
            "award",
            {
                "date": awarded,
                "buyer": buyer,
                "bids": [{"by": [bidder], "date": closes} for bidder in bidders],
                "awards": [{"to": winners, "date": awarded}],
            },
        )

    def _release(self, tags: str | list[str], rest: Json) -> Iterator[tuple[str, str, Json]]:
        day, ocid = rest.pop("date"), rest.pop("ocid", OCID)
        tag = tags if isinstance(tags, list) else [tags]
        words: dict[str, Json] = {}

        def organization(word: str) -> Json:
            scheme = "KZ-IIN" if word[0].islower() else "KZ-BIN"
            id = f"{scheme}-{self._number(word)}"
            words[id] = {"id": id, "name": f"{word} (invented)", "identifier": self._identifiers(word)[0]}
            return {"id": id, "name": f"{word} (invented)"}

        data: Json = {"ocid": ocid, "id": f"{ocid}-{day}-{'-'.join(tag)}", "date": _moment(day), "tag": tag}
        buyer = rest.pop("buyer", "Buyer")
        if buyer is not None:
            data["buyer"] = organization(buyer)
        tender = self._tender(rest, organization)
        if tender:
            data["tender"] = {"id": "tender"} | tender
        if "bids" in rest:
            details = [_bid(n, dict(bid), organization) for n, bid in enumerate(rest.pop("bids"), 1)]
            data["bids"] = {"details": details}
        if "awards" in rest:
            data["awards"] = [_award(n, dict(award), organization) for n, award in enumerate(rest.pop("awards"), 1)]
        if "contracts" in rest:
            data["contracts"] = [_contract(n, dict(each)) for n, each in enumerate(rest.pop("contracts"), 1)]
        data["parties"] = list(words.values())
        yield "procurement.release", NOTICES, data | rest

    def _tender(self, rest: Json, organization: Callable[[str], Json]) -> Json:
        tender: Json = {}
        if "period" in rest:
            start, end = rest.pop("period")
            tender["tenderPeriod"] = {"startDate": _moment(start), "endDate": _moment(end)}
        if "status" in rest:
            tender["status"] = rest.pop("status")
        if "lots" in rest:
            tender["lots"] = [{"id": lot} for lot in rest.pop("lots")]
        if "tenderers" in rest:
            tender["tenderers"] = [organization(word) for word in rest.pop("tenderers")]
        if "entity" in rest:
            tender["procuringEntity"] = organization(rest.pop("entity"))
        return tender


def _bid(number: int, bid: Json, organization: Callable[[str], Json]) -> Json:
    made = {"id": bid.pop("id", f"bid-{number}"), "status": bid.pop("status", "valid")}
    made["tenderers"] = [organization(word) for word in bid.pop("by")]
    return made | _common(bid)


def _award(number: int, award: Json, organization: Callable[[str], Json]) -> Json:
    made = {"id": award.pop("id", f"award-{number}"), "status": award.pop("status", "active")}
    if "to" in award:
        made["suppliers"] = [organization(word) for word in award.pop("to")]
    return made | _common(award)


def _common(rest: Json) -> Json:
    made: Json = {}
    if rest.get("date"):
        made["date"] = _moment(rest["date"])
    if "lots" in rest:
        made["relatedLots"] = rest["lots"]
    if "amount" in rest:
        made["value"] = {"amount": rest["amount"], "currency": rest.get("currency", "KZT")}
    return made


def _contract(number: int, contract: Json) -> Json:
    made = {
        "id": f"contract-{number}",
        "awardID": contract["award"],
        "status": contract.get("status", "active"),
    }
    return made | ({"dateSigned": _moment(contract["signed"])} if "signed" in contract else {})


def _moment(day: str | None) -> str | None:
    return f"{day}T09:00:00Z" if day is not None and len(day) == 10 else day


def _span(rest: Json, start: str, end: str) -> Json:
    """The members with `from` and `to` under the names that the event gives them."""
    made = {name: value for name, value in rest.items() if name not in ("from", "to")}
    made[start] = rest.get("from", "2020-01-01")
    if "to" in rest:
        made[end] = rest["to"]
    return made


_VERBS: Mapping[str, Callable[..., Iterator[tuple[str, str, Json]]]] = {
    "retract": Case._retract,
    "verdict": Case._verdict,
    "declared": Case._declared,
    "committee": Case._committee,
    "process": Case._process,
    "release": Case._release,
    "allocation": Case._allocation,
    "debarred": Case._debarred,
    "stake": Case._stake,
    "kin": Case._kin,
    "post": Case._post,
    "role": Case._role,
    "body": lambda case, word, rest: case._company(word, rest, "publicBody"),
    "company": lambda case, word, rest: case._company(word, rest, "company"),
}
