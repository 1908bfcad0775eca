"""What real publishers write becomes facts, or is refused with a reason; nothing crashes."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiqyn.schemas.canonical import content, content_hash
from aiqyn.schemas.envelope import Event, read_structured
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode
from aiqyn.streams import facts
from aiqyn.streams.intake.normalise import Normalised, normalise

TIME = "2026-11-01T00:00:00Z"


def event(event_type: str, data: Any) -> Event:
    text = content("/real", "e", event_type, TIME, data)
    return Event("/real", "e", event_type, TIME, data, text, content_hash(text), None)


def lines(path: Path) -> Iterator[Any]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield decode(line)


def attempt(event_type: str, data: Any) -> Normalised | None:
    """What it gives; None where it is refused, which must have a reason."""
    try:
        return normalise(event(event_type, data))
    except Rejected as error:
        problems = error.problems
    assert problems
    assert all(problem.detail and problem.pointer.startswith("/data") for problem in problems)
    return None


def test_every_line_of_the_labelled_scenarios_normalises(shared: Path) -> None:
    paths = sorted((shared / "conformance" / "conflicts").glob("*.jsonl"))
    assert paths
    for path in paths:
        for line in path.read_bytes().splitlines():
            if line.strip():
                found = normalise(read_structured(line))
                codes = {issue.code for issue in found.issues}
                assert codes <= {"quality.dateFuture"}, (path.name, found.issues)


def test_a_band_of_02_whose_maximum_is_included(shared: Path) -> None:
    path = shared / "conformance" / "conflicts" / "coi01-bods02-band-inclusive.jsonl"
    found = [normalise(read_structured(line)).fact for line in path.read_bytes().splitlines()]
    (record,) = [fact for fact in found if isinstance(fact, facts.OwnershipRecord)]
    (interest,) = record.interests
    assert (interest.minimum, interest.minimum_open) == ("1", False)
    assert (interest.maximum, interest.maximum_open) == ("5", False)


@pytest.mark.parametrize(
    "name",
    [
        "data/bods/armenia_v02.statements.jsonl",
        "data/bods/gleif_v04.statements.jsonl",
        "data/bods/uk_psc_v04.statements.jsonl",
        "data/sources/uk_ocds_bods/register_v02.statements.jsonl.gz",
    ],
)
def test_every_statement_of_real_registers_is_a_fact(shared: Path, name: str) -> None:
    found = [attempt("ownership.statement.v1", data) for data in lines(shared / name)]
    assert len(found) > 200
    assert all(found)


def statements(path: Path) -> list[Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("folder", ["valid-statements", "examples"])
def test_every_official_statement_of_04_is_a_fact(shared: Path, folder: str) -> None:
    paths = sorted((shared / "conformance" / "bods-0.4" / folder).glob("*.json"))
    assert paths
    for path in paths:
        for data in statements(path):
            assert attempt("ownership.statement.v1", decode(json.dumps(data).encode())), path.name


def test_no_invalid_statement_of_04_crashes(shared: Path) -> None:
    paths = sorted((shared / "conformance" / "bods-0.4" / "invalid-statements").glob("*.json"))
    assert paths
    for path in paths:
        for data in statements(path):
            attempt("ownership.statement.v1", decode(json.dumps(data).encode()))


def has_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) and item for item in value)


def test_nearly_all_usable_releases_give_parties_and_awards(shared: Path) -> None:
    paths = [
        *sorted((shared / "data" / "ocds").glob("*.releases.jsonl.gz")),
        *sorted((shared / "data" / "sources").glob("uk_*/*.jsonl.gz")),
    ]
    usable = kept = seen = 0
    for path in paths:
        if "statements" in path.name:
            continue
        for data in lines(path):
            seen += 1
            found = attempt("procurement.release.v1", data)
            profile = all(data.get(member) for member in ("ocid", "id", "date", "tag"))
            suppliers = [award for award in data.get("awards") or () if has_objects(award.get("suppliers"))]
            bidders = [
                bid for bid in (data.get("bids") or {}).get("details") or () if has_objects(bid.get("tenderers"))
            ]
            if not profile or not (has_objects(data.get("parties")) or data.get("buyer")) or not (suppliers or bidders):
                continue
            usable += 1
            if found is None:
                continue
            fact = found.fact
            assert isinstance(fact, facts.Release)
            awards = [award for award in fact.awards or () if award.suppliers]
            bids = [bid for bid in fact.bids or () if bid.tenderers]
            parties = bool(fact.parties) or bool(fact.buyer)
            kept += parties and len(awards) == len(suppliers) and len(bids) == len(bidders)
    assert seen > 800
    assert usable > 250
    assert kept >= 0.99 * usable
