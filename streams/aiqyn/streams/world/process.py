"""The state of a procurement process, recomputed from all its releases (OCDS 1.1 merging; design, section 5).

Releases are ordered by date, position of their highest tag, release id, then the event's source and id, and merged by
OCDS's rules over the part that detection reads, except that `suppliers` and `tenderers` are replaced as whole lists.
A release that comes after all others may be folded onto what the others gave: the same as recomputing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import replace

from aiqyn.rules.view import DateBasis, Stage
from aiqyn.schemas.days import BEGINNING, DaySpan, parse_optional_day
from aiqyn.streams.facts import Award, Bid, Contract, Head, Organization, Release, Tender

TAGS = (
    "planning", "planningUpdate", "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation", "award",
    "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment", "implementation",
    "implementationUpdate", "contractTermination", "compiled",
)  # fmt: skip
_RANK = {tag: rank for rank, tag in enumerate(TAGS)}
_DEAD_AWARDS = frozenset({"cancelled", "unsuccessful"})
_DEAD_CONTRACTS = frozenset({"cancelled"})
_DEAD_TENDERS = frozenset({"cancelled", "withdrawn"})
_WHOLE = frozenset({"suppliers", "tenderers"})
"""Lists that a later release replaces, even by an empty one."""
_SOME_DAY = DaySpan(BEGINNING, BEGINNING)

Atoms = tuple[str, ...]
Order = tuple[bool, int, int, str, str, str]
Item = TypeVar("Item", bound=Struct)


class PartyState(Struct, frozen=True, array_like=True):
    """A bidder or supplier in a process."""

    atoms: Atoms
    stage: Stage
    won: bool
    lots: tuple[str, ...]
    """The lots of its counting awards, else of its bids; empty: all."""
    entered: tuple[str, ...]
    """The lots that it bid on or won; empty: all."""
    awards: tuple[str, ...]
    start: tuple[int, int]
    """The window's first day: earliest and latest reading."""
    end: tuple[int, int]
    """The window's last day, included: earliest and latest reading."""
    bid_day: int
    """0: no bid date."""
    basis: DateBasis
    amount: str
    currency: str
    """Empty: no one amount."""
    seq: int
    """The release that names it in this stage."""
    named: int
    """The ledger number of the first accepted release that names it."""


class ProcessState(Struct, frozen=True, array_like=True):
    """What detection needs to know of a process."""

    ocid: str
    cancelled: bool
    buyers: tuple[Atoms, ...]
    """Atoms of the buyer, then of the procuring entity where that is another. The first is the alert's buyer."""
    buyer_seq: int
    parties: tuple[PartyState, ...]
    rivals: tuple[tuple[int, int], ...]
    """Pairs of places in `parties` that bid against each other in a lot."""
    has_lots: bool
    bids_known: bool
    """Whether any bid is on record."""


