"""The whole interface tried by machine from its own OpenAPI document: no input breaks the server, no answer is one that
the document does not tell of, none takes longer than five seconds.

    python -m tests.services.http.fuzz [CASES] [SEED]      (make fuzz: so many requests of each role to each operation)
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema

Json = dict[str, Any]
ROLES: tuple[str | None, ...] = ("publisher", "analyst", "auditor", "supervisor", "dpo", "admin", None)
SLOW = 5.0
"""Seconds."""
TEXTS = (
    "", "x", "a" * 3000, "\0", "'; DROP TABLE event; --", "2024-02-30", "2024-01-01", "0001-01-01", "9999-12-31",
    "9999-12-31T23:59:59.999999Z", "2024-01-01T00:00:00+14:00",
    "XX-PER:o1", "XX-REG:s1", "REC:/registers:x", "AIQYN:abc",
    "😀\u202e", "../../etc/passwd", "%", "%_", "*", "[1]", "-1", "1e400", "NaN", "null", "9" * 30, "(a+)+$", "COI-02",
    "ocds-x1y2z3-1", "json", "priority", "ab" * 32, "0", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
NUMBERS = ("0", "1", "2", "-1", "1000", "1001", str(1 << 31), str(1 << 63), "9" * 40, "1.5", "x", "", "٣")
BODIES: tuple[Any, ...] = (
    None, True, 0, -1, 1 << 70, 1.5, "", "x", "\0", "\ud800", "a" * 3000, [], [None], ["x"] * 300, {}, {"x": {"y": []}},
)  # fmt: skip


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in sorted(document["paths"].items()):
        for method, operation in item.items():
            yield method.upper(), path, operation


def text(chance: random.Random, schema: Json) -> str:
    """A value for a parameter: mostly of its kind, right or only nearly."""
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    schema = chance.choice(options)
    if schema.get("type") == "array":
        return text(chance, schema.get("items", {}))
    if "const" in schema or "enum" in schema:
        return str(chance.choice([*schema.get("enum", [schema.get("const")]), "nonsense"]))
    if schema.get("type") == "integer":
        return chance.choice(NUMBERS)
    if schema.get("type") == "boolean":
        return chance.choice(("true", "false", "maybe"))
    return chance.choice(TEXTS)


def value(chance: random.Random, schema: Json, components: Json, depth: int = 0) -> Any:
    """A value for a member of a body: mostly of its kind."""
    if chance.random() < 0.15 or depth > 5:
        return chance.choice(BODIES)
    if "$ref" in schema:
        schema = components["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        return value(chance, chance.choice(schema["anyOf"]), components, depth + 1)
    if "enum" in schema or "const" in schema:
        return chance.choice([*schema.get("enum", [schema.get("const")]), "nonsense"])
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        chosen = {
            name: value(chance, each, components, depth + 1)
            for name, each in properties.items()
            if name in schema.get("required", ()) or chance.random() < 0.4
        }
        return chosen | ({"unknown": 1} if chance.random() < 0.1 else {})
    if kind == "array":
        return [value(chance, schema.get("items", {}), components, depth + 1) for _ in range(chance.randrange(3))]
    if kind in ("integer", "number"):
        return chance.choice((0, 1, -1, 17, 1 << 70))
    return chance.random() < 0.5 if kind == "boolean" else chance.choice(TEXTS)


def request(chance: random.Random, path: str, operation: Json, components: Json) -> tuple[str, Json]:
    """Address, and body with headers."""
    pairs: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        chosen = text(chance, parameter.get("schema", {}))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(chosen or "x", safe=""))
        elif parameter["in"] == "query" and (parameter.get("required") or chance.random() < 0.3):
            pairs += [(parameter["name"], chosen)] * chance.choice((1, 1, 1, 2))
    content = operation.get("requestBody", {}).get("content", {})
    more: Json = {"headers": headers}
    if content:
        media = chance.choice(sorted(content))
        headers["Content-Type"] = media
        made = value(chance, content[media].get("schema", {}), components)
        more["content"] = json.dumps(made).encode() if chance.random() < 0.9 else b'{"a":\xff'
    return f"{path}?{urlencode(pairs)}" if pairs else path, more


def attack(server: Any, role: str | None, cases: int, seed: int, slow: float = SLOW) -> Iterator[str]:
    """What is wrong with the answers to so many requests to each operation."""
    document = server.call("GET", "/openapi.json").json()
    components = document["components"]
    for method, path, operation in operations(document):
        if path == "/v1/session" and method == "POST":
            continue  # each failure counts: the limit is tested elsewhere
        chance = random.Random(f"{seed} {role} {method} {path}")
        for _ in range(cases):
            address, more = request(chance, path, operation, components)
            if role == "admin" and address.startswith("/v1/users/admin"):
                continue
            told = f"{role} {method} {address} {more}"
            began = time.monotonic()
            answer = server.call(method, address, role, **more)
            took = time.monotonic() - began
            if took > slow:
                yield f"{told}: {took:.1f} s"
            try:
                checked(answer, told, operation, components)
            except (AssertionError, jsonschema.ValidationError) as error:
                yield f"{told}: {answer.status_code} {str(error)[:1000]}"


def checked(answer: Any, told: str, operation: Json, components: Json) -> None:
    """The answer is one of those that the operation states."""
    assert answer.status_code < 500, f"{told}: {answer.text}"
    stated = operation["responses"].get(str(answer.status_code))
    media = answer.headers.get("content-type", "").partition(";")[0]
    if stated is None or media == "application/problem+json":
        assert media == "application/problem+json", f"{told}: {answer.status_code} {media}"
        stated = operation["responses"]["default"]
    if "content" not in stated or answer.status_code == 204:
        return
    assert media in stated["content"], f"{told}: {answer.status_code} {media} is not stated"
    schema = stated["content"][media].get("schema")
    if schema and media.endswith("json"):
        jsonschema.Draft202012Validator({**schema, "components": components}).validate(answer.json())


def main() -> int:
    """Exit code 1 if anything is wrong."""
    from tests.services.http.conftest import Server, story_of_one_alert

    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    print(f"{cases} requests of each role to each operation, seed {seed}", file=sys.stderr, flush=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), {"AIQYN_RATE_LIMIT": "0"})
        server.send(*story_of_one_alert())
        for role in ROLES:
            for each in attack(server, role, cases, seed):
                wrong += 1
                print(each, flush=True)
            print(f"-- {role or 'nobody'} done, {wrong} wrong so far", file=sys.stderr, flush=True)
        server.stop()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
