"""Problem codes and the rejection that carries them."""

from __future__ import annotations

import pickle

import pytest

from aiqyn.schemas.errors import CODES, Problem, Rejected, escape, rejected

PUBLISHED = {
    "event.erased",
    "json.invalid",
    "json.duplicateKey",
    "text.invalid",
    "event.tooLarge",
    "event.unknownType",
    "event.conflict",
    "field.missing",
    "field.invalid",
    "source.notAllowed",
}


def test_every_published_code_has_a_title_and_says_what_to_do() -> None:
    assert set(CODES) >= PUBLISHED
    for meaning in CODES.values():
        assert meaning.title
        assert "\n" not in meaning.title
        assert meaning.action.endswith(".")


def test_a_rejection_needs_a_problem() -> None:
    with pytest.raises(ValueError, match="needs a problem"):
        Rejected(())


def test_a_rejection_survives_pickling() -> None:
    error = Rejected([Problem("field.missing", "/id", "why")], "s", "i", "t")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.problems, copy.source, copy.id, copy.type) == (error.problems, "s", "i", "t")


def test_text_names_code_place_and_detail() -> None:
    assert str(rejected("field.missing", "/id", "why")) == "field.missing at /id: why"


def test_pointer_steps_are_escaped() -> None:
    assert escape("a/b~c") == "a~1b~0c"
