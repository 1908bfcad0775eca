"""A BODS 0.4 statement without anything to repair as a fact: the fast way, equal to `normalise_bods`."""

from __future__ import annotations

from msgspec import UnsetType

from aiqyn.schemas.bods_clean import (
    Address,
    Entity,
    Identifier,
    Person,
    Relationship,
    Statement,
    Unspecified,
    clean_share,
)
from aiqyn.schemas.bods_codes import NAMELESS_TYPES
from aiqyn.schemas.identifiers import atom
from aiqyn.schemas.own.fields import is_date
from aiqyn.streams import facts
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts
from aiqyn.streams.intake.mentions import birth_conflicts

_AT = "/data/recordDetails"


def clean_statement(of: Statement, prefix: str, doubts: Doubts) -> facts.OwnershipRecord | facts.PartyRecord | None:
    """The fact, with its record ids after `prefix`; None: the lenient reader must look at the statement."""
    date = of.statement_date
    if not is_date(date):
        return None
    if isinstance(of, Relationship):
        fact: facts.OwnershipRecord | facts.PartyRecord | None = _relationship(of, prefix, doubts)
    elif isinstance(of, Person):
        fact = _person(of, prefix, doubts)
    else:
        fact = _entity(of, prefix)
    if fact is not None and date[:10] > doubts.today:
        doubts.day(date, "/data/statementDate")
    return fact


def _relationship(of: Relationship, prefix: str, doubts: Doubts) -> facts.OwnershipRecord | None:
    details = of.record_details
    interests = []
    for i, interest in enumerate(details.interests):
        share = clean_share(bytes(interest.share))
        start, end = interest.start_date or "", interest.end_date or ""
        if share is None or (start and not is_date(start)) or (end and not is_date(end)):
            return None
        if end or start[:10] > doubts.today:
            doubts.span(start, end, f"{_AT}/interests/{i}")
        interests.append(facts.Interest(interest.type, interest.direct_or_indirect or "unknown", *share, start, end))
    party = details.interested_party
    components = details.component_records
    return facts.OwnershipRecord(
        prefix + of.record_id,
        (),
        of.record_status == "closed",
        of.statement_date,
        prefix + details.subject,
        prefix + party if party.__class__ is str else "",
        party.reason if party.__class__ is Unspecified else "",
        details.is_component is True,
        tuple([prefix + component for component in components]) if components else (),
        tuple(interests),
    )


def _person(of: Person, prefix: str, doubts: Doubts) -> facts.PartyRecord | None:
    details = of.record_details
    atoms = _atoms(details.identifiers)
    birth, death = details.birth_date or "", details.death_date or ""
    if atoms is None or (birth and not is_date(birth)) or (death and not is_date(death)):
        return None
    if birth:
        doubts.day(birth, f"{_AT}/birthDate")
        doubts.issues += birth_conflicts(atoms, birth, f"{_AT}/birthDate")
    names = details.names
    kind = details.person_type or ""
    return _party(
        of,
        prefix,
        facts.Mention(
            (*atoms, prefix + of.record_id),
            True,
            _labels([name.full_name for name in names]) if names else (),
            birth,
            death,
            _contacts(details.addresses),
        ),
        "",
        "",
        "",
        "",
        False,
        kind if kind in NAMELESS_TYPES else "",
    )


def _entity(of: Entity, prefix: str) -> facts.PartyRecord | None:
    details = of.record_details
    atoms = _atoms(details.identifiers)
    dissolved = details.dissolution_date or ""
    if atoms is None or (dissolved and not is_date(dissolved)):
        return None
    kind = details.entity_type
    place = details.jurisdiction or details.incorporated_in_jurisdiction
    labels: tuple[str, ...] = (details.name,) if details.name else ()
    if details.alternate_names:
        labels = _labels([*labels, *details.alternate_names])
    listing = details.public_listing
    return _party(
        of,
        prefix,
        facts.Mention((*atoms, prefix + of.record_id), False, labels, "", "", _contacts(details.addresses)),
        kind.type,
        kind.subtype or "",
        (place.code or "") if place else "",
        dissolved,
        listing.has_public_listing is True if listing else False,
        kind.type if kind.type in NAMELESS_TYPES else "",
    )


def _party(
    of: Person | Entity,
    prefix: str,
    mention: facts.Mention,
    kind: str,
    subtype: str,
    jurisdiction: str,
    dissolved: str,
    listed: bool,
    unspecified: str,
) -> facts.PartyRecord:
    return facts.PartyRecord(
        prefix + of.record_id,
        (),
        of.record_status == "closed",
        of.statement_date,
        mention,
        kind,
        subtype,
        jurisdiction,
        dissolved,
        listed,
        unspecified,
        prefix + of.statement_id if of.statement_id != of.record_id else "",
    )


def _atoms(identifiers: tuple[Identifier, ...] | UnsetType | None) -> tuple[str, ...] | None:
    if not identifiers:
        return ()
    found: set[str] = set()
    for identifier in identifiers:
        name = atom(identifier.scheme, identifier.id)
        if name is None:
            return None
        found.add(name)
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)


def _labels(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names)) if len(names) > 1 else tuple(names)


def _contacts(addresses: tuple[Address, ...] | UnsetType | None) -> tuple[str, ...]:
    if not addresses:
        return ()
    lines = []
    for of in addresses:
        street, code = of.address, of.post_code
        if street and of.type != "placeOfBirth":
            lines.append(f"{street} {code}" if code and code not in street else street)
    return contacts(None, None, lines) if lines else ()
