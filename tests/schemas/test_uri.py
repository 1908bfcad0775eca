"""URI references: what may stand as the source of an event."""

import pytest

from aiqyn.schemas.uri import is_uri_reference


@pytest.mark.parametrize("text", ["/register", "https://a.example/b?c=d#e", "urn:x:1", "/a%20b", "/тізілім", "a"])
def test_taken(text: str) -> None:
    assert is_uri_reference(text)


@pytest.mark.parametrize("text", ["", "a b", " /a", "/a\n", "/a%2", "/a%zz", "<a>", "/a|b", 'a"b', "/a\u00a0b"])
def test_refused(text: str) -> None:
    assert not is_uri_reference(text)
