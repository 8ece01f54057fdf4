"""Structs, enums and exceptions of Client.thrift."""

from typing import Any

from cellar.wire.stubs import stubs as _stubs
from thrift.Thrift import TApplicationException, TException, TMessageType, TType

_types = _stubs("Client").types
globals().update(_types)
__all__ = [*_types, "TType", "TMessageType", "TException", "TApplicationException"]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
