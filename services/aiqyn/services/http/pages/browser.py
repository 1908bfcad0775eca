"""Libraries that a page runs in a browser: served by us alone, each exactly the file that was pinned."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import lru_cache
from hashlib import sha384
from pathlib import Path

from markupsafe import Markup

_HTTP = Path(__file__).parents[1]
_PINNED = _HTTP / "browser" / "files.json"
_VENDOR = _HTTP / "static" / "vendor"


@lru_cache
def script(name: str) -> Markup | None:
    """`src` and `integrity` of a library as attributes; None: it was not fetched at set-up, or is another file than the
    pinned one, and the page works without."""
    wanted = json.loads(_PINNED.read_text())[name]["integrity"]
    file = _VENDOR / name
    if not file.is_file() or wanted != f"sha384-{b64encode(sha384(file.read_bytes()).digest()).decode()}":
        return None
    return Markup(f'src="/static/vendor/{name}" integrity="{wanted}"')
