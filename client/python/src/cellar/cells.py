"""Cells, columns, rows and times, as programs see them."""

from __future__ import annotations

import datetime
import enum
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union

from .codecs import BYTES, Codec, ValueCodecs
from .errors import InvalidArgumentError

Bytes = Union[str, bytes]
Column = Union[str, bytes, Tuple[Bytes, Bytes]]
Time = Union[int, datetime.datetime]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Flag(enum.IntEnum):
    """What a cell is."""
    DELETE_ROW = 0
    DELETE_FAMILY = 1
    DELETE_CELL = 2
    DELETE_VERSION = 3
    INSERT = 255


class Cell(NamedTuple):
    """One cell, or one delete marker. Times are nanoseconds since 1970, UTC; on the way in None is the server's time."""
    row: bytes
    family: bytes
    qualifier: bytes
    value: bytes
    timestamp: Optional[int] = None
    flag: int = Flag.INSERT

    @property
    def column(self) -> bytes:
        """`family:qualifier`, or `family` where there is no qualifier."""
        return self.family + b":" + self.qualifier if self.qualifier else self.family

    @property
    def time(self) -> Optional[datetime.datetime]:
        """The timestamp, cut to microseconds."""
        return None if self.timestamp is None else _EPOCH + datetime.timedelta(microseconds=self.timestamp // 1000)


def nanoseconds(time: Time) -> int:
    """A datetime without a zone is taken as UTC."""
    if isinstance(time, datetime.datetime):
        aware = time if time.tzinfo is not None else time.replace(tzinfo=datetime.timezone.utc)
        return (aware - _EPOCH) // datetime.timedelta(microseconds=1) * 1000
    if isinstance(time, bool) or not isinstance(time, int):
        raise TypeError(f"nanoseconds or a datetime expected, not {type(time).__name__}")
    return time


def split_column(column: Column) -> Tuple[bytes, Optional[bytes]]:
    """Family and qualifier; None when only a family was named. A qualifier may hold colons; a tuple is taken as it is."""
    if isinstance(column, tuple):
        family, qualifier = column
        return BYTES.encode(family), BYTES.encode(qualifier)
    name, colon, rest = BYTES.encode(column).partition(b":")
    if not name:
        raise InvalidArgumentError(f"column {column!r} names no family", 9)
    return name, rest if colon else None


def row_key(row: Any, keys: Codec) -> bytes:
    """A row as it is stored."""
    key = keys.encode(row)
    if not key:
        raise InvalidArgumentError("a row is not empty", 9)
    return key


class Row:
    """The cells of one row, newest first within a column. `row["family:qualifier"]` is the newest value of a column."""

    __slots__ = ("key", "cells", "_keys", "_values", "_newest")

    def __init__(self, cells: List[Cell], keys: Codec, values: ValueCodecs):
        self.key = keys.decode(cells[0].row)
        self.cells = cells
        self._keys = keys
        self._values = values
        self._newest: Optional[Dict[Tuple[bytes, bytes], Cell]] = None

    def _columns(self) -> Dict[Tuple[bytes, bytes], Cell]:
        if self._newest is None:
            newest: Dict[Tuple[bytes, bytes], Cell] = {}
            for cell in self.cells:
                if cell.flag == Flag.INSERT:
                    newest.setdefault((cell.family, cell.qualifier), cell)
            self._newest = newest
        return self._newest

    def _decode(self, cell: Cell) -> Any:
        return self._values.of(cell.family).decode(cell.value)

    @staticmethod
    def _place(column: Column) -> Tuple[bytes, bytes]:
        family, qualifier = split_column(column)
        return family, qualifier or b""

    def __getitem__(self, column: Column) -> Any:
        cell = self._columns().get(self._place(column))
        if cell is None:
            raise KeyError(column)
        return self._decode(cell)

    def get(self, column: Column, default: Any = None) -> Any:
        cell = self._columns().get(self._place(column))
        return default if cell is None else self._decode(cell)

    def __contains__(self, column: Column) -> bool:
        return self._place(column) in self._columns()

    def __iter__(self) -> Iterator[Any]:
        """The columns, as keys are coded."""
        return (self._keys.decode(cell.column) for cell in self._columns().values())

    def __len__(self) -> int:
        return len(self._columns())

    def items(self) -> Iterator[Tuple[Any, Any]]:
        return ((self._keys.decode(cell.column), self._decode(cell)) for cell in self._columns().values())

    def to_dict(self) -> Dict[Any, Any]:
        """Columns with their newest values."""
        return dict(self.items())

    def versions(self, column: Column) -> List[Tuple[Optional[int], Any]]:
        """Timestamps and values of one column, as far as they were read."""
        place = self._place(column)
        return [(cell.timestamp, self._decode(cell)) for cell in self.cells
                if (cell.family, cell.qualifier) == place and cell.flag == Flag.INSERT]

    def __repr__(self) -> str:
        return f"Row({self.key!r}, {self.to_dict()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.cells == other.cells

    __hash__ = None  # type: ignore[assignment]


def put_cells(row: Any, columns: Mapping[Column, Any], timestamp: Optional[Time], keys: Codec, values: ValueCodecs) -> List[Cell]:
    """The cells that set these columns."""
    if not isinstance(columns, Mapping):
        raise TypeError(f"a mapping of columns to values expected, not {type(columns).__name__}")
    key = row_key(row, keys)
    when = None if timestamp is None else nanoseconds(timestamp)
    cells = []
    for column, value in columns.items():
        family, qualifier = split_column(column)
        cells.append(Cell(key, family, qualifier or b"", values.of(family).encode(value), when))
    return cells


def delete_cells(row: Any, columns: Tuple[Column, ...], timestamp: Optional[Time], keys: Codec) -> List[Cell]:
    """The delete markers: of the row without a column, of a family for "family", of a cell for "family:" and
    "family:qualifier"."""
    key = row_key(row, keys)
    when = None if timestamp is None else nanoseconds(timestamp)
    if not columns:
        return [Cell(key, b"", b"", b"", when, Flag.DELETE_ROW)]
    cells = []
    for column in columns:
        family, qualifier = split_column(column)
        if qualifier is None:
            cells.append(Cell(key, family, b"", b"", when, Flag.DELETE_FAMILY))
        else:
            cells.append(Cell(key, family, qualifier, b"", when, Flag.DELETE_CELL))
    return cells
