"""Making a dossier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine, func, insert, select

from aiqyn.schemas.canonical import canonical
from aiqyn.services import moments
from aiqyn.services.audit import log, sequencer
from aiqyn.services.audit.dossier import archive, contents, story
from aiqyn.services.audit.dossier.contents import NotYet
from aiqyn.services.audit.dossier.pdf import pdf
from aiqyn.services.audit.notes import Signer
from aiqyn.services.i18n.catalogue import text
from aiqyn.services.store.database import reading, writing
from aiqyn.services.store.tables import leaf
from aiqyn.streams.moments import rfc3339

Document = dict[str, Any]
Explain = Callable[[Document], tuple[Mapping[str, Any], Mapping[str, str]]]
"""An alert, as logged, to its explanation, and to what records call those on its paths."""

_ATTEMPTS = 20


def dossier(engine: Engine, signer: Signer, alert: str, explain: Explain) -> bytes | None:
    """The ZIP of an alert with all its evidence and proofs; None: there is no such alert.

    Its manifest is logged (leaf of kind `dossier`). Raises StoreUnavailable.
    """
    for _ in range(_ATTEMPTS):
        sequencer.advance(engine, signer)
        with reading(engine) as connection:
            last = contents.last_revision(connection, alert)
        if last is None:
            return None
        explanation, names = explain(last)
        at = moments.now()
        try:
            files = _files(engine, signer, last, explanation, names, at)
        except NotYet:
            continue
        manifest = _manifest(signer, last, files, at)
        proof = _logged(engine, signer, alert, manifest, at)
        return archive.pack({**files, "manifest.json": manifest, "manifest.tlog-proof": proof})
    raise NotYet


def _files(
    engine: Engine, signer: Signer, last: Document, explanation: Mapping[str, Any], names: Mapping[str, str], at: int
) -> dict[str, bytes]:
    """All but the manifest. Raises NotYet where the alert changed meanwhile."""
    name = last["id"]
    with reading(engine) as connection:
        if contents.last_revision(connection, name) != last:
            raise NotYet
        events, cited = contents.cited(connection, signer, name)
        logged = contents.leaves_about(connection, signer, name)
        acted = contents.actions(connection, name)
        attached = contents.attachments(connection, name)
        rule_leaf = contents.rule_leaf(connection, last)
    key = signer.verifier().text()
    sums = [(file.removeprefix("attachments/"), _sha256(content)) for file, content in sorted(attached.items())]
    told = story.Told(last, explanation, names, cited, acted, sums, rfc3339(at), key, rule_leaf)
    return {
        **events, **logged, **attached,
        "alert.json": canonical(last),
        "explanation.json": canonical(dict(explanation)),
        "dossier.pdf": on_paper(told),
        "log.vkey": f"{key}\n".encode(),
        "README.txt": text("dossier.readme", explanation["lang"]).encode(),
    }  # fmt: skip


def on_paper(told: story.Told) -> bytes:
    """The PDF."""
    lang, head = told.explanation["lang"], story.head(told)
    title = f"{text('act.dossier', lang)} {told.alert['id']}"
    return pdf(
        story.story(told),
        title,
        lang,
        head,
        story.foot(told),
        text("paper.page", lang, page="{page}", pages="{pages}"),
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(signer: Signer, last: Document, files: Mapping[str, bytes], at: int) -> bytes:
    return canonical(
        {
            "v": 1,
            "alert": last["id"],
            "revision": last["revision"],
            "createdAt": rfc3339(at),
            "origin": signer.name,
            "files": {name: _sha256(content) for name, content in files.items()},
        }
    )


def _logged(engine: Engine, signer: Signer, alert: str, manifest: bytes, at: int) -> bytes:
    """The proof that the manifest is in the log."""
    commit = hashlib.sha256(manifest).digest()
    with writing(engine) as connection:
        connection.execute(insert(leaf).values(kind="dossier", at=at, ref=alert, commitment=commit))
    sequencer.advance(engine, signer)
    with reading(engine) as connection:
        query = select(func.max(leaf.c.index)).where(leaf.c.kind == "dossier", leaf.c.commitment == commit)
        place = connection.execute(query).scalar()
        assert place is not None
        proof = log.prove(connection, signer, place, alone=True)
    assert proof is not None
    return proof.encode()
