"""Contacts as they are compared."""

import pytest

from aiqyn.streams.intake.contacts import contacts


@pytest.mark.parametrize("text", ["+7 701 000 00 01", "8 (701) 000-00-01", "87010000001", "７７０１００００００１"])
def test_one_number_is_written_in_many_ways(text: str) -> None:
    assert contacts([text], None, None) == ("phone:77010000001",)


def test_only_the_trunk_prefix_of_eleven_digits_changes() -> None:
    assert contacts(["8701000000"], None, None) == ("phone:8701000000",)
    assert contacts(["+82 10 0000 0001"], None, None) == ("phone:821000000001",)


def test_several_in_one_text_are_parted() -> None:
    assert contacts(["+374 10 00 00 01; +374 10 00 00 02"], ["A@x.org, b@X.org"], None) == (
        "email:a@x.org",
        "email:b@x.org",
        "phone:37410000001",
        "phone:37410000002",
    )


def test_addresses_are_their_words() -> None:
    assert contacts(None, None, ["Almaty,  OILAN str. 5/1"]) == ("address:almaty oilan str 5 1",)


def test_accounts_are_letters_and_digits() -> None:
    assert contacts(None, None, None, ["kz12 3456-78"]) == ("account:KZ12345678",)


def test_nothing_is_left_of_fillers() -> None:
    assert contacts(["-", "00000000", "12"], ["none", "@"], [" , "], ["", "000"]) == ()
