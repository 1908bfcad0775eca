"""What is said of others changes nothing: a world is the same beside another that shares nobody with it."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.running import Json, run
from tests.properties.small_worlds import (
    ALLOCATIONS,
    BINS,
    BODY_BINS,
    IINS,
    NAMES,
    OCIDS,
    PHONES,
    SOURCES,
    worlds,
)

# The same forms with other names and numbers: nobody here is anybody there.
_OTHER = {
    **dict(zip(IINS, ("900202300303", "800101300115"), strict=True)),
    **dict(zip(BINS, ("070140000075", "080240000080", "090340000096", "100440000103"), strict=True)),
    **dict(zip(BODY_BINS, ("110540000119", "120640000124"), strict=True)),
    **{name: f"Another {number}" for number, name in enumerate(NAMES)},
    **{phone: f"+7 777 000 55 {number:02}" for number, phone in enumerate(PHONES)},
    **{ocid: f"{ocid}-other" for ocid in OCIDS},
    **{f'"{id}"': f'"{id}-other"' for id in ALLOCATIONS},
    **{f'"{source}"': f'"{source}/other"' for source in SOURCES},
    **{f"REC:{source}:": f"REC:{source}/other:" for source in SOURCES},
    '"XX-DOC"': '"XX-DOD"',
    '"XX-REG"': '"XX-REH"',
    "XX-DOC:": "XX-DOD:",
    "XX-REG:": "XX-REH:",
    '"a1"': '"a1-other"',
}


def elsewhere(event: Json) -> Json:
    """The event about others, from another source."""
    text = json.dumps(event)
    for ours, theirs in _OTHER.items():
        text = text.replace(ours, theirs)
    found: Json = json.loads(text)
    return found


@given(worlds(), worlds(), st.integers(0, 2**16))
def test_facts_about_others_change_no_alert(events: list[Json], others: list[Json], seed: int) -> None:
    strangers = [elsewhere(event) for event in others]
    mixed = [*events, *strangers]
    Random(seed).shuffle(mixed)
    assert run(mixed).current() == run(events).current() | run(strangers).current()
