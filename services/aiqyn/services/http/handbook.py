"""The documentation of the interface as a page, made from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from aiqyn.services.http.plain import table

_FIRST = """<p>Machine-readable: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.json">AsyncAPI 3</a>,
<a href="/schemas">JSON Schemas of the events</a>. Every <a href="/errors">error code</a> has a page.</p>
<h2>In short</h2>
<p>A key goes into the header <code>Authorization: Bearer aiqyn_...</code>. Send an event:</p>
<pre>curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/cloudevents+json" \\
     --data-binary @event.json BASE/v1/events</pre>
<p>The answer has a verdict for each record: accepted, duplicate, conflict or rejected, with the JSON pointer of what
is wrong. A bad record never stops the others. Sending the same again is safe: it is a duplicate.</p>
"""


def handbook(document: dict[str, Any], base_url: str) -> str:
    """HTML: how to begin, then every operation with its parameters and the scope that it needs."""
    parts = [_FIRST.replace("BASE", escape(base_url)), "<h2>Operations</h2>"]
    for path, item in sorted(document["paths"].items()):
        for method, operation in item.items():
            parts.append(_operation(path, method, operation))
    return "\n".join(parts)


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    text = operation.get("description") or operation.get("summary", "")
    rows = [
        (f"<code>{escape(each['name'])}</code>", each["in"], escape(_type(each.get("schema", {}))))
        for each in operation.get("parameters", ())
    ]
    parameters = table("Parameters", ("Name", "In", "Values"), rows) if rows else ""
    return (
        f"<h3><code>{method.upper()} {escape(path)}</code></h3>\n<p>{escape(text)}</p>\n"
        f"<p>Needs: {escape(' or '.join(_scopes(operation)) or 'nothing')}.</p>\n{parameters}"
    )


def _scopes(operation: dict[str, Any]) -> list[str]:
    found = sorted({scope for way in operation.get("security", ()) for scopes in way.values() for scope in scopes})
    return found or (["any sign-in"] if operation.get("security") else [])


def _type(schema: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(_words(schema)))


def _words(schema: dict[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield " | ".join(str(value) for value in schema["enum"])
    elif "const" in schema:
        yield str(schema["const"])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            if each.get("type") != "null":
                yield from _words(each)
    elif schema.get("type") == "array":
        yield from (f"{word} (may be repeated)" for word in _words(schema.get("items", {})))
    else:
        yield str(schema.get("type", "any"))
