"""A company with very many links, as programs and people read it.

    python -m benchmarks.http_entity [LINKS] [sqlite|postgresql]

Goal: each address below 1 s with 5,000 links. The columns are those of `benchmarks.http_queue`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.http_server import COMMAND, environ, ground, serving, timed

_GOAL = 1000
_COMPANY = "XX-BIN:1"


def main() -> int:
    """Exit code 1 if an address misses the goal."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    slow = 0
    with ground(kind) as (url, folder):
        _ingest(url, folder, number)
        with serving(url, folder, "auditor") as (clients, pid):
            paths = (
                f"/v1/entities/{_COMPANY}", f"/v1/entities/{_COMPANY}/links?validAt=2024-01-01",
                f"/v1/entities/{_COMPANY}/links?validAt=2024-01-01&limit=1000",
                f"/v1/entities/{_COMPANY}/network?hops=2&validAt=2024-01-01", f"/v1/ownership?company={_COMPANY}",
            )  # fmt: skip
            pages = (f"/entities/{_COMPANY}", f"/entities/{_COMPANY}?validAt=2024-01-01", f"/network/{_COMPANY}")
            html = {"Accept": "text/html"}
            for path, headers in (*((path, {}) for path in paths), *((path, html) for path in pages)):
                found = timed(clients["auditor"], path, 10, pid, headers=headers)
                slow += found["p95"] > _GOAL
                print(json.dumps({"database": kind, "links": number, **found}), flush=True)
    return 1 if slow else 0


def _ingest(url: str, folder: Path, number: int) -> None:
    entity = {"identifiers": [{"scheme": "XX-BIN", "id": "1"}], "name": "A company with many links"}
    with (folder / "events.jsonl").open("w", encoding="utf-8") as out:
        for place in range(number):
            person = {
                "identifiers": [{"scheme": "XX-IIN", "id": f"{place:012d}"}],
                "names": [{"fullName": f"Person {place}", "lang": "en"}],
            }
            data = {"company": entity, "person": person, "role": "director", "startDate": "2020-01-01"}
            event = {
                "specversion": "1.0", "id": str(place), "source": "/bench", "type": "registry.directorship.v1",
                "time": "2024-01-01T00:00:00Z", "data": data,
            }  # fmt: skip
            out.write(json.dumps(event) + "\n")
    command = [*COMMAND, "ingest", str(folder / "events.jsonl"), "--db", url]
    subprocess.run(command, env=environ(folder), check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
