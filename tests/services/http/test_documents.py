"""What stands without sign-in: documents, pages for integrators, headers."""

from typing import Any

import pytest

from aiqyn.schemas.errors import CODES

Json = dict[str, Any]
STRICT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@pytest.mark.parametrize("path", ["/docs", "/errors", "/openapi.json", "/v1/events", "/nothing", "/v1/nothing"])
def test_every_answer_has_the_headers(server: Any, path: str) -> None:
    found = server.call("GET", path).headers
    assert {name: found.get(name) for name in STRICT} == STRICT
    assert "server" not in found


def test_openapi_names_the_scopes_of_each_operation(server: Any) -> None:
    document = server.call("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"key", "session"}
    assert document["paths"]["/v1/events"]["post"]["security"] == [{"key": ["publish"]}, {"session": ["publish"]}]
    for item in document["paths"].values():
        for operation in item.values():
            assert "security" in operation
            assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_asyncapi_names_every_type_that_has_a_schema(server: Any) -> None:
    document = server.call("GET", "/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    listed = server.call("GET", "/schemas").json()["items"]
    named = {path.removeprefix("/schemas/").removesuffix(".json") for path in listed}
    assert named == document["components"]["messages"].keys() - {"deadLetter"}
    for path in listed:
        schema = server.call("GET", path)
        assert schema.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert '"x-class"' in schema.text
    for operation in document["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in document["channels"]


def test_pages_load_nothing_from_elsewhere(server: Any) -> None:
    for path in ("/docs", "/errors", "/errors/field.missing"):
        page = server.call("GET", path)
        assert page.headers["content-type"].startswith("text/html")
        for attribute in ("src=", "href=", "action="):
            for piece in page.text.split(attribute)[1:]:
                assert piece.startswith('"/'), piece[:40]


def test_every_code_has_a_page(server: Any) -> None:
    page = server.call("GET", "/errors").text
    for code in CODES:
        assert f'href="/errors/{code}"' in page
        assert server.call("GET", f"/errors/{code}").status_code == 200
    assert server.call("GET", "/errors/standard.minLength").status_code == 200
    assert server.call("GET", "/errors/no.such").status_code == 404
    assert server.call("GET", "/errors/standard.no").status_code == 404


@pytest.mark.parametrize(("lang", "title"), [("kk", "Міндетті өріс жоқ"), ("ru", "Нет обязательного поля")])
def test_errors_are_told_in_the_language_asked_for(server: Any, lang: str, title: str) -> None:
    asked = {"headers": {"Accept-Language": lang}}
    for page in (
        server.call("GET", f"/errors/field.missing?lang={lang}"), server.call("GET", "/errors/field.missing", **asked)
    ):  # fmt: skip
        assert f'<html lang="{lang}">' in page.text
        assert f"<h1>{title}</h1>" in page.text
    sent = server.send({"source": "/a"}, query=f"?lang={lang}")
    assert sent.status_code == 400  # publishing has no such parameter: its language is the header's
    asked["headers"] |= {"Content-Type": "application/cloudevents+json"}
    refused = server.call("POST", "/v1/events", "publisher", content=b'{"specversion":"1.0"}', **asked)
    assert (refused.status_code, refused.json()["title"]) == (422, title)


def test_metrics_are_those_of_the_contract(server: Any) -> None:
    text = server.call("GET", "/metrics").text
    for name in (
        "aiqyn_events_total", "aiqyn_alerts_total", "aiqyn_dead_letters_total", "aiqyn_webhook_deliveries_total",
        "aiqyn_audit_leaves_total", "aiqyn_consumer_lag_records", "aiqyn_graph_lag_records",
        "aiqyn_outbox_pending_records", "aiqyn_build_info", "aiqyn_batch_records", "aiqyn_batch_duration_seconds",
        "aiqyn_event_to_alert_seconds", "aiqyn_http_request_duration_seconds",
    ):  # fmt: skip
        assert f"# TYPE {name.removesuffix('_total')}" in text, name
