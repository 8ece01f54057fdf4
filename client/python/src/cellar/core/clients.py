"""Namespaces, tables and statements, as coroutines. AsyncClient is this; Client runs it step by step."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, NamedTuple, Optional

from ..cells import Cell
from ..errors import ExistsError
from ..packed import unpack
from ..schema import AccessGroup, Families, Schema, families_of, to_wire
from .session import TYPES, Session
from .tables import split_name

_READS = frozenset(("SELECT", "SHOW", "DESCRIBE", "EXISTS", "GET", "HELP", "EXPLAIN", "STATUS"))


class Entry(NamedTuple):
    """What a namespace lists."""
    name: str
    is_namespace: bool


class ServerVersion(NamedTuple):
    version: str
    api: int
    max_frame_bytes: int
    max_value_bytes: int
    cells_version: int


class HqlResult:
    """What a statement gave: lines of text, cells, or nothing. Iterates over the one that it has."""

    def __init__(self, lines: List[str], cells: List[Cell]):
        self.lines = lines
        self.cells = cells

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cells or self.lines)

    def __len__(self) -> int:
        return len(self.cells or self.lines)

    def __repr__(self) -> str:
        return f"HqlResult(lines={self.lines!r}, cells={self.cells!r})"


def _path(namespace: str) -> str:
    return "/" + "/".join(part for part in namespace.split("/") if part)


class ClientCore:
    def __init__(self, session: Session):
        self._session = session

    async def server_version(self) -> ServerVersion:
        answer = await self._session.call("server_version", changes=False)
        return ServerVersion(answer.version, answer.api, answer.max_frame_bytes, answer.max_value_bytes, answer.cells_version)

    # ---- namespaces

    async def create_namespace(self, namespace: str, parents: bool = False, if_absent: bool = False) -> None:
        path = _path(namespace)
        parts = path.strip("/").split("/")
        if parents:
            for depth in range(1, len(parts)):
                await self._create("/" + "/".join(parts[:depth]), True)
        await self._create(path, if_absent)

    async def _create(self, path: str, if_absent: bool) -> None:
        if if_absent and await self.namespace_exists(path):
            return
        try:
            await self._session.call("create_namespace", path, changes=True)
        except ExistsError:
            if not if_absent:
                raise

    async def drop_namespace(self, namespace: str, if_exists: bool = False) -> None:
        await self._session.call("drop_namespace", _path(namespace), if_exists, changes=True)

    async def namespace_exists(self, namespace: str) -> bool:
        return bool(await self._session.call("exists_namespace", _path(namespace), changes=False))

    async def list(self, namespace: str = "/") -> List[Entry]:
        listing = await self._session.call("get_listing", changes=False, namespace=_path(namespace))
        return [Entry(entry.name, entry.is_namespace) for entry in listing]

    # ---- tables

    async def create_table(self, name: str, families: Families, access_groups: Optional[Mapping[str, AccessGroup]] = None,
                           if_absent: bool = False) -> None:
        namespace, table = split_name(name)
        wire = to_wire(Schema(families_of(families), dict(access_groups or {})))
        try:
            await self._session.call("table_create", table, wire, changes=True, namespace=namespace)
        except ExistsError:
            if not if_absent:
                raise

    async def drop_table(self, name: str, if_exists: bool = False) -> None:
        namespace, table = split_name(name)
        await self._session.call("drop_table", table, if_exists, changes=True, namespace=namespace)

    async def rename_table(self, name: str, new_name: str) -> None:
        """Within its namespace: `new_name` is a name without a path."""
        namespace, table = split_name(name)
        await self._session.call("rename_table", table, new_name, changes=True, namespace=namespace)

    # ---- statements

    async def hql(self, statement: str, namespace: str = "/", timeout: Optional[float] = None) -> HqlResult:
        text = statement.strip().rstrip(";").rstrip()
        word = text.split(None, 1)[0].upper() if text else ""
        changes = word not in _READS or " INTO FILE " in text.upper()
        command = text.encode("utf-8", "surrogateescape")
        answer = await self._session.call("hql_run", command, TYPES["HqlOptions"](), changes=changes, namespace=_path(namespace),
                                          timeout=timeout)
        lines = [line.decode("utf-8", "surrogateescape") for line in answer.results or []]
        return HqlResult(lines, unpack(answer.cells)[0] if answer.cells else [])

    def close(self) -> None:
        self._session.pool.close()
