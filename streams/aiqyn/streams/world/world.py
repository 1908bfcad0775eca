"""The world that the standing facts make: atoms, clusters, edges, registers, processes.

`apply` takes facts in ledger order; whatever the order, the same set of facts makes the same world. A fact *stands*
unless it is retracted or replaced by a later one of its group (`recordKey`; a company's entry in one register). Records
with versions (BODS, OCDS) are made anew from all their standing versions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from zlib import crc32

from aiqyn.schemas.days import BEGINNING, FOREVER, Segment, parse_optional_day, segments
from aiqyn.schemas.identifiers import parse_atom
from aiqyn.schemas.shares import UNKNOWN
from aiqyn.streams.facts import (
    Allocation,
    Atom,
    Committee,
    Company,
    Debarment,
    Decision,
    Declaration,
    Directorship,
    Donation,
    Fact,
    Head,
    Kinship,
    Mention,
    OwnershipRecord,
    PartyRecord,
    Post,
    Release,
    Retraction,
)
from aiqyn.streams.graph.atoms import Atoms
from aiqyn.streams.graph.details import (
    ControlDetail,
    Detail,
    NoDetail,
    PostDetail,
    RoleDetail,
    StakeDetail,
    TieDetail,
)
from aiqyn.streams.graph.hubs import Hubs
from aiqyn.streams.graph.store import EdgeStore, Kind
from aiqyn.streams.identity.clusters import Clusters, is_identifier
from aiqyn.streams.identity.evidence import Traits
from aiqyn.streams.intake.names import name_key
from aiqyn.streams.ports import FactLog
from aiqyn.streams.world.process import Fold, ProcessState, release_order
from aiqyn.streams.world.registers import DeclarationFact, ListingFact, Reading, Register, SeatFact
from aiqyn.streams.world.standing import Flip, GroupKey, Standing
from aiqyn.streams.world.timeline import Piece, Version, order, timelines
from aiqyn.streams.world.touched import Touched
from aiqyn.streams.world.versions import Versions

_FOLDS_KEPT = 20_000
"""Processes whose merged releases are kept for the next one."""
POST, KIN, SEAT, DECLARATION, LISTED = 1, 2, 4, 8, 16
"""Marks: of a person of interest the first four; of a debarred person or company the last."""

_KIN_EDGES: Mapping[str, tuple[Kind, bool]] = {
    # relationship: kind of edge, whether it runs from the relative to the person
    "spouse": (Kind.MARRIED, False), "partner": (Kind.MARRIED, False), "cohabitant": (Kind.MARRIED, False),
    "parent": (Kind.PARENT, False), "adoptiveParent": (Kind.PARENT, False), "guardian": (Kind.PARENT, False),
    "child": (Kind.PARENT, True), "adoptedChild": (Kind.PARENT, True),
    "sibling": (Kind.SIBLING, False), "halfSibling": (Kind.HALF_SIBLING, False),
    "grandparent": (Kind.GRANDPARENT, False), "grandchild": (Kind.GRANDPARENT, True),
    "associate": (Kind.ASSOCIATE, False), "relative": (Kind.RELATIVE, False),
}  # fmt: skip
KIN_KINDS = frozenset(
    {
        Kind.PARENT,
        Kind.SIBLING,
        Kind.HALF_SIBLING,
        Kind.GRANDPARENT,
        Kind.MARRIED,
        Kind.ASSOCIATE,
        Kind.RELATIVE,
    }
)
RELATIVE_KINDS = KIN_KINDS - {Kind.ASSOCIATE}
"""Ties that make relatives: an associate is none."""
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

InfoKey = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Name keys, birth date as written, contacts."""


@lru_cache(maxsize=65536)
def _segments(start: str, end: str) -> tuple[tuple[Segment, ...], tuple[str | None, str | None] | None]:
    """Segments of two dates as written, and the text of the bounds where the segments do not tell it."""
    first, last = parse_optional_day(start), parse_optional_day(end)
    exact = (first is None or first.exact) and (last is None or last.exact)
    return tuple(segments(first, last)), None if exact else (start or None, end or None)


@lru_cache(maxsize=65536)
def _name_keys(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({name_key(label) for label in labels}))


@lru_cache(maxsize=65536)
def _person_scheme(atom: str) -> bool:
    return is_identifier(atom) and parse_atom(atom).kind == "person"


