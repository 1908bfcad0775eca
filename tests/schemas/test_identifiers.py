"""Identifiers: which are valid, of what kind, and by which name records join. All numbers are made up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiqyn.schemas.identifiers import ALIASES, Identifier, atom, identify, iin_birth, parse_atom

FIRST = range(1, 12)
SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def kz_check(eleven: str) -> int:
    """Two passes modulo 11; 10: never issued."""
    check = sum(int(digit) * weight for digit, weight in zip(eleven, FIRST, strict=True)) % 11
    if check == 10:
        check = sum(int(digit) * weight for digit, weight in zip(eleven, SECOND, strict=True)) % 11
    return check


serials = st.integers(0, 9999).map("{:04d}".format)
births = st.dates(date(1800, 1, 1), date(2099, 12, 31))


@settings(deadline=None)
@given(births, st.booleans(), serials)
def test_an_iin_states_its_birth_date(birth: date, woman: bool, serial: str) -> None:
    century = (birth.year // 100 - 18) * 2 + (2 if woman else 1)
    eleven = f"{birth:%y%m%d}{century}{serial}"
    check = kz_check(eleven)
    found = identify("KZ-IIN", f"{eleven}{check % 10}")
    assert found.valid is (check != 10)
    if found.valid:
        assert (found.kind, iin_birth(found.id)) == ("person", birth)
        assert atom("kaz-iin", f" {found.id} ") == f"KZ-IIN:{found.id}"
        assert identify("KAZ-TAXID", found.id).scheme == "KZ-IIN"
        assert not identify("KZ-BIN", found.id).valid


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(1, 12), st.sampled_from("456"), st.integers(0, 10**6 - 1))
def test_a_bin_has_4_5_or_6_in_its_fifth_place(year: int, month: int, form: str, serial: int) -> None:
    eleven = f"{year:02d}{month:02d}{form}{serial:06d}"
    check = kz_check(eleven)
    found = identify("KZ-BIN", f"{eleven}{check % 10}")
    assert found.valid is (check != 10)
    if found.valid:
        assert found.kind == "company"
        assert identify("KAZ-TAXID", found.id).scheme == "KZ-BIN"
        assert not identify("KZ-IIN", found.id).valid


@settings(deadline=None)
@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 9))
def test_any_twelve_digits_are_judged_by_the_rule(eleven: str, last: int) -> None:
    number = f"{eleven}{last}"
    fits = kz_check(eleven) == last
    assert identify("KZ-BIN", number).valid is (fits and number[4] in "456")
    century = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}.get(number[6])
    try:
        born = century is not None and date(century + int(number[:2]), int(number[2:4]), int(number[4:6])) is not None
    except ValueError:
        born = False
    assert identify("KZ-IIN", number).valid is (fits and born)


def test_the_second_pass_and_a_number_that_is_never_issued() -> None:
    second = next(n for n in (f"1203{n:07d}" for n in range(10**6)) if _first(n) == 10 and kz_check(n) < 10)
    never = next(n for n in (f"12034{n:06d}" for n in range(10**6)) if kz_check(n) == 10)
    assert "check digit" not in identify("KZ-BIN", f"{second}{kz_check(second)}").why or second[4] in "456"
    assert not any(identify("KZ-BIN", f"{never}{last}").valid for last in range(10))
    assert "never issued" in identify("KZ-BIN", f"{never}0").why


def _first(eleven: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(eleven, FIRST, strict=True)) % 11


def test_lost_leading_zeros_are_named_and_never_padded() -> None:
    eleven = next(n for n in (f"00014{n:06d}" for n in range(100)) if kz_check(n) < 10)
    whole = f"{eleven}{kz_check(eleven)}"
    assert identify("KZ-BIN", whole).valid
    short = identify("KZ-BIN", whole.lstrip("0"))
    assert not short.valid
    assert short.id == whole.lstrip("0")
    assert "leading zeros" in short.why
    assert "would be valid" in short.why
    assert atom("KZ-BIN", whole.lstrip("0")) is None


LEI_BODY = "984500EXAMPLE0000A"


def lei(body: str) -> str:
    digits = int("".join(str(int(character, 36)) for character in body + "00"))
    return f"{body}{98 - digits % 97:02d}"


def test_lei_check_digits_by_modulo_97() -> None:
    good = lei(LEI_BODY)
    assert identify("LEI", good.lower()) == identify("XI-LEI", good)
    assert identify("XI-LEI", good)[:4] == ("XI-LEI", good, True, "company")
    assert not identify("XI-LEI", good[:-1] + str((int(good[-1]) + 1) % 10)).valid
    assert not identify("XI-LEI", good[:-1]).valid


def inn(body: str) -> str:
    def check(digits: str, weights: tuple[int, ...]) -> str:
        return str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)

    if len(body) == 9:
        return body + check(body, (2, 4, 10, 3, 5, 9, 4, 6, 8))
    eleven = body + check(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    return eleven + check(eleven, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


@settings(deadline=None)
@given(st.text("0123456789", min_size=9, max_size=10))
def test_russian_inn_of_companies_and_persons(body: str) -> None:
    assume(len(set(body)) > 2 and body.strip("0") and not body.startswith("12345678"))
    number = inn(body)
    assume(number[:-1].strip("0"))
    assert identify("RU-INN", number)[2:4] == (True, "company" if len(body) == 9 else "person")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not identify("RU-INN", wrong).valid


@pytest.mark.parametrize(
    ("scheme", "id", "valid", "kind"),
    [
        ("AM-TIN", "02718281", True, None),
        ("ARM-TAXID", "02718281", True, None),
        ("AM-TIN", "2718281", False, None),
        ("AM-TIN", "027182818", False, None),
        ("AM-TIN", "00000000", False, None),
        ("AM-TIN", "00000001", False, None),
        ("AM-TIN", "12345678", False, None),
        ("AM-TIN", "33333333", False, None),
        ("UA-EDR", "31415926", True, "company"),
        ("UA-EDR", "3141592653", False, None),
        ("GB-COH", "02718281", True, "company"),
        ("GB-COH", "sc271828", True, "company"),
        ("GB-COH", "2718281", False, None),
        ("GB-COH", "IP27182R", True, "company"),
        ("GB-COH", "SC27182", False, None),
        ("KZ-PASSPORT", "N27182818", True, "person"),
        ("ARM-IDCARD", "027182818", True, "person"),
        ("XX-REG", "7", True, None),
        ("XX-REG", "0", False, None),
        ("XX-REG", "77", False, None),
        ("XX-REG", "000-000-007", False, None),
        ("XX-REG", "1234567890", False, None),
        ("XX-REG", "A1234567890", True, None),
        ("XX-REG", "none", False, None),
        ("XX-REG", "", False, None),
        ("XX-REG", "  ", False, None),
        ("XX-REG", "27 18", True, None),
        ("XX-REG", "27\u00a018", True, None),  # a no-break space is a space, after NFKC
        ("XX-REG", "27\x0718", False, None),
        ("XX-REG", "27\u202e18", False, None),
        ("XX-REG", "27\ud80018", False, None),
        ("XX-REG", "7" * 63 + "1", True, None),
        ("XX-REG", "7" * 64 + "1", False, None),
        ("XX-REG", "7" * 10**6 + "1", False, None),
        ("XX-REG", "\u0662\u0667", False, None),  # digits of another script are no digits of an identifier
        ("XX-REG", "\uff12\uff17", True, None),  # full-width ones are, after NFKC
        ("", "2718", False, None),
        ("A:B", "2718", False, None),
        ("REC", "2718", False, None),
        ("aiqyn", "2718", False, None),
        ("X" * 10**6, "2718", False, None),
        ("Registro inventado de empresas", "80027182-8", True, None),
    ],
)
def test_rules_of_schemes(scheme: str, id: str, valid: bool, kind: str | None) -> None:
    found = identify(scheme, id)
    assert (found.valid, found.kind) == (valid, kind)
    assert found.why
    assert (atom(scheme, id) is not None) is valid


@settings(deadline=None)
@given(st.text() | st.sampled_from([*ALIASES, "KZ-BIN", "RU-INN"]), st.text() | st.text("0123456789"))
def test_any_text_gives_a_verdict_that_stands_when_asked_again(scheme: str, id: str) -> None:
    found = identify(scheme, id)
    assert found == identify(found.scheme, found.id) or not found.valid
    name = atom(scheme, id)
    if name is not None:
        assert name == f"{found.scheme}:{found.id}"
        assert parse_atom(name) == found


def test_what_is_no_text_is_no_identifier() -> None:
    assert identify("KZ-BIN", None).valid is False  # type: ignore[arg-type]  # as read from strangers
    assert atom("KZ-BIN", 7) is None  # type: ignore[arg-type]  # as read from strangers
    assert atom("KZ-BIN", ["7"]) is None  # type: ignore[arg-type]  # as read from strangers


def test_an_atom_ends_its_scheme_at_the_first_colon() -> None:
    assert parse_atom("xx-reg:a:1")[:3] == ("XX-REG", "a:1", True)
    assert parse_atom("2718") == Identifier("", "2718", False, None, "not of the form SCHEME:ID")


def test_aliases_lead_to_a_scheme_in_one_step() -> None:
    assert not set(ALIASES.values()) & set(ALIASES)
    assert all(name == name.upper() for pair in ALIASES.items() for name in pair)
