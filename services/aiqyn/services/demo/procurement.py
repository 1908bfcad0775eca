"""Procurement processes of the demo country as OCDS 1.1 releases, with the extensions `bids` and `lots`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from aiqyn.services.demo.calendar import moment
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.envelope import Json

SUBJECTS: tuple[tuple[str, str, Literal["goods", "works", "services"]], ...] = (
    ("Ремонт кровли и узлов отопления", "45261900", "works"),
    ("Поставка учебной мебели", "39160000", "goods"),
    ("Услуги питания", "55320000", "services"),
    ("Поставка лекарственных средств", "33600000", "goods"),
    ("Текущее содержание дорог", "45233141", "works"),
    ("Обслуживание вычислительной техники", "50320000", "services"),
)


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid of one company or of a consortium; `lots` empty: the process has none."""

    tenderers: tuple[Entity, ...]
    lots: tuple[str, ...] = ()
    wins: bool = False


@dataclass(slots=True)
class Process:
    """A process from notice to contract; its decision window is `opened` to `awarded`, both included."""

    ocid: str
    buyer: Entity
    procuring: Entity
    opened: int
    closes: int
    bid_on: int
    awarded: int
    signed: int
    amount: int
    subject: int
    method: Literal["open", "selective", "direct"] = "open"
    lots: tuple[str, ...] = ()
    bids: list[Bid] = field(default_factory=list)
    cancelled: bool = False


class Stage(NamedTuple):
    """A release and the day of it."""

    day: int
    release: Json


def releases(process: Process) -> Iterator[Stage]:
    """The notice, the award and the contract, or the cancellation if it is cancelled."""
    yield Stage(process.opened, _notice(process))
    parties = _parties(process, process.bids)
    yield Stage(process.awarded, _award(process, parties))
    ending = _cancellation if process.cancelled else _contract
    yield Stage(process.signed, ending(process, parties))


def _notice(process: Process) -> Json:
    return _release(process, "tender", "01-tender", process.opened, _parties(process, ())) | {
        "tender": _tender(process, "active")
    }


def _award(process: Process, parties: list[Json]) -> Json:
    tender = _tender(process, "complete")
    out = _release(process, "award", "02-award", process.awarded, parties)
    if process.method != "direct":
        bidders = _distinct(company for bid in process.bids for company in bid.tenderers)
        tender["tenderers"] = [_reference(company) for company in bidders]
        tender["numberOfTenderers"] = len(bidders)
        out["bids"] = {"details": [_bid(process, number, bid) for number, bid in enumerate(process.bids, 1)]}
    out["tender"] = tender
    won = [bid for bid in process.bids if bid.wins]
    out["awards"] = [
        _with_lots(
            {
                "id": f"{process.ocid}-award-{number}",
                "title": "Решение комиссии",
                "status": "active",
                "date": moment(process.awarded, "12:00:00"),
                "value": _value(process.amount),
                "suppliers": [_reference(company) for company in bid.tenderers],
            },
            bid.lots,
        )
        for number, bid in enumerate(won, 1)
    ]
    return out


def _contract(process: Process, parties: list[Json]) -> Json:
    won = sum(bid.wins for bid in process.bids)
    return _release(process, "contract", "03-contract", process.signed, parties) | {
        "contracts": [
            {
                "id": f"{process.ocid}-contract-{number}",
                "awardID": f"{process.ocid}-award-{number}",
                "status": "active",
                "dateSigned": moment(process.signed, "12:00:00"),
                "value": _value(process.amount),
                "period": {
                    "startDate": moment(process.signed, "00:00:00"),
                    "endDate": moment(process.signed + 240, "00:00:00"),
                },
            }
            for number in range(1, won + 1)
        ]
    }


def _cancellation(process: Process, parties: list[Json]) -> Json:
    return _release(process, "tenderCancellation", "03-cancellation", process.signed, parties) | {
        "tender": _tender(process, "cancelled")
    }


def _release(process: Process, tag: str, suffix: str, day: int, parties: list[Json]) -> Json:
    return {
        "ocid": process.ocid,
        "id": f"{process.ocid}-{suffix}",
        "date": moment(day, "09:00:00"),
        "tag": [tag],
        "initiationType": "tender",
        "language": "ru",
        "parties": parties,
        "buyer": _reference(process.buyer),
    }


def _tender(process: Process, status: str) -> Json:
    title, code, category = SUBJECTS[process.subject]
    out: Json = {
        "id": f"{process.ocid}-tender",
        "title": title,
        "status": status,
        "procuringEntity": _reference(process.procuring),
        "procurementMethod": process.method,
        "mainProcurementCategory": category,
        "value": _value(process.amount),
        "tenderPeriod": {
            "startDate": moment(process.opened, "09:00:00"),
            "endDate": moment(process.closes, "18:00:00"),
        },
        "items": [
            _with_lot(
                {
                    "id": str(number),
                    "description": title,
                    "classification": {"scheme": "CPV", "id": code},
                    "quantity": 1,
                    "unit": {"name": "комплект"},
                },
                lot,
            )
            for number, lot in enumerate(process.lots or (None,), 1)
        ],
    }
    if process.lots:
        out["lots"] = [{"id": lot, "title": f"Лот {lot}", "status": status} for lot in process.lots]
    return out


def _bid(process: Process, number: int, bid: Bid) -> Json:
    return _with_lots(
        {
            "id": f"{process.ocid}-bid-{number}",
            "date": moment(process.bid_on, "10:00:00"),
            "status": "valid",
            "tenderers": [_reference(company) for company in bid.tenderers],
            "value": _value(process.amount + (0 if bid.wins else 1_000 * number)),
        },
        bid.lots,
    )


def _with_lots(item: Json, lots: tuple[str, ...]) -> Json:
    return item | {"relatedLots": list(lots)} if lots else item


def _with_lot(item: Json, lot: str | None) -> Json:
    return item if lot is None else item | {"relatedLot": lot}


def _parties(process: Process, bids: list[Bid] | tuple[()]) -> list[Json]:
    roles: dict[Entity, list[str]] = {process.buyer: ["buyer"]}
    roles.setdefault(process.procuring, []).append("procuringEntity")
    for bid in bids:
        for company in bid.tenderers:
            stated = roles.setdefault(company, [])
            if process.method != "direct" and "tenderer" not in stated:
                stated.append("tenderer")
            if bid.wins and "supplier" not in stated:
                stated.append("supplier")
    return [_party(entity, stated) for entity, stated in roles.items()]


def _party(entity: Entity, roles: list[str]) -> Json:
    out: Json = {
        "id": entity.party,
        "name": entity.name,
        "identifier": {"scheme": "KZ-BIN", "id": entity.number, "legalName": entity.name},
        "roles": roles,
    }
    if "buyer" in roles:
        out["contactPoint"] = entity.contact
    return out


def _reference(entity: Entity) -> Json:
    return {"id": entity.party, "name": entity.name}


def _value(amount: int) -> Json:
    return {"amount": amount, "currency": "KZT"}


def _distinct(companies: Iterator[Entity]) -> list[Entity]:
    return list(dict.fromkeys(companies))
