"""Facts: what an accepted event states, normalised.

Intake turns one event into one fact (`normalise.py` in `intake/`); everything after it works on facts alone.
A fact keeps dates as written (partial dates stay partial) and shares as decimal text, so nothing is lost.
Names of records, persons and entities are *atoms*: a valid identifier `SCHEME:ID`, or `REC:<source>:<record id>`.
Facts are stored and sent as MessagePack arrays; fields may be appended, never removed or reordered.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

Atom = str
"""`SCHEME:ID` or `REC:<source>:<record id>`."""


class Mention(Struct, frozen=True, array_like=True):
    """A person or an entity as one event states it."""

    atoms: tuple[Atom, ...]
    """Valid identifiers, sorted; then the record's own name, where it has a record id or no valid identifier. Never
    empty."""
    person: bool
    labels: tuple[str, ...] = ()
    """Names as written, in the order given."""
    birth: str = ""
    """Birth date as written, possibly partial; empty: not stated."""
    death: str = ""
    """Death date of a person as written; empty: not stated."""
    contacts: tuple[str, ...] = ()
    """`phone:`, `email:`, `address:` or `account:`, then the normalised value; sorted."""


class Money(Struct, frozen=True, array_like=True):
    amount: str
    """Exact decimal as text."""
    currency: str


# --- own types -------------------------------------------------------------------------------------------------


class Post(Struct, frozen=True, array_like=True, tag="post"):
    """official.occupancy: a person holds a post at a public body."""

    person: Mention
    organization: Mention
    post: str
    role: str
    level: str
    party: Mention | None
    ex_officio: bool
    start: str
    end: str


class Kinship(Struct, frozen=True, array_like=True, tag="kinship"):
    """official.relation: `relative` is `person`'s `relationship`."""

    person: Mention
    relative: Mention
    relationship: str
    start: str
    end: str


class DeclaredItem(Struct, frozen=True, array_like=True):
    kind: str
    holder: str
    counterparty: Mention | None
    share: str
    """Percent as decimal text; empty: not stated."""
    amount: Money | None
    date: str
    ocid: str


class Declaration(Struct, frozen=True, array_like=True, tag="declaration"):
    """official.declaration: what a person declared, by period `[start, end)`."""

    declarant: Mention
    filed_at: str
    start: str
    end: str
    items: tuple[DeclaredItem, ...]


class Seat(Struct, frozen=True, array_like=True):
    person: Mention
    role: str
    start: str
    end: str
    recused_on: str


class Committee(Struct, frozen=True, array_like=True, tag="committee"):
    """procurement.committee: who decides in a process; `lots` empty: in all of them."""

    ocid: str
    lots: tuple[str, ...]
    members: tuple[Seat, ...]


class Company(Struct, frozen=True, array_like=True, tag="company"):
    """registry.company: a company or public body."""

    entity: Mention
    """With all names and contacts of the event."""
    kind: str
    jurisdiction: str
    status: str
    incorporated: str
    dissolved: str
    parent: Mention | None
    budget_level: str
    state_owned: bool
    listed: bool


class Directorship(Struct, frozen=True, array_like=True, tag="directorship"):
    """registry.directorship: a person's role in a company."""

    company: Mention
    person: Mention
    role: str
    ex_officio: bool
    start: str
    end: str


class Debarment(Struct, frozen=True, array_like=True, tag="debarment"):
    """registry.debarment: an unreliable-supplier or sanction listing."""

    supplier: Mention
    head: Mention | None
    register: str
    reason: str
    start: str
    end: str


class Allocation(Struct, frozen=True, array_like=True, tag="allocation"):
    """allocation.made: a state-asset disposal, subsidy, concession and the like."""

    id: str
    kind: str
    grantor: Mention
    recipient: Mention
    deciders: tuple[Mention, ...]
    method: str
    date: str
    amount: Money | None
    valuation: Money | None
    asset_id: str


class Donation(Struct, frozen=True, array_like=True, tag="donation"):
    """political.donation."""

    donor: Mention
    recipient: Mention
    amount: Money | None
    date: str


class Decision(Struct, frozen=True, array_like=True, tag="decision"):
    """identity.decision on a pair of atoms."""

    left: Atom
    right: Atom
    verdict: Literal["same", "different", "unsure"]
    decided_by: str
    reason: str


class Retraction(Struct, frozen=True, array_like=True, tag="retraction"):
    """record.retracted: an earlier (or a later coming) event counts as never sent."""

    source: str
    id: str
    reason: str


# --- BODS ------------------------------------------------------------------------------------------------------


class Interest(Struct, frozen=True, array_like=True):
    """One interest of a BODS relationship, in 0.4 terms."""

    type: str
    """BODS 0.4 spelling (`votingRights`); a 0.2 or 0.3 code is translated."""
    level: str
    """direct, indirect or unknown (also where missing)."""
    minimum: str
    """Percent as decimal text; empty where no share is stated. An exact share is minimum = maximum."""
    minimum_open: bool
    maximum: str
    maximum_open: bool
    start: str
    end: str


