"""The detection profile of an OCDS 1.1 release, read leniently.

Required: `ocid`, `id`, a readable `date` and `tag` (a list, or a single text). A release that names nobody yet (a
planning one) counts too: the process begins with it. All else is repaired or left out, with a quality issue.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple, get_args

from msgspec import UNSET, Struct, UnsetType

from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.lenient import Json, Lenient, exact, number_text
from aiqyn.schemas.own.fields import is_date

ID_LENGTH: Final = 1024

Tag = Literal[
    "planning",
    "planningUpdate",
    "tender",
    "tenderAmendment",
    "tenderUpdate",
    "tenderCancellation",
    "award",
    "awardUpdate",
    "awardCancellation",
    "contract",
    "contractUpdate",
    "contractAmendment",
    "implementation",
    "implementationUpdate",
    "contractTermination",
    "bid",
    "compiled",
]
TAGS: Final = frozenset(get_args(Tag))
"""Codes of OCDS 1.1's releaseTag list, and `bid` of the bids extension."""
TENDER_STATUS: Final = frozenset(
    ["planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"]
)
AWARD_STATUS: Final = frozenset(["pending", "active", "cancelled", "unsuccessful"])
CONTRACT_STATUS: Final = frozenset(["pending", "active", "cancelled", "terminated"])

OptionalText = str | None | UnsetType


class Money(Struct, frozen=True):
    """An exact amount as decimal text, and its currency."""

    amount: str
    currency: str


class Organization(Struct, frozen=True, omit_defaults=True):
    """A party, or a reference to one."""

    id: OptionalText = UNSET
    name: OptionalText = UNSET
    """`name`, else the first other name."""
    names: tuple[str, ...] = ()
    """Other names: of the identifier, by language."""
    identifiers: tuple[str, ...] | UnsetType = UNSET
    """Valid identifiers as `SCHEME:ID`, sorted."""
    roles: tuple[str, ...] | UnsetType = UNSET
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    reachable: bool = False
    """Whether an address or contact point is stated at all."""


class Award(Struct, frozen=True, omit_defaults=True):
    """An award: to whom, when, for how much, in which lots."""

    id: OptionalText = UNSET
    status: OptionalText = UNSET
    date: OptionalText = UNSET
    value: Money | UnsetType | None = UNSET
    suppliers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[str, ...] | UnsetType | None = UNSET


class Bid(Struct, frozen=True, omit_defaults=True):
    """A bid (bids extension)."""

    id: OptionalText = UNSET
    status: OptionalText = UNSET
    date: OptionalText = UNSET
    value: Money | UnsetType | None = UNSET
    tenderers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[str, ...] | UnsetType | None = UNSET


class Contract(Struct, frozen=True, omit_defaults=True):
    """A contract that came of an award."""

    id: OptionalText = UNSET
    award_id: OptionalText = UNSET
    status: OptionalText = UNSET
    date_signed: OptionalText = UNSET


class Lot(Struct, frozen=True, omit_defaults=True):
    """A lot (lots extension)."""

    id: OptionalText = UNSET
    status: OptionalText = UNSET


class Tender(Struct, frozen=True, omit_defaults=True):
    """The tender stage."""

    title: OptionalText = UNSET
    status: OptionalText = UNSET
    method: OptionalText = UNSET
    period_start: OptionalText = UNSET
    period_end: OptionalText = UNSET
    procuring_entity: Organization | UnsetType | None = UNSET
    tenderers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[Lot, ...] | UnsetType | None = UNSET


class RelatedProcess(Struct, frozen=True, omit_defaults=True):
    """A link to another contracting process."""

    id: OptionalText = UNSET
    relationship: tuple[str, ...] | UnsetType = UNSET
    identifier: OptionalText = UNSET


class Release(Struct, frozen=True, omit_defaults=True):
    """What detection needs of a release."""

    ocid: str
    id: str
    date: str
    tag: tuple[str, ...]
    buyer: Organization | UnsetType | None = UNSET
    parties: tuple[Organization, ...] | UnsetType = UNSET
    tender: Tender | UnsetType | None = UNSET
    bids: tuple[Bid, ...] | UnsetType | None = UNSET
    awards: tuple[Award, ...] | UnsetType = UNSET
    contracts: tuple[Contract, ...] | UnsetType = UNSET
    related: tuple[RelatedProcess, ...] | UnsetType = UNSET


class ReadRelease(NamedTuple):
    """A release and the doubts about it."""

    release: Release
    issues: list[Problem]


def read_release(data: object) -> ReadRelease:
    """The detection profile of one release, given as a decoded JSON tree.

    Raises Rejected (`field.missing`, `field.invalid`) where the required profile is not met.
    """
    reader = _Reader()
    release = reader.release(data)
    return ReadRelease(release, reader.issues)


