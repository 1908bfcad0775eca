"""The state of a procurement process, recomputed from all its releases (OCDS 1.1 merging; design, section 5).

Releases are ordered by date, position of their highest tag, release id, then the event's source and id, and merged by
OCDS's rules over the part that detection reads, except that `suppliers` and `tenderers` are replaced as whole lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import UNSET, Struct

from aiqyn.rules.view import DateBasis, Stage
from aiqyn.schemas.days import BEGINNING, DaySpan, parse_optional_day
from aiqyn.streams.facts import Award, Bid, Head, Organization, Release

TAGS = (
    "planning", "planningUpdate", "tender", "tenderAmendment", "tenderUpdate", "tenderCancellation", "award",
    "awardUpdate", "awardCancellation", "contract", "contractUpdate", "contractAmendment", "implementation",
    "implementationUpdate", "contractTermination", "compiled",
)  # fmt: skip
_RANK = {tag: rank for rank, tag in enumerate(TAGS)}
_REPLACED = frozenset({"suppliers", "tenderers", "roles", "identifiers", "contacts", "value", "relationship"})
_DEAD_AWARDS = frozenset({"cancelled", "unsuccessful"})
_DEAD_CONTRACTS = frozenset({"cancelled"})

Tree = dict[str, Any]


class PartyState(Struct, frozen=True, array_like=True):
    """A bidder or supplier in a process."""

    atoms: tuple[str, ...]
    stage: Stage
    won: bool
    lots: tuple[str, ...]
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
    buyers: tuple[tuple[str, ...], ...]
    """Atoms of the buyer, then of the procuring entity where that is another. The first is the alert's buyer."""
    buyer_seq: int
    parties: tuple[PartyState, ...]
    rivals: tuple[tuple[int, int], ...]
    """Pairs of places in `parties` that bid against each other in a lot."""
    has_lots: bool


def instant_key(text: str) -> tuple[int, str]:
    """A release date for ordering: microseconds since 1970 UTC, then the text. One without a zone is read in UTC."""
    return _micros(text), text


@lru_cache(maxsize=8192)
def _micros(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        span = parse_optional_day(text)
        return (span.first if span else 0) * 86_400_000_000 - 719_163 * 86_400_000_000
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1_000_000)


def release_order(entry: tuple[Head, Release]) -> tuple[bool, tuple[int, str], int, str, str, str]:
    """The order in which releases of a process are merged; `compiled` last."""
    head, release = entry
    rank = max((_RANK.get(tag, -1) for tag in release.tag), default=-1)
    return (
        "compiled" in release.tag,
        instant_key(release.date)[:1] + ("",),
        rank,
        release.id,
        head.source,
        head.id,
    )


def tree(value: Struct) -> Tree:
    """A struct as a mutable tree of its set fields; None stays None."""
    out: Tree = {}
    for name in value.__struct_fields__:
        item = getattr(value, name)
        if item is not UNSET:
            out[name] = item
    return out


def merge(state: Tree, update: Struct) -> None:
    """Merge one release (or one object of it) into the state, in place."""
    for name in update.__struct_fields__:
        item = getattr(update, name)
        if item is UNSET:
            continue
        if item is None:
            state.pop(name, None)
        elif name in _REPLACED:
            state[name] = item
        elif isinstance(item, Struct):
            known = state.get(name)
            target = known if isinstance(known, dict) else {}
            state[name] = target
            merge(target, item)
        elif isinstance(item, tuple) and item and isinstance(item[0], Struct):
            state[name] = _merge_list(state.get(name), item)
        else:
            state[name] = item


def _merge_list(known: Any, items: tuple[Struct, ...]) -> dict[object, Tree]:
    """Objects by id; those without one are kept apart, as OCDS merging does."""
    merged: dict[object, Tree] = known if isinstance(known, dict) else {}
    for item in items:
        id = getattr(item, "id", None)
        key: object = id if isinstance(id, str) else ("no id", len(merged))
        merge(merged.setdefault(key, {}), item)
    return merged


