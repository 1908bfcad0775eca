"""The state of a process: merged as the reference implementation of OCDS merging does, in any order of arrival."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ocdsmerge import Merger

from aiqyn.schemas.canonical import content, content_hash
from aiqyn.schemas.days import parse_day
from aiqyn.schemas.envelope import Event
from aiqyn.streams.facts import Head, Release
from aiqyn.streams.intake.normalise import normalise
from aiqyn.streams.world.process import Fold, ProcessState, compile_process, release_order

Json = dict[str, Any]
OCID = "ocds-t3st00-1"
_PARTY: Json = {"parties": [{"id": "firm-0"}]}


def _objects(**members: Json) -> Json:
    """A list of objects merged by their ids, in the terms of a schema that the reference reads."""
    return {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, **members}}}


_REPLACED = {"type": "array", "wholeListMerge": True}
"""The reference replaces such a list as a whole: so the design has it for suppliers and tenderers."""
MERGER = Merger(
    schema={
        "properties": {
            "id": {"omitWhenMerged": True},
            "date": {"omitWhenMerged": True},
            "tag": {"omitWhenMerged": True},
            "tender": {"type": "object", "properties": {"tenderers": _REPLACED, "lots": _objects()}},
            "bids": {"type": "object", "properties": {"details": _objects(tenderers=_REPLACED)}},
            "awards": _objects(suppliers=_REPLACED),
            "contracts": _objects(),
            "parties": _objects(),
        }
    }
)


def fact(number: int, release: Json) -> tuple[Head, Release]:
    source, id, type, time = "/notices", f"{number:03}", "procurement.release.v1", f"{release['date']}"
    text = content(source, id, type, time, release)
    found = normalise(Event(source, id, type, time, release, text, content_hash(text), None)).fact
    assert isinstance(found, Release)
    return Head(number, source, id, type, 0, time, "", 0), found


days_ = st.integers(1, 28).map(lambda day: f"2024-03-{day:02}T00:00:00Z")
id_ = st.sampled_from(["1", "2"])
firm_ = st.sampled_from([f"firm-{n}" for n in range(3)]).map(lambda id: {"id": id})


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Objects with some of these members."""
    return st.fixed_dictionaries({}, optional=members)


award_ = st.builds(
    lambda id, rest: {"id": id} | rest,
    id_,
    some(
        status=st.sampled_from(["active", "pending", "cancelled", "unsuccessful", None]),
        date=st.one_of(days_, st.none()),
        suppliers=st.lists(firm_, max_size=2, unique_by=lambda firm: firm["id"]),
        relatedLots=st.lists(id_, max_size=1),
    ),
)
contract_ = st.builds(
    lambda id, rest: {"id": id} | rest,
    id_,
    some(awardID=id_, dateSigned=st.one_of(days_, st.none()), status=st.sampled_from(["active", "cancelled"])),
)
bid_ = st.builds(
    lambda id, rest: {"id": id} | rest,
    id_,
    some(date=days_, tenderers=st.lists(firm_, min_size=1, max_size=1), relatedLots=st.lists(id_, max_size=1)),
)


