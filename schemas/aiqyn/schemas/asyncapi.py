"""AsyncAPI 3: what goes over Kafka, made from the topics and the JSON Schemas. Self-contained: nothing is fetched."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from aiqyn.schemas.alert_schema import ALERT
from aiqyn.schemas.json_schemas import build
from aiqyn.schemas.routing import ALERTS, PUBLIC, QUALITY, TOPICS, Topic

Document = dict[str, Any]

SCHEMA_FORMAT = "application/schema+json;version=2020-12"
_BINDING = "0.5.0"
_DEAD = "deadLetter"
_DESCRIPTION = (
    "Events are CloudEvents 1.0. Binary mode (shown here): attributes in headers ce_*, data in the value. Structured "
    "mode (content-type application/cloudevents+json: the whole event in the value) is read as well. The type decides, "
    "not the topic or the key: any public event is taken from any public topic, with any key or none."
)


def document(prefix: str = "") -> Document:
    """The AsyncAPI document; `prefix` stands before every topic."""
    topics = [topic for topic in TOPICS if topic.role != "inner"]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Aiqyn events", "version": version("aiqyn"), "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, prefix) for topic in topics},
        "operations": {_operation_name(topic): _operation(topic) for topic in topics},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _names(topic: Topic) -> tuple[str, ...]:
    return topic.types or (_DEAD,)


def _channel(topic: Topic, prefix: str) -> Document:
    kept = {"topicConfiguration": {"retention.ms": topic.retention_ms, "cleanup.policy": ["delete"]}}
    return {
        "address": prefix + topic.name,
        "title": topic.meaning,
        "description": f"{topic.meaning}. Key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(topic)},
        "bindings": {"kafka": {"topic": prefix + topic.name, **kept, "bindingVersion": _BINDING}},
    }


def _operation_name(topic: Topic) -> str:
    return f"{_action(topic)}.{topic.name}"


def _action(topic: Topic) -> str:
    """What Aiqyn does: it receives public events and sends the rest."""
    return "receive" if topic.role == "public" else "send"


def _operation(topic: Topic) -> Document:
    return {
        "action": _action(topic),
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.meaning,
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{name}"} for name in _names(topic)],
    }


def _messages() -> Document:
    found = {type: _message(type, topic) for topic in (*PUBLIC, ALERTS, QUALITY) for type in topic.types}
    return {**found, _DEAD: _dead_letter()}


def _message(type: str, topic: Topic) -> Document:
    return {
        "name": type,
        "title": type,
        "contentType": "application/json",
        "headers": _schema(_headers(type, "ce_subject" if topic is ALERTS else None)),
        "payload": {"$ref": f"#/components/schemas/{type}"},
        "bindings": _key(f"The {topic.key}, UTF-8."),
    }


def _headers(type: str, *more: str | None) -> Document:
    required = ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", *(name for name in more if name)]
    properties: Document = {name: {"type": "string", "minLength": 1} for name in required}
    properties["ce_specversion"] = {"const": "1.0"}
    properties["ce_type"] = {"const": type}
    properties["ce_time"] = {"type": "string", "description": "RFC 3339."}
    properties["content-type"] = {"type": "string", "description": "JSON in UTF-8; application/json if missing."}
    return {"type": "object", "required": required, "properties": properties}


def _key(description: str) -> Document:
    return {"kafka": {"key": {"type": "string", "description": description}, "bindingVersion": _BINDING}}


def _dead_letter() -> Document:
    required = [f"dlq_{name}" for name in ("code", "detail", "stage", "topic", "partition", "offset", "time")]
    properties: Document = {name: {"type": "string"} for name in required}
    properties["dlq_stage"] = {"enum": ["decode", "validate", "normalise", "store"]}
    properties["dlq_partition"] = properties["dlq_offset"] = {"type": "string", "pattern": "^[0-9]+$"}
    return {
        "name": _DEAD,
        "title": "A refused record",
        "summary": "Key, value and headers byte for byte as they came, and headers that say why it was refused.",
        "contentType": "application/octet-stream",
        "headers": _schema({"type": "object", "required": required, "properties": properties}),
        "payload": {"description": "Any bytes, or none."},
        "bindings": _key("As it came; may be missing."),
    }


def _schema(schema: Document) -> Document:
    return {"schemaFormat": SCHEMA_FORMAT, "schema": schema}


def _schemas() -> Document:
    schemas: Document = {type: _schema(_placed(schema, type)) for type, schema in build().items()}
    return {**schemas, **{type: _schema(schema) for type, schema in emitted().items()}}


def emitted() -> dict[str, Document]:
    """The schema of each event type that Aiqyn sends."""
    return {**dict.fromkeys(ALERTS.types, ALERT), **dict.fromkeys(QUALITY.types, _ISSUE)}


def _placed(schema: Document, type: str) -> Document:
    """The schema as a part of this document: its references lead from the document's root."""
    body = {name: value for name, value in schema.items() if name not in ("$schema", "$id")}
    placed: Document = _moved(body, f"#/components/schemas/{type}/schema")
    return placed


def _moved(value: Any, root: str) -> Any:
    if isinstance(value, dict):
        return {
            name: root + item[1:] if name == "$ref" and isinstance(item, str) else _moved(item, root)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_moved(item, root) for item in value]
    return value


_ISSUE: Document = {
    "title": "quality.issue.v1",
    "description": "A doubt about an accepted event of a source.",
    "type": "object",
    "required": ["source", "id", "code", "pointer", "detail"],
    "properties": {
        "source": {"type": "string", "x-class": "public", "description": "`source` of the event."},
        "id": {"type": "string", "x-class": "restricted", "description": "`id` of the event."},
        "code": {"type": "string", "x-class": "public"},
        "pointer": {
            "type": "string",
            "x-class": "public",
            "description": "JSON pointer (RFC 6901) from the event's root.",
        },
        "detail": {"type": "string", "x-class": "restricted"},
    },
}
