"""Which plants there are: for every rule its hits and its near misses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aiqyn.services.demo.plants import (
    ben01,
    coi01,
    coi02,
    coi03,
    coi04,
    coi05,
    coi06,
    coi07,
    coi08,
    coi09,
    dis01,
    own01,
    own02,
    own03,
    own04,
    own08,
    pub01,
    sup01,
)
from aiqyn.services.demo.world import World

Scenario = Callable[[World], None]


class Planting(NamedTuple):
    """A rule with the scenarios that must raise it and those that must not."""

    rule: str
    hits: tuple[Scenario, ...]
    decoys: tuple[Scenario, ...]


_MODULES = (
    (coi01.RULE, coi01.HITS, coi01.DECOYS),
    (coi02.RULE, coi02.HITS, coi02.DECOYS),
    (coi03.RULE, coi03.HITS, coi03.DECOYS),
    (coi04.RULE, coi04.HITS, coi04.DECOYS),
    (coi05.RULE, coi05.HITS, coi05.DECOYS),
    (coi06.RULE, coi06.HITS, coi06.DECOYS),
    (coi07.RULE, coi07.HITS, coi07.DECOYS),
    (coi08.RULE, coi08.HITS, coi08.DECOYS),
    (coi09.RULE, coi09.HITS, coi09.DECOYS),
    (own01.RULE, own01.HITS, own01.DECOYS),
    (own02.RULE, own02.HITS, own02.DECOYS),
    (own03.RULE, own03.HITS, own03.DECOYS),
    (own04.RULE, own04.HITS, own04.DECOYS),
    (own08.RULE, own08.HITS, own08.DECOYS),
    (sup01.RULE, sup01.HITS, sup01.DECOYS),
    (pub01.RULE, pub01.HITS, pub01.DECOYS),
    (dis01.RULE, dis01.HITS, dis01.DECOYS),
    (ben01.RULE, ben01.HITS, ben01.DECOYS),
)
PLANTINGS: tuple[Planting, ...] = tuple(Planting(*module) for module in _MODULES)
