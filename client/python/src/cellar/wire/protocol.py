"""Binary protocol that keeps every byte, and calls and replies as frames."""

from __future__ import annotations

import struct
from typing import Any, Union

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TMessageType
from thrift.transport.TTransport import TMemoryBuffer

from .stubs import Call, read_reply

_LENGTH = struct.Struct(">i")
LENGTH_BYTES = 4


class LosslessProtocol(TBinaryProtocol):  # type: ignore[misc]
    """Text is UTF-8; bytes that are not come and go as surrogates, so that no byte is lost. Bytes may stand for text,
    and text for bytes."""

    def readString(self) -> str:
        return bytes(self.readBinary()).decode("utf-8", "surrogateescape")

    def writeString(self, str_val: Union[str, bytes]) -> None:
        super().writeBinary(_bytes(str_val))

    def writeBinary(self, str_val: Union[str, bytes]) -> None:
        super().writeBinary(_bytes(str_val))


def _bytes(value: Union[str, bytes]) -> bytes:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


def encode_call(call: Call, arguments: Any) -> bytes:
    """A frame, length and all."""
    buffer = TMemoryBuffer()
    buffer.write(bytes(LENGTH_BYTES))
    protocol = LosslessProtocol(buffer)
    protocol.writeMessageBegin(call.name, TMessageType.CALL, 0)
    arguments.write(protocol)
    protocol.writeMessageEnd()
    frame = bytearray(buffer.getvalue())
    _LENGTH.pack_into(frame, 0, len(frame) - LENGTH_BYTES)
    return bytes(frame)


def frame_length(header: bytes) -> int:
    """Of the payload behind these four bytes; negative or absurd when the peer does not speak this protocol."""
    return int(_LENGTH.unpack(header)[0])


def decode_reply(call: Call, payload: bytes) -> Any:
    """What the method returned; raises what it threw."""
    return read_reply(LosslessProtocol(TMemoryBuffer(payload)), call)
