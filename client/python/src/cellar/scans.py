"""What to read: the options of a scan, and their form on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, Tuple

from .cells import Bytes, Column, Time, nanoseconds, row_key, split_column
from .codecs import BYTES, Codec
from .errors import InvalidArgumentError
from .wire.stubs import stubs

_types = stubs("Client").types
_EXACT, _PREFIX, _REGEX = 1, 2, 4
_QUALIFIER_EXACT = 256
UNBOUNDED = b"\xff\xff"
CELLS_VERSION = 2


@dataclass(frozen=True)
class Where:
    """A condition on the values of a column: equal to, beginning with, or matching (RE2, anywhere in it)."""
    column: Column
    equals: Optional[Bytes] = None
    prefix: Optional[Bytes] = None
    regex: Optional[Bytes] = None

    def to_wire(self) -> Any:
        given = [(operation, value) for operation, value in
                 ((_EXACT, self.equals), (_PREFIX, self.prefix), (_REGEX, self.regex)) if value is not None]
        if len(given) != 1:
            raise InvalidArgumentError("a condition is one of equals, prefix and regex", 30)
        operation, value = given[0]
        family, qualifier = split_column(self.column)
        if qualifier is not None:
            operation |= _QUALIFIER_EXACT
        return _types["ColumnPredicate"](column_family=family, operation=operation, column_qualifier_binary=qualifier,
                                         value_binary=BYTES.encode(value))


@dataclass(frozen=True)
class ScanOptions:
    """See Table.scan."""
    prefix: Optional[Any] = None
    start: Optional[Any] = None
    stop: Optional[Any] = None
    rows: Optional[Sequence[Any]] = None
    ranges: Optional[Sequence[Tuple[Optional[Any], Optional[Any]]]] = None
    columns: Optional[Sequence[Column]] = None
    versions: int = 1
    limit: int = 0
    offset: int = 0
    cell_limit: int = 0
    cell_limit_per_family: int = 0
    since: Optional[Time] = None
    until: Optional[Time] = None
    keys_only: bool = False
    row_regex: Optional[Bytes] = None
    value_regex: Optional[Bytes] = None
    where: Optional[Sequence[Where]] = None
    deletes: bool = False
    cache: bool = True

    @property
    def selects_nothing(self) -> bool:
        """An empty list of rows, ranges or columns; on the wire it would mean all of them."""
        return any(given is not None and len(given) == 0 for given in (self.rows, self.ranges, self.columns))

    def to_wire(self, keys: Codec) -> Any:
        return _types["ScanSpec"](
            row_intervals=_intervals(self, keys),
            return_deletes=self.deletes, versions=self.versions, row_limit=self.limit, row_offset=self.offset,
            cell_limit=self.cell_limit, cell_limit_per_family=self.cell_limit_per_family,
            start_time=None if self.since is None else nanoseconds(self.since),
            end_time=None if self.until is None else nanoseconds(self.until),
            columns_binary=None if self.columns is None else [_column(column) for column in self.columns],
            keys_only=self.keys_only, row_regexp=self.row_regex, value_regexp=self.value_regex,
            scan_and_filter_rows=self.rows is not None and len(self.rows) > 1,
            column_predicates=None if self.where is None else [where.to_wire() for where in self.where],
            do_not_cache=not self.cache, cells_version=CELLS_VERSION)


def _column(column: Column) -> bytes:
    """A tuple is that very column; text is what HQL takes: family, family:qualifier, family:^prefix, family:/regex/."""
    if isinstance(column, tuple):
        family, qualifier = split_column(column)
        return family + b':"' + (qualifier or b"") + b'"' if qualifier else family + b":"
    return BYTES.encode(column)


def after_prefix(prefix: bytes) -> bytes:
    """The first row behind all that begin with `prefix`."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes((kept[-1] + 1,)) if kept else UNBOUNDED


def _interval(start: bytes, stop: bytes) -> Any:
    return _types["RowInterval"](start_row_binary=start, start_inclusive=True, end_row_binary=stop, end_inclusive=False)


def _intervals(scan: ScanOptions, keys: Codec) -> Optional[List[Any]]:
    given = [name for name in ("prefix", "rows", "ranges") if getattr(scan, name) is not None]
    if scan.start is not None or scan.stop is not None:
        given.append("start and stop")
    if len(given) > 1:
        raise InvalidArgumentError(f"a scan is given its rows once, not by {' and '.join(given)}", 30)
    if scan.prefix is not None:
        prefix = keys.encode(scan.prefix)
        return [_interval(prefix, after_prefix(prefix))]
    if scan.rows is not None:
        return [_types["RowInterval"](start_row_binary=row, start_inclusive=True, end_row_binary=row, end_inclusive=True)
                for row in (row_key(row, keys) for row in scan.rows)]
    ranges = scan.ranges
    if ranges is None:
        ranges = [(scan.start, scan.stop)] if given else []
    intervals = [_interval(b"" if start is None else keys.encode(start), UNBOUNDED if stop is None else keys.encode(stop))
                 for start, stop in ranges]
    return intervals or None
