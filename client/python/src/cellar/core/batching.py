"""Many writes, sent in large pieces; one piece is on its way while the next is gathered."""

from __future__ import annotations

from typing import Any, Iterable, List, Mapping, Optional

from .. import errors
from ..cells import Cell, Column, Time, delete_cells, nanoseconds, put_cells
from ..codecs import Codec, ValueCodecs
from ..packed import pack, packed_bytes
from ..updates import version_marker
from .ports import BrokenConnection, Connection, Deadline
from .session import CALLS, Session, decode, lost

_SET = CALLS["set_cells_serialized"]


class BatchCore:
    """For one thread, or task, at a time. `at_least_once`: pieces whose outcome is unknown are sent again."""

    def __init__(self, session: Session, namespace: str, table: str, keys: Codec, values: ValueCodecs, at_least_once: bool):
        self._session = session
        self._namespace = namespace
        self._table = table
        self._keys = keys
        self._values = values
        self._at_least_once = at_least_once
        self._gathered: List[Cell] = []
        self._bytes = 0
        self._sent: List[Cell] = []  # without an answer yet, on:
        self._connection: Optional[Connection] = None
        self._deadline = session.deadline()
        self._failed = False
        self.acknowledged = 0

    # ---- gathering; true: it is time to send

    def _check(self) -> None:
        if self._failed:
            raise errors.ClosedError("this batch has failed, or was left")

    def gather(self, cells: Iterable[Cell]) -> bool:
        self._check()
        for cell in cells:
            self._gathered.append(cell)
            self._bytes += packed_bytes(cell)
        return self._bytes >= self._session.settings.batch_bytes

    def gather_put(self, row: Any, columns: Mapping[Column, Any], timestamp: Optional[Time]) -> bool:
        return self.gather(put_cells(row, columns, timestamp, self._keys, self._values))

    def gather_delete(self, row: Any, columns: Any, timestamp: Optional[Time]) -> bool:
        return self.gather(delete_cells(row, columns, timestamp, self._keys))

    def gather_version(self, row: Any, column: Column, timestamp: Time) -> bool:
        return self.gather(version_marker(row, column, nanoseconds(timestamp), self._keys))

    # ---- sending

    async def send(self) -> None:
        """What was gathered goes out; the answer is waited for by the next send, or by flush."""
        self._check()
        await self._settle()
        if not self._gathered:
            return
        try:
            packed = pack(self._gathered)
        except errors.CellarError as error:
            raise self._failure(error) from None
        self._sent, self._gathered, self._bytes = self._gathered, [], 0
        self._deadline = self._session.deadline()
        await self._start(packed)

    async def flush(self) -> None:
        """Everything is acknowledged when this returns."""
        await self.send()
        await self._settle()

    async def leave(self) -> None:
        """After an error in the program: what was not sent yet is forgotten."""
        self._gathered, self._bytes = [], 0
        try:
            if not self._failed:
                await self._settle()
        except errors.CellarError:
            pass
        self._failed = True

    async def _start(self, packed: bytes) -> None:
        deadline, namespace = self._deadline, self._namespace

        async def once(connection: Connection) -> Any:
            identifier = await self._session.namespace_id(connection, namespace, deadline)
            await connection.send(await self._session.frame(connection, _SET, (identifier, self._table, packed), deadline), deadline)
            return connection

        try:
            self._connection = await self._session.try_until(deadline, "batch", True, once, namespace, hold=True)
        except errors.CellarError as error:
            raise self._failure(error) from None
        except BaseException:  # cancelled
            self._failed = True
            raise

    async def _settle(self) -> None:
        """Waits for the answer to what is on its way; what was certainly not done is done again."""
        if not self._sent:
            return
        try:
            await self._answer()
        except errors.UnknownOutcomeError as error:
            if not self._at_least_once:
                raise self._failure(error) from None
            await self._repeat()
        except (errors.UnavailableError, errors.BadIdError):
            await self._repeat()
        except errors.CellarError as error:
            raise self._failure(error) from None
        self.acknowledged += len(self._sent)
        self._sent = []

    async def _answer(self) -> None:
        connection, self._connection = self._connection, None
        assert connection is not None
        keep = False
        try:
            payload = await connection.receive(self._deadline)
            keep = True
            decode(_SET, payload, True)
        except BrokenConnection as broken:
            raise lost("batch", broken, True, self._deadline) from None
        except errors.BadIdError:
            connection.namespaces.pop(self._namespace, None)
            raise
        except errors.CellarError:
            raise
        except BaseException:  # cancelled: what is on its way is not known any more
            self._failed = True
            raise
        finally:
            (self._session.pool.release if keep else self._session.pool.discard)(connection)

    async def _repeat(self) -> None:
        packed = pack(self._sent)
        deadline = Deadline(max(self._deadline.left(), self._session.settings.timeout))
        while True:
            try:
                await self._session.call("set_cells_serialized", self._table, packed, changes=True, namespace=self._namespace,
                                         timeout=deadline.left())
                return
            except errors.UnknownOutcomeError as error:
                if not self._at_least_once or deadline.left() <= 0:
                    raise self._failure(error) from None
            except errors.CellarError as error:
                raise self._failure(error) from None

    def _failure(self, cause: errors.CellarError) -> errors.BatchError:
        self._failed = True
        unacknowledged = self._sent + self._gathered
        self._sent, self._gathered = [], []
        return errors.BatchError(cause, unacknowledged)
