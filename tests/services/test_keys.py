"""The keys folder: secret, durable, made once."""

import hashlib
import hmac
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from aiqyn.services.keys import BadKeys, Keys


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "keys"
    assert not Keys(folder).exist()
    namespace = Keys(folder).alert_namespace()
    assert Keys(folder).exist()
    assert Keys(folder).alert_namespace() == namespace
    (file,) = folder.iterdir()
    assert (mode(folder), mode(file), len(file.read_bytes())) == (0o700, 0o600, 32)


def test_the_namespace_is_derived_from_the_secret(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    (tmp_path / "alert-ids.key").write_bytes(bytes(range(32)))
    digest = hmac.new(bytes(range(32)), b"aiqyn alert ids v1", hashlib.sha256).digest()
    namespace = keys.alert_namespace()
    assert namespace.version == 5
    # A UUID keeps 122 of 128 bits: 6 state its version and variant.
    assert namespace.bytes[:6] == digest[:6]
    assert namespace.bytes[9:] == digest[9:16]
    assert keys.fingerprint() not in (namespace.hex, digest.hex())


def test_folders_differ(tmp_path: Path) -> None:
    one, two = Keys(tmp_path / "1"), Keys(tmp_path / "2")
    assert one.alert_namespace() != two.alert_namespace()
    assert one.fingerprint() != two.fingerprint()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_damaged_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "alert-ids.key").write_bytes(content)
    with pytest.raises(BadKeys, match="backup"):
        Keys(tmp_path).alert_namespace()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadKeys, match="AIQYN_KEYS_DIR"):
        Keys(tmp_path / "file" / "keys").alert_namespace()


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from aiqyn.services.keys import Keys; sys.stdin.readline(); "
        "print(Keys(Path(sys.argv[1])).alert_namespace())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "keys")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    answers = {process.communicate("go\n", timeout=60)[0] for process in processes}
    assert len(answers) == 1
    assert len(answers.pop()) == 37
