"""Structs of Hql.thrift."""

from typing import Any

import hyperthrift.gen.ttypes
from cellar.wire.stubs import stubs as _stubs
from thrift.Thrift import TApplicationException, TException, TMessageType, TType

_types = _stubs("Hql").types
globals().update(_types)
__all__ = [*_types, "hyperthrift", "TType", "TMessageType", "TException", "TApplicationException"]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