class _Names:
    """Which atoms stand for an organization of the process."""

    def __init__(self, ocid: str, source: str, parties: Mapping[object, Tree]) -> None:
        self._prefix = f"REC:{source}:{ocid}/"
        self._parties = parties

    def atoms(self, reference: Organization | Tree) -> tuple[str, ...]:
        ref = reference if isinstance(reference, dict) else tree(reference)
        id = ref.get("id")
        party = self._parties.get(id, {}) if id else {}
        identifiers = party.get("identifiers") or ref.get("identifiers")
        if identifiers:
            return tuple(identifiers)
        label = id or ref.get("name") or party.get("name")
        return (self._prefix + label,) if label else ()


def compile_process(releases: Sequence[tuple[Head, Release]]) -> ProcessState:
    """The state that the releases make together. At least one; any order."""
    ordered = sorted(releases, key=release_order)
    state: Tree = {}
    counted: dict[object, DaySpan] = {}
    named: dict[tuple[str, object, str], int] = {}
    buyer_seq = 0
    cancelled = False
    for head, release in ordered:
        if "compiled" in release.tag:
            state = {}
            counted, named = {}, {}
        merge(state, release)
        state_awards: Mapping[object, Tree] = state.get("awards") or {}
        day = parse_optional_day(release.date) or DaySpan(BEGINNING, BEGINNING)
        for key, award in state_awards.items():
            if counts(award.get("status")):
                counted.setdefault(key, day)
            else:
                counted.pop(key, None)
        _note_names(named, release, head.seq)
        cancelled = cancelled or "tenderCancellation" in release.tag
        if not buyer_seq and _names_buyer(release):
            buyer_seq = head.seq
    return _Compiler(ordered, state, counted, named, buyer_seq, cancelled).state()


def _set(value: Any) -> Any:
    return value if value is not UNSET and value is not None else None


def _names_buyer(release: Release) -> bool:
    tender = _set(release.tender)
    return bool(_set(release.buyer) or (tender is not None and _set(tender.procuring_entity)))


def counts(status: object) -> bool:
    """Whether an award counts: active, pending, no status or an unknown word (design, section 5)."""
    return not (isinstance(status, str) and status.strip().casefold() in _DEAD_AWARDS)


def _note_names(named: dict[tuple[str, object, str], int], release: Release, seq: int) -> None:
    """Which release first names an organization in an award, a bid or as a tenderer."""
    for kind, items, field in (("award", release.awards, "suppliers"), ("bid", release.bids, "tenderers")):
        for item in _set(items) or ():
            for ref in _set(getattr(item, field)) or ():
                named.setdefault((kind, _set(item.id), _label(ref)), seq)
    tender = _set(release.tender)
    if tender is not None:
        for ref in _set(tender.tenderers) or ():
            named.setdefault(("tender", None, _label(ref)), seq)


def _label(ref: Organization) -> str:
    return _set(ref.id) or _set(ref.name) or "".join(_set(ref.identifiers) or ())


