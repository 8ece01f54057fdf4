"""The ancestor's reader and writer of packed cells, version 1, for programs that import them. Text is UTF-8; what is not comes as
surrogates, and goes back as the same bytes; bytes are taken wherever text is."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import List, Optional, Union

from cellar import packed as _packed
from cellar.cells import Cell as _PlainCell
from cellar.errors import FormatError

__all__ = ["Cell", "SerializedCellsReader", "SerializedCellsWriter"]

_TIMESTAMP_NULL = -(2 ** 63) + 1
_AUTO_ASSIGN = -(2 ** 63) + 2
_FLAGS = {0: "DELETE_ROW", 1: "DELETE_COLUMN_FAMILY", 2: "DELETE_CELL", 3: "DELETE_CELL_VERSION", 255: "INSERT"}
_HEADER = struct.pack("<i", 1)
_LONG = struct.Struct("<q")
_LENGTH = struct.Struct("<i")
Text = Union[str, bytes]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _bytes(value: Text) -> bytes:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)


@dataclass
class Cell:
    """A cell as a reader gives it."""
    row: str = ""
    column_family: str = ""
    column_qualifier: str = ""
    timestamp: int = _AUTO_ASSIGN
    revision: int = _AUTO_ASSIGN
    value: str = ""
    flag: int = 255

    def sanity_check(self) -> None:
        if not self.row or (not self.column_family and self.flag != 0):
            raise ValueError(f"{self} cannot be")

    def __str__(self) -> str:
        return (f"{{Cell: key='{self.row}' cf='{self.column_family}' cq='{self.column_qualifier}' val='{self.value}' "
                f"len={len(_bytes(self.value))} ts={self.timestamp} flag=FLAG_{_FLAGS.get(self.flag, self.flag)}}}")


class SerializedCellsReader:
    """`while reader.has_next():` makes the next cell the current one, which row() and the others tell of."""

    def __init__(self, buffer: bytes, length: Optional[int] = None):
        data = bytes(buffer if length is None else buffer[:length])
        self._cells, self._terminator = _packed.unpack(data)
        self._at = -1

    def has_next(self) -> bool:
        self._at = min(self._at + 1, len(self._cells))
        return self._at < len(self._cells)

    next = has_next

    @property
    def _cell(self) -> _PlainCell:
        if not 0 <= self._at < len(self._cells):
            raise IndexError("no current cell: has_next() comes first")
        return self._cells[self._at]

    def get_cell(self) -> Cell:
        return Cell(self.row(), self.column_family(), self.column_qualifier(), self.timestamp(), _AUTO_ASSIGN, self.value_str(),
                    self.cell_flag())

    def row(self) -> str:
        return _text(self._cell.row)

    def column_family(self) -> str:
        return _text(self._cell.family)

    def column_qualifier(self) -> str:
        return _text(self._cell.qualifier)

    def value(self) -> str:
        return _text(self._cell.value)

    value_str = value

    def value_bytes(self) -> bytes:
        """Not the ancestor's: the value as it is."""
        return self._cell.value

    def value_len(self) -> int:
        return len(self._cell.value)

    def timestamp(self) -> int:
        stamp = self._cell.timestamp
        return _AUTO_ASSIGN if stamp is None else stamp

    def cell_flag(self) -> int:
        return self._cell.flag

    def flush(self) -> bool:
        return bool(self._terminator & _packed.FLUSH)

    def eos(self) -> bool:
        return bool(self._terminator & _packed.EOS)


class SerializedCellsWriter:
    """A buffer of `size` bytes, which grows if `grow`. add() is False when a cell does not fit; a first cell always does."""

    def __init__(self, size: int, grow: Union[bool, int] = False):
        self._size = size
        self._grow = bool(grow)
        self.clear()

    def clear(self) -> None:
        self._parts: List[bytes] = [_HEADER]
        self._length = len(_HEADER)
        self._last_row = b""
        self._finalized = False

    def empty(self) -> bool:
        return self._length == len(_HEADER)

    def add(self, row: Text, column_family: Text, column_qualifier: Optional[Text], timestamp: int, value: Optional[Text],
            value_length: int, cell_flag: int = 255) -> bool:
        """A value shorter than `value_length` is filled up with NULs: the ancestor's programs count the one at a C string's end."""
        if self._finalized:
            raise FormatError("cells after finalize()", 50)
        key, family, qualifier = _bytes(row), _bytes(column_family or b""), _bytes(column_qualifier or b"")
        if not key:
            raise FormatError("a cell without a row", 56)
        if b"\0" in key + family + qualifier:
            raise FormatError(f"row {key!r}: version 1 cannot hold a NUL in row, family or qualifier", 55)
        content = _bytes(value or b"")[:value_length].ljust(value_length, b"\0")
        control, stamp = _packed.HAVE_TIMESTAMP, _LONG.pack(timestamp)
        if timestamp in (_AUTO_ASSIGN, _TIMESTAMP_NULL):
            control, stamp = _packed.AUTO_TIMESTAMP, b""
        cell = b"".join((bytes((control,)), stamp, b"" if key == self._last_row else key, b"\0", family, b"\0", qualifier, b"\0",
                         _LENGTH.pack(value_length), content, bytes((cell_flag,))))
        if not self._grow and not self.empty() and self._length + len(cell) + 1 > self._size:
            return False
        self._parts.append(cell)
        self._length += len(cell)
        self._last_row = key
        return True

    def finalize(self, flag: int = 0) -> None:
        """`flag`: EOS 2, FLUSH 4, or 0."""
        if not self._finalized:
            self._parts.append(bytes((_packed.EOB | flag,)))
            self._length += 1
            self._finalized = True

    def get(self) -> bytes:
        return b"".join(self._parts)

    def __len__(self) -> int:
        return self._length
