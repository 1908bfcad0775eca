"""Dossiers: two verifiers that share no line agree on them, and refuse whatever was changed."""

import json
import random

import pytest

from aiqyn.services.audit import leaves
from aiqyn.services.audit.dossier import archive
from aiqyn.services.audit.dossier.check import check
from aiqyn.services.store.database import writing
from tests.services.audit import independent
from tests.services.audit.conftest import Case


def holds(raw: bytes, key: str | None = None) -> tuple[bool, bool]:
    """What the product says, and what the independent verifier says."""
    try:
        independent.verify(raw, key)
    except independent.Bad:
        return check(raw).ok, False
    return check(raw).ok, True


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("dossier")
    made = Case(f"sqlite:///{folder / 'aiqyn.db'}", folder)
    made.feed()
    raw = made.dossier()
    made.engine.dispose()
    return raw


def test_both_verifiers_accept_it(case: Case) -> None:
    raw = case.dossier()
    report = check(raw, case.signer.verifier())
    assert report.failures == ()
    assert (report.alert, report.revision) == (case.alert(), 1)
    manifest = independent.verify(raw, case.signer.verifier().text())
    assert manifest["alert"] == case.alert()
    assert case.verify().ok


def test_it_holds_what_the_contract_says(dossier: bytes) -> None:
    files = archive.unpack(dossier)
    alert = json.loads(files["alert.json"])
    cited = {(edge["event"]["source"], edge["event"]["id"]) for path in alert["paths"] for edge in path}
    events = [json.loads(files[name]) for name in files if name.startswith("events/") and "receipt" not in name]
    assert cited <= {(event["source"], event["id"]) for event in events}
    assert all(event["specversion"] == "1.0" for event in events)
    assert "reviewStatus" not in alert
    assert files["README.txt"].startswith(b"DOSSIER OF AN ALERT\n")
    assert files["dossier.pdf"].startswith(b"%PDF-")
    assert {json.loads(files["manifest.json"])["v"]} == {1}


@pytest.mark.parametrize(("lang", "says"), [("kk", "ҚАЛАЙ ТЕКСЕРУГЕ"), ("ru", "КАК ПРОВЕРИТЬ"), ("en", "HOW TO CHECK")])
def test_it_explains_itself_in_the_language_asked_for(file_case: Case, lang: str, says: str) -> None:
    raw = file_case.dossier(lang)
    assert says in archive.unpack(raw)["README.txt"].decode()
    assert holds(raw) == (True, True)


def test_actions_and_refusals_are_in_it(file_case: Case) -> None:
    alert = file_case.alert()
    told = {"id": "a1", "kind": "comment", "state": "done", "by": "aida", "at": "2024-05-01T00:00:00Z", "text": "ой"}
    with writing(file_case.engine) as connection:
        leaves.record(connection, "refusal", "r1", {"id": "r1", "refused": [{"alert": alert}]}, 1)
        leaves.record(connection, "action", "a1#1", {**told, "alerts": [alert]}, 2)
    file_case.sql("INSERT INTO action_alert (action, alert) VALUES ('a1', :alert)", alert=alert)
    raw = file_case.dossier()
    assert holds(raw) == (True, True)
    files = archive.unpack(raw)
    documents = [json.loads(files[name])["document"] for name in files if name.startswith("log/") and "json" in name]
    assert {document["id"] for document in documents} == {alert, "a1", "r1"}


def test_another_key_is_refused(dossier: bytes, file_case: Case) -> None:
    other = file_case.signer.verifier()
    assert not check(dossier, other).ok
    with pytest.raises(independent.Bad):
        independent.verify(dossier, other.text())


def test_a_thousand_changed_bytes_are_refused(dossier: bytes) -> None:
    chance = random.Random(20)
    assert holds(dossier) == (True, True)
    for _ in range(1000):
        at = chance.randrange(len(dossier))
        changed = bytearray(dossier)
        changed[at] ^= chance.randrange(1, 256)
        assert holds(bytes(changed)) == (False, False), f"byte {at} is {changed[at]} instead of {dossier[at]}"


def test_changed_bytes_in_a_zip_made_anew_are_refused(dossier: bytes) -> None:
    """As above, but every check sum of the ZIP fits: what is left is the log."""
    chance = random.Random(21)
    files = archive.unpack(dossier)
    names = sorted(files)
    for round in range(400):
        name = "manifest.tlog-proof" if round % 2 else chance.choice(names)
        content = bytearray(files[name])
        at = chance.randrange(len(content))
        content[at] ^= chance.randrange(1, 256)
        raw = archive.pack({**files, name: bytes(content)})
        assert holds(raw) == (False, False), f"{name}, byte {at}"


@pytest.mark.parametrize("change", ["more", "less", "longer", "shorter", "renamed"])
def test_other_files_are_refused(dossier: bytes, change: str) -> None:
    files = archive.unpack(dossier)
    if change == "more":
        raw = archive.pack({**files, "attachments/1-note.txt": b"x"})
    elif change == "less":
        raw = archive.pack({name: content for name, content in files.items() if name != "events/1.json"})
    elif change == "renamed":
        raw = archive.pack({name.replace("events/1.", "events/99."): content for name, content in files.items()})
    else:
        raw = dossier + b"\0" if change == "longer" else dossier[:-1]
    assert holds(raw) == (False, False)
