"""People who can sign in to the demo: one or two of each role."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Engine

from aiqyn.services.accounts import users

PEOPLE = (
    ("publisher", "publisher"),
    ("analyst", "analyst"),
    ("aida", "auditor"),
    ("timur", "auditor"),
    ("dana", "supervisor"),
    ("berik", "supervisor"),
    ("dpo", "dpo"),
    ("admin", "admin"),
)


class DemoUser(NamedTuple):
    """A user with the password that was made this time."""

    user: str
    password: str
    role: str

    def as_json(self) -> dict[str, object]:
        return {"user": self.user, "password": self.password, "roles": [self.role]}


def make(engine: Engine, by: str) -> list[DemoUser]:
    """The users, made where they do not exist; each with a new password."""
    made = []
    for name, role in PEOPLE:
        password = users.new_password()
        if users.find(engine, name) is None:
            users.add(engine, by, name, [role], password=password)
        else:
            users.change(engine, by, name, password=password)
        made.append(DemoUser(name, password, role))
    return made
