"""Random sequences of what several users do, against a small model."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from aiqyn.services import settings as reading_settings
from aiqyn.services.accounts import users
from aiqyn.services.review.actions import act
from aiqyn.services.review.asked import Actor, Request
from aiqyn.services.review.errors import ActionRefused
from aiqyn.services.review.rows import REVIEW
from aiqyn.services.review.settling import settle
from aiqyn.services.store.administering import open_to_administer
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import action, alert

REVIEWER = frozenset({"read", "review"})
ACTORS = {
    "aida": Actor("aida", "XX-PER:1", REVIEWER),
    "aida2": Actor("aida2", "XX-PER:1", REVIEWER | {"approve"}, True),
    "berik": Actor("berik", "XX-PER:2", REVIEWER | {"approve"}, True),
}
SEVERITIES = {"a": "critical", "b": "low", "c": "high"}
Row = dict[str, Any]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.sampled_from(sorted(ACTORS)), st.sets(st.sampled_from("abc"), min_size=1)),
        st.tuples(st.just("assign"), st.sampled_from(sorted(ACTORS)), st.sets(st.sampled_from("abc"), min_size=1)),
        st.tuples(st.sampled_from(["approve", "reject", "undo"]), st.sampled_from(sorted(ACTORS)), st.integers(0, 9)),
    ),
    max_size=14,
)


def fill(engine: Engine) -> None:
    for name, actor in ACTORS.items():
        role = "supervisor" if actor.supervisor else "auditor"
        users.add(engine, "cli:test", name, [role], person=actor.person)
    with writing(engine) as connection:
        for id, severity in SEVERITIES.items():
            connection.execute(
                insert(alert).values(
                    id=id, rule="COI-02", data_state="current", severity=severity, certainty="certain",
                    identity="identifier", managed=False, retroactive=False, revision=1, raised_at=1, updated_at=1,
                    document=msgspec.json.encode({"id": id, "rule": "COI-02"}).decode(),
                )
            )  # fmt: skip


def state(engine: Engine) -> dict[str, Row]:
    with reading(engine) as connection:
        rows = connection.execute(select(alert)).mappings().all()
    return {row["id"]: {name: row[name] for name in REVIEW} for row in rows}


def step(engine: Engine, kind: str, who: str, what: Any, made: list[str]) -> Any:
    actor = ACTORS[who]
    if kind in ("decide", "assign"):
        ids = tuple(sorted(what))
        asked = Request("decide", ids, "managed", "x") if kind == "decide" else Request("assign", ids, assignee=who)
        return act(engine, actor, asked, lambda person, alerts: {}, lambda row, proposal: "")
    if not made:
        return None
    return settle(engine, actor, made[what % len(made)], kind, None, lambda person, alerts: {})  # type: ignore[arg-type]  # two kinds


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_second_person_and_undo_hold_in_any_order(steps: list[Any]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        environ = {"AIQYN_KEYS_DIR": str(folder / "keys"), "AIQYN_STATE_DIR": str(folder / "state")}
        chosen = reading_settings.read(environ, f"sqlite:///{folder / 'aiqyn.db'}")
        with open_to_administer(chosen) as database:
            run(database.engine, steps)


def run(engine: Engine, steps: list[Any]) -> None:
    fill(engine)
    made: list[str] = []
    before: dict[str, dict[str, Row]] = {}
    for kind, who, what in steps:
        earlier = state(engine)
        try:
            done = step(engine, kind, who, what, made)
        except ActionRefused:
            assert state(engine) == earlier
            continue
        if done is None:
            continue
        now = state(engine)
        if kind in ("decide", "assign"):
            made.append(done["id"])
            before[done["id"]] = {id: earlier[id] for id in done["alerts"]}
        if kind == "undo":
            assert {id: now[id] for id in done["alerts"]} == before[done["id"]]
        assert all(now[id] == earlier[id] for id in SEVERITIES if id not in done["alerts"])
        closed_by_two(engine, now)


def closed_by_two(engine: Engine, now: dict[str, Row]) -> None:
    """Every grave alert that is closed was decided by one person and approved by another."""
    with reading(engine) as connection:
        rows = connection.execute(select(action).where(action.c.kind == "decide", action.c.state == "done")).all()
    persons = {name: actor.person for name, actor in ACTORS.items()}
    for id, row in now.items():
        if row["review_status"] == "closed" and SEVERITIES[id] != "low":
            found = [each for each in rows if id in msgspec.json.decode(each.document)["alerts"]]
            assert any(each.decided_by and persons[each.by] != persons[each.decided_by] for each in found)