@lru_cache(maxsize=65536)
def _micros(text: str) -> int:
    """A release date for ordering: microseconds since 1970 UTC. One without a zone is read in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        span = parse_optional_day(text) or _SOME_DAY
        return (span.first - 719_163) * 86_400_000_000
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1_000_000)


def release_order(head: Head, release: Release) -> Order:
    """The order in which releases of a process are merged; `compiled` last."""
    rank = max((_RANK.get(tag, -1) for tag in release.tag), default=-1)
    return "compiled" in release.tag, _micros(release.date), rank, release.id, head.source, head.id


def counts(status: object) -> bool:
    """Whether an award counts: active, pending, no status or an unknown word (design, section 5)."""
    return not _is(status, _DEAD_AWARDS)


def _is(status: object, codes: frozenset[str]) -> bool:
    return isinstance(status, str) and status.strip().casefold() in codes


def compile_process(releases: Iterable[tuple[Head, Release]]) -> ProcessState:
    """The state that the releases make together. At least one; any order."""
    return Fold.of(releases).state()


class Fold:
    """The releases of a process merged so far, in order."""

    __slots__ = (
        "_accepted",
        "_awards",
        "_bids",
        "_buyer",
        "_buyer_seq",
        "_cancelled",
        "_contracts",
        "_counted",
        "_first",
        "_last_day",
        "_named",
        "_parties",
        "_place",
        "_since",
        "_tender",
        "last",
    )  # fmt: skip

    def __init__(self) -> None:
        self.last: Order | None = None
        """The order of the last release merged."""
        self._first: tuple[Head, Release] | None = None
        self._last_day = _SOME_DAY
        self._cancelled = False
        self._buyer_seq = 0
        self._place = 0
        self._accepted: dict[str, int] = {}
        """Label > ledger number of the first accepted release that names it."""
        self._forget()

    def _forget(self) -> None:
        self._buyer: Organization | None = None
        self._tender: Tender | None = None
        self._parties: dict[object, Organization] = {}
        self._bids: dict[object, Bid] = {}
        self._awards: dict[object, Award] = {}
        self._contracts: dict[object, Contract] = {}
        self._since: dict[object, DaySpan] = {}
        """Awards that count or once did, with the date of the first release in which each counts."""
        self._counted: dict[object, DaySpan] = {}
        """The same of those that count."""
        self._named: dict[tuple[bool, str], tuple[int, int]] = {}
        """Whether in an award, label > place and ledger number of the first release that names it there."""

    @staticmethod
    def of(releases: Iterable[tuple[Head, Release]]) -> Fold:
        fold = Fold()
        for head, release in sorted(releases, key=lambda entry: release_order(*entry)):
            fold.add(head, release)
        return fold

    def add(self, head: Head, release: Release) -> None:
        """Merge a release that comes after all others."""
        self.last = release_order(head, release)
        self._place += 1
        if self._first is None:
            self._first = (head, release)
        if "compiled" in release.tag:
            self._forget()
            self._cancelled = False
        day = parse_optional_day(release.date) or _SOME_DAY
        self._last_day = max(self._last_day, day)
        self._buyer = _merged(self._buyer, release.buyer)
        self._tender = _merged(self._tender, release.tender)
        _merge_all(self._parties, release.parties)
        _merge_all(self._bids, release.bids)
        _merge_all(self._awards, release.awards)
        _merge_all(self._contracts, release.contracts)
        for key, award in self._awards.items():
            if counts(award.status):
                self._counted[key] = self._since.setdefault(key, day)
            else:
                self._counted.pop(key, None)
        self._note_names(head.seq, release)
        self._cancelled = self._cancelled or "tenderCancellation" in release.tag
        if not self._buyer_seq and _names_buyer(release):
            self._buyer_seq = head.seq

    def _note_names(self, seq: int, release: Release) -> None:
        for award in release.awards or ():
            self._note(True, award.suppliers or (), seq)
        for bid in release.bids or ():
            self._note(False, bid.tenderers or (), seq)
        if release.tender:
            self._note(False, release.tender.tenderers or (), seq)

    def _note(self, awarded: bool, refs: Iterable[Organization], seq: int) -> None:
        named, accepted = self._named, self._accepted
        for ref in refs:
            label = _label(ref)
            if (awarded, label) not in named:
                named[awarded, label] = (self._place, seq)
            if accepted.get(label, seq) >= seq:
                accepted[label] = seq

    # --- the state -----------------------------------------------------------------------------------------

    def state(self) -> ProcessState:
        """What the releases merged so far make together."""
        assert self._first is not None
        head, release = self._first
        names = _Names(f"REC:{head.source}:{release.ocid}/", self._parties)
        tender = self._tender
        has_lots = bool(tender is not None and tender.lots)
        entrants = self._entrants(names)
        parties = tuple(self._party(atoms, *entrants[atoms]) for atoms in sorted(entrants))
        return ProcessState(
            ocid=release.ocid,
            cancelled=self._cancelled or (tender is not None and _is(tender.status, _DEAD_TENDERS)),
            buyers=self._buyers(names),
            buyer_seq=self._buyer_seq or head.seq,
            parties=parties,
            rivals=tuple(self._rivals(parties, names)) if len(parties) > 1 else (),
            has_lots=has_lots,
            bids_known=bool(self._bids),
        )

    def _buyers(self, names: _Names) -> tuple[Atoms, ...]:
        entity = self._tender.procuring_entity if self._tender is not None else None
        found = [names.atoms(ref) for ref in (self._buyer, entity) if ref]
        if not any(found):
            for role in ("buyer", "procuringEntity"):
                found = [names.atoms(party) for party in self._parties.values() if role in (party.roles or ())]
                if any(found):
                    break
        return tuple(dict.fromkeys(atoms for atoms in found if atoms))

    def _entrants(self, names: _Names) -> dict[Atoms, tuple[dict[object, Award], dict[object, Bid], set[str]]]:
        """By organization its counting awards, its bids, and the labels under which it is named."""
        found: dict[Atoms, tuple[dict[object, Award], dict[object, Bid], set[str]]] = {}

        def entrant(ref: Organization) -> tuple[dict[object, Award], dict[object, Bid], set[str]] | None:
            atoms = names.atoms(ref)
            if not atoms:
                return None
            entry = found.get(atoms)
            if entry is None:
                entry = found[atoms] = ({}, {}, set())
            entry[2].add(_label(ref))
            return entry

        for key in self._counted:
            award = self._awards[key]
            for ref in award.suppliers or ():
                if (entry := entrant(ref)) is not None:
                    entry[0][key] = award
        for key, bid in self._bids.items():
            for ref in bid.tenderers or ():
                if (entry := entrant(ref)) is not None:
                    entry[1][key] = bid
        if self._tender is not None:
            for ref in self._tender.tenderers or ():
                entrant(ref)
        return found

    def _party(
        self, atoms: Atoms, won: Mapping[object, Award], bids: Mapping[object, Bid], labels: Iterable[str]
    ) -> PartyState:
        entries: list[Award | Bid] = [*won.values()] if won else [*bids.values()]
        lots = _lots(entries)
        entered = _lots([*won.values(), *bids.values()]) if won and bids else lots
        end, basis = self._award_day(won) if won else self._losing_day(lots)
        start = self._start()
        if end.last < start.first:
            start = end
        elif end.first < start.first:  # on a reading of its date the award comes first and is its own window
            start = DaySpan(end.first, start.last)
        days = [span.first for bid in bids.values() if (span := parse_optional_day(bid.date or ""))]
        amount, currency = _total(entries)
        first = [found for label in labels if (found := self._named.get((bool(won), label)))]
        first = first or [found for label in labels if (found := self._named.get((not won, label)))]
        return PartyState(
            atoms=atoms,
            stage=self._stage(won),
            won=bool(won),
            lots=tuple(sorted(lots)),
            entered=tuple(sorted(entered)),
            awards=tuple(sorted(key for key in won if isinstance(key, str))),
            start=(start.first, start.last),
            end=(end.first, end.last),
            bid_day=min(days, default=0),
            basis=basis,
            amount=amount,
            currency=currency,
            seq=min(first)[1],
            named=min(self._accepted[label] for label in labels),
        )

    def _stage(self, won: Mapping[object, Award]) -> Stage:
        if not won:
            return "bid"
        signed = any(
            contract.award_id in won and not _is(contract.status, _DEAD_CONTRACTS)
            for contract in self._contracts.values()
        )
        return "contract" if signed else "award"

    def _start(self) -> DaySpan:
        assert self._first is not None
        first = parse_optional_day(self._first[1].date) or _SOME_DAY
        opened = parse_optional_day(self._tender.period_start or "") if self._tender is not None else None
        if opened is None:
            return first
        return DaySpan(min(opened.first, first.first), min(opened.last, first.last))

    def _award_date(self, key: object, award: Award) -> tuple[DaySpan, DateBasis]:
        span = parse_optional_day(award.date or "")
        if span is not None:
            return span, "award.date"
        signed = [
            span
            for contract in self._contracts.values()
            if contract.award_id == key
            and not _is(contract.status, _DEAD_CONTRACTS)
            and (span := parse_optional_day(contract.date_signed or "")) is not None
        ]
        return (min(signed), "contract.dateSigned") if signed else (self._counted[key], "release.date")

    def _award_day(self, won: Mapping[object, Award]) -> tuple[DaySpan, DateBasis]:
        """The latest award."""
        dates = [self._award_date(key, award) for key, award in won.items()]
        return max(dates, key=lambda found: (found[0].last, found[0].first, found[1])) if dates[1:] else dates[0]

    def _losing_day(self, lots: set[str]) -> tuple[DaySpan, DateBasis]:
        """A company without an award: the last award in its lots, else the tender's end, else the latest release."""
        rival = {
            key: award
            for key in self._counted
            for award in (self._awards[key],)
            if not lots or not award.lots or not lots.isdisjoint(award.lots)
        }
        if rival:
            return self._award_day(rival)
        closed = parse_optional_day(self._tender.period_end or "") if self._tender is not None else None
        return (closed, "tenderPeriod.endDate") if closed is not None else (self._last_day, "release.date")

    def _rivals(self, parties: Sequence[PartyState], names: _Names) -> Iterator[tuple[int, int]]:
        """Pairs of bidders of different bids (or, without bids, suppliers of different awards) with a lot in
        common; one that states no lot is in every lot."""
        place = {party.atoms: number for number, party in enumerate(parties)}
        entries: list[tuple[frozenset[int], frozenset[str]]] = []
        offers: Iterable[tuple[tuple[Organization, ...] | None, tuple[str, ...] | None]]
        if self._bids:
            offers = [(bid.tenderers or (), bid.lots or ()) for bid in self._bids.values()]
        else:
            offers = [((award := self._awards[key]).suppliers or (), award.lots or ()) for key in self._counted]
        for refs, lots in offers:
            members = frozenset(place[atoms] for ref in refs or () if (atoms := names.atoms(ref)) in place)
            entries.append((members, frozenset(lots or ())))
        found: set[tuple[int, int]] = set()
        for number, (left, left_lots) in enumerate(entries):
            for right, right_lots in entries[number + 1 :]:
                if left_lots and right_lots and left_lots.isdisjoint(right_lots):
                    continue
                for a in left:
                    for b in right:
                        if a != b and not (b in left or a in right):
                            found.add((a, b) if a < b else (b, a))
        yield from sorted(found)


