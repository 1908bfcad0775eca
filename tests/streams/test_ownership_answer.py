"""Ownership and control by events: cases whose exact results are published or worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from aiqyn.schemas.days import parse_day
from aiqyn.streams.ownership_answer import decimal, ownership
from tests.streams.ledger import Ledger, event

SOURCE = "/owners"
PEOPLE = frozenset({"P", "Q", "R", "O", "P2", "P3", "F", "S0"})


class Register:
    """A register of owners that publishes BODS 0.4. Names in PEOPLE are persons, others companies."""

    def __init__(self, edges: str = "") -> None:
        self.lines: list[bytes] = []
        self._known: set[str] = set()
        for edge in edges.split(",") if edges else ():
            pair, share = edge.split()
            holder, company = pair.split(">")
            self.owns(holder, company, {"exact": float(Fraction(share) * 100)})

    def owns(
        self,
        holder: str,
        company: str,
        share: dict[str, Any] | None,
        type: str = "shareholding",
        **interest: Any,
    ) -> Register:
        """State one interest; `share` in percent as BODS writes it, None: no share is stated."""
        details = {"type": type, "directOrIndirect": "direct", "startDate": "2020-01-01", **interest}
        if share is not None:
            details["share"] = share
        party = self.party(holder)
        return self._relationship(self.party(company), party, details)

    def unspecified(self, company: str, share: float) -> Register:
        """State an owner that nobody names."""
        interest = {"type": "shareholding", "startDate": "2020-01-01", "share": {"exact": share}}
        return self._relationship(self.party(company), {"reason": "unknown"}, interest)

    def party(self, name: str, entity_type: str = "registeredEntity") -> str:
        if name not in self._known:
            self._known.add(name)
            if name in PEOPLE:
                details = {
                    "personType": "knownPerson",
                    "names": [{"type": "legal", "fullName": f"Person {name}"}],
                }
                self._publish("person", name, details)
            else:
                self._publish("entity", name, {"entityType": {"type": entity_type}, "name": f"Company {name}"})
        return name

    def _relationship(self, company: str, party: object, interest: dict[str, Any]) -> Register:
        details = {"subject": company, "interestedParty": party, "interests": [interest]}
        self._publish("relationship", f"relation {len(self.lines)}", details)
        return self

    def _publish(self, kind: str, record: str, details: dict[str, Any]) -> None:
        statement = {
            "statementId": f"statement {len(self.lines)}",
            "statementDate": "2020-01-01",
            "declarationSubject": record,
            "recordId": record,
            "recordStatus": "new",
            "recordType": kind,
            "recordDetails": {"isComponent": False, **details},
            "publicationDetails": {"bodsVersion": "0.4", "publicationDate": "2020-01-01"},
        }
        id = f"event {len(self.lines)}"
        self.lines.append(event(SOURCE, id, "ownership.statement.v1", "2020-01-02T00:00:00Z", statement))

    def ask(self, company: str, day: str = "2024-01-01", everyone: bool = False) -> Answer:
        engine = Ledger(self.lines).engine
        return Answer(ownership(engine, rec(company), parse_day(day).first, everyone))


class Answer:
    def __init__(self, report: dict[str, Any]) -> None:
        self.report = report
        self.holders = {entry["holder"].rpartition(":")[2]: entry for entry in report["holders"]}

    def figures(self, holder: str) -> tuple[str, str, str]:
        """Capital from and to, without zeros at the end, and control."""
        entry = self.holders[holder]
        low, high = (bound.rstrip("0").removesuffix(".") for bound in entry["ownership"])
        return low, high, entry["control"]

    def exactly(self, holder: str) -> tuple[str, str]:
        low, high, control = self.figures(holder)
        assert low == high
        return low, control


def rec(name: str) -> str:
    return f"REC:{SOURCE}:{name}"


def test_pyramid() -> None:
    register = Register("P>A .6,A>B .6,B>C .6")
    assert register.ask("C").exactly("P") == ("0.216", "certain")
    assert register.ask("B").exactly("P") == ("0.36", "certain")
    companies = register.ask("C", everyone=True)
    assert list(companies.holders) == ["B", "A", "P"]
    assert companies.exactly("A") == ("0.36", "certain")
    assert [entry["kind"] for entry in companies.report["holders"]] == ["company", "company", "person"]


def test_chinese_boxes() -> None:
    assert Register("P>A .52,A>B .51,B>C .51").ask("C").exactly("P") == ("0.135252", "certain")


def test_several_ways_to_one_company() -> None:
    register = Register("S0>S1 .8,S0>S2 .6,S0>S3 .1,S1>S3 .4,S2>S1 .1,S2>S3 .2")
    assert register.ask("S3").exactly("S0") == ("0.564", "certain")
    assert register.ask("S1").exactly("S0") == ("0.86", "certain")
    assert register.ask("S2").exactly("S0") == ("0.6", "certain")


def test_cross_holding() -> None:
    register = Register("A>B .5,B>A .25,F>A .01,F>B .01")
    into_a, into_b = register.ask("A"), register.ask("B", everyone=True)
    assert into_a.exactly("F") == (decimal(Fraction(1, 70)), "no")
    assert into_b.exactly("F") == (decimal(Fraction(3, 175)), "no")
    # of a company the walks that return to it are left out
    assert into_b.exactly("A") == ("0.5", "no")
    assert "B" not in into_b.holders


def test_ring_of_three() -> None:
    register = Register("A>B .5,B>C .5,C>A .5,P>A .5,Q>B .5,R>C .5")
    for company, share in (("A", Fraction(4, 7)), ("B", Fraction(2, 7)), ("C", Fraction(1, 7))):
        assert register.ask(company).exactly("P") == (decimal(share), "no")


def test_closed_loop() -> None:
    answer = Register("A>B 1,B>A 1").ask("A", everyone=True)
    assert answer.report["issues"] == [{"code": "closedLoop", "entities": [rec("A"), rec("B")]}]
    assert all(entry["kind"] == "company" for entry in answer.report["holders"])


def test_control_through_others_is_a_fixpoint() -> None:
    register = Register("AT>PV .7,AT>In .4,PV>In .1,PV>RC .6,RC>In .1,RC>GB .3,GL>AC .4,In>AC .4,In>SC .99,SC>GB .3")
    controlled = {
        company: {holder: entry["control"] for holder, entry in register.ask(company, everyone=True).holders.items()}
        for company in ("PV", "RC", "In", "SC", "GB", "AC")
    }
    assert {company for company, by in controlled.items() if by.get("AT") == "certain"} == {
        *("PV", "RC", "In", "SC", "GB")
    }
    assert {company for company, by in controlled.items() if by.get("PV") == "certain"} == {"RC"}
    assert {company for company, by in controlled.items() if by.get("In") == "certain"} == {"SC"}
    assert register.ask("In", everyone=True).exactly("AT")[0] == "0.512"
    assert register.ask("GB", everyone=True).exactly("AT")[0] == "0.278064"
    assert register.ask("AC", everyone=True).exactly("AT") == ("0.2048", "no")


def test_joint_subsidiaries() -> None:
    assert Register("P>X .6,P>Y .6,X>Z .26,Y>Z .25").ask("Z").exactly("P") == ("0.306", "certain")


def test_deadlock() -> None:
    answer = Register("P>A .5,Q>A .5").ask("A")
    assert [answer.exactly(name) for name in ("P", "Q")] == [("0.5", "no")] * 2


def test_nobody_of_a_family_controls_alone() -> None:
    answer = Register("P2>C8 .3,P3>C8 .3,O>C8 .4").ask("C8")
    assert [entry["holder"] for entry in answer.report["holders"]] == [rec("O"), rec("P2"), rec("P3")]
    assert {entry["control"] for entry in answer.report["holders"]} == {"no"}


def test_treasury_shares() -> None:
    assert Register("B>B .2,P>B .8").ask("B").exactly("P") == ("1", "certain")


def test_diamond() -> None:
    assert Register("P>A .5,P>B .5,A>S .5,B>S .5").ask("S").exactly("P") == ("0.5", "no")


def test_bands() -> None:
    register = Register().owns("P", "A", {"minimum": 25, "maximum": 50})
    register.owns("A", "B", {"minimum": 50, "maximum": 75})
    assert register.ask("B").figures("P") == ("0.125", "0.375", "no")
    wide = Register().owns("P", "A", {"minimum": 75, "maximum": 100})
    wide.owns("A", "B", {"minimum": 75, "maximum": 100})
    assert wide.ask("B").figures("P") == ("0.5625", "1", "certain")
    doubtful = Register().owns("P", "A", {"minimum": 25, "maximum": 75})
    assert doubtful.ask("A").figures("P") == ("0.25", "0.75", "possible")


def test_intervals_of_days_are_half_open() -> None:
    register = Register().owns("P", "A", {"exact": 60}, startDate="2022-01-01", endDate="2023-04-01")
    assert register.ask("A", "2023-03-31").exactly("P") == ("0.6", "certain")
    assert register.ask("A", "2023-04-01").report["holders"] == []


def test_no_float_decides_at_a_threshold() -> None:
    half = Register("P>A 1,P>B 1,P>C 1,A>D .17,B>D .28,C>D .05")
    assert half.ask("D").exactly("P") == ("0.5", "no")
    assert Register("P>A .7,A>B .35,P>B .005").ask("B").exactly("P") == ("0.25", "no")


def test_votes_differ_from_capital() -> None:
    register = Register("P>A .2").owns("P", "A", {"exact": 60}, "votingRights")
    answer = register.ask("A")
    assert answer.exactly("P") == ("0.2", "certain")
    assert answer.holders["P"]["votes"] == ["0.600000000000"] * 2


def test_control_without_a_share_is_listed() -> None:
    register = Register("Q>A .9").owns("P", "A", None, "appointmentOfBoard")
    answer = register.ask("A")
    assert answer.figures("P") == ("0", "0", "certain")
    assert answer.holders["P"]["ownership"] == ["0.000000000000"] * 2


def test_public_bodies_are_listed_and_companies_on_request() -> None:
    register = Register()
    register.party("Treasury", "stateBody")
    register.owns("Treasury", "H", {"exact": 100}).owns("H", "A", {"exact": 60})
    assert [(entry["holder"], entry["kind"]) for entry in register.ask("A").report["holders"]] == [
        (rec("Treasury"), "body")
    ]
    assert [entry["kind"] for entry in register.ask("A", everyone=True).report["holders"]] == [
        "company",
        "body",
    ]


def test_over_allocated_company_is_an_issue_and_its_stakes_are_doubtful() -> None:
    answer = Register("P>A .9,Q>A .8").ask("A")
    assert answer.report["issues"] == [{"code": "overAllocated", "entities": [rec("A")]}]
    assert answer.figures("P") == ("0", "0.9", "possible")


def test_unspecified_owner_is_an_issue_of_the_company_that_it_owns() -> None:
    answer = Register("P>A .4,A>B .5").unspecified("A", 60).ask("B", everyone=True)
    assert answer.report["issues"] == [{"code": "unspecifiedOwner", "entities": [rec("A")]}]
    assert set(answer.holders) == {"P", "A"}


def test_greatest_share_first_then_name() -> None:
    answer = Register("Q>A .2,P>A .2,R>A .3").ask("A")
    assert list(answer.holders) == ["R", "P", "Q"]


def test_unknown_company() -> None:
    with pytest.raises(LookupError, match="no record names"):
        Register("P>A .5").ask("Z")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(1), "1.000000000000"),
        (Fraction(0), "0.000000000000"),
        (Fraction(1, 8), "0.125000000000"),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(1, 3), "0." + "3" * 30),
        (Fraction(2, 3), "0." + "6" * 29 + "7"),
    ],
)
def test_decimals_are_exact_where_they_end(value: Fraction, written: str) -> None:
    assert decimal(value) == written
