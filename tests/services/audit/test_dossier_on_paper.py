"""The PDF of a dossier, read by another program: whole, in three languages, whatever strangers wrote."""

import ctypes
import json
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pytest
from pypdfium2 import raw as pdfium

from aiqyn.services.audit.dossier import archive, story
from aiqyn.services.audit.dossier.make import on_paper
from aiqyn.services.audit.rules import tell_rules
from tests.services.audit.conftest import Case

LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁёЪъ₸"
HEADS = {"en": "Records cited", "ru": "Использованные записи", "kk": "Пайдаланылған жазбалар"}
ALERT: dict[str, Any] = {
    "id": "0f8fad5b-d9cb-469f-a165-70867728950e", "rule": "COI-01", "ruleVersion": 1, "profile": "generic",
    "title": "", "summary": "", "revision": 2, "severity": "high", "certainty": "certain", "identity": "identifier",
    "ocid": "ocds-x-1", "allocation": None, "buyer": "XM-BUY:1", "companies": ["XM-COM:1"], "persons": ["XM-PID:1"],
    "amount": {"amount": "1000000.50", "currency": "KZT"}, "window": ["2024-03-01", "2024-04-10"],
    "raisedAt": "2024-05-01T10:00:00Z", "updatedAt": "2024-05-02T10:00:00Z",
}  # fmt: skip


@dataclass
class Paper:
    """A dossier of one alert, to be printed."""

    lang: str = "kk"
    sentence: str = "Жазбаларға қарағанда"
    name: str = LETTERS
    events: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)

    def printed(self) -> pypdfium2.PdfDocument:
        told = {"lang": self.lang, "title": LETTERS, "status": "", "sentence": self.sentence, "sections": []}
        return pypdfium2.PdfDocument(
            on_paper(
                story.Told(
                    ALERT, told, {"XM-PID:1": self.name}, self.events, self.actions, [("1-note.txt", "ab" * 32)],
                    "2024-05-03T10:00:00Z", "aiqyn/x+00+AAAA",
                )
            )
        )  # fmt: skip


def words(document: pypdfium2.PdfDocument) -> str:
    """The text of all pages, without breaks."""
    return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "").replace("\n", "")


def event(number: int) -> dict[str, Any]:
    return {
        "source": "/registry", "id": f"event-{number:03}", "type": "registry.company.v1",
        "time": "2024-01-01T00:00:00Z", "recordedAt": "2024-01-02T00:00:00Z", "sha256": f"{number:064x}",
    }  # fmt: skip


@pytest.mark.parametrize("lang", HEADS)
def test_labels_are_in_the_language_asked_for(file_case: Case, lang: str) -> None:
    files = archive.unpack(file_case.dossier(lang))
    assert json.loads(files["explanation.json"])["lang"] == lang
    text = words(pypdfium2.PdfDocument(files["dossier.pdf"]))
    assert [each for each, head in HEADS.items() if head in text] == [lang]
    for name in files:
        if name.startswith("events/") and "receipt" not in name:
            assert json.loads(files[name])["id"] in text


def test_it_is_the_same_wherever_it_is_made_and_brings_its_letters() -> None:
    document = Paper(sentence=LETTERS).printed()
    assert LETTERS in words(document)
    fonts = {
        text_object_font(item)
        for page in document
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
    }  # fmt: skip
    assert fonts == {("SourceSansPro-Regular", True), ("SourceSansPro-Bold", True)}


def text_object_font(item: Any) -> tuple[str, bool]:
    """The base name of the font of a piece of text, and whether the file embeds it."""
    font = pdfium.FPDFTextObj_GetFont(item.raw)
    buffer = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 200)
    return buffer.value.decode().rpartition("+")[2], bool(pdfium.FPDFFont_GetIsEmbedded(font))


def test_a_hundred_records_stand_there_with_pages_counted() -> None:
    document = Paper(events=[event(number) for number in range(100)]).printed()
    text = words(document)
    assert all(f"event-{number:03}" in text and f"{number:064x}" in text for number in range(100))
    assert len(document) > 5
    assert all(f"{at}-бет, барлығы {len(document)}" in text for at in range(1, len(document) + 1))
    assert text.count("Дереккөзі мен нөмірі") >= len(document) - 1


def test_long_names_and_texts_are_whole_and_stay_on_the_page() -> None:
    long = "Ө" + "ұ" * 3000 + "Щ"
    action = {"kind": "comment", "state": "done", "by": "aida", "at": "2024-05-01T00:00:00Z", "text": "мәтін\n" * 200}
    document = Paper(name=long, sentence=long, events=[{**event(1), "id": "i" * 2000}], actions=[action]).printed()
    text = words(document)
    assert text.count(long) >= 1
    assert text.count("ұ") >= 2 * 3000
    assert text.count("мәтін") == 200
    assert text.count("i") >= 2000
    for page in document:
        width, height = page.get_size()
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            left, bottom, right, top = item.get_bounds()
            assert left >= 0
            assert bottom >= 0
            assert right <= width
            assert top <= height


def test_what_strangers_wrote_is_shown_and_does_nothing() -> None:
    """No markup, no turned order of letters, nothing that is there and cannot be seen."""
    hostile = "<b>&amp;<img src=x> ООО \u202eТОО\u202c \u200b\u2066\x00 \u05d0\u0627 \ud800"
    text = words(Paper(name=hostile, sentence=hostile).printed())
    shown = r"<b>&amp;<img src=x> ООО \u202eТОО\u202c \u200b\u2066\x00 \u05d0\u0627 \ud800"
    assert text.count(shown.replace(" ", "")) + text.replace(" ", "").count(shown.replace(" ", "")) >= 2


@pytest.mark.parametrize("lang", HEADS)
def test_decisions_are_told_in_words(lang: str) -> None:
    action = {
        "kind": "decide", "state": "done", "by": "aida", "decidedBy": "dana", "at": "2024-05-01T00:00:00Z",
        "decidedAt": "2024-05-02T00:00:00Z", "disposition": "managed", "reason": "REASON", "decisionReason": "SECOND",
        "assignee": None,
    }  # fmt: skip
    text = words(Paper(lang=lang, actions=[action]).printed())
    assert all(each in text for each in ("aida", "dana", "REASON", "SECOND", "1-note.txt", "ab" * 32))
    assert ("managed" in text, "done" in text) == (False, lang == "en")


def test_it_names_the_leaf_with_what_its_rule_judged(file_case: Case) -> None:
    before = words(pypdfium2.PdfDocument(archive.unpack(file_case.dossier())["dossier.pdf"]))
    assert "of the audit log" not in before
    tell_rules(file_case.engine, "generic")
    file_case.feed("correcting.jsonl")
    files = archive.unpack(file_case.dossier())
    alert = json.loads(files["alert.json"])
    query = f"SELECT \"index\" FROM leaf WHERE kind = 'rule' AND ref = '{alert['rule']}'"
    assert f"leaf {file_case.value(query)} of the audit log" in words(pypdfium2.PdfDocument(files["dossier.pdf"]))
