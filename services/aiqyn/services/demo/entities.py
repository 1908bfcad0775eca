"""Companies and public bodies of the demo country, all invented, with contacts that nobody else has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiqyn.services.demo import names
from aiqyn.services.demo.calendar import day_of, day_text
from aiqyn.services.demo.chance import Chance
from aiqyn.services.demo.envelope import Json
from aiqyn.services.demo.identifiers import entity_number

Kind = Literal["company", "publicBody", "quasiPublic"]
Budget = Literal["national", "regional", "district"]
BodyForm = Literal["ministry", "department", "council", "akimat", "school", "hospital"]

_FORMS: dict[BodyForm, tuple[str, str, str]] = {
    "ministry": ("{} ісі министрлігі", "Министерство дел «{}»", "Ministry of {}"),
    "department": ("{} өңірлік басқармасы", "Региональный департамент «{}»", "Department of {}"),
    "council": ("{} ауданының кеңесі", "Совет района «{}»", "Council of {}"),
    "akimat": ("{} ауданының әкімдігі", "Акимат района «{}»", "Akimat of {}"),
    "school": ("{} мектебі", "Школа «{}»", "School {}"),
    "hospital": ("{} ауруханасы", "Больница «{}»", "Hospital {}"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """A company or public body as its register has it."""

    number: str
    name: str
    kind: Kind
    record: str
    """Record id at the register of owners."""
    founded: int
    listed: bool
    state_owned: bool
    data: Json
    """The ENTITY of our own event types."""
    register: Json
    """The whole `registry.company` payload."""
    contact: Json
    """OCDS contact point."""

    @property
    def id(self) -> str:
        return f"KZ-BIN:{self.number}"

    @property
    def party(self) -> str:
        """Its id as an OCDS party."""
        return f"KZ-BIN-{self.number}"


def company(
    serial: int,
    record: str,
    rng: Chance,
    *,
    listed: bool = False,
    state_owned: bool = False,
    address: str | None = None,
) -> Entity:
    """A limited partnership, or a joint-stock company where it is listed; founded from 2004 to 2016."""
    proper = names.company_name(rng)
    form = ("АҚ", "АО", "JSC") if listed else ("ЖШС", "ТОО", "LLP")
    spelled = (
        f"«{proper}» {form[0]}",
        f"{form[1]} «{names.russian(proper)}»",
        f"{names.latin(proper)} {form[2]}",
    )
    kind: Kind = "quasiPublic" if state_owned else "company"
    return _entity(serial, record, rng, kind, spelled, listed, state_owned, None, None, address)


def body(serial: int, record: str, rng: Chance, form: BodyForm, parent: Entity | None, budget: Budget | None) -> Entity:
    """A public body below `parent`, paid from a budget of that level."""
    proper = names.word(rng)
    kazakh, in_russian, english = _FORMS[form]
    spelled = (
        kazakh.format(proper),
        in_russian.format(names.russian(proper)),
        english.format(names.latin(proper)),
    )
    return _entity(serial, record, rng, "publicBody", spelled, False, False, parent, budget, None)


def _entity(
    serial: int,
    record: str,
    rng: Chance,
    kind: Kind,
    spelled: tuple[str, str, str],
    listed: bool,
    state_owned: bool,
    parent: Entity | None,
    budget: Budget | None,
    address: str | None,
) -> Entity:
    number, year, month = entity_number(serial, rng.between(2004, 2016), rng.between(1, 12))
    founded = day_of(year, month, rng.between(1, 28))
    phone, mail = f"+7 7{serial:09d}", f"office{serial}@mail.example"
    name = spelled[1]
    identity: Json = {"identifiers": [{"scheme": "KZ-BIN", "id": number}], "name": name}
    register: Json = {
        "entity": identity,
        "kind": kind,
        "names": [{"name": text, "lang": lang} for text, lang in zip(spelled, ("kk", "ru", "en"), strict=True)],
        "jurisdiction": "KZ",
        "status": "active",
        "incorporated": day_text(founded),
        "dissolved": None,
        "parentBody": parent.data if parent is not None else None,
        "budgetLevel": budget,
        "stateOwned": state_owned,
        "listed": listed,
        "addresses": [address or f"улица {names.russian(names.word(rng))}, дом {serial}"],
        "phones": [phone],
        "emails": [mail],
        "bankAccounts": [f"KZ00999{serial:013d}"],
    }
    contact: Json = {"email": mail, "telephone": phone}
    return Entity(number, name, kind, record, founded, listed, state_owned, identity, register, contact)
