"""Public bodies of a district and the people who serve there, with families; none of them has a company."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiqyn.services.demo.calendar import day_of, year_of
from aiqyn.services.demo.entities import Entity
from aiqyn.services.demo.people import Person
from aiqyn.services.demo.world import Role, World

_MINISTERIAL: tuple[Role, ...] = ("minister", "deputyHead")
_DEPARTMENT_ROLES: tuple[Role, ...] = ("head", "deputyHead", "unitHead", "staff")
_COUNCIL_ROLES: tuple[Role, ...] = ("councilMember",) * 5
_AKIMAT_ROLES: tuple[Role, ...] = ("akim", "procurement", "staff")
_BUYER_ROLES: tuple[Role, ...] = ("head", "deputyHead", "procurement", "staff", "boardMember")


@dataclass(slots=True)
class District:
    """A regional department, a council with its akimat, and the schools and hospitals that buy."""

    department: Entity
    council: Entity
    buyers: list[Entity] = field(default_factory=list)
    staff: dict[Entity, list[Person]] = field(default_factory=dict)

    @property
    def officials(self) -> list[Person]:
        return [person for people in self.staff.values() for person in people]


def ministries(world: World, count: int) -> list[Entity]:
    """The ministries of the country, each with a minister and a deputy."""
    made = [world.body("ministry", None, "national") for _ in range(count)]
    for ministry in made:
        for role in _MINISTERIAL:
            person = world.person()
            world.post(person, ministry, role, level="national")
            _family(world, person)
    return made


def district(world: World, ministry: Entity, buyers: int) -> District:
    """A district whose department is below `ministry`; `buyers` bodies are below department or akimat."""
    department = world.body("department", ministry, "regional")
    council = world.body("council", None, "district")
    akimat = world.body("akimat", council, "district")
    made = District(department, council)
    _appoint(world, made, department, _DEPARTMENT_ROLES)
    _appoint(world, made, council, _COUNCIL_ROLES)
    _appoint(world, made, akimat, _AKIMAT_ROLES)
    made.buyers = [department, akimat]
    for number in range(buyers):
        parent = akimat if number % 3 == 0 else department
        body = world.body("hospital" if number % 4 == 1 else "school", parent, "district")
        made.buyers.append(body)
        _appoint(world, made, body, _BUYER_ROLES[: world.rng.between(2, 5)])
    return made


def _appoint(world: World, into: District, body: Entity, roles: tuple[Role, ...]) -> None:
    serving: list[Person] = []
    for role in roles:
        person = world.person()
        start = world.past()
        if world.rng.random() < 0.2:
            world.post(world.person(), body, role, start=start - 900, end=start)
        if world.rng.random() < 0.1:
            world.post(person, body, "staff", start=start - 400, end=start)
        world.post(person, body, role, start=start, level="district" if role == "councilMember" else "regional")
        serving.append(person)
        _family(world, person)
        if world.rng.random() < 0.3:
            _declaration(world, person, body)
    into.staff[body] = serving


def _family(world: World, person: Person) -> None:
    rng = world.rng
    married = rng.random() < 0.5
    if married:
        spouse = world.person(female=not person.female)
        divorced = rng.random() < 0.15
        world.relation(person, spouse, "spouse", start=world.past() - 2000, end=world.past() if divorced else None)
        if rng.random() < 0.3:
            world.relation(spouse, world.person((1930, 1950)), "parent")
    for relationship, chance, born in (
        ("child", 0.4, (2004, 2014)),
        ("parent", 0.2, (1930, 1950)),
        ("sibling", 0.2, (1955, 1990)),
        ("associate", 0.05, (1955, 1990)),
    ):
        if rng.random() < chance:
            world.relation(person, world.person(born), relationship)


def _declaration(world: World, person: Person, body: Entity) -> None:
    year = year_of(world.opened)
    income = {
        "kind": "employment",
        "holder": "self",
        "counterparty": body.data,
        "share": None,
        "amount": {"amount": str(world.rng.between(30, 120) * 100_000), "currency": "KZT"},
        "date": None,
        "ocid": None,
    }
    filed = day_of(year, 12, world.rng.between(1, 30))
    if filed >= world.opened:
        world.declare(person, filed, (day_of(year - 1, 1, 1), day_of(year, 1, 1)), [income])
