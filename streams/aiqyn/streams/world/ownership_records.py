"""What BODS records do to the world: all standing versions of one together. `sign` -1 takes a version back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from aiqyn.schemas.days import BEGINNING, FOREVER, Segment, parse_optional_day
from aiqyn.schemas.shares import UNKNOWN
from aiqyn.streams.facts import (
    Atom,
    Fact,
    Head,
    OwnershipRecord,
    PartyRecord,
)
from aiqyn.streams.graph.details import (
    ControlDetail,
    RoleDetail,
    StakeDetail,
)
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.world.records import atom_of, enter_death, enter_mention, stated_again
from aiqyn.streams.world.registers import Reading
from aiqyn.streams.world.timeline import Piece, Version, order, timelines
from aiqyn.streams.world.touched import Touched
from aiqyn.streams.world.versions import Versions

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World


CONTROL_INTERESTS = frozenset(
    {
        "appointmentOfBoard", "otherInfluenceOrControl", "controlViaCompanyRulesOrArticles", "controlByLegalFramework",
        "nominator", "settlor", "trustee", "protector", "beneficiaryOfLegalArrangement",
    }
)  # fmt: skip
_ROLE_INTERESTS = {
    "seniorManagingOfficial": "manager",
    "boardMember": "boardMember",
    "boardChair": "boardMember",
}
_DIMENSIONS = {"shareholding": "capital", "votingRights": "votes"}


def _source_number(world: World, name: str) -> int:
    return world.sources.setdefault(name, len(world.sources))


def _enter_version(
    world: World, versions: Versions, record: int, fact: PartyRecord | OwnershipRecord, seq: int, sign: int
) -> set[tuple[int, ...]]:
    """Enter a version of a record, or take it back: the records concerned, versions of one together."""
    replaced = [atom_of(world, name) for name in fact.replaces]
    concerned = {record, *versions.chain(record)}
    (versions.enter if sign > 0 else versions.leave)(record, replaced, seq)
    return {tuple(versions.chain(each)) for each in concerned}


def apply_party(world: World, head: Head, fact: PartyRecord, touched: Touched, sign: int) -> None:
    """A person or entity record: its last version alone describes it."""
    record = atom_of(world, fact.record)
    parts = _enter_version(world, world.party_versions, record, fact, head.seq, sign)
    for name in fact.replaces:
        touched.identity |= world.clusters.bond(record, atom_of(world, name), True, sign)
    if fact.statement:
        _enter_statement(world, record, fact.statement, head.seq, touched, sign)
    known = {head.seq: (head, fact)}
    for part in parts:
        describe(world, part, known, touched)


def _enter_statement(world: World, record: int, statement: Atom, seq: int, touched: Touched, sign: int) -> None:
    """A 0.4 statement of a record: mixed data refer to the record by it, so the two names are one record. The name
    becomes an atom only where something refers to it, for almost nothing does."""
    key = crc32(statement.encode())
    if sign > 0:
        world.statements[key] = (*world.statements.get(key, ()), seq)
    else:
        world.statements[key] = tuple(each for each in world.statements[key] if each != seq)
    number = world.atoms.find(statement)
    if number in world.referred:
        assert number is not None
        _bond_statement(world, record, number, touched, sign)


def _bond_statement(world: World, record: int, statement: int, touched: Touched, sign: int) -> None:
    joined = world.clusters.bond(record, statement, True, sign)
    world.hubs.review(joined)
    touched.identity |= joined


def atom_referred_to(world: World, name: Atom, touched: Touched) -> int:
    """The atom of a record referred to, by its own name or by a statement of it."""
    number = atom_of(world, name)
    if number not in world.referred:
        world.referred.add(number)
        for seq in world.statements.get(crc32(name.encode()), ()):
            fact = world.log.read([seq])[seq][1]
            if isinstance(fact, PartyRecord) and fact.statement == name:
                _bond_statement(world, atom_of(world, fact.record), number, touched, 1)
    return number


def describe(world: World, records: Sequence[int], known: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
    seqs = world.party_versions.of(records)
    unknown = [seq for seq in seqs if seq not in known]
    facts = {**world.log.read(unknown), **known} if unknown else known
    last = max(seqs, key=lambda seq: _version_order(*facts[seq]), default=None)
    for record in records:
        now = last if last is not None and record == min(records) else None
        was = world.described.get(record)
        if was == now:
            continue
        if was is not None:
            del world.described[record]
            _describe_by(world, *(facts[was] if was in facts else world.log.read([was])[was]), touched, -1)
        if now is not None:
            world.described[record] = now
            _describe_by(world, *facts[now], touched, 1)


def _describe_by(world: World, head: Head, fact: Fact, touched: Touched, sign: int) -> None:
    assert isinstance(fact, PartyRecord)
    atom = enter_mention(world, fact.mention, touched, sign)
    if fact.mention.person:
        enter_death(world, atom, fact.mention, head.seq, touched, sign)
    else:
        public = True if fact.entity_type in ("state", "stateBody") else None
        reading = Reading(public, "", None, True if fact.listed else None, fact.dissolved or None, fact.jurisdiction)
        if sign > 0:
            world.readings.add(atom, head.seq, reading)
        else:
            world.readings.remove(atom, head.seq)
        touched.companies.add(atom)
    if fact.unspecified:
        (world.unspecified.add if sign > 0 else world.unspecified.discard)(atom)
        world.hubs.review_cluster(atom)


def apply_relationship(world: World, head: Head, fact: OwnershipRecord, touched: Touched, sign: int) -> None:
    """A relationship record: all its standing versions make one timeline an interest type."""
    record = atom_of(world, fact.record)
    for name in (fact.subject, fact.party):
        if name:
            atom_referred_to(world, name, touched)
    parts = _enter_version(world, world.relationship_versions, record, fact, head.seq, sign)
    known: Mapping[int, tuple[Head, Fact]] = {head.seq: (head, fact)}
    if sign < 0:
        _erase(world, known, touched)
    for part in parts:
        seqs = world.relationship_versions.of(part)
        unknown = [seq for seq in seqs if seq not in known]
        facts: dict[int, tuple[Head, Fact]] = {seq: known[seq] for seq in seqs if seq in known}
        if unknown:
            older = world.log.read(unknown)
            _erase(world, older, touched)
            facts.update(older)
        if facts:
            _draw(world, facts, touched)


def _erase(world: World, facts: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
    """Take the edges of these versions out of the graph."""
    edges = world.edges
    for seq, (_, fact) in facts.items():
        assert isinstance(fact, OwnershipRecord)
        if not fact.subject:
            continue
        subject = atom_of(world, fact.subject)
        for edge in edges.between(_holder_of(world, fact), subject):
            if edges.seq[edge] == seq:
                edges.kill(edge)
        stated = world.disclosures.get(subject, [])
        stated[:] = [entry for entry in stated if entry[0] != seq]
        touched.companies.add(subject)
        stated_again(world, _holder_of(world, fact), touched)


def _holder_of(world: World, fact: OwnershipRecord) -> int:
    return atom_of(world, fact.party or "UNSPECIFIED:" + fact.record.removeprefix("REC:"))


def _draw(world: World, facts: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
    """Draw the edges of one record from all its standing versions."""
    versions = [Version(head, fact) for head, fact in facts.values() if isinstance(fact, OwnershipRecord)]
    by_seq = {version.head.seq: version for version in versions}
    for version in versions:
        _disclose(world, version, touched)
    for (type, _), line in timelines(versions).items():
        for piece in line:
            version = by_seq[piece.seq]
            fact = version.fact
            if not fact.subject or any(interest.type == "nominee" for interest in fact.interests):
                continue
            if fact.components and piece.level != "direct":
                continue
            _draw_piece(world, version, type, piece, touched)


def _disclose(world: World, version: Version, touched: Touched) -> None:
    fact = version.fact
    if not fact.subject:
        return
    subject = atom_of(world, fact.subject)
    day = order(version)[0]
    world.disclosures.setdefault(subject, []).append((version.head.seq, day))
    touched.companies.add(subject)
    holder = _holder_of(world, fact)
    stated_again(world, holder, touched)
    if not fact.party:
        world.unspecified.add(holder)
        world.hubs.review_cluster(holder)


def _draw_piece(world: World, version: Version, type: str, piece: Piece, touched: Touched) -> None:
    fact, seq = version.fact, version.head.seq
    holder, company = _holder_of(world, fact), atom_of(world, fact.subject)
    exact = piece.certain and piece.start in (BEGINNING, _exact_day(piece.written[0]))
    exact = exact and piece.end in (FOREVER, _exact_day(piece.written[1]))
    written = None if exact else piece.written
    span = (Segment(piece.start, piece.end, piece.certain),)
    indirect = piece.level == "indirect"
    source = _source_number(world, version.head.source)
    if type in _ROLE_INTERESTS:
        world.edges.add(holder, company, Kind.DIRECTS, RoleDetail(_ROLE_INTERESTS[type], False), span, seq, written)
        return
    if type in CONTROL_INTERESTS:
        world.edges.add(holder, company, Kind.CONTROLS, ControlDetail(type, indirect), span, seq, written)
        if type != "nominator":
            return
    dimension = _DIMENSIONS.get(type, type)
    share = piece.share if piece.stated else UNKNOWN
    world.edges.add(holder, company, Kind.OWNS, StakeDetail.of(dimension, share, indirect, source), span, seq, written)


def _exact_day(text: str | None) -> int:
    span = parse_optional_day(text)
    return span.first if span is not None and span.exact else -1


def _version_order(head: Head, fact: Fact) -> tuple[int, int, int, str]:
    assert isinstance(fact, PartyRecord)
    span = parse_optional_day(fact.statement_date)
    first, last = span if span is not None else (BEGINNING, BEGINNING)
    return first, last, head.instant, head.id