class World:
    """All standing facts together. Not thread-safe; one owner."""

    def __init__(self, log: FactLog, find: Callable[[str, str], int | None]) -> None:
        self._log = log
        self._find = find
        self.atoms = Atoms()
        self.edges = EdgeStore()
        self.clusters = Clusters(self.atoms, self._traits)
        self.persons = bytearray()
        """By atom: 1 a person, 2 an entity, 0 not known. A record that some event states as a person is one."""
        self._stated = (array("i"), array("i"))
        """By atom: how many standing mentions state an entity, a person."""
        self.hubs = Hubs(self)
        self.marks = bytearray()
        """By atom: marks of a person of interest; sticky."""
        self.readings: Register[Reading] = Register()
        self.deaths: Register[str] = Register()
        self.names: Register[str] = Register()
        """Persons whom an event names and says nothing else of that is kept by atom."""
        self.declarations: Register[DeclarationFact] = Register()
        self.seats: dict[str, dict[int, Sequence[tuple[int, SeatFact]]]] = {}
        """ocid > ledger number > (atom, seat)"""
        self.seats_of: dict[int, set[str]] = {}
        """atom > keys of cases where it is named"""
        self.listings: Register[ListingFact] = Register()
        self.unspecified: set[int] = set()
        self.disclosures: dict[int, list[tuple[int, int]]] = {}
        """Subject's atom > (ledger number, earliest day of the statement)."""
        self.processes: dict[str, ProcessState] = {}
        self.allocations: dict[str, tuple[Head, Allocation]] = {}
        self.assets: dict[str, set[str]] = {}
        """assetId > allocation ids"""
        self.cases_of: dict[int, set[str]] = {}
        """Company's atom > keys of its cases."""
        self.cases_at: dict[int, set[str]] = {}
        """Buyer's atom > keys of its cases."""
        self._info: dict[int, dict[InfoKey, int]] = {}
        self._reached = 0
        """The last ledger number applied: a log may know of later ones, which have not happened yet."""
        self._standing = Standing()
        self._retractions: dict[tuple[str, str], set[int]] = {}
        self._releases: dict[str, list[int]] = {}
        self._folds: dict[str, Fold] = {}
        self._relationships = Versions()
        self._parties = Versions()
        self._allocation_seqs: dict[str, list[int]] = {}
        self._sources: dict[str, int] = {}
        self._referred: set[int] = set()
        """Atoms that a relationship or a decision names."""
        self._statements: dict[int, tuple[int, ...]] = {}
        """CRC of a 0.4 statement's name > its ledger number."""
        self._described: dict[int, int] = {}
        """Record's atom > ledger number of the version that describes it."""

    def __getstate__(self) -> dict[str, object]:
        """For snapshots: everything but the ledger behind it and what can be made again."""
        return {**self.__dict__, "_log": None, "_find": None, "_folds": {}}

    def attach(self, log: FactLog, find: Callable[[str, str], int | None]) -> None:
        """Give a world from a snapshot its ledger."""
        self._log, self._find = log, find

    # --- facts in ------------------------------------------------------------------------------------------

    def apply(self, head: Head, fact: Fact) -> Touched:
        """Let one accepted fact take effect. Its ledger number must be new."""
        touched = Touched()
        self._reached = head.seq
        if type(fact) is Retraction:
            if fact.source == head.source:
                self._set_retracted(fact.source, fact.id, head.seq, True, touched)
            else:
                touched.issues.append(
                    (
                        "quality.retraction.otherSource",
                        "/data/target/source",
                        "a retraction works on its own source alone",
                    )
                )
            return touched
        keys = self._group_keys(head, fact)
        retracted = bool(self._retractions) and (head.source, head.id) in self._retractions
        if not keys and not retracted:
            self._stand(head, fact, touched)
        else:
            flips = self._standing.enter((head.instant, head.id, head.seq), keys, retracted)
            self._flip(flips, touched, {head.seq: (head, fact)})
        return touched

    def waiting_for(self, head: Head, fact: Fact) -> tuple[str, ...]:
        """What an accepted fact still lacks before it can matter: an ocid, a record, the target of a retraction."""
        if type(fact) not in _MAY_WAIT:
            return ()
        if isinstance(fact, Committee):
            return () if fact.ocid in self.processes else (fact.ocid,)
        if isinstance(fact, Retraction):
            lacking = fact.source == head.source and self._find(fact.source, fact.id) is None
            return (f"{fact.source} {fact.id}",) if lacking else ()
        if isinstance(fact, OwnershipRecord):
            return tuple(name for name in (fact.subject, fact.party) if name and not self._is_described(name))
        return ()

    def superseded_by(self, head: Head) -> int | None:
        """The number of the event that retracted this one, or of the latest that replaced it; None: it counts."""
        retracted = self._retractions.get((head.source, head.id))
        return min(retracted) if retracted else self._standing.replaced_by(head.seq)

    def _is_described(self, record: str) -> bool:
        number = self.atoms.find(record)
        if number is None:
            return False
        if number in self._described:
            return True
        same = self.clusters.group(number)
        return any(each in self._described for atom in same for each in self._parties.chain(atom))

    def silence(self, head: Head) -> Touched:
        """As if this event had been retracted; `restore` takes it back. For asking what would hold without it."""
        touched = Touched()
        self._set_retracted(head.source, head.id, -1, True, touched)
        return touched

    def restore(self, head: Head) -> Touched:
        """Takes `silence` back."""
        touched = Touched()
        self._set_retracted(head.source, head.id, -1, False, touched)
        return touched

    def _group_keys(self, head: Head, fact: Fact) -> tuple[GroupKey, ...]:
        if type(fact) is Company:
            entries = tuple((head.source, atom) for atom in fact.entity.atoms)
            return (*entries, (head.source, head.type, head.record_key)) if head.record_key else entries
        return ((head.source, head.type, head.record_key),) if head.record_key else ()

    def _set_retracted(self, source: str, id: str, by: int, retracted: bool, touched: Touched) -> None:
        key = (source, id)
        by_whom = self._retractions.setdefault(key, set())
        was = bool(by_whom)
        (by_whom.add if retracted else by_whom.discard)(by)
        if not by_whom:
            del self._retractions[key]
        seq = self._find(source, id) if was != bool(by_whom) else None
        if seq is None or seq > self._reached:
            return
        head, fact = self._log.read([seq])[seq]
        if isinstance(fact, Retraction):
            touched.issues.append(
                (
                    "quality.retraction.ofRetraction",
                    "/data/target/id",
                    "a retraction cannot itself be retracted",
                )
            )
            return
        self._flip(self._standing.retract(seq, retracted), touched, {seq: (head, fact)})

    def _flip(self, flips: list[Flip], touched: Touched, known: Mapping[int, tuple[Head, Fact]]) -> None:
        unknown = [seq for seq, _ in flips if seq not in known]
        facts = {**self._log.read(unknown), **known} if unknown else known
        for seq, stands in sorted(flips, key=lambda flip: (not flip[1], flip[0])):
            # what comes in first, so that a join that both state is never undone between
            head, fact = facts[seq]
            (self._stand if stands else self._withdraw)(head, fact, touched)

    def _stand(self, head: Head, fact: Fact, touched: Touched) -> None:
        _EFFECTS[type(fact)](self, head, fact, touched, 1)
        if touched.identity:
            self._joins_changed(touched)
        if self.hubs.by_record:
            self.hubs.review(touched.identity)

    def _withdraw(self, head: Head, fact: Fact, touched: Touched) -> None:
        _EFFECTS[type(fact)](self, head, fact, touched, -1)
        if touched.identity:
            self._joins_changed(touched)
        if self.hubs.by_record:
            self.hubs.review(touched.identity)

    # --- records and who is who ----------------------------------------------------------------------------

    def _atom(self, name: str) -> int:
        number = self.atoms.find(name)
        if number is not None:
            return number
        number = self.atoms.number(name)
        if number >= len(self.persons):
            more = max(256, len(self.persons) // 2)
            self.persons.extend(bytes(more))
            for counts in self._stated:
                counts.frombytes(bytes(more * counts.itemsize))
            self.marks.extend(bytes(more))
        if number >= len(self.clusters.roots):
            self.clusters.grow()
        return number

    def _mention(self, mention: Mention, touched: Touched, sign: int) -> int:
        """Enter (or take back) a record as stated; the atom at which its edges hang."""
        numbers = [self._atom(name) for name in mention.atoms]
        counts = self._stated[mention.person]
        for number in numbers:
            count = counts[number] = counts[number] + sign
            if count < 2:  # else the same was stated before, and still is
                self._settle_kind(number, touched)
        last = numbers[-1]
        if len(numbers) > 1:
            own_name = not is_identifier(mention.atoms[-1])
            for place, number in enumerate(numbers[:-1]):
                if own_name:
                    touched.identity |= self.clusters.bond(last, number, False, sign)
                if place:
                    touched.identity |= self.clusters.bond(numbers[0], number, True, sign)
            if not own_name:
                touched.identity |= self.clusters.bond(numbers[0], last, True, sign)
        if mention.person:
            self._know(last, mention, touched, sign)
        self._stated_again(last, touched)
        return last

    def _settle_kind(self, atom: int, touched: Touched) -> None:
        """Whether the atom is a person: as some mention states, else as its scheme tells."""
        entity, person = self._stated
        is_person = person[atom] or (not entity[atom] and _person_scheme(self.atoms.names[atom]))
        kind = 1 if is_person else 2
        if self.persons[atom] != kind:
            self.persons[atom] = kind
            self.hubs.review_cluster(atom)
            touched.persons.add(atom)
            touched.companies.add(atom)

    def _know(self, atom: int, mention: Mention, touched: Touched, sign: int) -> None:
        key: InfoKey = (_name_keys(mention.labels), mention.birth, mention.contacts)
        known = self._info.setdefault(atom, {})
        count = known.get(key, 0) + sign
        if count:
            known[key] = count
        else:
            del known[key]
        if count > 1 or (count == 1 and sign < 0):
            return
        if len(known) == 1:
            (names, _, _) = next(iter(known))
            self.clusters.named(atom, frozenset(names))
        else:
            self.clusters.named(atom, frozenset(name for names, _, _ in known for name in names))
        if not known:
            del self._info[atom]
        touched.identity |= self.clusters.rematch([atom])
        if mention.birth:
            touched.persons.add(atom)

    def _traits(self, atoms: Iterable[int]) -> Traits:
        """What is known of the person that these atoms are."""
        names: set[str] = set()
        births: set[str] = set()
        contacts: set[str] = set()
        relatives: set[str] = set()
        roles: set[str] = set()
        identifiers: set[str] = set()
        edges = self.edges
        for atom in atoms:
            if is_identifier(self.atoms.names[atom]):
                identifiers.add(self.atoms.names[atom])
            for keys, birth, contact in self._info.get(atom, ()):
                names.update(keys)
                contacts.update(contact)
                if birth:
                    births.add(birth)
            for edge in edges.out_of(atom):
                kind = edges.kind[edge]
                if kind in RELATIVE_KINDS:
                    relatives.update(self._identifiers(edges.target[edge]))
                elif kind == Kind.DIRECTS:
                    detail = edges.detail_of(edge)
                    if isinstance(detail, RoleDetail):
                        roles.update(f"{detail.role}@{name}" for name in self._identifiers(edges.target[edge]))
            for edge in edges.into(atom):
                if edges.kind[edge] in RELATIVE_KINDS:
                    relatives.update(self._identifiers(edges.source[edge]))
        return Traits(*map(frozenset, (names, births, contacts, relatives, roles, identifiers)))

    def traits(self, atoms: Iterable[int]) -> Traits:
        """What is known of the person that these atoms are."""
        return self._traits(atoms)

    def describing(self, atoms: Iterable[int]) -> set[int]:
        """Ledger numbers of the versions that describe the BODS person or entity records among these atoms."""
        return {self._described[atom] for atom in atoms if atom in self._described}

    def head(self, seq: int) -> Head:
        """The event with that ledger number."""
        return self._log.read([seq])[seq][0]

    def releases(self, ocid: str) -> Sequence[int]:
        """Ledger numbers of the standing releases of a process; none for a process that is not known."""
        return tuple(self._releases.get(ocid, ()))

    def _identifiers(self, atom: int) -> Iterator[str]:
        for member in self.clusters.members(self.clusters.root(atom, 1), 1):
            if is_identifier(self.atoms.names[member]):
                yield self.atoms.names[member]

    def _tie_changed(self, atom: int, touched: Touched) -> None:
        """A person's tie or role changed: it may agree with a namesake now, or no longer."""
        if self.clusters.has_namesake(atom):
            touched.identity |= self.clusters.rematch([atom])

    def cited(self, *records: Iterable[int]) -> int:
        """Which event to cite for a join of these records, each given by its atoms: of the first events that state
        anything of each (by time, source and id, never by arrival) the last. Its ledger number; 0: none."""
        firsts = []
        for atoms in records:
            heads = [head for head, _ in self._log.read(sorted(self._stating(atoms))).values()]
            if heads:
                firsts.append(min(heads, key=_moment))
        return max(firsts, key=_moment).seq if firsts else 0

    def _stating(self, atoms: Iterable[int]) -> set[int]:
        """Ledger numbers of the events that state an edge, a declaration, a seat, a listing, the name or the record
        of these atoms."""
        edges = self.edges
        atoms = tuple(atoms)
        found = {edges.seq[edge] for atom in atoms for edge in (*edges.out_of(atom), *edges.into(atom))}
        for register in (self.declarations, self.listings, self.readings, self.names):
            found.update(seq for seq, _ in register.of(atoms))
        for atom in atoms:
            for key in self.seats_of.get(atom, ()):
                for seq, entries in self.seats.get(key, {}).items():
                    if any(named == atom for named, _ in entries):
                        found.add(seq)
        return found | self.describing(atoms)

    def _joins_changed(self, touched: Touched) -> None:
        """Whoever is tied to these persons or companies by kinship or a role may agree with a namesake now."""
        edges = self.edges
        for atom in tuple(touched.identity):
            for edge in edges.out_of(atom):
                if edges.kind[edge] in RELATIVE_KINDS:
                    self._tie_changed(edges.target[edge], touched)
            for edge in edges.into(atom):
                if edges.kind[edge] in RELATIVE_KINDS or edges.kind[edge] == Kind.DIRECTS:
                    self._tie_changed(edges.source[edge], touched)

    def births_of(self, atoms: Iterable[int]) -> set[str]:
        """Birth dates stated of a person, as written."""
        return {birth for atom in atoms for _, birth, _ in self._info.get(atom, ()) if birth}

    def _death(self, atom: int, mention: Mention | None, seq: int, touched: Touched, sign: int) -> None:
        if mention is None or not mention.death:
            return
        if sign > 0:
            self.deaths.add(atom, seq, mention.death)
        else:
            self.deaths.remove(atom, seq)
        touched.persons.add(atom)
        touched.declarants.add(atom)

    def _person(self, mention: Mention, head: Head, touched: Touched, sign: int, mark: int = 0) -> int:
        atom = self._mention(mention, touched, sign)
        self._death(atom, mention, head.seq, touched, sign)
        if mark and not self.marks[atom] & mark:
            self.marks[atom] |= mark
            self.hubs.review_cluster(atom)
        return atom

    def _named(self, mention: Mention, head: Head, touched: Touched, sign: int) -> int:
        """As `_mention`, where the event states nothing of the record but its name."""
        self._note_name(mention, head, sign)
        return self._mention(mention, touched, sign)

    def _note_name(self, mention: Mention, head: Head, sign: int) -> None:
        if mention.person:
            atom = self._atom(mention.atoms[-1])
            if sign > 0:
                self.names.add(atom, head.seq, "")
            else:
                self.names.remove(atom, head.seq)

    # --- edges ---------------------------------------------------------------------------------------------

    def _edge(
        self,
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
            self.edges.add(source, target, kind, detail, parts, head.seq, written)
        else:
            self._kill(source, target, head.seq)

    def _kill(self, source: int, target: int, seq: int) -> None:
        """The edges of one event between two atoms."""
        edges = self.edges
        for edge in edges.between(source, target):
            if edges.seq[edge] == seq:
                edges.kill(edge)

    def _post(self, head: Head, fact: Post, touched: Touched, sign: int) -> None:
        person = self._person(fact.person, head, touched, sign, POST)
        touched.persons.add(person)
        body = self._mention(fact.organization, touched, sign)
        detail = PostDetail(fact.role, fact.level, fact.ex_officio, fact.post)
        if sign > 0:
            self._edge(head, person, body, Kind.HOLDS_POST, detail, fact.start, fact.end, sign)
        else:
            edges = self.edges
            for edge in [e for e in edges.out_of(person) if edges.seq[e] == head.seq]:
                edges.kill(edge)

    def _kinship(self, head: Head, fact: Kinship, touched: Touched, sign: int) -> None:
        person = self._person(fact.person, head, touched, sign, KIN)
        relative = self._person(fact.relative, head, touched, sign, KIN)
        touched.persons.update((person, relative))
        kind, turned = _KIN_EDGES[fact.relationship]
        source, target = (relative, person) if turned else (person, relative)
        self._edge(head, source, target, kind, TieDetail(fact.relationship), fact.start, fact.end, sign)
        self._tie_changed(person, touched)
        self._tie_changed(relative, touched)

    def _directorship(self, head: Head, fact: Directorship, touched: Touched, sign: int) -> None:
        person = self._person(fact.person, head, touched, sign)
        company = self._mention(fact.company, touched, sign)
        self._edge(
            head,
            person,
            company,
            Kind.DIRECTS,
            RoleDetail(fact.role, fact.ex_officio),
            fact.start,
            fact.end,
            sign,
        )
        self._tie_changed(person, touched)
        touched.companies.add(company)

    # --- registers -----------------------------------------------------------------------------------------

    def _company(self, head: Head, fact: Company, touched: Touched, sign: int) -> None:
        entity = self._mention(fact.entity, touched, sign)
        if sign > 0:
            public = fact.kind == "publicBody" if fact.kind else None
            self.readings.add(
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
            self.readings.remove(entity, head.seq)
        if fact.parent is not None:
            parent = self._mention(fact.parent, touched, sign)
            if sign > 0:
                self._edge(head, entity, parent, Kind.PARENT_BODY, NoDetail(), "", "", sign)
            else:
                edges = self.edges
                for edge in [e for e in edges.out_of(entity) if edges.seq[e] == head.seq]:
                    edges.kill(edge)
        touched.companies.add(entity)
        touched.bodies.add(entity)

    def _debarment(self, head: Head, fact: Debarment, touched: Touched, sign: int) -> None:
        for mention in (fact.supplier, fact.head):
            if mention is None:
                continue
            atom = self._mention(mention, touched, sign)
            if sign > 0:
                self.listings.add(atom, head.seq, ListingFact(fact.start, fact.end, fact.register))
                self.marks[atom] |= LISTED
            else:
                self.listings.remove(atom, head.seq)
            self.hubs.review_cluster(atom)
            touched.companies.add(atom)
            touched.persons.add(atom)

    def _declaration(self, head: Head, fact: Declaration, touched: Touched, sign: int) -> None:
        declarant = self._person(fact.declarant, head, touched, sign, DECLARATION)
        touched.persons.add(declarant)
        touched.declarants.add(declarant)
        counterparties = tuple(
            self._named(item.counterparty, head, touched, sign) if item.counterparty is not None else None
            for item in fact.items
        )
        if sign > 0:
            self.declarations.add(declarant, head.seq, DeclarationFact(fact, counterparties))
        else:
            self.declarations.remove(declarant, head.seq)
        touched.cases.update(item.ocid for item in fact.items if item.ocid)

    def _committee(self, head: Head, fact: Committee, touched: Touched, sign: int) -> None:
        seats = self.seats.setdefault(fact.ocid, {})
        entries = []
        for member in fact.members:
            atom = self._person(member.person, head, touched, sign, SEAT)
            entries.append((atom, SeatFact(fact.ocid, fact.lots, member)))
        if sign > 0:
            seats[head.seq] = tuple(entries)
            for atom, _ in entries:
                self.seats_of.setdefault(atom, set()).add(fact.ocid)
        else:
            seats.pop(head.seq, None)
        touched.cases.add(fact.ocid)

    def _donation(self, head: Head, fact: Donation, touched: Touched, sign: int) -> None:
        self._named(fact.donor, head, touched, sign)
        self._named(fact.recipient, head, touched, sign)

    def _decision(self, head: Head, fact: Decision, touched: Touched, sign: int) -> None:
        left, right = self._reference(fact.left, touched), self._reference(fact.right, touched)
        by_person = not fact.decided_by.startswith("matcher")
        ruling = (by_person, head.instant, head.source, head.id, fact.verdict, head.seq)
        touched.identity |= self.clusters.rule(left, right, ruling, sign < 0)

    # --- BODS ----------------------------------------------------------------------------------------------

    def _source(self, name: str) -> int:
        return self._sources.setdefault(name, len(self._sources))

    def _enter_version(
        self, versions: Versions, record: int, fact: PartyRecord | OwnershipRecord, seq: int, sign: int
    ) -> set[tuple[int, ...]]:
        """Enter a version of a record, or take it back: the records concerned, versions of one together."""
        replaced = [self._atom(name) for name in fact.replaces]
        concerned = {record, *versions.chain(record)}
        (versions.enter if sign > 0 else versions.leave)(record, replaced, seq)
        return {tuple(versions.chain(each)) for each in concerned}

    def _party(self, head: Head, fact: PartyRecord, touched: Touched, sign: int) -> None:
        """A person or entity record: its last version alone describes it."""
        record = self._atom(fact.record)
        parts = self._enter_version(self._parties, record, fact, head.seq, sign)
        for name in fact.replaces:
            touched.identity |= self.clusters.bond(record, self._atom(name), True, sign)
        if fact.statement:
            self._state(record, fact.statement, head.seq, touched, sign)
        known = {head.seq: (head, fact)}
        for part in parts:
            self._describe(part, known, touched)

    def _state(self, record: int, statement: Atom, seq: int, touched: Touched, sign: int) -> None:
        """A 0.4 statement of a record: mixed data refer to the record by it, so the two names are one record. The name
        becomes an atom only where something refers to it, for almost nothing does."""
        key = crc32(statement.encode())
        if sign > 0:
            self._statements[key] = (*self._statements.get(key, ()), seq)
        else:
            self._statements[key] = tuple(each for each in self._statements[key] if each != seq)
        number = self.atoms.find(statement)
        if number in self._referred:
            assert number is not None
            self._bond_statement(record, number, touched, sign)

    def _bond_statement(self, record: int, statement: int, touched: Touched, sign: int) -> None:
        joined = self.clusters.bond(record, statement, True, sign)
        self.hubs.review(joined)
        touched.identity |= joined

    def _reference(self, name: Atom, touched: Touched) -> int:
        """The atom of a record referred to, by its own name or by a statement of it."""
        number = self._atom(name)
        if number not in self._referred:
            self._referred.add(number)
            for seq in self._statements.get(crc32(name.encode()), ()):
                fact = self._log.read([seq])[seq][1]
                if isinstance(fact, PartyRecord) and fact.statement == name:
                    self._bond_statement(self._atom(fact.record), number, touched, 1)
        return number

    def _describe(self, records: Sequence[int], known: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
        seqs = self._parties.of(records)
        unknown = [seq for seq in seqs if seq not in known]
        facts = {**self._log.read(unknown), **known} if unknown else known
        last = max(seqs, key=lambda seq: _version_order(*facts[seq]), default=None)
        for record in records:
            now = last if last is not None and record == min(records) else None
            was = self._described.get(record)
            if was == now:
                continue
            if was is not None:
                del self._described[record]
                self._describe_by(*(facts[was] if was in facts else self._log.read([was])[was]), touched, -1)
            if now is not None:
                self._described[record] = now
                self._describe_by(*facts[now], touched, 1)

    def _describe_by(self, head: Head, fact: Fact, touched: Touched, sign: int) -> None:
        assert isinstance(fact, PartyRecord)
        atom = self._mention(fact.mention, touched, sign)
        if fact.mention.person:
            self._death(atom, fact.mention, head.seq, touched, sign)
        else:
            public = True if fact.entity_type in ("state", "stateBody") else None
            reading = Reading(
                public, "", None, True if fact.listed else None, fact.dissolved or None, fact.jurisdiction
            )
            if sign > 0:
                self.readings.add(atom, head.seq, reading)
            else:
                self.readings.remove(atom, head.seq)
            touched.companies.add(atom)
        if fact.unspecified:
            (self.unspecified.add if sign > 0 else self.unspecified.discard)(atom)
            self.hubs.review_cluster(atom)

    def _relationship(self, head: Head, fact: OwnershipRecord, touched: Touched, sign: int) -> None:
        """A relationship record: all its standing versions make one timeline an interest type."""
        record = self._atom(fact.record)
        for name in (fact.subject, fact.party):
            if name:
                self._reference(name, touched)
        parts = self._enter_version(self._relationships, record, fact, head.seq, sign)
        known: Mapping[int, tuple[Head, Fact]] = {head.seq: (head, fact)}
        if sign < 0:
            self._erase(known, touched)
        for part in parts:
            seqs = self._relationships.of(part)
            unknown = [seq for seq in seqs if seq not in known]
            facts: dict[int, tuple[Head, Fact]] = {seq: known[seq] for seq in seqs if seq in known}
            if unknown:
                older = self._log.read(unknown)
                self._erase(older, touched)
                facts.update(older)
            if facts:
                self._draw(facts, touched)

    def _erase(self, facts: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
        """Take the edges of these versions out of the graph."""
        edges = self.edges
        for seq, (_, fact) in facts.items():
            assert isinstance(fact, OwnershipRecord)
            if not fact.subject:
                continue
            subject = self._atom(fact.subject)
            for edge in edges.between(self._holder(fact), subject):
                if edges.seq[edge] == seq:
                    edges.kill(edge)
            stated = self.disclosures.get(subject, [])
            stated[:] = [entry for entry in stated if entry[0] != seq]
            touched.companies.add(subject)
            self._stated_again(self._holder(fact), touched)

    def _stated_again(self, atom: int, touched: Touched) -> None:
        """Something more is stated of a record: a join of it with others may cite this event."""
        if self.clusters.any_higher and self.clusters.joined_higher(self.clusters.roots[atom]):
            touched.persons.add(atom)
            touched.declarants.add(atom)

    def _holder(self, fact: OwnershipRecord) -> int:
        return self._atom(fact.party or "UNSPECIFIED:" + fact.record.removeprefix("REC:"))

    def _draw(self, facts: Mapping[int, tuple[Head, Fact]], touched: Touched) -> None:
        """Draw the edges of one record from all its standing versions."""
        versions = [Version(head, fact) for head, fact in facts.values() if isinstance(fact, OwnershipRecord)]
        by_seq = {version.head.seq: version for version in versions}
        for version in versions:
            self._disclose(version, touched)
        for (type, _), line in timelines(versions).items():
            for piece in line:
                version = by_seq[piece.seq]
                fact = version.fact
                if not fact.subject or any(interest.type == "nominee" for interest in fact.interests):
                    continue
                if fact.components and piece.level != "direct":
                    continue
                self._draw_piece(version, type, piece, touched)

    def _disclose(self, version: Version, touched: Touched) -> None:
        fact = version.fact
        if not fact.subject:
            return
        subject = self._atom(fact.subject)
        day = order(version)[0]
        self.disclosures.setdefault(subject, []).append((version.head.seq, day))
        touched.companies.add(subject)
        holder = self._holder(fact)
        self._stated_again(holder, touched)
        if not fact.party:
            self.unspecified.add(holder)
            self.hubs.review_cluster(holder)

    def _draw_piece(self, version: Version, type: str, piece: Piece, touched: Touched) -> None:
        fact, seq = version.fact, version.head.seq
        holder, company = self._holder(fact), self._atom(fact.subject)
        exact = piece.certain and piece.start in (BEGINNING, _exact_day(piece.written[0]))
        exact = exact and piece.end in (FOREVER, _exact_day(piece.written[1]))
        written = None if exact else piece.written
        span = (Segment(piece.start, piece.end, piece.certain),)
        indirect = piece.level == "indirect"
        source = self._source(version.head.source)
        if type in _ROLE_INTERESTS:
            self.edges.add(holder, company, Kind.DIRECTS, RoleDetail(_ROLE_INTERESTS[type], False), span, seq, written)
            return
        if type in CONTROL_INTERESTS:
            self.edges.add(holder, company, Kind.CONTROLS, ControlDetail(type, indirect), span, seq, written)
            if type != "nominator":
                return
        dimension = _DIMENSIONS.get(type, type)
        share = piece.share if piece.stated else UNKNOWN
        self.edges.add(
            holder, company, Kind.OWNS, StakeDetail.of(dimension, share, indirect, source), span, seq, written
        )

    # --- processes and allocations -------------------------------------------------------------------------

    def _release(self, head: Head, fact: Release, touched: Touched, sign: int) -> None:
        seqs = self._releases.setdefault(fact.ocid, [])
        (seqs.append if sign > 0 else seqs.remove)(head.seq)
        before = self.processes.pop(fact.ocid, None)
        state: ProcessState | None = None
        if seqs:
            state = self.processes[fact.ocid] = self._folded(head, fact, seqs, sign).state()
        else:
            del self._releases[fact.ocid]
            self._folds.pop(fact.ocid, None)
        were, are = _buyers(before), _buyers(state)
        if were != are:
            self._index(self.cases_at, fact.ocid, were, are, touched)
        were, are = _parties(before), _parties(state)
        if were != are:
            self._index(self.cases_of, fact.ocid, were, are, touched)
        touched.cases.add(fact.ocid)

    def _folded(self, head: Head, fact: Release, seqs: Sequence[int], sign: int) -> Fold:
        """All standing releases of the process, merged. A last one is folded onto the others; else all anew."""
        fold = self._folds.get(fact.ocid)
        if fold is None and len(seqs) == 1 and sign > 0:
            fold = Fold()
        if sign > 0 and fold is not None and (fold.last is None or fold.last < release_order(head, fact)):
            fold.add(head, fact)
        else:
            facts = self._log.read(seqs)
            fold = Fold.of((h, f) for h, f in facts.values() if isinstance(f, Release))
        self._folds[fact.ocid] = fold
        if len(self._folds) > _FOLDS_KEPT:
            self._folds.pop(next(iter(self._folds)))
        return fold

    def _index(
        self,
        index: dict[int, set[str]],
        key: str,
        before: frozenset[Sequence[str]],
        after: frozenset[Sequence[str]],
        touched: Touched,
    ) -> None:
        """Under which organizations a case is found, and that the identifiers of each are one organization's."""
        stay = {name for atoms in after for name in atoms}
        for organizations, sign in ((before - after, -1), (after - before, 1)):
            for atoms in organizations:
                numbers = [self._atom(name) for name in atoms]
                for name, atom in zip(atoms, numbers, strict=True):
                    self._settle_kind(atom, touched)
                    if sign > 0:
                        index.setdefault(atom, set()).add(key)
                    elif name not in stay:
                        index[atom].discard(key)
                for number in numbers[1:]:
                    joined = self.clusters.bond(numbers[0], number, True, sign)
                    self.hubs.review(joined)
                    touched.identity |= joined

    def _allocation(self, head: Head, fact: Allocation, touched: Touched, sign: int) -> None:
        """An allocation; of several events with one id the latest stands for it."""
        seqs = self._allocation_seqs.setdefault(fact.id, [])
        (seqs.append if sign > 0 else seqs.remove)(head.seq)
        for mention in (fact.grantor, fact.recipient):
            self._named(mention, head, touched, sign)
        for mention in fact.deciders:
            self._person(mention, head, touched, sign, SEAT)
            self._note_name(mention, head, sign)
        before = self.allocations.pop(fact.id, None)
        now: tuple[Head, Allocation] | None = None
        key = allocation_key(fact.id)
        if before is not None:
            touched.cases.update(self._same_asset(before[1]))
            self.assets.get(before[1].asset_id, set()).discard(fact.id)
        if seqs:
            facts = {head.seq: (head, fact)} if seqs == [head.seq] else self._log.read(seqs)
            latest = max(facts.values(), key=lambda found: (found[0].instant, found[0].source, found[0].id))
            assert isinstance(latest[1], Allocation)
            now = self.allocations[fact.id] = (latest[0], latest[1])
            for mention in now[1].deciders:
                self.seats_of.setdefault(self._atom(mention.atoms[-1]), set()).add(key)
            if now[1].asset_id:
                self.assets.setdefault(now[1].asset_id, set()).add(fact.id)
                touched.cases.update(self._same_asset(now[1]))
        else:
            del self._allocation_seqs[fact.id]
        for index, role in ((self.cases_at, "grantor"), (self.cases_of, "recipient")):
            was, is_now = (
                frozenset([getattr(each[1], role).atoms]) if each is not None else frozenset() for each in (before, now)
            )
            self._index(index, key, was, is_now, touched)
        touched.cases.add(key)

    def same_asset(self, key: str) -> set[str]:
        """The case and, of an allocation, the cases of all allocations of the same asset."""
        found = self.allocations.get(key.partition("\x1f")[2])
        return {key} if found is None else {key} | self._same_asset(found[1])

    def _same_asset(self, fact: Allocation) -> set[str]:
        return {allocation_key(id) for id in self.assets.get(fact.asset_id, ())} if fact.asset_id else set()


def _buyers(process: ProcessState | None) -> frozenset[Sequence[str]]:
    return frozenset(process.buyers) if process is not None else frozenset()


def _parties(process: ProcessState | None) -> frozenset[Sequence[str]]:
    return frozenset(party.atoms for party in process.parties) if process is not None else frozenset()


def allocation_key(id: str) -> str:
    """The key of an allocation's case; a process's is its ocid."""
    return "allocation\x1f" + id


def _moment(head: Head) -> tuple[int, str, str]:
    return head.instant, head.source, head.id


def _exact_day(text: str | None) -> int:
    span = parse_optional_day(text)
    return span.first if span is not None and span.exact else -1


def _version_order(head: Head, fact: Fact) -> tuple[int, int, int, str]:
    assert isinstance(fact, PartyRecord)
    span = parse_optional_day(fact.statement_date)
    first, last = span if span is not None else (BEGINNING, BEGINNING)
    return first, last, head.instant, head.id


_MAY_WAIT = frozenset({Committee, Retraction, OwnershipRecord})
_EFFECTS: Mapping[type, Callable[..., None]] = {
    Post: World._post,
    Kinship: World._kinship,
    Declaration: World._declaration,
    Committee: World._committee,
    Company: World._company,
    Directorship: World._directorship,
    Debarment: World._debarment,
    Allocation: World._allocation,
    Donation: World._donation,
    Decision: World._decision,
    OwnershipRecord: World._relationship,
    PartyRecord: World._party,
    Release: World._release,
}
