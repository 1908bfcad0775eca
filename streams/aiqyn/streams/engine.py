"""The engine: facts in ledger order in, revisions of alerts out. Deterministic; no I/O but reading older facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Literal
from uuid import UUID

import msgspec

from aiqyn.rules.catalogue import configure
from aiqyn.rules.profile import Profile
from aiqyn.streams.detection.alerts import Alert, Draft
from aiqyn.streams.detection.judge import Judge, Outcome
from aiqyn.streams.detection.reach import Reach
from aiqyn.streams.facts import Decision, Fact, Head, Release, Retraction
from aiqyn.streams.identity.naming import cluster_name
from aiqyn.streams.moments import rfc3339
from aiqyn.streams.ports import AlertRevision, FactLog, QualityIssue
from aiqyn.streams.world.cases import allocation_key
from aiqyn.streams.world.process import counts
from aiqyn.streams.world.touched import Touched
from aiqyn.streams.world.world import World

_ARRIVAL = ("revision", "raisedAt", "updatedAt")


class Effect(msgspec.Struct, frozen=True):
    """What one fact did."""

    revisions: Sequence[AlertRevision]
    issues: Sequence[QualityIssue]


class Change(msgspec.Struct, frozen=True):
    """What one fact altered in the world."""

    head: Head
    fact: Fact
    touched: Touched
    keys: Set[str]
    """Cases whose alerts may be others now."""

    def issues(self) -> list[QualityIssue]:
        return [QualityIssue(self.head.seq, *issue) for issue in self.touched.issues]


class Engine:
    """Keeps the world and its alerts. One owner, one thread."""

    def __init__(self, profile: Profile, namespace: UUID, log: FactLog) -> None:
        self.profile = profile
        self._log = log
        self.world = World(log, log.find)
        self._judge = Judge(self.world, configure(profile), profile, namespace, log)
        self._reach = Reach(self.world)
        self._alerts: dict[str, bytes] = {}
        """Last revision of every alert, as JSON."""
        self._of_case: dict[str, set[str]] = {}
        """Ids of the alerts of a case, withdrawn ones too."""
        self._encoder = msgspec.json.Encoder()

    # --- state -----------------------------------------------------------------------------------------------

    def load(self, facts: Iterable[tuple[Head, Fact]], standing: Iterable[Alert]) -> None:
        """Rebuild the state from a ledger and its alerts; nothing is judged."""
        for head, fact in facts:
            self.world.apply(head, fact)
        self.take(standing)

    def adopt(self, world: World) -> None:
        """Go on from a world of a snapshot, made by the same code from the same ledger."""
        world.attach(self._log, self._log.find)
        self.world = world
        self._judge.world = world
        self._reach.world = world

    def _keep(self, alert: Alert) -> None:
        self._alerts[alert["id"]] = self._encoder.encode(alert)
        self._of_case.setdefault(case_key(alert), set()).add(alert["id"])

    def alert(self, id: str) -> Alert | None:
        """The last revision of an alert."""
        found = self._alerts.get(id)
        return msgspec.json.decode(found) if found is not None else None

    def alerts(self) -> Iterator[Alert]:
        """The last revision of every alert, withdrawn ones too."""
        for document in self._alerts.values():
            yield msgspec.json.decode(document)

    # --- facts in ----------------------------------------------------------------------------------------------

    def apply(self, head: Head, fact: Fact) -> Effect:
        """Let one fact take effect; the alerts that it raised, updated or withdrew, cases in order of key."""
        change = self.absorb(head, fact)
        revisions: list[AlertRevision] = []
        for key in sorted(change.keys):
            revisions.extend(self.judge(key, change))
        return Effect(revisions, change.issues())

    def absorb(self, head: Head, fact: Fact) -> Change:
        """Let one fact take effect on the world alone, and tell which cases it may have altered."""
        touched = self.world.apply(head, fact)
        return Change(head, fact, touched, self._reach.cases(touched))

    def judge(self, key: str, change: Change) -> Sequence[AlertRevision]:
        """Judge one case by the world as it stands; what became of its alerts is put down to `change`."""
        return list(self._judge_case(key, change.head, change.fact, change.touched))

    def take(self, alerts: Iterable[Alert]) -> None:
        """Have these alerts as the last revisions of their cases."""
        for alert in alerts:
            self._keep(alert)

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Drop the alerts of every case whose key is `gone`: another worker judges them now."""
        for key in [key for key in self._of_case if gone(key)]:
            for id in self._of_case.pop(key):
                del self._alerts[id]

    def _judge_case(self, key: str, head: Head, fact: Fact, touched: Touched) -> Iterator[AlertRevision]:
        drafts = {draft.id: draft for draft in self._judge.drafts(key)}
        known = self._of_case.get(key)
        if not drafts and not known:
            return
        for id in sorted(known | drafts.keys() if known else drafts):
            draft = drafts.get(id)
            before = self.alert(id)
            revision = (
                self._revise(key, before, draft, head)
                if draft is not None
                else self._withdraw(key, before, head, fact, touched)
            )
            if revision is not None:
                self._keep(revision.alert)
                yield revision

    def _revise(self, key: str, before: Alert | None, draft: Draft, head: Head) -> AlertRevision | None:
        document = self._completed(key, draft)
        now = rfc3339(head.recorded_at)
        if before is None:
            alert = {**document, "revision": 1, "raisedAt": now, "updatedAt": now}
            return AlertRevision("raised", alert, head.seq, draft.evidence)
        if {name: value for name, value in before.items() if name not in _ARRIVAL} == document:
            return None
        alert = {
            **document,
            "revision": before["revision"] + 1,
            "raisedAt": before["raisedAt"],
            "updatedAt": now,
        }
        change: Literal["raised", "updated"] = "raised" if before["dataState"] == "withdrawn" else "updated"
        return AlertRevision(change, alert, head.seq, draft.evidence)

    def _completed(self, key: str, draft: Draft) -> Alert:
        """The document with its arrival judged: whether a fact on its paths that is no release came after the first
        release that named the company."""
        first = self._first_named(key, draft)
        heads = self._log.read(draft.evidence)
        late = any(head.seq > first and head.type != "procurement.release.v1" for head, _ in heads.values())
        return {**draft.document, "retroactive": late}

    def _first_named(self, key: str, draft: Draft) -> int:
        process = self.world.processes.get(key)
        if process is None:
            return self.world.allocations[key.partition("\x1f")[2]][0].seq
        companies = set(draft.document["companies"])
        return min(
            (party.named for party in process.parties if self._name(party.atoms) in companies),
            default=0,
        )

    def _name(self, atoms: Sequence[str]) -> str:
        world = self.world
        number = world.atoms.number(atoms[0])
        root = world.clusters.root(number, 3)
        return cluster_name(world.atoms.names[atom] for atom in world.clusters.members(root, 3))

    def _withdraw(
        self, key: str, before: Alert | None, head: Head, fact: Fact, touched: Touched
    ) -> AlertRevision | None:
        if before is None or before["dataState"] == "withdrawn":
            return None
        alert = {
            **before,
            "dataState": "withdrawn",
            "withdrawnReason": self._reason(key, before, head, fact, touched),
            "revision": before["revision"] + 1,
            "updatedAt": rfc3339(head.recorded_at),
        }
        return AlertRevision("withdrawn", alert, head.seq, ())

    def _reason(self, key: str, before: Alert, head: Head, fact: Fact, touched: Touched) -> str:
        process = self.world.processes.get(key)
        if isinstance(fact, Release) and (
            (process is not None and process.cancelled) or any(not counts(award.status) for award in fact.awards or ())
        ):
            return "cancelled"
        if isinstance(fact, Decision):
            return "identity"
        if isinstance(fact, Retraction):
            target = self._log.find(fact.source, fact.id)
            if target is not None and isinstance(self._log.read([target])[target][1], Decision):
                return "identity"
            return "retracted"
        if touched.identity:
            names = {self.world.atoms.names[atom] for atom in touched.identity}
            if names & {*before["persons"], *before["companies"]}:
                return "identity"
        return "corrected"

    def outcomes(self, key: str) -> Sequence[Outcome] | None:
        """What every rule answers about a case, by the facts as they stand; None where there is no such case."""
        return self._judge.outcomes(key)

    # --- what if ---------------------------------------------------------------------------------------------

    def would_withdraw(self, id: str, head: Head) -> bool:
        """Whether the alert would be gone, were this event retracted. Leaves everything as it was."""
        alert = self.alert(id)
        if alert is None or alert["dataState"] == "withdrawn":
            return False
        return not self.stands_without(id, (head,))

    def stands_without(self, id: str, heads: Iterable[Head]) -> bool:
        """Whether the alert would be current, were all these events retracted. Leaves everything as it was.

        False for an alert that is not known.
        """
        alert = self.alert(id)
        if alert is None:
            return False
        silenced: list[Head] = []
        try:
            for head in heads:
                self.world.silence(head)
                silenced.append(head)
            return any(draft.id == id for draft in self._judge.drafts(case_key(alert)))
        finally:
            for head in reversed(silenced):
                self.world.restore(head)


def case_key(alert: Mapping[str, Any]) -> str:
    """The key of the case that an alert is about."""
    return str(alert["ocid"]) if alert["ocid"] is not None else allocation_key(str(alert["allocation"]))
