"""National numbers of the demo country: forms and check digits of KZ-BIN and KZ-IIN, the numbers invented.

Every number is a function of a serial, and two serials never give the same number.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from operator import mul

from aiqyn.services.demo.chance import Chance

_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_FIRST_ZEROS, _SECOND_ZEROS = 48 * sum(_FIRST), 48 * sum(_SECOND)
"""What eleven characters `0` (ASCII 48) weigh."""
_CYCLE = 512
"""Days in a cycle of births: persons whose serials share four digits are born on different days of it."""
_BIRTHS_FROM = date(1930, 1, 1).toordinal()
MOST_ENTITIES = 3_000_000
MOST_PERSONS = 10_000 * _CYCLE


def check_digit(eleven: str) -> int | None:
    """The twelfth digit: weights 1..11 modulo 11; on 10 weights 3..11, 1, 2; on 10 again there is none."""
    digits = eleven.encode()
    for weights, zeros in ((_FIRST, _FIRST_ZEROS), (_SECOND, _SECOND_ZEROS)):
        rest: int = (sum(map(mul, digits, weights)) - zeros) % 11
        if rest < 10:
            return rest
    return None


def entity_number(serial: int, year: int, month: int) -> tuple[str, int, int]:
    """A BIN and the year and month of foundation in it: those asked for, or the next that give a check digit.

    Raises ValueError for a serial that is not in `[0, MOST_ENTITIES)`.
    """
    if not 0 <= serial < MOST_ENTITIES:
        raise ValueError(f"serial {serial}: the demo country numbers at most {MOST_ENTITIES} entities")
    tail = f"{4 + serial // 1_000_000}{serial // 100_000 % 10}{serial % 100_000:05d}"
    while True:
        eleven = f"{year % 100:02d}{month:02d}{tail}"
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}", year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def person_number(serial: int, born_from: int, born_until: int, female: bool, rng: Chance) -> tuple[str, int]:
    """An IIN and the day of birth (an ordinal) in it, from `born_from` to `born_until` (three years or more).

    Digit 7 gives century and sex; where no day of those years has a check digit, the sex is the other one.
    Raises ValueError for a serial that is not in `[0, MOST_PERSONS)`.
    """
    if not 0 <= serial < MOST_PERSONS:
        raise ValueError(f"serial {serial}: the demo country numbers at most {MOST_PERSONS} persons")
    cycle, four = divmod(serial, 10_000)
    first = _BIRTHS_FROM + (cycle + four * 193) % _CYCLE
    low = -(-(_new_year(born_from) - first) // _CYCLE)
    high = (_new_year(born_until + 1) - 1 - first) // _CYCLE
    count = high - low + 1
    start = rng.below(count)
    for sex in (female, not female):
        for step in range(count):
            day = first + (low + (start + step) % count) * _CYCLE
            birth = date.fromordinal(day)
            century = (5 if birth.year >= 2000 else 3) + sex
            eleven = f"{birth.year % 100:02d}{birth.month:02d}{birth.day:02d}{century}{four:04d}"
            digit = check_digit(eleven)
            if digit is not None:
                return f"{eleven}{digit}", day
    raise ValueError(f"serial {serial}: no number from {born_from} to {born_until}")


@cache
def _new_year(year: int) -> int:
    return date(year, 1, 1).toordinal()
