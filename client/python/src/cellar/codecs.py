"""How keys and values become bytes. Without a codec everything is bytes, and text is taken as UTF-8."""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping, NamedTuple, Optional, Union


class Codec(NamedTuple):
    """A way to bytes and back."""
    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"bytes or str expected, not {type(value).__name__}: choose a codec")


def _identity(value: bytes) -> bytes:
    return value


def _text(value: bytes) -> str:
    return value.decode("utf-8")


def _encode_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _encode_int(value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"int expected, not {type(value).__name__}")
    return b"%d" % value


def _encode_float(value: Any) -> bytes:
    return repr(float(value)).encode("ascii")


BYTES = Codec("bytes", _bytes, _identity)
TEXT = Codec("text", _bytes, _text)
JSON = Codec("json", _encode_json, json.loads)
INT = Codec("int", _encode_int, int)
FLOAT = Codec("float", _encode_float, float)

Values = Union[Codec, Mapping[str, Codec]]


class ValueCodecs:
    """Which codec for which family: one for all, or by name, with "*" for the others."""

    def __init__(self, values: Values):
        by_name = {"*": values} if isinstance(values, Codec) else dict(values)
        self._rest = by_name.pop("*", BYTES)
        self._by_family = {_bytes(family): codec for family, codec in by_name.items()}
        self.plain = not self._by_family and self._rest is BYTES

    def only(self) -> Optional[Codec]:
        """The one for all families, if there is one for all."""
        return None if self._by_family else self._rest

    def of(self, family: bytes) -> Codec:
        return self._by_family.get(family, self._rest)
