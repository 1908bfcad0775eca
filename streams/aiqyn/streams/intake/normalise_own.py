"""Our own types as facts, one function a type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiqyn.schemas.identifiers import parse_atom
from aiqyn.schemas.own.allocation import Allocation
from aiqyn.schemas.own.committee import Committee
from aiqyn.schemas.own.company import Company
from aiqyn.schemas.own.debarment import Debarment
from aiqyn.schemas.own.decision import Decision
from aiqyn.schemas.own.declaration import Declaration, Item
from aiqyn.schemas.own.directorship import Directorship
from aiqyn.schemas.own.donation import Donation
from aiqyn.schemas.own.fields import percent_text
from aiqyn.schemas.own.money import Money
from aiqyn.schemas.own.occupancy import Occupancy
from aiqyn.schemas.own.relation import Relation
from aiqyn.schemas.own.retraction import Retraction
from aiqyn.streams import facts
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts
from aiqyn.streams.intake.mentions import Mentions


def post(data: Occupancy, mentions: Mentions) -> facts.Post:
    """official.occupancy."""
    start, end = data.start_date or "", data.end_date or ""
    if start or end:
        mentions.doubts.span(start, end, "/data")
    return facts.Post(
        mentions.person(data.person, "/data/person"),
        mentions.entity(data.organization, "/data/organization"),
        data.post or "",
        data.role,
        data.level or "",
        None if data.party is None else mentions.entity(data.party, "/data/party"),
        data.ex_officio is True,
        start,
        end,
    )


def kinship(data: Relation, mentions: Mentions) -> facts.Kinship:
    """official.relation."""
    start, end = data.start_date or "", data.end_date or ""
    if start or end:
        mentions.doubts.span(start, end, "/data")
    return facts.Kinship(
        mentions.person(data.person, "/data/person"),
        mentions.person(data.relative, "/data/relative"),
        data.relationship,
        start,
        end,
    )


def declaration(data: Declaration, mentions: Mentions) -> facts.Declaration:
    """official.declaration."""
    doubts = mentions.doubts
    start = end = ""
    if data.period is not None:
        start, end = data.period.from_ or "", data.period.to or ""
        doubts.span(start, end, "/data/period", "from", "to")
    if not start and not end:
        doubts.add("quality.periodMissing", "/data/period", "no period stated")
    doubts.day(data.filed_at, "/data/filedAt")
    return facts.Declaration(
        mentions.person(data.declarant, "/data/declarant"),
        data.filed_at,
        start,
        end,
        tuple([_item(item, mentions, f"/data/items/{i}") for i, item in enumerate(data.items)]),
    )


def _item(item: Item, mentions: Mentions, at: str) -> facts.DeclaredItem:
    date = item.date or ""
    if date:
        mentions.doubts.day(date, f"{at}/date")
    counterparty = item.counterparty
    return facts.DeclaredItem(
        item.kind,
        item.holder,
        None if counterparty is None else mentions.party(counterparty, f"{at}/counterparty"),
        percent_text("share", item.share),
        _money(item.amount),
        date,
        item.ocid or "",
    )


def committee(data: Committee, mentions: Mentions) -> facts.Committee:
    """procurement.committee."""
    seats = []
    for i, member in enumerate(data.members):
        at = f"/data/members/{i}"
        start, end, recused = member.from_ or "", member.to or "", member.recused_on or ""
        mentions.doubts.span(start, end, at, "from", "to")
        if recused:
            mentions.doubts.day(recused, f"{at}/recusedOn")
        person = mentions.person(member.person, f"{at}/person")
        seats.append(facts.Seat(person, member.role, start, end, recused))
    return facts.Committee(data.ocid, data.lot_ids or (), tuple(seats))


def company(data: Company, mentions: Mentions) -> facts.Company:
    """registry.company: its mention has all names and contacts of the event."""
    incorporated, dissolved = data.incorporated or "", data.dissolved or ""
    if incorporated or dissolved:
        mentions.doubts.span(incorporated, dissolved, "/data", "incorporated", "dissolved")
    entity = mentions.entity(data.entity, "/data/entity")
    labels = entity.labels
    if data.names:
        labels = tuple(dict.fromkeys((*labels, *[name.name for name in data.names])))
    found: tuple[str, ...] = ()
    if data.phones or data.emails or data.addresses or data.bank_accounts:
        found = contacts(data.phones, data.emails, data.addresses, data.bank_accounts)
    parent = data.parent_body
    return facts.Company(
        facts.Mention(entity.atoms, entity.person, labels, "", "", found),
        data.kind,
        data.jurisdiction or "",
        data.status or "",
        incorporated,
        dissolved,
        None if parent is None else mentions.entity(parent, "/data/parentBody"),
        data.budget_level or "",
        data.state_owned is True,
        data.listed is True,
    )


def directorship(data: Directorship, mentions: Mentions) -> facts.Directorship:
    """registry.directorship."""
    start, end = data.start_date or "", data.end_date or ""
    if start or end:
        mentions.doubts.span(start, end, "/data")
    return facts.Directorship(
        mentions.entity(data.company, "/data/company"),
        mentions.person(data.person, "/data/person"),
        data.role,
        data.ex_officio is True,
        start,
        end,
    )


def debarment(data: Debarment, mentions: Mentions) -> facts.Debarment:
    """registry.debarment."""
    end = data.end_date or ""
    mentions.doubts.span(data.start_date, end, "/data")
    return facts.Debarment(
        mentions.entity(data.supplier, "/data/supplier"),
        None if data.head is None else mentions.person(data.head, "/data/head"),
        data.register or "",
        data.reason or "",
        data.start_date,
        end,
    )


def allocation(data: Allocation, mentions: Mentions) -> facts.Allocation:
    """allocation.made."""
    mentions.doubts.day(data.date, "/data/date")
    deciders = [mentions.person(decider, f"/data/deciders/{i}") for i, decider in enumerate(data.deciders or ())]
    return facts.Allocation(
        data.id,
        data.kind,
        mentions.entity(data.grantor, "/data/grantor"),
        mentions.party(data.recipient, "/data/recipient"),
        tuple(deciders),
        data.method or "",
        data.date,
        _money(data.amount),
        _money(data.valuation),
        data.asset_id or "",
    )


def donation(data: Donation, mentions: Mentions) -> facts.Donation:
    """political.donation."""
    mentions.doubts.day(data.date, "/data/date")
    return facts.Donation(
        mentions.party(data.donor, "/data/donor"),
        mentions.party(data.recipient, "/data/recipient"),
        _money(data.amount),
        data.date,
    )


def decision(data: Decision, mentions: Mentions) -> facts.Decision:
    """identity.decision."""
    return facts.Decision(
        _named(data.left, "/data/left", mentions.doubts),
        _named(data.right, "/data/right", mentions.doubts),
        data.verdict,
        data.decided_by,
        data.reason or "",
    )


def _named(text: str, pointer: str, doubts: Doubts) -> facts.Atom:
    """The atom that a text names: aliases of schemes resolved, records as written."""
    if text.startswith("REC:"):
        return text
    identifier = parse_atom(text)
    if identifier.valid:
        return f"{identifier.scheme}:{identifier.id}"
    doubts.add("quality.identifierInvalid", pointer, f"{identifier.scheme[:64]}: {identifier.why}")
    return text


def retraction(data: Retraction, mentions: Mentions) -> facts.Retraction:
    """record.retracted."""
    if data.target.source != mentions.source:
        mentions.doubts.add("quality.foreignTarget", "/data/target/source", "not the source of this event")
    return facts.Retraction(data.target.source, data.target.id, data.reason)


def _money(money: Money | None) -> facts.Money | None:
    return None if money is None else facts.Money(money.exact, money.currency)


NORMALISERS: Final[dict[str, Callable[[Any, Mentions], facts.ArrayFact]]] = {
    "official.occupancy.v1": post,
    "official.relation.v1": kinship,
    "official.declaration.v1": declaration,
    "procurement.committee.v1": committee,
    "registry.company.v1": company,
    "registry.directorship.v1": directorship,
    "registry.debarment.v1": debarment,
    "allocation.made.v1": allocation,
    "political.donation.v1": donation,
    "identity.decision.v1": decision,
    "record.retracted.v1": retraction,
}