class _Names:
    """Which atoms stand for an organization of the process."""

    def __init__(self, prefix: str, parties: Mapping[object, Organization]) -> None:
        self._prefix = prefix
        self._parties = parties
        self._known: dict[str, Atoms] = {}

    def atoms(self, ref: Organization) -> Atoms:
        id = ref.id
        if not id:
            return tuple(ref.identifiers or ()) or ((self._prefix + ref.name,) if ref.name else ())
        known = self._known.get(id)
        if known is None:
            party = self._parties.get(id)
            stated = (party.identifiers if party is not None else None) or ref.identifiers
            known = self._known[id] = tuple(stated) if stated else (self._prefix + id,)
        return known


def _merged(known: Item | None, update: Item | Any | None) -> Item | None:
    """One object after an update of it: members that the update lacks stay, those that it sets to null go."""
    if update is UNSET:
        return known
    if update is None or known is None:
        return update
    changes: dict[str, Any] = {}
    for name in update.__struct_fields__:
        value = getattr(update, name)
        if value is UNSET or (value == () and name not in _WHOLE):
            continue  # in OCDS merging an empty list states nothing
        if isinstance(value, Struct) and name != "value":
            value = _merged(getattr(known, name) or None, value)
        elif name == "lots" and value and isinstance(value[0], Struct):
            lots = {lot.id: lot for lot in getattr(known, name) or ()}
            _merge_all(lots, value)
            value = tuple(lots.values())
        changes[name] = value
    return replace(known, **changes)


