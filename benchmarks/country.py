"""The events that the benchmarks run on: the demo's country, in a file of JSON lines."""

from __future__ import annotations

from pathlib import Path

from aiqyn.services.demo.country import generate

EDGES_A_COMPANY = 3.3
"""How many edges of the graph a company of the demo makes."""


def events_file(folder: Path, companies: int, seed: int = 1) -> Path:
    """A file with the events of a country of that size; made once a folder."""
    file = folder / f"country-{companies}-{seed}.jsonl"
    if not file.exists():
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            for event in generate(companies, seed).events:
                out.write(event + b"\n")
        part.replace(file)
    return file
