"""What the Dockerfile says, for tests that do the same without Docker."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEPS = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
HOME = "/var/lib/aiqyn"
"""Where the image's processes may write, but for `/tmp`."""


def last(word: str) -> str:
    """The arguments of the last step of that kind."""
    return [step.partition(" ")[2] for step in STEPS if step.startswith(word + " ")][-1]


def environment() -> dict[str, str]:
    """What the image sets."""
    pairs = [word.partition("=") for word in last("ENV").split()]
    return {name: value for name, _, value in pairs if name != "PATH"}