_REFERENCE = frozenset({"id", "name"})
_NO_NAME = frozenset({"schemeName"})
_PARTY_MEMBERS = frozenset(
    {"id", "name", "identifier", "additionalIdentifiers", "address", "contactPoint", "roles", "details"}
)
_IDENTIFIER_MEMBERS = frozenset({"scheme", "id", "uri"})
_ADDRESS = ("streetAddress", "locality", "region", "postalCode", "countryName")


class _Reader(Lenient):
    __slots__ = ()

    def release(self, data: object) -> Release:
        if data.__class__ is not dict:
            raise Rejected((Problem("field.invalid", "/data", "expected an object: one OCDS release"),))
        faults: list[Problem] = []
        ocid = self.required(data, "ocid", faults)
        id = self.required(data, "id", faults)
        date = data.get("date")
        if date is None:
            faults.append(Problem("field.missing", "/data/date", "required"))
        elif date.__class__ is not str or not is_date(date):
            faults.append(Problem("field.invalid", "/data/date", "not a date"))
        tag = self.tag(data, faults)
        if faults:
            raise Rejected(faults)
        return Release(
            ocid,
            id,
            str(date),
            tag,
            self.member(data, "buyer", "/data"),
            self.parties(data),
            self.tender(data),
            self.bids(data),
            self.awards(data),
            self.contracts(data),
            self.related(data),
        )

    def required(self, data: Json, member: str, faults: list[Problem]) -> str:
        value = data.get(member)
        if value.__class__ is str and value and len(value) <= ID_LENGTH:
            return value
        pointer = f"/data/{member}"
        if value is None:
            faults.append(Problem("field.missing", pointer, "required"))
            return ""
        number = number_text(value)
        if number is None or len(number) > ID_LENGTH:
            faults.append(Problem("field.invalid", pointer, f"expected a text of 1 to {ID_LENGTH} characters"))
            return ""
        self.issue("quality.typeRepaired", pointer, "a number where text is expected")
        return number

    def tag(self, data: Json, faults: list[Problem]) -> tuple[str, ...]:
        value = data.get("tag")
        if value.__class__ is list and len(value) == 1 and value[0].__class__ is str and value[0] in TAGS:
            return (value[0],)
        if value is None:
            faults.append(Problem("field.missing", "/data/tag", "required"))
            return ()
        if value.__class__ is str and value:
            self.issue("quality.typeRepaired", "/data/tag", "a text where a list is expected")
            value = [value]
        if value.__class__ is not list:
            faults.append(Problem("field.invalid", "/data/tag", "expected a list of release tags"))
            return ()
        found: list[str] = []
        for i, item in enumerate(value):
            if item.__class__ is not str or not item:
                self.issue("quality.typeDropped", f"/data/tag/{i}", "expected a release tag")
                continue
            if item not in TAGS:
                self.issue("quality.codeUnknown", f"/data/tag/{i}", f"not a release tag: {item[:64]}")
            found.append(item)
        if not found:
            faults.append(Problem("field.invalid", "/data/tag", "expected at least one release tag"))
        return tuple(found)

    def parties(self, data: Json) -> tuple[Organization, ...] | UnsetType:
        found = self.objects(data, "parties", "/data")
        if not found:
            return UNSET if found is UNSET else ()
        return tuple([self.organization(party, at) for at, party in found])

    def member(self, of: Json, name: str, at: str) -> Organization | UnsetType | None:
        value = of.get(name, UNSET)
        if value.__class__ is dict:
            return self.organization(value, f"{at}/{name}")
        if value is UNSET or value is None:
            return value
        if value.__class__ is str and value:
            self.issue("quality.typeRepaired", f"{at}/{name}", "a name where an organization is expected")
            return Organization(name=value)
        self.issue("quality.typeDropped", f"{at}/{name}", "expected an organization")
        return UNSET

    def members(self, of: Json, name: str, at: str) -> tuple[Organization, ...] | UnsetType | None:
        found = self.objects(of, name, at)
        if found is UNSET or found is None:
            return found
        return tuple([self.organization(party, pointer) for pointer, party in found])

    def organization(self, of: Json, at: str) -> Organization:
        id = self.text(of, "id", at)
        name = self.text(of, "name", at)
        if len(of) <= 2 and of.keys() <= _REFERENCE:
            return Organization(id, name)
        names: list[str] = []
        identifiers: tuple[str, ...] | UnsetType = UNSET
        if "identifier" in of or "additionalIdentifiers" in of:
            identifiers = self.identifiers(of, at, names)
        for key in of.keys() - _PARTY_MEMBERS:
            self.variant(of, key, names)
        if names:
            names = sorted(set(names) - {name})
        if name is UNSET and names:
            name = names.pop(0)
        roles = self.texts(of, "roles", at) if "roles" in of else UNSET
        phones: tuple[str, ...] = ()
        emails: tuple[str, ...] = ()
        addresses: tuple[str, ...] = ()
        reachable = "address" in of or "contactPoint" in of
        if reachable:
            phones, emails, addresses = self.contacts(of, at)
        return Organization(
            id,
            name,
            tuple(names),
            identifiers,
            () if roles is None else roles,
            phones,
            emails,
            addresses,
            reachable,
        )

    def identifiers(self, of: Json, at: str, names: list[str]) -> tuple[str, ...]:
        found: list[tuple[str, Json]] = []
        main = of.get("identifier")
        if main.__class__ is dict:
            found.append((f"{at}/identifier", main))
        elif main is not None:
            found += self.objects(of, "identifier", at) or ()
        if of.get("additionalIdentifiers"):
            found += self.objects(of, "additionalIdentifiers", at) or ()
        for _, identifier in found:
            for key in identifier.keys() - _IDENTIFIER_MEMBERS:
                self.variant(identifier, key, names)
        return self.atoms(found)

    def variant(self, of: Json, key: str, names: list[str]) -> None:
        value = of[key]
        if value.__class__ is str and value and "name" in key.lower() and key not in _NO_NAME:
            names.append(value)

    def contacts(self, of: Json, at: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        phones: list[str] = []
        emails: list[str] = []
        addresses: tuple[str, ...] = ()
        point = self.object(of, "contactPoint", at)
        if point.__class__ is dict and point:
            for member, kind in (("telephone", phones), ("email", emails)):
                value = point.get(member)
                if value:
                    text = self.text(point, member, f"{at}/contactPoint")
                    if text.__class__ is str:
                        kind.append(text)
        address = self.object(of, "address", at)
        if address.__class__ is dict and address.get("streetAddress"):
            lines = [address.get(member) for member in _ADDRESS]
            addresses = (" ".join([line for line in lines if line.__class__ is str]),)
        return tuple(phones), tuple(emails), addresses

    def tender(self, data: Json) -> Tender | UnsetType | None:
        of = self.object(data, "tender", "/data")
        if of is UNSET or of is None:
            return of
        at = "/data/tender"
        self.deprecated(of, at)
        period = self.object(of, "tenderPeriod", at)
        start: OptionalText = UNSET
        end: OptionalText = UNSET
        if period.__class__ is dict:
            start = self.date(period, "startDate", "/data/tender/tenderPeriod")
            end = self.date(period, "endDate", "/data/tender/tenderPeriod")
        return Tender(
            self.text(of, "title", at),
            self.status(of, at, TENDER_STATUS),
            self.text(of, "procurementMethod", at),
            start,
            end,
            self.member(of, "procuringEntity", at),
            self.members(of, "tenderers", at) if "tenderers" in of else UNSET,
            self.lots(of) if "lots" in of else UNSET,
        )

    def lots(self, of: Json) -> tuple[Lot, ...] | UnsetType | None:
        found = self.objects(of, "lots", "/data/tender")
        if found is UNSET or found is None:
            return found
        return tuple([Lot(self.text(lot, "id", at), self.text(lot, "status", at)) for at, lot in found])

    def status(self, of: Json, at: str, known: frozenset[str]) -> OptionalText:
        value = self.text(of, "status", at)
        if value.__class__ is str and value not in known:
            self.issue("quality.statusUnknown", f"{at}/status", f"not a status of the standard: {str(value)[:64]}")
        return value

    def deprecated(self, of: Json, at: str) -> None:
        if "amendment" in of:
            self.issue("quality.deprecated", f"{at}/amendment", "amendments[] replaces amendment")

    def bids(self, data: Json) -> tuple[Bid, ...] | UnsetType | None:
        value = data.get("bids", UNSET)
        if value is UNSET or value is None:
            return value
        if value.__class__ is list:
            self.issue("quality.typeRepaired", "/data/bids", "a list where an object with details is expected")
            found = self.objects(data, "bids", "/data")
        else:
            holder = self.object(data, "bids", "/data")
            if holder.__class__ is not dict:
                return UNSET
            found = self.objects(holder, "details", "/data/bids")
        if found is UNSET or found is None:
            return found
        return tuple(
            [
                Bid(
                    self.text(bid, "id", at),
                    self.text(bid, "status", at),
                    self.date(bid, "date", at),
                    self.money(bid, at),
                    self.members(bid, "tenderers", at),
                    self.related_lots(bid, at),
                )
                for at, bid in found
            ]
        )

    def awards(self, data: Json) -> tuple[Award, ...] | UnsetType:
        found = self.objects(data, "awards", "/data")
        if not found:
            return UNSET if found is UNSET else ()
        return tuple([self.award(of, at) for at, of in found])

    def award(self, of: Json, at: str) -> Award:
        self.deprecated(of, at)
        status = self.status(of, at, AWARD_STATUS)
        if status is UNSET or status is None:
            self.issue("quality.statusMissing", f"{at}/status", "an award without a status counts as active")
        return Award(
            self.text(of, "id", at),
            status,
            self.date(of, "date", at),
            self.money(of, at),
            self.members(of, "suppliers", at),
            self.related_lots(of, at),
        )

    def related_lots(self, of: Json, at: str) -> tuple[str, ...] | UnsetType | None:
        for member in ("relatedLots", "relatedLot"):
            if member in of:
                value = of[member]
                if value.__class__ is list and any([item.__class__ is dict for item in value]):
                    return self.lot_references(value, f"{at}/{member}")
                return self.texts(of, member, at)
        items = of.get("items")
        if items.__class__ is not list:
            return UNSET
        lots: dict[str, None] = {}
        for i, item in enumerate(items):
            if item.__class__ is dict and ("relatedLot" in item or "relatedLots" in item):
                member = "relatedLot" if "relatedLot" in item else "relatedLots"
                value = item[member]
                for lot in value if value.__class__ is list else [value]:
                    text = self.text({member: lot}, member, f"{at}/items/{i}")
                    if text.__class__ is str:
                        lots[text] = None
        return tuple(lots) if lots else UNSET

    def lot_references(self, value: list[Any], at: str) -> tuple[str, ...]:
        """Ids of lots, some of them within objects."""
        self.issue("quality.typeRepaired", at, "objects where ids of lots are expected")
        found = []
        for i, item in enumerate(value):
            member = "id" if item.__class__ is not dict or "id" in item else "lotId"
            of = item if item.__class__ is dict else {member: item}
            text = self.text(of, member, f"{at}/{i}")
            if text.__class__ is str:
                found.append(text)
        return tuple(found)

    def money(self, of: Json, at: str) -> Money | UnsetType | None:
        value = of.get("value", UNSET)
        if value is UNSET or value is None:
            return value
        at = f"{at}/value"
        if value.__class__ is not dict:
            self.issue("quality.typeDropped", at, "expected an amount with its currency")
            return UNSET
        amount = value.get("amount")
        text = number_text(amount)
        if text is None:
            if amount.__class__ is str:
                text = exact(amount)
                if text is not None:
                    self.issue("quality.typeRepaired", f"{at}/amount", "a text where a number is expected")
            if text is None:
                self.issue("quality.amountInvalid", f"{at}/amount", "no amount that could be read")
                return UNSET
        elif exact(text) is None:
            self.issue("quality.amountInvalid", f"{at}/amount", "not a decimal of at most 80 digits")
            return UNSET
        return Money(text, self.currency(value, at))

    def currency(self, of: Json, at: str) -> str:
        code = of.get("currency")
        if code.__class__ is str and len(code) == 3 and code.isupper() and code.isascii():
            return code
        text = self.text(of, "currency", at)
        if text.__class__ is not str:
            self.issue("quality.currencyRepaired", f"{at}/currency", "no currency")
            return ""
        raised = text.strip().upper()
        self.issue("quality.currencyRepaired", f"{at}/currency", "not three capital letters")
        return raised

    def contracts(self, data: Json) -> tuple[Contract, ...] | UnsetType:
        found = self.objects(data, "contracts", "/data")
        if not found:
            return UNSET if found is UNSET else ()
        return tuple([self.contract(of, at) for at, of in found])

    def contract(self, of: Json, at: str) -> Contract:
        self.deprecated(of, at)
        return Contract(
            self.text(of, "id", at),
            self.text(of, "awardID", at),
            self.status(of, at, CONTRACT_STATUS),
            self.date(of, "dateSigned", at),
        )

    def related(self, data: Json) -> tuple[RelatedProcess, ...] | UnsetType:
        if "relatedProcesses" not in data:
            return UNSET
        found = self.objects(data, "relatedProcesses", "/data")
        if not found:
            return UNSET if found is UNSET else ()
        return tuple(
            [
                RelatedProcess(
                    self.text(of, "id", at),
                    self.texts(of, "relationship", at) or (),
                    self.text(of, "identifier", at),
                )
                for at, of in found
            ]
        )
