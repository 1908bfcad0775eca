"""The numbers of the demo country are valid and never repeat."""

from __future__ import annotations

from datetime import date

import pytest

from aiqyn.services.demo.chance import Chance
from aiqyn.services.demo.identifiers import check_digit, entity_number, person_number


def by_the_book(number: str) -> bool:
    """The rule of design section 6, written the slow way."""
    digits = [int(character) for character in number]
    rest = sum(weight * digit for weight, digit in zip(range(1, 12), digits, strict=False)) % 11
    if rest == 10:
        weights = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11
    return len(number) == 12 and rest == digits[11]


@pytest.mark.parametrize(
    ("number", "why"),
    [("100740000907", "first pass"), ("660808300910", "first pass"), ("000540005206", "leading zeros")],
)
def test_known_numbers_are_confirmed(number: str, why: str) -> None:
    assert check_digit(number[:11]) == int(number[11]), why


def test_some_eleven_digits_have_no_check_digit() -> None:
    without = [eleven for eleven in (f"8001013{n:04d}" for n in range(10_000)) if check_digit(eleven) is None]
    assert without
    assert not any(by_the_book(f"{eleven}{last}") for eleven in without for last in range(10))


def test_entity_numbers_are_valid_and_differ() -> None:
    rng = Chance(5)
    serials = [*range(3_000), *range(99_990, 100_010), *range(999_990, 1_000_010), 2_999_999]
    made = [entity_number(serial, rng.between(2004, 2016), rng.between(1, 12)) for serial in serials]
    numbers = [number for number, _, _ in made]
    assert len(set(numbers)) == len(numbers)
    for number, year, month in made:
        assert by_the_book(number)
        assert number[4] in "456"
        assert (int(number[:2]), int(number[2:4])) == (year % 100, month)


def test_person_numbers_are_valid_and_differ() -> None:
    rng = Chance(6)
    serials = [*range(3_000), *range(10_000, 13_000), *range(20_000, 21_000), 5_119_999]
    numbers = set()
    for serial in serials:
        born = rng.pick(((1930, 1940), (1955, 1992), (1996, 2002), (2012, 2016)))
        number, day = person_number(serial, *born, rng.random() < 0.5, rng)
        birth = date.fromordinal(day)
        assert by_the_book(number)
        assert number[:6] == f"{birth:%y%m%d}"
        assert number[6] in ("56" if birth.year >= 2000 else "34")
        assert born[0] <= birth.year <= born[1]
        numbers.add(number)
    assert len(numbers) == len(serials)


@pytest.mark.parametrize("serial", [-1, 3_000_000])
def test_an_entity_beyond_the_last_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        entity_number(serial, 2010, 1)


@pytest.mark.parametrize("serial", [-1, 5_120_000])
def test_a_person_beyond_the_last_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        person_number(serial, 1960, 1990, False, Chance(1))
