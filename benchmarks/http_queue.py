"""The queue with very many alerts, as programs and people read it.

    python -m benchmarks.http_queue [ALERTS] [sqlite|postgresql]

Alerts are written straight into the tables. A JSON line an address: milliseconds of the first request, the median and
95 of 100 of the following ones, and of processor time a request. Goal: p95 below 500 ms with 1,000,000 alerts.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.http_seed import seed
from benchmarks.http_server import ground, serving, timed

_GOAL = 500
_HTML = {"Accept": "text/html"}
_PATHS = (
    "/v1/alerts", "/v1/alerts?severity=critical&reviewStatus=open", "/v1/alerts?sort=-raisedAt",
    "/v1/alerts?sort=-amount", "/v1/alerts?count=true", "/v1/alerts?assignee=me", "/v1/alerts?buyer=XX-BIN:17",
    "/v1/alerts?rule=OWN-08&certainty=possible&managed=true",
)  # fmt: skip
_PAGES = (
    "/alerts", "/alerts?severity=critical&reviewStatus=open", "/alerts?buyer=XX-BIN:17", "/alerts?sort=-amount",
    "/dashboard", "/identity", "/rules",
)  # fmt: skip


def main() -> int:
    """Exit code 1 if an address misses the goal."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    slow = 0
    with ground(kind) as (url, folder):
        began = time.perf_counter()
        seed(url, number)
        print(f"-- {number} alerts written in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        with serving(url, folder, "auditor") as (clients, pid):
            for path, headers in (*((path, {}) for path in _PATHS), *((path, _HTML) for path in _PAGES)):
                found = timed(clients["auditor"], path, 20, pid, headers=headers)
                slow += found["p95"] > _GOAL
                print(json.dumps({"database": kind, "alerts": number, **found}), flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
