"""OCDS releases as facts."""

import msgspec
from msgspec import UNSET

from aiqyn.schemas.canonical import content
from aiqyn.schemas.json_text import decode
from aiqyn.streams import facts
from aiqyn.streams.intake.normalise_ocds import release

TIME = "2024-04-10T09:30:00Z"


def normal(text: str) -> tuple[facts.Release, dict[str, str]]:
    data = decode(text.encode())
    fact, doubts = release(data, content("/t", "e", "procurement.release.v1", TIME, data), TIME)
    return fact, {issue.pointer: issue.code for issue in doubts.issues}


FULL = """{"ocid":"ocds-test00-1","id":"1","date":"2024-04-10T09:00:00Z","tag":["award"],
"buyer":{"id":"b","name":"Oilan Department"},
"parties":[{"id":"b","name":"Oilan Department","roles":["buyer"],
  "identifier":{"scheme":"KZ-BIN","id":"010140000014","legalName":"Oilan Department of Works"},
  "contactPoint":{"name":"Zhanarbek","telephone":"8 701 000 00 01","email":"A@example.org"},
  "address":{"streetAddress":"Oilan 1","locality":"Almaty"}}],
"tender":{"title":"Roofs","status":"complete","procurementMethod":"open","lots":[{"id":"1","status":"active"}],
  "tenderPeriod":{"startDate":"2024-03-01"},"procuringEntity":{"id":"b"},"tenderers":[{"id":"s"}]},
"bids":{"details":[{"id":"bid-1","status":"valid","date":"2024-03-02","tenderers":[{"id":"s"}],
  "relatedLots":["1"],"value":{"amount":10.50,"currency":"KZT"}}]},
"awards":[{"id":"a","status":"active","date":"2024-04-10","suppliers":[{"id":"s"}],"items":[{"relatedLot":"1"}],
  "value":{"amount":10.50,"currency":"KZT"}}],
"contracts":[{"id":"c","awardID":"a","status":"active","dateSigned":"2024-04-10"}],
"relatedProcesses":[{"id":"1","relationship":["prior"],"identifier":"ocds-test00-0"}]}"""


def test_the_detection_profile_of_a_release() -> None:
    fact, issues = normal(FULL)
    assert issues == {}
    body = facts.Organization("b")
    seller = facts.Organization("s")
    money = facts.Money("10.50", "KZT")
    assert fact == facts.Release(
        "ocds-test00-1",
        "1",
        "2024-04-10T09:00:00Z",
        ("award",),
        facts.Organization("b", "Oilan Department"),
        (
            facts.Organization(
                "b",
                "Oilan Department",
                ("KZ-BIN:010140000014",),
                ("buyer",),
                ("address:oilan 1 almaty", "email:a@example.org", "phone:77010000001"),
                ("Oilan Department of Works",),
            ),
        ),
        facts.Tender("Roofs", "complete", "open", "2024-03-01", UNSET, body, (seller,), (facts.Lot("1", "active"),)),
        (facts.Bid("bid-1", "valid", "2024-03-02", money, (seller,), ("1",)),),
        (facts.Award("a", "active", "2024-04-10", money, (seller,), ("1",)),),
        (facts.Contract("c", "a", "active", "2024-04-10"),),
        (facts.RelatedProcess("1", ("prior",), "ocds-test00-0"),),
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(fact), type=facts.Release) == fact


def test_dates_after_the_event_are_doubted_and_kept() -> None:
    fact, issues = normal(
        FULL.replace('"status":"active","date":"2024-04-10"', '"status":"active","date":"2024-04-11"')
    )
    assert issues == {"/data/awards/0/date": "quality.dateFuture"}
    assert isinstance(fact.awards, tuple)
    assert fact.awards[0].date == "2024-04-11"


def test_null_stays_null_and_missing_stays_missing() -> None:
    fact, _ = normal(
        '{"ocid":"o","id":"1","date":"2024","tag":["tender"],"buyer":null,"bids":null,'
        '"tender":{"title":null,"tenderers":null}}'
    )
    assert (fact.buyer, fact.bids, fact.parties) == (None, None, UNSET)
    assert isinstance(fact.tender, facts.Tender)
    assert (fact.tender.title, fact.tender.tenderers, fact.tender.status) == (None, None, UNSET)
