"""Signatures and targets of webhooks."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from aiqyn.services.webhooks import signing
from aiqyn.services.webhooks.targets import BadTarget, addresses, is_public, parse


@pytest.mark.parametrize("body", ["", "Айқын — «ashyq»", "a" * 2000])
def test_the_reference_receiver_takes_what_either_secret_signed_and_nothing_else(body: str) -> None:
    old, new, other = signing.secret(), signing.secret(), signing.secret()
    sent = {
        "webhook-id": "a-1", "webhook-timestamp": str(now := int(time.time())),
        "webhook-signature": signing.signature([new, old], "a-1", now, json.dumps(body).encode()),
    }  # fmt: skip
    for secret in (old, new):
        assert Webhook(secret).verify(json.dumps(body), sent) == body
    for secret, data, headers in (
        (other, body, sent),
        (new, body + "x", sent),
        (new, body, {**sent, "webhook-id": "a-2"}),
        (new, body, {**sent, "webhook-timestamp": str(now - 1)}),
        (new, body, {**sent, "webhook-timestamp": str(now - 3600)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(json.dumps(data), headers)


@given(st.binary(max_size=200), st.integers(0, 2**40))
def test_a_receiver_can_verify_with_each_secret(body: bytes, timestamp: int) -> None:
    old, new = signing.secret(), signing.secret()
    signed = f"msg-1.{timestamp}.".encode() + body
    for text, secret in zip(
        signing.signature([new, old], "msg-1", timestamp, body).split(" "), [new, old], strict=True
    ):
        version, _, given = text.partition(",")
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert version == "v1"
        assert base64.b64decode(given) == hmac.new(key, signed, hashlib.sha256).digest()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::",
     "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1", "fe80::1%eth0"],
)  # fmt: skip
def test_addresses_of_our_own_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "ftp://a.example/", "https://", "https://u:p@a.example/", "https://a.example/#x",
     "https://a.example/ b", "https://a.example:0/", "https://a.example:99999/", "//a.example", ""],
)  # fmt: skip
def test_what_is_no_target(url: str) -> None:
    with pytest.raises(BadTarget):
        parse(url, allow_private=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]"])
def test_no_spelling_of_loopback_is_reached(host: str) -> None:
    with pytest.raises(BadTarget):
        addresses(parse(f"https://{host}/", allow_private=False), allow_private=False)
