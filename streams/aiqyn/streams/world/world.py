"""The world that the standing facts make: atoms, clusters, edges, registers, processes.

`apply` takes facts in ledger order; whatever the order, the same set of facts makes the same world. A fact *stands*
unless it is retracted or replaced by a later one of its group (`recordKey`; a company's entry in one register). Records
with versions (BODS, OCDS) are made anew from all their standing versions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence

from aiqyn.streams.facts import (
    Allocation,
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
    OwnershipRecord,
    PartyRecord,
    Post,
    Release,
    Retraction,
)
from aiqyn.streams.graph.atoms import Atoms
from aiqyn.streams.graph.hubs import Hubs
from aiqyn.streams.graph.store import EdgeStore
from aiqyn.streams.identity.clusters import Clusters
from aiqyn.streams.identity.evidence import Traits
from aiqyn.streams.ports import FactLog
from aiqyn.streams.world.cases import apply_allocation, apply_release, same_asset
from aiqyn.streams.world.ownership_records import apply_party, apply_relationship
from aiqyn.streams.world.process import Fold, ProcessState
from aiqyn.streams.world.records import InfoKey, joins_changed
from aiqyn.streams.world.registers import DeclarationFact, ListingFact, Reading, Register, SeatFact
from aiqyn.streams.world.standing import Flip, GroupKey, Standing
from aiqyn.streams.world.stated import (
    apply_committee,
    apply_company,
    apply_debarment,
    apply_decision,
    apply_declaration,
    apply_directorship,
    apply_donation,
    apply_kinship,
    apply_post,
)
from aiqyn.streams.world.touched import Touched
from aiqyn.streams.world.traits import traits_of
from aiqyn.streams.world.versions import Versions


class World:
    """All standing facts together. Not thread-safe; one owner."""

    def __init__(self, log: FactLog, find: Callable[[str, str], int | None]) -> None:
        self.log = log
        self._find = find
        self.atoms = Atoms()
        self.edges = EdgeStore()
        self.clusters = Clusters(self.atoms, self.traits)
        self.persons = bytearray()
        """By atom: 1 a person, 2 an entity, 0 not known. A record that some event states as a person is one."""
        self.stated = (array("i"), array("i"))
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
        self.info: dict[int, dict[InfoKey, int]] = {}
        self._reached = 0
        """The last ledger number applied: a log may know of later ones, which have not happened yet."""
        self._standing = Standing()
        self._retractions: dict[tuple[str, str], set[int]] = {}
        self.release_seqs: dict[str, list[int]] = {}
        self.folds: dict[str, Fold] = {}
        self.relationship_versions = Versions()
        self.party_versions = Versions()
        self.allocation_seqs: dict[str, list[int]] = {}
        self.sources: dict[str, int] = {}
        self.referred: set[int] = set()
        """Atoms that a relationship or a decision names."""
        self.statements: dict[int, tuple[int, ...]] = {}
        """CRC of a 0.4 statement's name > its ledger number."""
        self.described: dict[int, int] = {}
        """Record's atom > ledger number of the version that describes it."""

    def __getstate__(self) -> dict[str, object]:
        """For snapshots: everything but the ledger behind it and what can be made again."""
        return {**self.__dict__, "log": None, "_find": None, "folds": {}}

    def attach(self, log: FactLog, find: Callable[[str, str], int | None]) -> None:
        """Give a world from a snapshot its ledger."""
        self.log, self._find = log, find

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
        if number in self.described:
            return True
        same = self.clusters.group(number)
        return any(each in self.described for atom in same for each in self.party_versions.chain(atom))

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
        head, fact = self.log.read([seq])[seq]
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
        facts = {**self.log.read(unknown), **known} if unknown else known
        for seq, stands in sorted(flips, key=lambda flip: (not flip[1], flip[0])):
            # what comes in first, so that a join that both state is never undone between
            head, fact = facts[seq]
            (self._stand if stands else self._withdraw)(head, fact, touched)

    def _stand(self, head: Head, fact: Fact, touched: Touched) -> None:
        _EFFECTS[type(fact)](self, head, fact, touched, 1)
        if touched.identity:
            joins_changed(self, touched)
        if self.hubs.by_record:
            self.hubs.review(touched.identity)

    def _withdraw(self, head: Head, fact: Fact, touched: Touched) -> None:
        _EFFECTS[type(fact)](self, head, fact, touched, -1)
        if touched.identity:
            joins_changed(self, touched)
        if self.hubs.by_record:
            self.hubs.review(touched.identity)

    def traits(self, atoms: Iterable[int]) -> Traits:
        """What is known of the person that these atoms are."""
        return traits_of(self, atoms)

    def describing(self, atoms: Iterable[int]) -> set[int]:
        """Ledger numbers of the versions that describe the BODS person or entity records among these atoms."""
        return {self.described[atom] for atom in atoms if atom in self.described}

    def head(self, seq: int) -> Head:
        """The event with that ledger number."""
        return self.log.read([seq])[seq][0]

    def releases(self, ocid: str) -> Sequence[int]:
        """Ledger numbers of the standing releases of a process; none for a process that is not known."""
        return tuple(self.release_seqs.get(ocid, ()))

    def cited(self, *records: Iterable[int]) -> int:
        """Which event to cite for a join of these records, each given by its atoms: of the first events that state
        anything of each (by time, source and id, never by arrival) the last. Its ledger number; 0: none."""
        firsts = []
        for atoms in records:
            heads = [head for head, _ in self.log.read(sorted(self._stating(atoms))).values()]
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

    def births_of(self, atoms: Iterable[int]) -> set[str]:
        """Birth dates stated of a person, as written."""
        return {birth for atom in atoms for _, birth, _ in self.info.get(atom, ()) if birth}

    def same_asset(self, key: str) -> set[str]:
        """The case and, of an allocation, the cases of all allocations of the same asset."""
        found = self.allocations.get(key.partition("\x1f")[2])
        return {key} if found is None else {key} | same_asset(self, found[1])


def _moment(head: Head) -> tuple[int, str, str]:
    return head.instant, head.source, head.id


_MAY_WAIT = frozenset({Committee, Retraction, OwnershipRecord})
_EFFECTS: Mapping[type, Callable[..., None]] = {
    Post: apply_post,
    Kinship: apply_kinship,
    Declaration: apply_declaration,
    Committee: apply_committee,
    Company: apply_company,
    Directorship: apply_directorship,
    Debarment: apply_debarment,
    Allocation: apply_allocation,
    Donation: apply_donation,
    Decision: apply_decision,
    OwnershipRecord: apply_relationship,
    PartyRecord: apply_party,
    Release: apply_release,
}