def _merge_all(known: dict[Any, Any], updates: Any) -> None:
    """Objects by id; those without one are kept apart, as OCDS merging does."""
    for update in updates or ():
        id = update.id
        if isinstance(id, str):
            before = known.get(id)
            known[id] = update if before is None else _merged(before, update)
        else:
            known["no id", len(known)] = update


def _names_buyer(release: Release) -> bool:
    tender = release.tender
    return bool(release.buyer or (tender and tender.procuring_entity))


def _label(ref: Organization) -> str:
    return ref.id or ref.name or "".join(ref.identifiers or ())


def _lots(entries: Iterable[Award | Bid]) -> set[str]:
    """Every lot of the entries; none where one of them states no lot, for it is in all."""
    found: set[str] = set()
    for entry in entries:
        if not entry.lots:
            return set()
        found.update(entry.lots)
    return found


def _total(entries: Iterable[Award | Bid]) -> tuple[str, str]:
    """The sum and its currency; empty where there is none or currencies differ."""
    monies = [entry.value for entry in entries if entry.value]
    if not monies:
        return "", ""
    currency = monies[0].currency
    if len(monies) == 1:
        return format(Decimal(monies[0].amount), "f"), currency
    if any(money.currency != currency for money in monies):
        return "", ""
    return format(sum((Decimal(money.amount) for money in monies), Decimal(0)), "f"), currency
