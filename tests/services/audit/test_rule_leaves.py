"""Rules in the audit log: what decides alerts has a leaf, once for each change."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import msgspec
from sqlalchemy import Engine, select

from aiqyn.rules import catalogue
from aiqyn.rules import profile as profiles
from aiqyn.rules.profile import Profile
from aiqyn.services.audit.rules import rule_state, tell, tell_rules
from aiqyn.services.audit.verify.database import findings
from aiqyn.services.store.database import connect, reading
from aiqyn.services.store.tables import leaf
from tests.services.audit.conftest import Case

GENERIC = profiles.load("generic")
RULES = len(catalogue.load())


def told(case: Case) -> list[dict[str, object]]:
    """The documents of all leaves of rules, in order."""
    query = select(leaf.c.document).where(leaf.c.kind == "rule").order_by(leaf.c.id)
    with case.engine.connect() as connection:
        return [msgspec.json.decode(text) for text in connection.execute(query).scalars()]


def judge(case: Case, profile: Profile) -> int:
    return tell(case.engine, catalogue.configure(profile), profile)


def test_each_change_of_what_decides_alerts_is_one_leaf(empty: Case) -> None:
    assert tell_rules(empty.engine, "generic") == RULES
    assert tell_rules(empty.engine, "generic") == 0  # a restart
    stricter = replace(GENERIC, overrides={**GENERIC.overrides, "COI-04": {"min_share": ">= 10 %"}})
    assert [judge(empty, stricter), judge(empty, stricter)] == [1, 0]
    assert told(empty)[-1] == rule_state(catalogue.configure(stricter)["COI-04"], stricter)
    assert judge(empty, GENERIC) == 1  # back again is a change too
    wider = replace(GENERIC, blood=GENERIC.blood + 1)
    assert judge(empty, wider) == RULES
    rules = dict(catalogue.configure(wider))
    rules["COI-01"] = replace(rules["COI-01"], version=rules["COI-01"].version + 1)
    assert tell(empty.engine, rules, wider) == 1
    del rules["COI-01"]
    assert [tell(empty.engine, rules, wider) for _ in "12"] == [1, 0]
    assert told(empty)[-1] == {"rule": "COI-01"}
    empty.advance()
    assert empty.verify().ok


_EDITS = (
    "SET document = replace(document, '\"version\"', '\"Version\"')",
    "SET document = NULL, salt = NULL",
    "SET ref = 'COI-02'",
    "SET kind = 'alert'",
)


def test_an_edit_of_a_rule_in_the_log_is_found(empty: Case) -> None:
    tell_rules(empty.engine, "generic")
    empty.advance()
    where = "WHERE kind = 'rule' AND ref = 'COI-01'"
    for edit in (*(f"UPDATE leaf {change} {where}" for change in _EDITS), f"DELETE FROM leaf {where}"):
        with empty.engine.connect() as connection:
            assert connection.exec_driver_sql(edit).rowcount == 1
            assert list(findings(connection, empty.signer.verifier())), edit
            connection.rollback()
    assert empty.verify().ok


def test_several_that_start_at_once_write_each_leaf_once(empty: Case) -> None:
    engines = [connect(empty.settings.database_url, create=False) for _ in range(4)]
    together = Barrier(len(engines))

    def start(engine: Engine) -> int:
        with reading(engine) as connection:  # connected before they race
            connection.execute(select(leaf.c.id).limit(1)).all()
        together.wait()
        return tell_rules(engine, "generic")

    with ThreadPoolExecutor(len(engines)) as pool:
        assert sum(pool.map(start, engines)) == RULES
    for engine in engines:
        engine.dispose()
    assert sorted(str(document["rule"]) for document in told(empty)) == sorted(catalogue.load())
