"""The blocking client. A Client and its Tables may be used by many threads at once; a Scan or a Batch by one at a time."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import frames
from .cells import Bytes, Cell, Column, Row, Time
from .codecs import BYTES, Codec, ValueCodecs, Values
from .core.addresses import parse_addresses
from .core.batching import BatchCore
from .core.blocking_io import BlockingPool, run
from .core.clients import ClientCore, Entry, HqlResult, ServerVersion
from .core.scanning import Batch as ScanBatch
from .core.scanning import ScanStream
from .core.session import Session, Settings
from .core.tables import Inserted, Split, TableCore
from .scans import ScanOptions, Where
from .schema import AccessGroup, Families, Family, Schema
from .updates import RowUpdate, UpdateResult


class Update(RowUpdate):
    """A RowUpdate that knows its table."""

    def __init__(self, core: TableCore, row: Any, keys: Codec, values: ValueCodecs):
        super().__init__(row, keys, values)
        self._core = core

    def apply(self) -> UpdateResult:
        """Makes the changes in one step if all conditions hold."""
        return run(self._core.apply(self))


class Scan:
    """Iterates over rows, once. A `with` block, or reading to the end, gives its connection back."""

    def __init__(self, stream: ScanStream, keys: Codec, values: ValueCodecs):
        self._stream = stream
        self._keys = keys
        self._values = values

    @property
    def token(self) -> bytes:
        """Where the scan goes on after the batch that was read last; for Table.scan(token=...)."""
        return self._stream.token

    def batches(self) -> Iterator[ScanBatch]:
        """Cells as they come, many at once, each time with the token of the place behind them."""
        try:
            batch = run(self._stream.next())
            while batch is not None:
                yield batch
                batch = run(self._stream.next())
        finally:
            self.close()

    def cells(self) -> Iterator[Cell]:
        for batch in self.batches():
            yield from batch.cells

    def __iter__(self) -> Iterator[Row]:
        cells: List[Cell] = []
        for batch in self.batches():
            for cell in batch.cells:
                if cells and cell[0] != cells[0][0]:
                    yield Row(cells, self._keys, self._values)
                    cells = []
                cells.append(cell)
        if cells:
            yield Row(cells, self._keys, self._values)

    def to_pandas(self) -> Any:
        """All cells as a pandas DataFrame; ImportError where there is no pandas."""
        return frames.to_pandas(list(self.cells()), self._keys, self._values)

    def to_arrow(self) -> Any:
        """All cells as a pyarrow Table; ImportError where there is no pyarrow."""
        return frames.to_arrow(list(self.cells()), self._keys, self._values)

    def close(self) -> None:
        run(self._stream.close())

    def __enter__(self) -> Scan:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class Batch:
    """Gathers writes and sends them in pieces. At the end of its `with` block all are acknowledged; an error leaves what was
    not sent yet unsent. BatchError says which cells were not acknowledged."""

    def __init__(self, core: BatchCore):
        self._core = core

    @property
    def acknowledged(self) -> int:
        """How many cells are stored so far."""
        return self._core.acknowledged

    def put(self, row: Any, columns: Mapping[Column, Any], *, timestamp: Optional[Time] = None) -> None:
        if self._core.gather_put(row, columns, timestamp):
            run(self._core.send())

    def delete(self, row: Any, *columns: Column, timestamp: Optional[Time] = None) -> None:
        if self._core.gather_delete(row, columns, timestamp):
            run(self._core.send())

    def delete_version(self, row: Any, column: Column, timestamp: Time) -> None:
        if self._core.gather_version(row, column, timestamp):
            run(self._core.send())

    def write(self, cells: Iterable[Cell]) -> None:
        """Cells and delete markers as they are."""
        if self._core.gather(cells):
            run(self._core.send())

    def flush(self) -> None:
        """Everything so far is stored when this returns."""
        run(self._core.flush())

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        run(self._core.flush() if kind is None else self._core.leave())


class Table:
    """One table. Columns are "family:qualifier", or "family" where there is no qualifier, or a tuple of both. `keys` codes rows and
    columns, `values` the values: one codec, or one for each family."""

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
        return f"Table({self.name!r})"

    # ---- writing

    def put(self, row: Any, columns: Mapping[Column, Any], *, timestamp: Optional[Time] = None) -> None:
        """Sets columns of a row, all in one step. Stored, as the table's durability has it, when this returns."""
        run(self._core.put(row, columns, timestamp))

    def delete(self, row: Any, *columns: Column, timestamp: Optional[Time] = None) -> None:
        """The row, when no column is named; a family by "family"; a cell by "family:qualifier", or "family:" when it has no
        qualifier. With a timestamp: what is not newer."""
        run(self._core.delete(row, columns, timestamp))

    def delete_version(self, row: Any, column: Column, timestamp: Time) -> None:
        """One version of a cell."""
        run(self._core.delete_version(row, column, timestamp))

    def write(self, cells: Iterable[Cell]) -> None:
        """Stores cells and delete markers as they are, in one request."""
        run(self._core.write(cells))

    def batch(self, *, at_least_once: bool = False) -> Batch:
        """For many writes. `at_least_once`: a piece whose answer was lost is sent again, and may be stored twice; else that is a
        BatchError."""
        return Batch(BatchCore(self._session, self._core.namespace, self._core.name, self._keys, self._values, at_least_once))

    def increment(self, row: Any, column: Column, delta: int = 1) -> int:
        """Adds to a counter; returns what it is then."""
        return run(self._core.increment(row, column, delta))

    def insert_if_absent(self, row: Any, column: Column, value: Any) -> Inserted:
        """Sets a cell if its column has none."""
        return run(self._core.insert_if_absent(row, column, value))

    def update(self, row: Any) -> Update:
        """Conditions and changes of one row, in one step: `t.update(row).if_equals(...).set(...).apply()`."""
        return Update(self._core, row, self._keys, self._values)

    # ---- reading

    def get(self, row: Any, columns: Optional[Sequence[Column]] = None, *, versions: int = 1) -> Optional[Row]:
        """A row, or those columns of it; None when there is nothing."""
        return run(self._core.get(row, columns, versions))

    def value(self, row: Any, column: Column, default: Any = None) -> Any:
        """The newest value of one column."""
        return run(self._core.value(row, column, default))

    def scan(self, *, prefix: Optional[Any] = None, start: Optional[Any] = None, stop: Optional[Any] = None,
             rows: Optional[Sequence[Any]] = None, ranges: Optional[Sequence[Tuple[Optional[Any], Optional[Any]]]] = None,
             columns: Optional[Sequence[Column]] = None, versions: int = 1, limit: int = 0, offset: int = 0, cell_limit: int = 0,
             cell_limit_per_family: int = 0, since: Optional[Time] = None, until: Optional[Time] = None,
             keys_only: bool = False, row_regex: Optional[Bytes] = None, value_regex: Optional[Bytes] = None,
             where: Optional[Sequence[Where]] = None, deletes: bool = False, cache: bool = True, token: bytes = b"",
             timeout: Optional[float] = None) -> Scan:
        """Rows beginning with `prefix`; or from `start` on and before `stop`; or `rows`; or `ranges` of (start, stop); or all: each
        once, in the order of rows.
        `columns`: "family", "family:qualifier", "family:^prefix", "family:/regex/", or a tuple, which is that very column.
        An empty list of rows, ranges or columns is
        none of them. `versions` of each column, newest first, 0 is all; limits: 0 is none. `since` is included, `until` is not. `deletes`: delete
        markers too. `token` takes a scan with the same options up again. `timeout` is for each batch."""
        options = ScanOptions(prefix, start, stop, rows, ranges, columns, versions, limit, offset, cell_limit, cell_limit_per_family,
                              since, until, keys_only, row_regex, value_regex, where, deletes, cache)
        return Scan(self._core.stream(options, token, timeout), self._keys, self._values)

    # ---- the table itself

    def exists(self) -> bool:
        return run(self._core.exists())

    def schema(self) -> Schema:
        return run(self._core.schema())

    def alter(self, *, add: Families = (), drop: Sequence[str] = (), rename: Optional[Mapping[str, str]] = None,
              modify: Optional[Mapping[str, Family]] = None,
              access_groups: Optional[Mapping[str, AccessGroup]] = None) -> None:
        """Families added, dropped, renamed, and given other options, access groups set. SchemaError when the schema changed meanwhile: try again."""
        run(self._core.alter(add, drop, rename, modify, access_groups))

    def splits(self) -> List[Split]:
        """The ranges of the table, in order."""
        return run(self._core.splits())


