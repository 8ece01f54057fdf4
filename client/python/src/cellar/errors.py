"""What goes wrong, as a hierarchy of exceptions. `code` is the number of the public error table (docs/reference/errors.md)."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Type


class CellarError(Exception):
    """Everything that this package raises, but for mistakes in the types of arguments (TypeError)."""

    def __init__(self, message: str, code: int = -2):
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} (error {self.code if self.code < 0x10000 else hex(self.code)})"


# ---- the request was not carried out


class RefusedError(CellarError):
    """Nothing was done, and the same request would be refused again."""


class InvalidArgumentError(RefusedError, ValueError):
    """A row, column, value, timestamp, scan or option that cannot be."""


class UnknownFamilyError(InvalidArgumentError):
    """The table has no such column family."""


class HqlError(RefusedError):
    """The statement is not HQL; the message says where."""


class SchemaError(RefusedError):
    """A schema that cannot be, or one that has changed since it was read."""


class NotFoundError(RefusedError, LookupError):
    """What was named is not there."""


class TableNotFoundError(NotFoundError):
    pass


class NamespaceNotFoundError(NotFoundError):
    pass


class ExistsError(RefusedError):
    """The name, or the cell, is there already."""


class NotEmptyError(RefusedError):
    """A namespace with something in it cannot be dropped."""


class NotAllowedError(RefusedError):
    """Protected, or switched off."""


class NotImplementedByServerError(RefusedError):
    """The server does not know this method."""


class BadIdError(RefusedError):
    """A namespace, scanner, mutator or future that the gateway does not know, or no longer."""


# ---- it could not be carried out now


class UnavailableError(CellarError):
    """Nothing was done: no gateway could be reached, or it was not ready, until the time was up."""


class PoolTimeoutError(UnavailableError):
    """All connections were in use until the time was up. An open scan holds one until its end, or until it is closed."""


class DeadlineError(CellarError, TimeoutError):
    """No answer in time to something that changes nothing."""


class UnknownOutcomeError(CellarError):
    """The answer was lost or late: the change may have been made, or may still be. It is not repeated for you, since it might
    then be made twice."""


class BatchError(CellarError):
    """Some of a batch's cells were not acknowledged: `unacknowledged`, in order, may be put again; those before them are
    stored. `cause` says whether they were refused or their outcome is unknown."""

    def __init__(self, cause: CellarError, unacknowledged: Sequence[Any]):
        super().__init__(f"{len(unacknowledged)} cells were not acknowledged: {cause.message}", cause.code)
        self.cause = cause
        self.unacknowledged = list(unacknowledged)


# ---- somebody is broken


class FormatError(CellarError):
    """Packed cells, or an answer, that cannot be read."""


class ProtocolError(CellarError):
    """The peer does not speak this protocol."""


class ServerError(CellarError):
    """Everything else that the server says."""


class ClosedError(CellarError):
    """The client was closed."""


CODE_UNKNOWN_METHOD = 64
_BY_CODE: Dict[int, Type[CellarError]] = {
    4: DeadlineError,
    7: SchemaError, 24: SchemaError, 34: SchemaError, 61: SchemaError, 0x40002: SchemaError, 0x40008: SchemaError,
    9: InvalidArgumentError, 14: InvalidArgumentError, 23: InvalidArgumentError, 25: InvalidArgumentError,
    30: InvalidArgumentError, 35: InvalidArgumentError, 41: InvalidArgumentError, 55: InvalidArgumentError,
    56: InvalidArgumentError, 58: InvalidArgumentError, 62: InvalidArgumentError,
    59: UnknownFamilyError, 0x5000a: UnknownFamilyError, 0x40007: UnknownFamilyError,
    11: HqlError, 26: HqlError, 0x60001: HqlError, 0x60002: HqlError,
    12: NotFoundError, 22: TableNotFoundError, 0x50012: TableNotFoundError, 40: NamespaceNotFoundError,
    39: ExistsError, 42: ExistsError, 48: ExistsError, 0x40001: ExistsError,
    0x30013: NotEmptyError, 44: NotAllowedError, 57: NotAllowedError,
    31: NotImplementedByServerError, CODE_UNKNOWN_METHOD: NotImplementedByServerError,
    0x90001: BadIdError, 0x90002: BadIdError, 0x90003: BadIdError, 0x90004: BadIdError,
    27: UnavailableError, 28: UnavailableError, 46: UnavailableError, 65: UnavailableError,
    0x40003: UnavailableError, 0x40004: UnavailableError, 0x50019: UnavailableError, 0x5000f: UnavailableError,
    0x80001: FormatError, 0x80004: FormatError,
}


def from_code(code: int, message: Optional[str], changes: bool) -> CellarError:
    """The exception for what the server said. `changes`: the request may change something, so that a time-out there leaves
    the outcome unknown."""
    text = message or "no message"
    if code == 4 and changes:
        return UnknownOutcomeError(text, code)
    return _BY_CODE.get(code, ServerError)(text, code)
