"""Cases that facts have touched and that may not be judged yet, by part: for whoever takes the part over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aiqyn.streams.engine import Change
from aiqyn.streams.ports import QualityIssue
from aiqyn.streams.shards import part_of_issues, shard_of


class Last(NamedTuple):
    """The last fact that touched a case."""

    seq: int
    identity: frozenset[int]
    """Whose cluster it changed."""


class Unjudged:
    """Remembers the last touch of each case above the position of its part."""

    def __init__(self) -> None:
        self._cases: dict[int, dict[str, Last]] = {}
        self._issues: dict[int, list[QualityIssue]] = {}

    def add(self, change: Change) -> None:
        last = Last(change.head.seq, frozenset(change.touched.identity))
        for key in change.keys:
            self._cases.setdefault(shard_of(key), {})[key] = last
        if issues := change.issues():
            self._issues.setdefault(part_of_issues(change.head.seq), []).extend(issues)

    def cases(self, part: int, after: int) -> dict[str, Last]:
        """The cases of a part that were touched behind a position, in order of the touch, then of the key."""
        found = [(key, last) for key, last in self._cases.get(part, {}).items() if last.seq > after]
        return dict(sorted(found, key=lambda item: (item[1].seq, item[0])))

    def issues(self, part: int, after: int) -> list[QualityIssue]:
        return [issue for issue in self._issues.get(part, ()) if issue.seq > after]

    def judged(self, positions: Mapping[int, int]) -> None:
        """Parts are judged up to these positions: forget what lies below."""
        for part, position in positions.items():
            if part in self._cases:
                self._cases[part] = {key: last for key, last in self._cases[part].items() if last.seq > position}
            if part in self._issues:
                self._issues[part] = self.issues(part, position)
