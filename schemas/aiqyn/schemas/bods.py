"""One BODS statement of version 0.2, 0.3 or 0.4, read leniently into the terms of 0.4.

The version is told by the statement's own members, not by `bodsVersion`: publishers mix objects of several
versions, so every member is looked for in all spellings. Required: the statement's id, what kind of record it
is about, and for a relationship its subject and interested party, each by reference or with a reason why not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

from msgspec import UNSET, Struct

from aiqyn.schemas.bods_codes import (
    ENTITY_TYPES,
    INTEREST_TYPES,
    LEVELS,
    NAMELESS_TYPES,
    PERSON_TYPES,
    UNSPECIFIED_REASONS,
    current_code,
)
from aiqyn.schemas.errors import Problem, Rejected
from aiqyn.schemas.lenient import Json, Lenient, exact, number_text

ID_LENGTH: Final = 1024
RECORD_TYPES: Final = {"entity": "entity", "person": "person", "relationship": "relationship"}
STATEMENT_TYPES: Final = {
    "entityStatement": "entity",
    "personStatement": "person",
    "ownershipOrControlStatement": "relationship",
}


class Share(NamedTuple):
    """A percentage between two bounds, as decimal texts; an open bound is not itself a value."""

    minimum: str
    minimum_open: bool
    maximum: str
    maximum_open: bool


NO_SHARE: Final = Share("", False, "", False)


class Interest(Struct, frozen=True):
    """One interest of a relationship. Texts are empty where nothing is stated."""

    type: str
    level: str
    """direct, indirect or unknown."""
    share: Share
    start: str
    end: str


class Statement(Struct, frozen=True):
    """What every statement has."""

    id: str
    record: str
    """`recordId`; in 0.2 and 0.3, and where it is missing, the statement's id."""
    replaces: tuple[str, ...]
    """Ids of the statements that this one replaces (0.2, 0.3)."""
    closed: bool
    date: str
    """Statement date, else publication date; empty: neither."""
    at: str
    """JSON pointer of the object with the record's details."""


class Relationship(Statement, frozen=True):
    """An interested party's interests in a subject."""

    subject: str
    """Record or statement id; empty: unspecified."""
    party: str
    """Record or statement id; empty: unspecified."""
    unspecified: str
    """Why the interested party is unspecified, as a code of 0.4."""
    is_component: bool
    components: tuple[str, ...]
    interests: tuple[Interest, ...]


class PartyStatement(Statement, frozen=True):
    """A person or an entity."""

    person: bool
    names: tuple[str, ...]
    identifiers: tuple[str, ...]
    """Valid ones as `SCHEME:ID`, sorted."""
    birth: str
    death: str
    addresses: tuple[str, ...]
    entity_type: str
    entity_subtype: str
    jurisdiction: str
    dissolved: str
    listed: bool
    unspecified: str
    """Why the person or entity is not named, or its type (`anonymousPerson`); empty: it is named."""


class ReadStatement(NamedTuple):
    """A statement and the doubts about it."""

    statement: Relationship | PartyStatement
    issues: list[Problem]


def read_statement(data: object) -> ReadStatement:
    """One BODS statement, given as a decoded JSON tree.

    Raises Rejected (`field.missing`, `field.invalid`) where the required profile is not met.
    """
    reader = _Reader()
    statement = reader.statement(data)
    return ReadStatement(statement, reader.issues)


def read_share(share: object, *, current: bool) -> tuple[Share, list[Problem]]:
    """The `share` of an interest, and the doubts about it.

    `current`: of version 0.4, where bounds are included unless said otherwise; 0.2 and 0.3 exclude an upper
    bound unless they say that it is included.
    """
    reader = _Reader()
    return reader.share(share, "", current), reader.issues


_Common = tuple[str, str, tuple[str, ...], bool, str, str]


