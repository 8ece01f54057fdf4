"""The asyncio client: the blocking one with `await`. For the tasks of one event loop; a scan or a batch for one task at a time."""

from __future__ import annotations

from typing import Any, AsyncIterator, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from . import frames
from .cells import Bytes, Cell, Column, Row, Time
from .codecs import BYTES, Codec, ValueCodecs, Values
from .core.addresses import parse_addresses
from .core.asyncio_io import AsyncPool
from .core.batching import BatchCore
from .core.clients import ClientCore, Entry, HqlResult, ServerVersion
from .core.scanning import Batch as ScanBatch
from .core.scanning import ScanStream
from .core.session import Session, Settings
from .core.tables import Inserted, Split, TableCore
from .scans import ScanOptions, Where
from .schema import AccessGroup, Families, Family, Schema
from .updates import RowUpdate, UpdateResult


class AsyncUpdate(RowUpdate):
    """A RowUpdate that knows its table."""

    def __init__(self, core: TableCore, row: Any, keys: Codec, values: ValueCodecs):
        super().__init__(row, keys, values)
        self._core = core

    async def apply(self) -> UpdateResult:
        """Makes the changes in one step if all conditions hold."""
        return await self._core.apply(self)


class AsyncScan:
    """`async for` over rows, once. Leave it early only out of an `async with` block, which gives the connection back."""

    def __init__(self, stream: ScanStream, keys: Codec, values: ValueCodecs):
        self._stream = stream
        self._keys = keys
        self._values = values

    @property
    def token(self) -> bytes:
        """Where the scan goes on after the batch that was read last; for AsyncTable.scan(token=...)."""
        return self._stream.token

    async def batches(self) -> AsyncIterator[ScanBatch]:
        """Cells as they come, many at once, each time with the token of the place behind them."""
        batch = await self._stream.next()
        while batch is not None:
            yield batch
            batch = await self._stream.next()

    async def cells(self) -> AsyncIterator[Cell]:
        async for batch in self.batches():
            for cell in batch.cells:
                yield cell

    async def __aiter__(self) -> AsyncIterator[Row]:
        cells: List[Cell] = []
        async for batch in self.batches():
            for cell in batch.cells:
                if cells and cell[0] != cells[0][0]:
                    yield Row(cells, self._keys, self._values)
                    cells = []
                cells.append(cell)
        if cells:
            yield Row(cells, self._keys, self._values)

    async def to_pandas(self) -> Any:
        """All cells as a pandas DataFrame; ImportError where there is no pandas."""
        return frames.to_pandas([cell async for cell in self.cells()], self._keys, self._values)

    async def to_arrow(self) -> Any:
        """All cells as a pyarrow Table; ImportError where there is no pyarrow."""
        return frames.to_arrow([cell async for cell in self.cells()], self._keys, self._values)

    async def close(self) -> None:
        await self._stream.close()

    async def __aenter__(self) -> AsyncScan:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()


class AsyncBatch:
    """See client.Batch."""

    def __init__(self, core: BatchCore):
        self._core = core

    @property
    def acknowledged(self) -> int:
        """How many cells are stored so far."""
        return self._core.acknowledged

    async def put(self, row: Any, columns: Mapping[Column, Any], *, timestamp: Optional[Time] = None) -> None:
        if self._core.gather_put(row, columns, timestamp):
            await self._core.send()

    async def delete(self, row: Any, *columns: Column, timestamp: Optional[Time] = None) -> None:
        if self._core.gather_delete(row, columns, timestamp):
            await self._core.send()

    async def delete_version(self, row: Any, column: Column, timestamp: Time) -> None:
        if self._core.gather_version(row, column, timestamp):
            await self._core.send()

    async def write(self, cells: Iterable[Cell]) -> None:
        """Cells and delete markers as they are."""
        if self._core.gather(cells):
            await self._core.send()

    async def flush(self) -> None:
        """Everything so far is stored when this returns."""
        await self._core.flush()

    async def __aenter__(self) -> AsyncBatch:
        return self

    async def __aexit__(self, kind: Any, *_: Any) -> None:
        await (self._core.flush() if kind is None else self._core.leave())


