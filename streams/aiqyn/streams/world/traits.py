"""What is known of the person that some atoms are, for comparing namesakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aiqyn.streams.graph.details import (
    RoleDetail,
)
from aiqyn.streams.graph.store import Kind
from aiqyn.streams.identity.evidence import Traits
from aiqyn.streams.identity.naming import is_identifier
from aiqyn.streams.world.kin import RELATIVE_KINDS

if TYPE_CHECKING:
    from aiqyn.streams.world.world import World


def traits_of(world: World, atoms: Iterable[int]) -> Traits:
    """What is known of the person that these atoms are."""
    names: set[str] = set()
    births: set[str] = set()
    contacts: set[str] = set()
    relatives: set[str] = set()
    roles: set[str] = set()
    identifiers: set[str] = set()
    edges = world.edges
    for atom in atoms:
        if is_identifier(world.atoms.names[atom]):
            identifiers.add(world.atoms.names[atom])
        for keys, birth, contact in world.info.get(atom, ()):
            names.update(keys)
            contacts.update(contact)
            if birth:
                births.add(birth)
        for edge in edges.out_of(atom):
            kind = edges.kind[edge]
            if kind in RELATIVE_KINDS:
                relatives.update(_identifiers_of(world, edges.target[edge]))
            elif kind == Kind.DIRECTS:
                detail = edges.detail_of(edge)
                if isinstance(detail, RoleDetail):
                    roles.update(f"{detail.role}@{name}" for name in _identifiers_of(world, edges.target[edge]))
        for edge in edges.into(atom):
            if edges.kind[edge] in RELATIVE_KINDS:
                relatives.update(_identifiers_of(world, edges.source[edge]))
    return Traits(*map(frozenset, (names, births, contacts, relatives, roles, identifiers)))


def _identifiers_of(world: World, atom: int) -> Iterator[str]:
    for member in world.clusters.members(world.clusters.root(atom, 1), 1):
        if is_identifier(world.atoms.names[member]):
            yield world.atoms.names[member]