class _Reader(Lenient):
    __slots__ = ()

    def statement(self, data: object) -> Relationship | PartyStatement:
        if data.__class__ is not dict:
            raise Rejected((Problem("field.invalid", "/data", "expected an object: one BODS statement"),))
        faults: list[Problem] = []
        current = "recordType" in data or ("statementType" not in data and "statementID" not in data)
        kind = self.kind(data, current, faults)
        id = self.id(data, current, faults)
        record = id
        if current:
            record = self.plain(data, "recordId", "/data")
            if not record or len(record) > ID_LENGTH:
                self.issue("quality.recordIdMissing", "/data/recordId", "no usable recordId")
                record = id
        details, at = data, "/data"
        if current:
            found = self.object(data, "recordDetails", "/data")
            details, at = (found if found.__class__ is dict else {}), "/data/recordDetails"
        replaces = self.texts(data, "replacesStatements", "/data") if "replacesStatements" in data else ()
        status = data.get("recordStatus")
        common = (id, record, replaces or (), status == "closed", self.statement_date(data), at)
        if status is not None and status not in ("new", "updated", "closed"):
            self.issue("quality.codeUnknown", "/data/recordStatus", "not new, updated or closed")
        if kind == "relationship":
            statement: Relationship | PartyStatement = self.relationship(details, at, current, common, faults)
        elif faults:
            raise Rejected(faults)
        else:
            statement = self.party(details, at, kind == "person", common)
        if faults:
            raise Rejected(faults)
        return statement

    def plain(self, of: Json, member: str, at: str) -> str:
        """A text; empty where it is missing or null."""
        value = of.get(member)
        if value.__class__ is str:
            return value
        if value is None:
            return ""
        text = self.text(of, member, at)
        return text if text.__class__ is str else ""

    def day(self, of: Json, member: str, at: str) -> str:
        """A date; empty where it is missing, null or not to be read."""
        if of.get(member) is None:
            return ""
        text = self.date(of, member, at)
        return text if text.__class__ is str else ""

    def kind(self, data: Json, current: bool, faults: list[Problem]) -> str:
        member, kinds = ("recordType", RECORD_TYPES) if current else ("statementType", STATEMENT_TYPES)
        value = data.get(member)
        if value.__class__ is str and value in kinds:
            return kinds[value]
        if value is None:
            faults.append(Problem("field.missing", f"/data/{member}", "required"))
        else:
            faults.append(Problem("field.invalid", f"/data/{member}", f"expected one of {', '.join(kinds)}"))
        return ""

    def id(self, data: Json, current: bool, faults: list[Problem]) -> str:
        for member in ("statementId", "statementID") if current else ("statementID", "statementId"):
            value = data.get(member)
            if value is None:
                continue
            if value.__class__ is str and 0 < len(value) <= ID_LENGTH:
                return value
            faults.append(
                Problem("field.invalid", f"/data/{member}", f"expected a text of 1 to {ID_LENGTH} characters")
            )
            return ""
        faults.append(Problem("field.missing", f"/data/{'statementId' if current else 'statementID'}", "required"))
        return ""

    def statement_date(self, data: Json) -> str:
        date = self.day(data, "statementDate", "/data")
        if date:
            return date
        publication = data.get("publicationDetails")
        if publication.__class__ is dict:
            return self.day(publication, "publicationDate", "/data/publicationDetails")
        return ""

    # --- relationships

    def relationship(
        self,
        details: Json,
        at: str,
        current: bool,
        common: _Common,
        faults: list[Problem],
    ) -> Relationship:
        subject, unspecified_subject = self.reference(details, "subject", at, faults)
        party, unspecified = self.reference(details, "interestedParty", at, faults)
        if unspecified_subject:
            self.issue("quality.subjectUnspecified", f"{at}/subject", unspecified_subject)
        components: tuple[str, ...] = ()
        for member in ("componentRecords", "componentStatementIDs"):
            if details.get(member):
                components += self.texts(details, member, at) or ()
        found = self.objects(details, "interests", at)
        interests = tuple([self.interest(of, pointer, current) for pointer, of in found]) if found else ()
        if not interests:
            self.issue("quality.interestsMissing", f"{at}/interests", "no interest stated")
        is_component = self.truth(details, "isComponent", at)
        return Relationship(*common, subject, party, unspecified, is_component, components, interests)

    def reference(self, details: Json, member: str, at: str, faults: list[Problem]) -> tuple[str, str]:
        """The id referred to, or else the reason why there is none."""
        value = details.get(member)
        if value.__class__ is str and value and len(value) <= ID_LENGTH:
            return value, ""
        pointer = f"{at}/{member}"
        if value is None:
            faults.append(Problem("field.missing", pointer, "required: a reference, or a reason why there is none"))
            return "", ""
        if value.__class__ is dict:
            for by in ("describedByEntityStatement", "describedByPersonStatement"):
                reference = value.get(by)
                if reference.__class__ is str and 0 < len(reference) <= ID_LENGTH:
                    return reference, ""
            reason = self.reason(value, pointer)
            if reason:
                return "", reason
        faults.append(Problem("field.invalid", pointer, "neither a reference nor a reason why there is none"))
        return "", ""

    def reason(self, of: Json, at: str) -> str:
        holder = of.get("unspecified")
        if holder.__class__ is dict:
            of, at = holder, f"{at}/unspecified"
        reason = of.get("reason")
        if reason.__class__ is not str or not reason:
            reason = of.get("unspecifiedReason")
            if reason.__class__ is not str or not reason:
                return ""
        code = current_code(reason)
        if code not in UNSPECIFIED_REASONS:
            self.issue("quality.codeUnknown", f"{at}/reason", f"not a reason of the standard: {code[:64]}")
        return code

    def interest(self, of: Json, at: str, current: bool) -> Interest:
        type = of.get("type")
        if type.__class__ is not str or not type:
            self.issue("quality.codeUnknown", f"{at}/type", "no type of interest")
            type = "unknownInterest"
        elif type not in INTEREST_TYPES:
            type = current_code(type)
            if type not in INTEREST_TYPES:
                self.issue("quality.codeUnknown", f"{at}/type", f"not a type of the standard: {type[:64]}")
        level = of.get("directOrIndirect") or of.get("interestLevel") or "unknown"
        if level.__class__ is not str or level not in LEVELS:
            self.issue("quality.codeUnknown", f"{at}/directOrIndirect", "not direct, indirect or unknown")
            level = "unknown"
        share = of.get("share")
        return Interest(
            type,
            level,
            NO_SHARE if share is None else self.share(share, f"{at}/share", current),
            self.day(of, "startDate", at),
            self.day(of, "endDate", at),
        )

    def share(self, share: object, at: str, current: bool) -> Share:
        if share.__class__ is not dict:
            self.issue("quality.shareInvalid", at, "expected an object with exact, or minimum and maximum")
            return NO_SHARE
        value = share.get("exact")
        if value is not None:
            text = self.percent(value, f"{at}/exact")
            return NO_SHARE if text is None else Share(text, False, text, False)
        lower = self.bound(share, "minimum", at)
        upper = self.bound(share, "maximum", at)
        low_open = high_open = False
        flag = share.get("exclusiveMinimum")
        if flag.__class__ is bool:
            low_open = bool(flag)
        elif flag is not None:
            lower, low_open = self.tighter(lower, self.bound(share, "exclusiveMinimum", at), 1)
        flag = share.get("exclusiveMaximum")
        if flag.__class__ is bool:
            high_open = bool(flag)
        elif flag is not None:
            upper, high_open = self.tighter(upper, self.bound(share, "exclusiveMaximum", at), -1)
        elif not current and upper is not None and upper != lower and Decimal(upper) != 100:
            # 0.2 and 0.3 leave the upper bound out of a band unless they say otherwise. A band that ends at
            # 100 % cannot mean to leave the whole out.
            high_open = True
        return self.band(lower, low_open and lower is not None, upper, high_open and upper is not None, share, at)

    def band(
        self, lower: str | None, low_open: bool, upper: str | None, high_open: bool, share: Json, at: str
    ) -> Share:
        if lower is None and upper is None:
            if not share or all(value is None for value in share.values()):
                return NO_SHARE
            self.issue("quality.shareInvalid", at, "no bound that could be read")
            return NO_SHARE
        low = Decimal(lower or "0")
        high = Decimal(upper or "100")
        if low > high or (low == high and (low_open or high_open)):
            self.issue("quality.shareInvalid", at, "the lower bound is above the upper one")
            return NO_SHARE
        return Share(lower or "0", low_open, upper or "100", high_open)

    def bound(self, share: Json, member: str, at: str) -> str | None:
        value = share.get(member)
        return None if value is None else self.percent(value, f"{at}/{member}")

    def tighter(self, closed: str | None, open: str | None, sign: int) -> tuple[str | None, bool]:
        """Of an inclusive and an exclusive bound, the one that leaves less."""
        if open is None:
            return closed, False
        if closed is None or sign * (Decimal(open) - Decimal(closed)) >= 0:
            return open, True
        return closed, False

    def percent(self, value: object, pointer: str) -> str | None:
        text = number_text(value)
        if text is None and value.__class__ is str:
            text = value
        text = exact(text) if text is not None else None
        if text is None or not 0 <= Decimal(text) <= 100:
            self.issue("quality.shareInvalid", pointer, "not a percentage from 0 to 100")
            return None
        return text

    # --- persons and entities

    def party(self, details: Json, at: str, person: bool, common: _Common) -> PartyStatement:
        type, subtype = self.type(details, at, person)
        found = self.objects(details, "identifiers", at)
        identifiers = self.atoms(found) if found else ()
        names = self.person_names(details, at) if person else self.entity_names(details, at)
        listing = details.get("publicListing")
        listed = listing.__class__ is dict and self.truth(listing, "hasPublicListing", f"{at}/publicListing")
        return PartyStatement(
            *common,
            person,
            names,
            identifiers,
            self.day(details, "birthDate", at) if person else "",
            self.day(details, "deathDate", at) if person else "",
            self.addresses(details, at),
            "" if person else type,
            subtype,
            "" if person else self.jurisdiction(details, at),
            "" if person else self.day(details, "dissolutionDate", at),
            bool(listed),
            self.unspecified(details, at, type, person),
        )

    def type(self, details: Json, at: str, person: bool) -> tuple[str, str]:
        member, known = ("personType", PERSON_TYPES) if person else ("entityType", ENTITY_TYPES)
        value = details.get(member)
        subtype = ""
        if value.__class__ is dict:
            subtype = self.plain(value, "subtype", f"{at}/{member}")
            value = value.get("type")
        if value is not None and (value.__class__ is not str or value not in known):
            self.issue("quality.codeUnknown", f"{at}/{member}", "not a type of the standard")
        holder = details.get("entitySubtype")
        if holder.__class__ is dict and not subtype:
            category = holder.get("generalCategory")
            if category.__class__ is str:
                subtype = category.rpartition("-")[2]
        return (value if value.__class__ is str else ""), subtype

    def unspecified(self, details: Json, at: str, type: str, person: bool) -> str:
        member = "unspecifiedPersonDetails" if person else "unspecifiedEntityDetails"
        holder = details.get(member)
        if holder.__class__ is dict:
            reason = self.reason(holder, f"{at}/{member}")
            if reason:
                return reason
        return type if type in NAMELESS_TYPES else ""

    def person_names(self, details: Json, at: str) -> tuple[str, ...]:
        found = self.objects(details, "names", at)
        names: dict[str, None] = {}
        for pointer, of in found or ():
            name = self.plain(of, "fullName", pointer)
            if not name:
                parts = [of.get(part) for part in ("givenName", "patronymicName", "familyName")]
                name = " ".join([part for part in parts if part.__class__ is str and part])
            if name:
                names[name] = None
        return tuple(names)

    def entity_names(self, details: Json, at: str) -> tuple[str, ...]:
        name = self.plain(details, "name", at)
        others = self.texts(details, "alternateNames", at) if details.get("alternateNames") else ()
        if not others:
            return (name,) if name else ()
        return tuple(dict.fromkeys((name, *others) if name else others))

    def addresses(self, details: Json, at: str) -> tuple[str, ...]:
        found = [] if details.get("addresses") is None else self.objects(details, "addresses", at)
        if details.get("placeOfResidence") is not None:
            found = [*(found or ()), *(self.objects_or_one(details, "placeOfResidence", at))]
        lines: dict[str, None] = {}
        for pointer, of in found or ():
            street = self.plain(of, "address", pointer)
            if not street or of.get("type") == "placeOfBirth":
                continue
            code = of.get("postCode")
            if code.__class__ is str and code and code not in street:
                street = f"{street} {code}"
            lines[street] = None
        return tuple(lines)

    def objects_or_one(self, of: Json, member: str, at: str) -> list[tuple[str, Json]]:
        value: Any = of[member]
        return [(f"{at}/{member}", value)] if value.__class__ is dict else []

    def jurisdiction(self, details: Json, at: str) -> str:
        for member in ("jurisdiction", "incorporatedInJurisdiction"):
            value = details.get(member, UNSET)
            if value is UNSET or value is None:
                continue
            if value.__class__ is dict:
                return self.plain(value, "code", f"{at}/{member}")
            if value.__class__ is str:
                return value
            self.issue("quality.typeDropped", f"{at}/{member}", "expected a jurisdiction")
        return ""
