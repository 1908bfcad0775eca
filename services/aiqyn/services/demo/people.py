"""People of the demo country, all invented."""

from __future__ import annotations

from dataclasses import dataclass

from aiqyn.services.demo import names
from aiqyn.services.demo.calendar import day_text
from aiqyn.services.demo.chance import Chance
from aiqyn.services.demo.envelope import Json
from aiqyn.services.demo.identifiers import person_number


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person as the registers know them. `iin` is empty where a register has no number for a record."""

    iin: str
    birth: str
    """Day of birth, `YYYY-MM-DD`; empty: not stated."""
    name: str
    record: str
    """Record id at the register of owners."""
    female: bool
    data: Json
    """The PERSON of our own event types."""

    @property
    def id(self) -> str:
        return f"KZ-IIN:{self.iin}"


def person(
    serial: int, record: str, rng: Chance, born: tuple[int, int] = (1955, 1992), female: bool | None = None
) -> Person:
    """A new person born in the years `born` (both included, three at least)."""
    wanted = rng.random() < 0.5 if female is None else female
    iin, day = person_number(serial, *born, wanted, rng)
    name = names.person_name(rng)
    spelled = [{"fullName": name, "lang": "kk"}]
    if rng.random() < 0.5:
        spelled.append({"fullName": names.russian(name), "lang": "ru"})
    if rng.random() < 0.25:
        spelled.append({"fullName": names.latin(name), "lang": "en"})
    birth = day_text(day)
    data: Json = {"identifiers": [{"scheme": "KZ-IIN", "id": iin}], "names": spelled, "birthDate": birth}
    return Person(iin, birth, name, record, iin[6] in "46", data)


def spelled_otherwise(who: Person) -> Person:
    """The same person as a register that writes Latin letters has them: equal number, other spelling."""
    name = names.latin(who.name)
    data = who.data | {"names": [{"fullName": name, "lang": "en"}]}
    return Person(who.iin, who.birth, name, who.record, who.female, data)


def unnumbered(who: Person, record: str, with_birth: bool, phone: str | None = None) -> Person:
    """A record of the same name without a number; with the same birth date and phone if asked for."""
    data: Json = {"recordId": record, "names": [{"fullName": who.name, "lang": "kk"}]}
    if with_birth:
        data["birthDate"] = who.birth
    if phone is not None:
        data["phones"] = [phone]
    return Person("", who.birth if with_birth else "", who.name, record, who.female, data)


def with_phone(who: Person, phone: str) -> Person:
    return Person(who.iin, who.birth, who.name, who.record, who.female, who.data | {"phones": [phone]})
