"""A bad setting stops any command with exit code 64: its name, and what would do."""

import pytest

from aiqyn.services.settings import VARIABLES
from tests.services.cli.conftest import Aiqyn

WRONG = {
    "AIQYN_DATABASE_URL": ("mysql://u@h/n", "sqlite:///<file> or postgresql://"),
    "AIQYN_PROFILE": ("atlantis", "there are"),
    "AIQYN_KAFKA_BOOTSTRAP": ("kafka", "host:port is wanted"),
    "AIQYN_KAFKA_NONSENSE": ("1", "unset it"),
    "AIQYN_KAFKA_ACKS": ("1", "not for you to set"),
    "AIQYN_KAFKA_REQUEST_TIMEOUT_MS": ("soon", "is not of the kind of"),
    "AIQYN_TOPIC_PREFIX": ("a b", "letters, digits"),
    "AIQYN_GROUP": ("a b", "letters, digits"),
    "AIQYN_INSTANCE_ID": ("w/1", "letters, digits"),
    "AIQYN_HOST": ("http://h", "without port and scheme"),
    "AIQYN_PORT": ("65536", "a whole number from 0 to 65535"),
    "AIQYN_PUBLIC_URL": ("aiqyn.example", "https://aiqyn.example is wanted"),
    "AIQYN_HEALTH_PORT": ("http", "a whole number from 0 to 65535"),
    "AIQYN_STATE_DIR": ("taken", "is a file"),
    "AIQYN_KEYS_DIR": ("taken", "is a file"),
    "AIQYN_MAX_EVENT_BYTES": ("1 MiB", "a whole number from 1"),
    "AIQYN_MAX_BODY_BYTES": ("-1", "a whole number from 1"),
    "AIQYN_MAX_RECORDS": ("0", "a whole number from 1"),
    "AIQYN_RATE_LIMIT": ("none", "a whole number from 0"),
    "AIQYN_SIGNIN_LIMIT": ("0", "a whole number from 1"),
    "AIQYN_OIDC_ISSUER": ("id.example", "https://"),
    "AIQYN_OIDC_CLIENT_ID": ("a b", "without spaces"),
    "AIQYN_OIDC_CLIENT_SECRET": ("a\nb", "one line"),
    "AIQYN_OIDC_ROLES_CLAIM": ("a b", "without spaces"),
    "AIQYN_SOURCE": ("our house", "a URI or URI reference is wanted"),
    "AIQYN_API_KEY": ("se cret", "`aiqyn key add`"),
    "AIQYN_WEBHOOK_ALLOW_PRIVATE": ("perhaps", "one of true, false"),
    "AIQYN_WEBHOOK_RETRIES": ("5,,7", "a whole number"),
    "AIQYN_AUDIT_ORIGIN": ("a+b", "without spaces and plus signs"),
    "AIQYN_AUDIT_INTERVAL": ("0", "a whole number from 1"),
    "AIQYN_AUDIT_PUBLIC": ("yes", "one of true, false"),
    "AIQYN_AUDIT_WITNESSES": ("key", "pairs of a verifier key and a URL"),
    "AIQYN_DLQ_BRAKE": ("half", "a share above 0 and at most 1"),
    "AIQYN_LOG_LEVEL": ("loud", "one of debug, info"),
    "AIQYN_LOG_FORMAT": ("xml", "one of text, json"),
}


def test_every_setting_is_tried() -> None:
    assert VARIABLES.keys() <= WRONG.keys()


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_value_is_64_and_says_what_would_do(aiqyn: Aiqyn, name: str) -> None:
    value, advice = WRONG[name]
    (aiqyn.folder / "taken").write_text("")
    said = aiqyn("alerts", code=64, environ={name: value}).stderr.decode()
    assert name in said
    assert advice in said
    assert len(said.splitlines()) == 1
    if name in ("AIQYN_API_KEY", "AIQYN_OIDC_CLIENT_SECRET"):
        assert repr(value)[1:-1] not in said
    assert [path.name for path in aiqyn.folder.iterdir()] == ["taken"]
