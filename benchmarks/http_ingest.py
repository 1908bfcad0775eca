"""Events published by HTTP at a steady rate.

    python -m benchmarks.http_ingest [SECONDS] [RATE] [sqlite|postgresql]

Batches of 50 lines are sent when their time has come, whether or not the ones before are answered: a latency counts
from that time. Goal: 1,000 events/s with 99 of 100 answers within 250 ms.
"""

from __future__ import annotations

import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from benchmarks.http_server import cpu, ground, serving

_BATCH = 50
_GOAL = 250


def main() -> int:
    """Exit code 1 if the goal is missed."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    rate = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    kind = sys.argv[3] if len(sys.argv) > 3 else "sqlite"
    batches = [_batch(number) for number in range(seconds * rate // _BATCH)]
    with ground(kind) as (url, folder), serving(url, folder, "publisher") as (clients, pid):
        spent, began = cpu(pid), time.perf_counter()
        with ThreadPoolExecutor(16) as pool:
            sent = [
                pool.submit(_send, clients["publisher"], body, began + number * _BATCH / rate)
                for number, body in enumerate(batches)
            ]
            took = sorted(each.result() for each in sent)
        whole, used = time.perf_counter() - began, cpu(pid) - spent
    p99 = round(1000 * took[int(len(took) * 0.99)])
    print(json.dumps({
        "database": kind, "seconds": seconds, "asked_per_s": rate, "done_per_s": round(len(batches) * _BATCH / whole),
        "p50": round(1000 * took[len(took) // 2]), "p99": p99,
        "cpu_us_per_event": round(1e6 * used / (len(batches) * _BATCH)),
    }))  # fmt: skip
    return 1 if p99 > _GOAL else 0


def _send(client: httpx.Client, body: bytes, due: float) -> float:
    time.sleep(max(0.0, due - time.perf_counter()))
    answer = client.post("/v1/events", content=body, headers={"Content-Type": "application/x-ndjson"})
    if answer.status_code != 200:
        raise SystemExit(answer.text[:500])
    return time.perf_counter() - due


def _batch(number: int) -> bytes:
    """Companies and their directors, as registers send them."""
    chance = random.Random(number)
    lines = []
    for place in range(_BATCH):
        id = f"{number}-{place}"
        company = {"identifiers": [{"scheme": "XX-BIN", "id": id}], "name": f"Company {id}"}
        person = {
            "identifiers": [{"scheme": "XX-IIN", "id": f"{chance.randrange(10**6):012d}"}],
            "names": [{"fullName": f"Person {id}", "lang": "en"}],
        }
        data = {"company": company, "person": person, "role": "director", "startDate": "2020-01-01"}
        event = {
            "specversion": "1.0", "id": id, "source": "/bench", "type": "registry.directorship.v1",
            "time": "2024-01-01T00:00:00Z", "data": data,
        }  # fmt: skip
        lines.append(json.dumps(event))
    return "\n".join(lines).encode()


if __name__ == "__main__":
    sys.exit(main())
