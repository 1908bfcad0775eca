"""What the properties found once, as the smallest examples that showed it. Everybody is invented."""

from itertools import permutations
from pathlib import Path

from tests.properties.running import Json, Run, run
from tests.properties.small_worlds import BINS, BODY_BINS, IINS, retracting
from tests.properties.stored import database, ingest, record, replayed, standing, ticking

OFFICIAL, OTHER = ({"identifiers": [{"scheme": "KZ-IIN", "id": number}]} for number in IINS)
BODY, SECOND = ({"identifiers": [{"scheme": "KZ-BIN", "id": number}]} for number in BODY_BINS)
FIRM, PARENT = ({"identifiers": [{"scheme": "KZ-BIN", "id": number}]} for number in BINS[:2])


def _event(id: str, type: str, data: Json, source: str = "/s/a") -> Json:
    return {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": f"{type}.v1",
        "time": "2024-01-15T08:00:00Z",
        "data": data,
    }


def _party(name: str, number: str) -> Json:
    return {"id": name, "name": name, "identifier": {"scheme": "KZ-BIN", "id": number}}


def _award(id: str = "award") -> Json:
    """The body awards to the firm on 10 March 2024."""
    return _event(
        id,
        "procurement.release",
        {
            "ocid": "ocds-x-1",
            "id": "1",
            "date": "2024-03-01T09:00:00Z",
            "tag": ["award"],
            "initiationType": "tender",
            "parties": [_party("b0", BODY_BINS[0]), _party("c0", BINS[0])],
            "buyer": {"id": "b0"},
            "awards": [{"id": "a", "status": "active", "date": "2024-03-10", "suppliers": [{"id": "c0"}]}],
        },
    )


def _post(id: str, person: Json, body: Json = BODY) -> Json:
    return _event(id, "official.occupancy", {"person": person, "organization": body, "post": "-", "role": "head"})


def _directs(id: str, person: Json, company: Json = FIRM) -> Json:
    return _event(id, "registry.directorship", {"company": company, "person": person, "role": "director"})


def _statement(id: str, kind: str, record: str, details: Json, **members: object) -> Json:
    data = {
        "statementId": id,
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "declarationSubject": "c0",
        "statementDate": "2020-01-01",
        "recordDetails": {"isComponent": False, **details},
        **members,
    }
    return _event(id, "ownership.statement", data)


def _orders_agree(events: list[Json]) -> dict[str, Json]:
    expected = run(events).current()
    for order in permutations(events):
        assert run(order).current() == expected
    return expected


def _stays_true(events: list[Json]) -> Run:
    """The engine judges again whatever each event can change."""
    told = Run()
    for event in events:
        told.take(event)
        assert told.current() == told.judged_anew()
    return told


def test_one_record_id_for_a_person_and_a_relationship() -> None:
    stake = {"subject": "c0", "interestedParty": "r", "interests": [{"type": "shareholding", "share": {"exact": 60}}]}
    firm = {"entityType": {"type": "registeredEntity"}, **FIRM}
    found = _orders_agree(
        [
            _statement("s1", "relationship", "r", stake),
            _statement("s2", "person", "r", {"personType": "knownPerson", **OFFICIAL}),
            _statement("s3", "entity", "c0", firm),
            _award(),
            _post("post", OFFICIAL),
        ]
    )
    assert {alert["rule"] for alert in found.values()} == {"COI-01"}


def test_one_statement_id_with_two_lists_of_replaced_statements() -> None:
    def owner(id: str, replaces: list[str], share: int, date: str) -> Json:
        data = {
            "statementID": "t1",
            "statementType": "ownershipOrControlStatement",
            "statementDate": date,
            "replacesStatements": replaces,
            "subject": {"describedByEntityStatement": "c0"},
            "interestedParty": {"describedByPersonStatement": "p0"},
            "interests": [{"type": "shareholding", "share": {"exact": share}, "startDate": "2019-01-01"}],
        }
        return _event(id, "ownership.statement", data)

    twice = [owner("1", ["t2"], 30, "2020-01-01"), owner("2", ["t2", "t3"], 40, "2021-01-01")]
    third = owner("3", [], 50, "2019-01-01")
    third["data"] |= {"statementID": "t2"}
    who = _statement("who", "person", "p0", {"personType": "knownPerson", **OFFICIAL})
    firm = _statement("firm", "entity", "c0", {"entityType": {"type": "registeredEntity"}, **FIRM})
    rest = [who, firm, _award(), _post("post", OFFICIAL)]
    expected = run([*twice, third, *rest]).current()
    for order in permutations([*twice, third]):
        assert run([*order, *rest]).current() == expected
        retracted = run([*order, *rest, retracting("z", "/s/a", "/s/a", "2")])
        assert retracted.current() == run([twice[0], third, *rest]).current()


def _two_bidders_of_one_holder() -> list[Json]:
    """The holder is the record p9, of which nothing is said."""
    bids = _award()
    bids["data"]["parties"].append(_party("c1", BINS[1]))
    bids["data"]["bids"] = {"details": [{"id": str(n), "tenderers": [{"id": f"c{n}"}]} for n in (0, 1)]}
    owns = {"interestedParty": "p9", "interests": [{"type": "shareholding", "share": {"exact": 60}}]}
    stakes = [_statement(f"r{n}", "relationship", f"r{n}", {"subject": f"c{n}", **owns}) for n in (0, 1)]
    firms = [
        _statement(f"e{n}", "entity", f"c{n}", {"entityType": {"type": "registeredEntity"}, **firm})
        for n, firm in enumerate((FIRM, PARENT))
    ]
    return [bids, *firms, *stakes]


