"""Sign-in by OpenID Connect, against a provider that runs as a process of its own and misbehaves on demand."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

Json = dict[str, Any]
CLIENT, SECRET = "aiqyn-test", "a secret of the provider"
AIDA = {"sub": "17", "preferred_username": "aida", "email": "aida@example.org", "email_verified": True,
        "roles": ["auditor"]}  # fmt: skip
Serve = Callable[..., Any]


class Provider:
    """The process, and what it is told."""

    def __init__(self, url: str) -> None:
        self.url = url

    def says(self, claims: Json | None = None, **more: Any) -> Json:
        """How it behaves from now on."""
        answer = httpx.post(f"{self.url}/control", json={"claims": claims if claims is not None else AIDA, **more})
        return dict(answer.json())


@pytest.fixture(scope="module")
def process() -> Iterator[Provider]:
    command = [sys.executable, "-m", "servers.oidc", "--client-id", CLIENT, "--client-secret", SECRET]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert started.stdout is not None
    yield Provider(json.loads(started.stdout.readline())["url"])
    started.terminate()
    assert started.wait(20) == 0


@pytest.fixture
def provider(process: Provider) -> Provider:
    process.says()
    return process


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, process: Provider, request: Any) -> Iterator[Any]:
    running = request.getfixturevalue("server_class")(tmp_path_factory.mktemp("oidc"), environ(process))
    yield running
    assert running.stop() == 0


def environ(provider: Provider) -> dict[str, str]:
    return {
        "AIQYN_OIDC_ISSUER": provider.url, "AIQYN_OIDC_CLIENT_ID": CLIENT, "AIQYN_OIDC_CLIENT_SECRET": SECRET,
    }  # fmt: skip


def browser(server: Any) -> httpx.Client:
    return httpx.Client(base_url=server.url, cookies=CookieJar(), timeout=30)


def to_provider(client: httpx.Client, path: str = "/login/oidc?next=/rules") -> str:
    """The address at which the provider sends the browser back, without following it there."""
    begun = client.get(path)
    assert begun.status_code == 303, begun.text
    there = httpx.get(begun.headers["location"])
    assert there.status_code == 302, there.text
    return str(there.headers["location"])


def come(client: httpx.Client) -> httpx.Response:
    return client.get(to_provider(client))


def refused(answer: httpx.Response, status: int = 403) -> None:
    assert answer.status_code == status, answer.text
    assert "aiqyn_session" not in answer.headers.get("set-cookie", "")


def test_somebody_new_signs_in_with_the_role_of_the_claim(shared: Any, provider: Provider) -> None:
    with browser(shared) as client:
        began = client.get("/login/oidc?next=/rules")
        asked = {name: value[0] for name, value in parse_qs(urlsplit(began.headers["location"]).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["state"]) >= 32
        assert len(asked["nonce"]) >= 32
        assert asked["redirect_uri"] == f"{shared.url}/login/oidc/callback"
        done = client.get(to_provider(client))
        assert (done.status_code, done.headers["location"]) == (303, "/rules")
        who = client.get("/v1/session").json()
        assert (who["user"], who["roles"]) == ("aida", ["auditor"])
        assert "reveal" in who["scopes"]
    users = shared.call("GET", "/v1/users", "admin").json()["items"]
    assert next(each for each in users if each["user"] == "aida")["email"] == "aida@example.org"


def test_a_role_taken_away_is_gone_at_the_next_sign_in_and_ends_the_old_session(
    shared: Any, provider: Provider
) -> None:
    with browser(shared) as first, browser(shared) as second:
        assert come(first).status_code == 303
        provider.says({**AIDA, "roles": ["analyst", "somebody else's role"]})
        assert come(second).status_code == 303
        assert second.get("/v1/session").json()["roles"] == ["analyst"]
        assert first.get("/v1/session").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": []}, {"roles": ["king"]}, {"roles": ["admin", "auditor"]}, {"roles": {"auditor": True}},
        {"roles": [["auditor"]]}, {"roles": 7}, {"roles": None},
    ],
)  # fmt: skip
def test_without_a_role_nobody_comes_in(shared: Any, provider: Provider, claims: Json) -> None:
    provider.says({**AIDA, "sub": "99", "preferred_username": "nobody", "email": None, **claims})
    with browser(shared) as client:
        refused(come(client))
        assert client.get("/v1/session").status_code == 401
    assert "nobody" not in shared.call("GET", "/v1/users", "admin").text


def test_groups_and_userinfo_give_roles_too(shared: Any, provider: Provider) -> None:
    member = {"sub": "50", "preferred_username": "bolat", "roles": None}
    provider.says(member, userinfo={"roles": ["/aiqyn/supervisor", "aiqyn-analyst", "/other/admin"]})
    with browser(shared) as client:
        assert come(client).status_code == 303
        assert client.get("/v1/session").json()["roles"] == ["analyst", "supervisor"]
    provider.says(member, userinfo={"sub": "17", "roles": ["auditor"]})
    with browser(shared) as client:  # what is said of somebody else does not count: the roles stay
        assert come(client).status_code == 303
        assert client.get("/v1/session").json()["roles"] == ["analyst", "supervisor"]


def test_a_claim_in_an_object_is_reached_by_dots(serve: Serve, provider: Provider) -> None:
    server = serve({**environ(provider), "AIQYN_OIDC_ROLES_CLAIM": "realm_access.roles"})
    provider.says({**AIDA, "roles": None, "realm_access": {"roles": ["dpo", "offline_access"]}})
    with browser(server) as client:
        assert come(client).status_code == 303
        assert client.get("/v1/session").json()["roles"] == ["dpo"]


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "more"),
    [
        ({}, {"signature": "other key"}), ({}, {"signature": "none"}), ({}, {"signature": "client secret"}),
        ({}, {"signature": "changed"}),
        ({"aud": "another client"}, {}), ({"aud": [CLIENT, "another client"]}, {}), ({"aud": None}, {}),
        ({"aud": [CLIENT, "another client"], "azp": "another client"}, {}),
        ({"iss": "https://evil.example"}, {}), ({"iss": None}, {}),
        ({"nonce": "of another sign-in"}, {}), ({"nonce": None}, {}),
        ({"exp": NOW - 3600}, {}), ({"exp": None}, {}), ({"exp": "tomorrow"}, {}), ({"iat": NOW + 7200}, {}),
        ({"nbf": NOW + 7200}, {}), ({"sub": None}, {}), ({"sub": ""}, {}), ({"sub": ["17"]}, {}),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, {}),
        ({}, {"iss": "https://evil.example"}), ({}, {"error": "access_denied"}),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_hold_lets_nobody_in(shared: Any, provider: Provider, claims: Json, more: Json) -> None:
    provider.says({**AIDA, **claims}, **more)
    with browser(shared) as client:
        refused(come(client))
        assert client.get("/v1/session").status_code == 401


def test_an_answer_holds_once_and_in_its_own_browser(shared: Any, provider: Provider) -> None:
    with browser(shared) as client, browser(shared) as thief:
        back = to_provider(client)
        refused(thief.get(back))
        assert client.get(back).status_code == 303, "the thief's try did not use it up"
        kept = {"Cookie": f"aiqyn_oidc={client.cookies.get('aiqyn_oidc') or 'gone'}"}
        refused(httpx.get(back, headers=kept))
    with browser(shared) as client:
        back = to_provider(client)
        cookie = {"Cookie": "aiqyn_oidc=" + next(c.value or "" for c in client.cookies.jar if c.name == "aiqyn_oidc")}
        assert httpx.get(back, headers=cookie).status_code == 303
        refused(httpx.get(back, headers=cookie))


def test_a_state_of_nobody_and_a_code_of_another_sign_in(shared: Any, provider: Provider) -> None:
    with browser(shared) as client, browser(shared) as other:
        refused(client.get("/login/oidc/callback?state=x&code=y"))
        refused(client.get("/login/oidc/callback"))
        mine, theirs = (parse_qs(urlsplit(to_provider(each)).query) for each in (client, other))
        mixed = {"state": mine["state"][0], "code": theirs["code"][0], "iss": provider.url}
        refused(client.get("/login/oidc/callback", params=mixed))


def test_new_keys_of_the_provider_are_learnt(shared: Any, provider: Provider) -> None:
    with browser(shared) as client:
        assert come(client).status_code == 303
        provider.says(newKey=True)
        ends = time.monotonic() + 30
        while (answer := come(client)).status_code != 303:
            refused(answer)  # keys were read a few seconds ago: they are not asked for at will
            assert time.monotonic() < ends
            time.sleep(1)


def test_an_account_made_before_is_found_by_its_verified_address_alone(shared: Any, provider: Provider) -> None:
    body = {"user": "saule", "roles": ["supervisor"], "person": "XX-PER:s1", "email": "Saule@example.org"}
    shared.call("POST", "/v1/users", "admin", json=body)
    claims = {"sub": "30", "preferred_username": "saule", "email": "saule@example.org", "roles": None}
    provider.says({**claims, "email_verified": False})
    with browser(shared) as client:
        refused(come(client))
    provider.says({**claims, "email_verified": False, "roles": ["auditor"]})
    with browser(shared) as client:
        refused(come(client))  # the name is taken: nobody becomes somebody else by choosing a name
    provider.says({**claims, "email_verified": True})
    with browser(shared) as client:
        assert come(client).status_code == 303
        who = client.get("/v1/session").json()
        assert (who["user"], who["roles"]) == ("saule", ["supervisor"])
    provider.says({**claims, "sub": "31", "email_verified": True, "roles": ["auditor"]})
    with browser(shared) as client:
        refused(come(client))  # bound to another subject now


def test_who_is_disabled_stays_out(shared: Any, provider: Provider) -> None:
    provider.says({**AIDA, "sub": "40", "preferred_username": "late", "email": None})
    with browser(shared) as client:
        assert come(client).status_code == 303
        shared.call("PATCH", "/v1/users/late", "admin", json={"disabled": True})
        assert client.get("/v1/session").status_code == 401
        refused(come(client))


def test_sign_out_leads_on_to_the_provider(shared: Any, provider: Provider) -> None:
    with browser(shared) as client:
        assert come(client).status_code == 303
        token = client.get("/v1/session").json()["csrfToken"]
        before = provider.says()["signedOut"]
        out = client.post("/logout", data={"csrfToken": token})
        assert out.status_code == 303
        assert out.headers["location"].startswith(f"{provider.url}/logout?")
        assert f"form-action 'self' {provider.url};" in out.headers["content-security-policy"]
        again = httpx.get(out.headers["location"])
        assert again.headers["location"] == f"{shared.url}/login"
        assert provider.says()["signedOut"] == before + 1
        assert client.get("/v1/session").status_code == 401


def test_nobody_is_led_away(shared: Any, provider: Provider) -> None:
    for path in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=1"):
        with browser(shared) as client:
            back = to_provider(client, str(httpx.URL("/login/oidc", params={"next": path})))
            assert client.get(back).headers["location"] == "/alerts"


def test_a_provider_out_of_reach_or_of_another_name(serve: Serve, provider: Provider) -> None:
    server = serve(environ(provider))
    provider.says(issuer="https://evil.example")
    with browser(server) as client:
        answer = client.get("/login/oidc")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert (
            client.post("/login", data={"username": "auditor", "password": "a password for tests"}).status_code == 303
        )
    provider.says()
    with browser(server) as client:
        assert come(client).status_code == 303


def test_where_it_is_not_set_up_there_is_no_door(server: Any) -> None:
    assert server.call("GET", "/login/oidc").status_code == 404
    assert server.call("GET", "/login/oidc/callback?state=a&code=b").status_code == 404
    assert "/login/oidc" not in server.call("GET", "/login").text
