"""AsyncAPI 3: what goes over Kafka, from the table of topics."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from aiqyn.schemas.routing import TOPICS, Topic


def asyncapi_of(prefix: str, base_url: str) -> dict[str, Any]:
    """The document; `prefix` stands before every topic."""
    topics = [topic for topic in TOPICS if topic.role != "inner"]
    types = sorted({type for topic in topics for type in topic.types})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Aiqyn",
            "version": version("aiqyn"),
            "description": "CloudEvents 1.0 in binary or structured mode. The type of an event decides, not its topic.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic, prefix) for topic in topics},
        "operations": {_name(topic): _operation(topic) for topic in topics},
        "components": {"messages": {type: _message(type, base_url) for type in types}},
    }


def _channel(topic: Topic, prefix: str) -> dict[str, Any]:
    return {
        "address": prefix + topic.name,
        "description": f"{topic.meaning}. Key: {topic.key}.",
        "messages": {type: {"$ref": f"#/components/messages/{type}"} for type in topic.types},
    }


def _name(topic: Topic) -> str:
    return ("receive" if topic.role == "public" else "send") + "." + topic.name


def _operation(topic: Topic) -> dict[str, Any]:
    channel = topic.name.replace("~", "~0").replace("/", "~1")
    return {
        "action": "receive" if topic.role == "public" else "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{type}"} for type in topic.types],
    }


def _message(type: str, base_url: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": type,
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "description": "Attributes of the CloudEvent in binary mode.",
            "properties": {name: {"type": "string"} for name in ("ce_id", "ce_source", "ce_type", "ce_time")},
        },
    }
    if not type.startswith(("coi.", "quality.")):
        message["payload"] = {"$ref": f"{base_url}/schemas/{type}.json"}
    return message
