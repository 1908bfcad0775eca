"""What facts of our own types do to the world; `sign` -1 takes them back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aiqyn.schemas.days import Segment, parse_optional_day, segments
from aiqyn.streams.facts import (
    Committee,
    Company,
    Debarment,
    Decision,
    Declaration,
    Directorship,
    Donation,
    Head,
    Kinship,
    Post,
)
from aiqyn.streams.graph.details import (
    Detail,
    NoDetail,
    PostDetail,
    RoleDetail,
    TieDetail,
)
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.world.kin import KIN_EDGES
from aiqyn.streams.world.marks import DECLARATION, KIN, LISTED, POST, SEAT
from aiqyn.streams.world.ownership_records import atom_referred_to
from aiqyn.streams.world.records import enter_mention, enter_named, enter_person, tie_changed
from aiqyn.streams.world.registers import DeclarationFact, ListingFact, Reading, SeatFact
from aiqyn.streams.world.touched import Touched

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World


@lru_cache(maxsize=65536)
def _segments(start: str, end: str) -> tuple[tuple[Segment, ...], tuple[str | None, str | None] | None]:
    """Segments of two dates as written, and the text of the bounds where the segments do not tell it."""
    first, last = parse_optional_day(start), parse_optional_day(end)
    exact = (first is None or first.exact) and (last is None or last.exact)
    return tuple(segments(first, last)), None if exact else (start or None, end or None)


def _draw_edge(
    world: World,
    head: Head,
    source: int,
    target: int,
    kind: Kind,
    detail: Detail,
    start: str,
    end: str,
    sign: int,
) -> None:
    if sign > 0:
        parts, written = _segments(start, end)
        world.edges.add(source, target, kind, detail, parts, head.seq, written)
    else:
        _kill_edges(world, source, target, head.seq)


def _kill_edges(world: World, source: int, target: int, seq: int) -> None:
    """The edges of one event between two atoms."""
    edges = world.edges
    for edge in edges.between(source, target):
        if edges.seq[edge] == seq:
            edges.kill(edge)


def apply_post(world: World, head: Head, fact: Post, touched: Touched, sign: int) -> None:
    person = enter_person(world, fact.person, head, touched, sign, POST)
    touched.persons.add(person)
    body = enter_mention(world, fact.organization, touched, sign)
    detail = PostDetail(fact.role, fact.level, fact.ex_officio, fact.post)
    if sign > 0:
        _draw_edge(world, head, person, body, Kind.HOLDS_POST, detail, fact.start, fact.end, sign)
    else:
        edges = world.edges
        for edge in [e for e in edges.out_of(person) if edges.seq[e] == head.seq]:
            edges.kill(edge)


def apply_kinship(world: World, head: Head, fact: Kinship, touched: Touched, sign: int) -> None:
    person = enter_person(world, fact.person, head, touched, sign, KIN)
    relative = enter_person(world, fact.relative, head, touched, sign, KIN)
    touched.persons.update((person, relative))
    kind, turned = KIN_EDGES[fact.relationship]
    source, target = (relative, person) if turned else (person, relative)
    _draw_edge(world, head, source, target, kind, TieDetail(fact.relationship), fact.start, fact.end, sign)
    tie_changed(world, person, touched)
    tie_changed(world, relative, touched)


def apply_directorship(world: World, head: Head, fact: Directorship, touched: Touched, sign: int) -> None:
    person = enter_person(world, fact.person, head, touched, sign)
    company = enter_mention(world, fact.company, touched, sign)
    _draw_edge(
        world,
        head,
        person,
        company,
        Kind.DIRECTS,
        RoleDetail(fact.role, fact.ex_officio),
        fact.start,
        fact.end,
        sign,
    )
    tie_changed(world, person, touched)
    touched.companies.add(company)


def apply_company(world: World, head: Head, fact: Company, touched: Touched, sign: int) -> None:
    entity = enter_mention(world, fact.entity, touched, sign)
    if sign > 0:
        public = fact.kind == "publicBody" if fact.kind else None
        world.readings.add(
            entity,
            head.seq,
            Reading(
                public,
                fact.budget_level,
                fact.state_owned,
                fact.listed,
                fact.dissolved,
                fact.jurisdiction,
            ),
        )
    else:
        world.readings.remove(entity, head.seq)
    if fact.parent is not None:
        parent = enter_mention(world, fact.parent, touched, sign)
        if sign > 0:
            _draw_edge(world, head, entity, parent, Kind.PARENT_BODY, NoDetail(), "", "", sign)
        else:
            edges = world.edges
            for edge in [e for e in edges.out_of(entity) if edges.seq[e] == head.seq]:
                edges.kill(edge)
    touched.companies.add(entity)
    touched.bodies.add(entity)


def apply_debarment(world: World, head: Head, fact: Debarment, touched: Touched, sign: int) -> None:
    for mention in (fact.supplier, fact.head):
        if mention is None:
            continue
        atom = enter_mention(world, mention, touched, sign)
        if sign > 0:
            world.listings.add(atom, head.seq, ListingFact(fact.start, fact.end, fact.register))
            world.marks[atom] |= LISTED
        else:
            world.listings.remove(atom, head.seq)
        world.hubs.review_cluster(atom)
        touched.companies.add(atom)
        touched.persons.add(atom)


def apply_declaration(world: World, head: Head, fact: Declaration, touched: Touched, sign: int) -> None:
    declarant = enter_person(world, fact.declarant, head, touched, sign, DECLARATION)
    touched.persons.add(declarant)
    touched.declarants.add(declarant)
    counterparties = tuple(
        enter_named(world, item.counterparty, head, touched, sign) if item.counterparty is not None else None
        for item in fact.items
    )
    if sign > 0:
        world.declarations.add(declarant, head.seq, DeclarationFact(fact, counterparties))
    else:
        world.declarations.remove(declarant, head.seq)
    touched.cases.update(item.ocid for item in fact.items if item.ocid)


def apply_committee(world: World, head: Head, fact: Committee, touched: Touched, sign: int) -> None:
    seats = world.seats.setdefault(fact.ocid, {})
    entries = []
    for member in fact.members:
        atom = enter_person(world, member.person, head, touched, sign, SEAT)
        entries.append((atom, SeatFact(fact.ocid, fact.lots, member)))
    if sign > 0:
        seats[head.seq] = tuple(entries)
        for atom, _ in entries:
            world.seats_of.setdefault(atom, set()).add(fact.ocid)
    else:
        seats.pop(head.seq, None)
    touched.cases.add(fact.ocid)


def apply_donation(world: World, head: Head, fact: Donation, touched: Touched, sign: int) -> None:
    enter_named(world, fact.donor, head, touched, sign)
    enter_named(world, fact.recipient, head, touched, sign)


def apply_decision(world: World, head: Head, fact: Decision, touched: Touched, sign: int) -> None:
    left, right = atom_referred_to(world, fact.left, touched), atom_referred_to(world, fact.right, touched)
    by_person = not fact.decided_by.startswith("matcher")
    ruling = (by_person, head.instant, head.source, head.id, fact.verdict, head.seq)
    touched.identity |= world.clusters.rule(left, right, ruling, sign < 0)