class OwnershipRecord(Struct, frozen=True, array_like=True, tag="relationship"):
    """One version of a BODS relationship record."""

    record: Atom
    """0.4: `REC:<source>:<recordId>`; 0.2, 0.3: `REC:<source>:<statementID>`."""
    replaces: tuple[Atom, ...]
    """0.2, 0.3: the statements that this one replaces, as atoms."""
    closed: bool
    statement_date: str
    """Statement date, else publication date, else the event's time; as written."""
    subject: Atom
    """The record of the subject; empty where the subject is unspecified."""
    party: Atom
    """The record of the interested party; empty where it is unspecified."""
    unspecified: str
    """The reason where the interested party is unspecified, else empty."""
    is_component: bool
    components: tuple[Atom, ...]
    """Records (0.4) or statements (0.2, 0.3) that make up this indirect relationship."""
    interests: tuple[Interest, ...]


class PartyRecord(Struct, frozen=True, array_like=True, tag="party"):
    """One version of a BODS person or entity record."""

    record: Atom
    replaces: tuple[Atom, ...]
    closed: bool
    statement_date: str
    mention: Mention
    """Its atoms end with `record`."""
    entity_type: str
    """Entities: BODS 0.4 `entityType.type`; persons: empty."""
    entity_subtype: str
    jurisdiction: str
    """ISO 3166 code; empty: not stated."""
    dissolved: str
    listed: bool
    unspecified: str
    """The reason where the record stands for an anonymous or unknown person or entity (`anonymousPerson`, ...), else
    empty."""
    statement: Atom = ""
    """0.4: `REC:<source>:<statementId>`, by which mixed data refer to the record; else empty."""


# --- OCDS ------------------------------------------------------------------------------------------------------
# The part of a release that detection reads. A member that the release lacks is UNSET, one that it sets to null is
# None: merging needs the difference. Lists of objects with ids are merged by id, `suppliers` and `tenderers` replaced.


class Organization(Struct, frozen=True, omit_defaults=True):
    """A party, or a reference to one."""

    id: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    identifiers: tuple[Atom, ...] | UnsetType = UNSET
    """Valid identifiers (of `identifier` and `additionalIdentifiers`), sorted, one each."""
    roles: tuple[str, ...] | UnsetType = UNSET
    contacts: tuple[str, ...] | UnsetType = UNSET
    """As in a Mention; of `contactPoint` and `address`."""
    names: tuple[str, ...] | UnsetType = UNSET
    """Other names: of the identifiers, in other languages; one each, sorted."""


class Award(Struct, frozen=True, omit_defaults=True):
    id: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET
    date: str | UnsetType | None = UNSET
    value: Money | UnsetType | None = UNSET
    suppliers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[str, ...] | UnsetType | None = UNSET


class Bid(Struct, frozen=True, omit_defaults=True):
    id: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET
    date: str | UnsetType | None = UNSET
    value: Money | UnsetType | None = UNSET
    tenderers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[str, ...] | UnsetType | None = UNSET


class Contract(Struct, frozen=True, omit_defaults=True):
    id: str | UnsetType | None = UNSET
    award_id: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET
    date_signed: str | UnsetType | None = UNSET


class Lot(Struct, frozen=True, omit_defaults=True):
    id: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET


class Tender(Struct, frozen=True, omit_defaults=True):
    title: str | UnsetType | None = UNSET
    status: str | UnsetType | None = UNSET
    method: str | UnsetType | None = UNSET
    period_start: str | UnsetType | None = UNSET
    period_end: str | UnsetType | None = UNSET
    procuring_entity: Organization | UnsetType | None = UNSET
    tenderers: tuple[Organization, ...] | UnsetType | None = UNSET
    lots: tuple[Lot, ...] | UnsetType | None = UNSET


class RelatedProcess(Struct, frozen=True, omit_defaults=True):
    id: str | UnsetType | None = UNSET
    relationship: tuple[str, ...] | UnsetType = UNSET
    identifier: str | UnsetType | None = UNSET


class Release(Struct, frozen=True, omit_defaults=True, tag="release"):
    """procurement.release: the detection profile of one OCDS release."""

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


ArrayFact = (
    Post
    | Kinship
    | Declaration
    | Committee
    | Company
    | Directorship
    | Debarment
    | Allocation
    | Donation
    | Decision
    | Retraction
    | OwnershipRecord
    | PartyRecord
)
Fact = ArrayFact | Release


class Head(Struct, frozen=True, array_like=True):
    """What is known of the event behind a fact."""

    seq: int
    """Its number in the ledger, in order of acceptance from 1."""
    source: str
    id: str
    type: str
    """With its suffix: `official.occupancy.v1`."""
    instant: int
    """The event's `time` in microseconds since 1970 UTC (one without a zone read in the profile's)."""
    time: str
    """The event's `time` as written."""
    record_key: str
    """`recordKey` of our own types; empty: none."""
    recorded_at: int
    """When it was accepted, in microseconds since 1970 UTC."""
