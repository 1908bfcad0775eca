"""Strict JSON: what is refused, where, and that the fast way and the exact way agree."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiqyn.schemas.errors import Rejected
from aiqyn.schemas.json_text import decode, number_text

texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"))
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


def plain(value: object) -> object:
    """Numbers as Python reads them."""
    if isinstance(value, msgspec.Raw):
        return json.loads(bytes(value))
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def verdict(raw: bytes) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        decode(raw)
    return caught.value.problems[0][:2]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
@settings(deadline=None)
@given(value=values)
def test_every_json_value_is_read_as_python_reads_it(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert plain(decode(text.encode())) == json.loads(text)


def acceptable(raw: bytes) -> bool:
    """Whether a short text is strict JSON, told with the standard library alone."""

    def unique(members: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(members)) != len(members):
            raise ValueError
        return dict(members)

    def bounded(number: str) -> float:
        if abs(int(number.lower().partition("e")[2] or 0)) > 400:
            raise ValueError
        return float(number)

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=unique, parse_float=bounded, parse_constant=refuse)
        written = json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return b"\\u0000" not in written


@settings(deadline=None)
@given(st.binary(max_size=40) | st.text('{}[]",:\\ud0123abtrue.eE+- \n', max_size=40).map(str.encode))
def test_whatever_comes_gives_a_value_or_a_reason(raw: bytes) -> None:
    try:
        value = decode(raw)
    except Rejected:
        assert not acceptable(raw)
        return
    assert acceptable(raw)
    assert plain(value) == json.loads(raw.decode("utf-8-sig"))


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b'{"a":1,"a":1}', "json.duplicateKey", "/a"),
        (b'[{"a/b":{"c":1, "c":2}}]', "json.duplicateKey", "/0/a~1b/c"),
        (b'{"a":1,"\\u0061":2}', "json.duplicateKey", "/a"),
        (b'{"a":"\\u0000"}', "text.invalid", "/a"),
        (b'{"x":{"a\\u0000":1}}', "text.invalid", "/x/a\ufffd"),
        (b'["\\ud800"]', "text.invalid", "/0"),
        (b'["\\udc00\\ud800"]', "text.invalid", "/0"),
        (b'{"\\ud800":1}', "text.invalid", "/?"),
        (b'"a\0b"', "text.invalid", ""),
        (b'"\xff"', "text.invalid", ""),
        (b'"\xed\xa0\x80"', "text.invalid", ""),
        (b'"\xc0\x80"', "text.invalid", ""),
        (b"[NaN]", "json.invalid", "/0"),
        (b'{"a":-Infinity}', "json.invalid", "/a"),
        (b"[1,]", "json.invalid", ""),
        (b"{'a':1}", "json.invalid", ""),
        (b"01", "json.invalid", ""),
        (b"1 2", "json.invalid", ""),
        (b'"a\nb"', "json.invalid", ""),
        (b"", "json.invalid", ""),
        (b"\xef\xbb\xbf", "json.invalid", ""),
        (b'{"a":1e999999}', "json.invalid", "/a"),
        (b'{"a":1E-401}', "json.invalid", "/a"),
        (b'{"a":[' + b"7" * 401 + b"]}", "json.invalid", "/a/0"),
        (b'{"a":-' + b"7" * 401 + b"}", "json.invalid", "/a"),
        (b"0." + b"1" * 399, "json.invalid", ""),
    ],
)
def test_refused_with_code_and_pointer(raw: bytes, code: str, pointer: str) -> None:
    assert verdict(raw) == (code, pointer)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Rejected) as caught:
        decode(b'{"a":1,"a":"\\u0000","b":NaN}')
    found = {problem[:2] for problem in caught.value.problems}
    assert found == {("json.duplicateKey", "/a"), ("text.invalid", "/a"), ("json.invalid", "/b")}


@pytest.mark.parametrize(
    "number",
    [
        *("0", "-0", "-0.0", "1", "1.0", "1.50", "1e0", "1E+2", "1e400"),
        *("18446744073709551616", "-9223372036854775809", "9" * 400, "-" + "9" * 400),
    ],
)
@pytest.mark.parametrize("shape", ['{{"a":[{}]}}', ' {{ "\\u0061" : [ {} ] }} '])
def test_a_number_keeps_its_text(number: str, shape: str) -> None:
    value = decode(shape.format(number).encode())
    assert isinstance(value, dict)
    assert number_text(value["a"][0]) == number


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_two_hundred_levels_are_read_and_one_more_is_not(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    decode(opening * 200 + b"1" + closing * 200)
    assert verdict(opening * 201 + b"1" + closing * 201)[0] == "json.invalid"
    decode(opening * 199 + b"1" + closing * 199, inside=1)
    with pytest.raises(Rejected):
        decode(opening * 200 + b"1" + closing * 200, inside=1)


@pytest.mark.parametrize("levels", [300, 1_000, 100_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_any_depth_gives_a_verdict(levels: int, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    assert verdict(opening * levels + b"1" + closing * levels)[0] == "json.invalid"
    assert verdict(opening * levels)[0] == "json.invalid"


def test_many_brackets_that_are_not_deep_are_fine() -> None:
    assert decode(b"[" + b",".join([b"[]"] * 5_000) + b"]") == [[]] * 5_000


def test_depth_hidden_behind_a_repeated_member_is_seen() -> None:
    raw = b'{"a":' + b"[" * 300 + b"]" * 300 + b',"a":1}'
    with pytest.raises(Rejected) as caught:
        decode(raw)
    assert {problem.code for problem in caught.value.problems} == {"json.duplicateKey", "json.invalid"}


def test_long_digits_in_a_string_are_no_number() -> None:
    assert decode(b'"' + b"1" * 5_000 + b'"') == "1" * 5_000


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert decode(b'{"a":"\\\\u0000"}') == {"a": "\\u0000"}


def test_a_byte_order_mark_at_the_start_is_skipped() -> None:
    assert decode(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    assert verdict(b'{"a":1}\xef\xbb\xbf')[0] == "json.invalid"


@settings(deadline=None)
@given(
    pairs=st.lists(st.tuples(st.sampled_from("abc"), st.integers()), max_size=5),
    spaced=st.booleans(),
)
def test_a_member_stated_twice_is_always_seen(pairs: list[tuple[str, int]], spaced: bool) -> None:
    comma = ", " if spaced else ","
    raw = ("{" + comma.join(f'"{name}":{value}' for name, value in pairs) + "}").encode()
    if len({name for name, _ in pairs}) == len(pairs):
        assert decode(raw) == dict(pairs)
    else:
        assert verdict(raw)[0] == "json.duplicateKey"
