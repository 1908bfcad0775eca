"""Many alerts decided at once, and taken back by one undo.

    python -m benchmarks.http_bulk [ALERTS] [sqlite|postgresql]

Goal: 1,000 alerts closed within 5 s, opened again by one undo.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.http_seed import seed
from benchmarks.http_server import cpu, ground, serving

_GOAL = 5.0


def main() -> int:
    """Exit code 1 if closing misses the goal."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    kind = sys.argv[2] if len(sys.argv) > 2 else "sqlite"
    with ground(kind) as (url, folder):
        seed(url, 4 * number)
        with serving(url, folder, "auditor") as (clients, pid):
            client = clients["auditor"]
            found = client.get("/v1/alerts?severity=medium&limit=1000").json()["items"]
            ids = [alert["id"] for alert in found][:number]
            body = {"kind": "decide", "alerts": ids, "disposition": "notMaterial", "reason": "a benchmark"}
            spent = cpu(pid)
            closing, done = _timed(client, "/v1/actions", body)
            opening, undone = _timed(client, f"/v1/actions/{done['id']}/undo", {"reason": "a benchmark"})
            left = client.get("/v1/alerts?severity=medium&reviewStatus=closed&count=true").json()["total"]
            print(json.dumps({
                "database": kind, "alerts": done["count"], "closed_s": round(closing, 2), "undone_s": round(opening, 2),
                "cpu_s": round(cpu(pid) - spent, 2), "state": undone["state"], "left_closed": left,
            }))  # fmt: skip
    return 1 if closing > _GOAL or left else 0


def _timed(client: Any, path: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    answer = client.post(path, json=body)
    if answer.status_code not in (200, 201):
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
    return time.perf_counter() - began, answer.json()


if __name__ == "__main__":
    sys.exit(main())
