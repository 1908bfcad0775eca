"""What releases and allocations do to the world: the cases, and under which organizations each is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiqyn.streams.facts import (
    Allocation,
    Head,
    Release,
)
from aiqyn.streams.world.marks import SEAT
from aiqyn.streams.world.process import Fold, ProcessState, release_order
from aiqyn.streams.world.records import atom_of, enter_named, enter_person, note_name, settle_kind
from aiqyn.streams.world.touched import Touched

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World


_FOLDS_KEPT = 20_000
"""Processes whose merged releases are kept for the next one."""


def apply_release(world: World, head: Head, fact: Release, touched: Touched, sign: int) -> None:
    seqs = world.release_seqs.setdefault(fact.ocid, [])
    (seqs.append if sign > 0 else seqs.remove)(head.seq)
    before = world.processes.pop(fact.ocid, None)
    state: ProcessState | None = None
    if seqs:
        state = world.processes[fact.ocid] = _folded(world, head, fact, seqs, sign).state()
    else:
        del world.release_seqs[fact.ocid]
        world.folds.pop(fact.ocid, None)
    were, are = _buyers(before), _buyers(state)
    if were != are:
        _index_case(world, world.cases_at, fact.ocid, were, are, touched)
    were, are = _parties(before), _parties(state)
    if were != are:
        _index_case(world, world.cases_of, fact.ocid, were, are, touched)
    touched.cases.add(fact.ocid)


def _folded(world: World, head: Head, fact: Release, seqs: Sequence[int], sign: int) -> Fold:
    """All standing releases of the process, merged. A last one is folded onto the others; else all anew."""
    fold = world.folds.get(fact.ocid)
    if fold is None and len(seqs) == 1 and sign > 0:
        fold = Fold()
    if sign > 0 and fold is not None and (fold.last is None or fold.last < release_order(head, fact)):
        fold.add(head, fact)
    else:
        facts = world.log.read(seqs)
        fold = Fold.of((h, f) for h, f in facts.values() if isinstance(f, Release))
    world.folds[fact.ocid] = fold
    if len(world.folds) > _FOLDS_KEPT:
        world.folds.pop(next(iter(world.folds)))
    return fold


def _index_case(
    world: World,
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
            numbers = [atom_of(world, name) for name in atoms]
            for name, atom in zip(atoms, numbers, strict=True):
                settle_kind(world, atom, touched)
                if sign > 0:
                    index.setdefault(atom, set()).add(key)
                elif name not in stay:
                    index[atom].discard(key)
            for number in numbers[1:]:
                joined = world.clusters.bond(numbers[0], number, True, sign)
                world.hubs.review(joined)
                touched.identity |= joined


def apply_allocation(world: World, head: Head, fact: Allocation, touched: Touched, sign: int) -> None:
    """An allocation; of several events with one id the latest stands for it."""
    seqs = world.allocation_seqs.setdefault(fact.id, [])
    (seqs.append if sign > 0 else seqs.remove)(head.seq)
    for mention in (fact.grantor, fact.recipient):
        enter_named(world, mention, head, touched, sign)
    for mention in fact.deciders:
        enter_person(world, mention, head, touched, sign, SEAT)
        note_name(world, mention, head, sign)
    before = world.allocations.pop(fact.id, None)
    now: tuple[Head, Allocation] | None = None
    key = allocation_key(fact.id)
    if before is not None:
        touched.cases.update(same_asset(world, before[1]))
        world.assets.get(before[1].asset_id, set()).discard(fact.id)
    if seqs:
        facts = {head.seq: (head, fact)} if seqs == [head.seq] else world.log.read(seqs)
        latest = max(facts.values(), key=lambda found: (found[0].instant, found[0].source, found[0].id))
        assert isinstance(latest[1], Allocation)
        now = world.allocations[fact.id] = (latest[0], latest[1])
        for mention in now[1].deciders:
            world.seats_of.setdefault(atom_of(world, mention.atoms[-1]), set()).add(key)
        if now[1].asset_id:
            world.assets.setdefault(now[1].asset_id, set()).add(fact.id)
            touched.cases.update(same_asset(world, now[1]))
    else:
        del world.allocation_seqs[fact.id]
    for index, role in ((world.cases_at, "grantor"), (world.cases_of, "recipient")):
        was, is_now = (
            frozenset([getattr(each[1], role).atoms]) if each is not None else frozenset() for each in (before, now)
        )
        _index_case(world, index, key, was, is_now, touched)
    touched.cases.add(key)


def same_asset(world: World, fact: Allocation) -> set[str]:
    return {allocation_key(id) for id in world.assets.get(fact.asset_id, ())} if fact.asset_id else set()


def _buyers(process: ProcessState | None) -> frozenset[Sequence[str]]:
    return frozenset(process.buyers) if process is not None else frozenset()


def _parties(process: ProcessState | None) -> frozenset[Sequence[str]]:
    return frozenset(party.atoms for party in process.parties) if process is not None else frozenset()


def allocation_key(id: str) -> str:
    """The key of an allocation's case; a process's is its ocid."""
    return "allocation\x1f" + id
