"""The whole interface tried by machine: no server error, no answer that the OpenAPI document does not tell of."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "8")


@pytest.mark.parametrize("role", ["publisher", "auditor", "admin"])
def test_no_input_breaks_the_server_or_the_contract(server: Any, story: list[Any], role: str, tmp_path: Path) -> None:
    server.send(*story)
    schemathesis = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            str(schemathesis), "run", f"{server.url}/openapi.json",
            "--header", f"Authorization: Bearer {server.keys[role]}",
            "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
            "response_headers_conformance,response_schema_conformance",
            "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "7",
            "--exclude-path-regex", "^/v1/session$", "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
