"""Members of arrays and objects as slices of their text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas import json_members
from aiqyn.schemas.errors import Rejected

texts = st.text(st.sampled_from('a"\\{}[],: \n\u0436'))
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(values, max_size=6), st.sampled_from([None, 0, 2]))
def test_an_array_is_its_members(members: list[object], indent: int | None) -> None:
    text = json.dumps(members, indent=indent).encode()
    spans = list(json_members.array(text, 0))
    assert [json.loads(text[start:end]) for start, end in spans] == members
    last = spans[-1].end if spans else 1
    assert json_members.end_after(text, last) == len(text) == json_members.value_end(text, 0)


@settings(deadline=None)
@given(st.dictionaries(texts, values, max_size=6), st.sampled_from([None, 0, 2]))
def test_an_object_is_its_members(members: dict[str, object], indent: int | None) -> None:
    text = json.dumps(members, indent=indent).encode()
    spans = json_members.object_members(text, 0)
    assert {name: json.loads(text[start:end]) for name, (start, end) in spans.items()} == members
    assert list(spans) == list(members)


@settings(deadline=None)
@given(st.lists(values, min_size=1, max_size=6), st.integers(0, 5))
def test_a_broken_member_does_not_stop_the_others(members: list[object], at: int) -> None:
    parts = [json.dumps(member).encode() for member in members]
    parts.insert(min(at, len(parts)), b'{"a" 1, NaN}')
    text = b"[" + b" , ".join(parts) + b"]"
    assert [text[start:end] for start, end in json_members.array(text, 0)] == parts


@settings(deadline=None)
@given(st.lists(values, min_size=1, max_size=4), st.data())
def test_what_is_cut_short_gives_the_members_before_the_cut(members: list[object], data: st.DataObject) -> None:
    text = json.dumps(members).encode()
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    whole = list(json_members.array(text, 0))
    before: list[json_members.Span] = []
    with pytest.raises(Rejected, match=re.escape("json.invalid")):
        before.extend(json_members.array(cut, 0))
    complete = [span for span in whole if span.end < len(cut)]
    assert before[: len(complete)] == complete


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"a":1,"a":2}', "json.duplicateKey"),
        (b'{"a":{},"\\u0061":{}}', "json.duplicateKey"),
        (b'{"\\ud800":1}', "text.invalid"),
        (b'{"a" 1}', "json.invalid"),
        (b'{"a":1', "json.invalid"),
        (b'{"a":1,}', "json.invalid"),
        (b"{1:2}", "json.invalid"),
        (b'{"a":}', "json.invalid"),
        (b'{"a":"', "json.invalid"),
    ],
)
def test_an_object_that_cannot_be_followed(text: bytes, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        json_members.object_members(text, 0)
    assert caught.value.problems[0].code == code


def test_a_value_begins_behind_mark_and_white_space() -> None:
    assert json_members.start(b"\xef\xbb\xbf \n[1]") == 5
    assert json_members.value_end(b"[[[", 0) is None
    assert json_members.value_end(b"", 0) is None


def test_any_depth_can_be_followed() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    assert list(json_members.array(b"[" + deep + b"]", 0)) == [(1, 200_001)]
