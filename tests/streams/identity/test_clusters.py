"""Clusters are a function of the set of bonds, decisions and traits: in any order, with others that come and go, they
are what the rules of design section 6 give when they are applied to the set at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.streams.graph.atoms import Atoms
from aiqyn.streams.identity import crowd
from aiqyn.streams.identity.clusters import Clusters, Ruling, Verdict
from aiqyn.streams.identity.evidence import Traits, agreement, births_conflict, schemes_conflict
from aiqyn.streams.identity.naming import cluster_name, is_identifier

NAMES = ("ID-A:1", "ID-A:2", "ID-B:1", "REC:/s:1", "REC:/s:2", "REC:/s:3", "REC:/t:1")


class Bond(NamedTuple):
    left: str
    right: str
    never_parted: bool


class Decision(NamedTuple):
    left: str
    right: str
    verdict: Verdict
    moment: int
    by_person: bool

    def ruling(self) -> Ruling:
        return self.by_person, self.moment, "/review", str(self.moment), self.verdict, 0


class Known(NamedTuple):
    """What is said of one record."""

    atom: str
    names: frozenset[str]
    birth: str
    contacts: frozenset[str]


Fact = Bond | Decision | Known


@dataclass
class Joined:
    """A world of records with what is known of them."""

    atoms: Atoms = field(default_factory=Atoms)
    known: dict[str, list[Known]] = field(default_factory=dict)
    clusters: Clusters = field(init=False)

    def __post_init__(self) -> None:
        self.clusters = Clusters(self.atoms, lambda atoms: traits((self.atoms.names[a] for a in atoms), self.known))

    def number(self, name: str) -> int:
        number = self.atoms.number(name)
        if number >= len(self.clusters.roots):
            self.clusters.grow()
        return number

    def change(self, fact: Fact, sign: int) -> None:
        if isinstance(fact, Bond):
            self.clusters.bond(self.number(fact.left), self.number(fact.right), fact.never_parted, sign)
        elif isinstance(fact, Decision):
            self.clusters.rule(self.number(fact.left), self.number(fact.right), fact.ruling(), sign < 0)
        else:
            atom = self.number(fact.atom)
            said = self.known.setdefault(fact.atom, [])
            (said.append if sign > 0 else said.remove)(fact)
            self.clusters.named(atom, frozenset(name for each in said for name in each.names))
            self.clusters.rematch([atom])

    def levels(self) -> list[set[frozenset[str]]]:
        """The clusters of more than one record at levels 1 to 3, then the pairs of unconfirmed ones."""
        clusters, names = self.clusters, self.atoms.names
        found: list[set[frozenset[str]]] = []
        for level in (1, 2, 3):
            groups: dict[int, set[str]] = {}
            for atom in range(len(names)):
                root = clusters.root(atom, level)
                groups.setdefault(root, set()).add(names[atom])
                assert atom in clusters.members(root, level)
            found.append({frozenset(group) for group in groups.values() if len(group) > 1})
        pairs = set()
        for atom in range(len(names)):
            root = clusters.root(atom, 3)
            for other in clusters.unconfirmed(root):
                assert root in clusters.unconfirmed(other)
                pair = (cluster_name(names[a] for a in clusters.members(r, 3)) for r in (root, other))
                pairs.add(frozenset(pair))
        return [*found, pairs]


def traits(names: Iterable[str], known: Mapping[str, Sequence[Known]]) -> Traits:
    names = tuple(names)
    said = [each for name in names for each in known.get(name, ())]
    return Traits(
        frozenset(name for each in said for name in each.names),
        frozenset(each.birth for each in said if each.birth),
        frozenset(contact for each in said for contact in each.contacts),
        frozenset(),
        frozenset(),
        frozenset(name for name in names if is_identifier(name)),
    )


# --- the rules, applied to the whole set at once ------------------------------------------------------------


class Whole:
    """Sets of records under union, with the pairs that were decided different."""

    def __init__(self, apart: set[frozenset[str]]) -> None:
        self._of = {name: frozenset({name}) for name in NAMES}
        self._apart = apart

    def sets(self) -> set[frozenset[str]]:
        return set(self._of.values())

    def of(self, name: str) -> frozenset[str]:
        return self._of[name]

    def parted(self, left: str, right: str) -> bool:
        return any(frozenset({a, b}) in self._apart for a in self._of[left] for b in self._of[right])

    def join(self, left: str, right: str) -> None:
        both = self._of[left] | self._of[right]
        for name in both:
            self._of[name] = both


def expected(facts: Sequence[Fact]) -> list[set[frozenset[str]]]:
    known: dict[str, list[Known]] = {}
    for fact in facts:
        if isinstance(fact, Known):
            known.setdefault(fact.atom, []).append(fact)
    verdicts = dict(_standing(facts))
    apart = {pair for pair, verdict in verdicts.items() if verdict == "different"}
    same = sorted(sorted(pair) for pair, verdict in verdicts.items() if verdict == "same")
    bonds = [fact for fact in facts if isinstance(fact, Bond)]
    strict = {frozenset({bond.left, bond.right}) for bond in bonds if bond.never_parted}
    loose = {frozenset({bond.left, bond.right}) for bond in bonds} - strict

    upper = Whole(apart)
    lowest = Whole(set())
    for pair in strict:
        upper.join(*pair)
        lowest.join(*pair)
    for left, right in same:
        if not upper.parted(left, right) or upper.of(left) == upper.of(right):
            upper.join(left, right)
    for left, right in sorted(sorted(pair) for pair in loose):
        if not upper.parted(left, right) or upper.of(left) == upper.of(right):
            upper.join(left, right)
            lowest.join(left, right)
    second = upper.sets()

    links = list(_links(lowest.sets(), known, apart))
    for left, right, strength in sorted(links, key=lambda link: sorted((link[0], link[1]))):
        if strength == "corroborated" and upper.of(left) != upper.of(right) and not upper.parted(left, right):
            together = traits(upper.of(left) | upper.of(right), known)
            if not _conflict(together) and len(together.names) <= 8:
                upper.join(left, right)
    pairs = set()
    for left, right, strength in links:
        if strength == "unconfirmed" and upper.of(left) != upper.of(right) and not upper.parted(left, right):
            together = traits(upper.of(left) | upper.of(right), known)
            if not _conflict(together):
                pairs.add(frozenset({cluster_name(upper.of(left)), cluster_name(upper.of(right))}))
    partitions = [lowest.sets(), second, upper.sets()]
    return [*({group for group in sets if len(group) > 1} for sets in partitions), pairs]


def _standing(facts: Sequence[Fact]) -> Iterator[tuple[frozenset[str], Verdict]]:
    decisions = [fact for fact in facts if isinstance(fact, Decision)]
    for pair in {frozenset({each.left, each.right}) for each in decisions}:
        yield pair, max(d.ruling() for d in decisions if {d.left, d.right} == pair)[4]


def _links(
    clusters: set[frozenset[str]], known: Mapping[str, Sequence[Known]], apart: set[frozenset[str]]
) -> Iterator[tuple[str, str, str]]:
    for left, right in combinations(sorted(clusters, key=sorted), 2):
        if any(frozenset({a, b}) in apart for a in left for b in right):
            continue
        strength = agreement(traits(left, known), traits(right, known))
        if strength is not None:
            yield cluster_name(left), cluster_name(right), strength


def _conflict(of: Traits) -> bool:
    return births_conflict(of.births) or schemes_conflict(of.identifiers)


# --- cases ---------------------------------------------------------------------------------------------------

names_ = st.sampled_from(NAMES)
pairs_ = st.tuples(names_, names_).filter(lambda pair: pair[0] != pair[1])


def _bond(pair: tuple[str, str]) -> Bond:
    return Bond(*pair, never_parted=all(map(is_identifier, pair)))


facts_ = st.one_of(
    pairs_.map(_bond),
    st.builds(
        lambda pair, verdict, moment, person: Decision(pair[0], pair[1], verdict, moment, person),
        pairs_,
        st.sampled_from(["same", "different", "unsure"]),
        st.integers(0, 50),
        st.booleans(),
    ),
    st.builds(
        Known,
        names_,
        st.sets(st.sampled_from(["one", "two"]), min_size=1).map(frozenset),
        st.sampled_from(["", "1970", "1970-01-02", "1970-01-03", "1971-01-02", "unknown"]),
        st.sets(st.sampled_from(["phone:1", "email:2"]), max_size=1).map(frozenset),
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(facts_, max_size=9),
    st.lists(facts_, max_size=4),
    st.randoms(use_true_random=False),
    st.sampled_from([crowd.FEW, 1, 0]),
)
def test_clusters_are_what_the_set_of_facts_gives(
    facts: list[Fact], passing: list[Fact], chance: Random, few: int
) -> None:
    world = Joined()
    steps: list[tuple[Fact, int]] = [(fact, 1) for fact in facts]
    chance.shuffle(steps)
    for fact in passing:  # comes somewhere, and goes later
        came = chance.randint(0, len(steps))
        steps.insert(came, (fact, 1))
        steps.insert(chance.randint(came + 1, len(steps)), (fact, -1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "FEW", few)
        for fact, sign in steps:
            world.change(fact, sign)
    assert world.levels() == expected(facts)


def test_who_bears_a_common_name_is_compared_with_those_of_its_year() -> None:
    world = Joined()
    compared = 0
    traits_of = world.clusters.traits_of

    def counted(atoms: Iterable[int]) -> Traits:
        nonlocal compared
        compared += 1
        return traits_of(atoms)

    world.clusters.traits_of = counted
    for number in range(400):
        birth = "" if number % 2 else f"{1920 + number // 4}-01-02"
        world.change(Known(f"REC:/s:{number}", frozenset({"a common name"}), birth, frozenset()), 1)
    assert compared < 400 * 5
    assert len(world.levels()[3]) == 100  # of each year two


def test_a_ninth_name_is_not_joined() -> None:
    world = Joined()
    names = [f"name {n}" for n in range(9)]
    contacts = frozenset({"phone:1"})
    many = Known("REC:/s:1", frozenset(names[:8]), "1970-01-02", contacts)
    world.change(many, 1)
    world.change(Known("REC:/s:2", frozenset(names[:1]), "1970-01-02", contacts), 1)
    assert world.levels()[2] == {frozenset({"REC:/s:1", "REC:/s:2"})}
    world.change(Known("REC:/s:2", frozenset(names[8:]), "1970-01-02", contacts), 1)
    assert world.levels()[2] == set()


def test_the_date_of_birth_may_stand_in_another_record_of_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "FEW", 0)
    world = Joined()
    phone = frozenset({"phone:1"})
    world.change(Bond("ID-A:1", "REC:/s:1", False), 1)
    world.change(Known("ID-A:1", frozenset({"one"}), "", phone), 1)
    world.change(Known("REC:/s:1", frozenset({"two"}), "1970-01-02", phone), 1)
    world.change(Known("REC:/s:2", frozenset({"one"}), "1970-01-02", phone), 1)
    assert world.levels()[2] == {frozenset({"ID-A:1", "REC:/s:1", "REC:/s:2"})}
