"""A release without anything to repair as a fact: the fast way, equal to `normalise_ocds`."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aiqyn.schemas import ocds_clean as clean
from aiqyn.schemas.identifiers import atom
from aiqyn.schemas.lenient import exact
from aiqyn.schemas.own.fields import is_date
from aiqyn.streams import facts
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts


class _Unclean(Exception):
    """The lenient reader must look at the release."""


def clean_release(of: clean.Release, doubts: Doubts) -> facts.Release | None:
    """The fact; None: the lenient reader must look at the release."""
    try:
        return _release(of, doubts)
    except _Unclean:
        return None


def _release(of: clean.Release, doubts: Doubts) -> facts.Release:
    buyer, parties, tender, bids = of.buyer, of.parties, of.tender, of.bids
    awards, contracts, related = of.awards, of.contracts, of.related_processes
    states = awards or (parties and any([party.id or party.name for party in parties]))
    if not states or not is_date(of.date):
        # Without these it takes a closer look to tell whether the release states anything.
        raise _Unclean
    if of.date[:10] > doubts.today:
        doubts.day(of.date, "/data/date")
    if awards:
        for i, award in enumerate(awards):
            if award.date and award.date[:10] > doubts.today:
                doubts.day(award.date, f"/data/awards/{i}/date")
    details = UNSET if bids is UNSET else bids.details
    return facts.Release(
        of.ocid,
        of.id,
        of.date,
        of.tag,
        UNSET if buyer is UNSET else facts.Organization(buyer.id, buyer.name),
        UNSET if parties is UNSET else tuple([_party(party) for party in parties]),
        UNSET if tender is UNSET else _tender(tender),
        UNSET if details is UNSET else tuple([_bid(bid) for bid in details]),
        UNSET if awards is UNSET else tuple([_award(award) for award in awards]),
        UNSET if contracts is UNSET else tuple([_contract(contract) for contract in contracts]),
        UNSET
        if related is UNSET
        else tuple([facts.RelatedProcess(one.id, one.relationship, one.identifier) for one in related]),
    )


def _party(of: clean.Party) -> facts.Organization:
    identifiers: tuple[str, ...] | UnsetType = UNSET
    name = of.name
    names: tuple[str, ...] | UnsetType = UNSET
    main = of.identifier
    if main is not UNSET and of.additional_identifiers is UNSET:
        found = atom(main.scheme, main.id)
        if found is None:
            raise _Unclean
        identifiers = (found,)
        if main.legal_name and main.legal_name != name:
            if name is UNSET:
                name = main.legal_name
            else:
                names = (main.legal_name,)
    elif of.additional_identifiers is not UNSET:
        raise _Unclean
    point, address = of.contact_point, of.address
    reachable: tuple[str, ...] | UnsetType = UNSET
    if point is not UNSET or address is not UNSET:
        reachable = contacts(
            (point.telephone,) if point and point.telephone else None,
            (point.email,) if point and point.email else None,
            (address.line,) if address and address.street_address else None,
        )
    return facts.Organization(of.id, name, identifiers, of.roles, reachable, names)


def _references(of: tuple[clean.Reference, ...] | UnsetType) -> tuple[facts.Organization, ...] | UnsetType:
    return UNSET if of is UNSET else tuple([facts.Organization(one.id, one.name) for one in of])


def _date(text: str | UnsetType) -> str | UnsetType:
    if text is not UNSET and not is_date(text):
        raise _Unclean
    return text


def _money(of: clean.Money | UnsetType) -> facts.Money | UnsetType:
    if of is UNSET:
        return UNSET
    amount = bytes(of.amount).decode()
    currency = of.currency
    if not (currency.isascii() and currency.isupper()):
        raise _Unclean
    if not (amount.isdigit() and len(amount) <= 40) and (amount[0] == '"' or exact(amount) is None):
        raise _Unclean
    return facts.Money(amount, currency)


def _lots(of: clean.Award | clean.Bid) -> tuple[str, ...] | UnsetType:
    if of.related_lots is not UNSET:
        return of.related_lots
    if of.items is UNSET:
        return UNSET
    lots = {item.related_lot: None for item in of.items if item.related_lot is not UNSET}
    return tuple(lots) if lots else UNSET


def _tender(of: clean.Tender) -> facts.Tender:
    period, entity, lots = of.tender_period, of.procuring_entity, of.lots
    return facts.Tender(
        of.title,
        of.status,
        of.procurement_method,
        UNSET if period is UNSET else _date(period.start_date),
        UNSET if period is UNSET else _date(period.end_date),
        UNSET if entity is UNSET else facts.Organization(entity.id, entity.name),
        _references(of.tenderers),
        UNSET if lots is UNSET else tuple([facts.Lot(lot.id, lot.status) for lot in lots]),
    )


def _bid(of: clean.Bid) -> facts.Bid:
    return facts.Bid(of.id, of.status, _date(of.date), _money(of.value), _references(of.tenderers), _lots(of))


def _award(of: clean.Award) -> facts.Award:
    return facts.Award(of.id, of.status, _date(of.date), _money(of.value), _references(of.suppliers), _lots(of))


def _contract(of: clean.Contract) -> facts.Contract:
    return facts.Contract(of.id, of.award_id, of.status, _date(of.date_signed))
