"""Client for Cellar.

    import cellar

    with cellar.connect("127.0.0.1:15867") as client:
        table = client.create_table("visits", ["page"], if_absent=True)
        table.put("com.example", {"page:title": "An example"})
        for row in table.scan(prefix="com."):
            print(row.key, row["page:title"])

docs/reference/python.md tells the rest.
"""

from .aio import AsyncBatch, AsyncClient, AsyncScan, AsyncTable, AsyncUpdate, connect_async
from .cells import Cell, Flag, Row, nanoseconds
from .client import Batch, Client, Scan, Table, Update, connect
from .codecs import BYTES, FLOAT, INT, JSON, TEXT, Codec
from .core.clients import Entry, HqlResult, ServerVersion
from .core.tables import Inserted, Split
from .errors import (BadIdError, BatchError, CellarError, ClosedError, DeadlineError, ExistsError, FormatError, HqlError,
                     InvalidArgumentError, NamespaceNotFoundError, NotAllowedError, NotEmptyError, NotFoundError,
                     NotImplementedByServerError, PoolTimeoutError, ProtocolError, RefusedError, SchemaError, ServerError,
                     TableNotFoundError, UnavailableError, UnknownFamilyError, UnknownOutcomeError)
from .scans import Where
from .schema import AccessGroup, Family, Schema
from .updates import UpdateResult

__version__ = "0.1.0"

__all__ = [
    "AccessGroup", "AsyncBatch", "AsyncClient", "AsyncScan", "AsyncTable", "AsyncUpdate", "BYTES", "BadIdError", "Batch",
    "BatchError", "Cell", "CellarError", "Client", "ClosedError", "Codec", "DeadlineError", "Entry", "ExistsError", "FLOAT",
    "Family", "Flag", "FormatError", "HqlError", "HqlResult", "INT", "Inserted", "InvalidArgumentError", "JSON",
    "NamespaceNotFoundError", "NotAllowedError", "NotEmptyError", "NotFoundError", "NotImplementedByServerError",
    "PoolTimeoutError", "ProtocolError", "RefusedError", "Row", "Scan", "Schema", "SchemaError", "ServerError",
    "ServerVersion", "Split", "TEXT", "Table", "TableNotFoundError", "UnavailableError", "UnknownFamilyError",
    "UnknownOutcomeError", "Update", "UpdateResult", "Where", "connect", "connect_async", "nanoseconds",
]
