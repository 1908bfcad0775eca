"""Interests in a company, direct and through others, and what falls just short of one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.oracle.planned import DAY, MANAGERS, Interest, Plant, Process
from tests.oracle.statements import Body, Holder, Person, share

if TYPE_CHECKING:
    from tests.oracle.country import Builder


def spoils(b: Builder, already: bool) -> bool:
    return not already and b.chance(0.35)


def direct(b: Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    persons, old = (official.id,), date(2019, 5, 2)
    way = b.random.randrange(12)
    if way == 0:
        small = [share(3, startDate=f"{old}"), share(6, type="votingRights", startDate=f"{old}")]
        b.book.owns(official, company, small, old)
        return ("COI-01", True), persons
    if way == 1:
        b.book.owns(official, company, [share(None, type="otherInfluenceOrControl", startDate=f"{old}")], old)
        return ("COI-01", True), persons
    if way == 4:
        # The votes and the capital do not add up.
        small = [share(3, startDate=f"{old}"), share(4, type="votingRights", startDate=f"{old}")]
        b.book.owns(official, company, small, old)
        return None, persons
    if way == 5:
        # Over-allocated: each stake may be nothing.
        b.book.owns(official, company, [share(30, startDate=f"{old}")], old)
        b.book.owns(b.person(), company, [share(80, startDate=f"{old}")], old)
        return ("COI-01", False), persons
    if way == 6:
        # The others leave at most 4 % of the band.
        b.book.owns(official, company, [share("0-25", startDate=f"{old}")], old)
        b.book.owns(b.person(), company, [share(96, startDate=f"{old}")], old)
        return None, persons
    if way == 2:
        b.book.owns(official, company, [share(4.99, startDate=f"{old}")], old)
        return None, persons
    if way == 3:
        b.book.registered(company, listed=True)
        b.book.owns(official, company, [share(5, startDate=f"{old}")], old)
        return None, persons
    percent, certain = b.random.choice(((5, True), (40, True), ("25-50", True), ("0-25", False), (None, False)))
    standing = b.stake(official, company, percent, run, spoils(b, spoilt))
    return (("COI-01", certain) if standing else None), persons


def post_in_company(b: Builder, run: Process, who: Person, company: Body, spoil: bool) -> bool:
    """`who` manages `company` in the window, or, where spoilt, never does."""
    start, way = date(2018, 3, 1), b.random.randrange(7)
    role = b.random.choice(MANAGERS)
    if way == 5:
        # Held by public bodies: half is not over half.
        b.book.owns(b.random.choice(b.buyers), company, [share(50.01 if spoil else 50)], start)
        b.book.directs(who, company, role, start)
        return not spoil
    if not spoil:
        end = run.first + DAY if way == 0 else None
        if way == 1:
            b.book.owns(who, company, [share(None, type="seniorManagingOfficial", startDate=f"{start}")], start)
        else:
            b.book.directs(who, company, role, start, end)
        return True
    if way == 0:
        b.book.directs(who, company, role, start, ex_officio=True)
    elif way == 1:
        b.book.registered(company, state_owned=True)
        b.book.directs(who, company, role, start)
    elif way == 2:
        b.book.directs(who, company, role, start, run.first)
    elif way == 3:
        b.book.directs(who, company, role, run.last + DAY)
    else:
        b.book.directs(who, company, "boardMember", start)
    return False


def manages(b: Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    stands = post_in_company(b, run, official, company, spoils(b, spoilt))
    return (("COI-02", True) if stands else None), (official.id,)


def indirect(b: Builder, run: Process, official: Person, company: Body, spoilt: bool) -> Plant:
    persons = (official.id,)
    if b.chance(0.1):
        # A doubtful stake of one's own does not hide a sure one through another company, only a doubtful one.
        b.doubtful_owners.add(official)
        b.book.owns(official, company, [share("0-25")], date(2016, 2, 1))
        other = b.company()
        b.book.owns(official, other, [share(60)], date(2016, 2, 1))
        b.book.owns(other, company, [share(60)], date(2016, 2, 1))
        return ("COI-03", True), persons
    return through_others(b, run, official, company, spoils(b, spoilt), "COI-03"), persons


def through_others(b: Builder, run: Process, who: Person, company: Body, spoil: bool, rule: str) -> Interest:
    way, old = b.random.randrange(8), date(2016, 2, 1)
    if way == 0:
        # A loop: x / (1 - 0.2) of the company, 5 % exactly where x is 4 %.
        other = b.company()
        b.book.owns(who, company, [share(3.99 if spoil else 4)], old)
        b.book.owns(other, company, [share(20)], old)
        b.book.owns(company, other, [share(100)], old)
        return None if spoil else (rule, True)
    if way == 1:
        # Two ways up: 4 % of 35 % and 3.6 % are 5 % exactly.
        other = b.company()
        b.book.owns(who, other, [share(4)], old)
        b.book.owns(other, company, [share(35)], old)
        b.book.owns(who, company, [share(3.59 if spoil else 3.6)], old)
        return None if spoil else (rule, True)
    if way == 3:
        # Over a half of over a half ...: control, though the lower bound of the share is 2 ** -5.
        rungs = [company, *(b.company() for _ in range(4))]
        holders: list[Holder] = [*rungs[1:], who]
        for held, holder in zip(rungs, holders, strict=True):
            b.book.owns(holder, held, [share(50 if spoil else "50-75")], old)
        return None if spoil else (rule, True)
    if way == 4:
        # An over-allocated loop: nothing for sure, without limit at most; spoilt, somebody else's.
        other = b.company()
        b.book.owns(other, company, [share(100)], old)
        b.book.owns(company, other, [share(100)], old)
        b.book.owns(b.person() if spoil else who, other, [share(0.5)], old)
        return None if spoil else (rule, False)
    chain = [b.company() for _ in range(b.random.randint(1, 5))]
    for held, holder in zip([company, *chain[:-1]], chain, strict=True):
        b.book.owns(holder, held, [share(50 if way == 2 else 90)], old)
    if way == 2:
        # Half of a half ...: 2 ** -n of the company, without control.
        b.book.owns(who, chain[-1], [share(50 if not spoil else 0.5)], old)
        return (rule, True) if not spoil and len(chain) < 4 else None
    percent, certain = b.random.choice(((30, True), (60, True), ("50-75", True), ("0-25", False)))
    return (rule, certain) if b.stake(who, chain[-1], percent, run, spoil) else None
