"""CloudEvents 1.0 in JSON, one a line, keys always in the same order."""

from __future__ import annotations

import json
from typing import Any

from aiqyn.services.demo.calendar import instant_text

Json = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def line(source: str, event_id: str, kind: str, at: int, data: Json) -> bytes:
    """One event, UTF-8, without a line end. `kind` lacks its version suffix, `at` is its `time`, an instant.

    `source`, `event_id` and `kind` are made by us and need no escaping.
    """
    return (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{source}","type":"{kind}.v1",'
        f'"time":"{instant_text(at)}","datacontenttype":"application/json","data":{_encode(data)}}}'
    ).encode()