class Client:
    """Made by connect()."""

    def __init__(self, session: Session):
        self._session = session
        self._core = ClientCore(session)

    def table(self, name: str, *, keys: Codec = BYTES, values: Values = BYTES) -> Table:
        """A table by its path, "namespace/table". Asks nobody: whether it exists shows when it is used."""
        return Table(self._session, name, keys, values)

    def server_version(self) -> ServerVersion:
        return run(self._core.server_version())

    # ---- namespaces

    def create_namespace(self, namespace: str, *, parents: bool = False, if_absent: bool = False) -> None:
        run(self._core.create_namespace(namespace, parents, if_absent))

    def drop_namespace(self, namespace: str, *, if_exists: bool = False) -> None:
        """It must be empty."""
        run(self._core.drop_namespace(namespace, if_exists))

    def namespace_exists(self, namespace: str) -> bool:
        return run(self._core.namespace_exists(namespace))

    def list(self, namespace: str = "/") -> List[Entry]:
        """Tables and namespaces in a namespace."""
        return run(self._core.list(namespace))

    # ---- tables

    def create_table(self, name: str, families: Families, *, access_groups: Optional[Mapping[str, AccessGroup]] = None,
                     if_absent: bool = False, keys: Codec = BYTES, values: Values = BYTES) -> Table:
        """`families`: names, or a mapping of names to Family."""
        run(self._core.create_table(name, families, access_groups, if_absent))
        return self.table(name, keys=keys, values=values)

    def drop_table(self, name: str, *, if_exists: bool = False) -> None:
        run(self._core.drop_table(name, if_exists))

    def rename_table(self, name: str, new_name: str) -> None:
        """Within its namespace: `new_name` is without a path."""
        run(self._core.rename_table(name, new_name))

    # ---- statements

    def hql(self, statement: str, *, namespace: str = "/", timeout: Optional[float] = None) -> HqlResult:
        """Runs one statement. A SELECT comes whole; scan() is for large ones."""
        return run(self._core.hql(statement, namespace, timeout))

    def close(self) -> None:
        """Connections are closed as soon as nobody uses them."""
        self._core.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def connect(target: Union[str, Sequence[str]] = "127.0.0.1", *, timeout: float = 30.0, max_connections: int = 64,
            batch_bytes: int = 1 << 20, scan_bytes: int = 1 << 20, max_frame_bytes: int = 256 << 20) -> Client:
    """A client of the gateway at "host:port", or of one of several. UnavailableError when none is there now. `timeout`, in seconds, is
    for each operation with all that is tried again in it; `batch_bytes` and `scan_bytes` are the size of one piece."""
    settings = Settings(timeout, max_connections, max_frame_bytes, batch_bytes, scan_bytes)
    pool = BlockingPool(parse_addresses(target), max_connections, max_frame_bytes)
    session = Session(pool, settings)
    pool.release(run(pool.acquire(session.deadline())))
    return Client(session)


