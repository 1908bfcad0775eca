"""A BODS statement as a fact."""

from __future__ import annotations

from aiqyn.schemas import bods
from aiqyn.schemas.bods_clean import read_clean
from aiqyn.streams import facts
from aiqyn.streams.intake.contacts import contacts
from aiqyn.streams.intake.doubts import Doubts
from aiqyn.streams.intake.mentions import birth_conflicts
from aiqyn.streams.intake.normalise_bods_clean import clean_statement


def statement(
    data: object, content: bytes, source: str, time: str
) -> tuple[facts.OwnershipRecord | facts.PartyRecord, Doubts]:
    """The fact in one statement: of its tree, or of the same as `data` in JSON where that is clean.

    Raises Rejected where the required profile is not met.
    """
    clean = read_clean(content)
    if clean is not None:
        doubts = Doubts(time)
        fact = clean_statement(clean, f"REC:{source}:", doubts)
        if fact is not None:
            return fact, doubts
    return lenient_statement(data, source, time)


def lenient_statement(data: object, source: str, time: str) -> tuple[facts.OwnershipRecord | facts.PartyRecord, Doubts]:
    """As `statement`, of the tree alone, repairing what can be repaired."""
    read, issues = bods.read_statement(data)
    doubts = Doubts(time, issues)
    prefix = f"REC:{source}:"
    date = read.date
    if date:
        if date[:10] > doubts.today:
            doubts.day(date, "/data/statementDate")
    else:
        date = time
    if isinstance(read, bods.Relationship):
        return _relationship(read, prefix, date, doubts), doubts
    return _party(read, prefix, date, doubts), doubts


def _relationship(of: bods.Relationship, prefix: str, date: str, doubts: Doubts) -> facts.OwnershipRecord:
    interests = []
    for i, interest in enumerate(of.interests):
        low, low_open, high, high_open = interest.share
        start, end = interest.start, interest.end
        if start or end:
            doubts.span(start, end, f"{of.at}/interests/{i}")
        interests.append(facts.Interest(interest.type, interest.level, low, low_open, high, high_open, start, end))
    return facts.OwnershipRecord(
        prefix + of.record,
        tuple([prefix + id for id in of.replaces]) if of.replaces else (),
        of.closed,
        date,
        prefix + of.subject if of.subject else "",
        prefix + of.party if of.party else "",
        of.unspecified,
        of.is_component,
        tuple([prefix + id for id in of.components]) if of.components else (),
        tuple(interests),
    )


def _party(of: bods.PartyStatement, prefix: str, date: str, doubts: Doubts) -> facts.PartyRecord:
    record = prefix + of.record
    if of.birth:
        doubts.day(of.birth, f"{of.at}/birthDate")
        doubts.issues += birth_conflicts(of.identifiers, of.birth, f"{of.at}/birthDate")
    return facts.PartyRecord(
        record,
        tuple([prefix + id for id in of.replaces]) if of.replaces else (),
        of.closed,
        date,
        facts.Mention(
            (*of.identifiers, record),
            of.person,
            of.names,
            of.birth,
            of.death,
            contacts(None, None, of.addresses) if of.addresses else (),
        ),
        of.entity_type,
        of.entity_subtype,
        of.jurisdiction,
        of.dissolved,
        of.listed,
        of.unspecified,
        prefix + of.id if of.id != of.record else "",
    )
