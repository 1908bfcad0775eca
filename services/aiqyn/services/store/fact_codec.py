"""Facts as MessagePack: array-like facts by one decoder, releases (objects) by another."""

from __future__ import annotations

import msgspec

from aiqyn.streams.facts import ArrayFact, Fact, Release

ARRAY = 0
RELEASE = 1

_encode = msgspec.msgpack.Encoder().encode
_decode_array = msgspec.msgpack.Decoder(ArrayFact).decode
_decode_release = msgspec.msgpack.Decoder(Release).decode


def encode(fact: Fact) -> tuple[int, bytes]:
    """The kind that names the decoder, and the bytes."""
    return (RELEASE if type(fact) is Release else ARRAY), _encode(fact)


def decode(kind: int, data: bytes) -> Fact:
    """The fact of these bytes. Raises msgspec.DecodeError where they are none."""
    return _decode_release(data) if kind == RELEASE else _decode_array(data)