class AsyncTable:
    """See client.Table: the same methods with the same meaning."""

    def __init__(self, session: Session, name: str, keys: Codec = BYTES, values: Values = BYTES):
        self._session = session
        self._keys = keys
        self._values = ValueCodecs(values)
        self._core = TableCore(session, name, keys, values)

    @property
    def name(self) -> str:
        """With its namespace."""
        return self._core.path

    def __repr__(self) -> str:
        return f"AsyncTable({self.name!r})"

    # ---- writing

    async def put(self, row: Any, columns: Mapping[Column, Any], *, timestamp: Optional[Time] = None) -> None:
        await self._core.put(row, columns, timestamp)

    async def delete(self, row: Any, *columns: Column, timestamp: Optional[Time] = None) -> None:
        await self._core.delete(row, columns, timestamp)

    async def delete_version(self, row: Any, column: Column, timestamp: Time) -> None:
        await self._core.delete_version(row, column, timestamp)

    async def write(self, cells: Iterable[Cell]) -> None:
        await self._core.write(cells)

    def batch(self, *, at_least_once: bool = False) -> AsyncBatch:
        return AsyncBatch(BatchCore(self._session, self._core.namespace, self._core.name, self._keys, self._values, at_least_once))

    async def increment(self, row: Any, column: Column, delta: int = 1) -> int:
        return await self._core.increment(row, column, delta)

    async def insert_if_absent(self, row: Any, column: Column, value: Any) -> Inserted:
        return await self._core.insert_if_absent(row, column, value)

    def update(self, row: Any) -> AsyncUpdate:
        return AsyncUpdate(self._core, row, self._keys, self._values)

    # ---- reading

    async def get(self, row: Any, columns: Optional[Sequence[Column]] = None, *, versions: int = 1) -> Optional[Row]:
        return await self._core.get(row, columns, versions)

    async def value(self, row: Any, column: Column, default: Any = None) -> Any:
        return await self._core.value(row, column, default)

    def scan(self, *, prefix: Optional[Any] = None, start: Optional[Any] = None, stop: Optional[Any] = None,
             rows: Optional[Sequence[Any]] = None, ranges: Optional[Sequence[Tuple[Optional[Any], Optional[Any]]]] = None,
             columns: Optional[Sequence[Column]] = None, versions: int = 1, limit: int = 0, offset: int = 0, cell_limit: int = 0,
             cell_limit_per_family: int = 0, since: Optional[Time] = None, until: Optional[Time] = None,
             keys_only: bool = False, row_regex: Optional[Bytes] = None, value_regex: Optional[Bytes] = None,
             where: Optional[Sequence[Where]] = None, deletes: bool = False, cache: bool = True, token: bytes = b"",
             timeout: Optional[float] = None) -> AsyncScan:
        options = ScanOptions(prefix, start, stop, rows, ranges, columns, versions, limit, offset, cell_limit, cell_limit_per_family,
                              since, until, keys_only, row_regex, value_regex, where, deletes, cache)
        return AsyncScan(self._core.stream(options, token, timeout), self._keys, self._values)

    # ---- the table itself

    async def exists(self) -> bool:
        return await self._core.exists()

    async def schema(self) -> Schema:
        return await self._core.schema()

    async def alter(self, *, add: Families = (), drop: Sequence[str] = (), rename: Optional[Mapping[str, str]] = None,
                    modify: Optional[Mapping[str, Family]] = None,
                    access_groups: Optional[Mapping[str, AccessGroup]] = None) -> None:
        await self._core.alter(add, drop, rename, modify, access_groups)

    async def splits(self) -> List[Split]:
        return await self._core.splits()


class AsyncClient:
    """Made by connect_async(). See client.Client: the same methods with the same meaning."""

    def __init__(self, session: Session):
        self._session = session
        self._core = ClientCore(session)

    def table(self, name: str, *, keys: Codec = BYTES, values: Values = BYTES) -> AsyncTable:
        return AsyncTable(self._session, name, keys, values)

    async def server_version(self) -> ServerVersion:
        return await self._core.server_version()

    # ---- namespaces

    async def create_namespace(self, namespace: str, *, parents: bool = False, if_absent: bool = False) -> None:
        await self._core.create_namespace(namespace, parents, if_absent)

    async def drop_namespace(self, namespace: str, *, if_exists: bool = False) -> None:
        await self._core.drop_namespace(namespace, if_exists)

    async def namespace_exists(self, namespace: str) -> bool:
        return await self._core.namespace_exists(namespace)

    async def list(self, namespace: str = "/") -> List[Entry]:
        return await self._core.list(namespace)

    # ---- tables

    async def create_table(self, name: str, families: Families, *, access_groups: Optional[Mapping[str, AccessGroup]] = None,
                           if_absent: bool = False, keys: Codec = BYTES, values: Values = BYTES) -> AsyncTable:
        await self._core.create_table(name, families, access_groups, if_absent)
        return self.table(name, keys=keys, values=values)

    async def drop_table(self, name: str, *, if_exists: bool = False) -> None:
        await self._core.drop_table(name, if_exists)

    async def rename_table(self, name: str, new_name: str) -> None:
        await self._core.rename_table(name, new_name)

    # ---- statements

    async def hql(self, statement: str, *, namespace: str = "/", timeout: Optional[float] = None) -> HqlResult:
        return await self._core.hql(statement, namespace, timeout)

    async def close(self) -> None:
        self._core.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()


async def connect_async(target: Union[str, Sequence[str]] = "127.0.0.1", *, timeout: float = 30.0, max_connections: int = 64,
                        batch_bytes: int = 1 << 20, scan_bytes: int = 1 << 20, max_frame_bytes: int = 256 << 20) -> AsyncClient:
    """See client.connect. `async with await connect_async("host:port") as client: ...`"""
    settings = Settings(timeout, max_connections, max_frame_bytes, batch_bytes, scan_bytes)
    pool = AsyncPool(parse_addresses(target), max_connections, max_frame_bytes)
    session = Session(pool, settings)
    pool.release(await pool.acquire(session.deadline()))
    return AsyncClient(session)
