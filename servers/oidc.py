"""A small OpenID provider of our own, for trying sign-in: whoever comes is signed in as the person that was set.

    python -m servers.oidc --client-id aiqyn --client-secret secret

`POST /control` sets who that is and how the provider misbehaves; it answers with what was kept. Never for production.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from servers.foreground import stay

Json = dict[str, Any]
_LIFE = 300  # seconds
_SIGNATURES = ("good", "other key", "none", "client secret", "changed")


class Provider:
    """One provider on a port of its own; `url` is its issuer."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.control: Json = {}
        self._key = RSAKey.generate_key(2048, {"kid": "1"})
        self._codes: dict[str, Json] = {}
        self._tokens: dict[str, Json] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.signed_out = 0

    def serve(self) -> None:
        self._server.serve_forever(0.1)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def metadata(self) -> Json:
        return {
            "issuer": self.control.get("issuer", self.url),
            "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo", "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/logout", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip

    def keys(self) -> Json:
        return dict(KeySet([self._key]).as_dict(private=False))

    def change_key(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    def authorize(self, asked: Json) -> str:
        """Where the browser goes back to. Raises ValueError."""
        if asked.get("client_id") != self.client_id or asked.get("response_type") != "code":
            raise ValueError("unknown client or response type")
        if asked.get("code_challenge_method") != "S256" or "openid" not in asked.get("scope", "").split():
            raise ValueError("PKCE and the scope openid are wanted")
        back = {"state": asked["state"], "iss": self.control.get("iss", self.url)}
        if "error" in self.control:
            return f"{asked['redirect_uri']}?{urlencode({**back, 'error': self.control['error']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({**back, 'code': code, 'session_state': 'x'})}"

    def token(self, form: Json, header: str) -> Json:
        """Tokens for a code, once. Raises ValueError with the code of the error."""
        kind, _, text = header.partition(" ")
        if kind != "Basic" or b64decode(text).decode() != f"{self.client_id}:{self.client_secret}":
            raise ValueError("invalid_client")
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            raise ValueError("invalid_grant")
        if create_s256_code_challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            raise ValueError("invalid_grant")
        now = int(time.time())
        told = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + _LIFE, "nonce": asked["nonce"]}
        claims = {**told, "sub": "1", **self.control.get("claims", {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        access = secrets.token_urlsafe(16)
        self._tokens[access] = {"sub": claims.get("sub"), **self.control.get("userinfo", {})}
        return {"access_token": access, "token_type": "Bearer", "expires_in": _LIFE, "id_token": self._signed(claims)}

    def userinfo(self, header: str) -> Json | None:
        return self._tokens.get(header.removeprefix("Bearer "))

    def _signed(self, claims: Json) -> str:
        how = self.control.get("signature", "good")
        assert how in _SIGNATURES
        kid = self._key.kid
        if how == "none":
            return jwt.encode({"alg": "none"}, claims, OctKey.generate_key(256), algorithms=["none"])
        if how == "client secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self.client_secret * 4), algorithms=["HS256"])
        if how == "other key":
            return jwt.encode({"alg": "RS256", "kid": kid}, claims, RSAKey.generate_key(2048))
        token = jwt.encode({"alg": "RS256", "kid": kid}, claims, self._key)
        return token if how == "good" else f"{token[:-8]}{'A' if token[-8] != 'A' else 'B'}{token[-7:]}"


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._json(provider.metadata())
            elif parts.path == "/jwks":
                self._json(provider.keys())
            elif parts.path == "/authorize":
                self._there(asked)
            elif parts.path == "/userinfo":
                found = provider.userinfo(self.headers.get("authorization", ""))
                self._json(found or {"error": "invalid_token"}, 200 if found else 401)
            elif parts.path == "/logout":
                provider.signed_out += 1
                self._go(asked.get("post_logout_redirect_uri", "/"))
            else:
                self._json({"error": "not found"}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            if self.path == "/control":
                provider.control = json.loads(body or "{}")
                if provider.control.get("newKey"):
                    provider.change_key()
                self._json({"signedOut": provider.signed_out})
                return
            form = {name: values[0] for name, values in parse_qs(body).items()}
            try:
                self._json(provider.token(form, unquote(self.headers.get("authorization", ""))))
            except ValueError as error:
                self._json({"error": str(error)}, 400)

        def _there(self, asked: Json) -> None:
            try:
                self._go(provider.authorize(asked))
            except (ValueError, KeyError) as error:
                self._json({"error": str(error)}, 400)

        def _go(self, where: str) -> None:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _json(self, document: Json, status: int = 200) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def running(client_id: str, client_secret: str) -> Iterator[Provider]:
    """A provider in a thread of its own."""
    provider = Provider(client_id, client_secret)
    thread = threading.Thread(target=provider.serve, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.stop()
        thread.join(5)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m servers.oidc", description=__doc__)
    parser.add_argument("--client-id", default="aiqyn")
    parser.add_argument("--client-secret", default="secret")
    chosen = parser.parse_args(arguments)
    return stay(running(chosen.client_id, chosen.client_secret), "oidc", ("url",))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
