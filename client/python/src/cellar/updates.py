"""Changes of one row in one step: conditions, then what is set and deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Tuple, TypeVar

from .cells import Cell, Column, Flag, Time, delete_cells, put_cells, row_key, split_column
from .codecs import Codec, ValueCodecs
from .wire.stubs import stubs

_types = stubs("Cellar").types
_COMPARE = _types["CompareOperation"]
U = TypeVar("U", bound="RowUpdate")


@dataclass(frozen=True)
class UpdateResult:
    """True when applied. Else `failed_condition` is the number, from 0 on, of the first condition that did not hold, and
    `current_value` the value it met, None where there was none."""
    applied: bool
    failed_condition: Optional[int] = None
    current_value: Optional[Any] = None
    revision: Optional[int] = None

    def __bool__(self) -> bool:
        return self.applied


class RowUpdate:
    """What Table.update and AsyncTable.update give. Each method returns the update itself. Conditions are about the newest cell
    of a column, or the oldest where a family keeps the oldest first; if_absent and if_not_equals hold where there is none, the others do
    not."""

    def __init__(self, row: Any, keys: Codec, values: ValueCodecs):
        self.key = row_key(row, keys)
        self._row = row
        self._keys = keys
        self._values = values
        self.conditions: List[Any] = []
        self._families: List[bytes] = []
        self.cells: List[Cell] = []

    # ---- conditions

    def _condition(self: U, column: Column, operation: int, value: Any = None) -> U:
        family, qualifier = split_column(column)
        encoded = None if operation in (_COMPARE.ABSENT, _COMPARE.PRESENT) else self._values.of(family).encode(value)
        self.conditions.append(_types["CellCondition"](column_family=family, column_qualifier=qualifier or b"",
                                                       operation=operation, value=encoded))
        self._families.append(family)
        return self

    def if_absent(self: U, column: Column) -> U:
        return self._condition(column, _COMPARE.ABSENT)

    def if_present(self: U, column: Column) -> U:
        return self._condition(column, _COMPARE.PRESENT)

    def if_equals(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.EQUAL, value)

    def if_not_equals(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.NOT_EQUAL, value)

    def if_less(self: U, column: Column, value: Any) -> U:
        """Bytes are compared as bytes, counters as numbers; so in the other three."""
        return self._condition(column, _COMPARE.LESS, value)

    def if_at_most(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.LESS_OR_EQUAL, value)

    def if_greater(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.GREATER, value)

    def if_at_least(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.GREATER_OR_EQUAL, value)

    def if_prefix(self: U, column: Column, value: Any) -> U:
        return self._condition(column, _COMPARE.PREFIX, value)

    # ---- changes

    def set(self: U, column: Column, value: Any, *, timestamp: Optional[Time] = None) -> U:
        self.cells += put_cells(self._row, {column: value}, timestamp, self._keys, self._values)
        return self

    def put(self: U, columns: Mapping[Column, Any], *, timestamp: Optional[Time] = None) -> U:
        self.cells += put_cells(self._row, columns, timestamp, self._keys, self._values)
        return self

    def delete(self: U, *columns: Column, timestamp: Optional[Time] = None) -> U:
        """The row, when no column is named; a family by its name; a cell by "family:qualifier"."""
        self.cells += delete_cells(self._row, columns, timestamp, self._keys)
        return self

    def decode(self, answer: Any) -> UpdateResult:
        current = answer.current_value
        if current is not None and answer.failed_condition is not None and answer.failed_condition < len(self._families):
            current = self._values.of(self._families[answer.failed_condition]).decode(current)
        return UpdateResult(answer.applied, answer.failed_condition, current, answer.revision)


def version_marker(row: Any, column: Column, timestamp: int, keys: Codec) -> Tuple[Cell]:
    """The delete marker of one version of a cell."""
    family, qualifier = split_column(column)
    return (Cell(row_key(row, keys), family, qualifier or b"", b"", timestamp, Flag.DELETE_VERSION),)
