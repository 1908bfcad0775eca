"""Topics and keys: one of each for every type, as the contract's table has them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqyn.schemas.canonical import canonical
from aiqyn.schemas.envelope import read_structured, wrap
from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_schemas import build
from aiqyn.schemas.routing import ALERTS, DEAD, PUBLIC, TOPIC_OF, TOPICS, key

EXAMPLES = (Path(__file__).parents[2] / "docs" / "examples" / "events.jsonl").read_bytes().splitlines()
VALID = {"scheme": "KZ-BIN", "id": "990340005977"}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("procurement.release", {"ocid": "ocds-1"}, "ocds-1"),
    ("procurement.committee", {"ocid": "ocds-1"}, "ocds-1"),
    ("allocation.made", {"id": "a-1"}, "a-1"),
    ("ownership.statement", {"declarationSubject": "firm", "recordId": "r"}, "firm"),
    ("ownership.statement", {"statementID": "s", "subject": {"describedByEntityStatement": "firm"}}, "firm"),
    ("ownership.statement", {"recordId": "r", "recordDetails": {"subject": "firm"}}, "firm"),
    ("ownership.statement", {"statementID": "s", "statementType": "entityStatement"}, "s"),
    ("registry.company", {"entity": {"identifiers": [{"scheme": "?", "id": ""}, VALID]}}, "KZ-BIN:990340005977"),
    ("registry.directorship", {"company": {"identifiers": [VALID], "recordId": "r"}}, "KZ-BIN:990340005977"),
    ("registry.debarment", {"supplier": {"recordId": "r"}}, "REC:/s:r"),
    ("official.occupancy", {"person": {"recordId": "p"}}, "REC:/s:p"),
    ("official.relation", {"person": {"recordId": "p"}, "relative": {"recordId": "q"}}, "REC:/s:p"),
    ("official.declaration", {"declarant": {"recordId": "p"}}, "REC:/s:p"),
    ("political.donation", {"donor": {"recordId": "p"}}, "REC:/s:p"),
    ("identity.decision", {"left": "REC:/b:2", "right": "REC:/a:1"}, "REC:/a:1 REC:/b:2"),
    ("record.retracted", {"target": {"source": "/a", "id": "7"}}, "/a 7"),
    ("registry.company", {"entity": {}}, "/s e"),
    ("nobody.knows", {"x": 1}, "/s e"),
]


@pytest.mark.parametrize(("kind", "data", "expected"), CASES)
def test_the_key_is_what_the_event_is_about(kind: str, data: dict[str, Any], expected: str) -> None:
    assert key(wrap("/s", "e", f"{kind}.v1", "2024-01-01T00:00:00Z", data)) == expected


def test_every_public_type_has_a_topic_and_a_key_of_its_own() -> None:
    assert TOPIC_OF.keys() == build().keys()
    for line in EXAMPLES:
        event = read_structured(line)
        assert key(event) != f"{event.source} {event.id}"


def test_names_are_those_of_the_contract() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
    assert {topic.name for topic in TOPICS if topic.wide} == {
        "procurement.releases", "procurement.committees", "allocations", "aiqyn.facts.procurement",
    }  # fmt: skip
    assert [topic.name for topic in DEAD] == [f"{topic.name}.dlq" for topic in PUBLIC]
    assert ALERTS.name == "aiqyn.alerts"


values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["identifiers", "scheme", "id", "recordId", "subject", "recordDetails", "target", "source", "entity"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(sorted(TOPIC_OF)), st.dictionaries(st.sampled_from(
    ["ocid", "id", "person", "entity", "company", "supplier", "donor", "declarant", "target", "left", "right",
     "recordDetails", "subject", "declarationSubject"]), values, max_size=5))  # fmt: skip
def test_no_data_whatsoever_leave_an_event_without_a_key(kind: str, data: dict[str, Any]) -> None:
    whole = {
        "specversion": "1.0",
        "source": "/s",
        "id": "e",
        "type": kind,
        "time": "2024-01-01T00:00:00Z",
        "data": data,
    }
    try:
        event = read_structured(canonical(whole))
    except Rejected:  # a text that cannot be stored: there is no event
        return
    assert key(event)
