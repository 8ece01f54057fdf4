"""Packed cells (docs/internals/gateway.md), versions 1 and 2: read and written in pure Python, or by the accelerator where it
was built. CELLAR_PURE_PYTHON=1 leaves the accelerator out."""

from __future__ import annotations

import os
import struct
from typing import Any, Iterable, List, Optional, Tuple

from .cells import Cell, Flag
from .errors import FormatError

EOB, EOS, FLUSH = 0x01, 0x02, 0x04
REV_IS_TS, AUTO_TIMESTAMP, HAVE_TIMESTAMP, HAVE_REVISION = 0x10, 0x20, 0x40, 0x80
CODE_BAD_FORMAT, CODE_OVERRUN, CODE_VERSION = 55, 0x80001, 0x80004

_VERSION = struct.Struct("<i")
_HEAD = struct.Struct("<BBBBIIIq")
_LONG = struct.Struct("<q")
_MOST_OF_A_FAMILY = 255
_VERSION_2 = _VERSION.pack(2)
_new_tuple = tuple.__new__


def _bad(at: int, what: str) -> FormatError:
    return FormatError(f"packed cells, byte {at}: {what}", CODE_BAD_FORMAT)


def _overrun(data: bytes) -> FormatError:
    return FormatError(f"packed cells end early, at byte {len(data)}", CODE_OVERRUN)


def unpack(data: bytes) -> Tuple[List[Cell], int]:
    """The cells, and the control byte of the terminator."""
    if len(data) < _VERSION.size:
        raise _overrun(data)
    version = _VERSION.unpack_from(data)[0]
    if version == 2:
        return unpack_2(data)
    if version == 1:
        return _unpack_1(data)
    raise FormatError(f"packed cells of version {version}", CODE_VERSION)


def _unpack_2(data: bytes) -> Tuple[List[Cell], int]:
    """The loop is what scans cost: one look a head, one slice a part. A part that runs over the end is noticed at the next
    head, which is not there then."""
    cells: List[Cell] = []
    append, head, new, cell_type, size = cells.append, _HEAD.unpack_from, _new_tuple, Cell, _HEAD.size
    at, row = _VERSION.size, b""
    try:
        while True:
            control, flag, family_length, zero, row_length, qualifier_length, value_length, timestamp = head(data, at)
            at += size
            if control != HAVE_TIMESTAMP or zero or (flag != 255 and flag > 3):
                if control & EOB:
                    break
                timestamp, at = _odd_cell(data, at, control, flag, zero, timestamp)
            if row_length:
                start, at = at, at + row_length
                row = data[start:at]
            elif not cells:
                raise _bad(at, "the first cell has no row")
            qualifier = at + family_length
            value = qualifier + qualifier_length
            end = value + value_length
            append(new(cell_type, (row, data[at:qualifier], data[qualifier:value], data[value:end], timestamp, flag)))
            at = end
    except struct.error:
        raise _overrun(data) from None
    if flag or family_length or zero or qualifier_length or value_length or timestamp or control & ~(EOB | EOS | FLUSH):
        raise _bad(at, "the terminator is not right")
    if row_length != len(cells):
        raise _bad(at, f"{len(cells)} cells, and the terminator counts {row_length}")
    if at != len(data):
        raise _bad(at, "something follows the terminator")
    return cells, control


def _odd_cell(data: bytes, at: int, control: int, flag: int, zero: int, timestamp: int) -> Tuple[Optional[int], int]:
    """A cell that is not as scans give them: its timestamp, and where it goes on."""
    if zero or (flag != 255 and flag > 3):
        raise _bad(at - _HEAD.size, f"flag {flag}")
    if control & ~(AUTO_TIMESTAMP | HAVE_TIMESTAMP | HAVE_REVISION) or control & AUTO_TIMESTAMP and control & HAVE_TIMESTAMP:
        raise _bad(at - _HEAD.size, f"control {control:#x}")
    if control & HAVE_REVISION:
        at += _LONG.size
    return timestamp if control & HAVE_TIMESTAMP else None, at


def _unpack_1(data: bytes) -> Tuple[List[Cell], int]:
    cells: List[Cell] = []
    at, row = _VERSION.size, b""
    timestamp: Optional[int] = None
    length_of, long_of, find = _VERSION.unpack_from, _LONG.unpack_from, data.index
    try:
        while True:
            control = data[at]
            at += 1
            if control & EOB:
                break
            if control & (EOS | FLUSH | 0x08):
                raise _bad(at - 1, f"control {control:#x}")
            if control & HAVE_TIMESTAMP:
                timestamp = long_of(data, at)[0]
                at += 8
            elif control & AUTO_TIMESTAMP:
                timestamp = None
            if control & HAVE_REVISION and not control & REV_IS_TS:
                at += 8
            end = find(0, at)
            if end > at:
                row = data[at:end]
            elif not cells:
                raise _bad(at, "the first cell has no row")
            at, end = end + 1, find(0, end + 1)
            family = data[at:end]
            at, end = end + 1, find(0, end + 1)
            qualifier = data[at:end]
            length = length_of(data, end + 1)[0]
            at = end + 5
            end = at + length
            if length < 0 or end >= len(data):
                raise _overrun(data)
            flag = data[end]
            if flag != 255 and flag > 3:
                raise _bad(end, f"flag {flag}")
            if flag == Flag.DELETE_ROW:
                family = qualifier = b""
            cells.append(Cell(row, family, qualifier, data[at:end], timestamp, flag))
            at = end + 1
    except (struct.error, IndexError, ValueError):
        raise _overrun(data) from None
    if at != len(data):
        raise _bad(at, "something follows the terminator")
    return cells, control


def _pack_2(cells: Iterable[Any], terminator: int) -> bytes:
    parts = [_VERSION_2]
    append, head = parts.append, _HEAD.pack
    last, count = b"", 0
    for row, family, qualifier, value, timestamp, flag in cells:
        if not row:
            raise FormatError("a cell without a row", 56)
        if len(family) > _MOST_OF_A_FAMILY:
            raise FormatError(f"a family of {len(family)} bytes", CODE_BAD_FORMAT)
        control, stamp = (AUTO_TIMESTAMP, 0) if timestamp is None else (HAVE_TIMESTAMP, timestamp)
        try:
            if row == last:
                append(head(control, flag, len(family), 0, 0, len(qualifier), len(value), stamp))
            else:
                append(head(control, flag, len(family), 0, len(row), len(qualifier), len(value), stamp))
                append(row)
                last = row
        except struct.error as error:
            raise FormatError(f"a cell of row {row!r} cannot be packed: {error}", CODE_BAD_FORMAT) from None
        append(family)
        append(qualifier)
        append(value)
        count += 1
    append(head(EOB | terminator, 0, 0, 0, count, 0, 0, 0))
    return b"".join(parts)


def packed_bytes(cell: Cell) -> int:
    """About what a cell takes."""
    return _HEAD.size + len(cell.row) + len(cell.family) + len(cell.qualifier) + len(cell.value)


unpack_2 = _unpack_2
pack_2 = _pack_2
ACCELERATED = False
if not os.environ.get("CELLAR_PURE_PYTHON"):
    try:
        from . import _speedups
    except ImportError:
        pass
    else:
        _speedups.prepare(Cell, FormatError)
        unpack_2 = _speedups.unpack_2
        pack_2 = _speedups.pack_2
        ACCELERATED = True


def pack(cells: Iterable[Cell], terminator: int = 0) -> bytes:
    """Version 2, for requests. `terminator`: FLUSH, or nothing."""
    return pack_2(cells, terminator)
