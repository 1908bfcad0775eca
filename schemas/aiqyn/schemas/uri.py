"""URI references, as the `source` of an event is one (RFC 3986; letters beyond ASCII as in RFC 3987)."""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[^\x00-\x7f\s])+")


def is_uri_reference(text: str) -> bool:
    """Whether the text has only characters that a URI reference may have: no space, no lone percent sign."""
    return _REFERENCE.fullmatch(text) is not None
