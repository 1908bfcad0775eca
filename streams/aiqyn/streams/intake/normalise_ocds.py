"""An OCDS release as a fact."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aiqyn.schemas import ocds
from aiqyn.schemas.ocds_clean import read_clean
from aiqyn.streams import facts
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts
from aiqyn.streams.intake.normalise_ocds_clean import clean_release


def release(data: object, content: bytes, time: str) -> tuple[facts.Release, Doubts]:
    """The fact in one release: of its tree, or of the same as `data` in JSON where that is clean.

    Raises Rejected where the required profile is not met.
    """
    clean = read_clean(content)
    if clean is not None:
        doubts = Doubts(time)
        taken = clean_release(clean, doubts)
        if taken is not None:
            return taken, doubts
    return lenient_release(data, time)


def lenient_release(data: object, time: str) -> tuple[facts.Release, Doubts]:
    """As `release`, of the tree alone, repairing what can be repaired."""
    read, issues = ocds.read_release(data)
    doubts = Doubts(time, issues)
    doubts.day(read.date, "/data/date")
    if read.awards:
        _doubt_awards(read.awards, doubts)
    buyer, parties, tender, bids = read.buyer, read.parties, read.tender, read.bids
    awards, contracts, related = read.awards, read.contracts, read.related
    fact = facts.Release(
        read.ocid,
        read.id,
        read.date,
        read.tag,
        buyer if buyer is UNSET or buyer is None else _organization(buyer),
        parties if parties is UNSET else tuple([_organization(party) for party in parties]),
        tender if tender is UNSET or tender is None else _tender(tender),
        bids if bids is UNSET or bids is None else tuple([_bid(bid) for bid in bids]),
        awards if awards is UNSET else tuple([_award(award) for award in awards]),
        contracts if contracts is UNSET else tuple([_contract(contract) for contract in contracts]),
        UNSET
        if related is UNSET
        else tuple([facts.RelatedProcess(one.id, one.relationship, one.identifier) for one in related]),
    )
    return fact, doubts


def _doubt_awards(awards: tuple[ocds.Award, ...], doubts: Doubts) -> None:
    for i, award in enumerate(awards):
        if award.date:
            doubts.day(award.date, f"/data/awards/{i}/date")


def _organization(of: ocds.Organization) -> facts.Organization:
    if not of.reachable:
        if of.identifiers is UNSET and of.roles is UNSET and not of.names:
            return facts.Organization(of.id, of.name)
        return facts.Organization(of.id, of.name, of.identifiers, of.roles, UNSET, of.names or UNSET)
    found = contacts(of.phones, of.emails, of.addresses)
    return facts.Organization(of.id, of.name, of.identifiers, of.roles, found, of.names or UNSET)


def _members(
    of: tuple[ocds.Organization, ...] | UnsetType | None,
) -> tuple[facts.Organization, ...] | UnsetType | None:
    return of if of is UNSET or of is None else tuple([_organization(one) for one in of])


def _money(of: ocds.Money | UnsetType | None) -> facts.Money | UnsetType | None:
    return of if of is UNSET or of is None else facts.Money(of.amount, of.currency)


def _tender(of: ocds.Tender) -> facts.Tender:
    entity, lots = of.procuring_entity, of.lots
    return facts.Tender(
        of.title,
        of.status,
        of.method,
        of.period_start,
        of.period_end,
        entity if entity is UNSET or entity is None else _organization(entity),
        _members(of.tenderers),
        lots if lots is UNSET or lots is None else tuple([facts.Lot(lot.id, lot.status) for lot in lots]),
    )


def _bid(of: ocds.Bid) -> facts.Bid:
    return facts.Bid(of.id, of.status, of.date, _money(of.value), _members(of.tenderers), of.lots)


def _award(of: ocds.Award) -> facts.Award:
    return facts.Award(of.id, of.status, of.date, _money(of.value), _members(of.suppliers), of.lots)


def _contract(of: ocds.Contract) -> facts.Contract:
    return facts.Contract(of.id, of.award_id, of.status, of.date_signed)