class _Compiler:
    """One process: who took part, in which lots, when, for how much."""

    def __init__(
        self,
        ordered: Sequence[tuple[Head, Release]],
        state: Tree,
        counted: Mapping[object, DaySpan],
        named: Mapping[tuple[str, object, str], int],
        buyer_seq: int,
        cancelled: bool,
    ) -> None:
        self._ordered = ordered
        self._state = state
        self._tender: Tree = state.get("tender") or {}
        self._awards: Mapping[object, Tree] = state.get("awards") or {}
        self._bids: Mapping[object, Tree] = state.get("bids") or {}
        self._contracts: Mapping[object, Tree] = state.get("contracts") or {}
        self._counted = counted
        self._named = named
        self._buyer_seq = buyer_seq or ordered[0][0].seq
        self._cancelled = cancelled
        first = ordered[0]
        self._names = _Names(first[1].ocid, first[0].source, state.get("parties") or {})
        self._first_day = parse_optional_day(first[1].date) or DaySpan(BEGINNING, BEGINNING)
        self._last_day = parse_optional_day(ordered[-1][1].date) or self._first_day

    def state(self) -> ProcessState:
        has_lots = bool(self._tender.get("lots"))
        parties = tuple(self._parties())
        return ProcessState(
            ocid=self._ordered[0][1].ocid,
            cancelled=self._cancelled or self._tender.get("status") in ("cancelled", "withdrawn"),
            buyers=self._buyers(),
            buyer_seq=self._buyer_seq,
            parties=parties,
            rivals=tuple(self._rivals(parties, has_lots)),
            has_lots=has_lots,
        )

    def _buyers(self) -> tuple[tuple[str, ...], ...]:
        refs = [self._state.get("buyer"), self._tender.get("procuring_entity")]
        found: list[tuple[str, ...]] = []
        for ref in refs:
            atoms = self._names.atoms(ref) if ref else ()
            if atoms and atoms not in found:
                found.append(atoms)
        if not found:
            for role in ("buyer", "procuringEntity"):
                for party in (self._state.get("parties") or {}).values():
                    if role in (party.get("roles") or ()):
                        atoms = self._names.atoms(party)
                        if atoms and atoms not in found:
                            found.append(atoms)
                if found:
                    break
        return tuple(found)

    def _by_atoms(
        self, items: Iterable[tuple[object, Tree]], field: str
    ) -> dict[tuple[str, ...], list[tuple[object, Tree]]]:
        found: dict[tuple[str, ...], list[tuple[object, Tree]]] = {}
        for key, item in items:
            for ref in item.get(field) or ():
                atoms = self._names.atoms(ref)
                if atoms:
                    entries = found.setdefault(atoms, [])
                    if not any(known == key for known, _ in entries):
                        entries.append((key, item))
        return found

    def _parties(self) -> Iterator[PartyState]:
        won = self._by_atoms(((k, a) for k, a in self._awards.items() if k in self._counted), "suppliers")
        bid = self._by_atoms(self._bids.items(), "tenderers")
        tendered = self._by_atoms([(None, self._tender)], "tenderers")
        for atoms in sorted({*won, *bid, *tendered}):
            yield self._party(atoms, won.get(atoms, []), bid.get(atoms, []))

    def _party(
        self, atoms: tuple[str, ...], won: list[tuple[object, Tree]], bids: list[tuple[object, Tree]]
    ) -> PartyState:
        lots = sorted({lot for _, item in (won or bids) for lot in item.get("lots") or ()})
        if any(not item.get("lots") for _, item in (won or bids)):
            lots = []
        end, basis = self._award_day(won) if won else self._losing_day(lots, bids)
        start = self._start()
        if end.last < start.first:
            start = end
        bid_days = [span.first for _, bid in bids if (span := parse_optional_day(bid.get("date") or ""))]
        amount, currency = _total(item.get("value") for _, item in (won or bids))
        labels = self._labels(atoms)
        seqs = [
            seq
            for (kind, item, label), seq in self._named.items()
            if label in labels and (kind == "award" if won else kind != "award")
        ]
        every = [seq for (_, _, label), seq in self._named.items() if label in labels]
        return PartyState(
            atoms=atoms,
            stage=self._stage(won),
            won=bool(won),
            lots=tuple(lots),
            awards=tuple(sorted(key for key, _ in won if isinstance(key, str))),
            start=(start.first, start.last),
            end=(end.first, end.last),
            bid_day=min(bid_days, default=0),
            basis=basis,
            amount=amount,
            currency=currency,
            seq=min(seqs or every or [self._buyer_seq]),
            named=min(every or [self._buyer_seq]),
        )

    def _labels(self, atoms: tuple[str, ...]) -> set[str]:
        labels = set()
        for items, field in (
            (self._awards, "suppliers"),
            (self._bids, "tenderers"),
            ({None: self._tender}, "tenderers"),
        ):
            for item in items.values():
                for ref in item.get(field) or ():
                    if self._names.atoms(ref) == atoms:
                        labels.add(_label(ref))
        return labels

    def _stage(self, won: list[tuple[object, Tree]]) -> Stage:
        if not won:
            return "bid"
        awards = {key for key, _ in won}
        signed = any(
            contract.get("award_id") in awards and contract.get("status") not in _DEAD_CONTRACTS
            for contract in self._contracts.values()
        )
        return "contract" if signed else "award"

    def _start(self) -> DaySpan:
        opened = parse_optional_day(self._tender.get("period_start") or "")
        return self._first_day if opened is None else min(opened, self._first_day)

    def _award_date(self, key: object, award: Tree) -> tuple[DaySpan, DateBasis]:
        span = parse_optional_day(award.get("date") or "")
        if span is not None:
            return span, "award.date"
        signed = [
            span
            for contract in self._contracts.values()
            if contract.get("award_id") == key
            and contract.get("status") not in _DEAD_CONTRACTS
            and (span := parse_optional_day(contract.get("date_signed") or "")) is not None
        ]
        if signed:
            return min(signed), "contract.dateSigned"
        return self._counted[key], "release.date"

    def _award_day(self, won: list[tuple[object, Tree]]) -> tuple[DaySpan, DateBasis]:
        return max(
            (self._award_date(key, award) for key, award in won),
            key=lambda found: (found[0].last, found[0].first, found[1]),
        )

    def _losing_day(
        self, lots: Sequence[str], bids: Sequence[tuple[object, Tree]]
    ) -> tuple[DaySpan, DateBasis]:
        """A company without an award: the last award in its lots, else the tender's end, else the latest release."""
        rival = [
            (key, award)
            for key, award in self._awards.items()
            if key in self._counted and (not lots or not award.get("lots") or set(lots) & set(award["lots"]))
        ]
        if rival:
            return self._award_day(rival)
        closed = parse_optional_day(self._tender.get("period_end") or "")
        if closed is not None:
            return closed, "tenderPeriod.endDate"
        return self._last_day, "release.date"

    def _rivals(self, parties: Sequence[PartyState], has_lots: bool) -> Iterator[tuple[int, int]]:
        """Pairs of bidders of different bids (or, without bids, suppliers of different awards) with a lot in common."""
        place = {party.atoms: number for number, party in enumerate(parties)}
        entries: list[tuple[frozenset[int], frozenset[str]]] = []
        if self._bids:
            source, field = self._bids.values(), "tenderers"
        else:
            source, field = [a for k, a in self._awards.items() if k in self._counted], "suppliers"  # type: ignore[assignment]
        for item in source:
            members = frozenset(
                place[a] for ref in item.get(field) or () if (a := self._names.atoms(ref)) in place
            )
            entries.append((members, frozenset(item.get("lots") or ())))
        found: set[tuple[int, int]] = set()
        for number, (left, left_lots) in enumerate(entries):
            for right, right_lots in entries[number + 1 :]:
                if has_lots and left_lots and right_lots and not left_lots & right_lots:
                    continue
                found.update(
                    (min(a, b), max(a, b))
                    for a in left
                    for b in right
                    if a != b and not {a, b} <= left and not {a, b} <= right
                )
        yield from sorted(found)


def _total(values: Iterable[Any]) -> tuple[str, str]:
    """The sum and its currency; empty where there is none or currencies differ."""
    monies = [value for value in values if value is not None]
    currencies = {money.currency for money in monies}
    if not monies or len(currencies) != 1:
        return "", ""
    total = sum((Decimal(money.amount) for money in monies), Decimal(0))
    return format(total, "f"), monies[0].currency


__all__ = ["Award", "Bid", "PartyState", "ProcessState", "compile_process", "counts", "release_order"]
