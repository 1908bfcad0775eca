"""Many persons of one name: what telling them apart costs each time that one more comes.

    python -m benchmarks.namesakes 2000

Each holds a post, was born on a day of its own and has no number. The figure is processor time of the graph alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from aiqyn.schemas.envelope import read_structured
from aiqyn.streams.facts import Fact, Head
from aiqyn.streams.intake.judge import judge
from aiqyn.streams.world.world import World

_FIRST_BIRTH = date(1940, 1, 1)
_A_DAY_EACH = 11
"""Days between one birth and the next, so that 2,000 are born over sixty years."""


class _Ledger:
    """Facts in a dictionary; nobody asks for one by its name."""

    def __init__(self) -> None:
        self.facts: dict[int, tuple[Head, Fact]] = {}

    def read(self, seqs: Sequence[int]) -> Mapping[int, tuple[Head, Fact]]:
        return {seq: self.facts[seq] for seq in seqs}

    def find(self, source: str, id: str) -> int | None:
        return None


def _post(number: int) -> bytes:
    born = _FIRST_BIRTH + timedelta(days=_A_DAY_EACH * number)
    person = {"recordId": f"p{number}", "names": [{"fullName": "Common Name"}], "birthDate": born.isoformat()}
    data = {
        "person": person,
        "organization": {"recordId": f"b{number}", "name": "Body"},
        "post": "clerk",
        "role": "staff",
        "level": "district",
        "startDate": "2020-01-01",
    }
    event = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/bench",
        "type": "official.occupancy.v1",
        "time": "2024-01-01T00:00:00Z",
        "data": data,
    }
    return json.dumps(event).encode()


def spent(persons: int) -> float:
    """Seconds of processor to enter so many."""
    ledger = _Ledger()
    world = World(ledger, ledger.find)
    judged = [judge(read_structured(_post(number))) for number in range(persons)]
    began = time.process_time()
    for seq, one in enumerate(judged, 1):
        event = one.event
        head = Head(seq, event.source, event.id, event.type, seq, event.time, one.record_key, seq)
        ledger.facts[seq] = head, one.fact
        world.apply(head, one.fact)
    return time.process_time() - began


def main(persons: int) -> None:
    """Print the figures for half as many, and for so many."""
    for number in (persons // 2, persons):
        print(f"namesakes {number:>9,} persons of one name   {1e6 * spent(number) / number:>8,.0f} µs a person")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
