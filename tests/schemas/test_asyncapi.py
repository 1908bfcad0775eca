"""The AsyncAPI document: whole in itself, of the right shape, and with the schemas that are published."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from aiqyn.schemas.asyncapi import document
from aiqyn.schemas.json_schemas import build
from aiqyn.schemas.routing import TOPICS

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
DOCUMENT = document("p.")


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    assert reference.startswith("#/")
    for step in reference[2:].split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def validator(part: str) -> Draft202012Validator:
    """Of a part of the document, its references read from the document's root."""
    return Draft202012Validator({**DOCUMENT, "$ref": part})


def payload(type: str) -> Draft202012Validator:
    return validator(f"#/components/schemas/{type}/schema")


def test_every_reference_leads_to_something_in_the_document() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        assert resolved(reference) is not None


def test_every_topic_that_others_see_is_a_channel_with_its_operation() -> None:
    shown = {topic.name: topic for topic in TOPICS if topic.role != "inner"}
    assert DOCUMENT["channels"].keys() == shown.keys()
    for name, topic in shown.items():
        channel = DOCUMENT["channels"][name]
        assert channel["address"] == channel["bindings"]["kafka"]["topic"] == f"p.{name}"
        action = "receive" if topic.role == "public" else "send"
        operation = DOCUMENT["operations"][f"{action}.{name}"]
        assert operation["action"] == action
        assert operation["channel"] == {"$ref": f"#/channels/{name}"}
        assert [item["$ref"].rpartition("/")[2] for item in operation["messages"]] == list(channel["messages"])
        assert tuple(channel["messages"]) == (topic.types or ("deadLetter",))
    assert len(DOCUMENT["operations"]) == len(shown)


def test_members_are_those_of_asyncapi_3() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    known = {
        "channels": {"address", "title", "description", "messages", "bindings"},
        "operations": {"action", "channel", "summary", "messages"},
    }
    for kind, members in known.items():
        assert {name for item in DOCUMENT[kind].values() for name in item} == members
    for message in DOCUMENT["components"]["messages"].values():
        assert message.keys() <= {
            "name", "title", "summary", "contentType", "headers", "payload", "bindings",
        }  # fmt: skip


@pytest.mark.parametrize("type", sorted(build()))
def test_the_schema_of_a_payload_is_the_published_one(type: str) -> None:
    published = Draft202012Validator(build()[type])
    here = payload(type)
    lines = [json.loads(line) for line in (EXAMPLES / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    own = [line["data"] for line in lines if line["type"] == type]
    assert own
    for data in own:
        assert list(here.iter_errors(data)) == []
    for data in [line["data"] for line in lines if line["type"] != type]:
        # nested faults too: references inside must lead to the same places
        assert sorted(map(str, (error.json_path for error in here.iter_errors(data)))) == sorted(
            map(str, (error.json_path for error in published.iter_errors(data)))
        )


def test_headers_of_a_message_are_those_of_binary_mode() -> None:
    headers = {
        "ce_specversion": "1.0", "ce_id": "1", "ce_source": "/s", "ce_type": "registry.company.v1",
        "ce_time": "2024-01-01T00:00:00Z", "content-type": "application/json",
    }  # fmt: skip
    schema = validator("#/components/messages/registry.company.v1/headers/schema")
    assert list(schema.iter_errors(headers)) == []
    assert list(schema.iter_errors(headers | {"ce_type": "donation"})) != []
    for name in headers.keys() - {"content-type"}:
        assert list(schema.iter_errors({member: text for member, text in headers.items() if member != name})) != []


def test_it_is_json() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
