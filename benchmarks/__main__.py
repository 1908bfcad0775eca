"""All benchmarks, each in a process of its own: `make bench`, or `make bench ARGS=quick`."""

from __future__ import annotations

import subprocess
import sys

_RUNS = {
    "quick": (
        ("pipeline", "2000"),
        ("growth", "50000"),
        ("start", "50000"),
        ("graph_memory", "50000"),
        ("namesakes", "500"),
    ),
    "full": (
        ("pipeline", "20000"),
        ("growth", "1000000"),
        ("start", "1000000"),
        ("graph_memory", "1000000"),
        ("namesakes", "2000"),
    ),
}


def main() -> int:
    """Exit code 1 if one of them failed."""
    scale = sys.argv[1] if len(sys.argv) > 1 else "full"
    if scale not in _RUNS:
        print(f"unknown scale {scale!r}: one of {', '.join(_RUNS)}", file=sys.stderr)
        return 64
    failed = 0
    for name, argument in _RUNS[scale]:
        print(f"-- {name} {argument}", file=sys.stderr, flush=True)
        failed |= subprocess.call([sys.executable, "-m", f"benchmarks.{name}", argument])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
