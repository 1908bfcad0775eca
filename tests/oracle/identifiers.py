"""Numbers and names of the invented country: the numbers valid by their check digits, the names no words."""

from collections.abc import Iterator
from datetime import date
from random import Random

SYLLABLES = (
    "ar",
    "bo",
    "dau",
    "er",
    "gul",
    "il",
    "kai",
    "lan",
    "mur",
    "nur",
    "ora",
    "san",
    "tem",
    "ul",
    "zhan",
    "yer",
)


def check_digit(body: str) -> int | None:
    """The twelfth digit of a KZ-IIN or KZ-BIN, None where these eleven digits have none."""
    check = sum(weight * int(digit) for weight, digit in enumerate(body, 1)) % 11
    if check == 10:
        second = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        check = sum(weight * int(digit) for weight, digit in zip(second, body, strict=True)) % 11
    return None if check == 10 else check


def person_numbers(random: Random) -> Iterator[tuple[str, date]]:
    """Distinct KZ-IIN numbers, each with the birth date it states."""
    taken: set[str] = set()
    while True:
        born = date.fromordinal(random.randint(date(1940, 1, 1).toordinal(), date(1999, 12, 31).toordinal()))
        yield from _finish(f"{born:%y%m%d}{random.choice('34')}{random.randrange(10_000):04}", taken, born)


def company_numbers(random: Random) -> Iterator[str]:
    """Distinct KZ-BIN numbers."""
    taken: set[str] = set()
    while True:
        month, serial = f"{random.randrange(25):02}{random.randint(1, 12):02}", random.randrange(100_000)
        for number, _ in _finish(f"{month}{random.choice('456')}0{serial:05}", taken, date.min):
            yield number


def _finish(body: str, taken: set[str], born: date) -> Iterator[tuple[str, date]]:
    check = check_digit(body)
    if check is not None and f"{body}{check}" not in taken:
        taken.add(f"{body}{check}")
        yield f"{body}{check}", born


def word(random: Random) -> str:
    """An invented word of three syllables."""
    return "".join(random.choices(SYLLABLES, k=3)).capitalize()
