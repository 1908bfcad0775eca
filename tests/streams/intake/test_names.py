"""Keys of names."""

from hypothesis import given
from hypothesis import strategies as st

from aiqyn.streams.intake.names import name_key


def test_order_case_and_width_do_not_matter() -> None:
    assert name_key("OMAROV, Dauren") == name_key("Dauren Omarov") == "dauren omarov"
    assert name_key("Ｏmarov Dauren") == "dauren omarov"
    assert name_key("ӘЛІБЕК Айша") == name_key("Айша Әлібек")
    assert name_key("Straße") == name_key("STRASSE")


def test_other_words_matter() -> None:
    assert name_key("Dauren Omarov") != name_key("Dauren Omar")
    assert name_key("...") == ""


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.lists(st.text("abcäжқ", min_size=1, max_size=5), max_size=5))
def test_any_order_of_words_has_one_key(words: list[str]) -> None:
    assert name_key(" ".join(words)) == name_key(" ".join(reversed(words)))
