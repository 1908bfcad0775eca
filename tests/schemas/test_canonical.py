"""The content of an event: what does not matter to it, and what does."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas.canonical import canonical, content, content_hash
from aiqyn.schemas.json_text import decode

# names around the end of the basic plane, where the order by code points and the one by code units differ
texts = st.text(
    st.characters(exclude_characters="\0", codec="utf-8") | st.sampled_from("\ue000\ufb33\uffff\U00010000\U0001f600")
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=20,
)


def reference(value: object) -> str:
    """JCS, from the words of RFC 8785 (3.2), for values without fractions."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{reference(name)}:{reference(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(reference, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def shuffled(value: object, order: random.Random) -> object:
    if isinstance(value, dict):
        members = list(value.items())
        order.shuffle(members)
        return {name: shuffled(item, order) for name, item in members}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(values)
def test_it_is_jcs(value: object) -> None:
    raw = json.dumps(value).encode()
    assert canonical(decode(raw)) == reference(value).encode()


@settings(deadline=None)
@given(
    value=values,
    order=st.randoms(use_true_random=False),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
)
def test_order_white_space_and_escapes_do_not_matter(
    value: object, order: random.Random, indent: int | None, ascii_only: bool
) -> None:
    other = json.dumps(shuffled(value, order), indent=indent, ensure_ascii=ascii_only).encode()
    assert canonical(decode(other)) == canonical(decode(json.dumps(value).encode()))


@settings(deadline=None)
@given(values)
def test_reading_it_again_changes_nothing(value: object) -> None:
    text = canonical(decode(json.dumps(value).encode()))
    assert canonical(decode(text)) == text


def test_names_are_ordered_by_utf16_code_units() -> None:
    # RFC 8785, 3.2.3: U+1F600 is written with the code units D83D DE00, which come before FB33
    value = {"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "\r": 4, "1": 5, "\u0080": 6, "\u00f6": 7}
    assert [*json.loads(canonical(value))] == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize("beyond", ["", "\U0001f600"])
def test_only_needed_escapes_are_written(beyond: str) -> None:
    text = "".join(map(chr, range(1, 0x20))) + '"\\/\x7f\u2028' + beyond
    written = (
        '"\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f'
        "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
        f'\\"\\\\/\x7f\u2028{beyond}"'
    )
    assert canonical(text) == written.encode()


@pytest.mark.parametrize("beyond", [b"", ',"\U0001f600":0'.encode()])
def test_the_text_of_a_number_matters(beyond: bytes) -> None:
    found = {
        canonical(decode(b'{"a":' + number + beyond + b"}"))
        for number in (b"0", b"-0", b"0.0", b"1", b"1.0", b"1.00", b"1e0", b"1E0", b"18446744073709551617")
    }
    assert len(found) == 9
    assert canonical(decode(b'{"a":1.50' + beyond + b"}")).startswith(b'{"a":1.50')


def test_content_is_the_five_members_in_order() -> None:
    data = decode(b'{"b":1.0,"a":[]}')
    text = content("/s", "i", "t.v1", "2024-03-01T00:00:00Z", data)
    written = b'{"data":{"a":[],"b":1.0},"id":"i","source":"/s","time":"2024-03-01T00:00:00Z","type":"t.v1"}'
    assert text == written
    assert content_hash(text) == hashlib.sha256(written).digest()