def unique(items: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    return st.lists(items, max_size=2, unique_by=lambda item: item["id"])


tender_ = some(
    status=st.sampled_from(["active", "complete", "cancelled", None]),
    tenderPeriod=some(startDate=days_, endDate=days_),
    lots=unique(st.builds(lambda id: {"id": id}, id_)),
    tenderers=st.lists(firm_, max_size=2, unique_by=lambda firm: firm["id"]),
)
release_ = some(
    tender=tender_,
    bids=st.builds(lambda details: {"details": details}, unique(bid_)),
    awards=unique(award_),
    contracts=unique(contract_),
)
tag_ = st.sampled_from(["planning", "tender", "tenderUpdate", "award", "awardUpdate", "contract"])


@st.composite
def releases_(draw: st.DrawFn) -> list[Json]:
    return [
        {"ocid": OCID, "id": f"release-{number}", "date": draw(days_), "tag": [draw(tag_)], **_PARTY, **draw(release_)}
        for number in range(draw(st.integers(1, 5)))
    ]


def merged(releases: list[Json], order: list[int]) -> Json:
    """The merged release that the reference makes of these, taken in this order."""
    again = json.loads(json.dumps([releases[number] for number in order]))
    for place, release in enumerate(again):
        release["date"] = f"2024-01-01T00:00:{place:02}Z"
    compiled: Json = MERGER.create_compiled_release(again)
    return compiled


def named(objects: Any, member: str, firm: str) -> list[Json]:
    """The objects that name a firm in one of their lists."""
    return [each for each in objects or () if firm in {ref["id"] for ref in each.get(member) or ()}]


def counting(awards: Any) -> list[Json]:
    return [award for award in awards or () if award.get("status") not in ("cancelled", "unsuccessful")]


def dated(award: Json, contracts: Any) -> int | None:
    """The award's day, if the award or a contract of it states one."""
    if award.get("date"):
        return parse_day(award["date"]).first
    days = [
        parse_day(each["dateSigned"]).first
        for each in contracts or ()
        if each.get("awardID") == award["id"] and each.get("status") != "cancelled" and each.get("dateSigned")
    ]
    return min(days, default=None)


def check(state: ProcessState, compiled: Json) -> None:
    tender = compiled.get("tender", {})
    assert state.cancelled == (tender.get("status") == "cancelled")
    assert state.has_lots == bool(tender.get("lots"))
    bids = compiled.get("bids", {}).get("details", [])
    parties = {party.atoms[0].rpartition("/")[2]: party for party in state.parties}
    for firm in ("firm-0", "firm-1", "firm-2"):
        won = named(counting(compiled.get("awards")), "suppliers", firm)
        bid = named(bids, "tenderers", firm)
        takes_part = bool(won or bid or named([tender], "tenderers", firm))
        assert (firm in parties) == takes_part
        if not takes_part:
            continue
        party = parties[firm]
        assert party.awards == tuple(sorted(award["id"] for award in won))
        stages = {
            each.get("awardID") in party.awards and each.get("status") != "cancelled"
            for each in compiled.get("contracts", ())
        }
        assert party.stage == ("contract" if True in stages else "award" if won else "bid")
        stated = [each.get("relatedLots") or [] for each in won or bid]
        assert party.lots == (tuple(sorted({lot for lots in stated for lot in lots})) if all(stated) else ())
        assert party.bid_day == min((parse_day(b["date"]).first for b in bid if b.get("date")), default=0)
        days = [dated(award, compiled.get("contracts")) for award in won]
        if won and None not in days:
            assert party.end[0] == party.end[1] == max(day for day in days if day is not None)


@settings(max_examples=120, deadline=None)
@given(releases_(), st.randoms(use_true_random=False))
def test_merged_as_the_reference_merges(releases: list[Json], chance: Random) -> None:
    facts = [fact(number, release) for number, release in enumerate(releases, 1)]
    state = compile_process(facts)
    order = sorted(range(len(facts)), key=lambda number: release_order(*facts[number]))
    check(state, merged(releases, order))
    assert compile_process(chance.sample(facts, len(facts))) == state


@settings(max_examples=60, deadline=None)
@given(releases_())
def test_one_release_after_another_is_the_same_as_all_at_once(releases: list[Json]) -> None:
    facts = sorted((fact(n, release) for n, release in enumerate(releases, 1)), key=lambda each: release_order(*each))
    fold = Fold()
    for place, (head, release) in enumerate(facts, 1):
        fold.add(head, release)
        assert fold.state() == compile_process(facts[:place])


def release(day: str, *tag: str, **members: Any) -> Json:
    return {
        "ocid": OCID,
        "id": day + "-".join(tag),
        "date": day,
        "tag": list(tag),
        "parties": [{"id": "firm-0"}],
        **members,
    }


def test_a_compiled_release_comes_last_and_replaces_what_went_before() -> None:
    won = {"id": "1", "status": "active", "date": "2024-03-05", "suppliers": [{"id": "firm-0"}]}
    other = {"id": "2", "status": "active", "date": "2024-03-06", "suppliers": [{"id": "firm-1"}]}
    state = compile_process(
        [
            fact(1, release("2024-03-01", "compiled", awards=[other])),
            fact(2, release("2024-04-01", "award", awards=[won])),
        ]
    )
    assert [party.awards for party in state.parties] == [("2",)]


def test_releases_of_one_moment_go_by_their_highest_tag_then_by_id() -> None:
    first = fact(1, release("2024-03-01", "award", "planning"))
    second = fact(2, release("2024-03-01", "tender"))
    assert release_order(*second) < release_order(*first)
    sooner = fact(3, release("2024-03-01T01:00:00+05:00", "contract"))
    assert release_order(*sooner) < release_order(*second)


def test_an_award_with_a_partial_date_before_the_opening_may_be_its_own_window() -> None:
    award = {"id": "1", "date": "2024", "suppliers": [{"id": "firm-0"}]}
    (party,) = compile_process([fact(1, release("2024-03-01", "award", awards=[award]))]).parties
    assert party.start == (parse_day("2024-01-01").first, parse_day("2024-03-01").first)
    assert party.end == tuple(parse_day("2024"))


def test_the_opening_is_the_earlier_on_every_reading() -> None:
    award = {"id": "1", "date": "2024-06-01", "suppliers": [{"id": "firm-0"}]}
    tender = {"tenderPeriod": {"startDate": "2024"}}
    (party,) = compile_process([fact(1, release("2024-03-01", "award", awards=[award], tender=tender))]).parties
    assert party.start == (parse_day("2024-01-01").first, parse_day("2024-03-01").first)