def test_a_holder_described_after_its_stake() -> None:
    """Whether a common holder is a person decides between rules: it must be asked again once that is known."""
    person = _statement("p9", "person", "p9", {"personType": "knownPerson"})
    told = _stays_true([*_two_bidders_of_one_holder(), person])
    assert {alert["rule"] for alert in told.current().values()} == {"OWN-01"}


def test_a_person_whom_another_event_names_by_record_alone() -> None:
    """A counterparty without a name may be a company or a person; who is stated to be a person is one."""
    person = _statement("p9", "person", "p9", {"personType": "knownPerson"})
    gift = {"kind": "gift", "holder": "self", "counterparty": {"recordId": "p9"}}
    declared = {"declarant": OFFICIAL, "filedAt": "2024-01-01", "items": [gift]}
    declaration = _event("declared", "official.declaration", declared)
    for order in ([person, declaration], [declaration, person]):
        told = _stays_true([*_two_bidders_of_one_holder(), *order])
        assert {alert["rule"] for alert in told.current().values()} == {"OWN-01"}
        told.take(retracting("z", "/s/a", "/s/a", "p9"))
        assert {alert["rule"] for alert in told.current().values()} == {"OWN-03"}


def test_the_death_of_somebody_named_in_a_process() -> None:
    """The seat ends on that day, and with it what rests on the seat alone."""
    committee = {"ocid": "ocds-x-1", "members": [{"person": OFFICIAL, "role": "chair"}]}
    declared = {
        "declarant": OFFICIAL,
        "filedAt": "2024-02-01",
        "items": [{"kind": "conflict", "holder": "self", "counterparty": FIRM}],
    }
    death = {"person": {**OFFICIAL, "deathDate": "2024-01-01"}, "organization": SECOND, "post": "-", "role": "staff"}
    told = _stays_true(
        [
            _award(),
            _event("committee", "procurement.committee", committee),
            _event("declared", "official.declaration", declared),
        ]
    )
    assert {alert["rule"] for alert in told.current().values()} == {"COI-09"}
    told.take(_event("death", "official.occupancy", death))
    assert told.current() == told.judged_anew() == {}


def test_a_decision_about_the_body_that_disposed_of_the_asset_before() -> None:
    def disposal(id: str, grantor: Json, recipient: Json, date: str) -> Json:
        data = {"id": id, "kind": "assetDisposal", "grantor": grantor, "recipient": recipient, "date": date}
        return _event(id, "allocation.made", {**data, "assetId": "mill"})

    same = {
        "left": f"KZ-BIN:{BODY_BINS[0]}",
        "right": f"KZ-BIN:{BODY_BINS[1]}",
        "verdict": "same",
        "decidedBy": "aida",
    }
    told = _stays_true(
        [
            disposal("first", BODY, PARENT, "2023-06-01"),
            disposal("second", {"recordId": "elsewhere"}, FIRM, "2024-03-01"),
            _post("post", OFFICIAL, SECOND),
            _directs("role", OFFICIAL),
            _event("decision", "identity.decision", same),
        ]
    )
    assert [alert["rule"] for alert in told.current().values()] == ["DIS-01"]


def test_a_join_of_persons_that_events_do_nothing_but_name() -> None:
    """An allocation names its recipient and its deciders; a join of the two cites it."""
    person = {"names": [{"fullName": "Aruna Oidan"}], "birthDate": "1980-01-01"}
    lease = {
        "id": "l1",
        "kind": "lease",
        "grantor": BODY,
        "recipient": {"recordId": "p3", **person},
        "deciders": [{"recordId": "p0", **person}],
        "date": "2024-03-20",
    }
    (alert,) = run([_event("lease", "allocation.made", lease)]).current().values()
    cited = [link["event"]["id"] for path in alert["paths"] for link in path if link["kind"] == "sameAs"]
    assert set(cited) == {"lease"}


def test_a_restart_after_a_retraction_that_came_before_its_target(tmp_path: Path) -> None:
    known = {"names": [{"fullName": "Aruna Oidan"}], "birthDate": "1980-01-01", "phones": ["+7 700 123 45 67"]}
    official, director = ({"recordId": name, **known} for name in ("p0", "p1"))
    events = [retracting("z", "/s/a", "/s/a", "post"), _award(), _post("post", official), _directs("role", director)]
    with database(tmp_path / "restarted.db") as store:
        parts = [[record(event) for event in events], [record(_post("again", official))]]
        verdicts = ingest(store, parts, ticking())
        assert [verdict.status for verdict in verdicts] == ["accepted"] * 5
        assert standing(store) == replayed(store)
        assert {(alert["rule"], alert["identity"]) for alert in standing(store)} == {("COI-02", "corroborated")}


def test_a_join_that_ends_another_leaves_the_rest_of_the_cluster_joined() -> None:
    """Three records are one person, until the first of them turns out to have two numbers of one register."""
    known = {"names": [{"fullName": "Aruna Oidan"}], "birthDate": "1980-01-01", "phones": ["+7 700 123 45 67"]}
    first, second, third = ({"recordId": f"p{number}", **known} for number in range(3))
    events = [
        _award(),
        _post("post", second),
        _directs("role", third),
        _directs("elsewhere", {**OFFICIAL, **first}, PARENT),
        _event("number", "political.donation", {"donor": {**OTHER, **first}, "recipient": BODY, **_SOME_DAY}),
    ]
    told = _stays_true(events)
    assert told.current() == run(events[::-1]).current()
    assert {(alert["rule"], alert["identity"]) for alert in told.current().values()} == {("COI-02", "corroborated")}


_SOME_DAY = {"amount": {"amount": "1", "currency": "KZT"}, "date": "2024-01-01"}
