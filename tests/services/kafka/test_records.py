"""Events as records: binary mode gives the same event back, numbers and all."""

from pathlib import Path

import pytest

from aiqyn.schemas.envelope import read_binary, read_plain_binary, read_structured
from aiqyn.services.kafka.records import record, structured

EXAMPLES = (Path(__file__).parents[3] / "docs" / "examples" / "events.jsonl").read_bytes().splitlines()
ODD = (
    b'{"specversion":"1.0","id":"a \xd2\x9b\\"1\\\\","source":"/s","type":"registry.company.v1",'
    b'"time":"2024-01-01T00:00:00Z","datacontenttype":"application/json; charset=utf-8","traceparent":"00-x","n":3,'
    b'"data":{"z":1.50,"e":1E+2,"big":123456789012345678901234567890,"a":{"b":[1,null,true],"id":"x"}}}'
)


@pytest.mark.parametrize("raw", [*EXAMPLES, ODD])
def test_binary_and_structured_mode_give_the_same_event_back(raw: bytes) -> None:
    event = read_structured(raw)
    made = record(event)
    assert read_binary({name: value.decode() for name, value in made.headers}, made.value) == event
    assert read_plain_binary(made.headers, made.value) == (None if raw is ODD else event)
    assert read_structured(structured(event)) == event
    assert b"\n" not in structured(event)


def test_a_type_that_is_not_public_has_no_record() -> None:
    with pytest.raises(KeyError):
        record(read_structured(ODD.replace(b"registry.company.v1", b"coi.alert.raised.v1")))
