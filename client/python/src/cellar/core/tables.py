"""Tables: what a program does with one, as coroutines. AsyncTable is this; Table runs it step by step."""

from __future__ import annotations

from typing import Any, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..cells import Cell, Column, Row, Time, delete_cells, nanoseconds, put_cells, row_key, split_column
from ..codecs import BYTES, Codec, ValueCodecs, Values
from ..errors import InvalidArgumentError
from ..packed import pack, unpack
from ..scans import ScanOptions
from ..schema import AccessGroup, Families, Family, Schema, altered, families_of, from_wire
from ..updates import RowUpdate, UpdateResult, version_marker
from .scanning import ScanStream
from .session import Session


class Split(NamedTuple):
    """A range of a table: rows after `start` up to and with `end`, None at the table's end, and who serves it."""
    start: bytes
    end: Optional[bytes]
    location: Optional[str]
    address: Optional[str]


class Inserted(NamedTuple):
    """What insert_if_absent did; else `current` is what was there."""
    inserted: bool
    current: Any


def split_name(name: str) -> Tuple[str, str]:
    """Namespace and table of "a/b/table"."""
    namespace, _, table = name.strip("/").rpartition("/")
    if not table:
        raise InvalidArgumentError(f"{name!r} is no name of a table", 35)
    return "/" + namespace, table


class TableCore:
    def __init__(self, session: Session, name: str, keys: Codec = BYTES, values: Values = BYTES):
        self.namespace, self.name = split_name(name)
        self._session = session
        self._keys = keys
        self._values = ValueCodecs(values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path!r})"

    @property
    def path(self) -> str:
        return f"{self.namespace.rstrip('/')}/{self.name}"

    async def _call(self, name: str, *arguments: Any, changes: bool, timeout: Optional[float] = None) -> Any:
        return await self._session.call(name, *arguments, changes=changes, namespace=self.namespace, timeout=timeout)

    # ---- writing

    async def write(self, cells: Iterable[Cell], timeout: Optional[float] = None) -> None:
        """Stores cells and delete markers as they are; acknowledged when it returns."""
        await self._call("set_cells_serialized", self.name, pack(cells), changes=True, timeout=timeout)

    async def put(self, row: Any, columns: Mapping[Column, Any], timestamp: Optional[Time] = None) -> None:
        await self.write(put_cells(row, columns, timestamp, self._keys, self._values))

    async def delete(self, row: Any, columns: Tuple[Column, ...], timestamp: Optional[Time] = None) -> None:
        await self.write(delete_cells(row, columns, timestamp, self._keys))

    async def delete_version(self, row: Any, column: Column, timestamp: Time) -> None:
        await self.write(version_marker(row, column, nanoseconds(timestamp), self._keys))

    async def increment(self, row: Any, column: Column, delta: int = 1) -> int:
        family, qualifier = split_column(column)
        value = await self._call("increment", self.name, row_key(row, self._keys), family, qualifier or b"", delta, changes=True)
        return int(value)

    async def insert_if_absent(self, row: Any, column: Column, value: Any) -> Inserted:
        family, qualifier = split_column(column)
        codec = self._values.of(family)
        answer = await self._call("insert_if_absent", self.name, row_key(row, self._keys), family, qualifier or b"",
                                  codec.encode(value), changes=True)
        if answer.inserted:
            return Inserted(True, None)
        return Inserted(False, None if answer.current_value is None else codec.decode(answer.current_value))

    async def apply(self, update: RowUpdate) -> UpdateResult:
        answer = await self._call("check_and_mutate", self.name, update.key, update.conditions, pack(update.cells), changes=True)
        return update.decode(answer)

    # ---- reading

    def rows_of(self, cells: List[Cell]) -> Row:
        return Row(cells, self._keys, self._values)

    async def get(self, row: Any, columns: Optional[Sequence[Column]] = None, versions: int = 1) -> Optional[Row]:
        options = ScanOptions(rows=[row], columns=columns, versions=versions)
        spec = options.to_wire(self._keys)
        if options.selects_nothing:
            return None
        cells, _ = unpack(await self._call("get_cells_serialized", self.name, spec, changes=False))
        return Row(cells, self._keys, self._values) if cells else None

    async def value(self, row: Any, column: Column, default: Any = None) -> Any:
        family, qualifier = split_column(column)
        found = await self.get(row, [(family, qualifier or b"")])
        return default if found is None else found.get((family, qualifier or b""), default)

    def stream(self, options: ScanOptions, token: bytes, timeout: Optional[float]) -> ScanStream:
        spec = options.to_wire(self._keys)
        return ScanStream(self._session, self.namespace, self.name, spec, token, timeout, ended=options.selects_nothing)

    # ---- the table itself

    async def exists(self) -> bool:
        if self.namespace != "/" and not await self._session.call("exists_namespace", self.namespace, changes=False):
            return False
        return bool(await self._call("exists_table", self.name, changes=False))

    async def schema(self) -> Schema:
        return from_wire(await self._call("get_schema", self.name, changes=False))

    async def alter(self, add: Families = (), drop: Sequence[str] = (), rename: Optional[Mapping[str, str]] = None,
                    modify: Optional[Mapping[str, Family]] = None,
                    access_groups: Optional[Mapping[str, AccessGroup]] = None) -> None:
        wire = altered(await self.schema(), families_of(add), tuple(drop), rename or {}, modify or {}, access_groups or {})
        await self._call("table_alter", self.name, wire, changes=True)

    async def splits(self) -> List[Split]:
        return [Split(split.start_row or b"", split.end_row, split.location, split.ip_address)
                for split in await self._call("get_table_splits", self.name, changes=False)]


