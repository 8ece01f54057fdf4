"""A scan that survives its gateway: batches with tokens, the next batch asked for while this one is worked on."""

from __future__ import annotations

from typing import Any, List, NamedTuple, Optional

from .. import errors
from ..cells import Cell
from ..packed import EOS, unpack
from ..wire.protocol import encode_call
from .ports import BrokenConnection, Connection, Deadline
from .session import CALLS, Pauses, Session, decode

_NEXT, _NEXT_PLAIN, _CLOSE = CALLS["resumable_scan_next"], CALLS["next_cells_serialized"], CALLS["scanner_close"]


class Batch(NamedTuple):
    """Some cells of a scan, and where it goes on after them."""
    cells: List[Cell]
    token: bytes


class ScanStream:
    """One scan. Holds one connection from the first batch to the end. For one thread, or task, at a time. On a server without
    resumable scans it is a plain one: its token is empty, and it ends with the gateway. `ended`: there is nothing to scan for."""

    def __init__(self, session: Session, namespace: str, table: str, spec: Any, token: bytes, timeout: Optional[float],
                 ended: bool = False):
        self._session = session
        self._namespace = namespace
        self._table = table
        self._spec = spec
        self._timeout = timeout
        self._connection: Optional[Connection] = None
        self._scanner = 0
        self._done = ended
        self._call = _NEXT
        self._request = b""
        self.token = token

    async def next(self) -> Optional[Batch]:
        """The next batch; None at the end. Each has the client's time-out for itself."""
        if self._done:
            return None
        deadline = self._session.deadline(self._timeout)
        answer = await self._fetch(deadline)
        if self._call is _NEXT_PLAIN:
            cells, control = unpack(answer)
            await (self._finish if control & EOS else self._ask)(deadline)
            return Batch(cells, b"")
        self.token = answer.token
        await (self._finish if answer.done else self._ask)(deadline)
        cells, _ = unpack(answer.cells)
        return Batch(cells, answer.token)

    async def close(self) -> None:
        """The connection goes back to the pool; a batch that is on its way is waited for."""
        if self._done:
            return
        try:
            if self._connection is not None and self._connection.in_flight:
                await self._connection.receive(self._session.deadline(self._timeout))
            await self._finish(self._session.deadline(self._timeout))
        except BrokenConnection:
            self.abandon()

    def abandon(self) -> None:
        """Without waiting: the connection is lost, and the gateway forgets the scanner in its own time."""
        self._done = True
        self._drop()

    async def _fetch(self, deadline: Deadline) -> Any:
        """The answer that is on its way, or that of a scan taken up again after the last batch."""
        pauses = Pauses()
        while True:
            try:
                if self._connection is None:
                    await self._open(deadline)
                assert self._connection is not None
                if not self._connection.in_flight:
                    await self._connection.send(self._request, deadline)
                return decode(self._call, await self._connection.receive(deadline), False)
            except BrokenConnection as broken:
                self._drop()
                failure: errors.CellarError = errors.DeadlineError(f"scan: no batch within {deadline.seconds:g} s: {broken}", 4)
            except (errors.BadIdError, errors.UnavailableError) as error:
                self._drop()
                failure = error
                if isinstance(error, errors.PoolTimeoutError):
                    raise
            except BaseException:
                self.abandon()
                raise
            pause = pauses.next()
            if pause >= deadline.left() or self._call is _NEXT_PLAIN:
                self._done = True
                raise failure
            await self._session.pool.sleep(pause)

    async def _open(self, deadline: Deadline) -> None:
        namespace = self._namespace

        async def once(connection: Connection) -> Any:
            identifier = await self._session.namespace_id(connection, namespace, deadline)
            arguments = (identifier, self._table, self._spec)
            try:
                resumable = CALLS["resumable_scan_open"]
                scanner = await self._session.exchange(connection, resumable, arguments + (self.token,), False, deadline)
            except errors.NotImplementedByServerError:
                if self.token:
                    raise
                self._call = _NEXT_PLAIN
                scanner = await self._session.exchange(connection, CALLS["open_scanner"], arguments, False, deadline)
            return connection, scanner

        self._connection, self._scanner = await self._session.try_until(deadline, "scan", False, once, namespace,
                                                                                  hold=True)
        size = (self._session.settings.scan_bytes,) if self._call is _NEXT else ()
        self._request = encode_call(self._call, self._call.arguments(self._scanner, *size))

    async def _ask(self, deadline: Deadline) -> None:
        """Asks for the next batch without waiting for it. That it fails is noticed when it is wanted."""
        assert self._connection is not None
        try:
            await self._connection.send(self._request, deadline)
        except BrokenConnection:
            self._drop()
        except BaseException:
            self.abandon()
            raise

    async def _finish(self, deadline: Deadline) -> None:
        self._done = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        keep = False
        try:
            await self._session.exchange(connection, _CLOSE, (self._scanner,), False, deadline)
            keep = True
        except BrokenConnection:
            pass
        except errors.BadIdError:
            keep = True
        finally:
            (self._session.pool.release if keep else self._session.pool.discard)(connection)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._session.pool.discard(connection)
