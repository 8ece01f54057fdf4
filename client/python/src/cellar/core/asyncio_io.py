"""Sockets and waiting for the asyncio client."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import Any, Awaitable, Deque, Dict, List, Optional, Sequence, TypeVar

from ..errors import ClosedError, PoolTimeoutError, UnavailableError
from ..wire.protocol import LENGTH_BYTES, frame_length
from .addresses import Address, Turns
from .ports import BrokenConnection, Deadline

_BUFFER_BYTES = 1 << 20
T = TypeVar("T")


class AsyncConnection:
    """See ports.Connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_frame_bytes: int):
        self.namespaces: Dict[str, int] = {}
        self.in_flight = False
        self.frame_limit: Optional[int] = None
        self._reader = reader
        self._writer = writer
        self._max_frame_bytes = max_frame_bytes
        self._is_late = False

    @staticmethod
    async def open(address: Address, deadline: Deadline, max_frame_bytes: int) -> AsyncConnection:
        opening = asyncio.open_connection(address[0], address[1], limit=_BUFFER_BYTES)
        reader, writer = await asyncio.wait_for(opening, max(deadline.left(), 0.001))
        raw = writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return AsyncConnection(reader, writer, max_frame_bytes)

    async def send(self, frame: bytes, deadline: Deadline) -> None:
        """The stream takes all of it at once, so that from here on it counts as sent."""
        if self._writer.is_closing():
            raise BrokenConnection("the connection is closed", False)
        self.in_flight = True
        self._writer.write(frame)
        await self._by(deadline, self._writer.drain())

    async def receive(self, deadline: Deadline) -> bytes:
        length = frame_length(await self._by(deadline, self._reader.readexactly(LENGTH_BYTES)))
        if not 0 <= length <= self._max_frame_bytes:
            raise BrokenConnection(f"a frame of {length} bytes: the peer does not speak this protocol", True)
        payload = await self._by(deadline, self._reader.readexactly(length))
        self.in_flight = False
        return payload

    async def _by(self, deadline: Deadline, step: Awaitable[T]) -> T:
        """Awaits a step of the stream; when the time is up, the connection is cut under it. Unlike wait_for, which in older Pythons may
        lose a cancellation, this adds nothing to it."""
        timer = asyncio.get_running_loop().call_later(deadline.left(), self._cut)
        try:
            return await step
        except (OSError, asyncio.IncompleteReadError) as error:
            if self._is_late:
                raise BrokenConnection("timed out", True, True) from None
            why = "the gateway closed the connection" if isinstance(error, asyncio.IncompleteReadError) else str(error)
            raise BrokenConnection(why or "the connection broke", True) from None
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self._is_late = True
        self._writer.transport.abort()

    def is_stale(self) -> bool:
        return self._writer.is_closing() or self._reader.at_eof() or self._reader.exception() is not None

    def close(self) -> None:
        self._writer.close()


class AsyncPool:
    """See ports.Pool. For the tasks of one event loop."""

    def __init__(self, addresses: Sequence[Address], max_connections: int, max_frame_bytes: int):
        self._turns = Turns(addresses)
        self._max_connections = max_connections
        self._max_frame_bytes = max_frame_bytes
        self._idle: List[AsyncConnection] = []
        self._waiting: Deque[asyncio.Future[bool]] = deque()
        self._count = 0
        self._closed = False

    async def acquire(self, deadline: Deadline) -> AsyncConnection:
        while True:
            if self._closed:
                raise ClosedError("the client is closed")
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_stale():
                    return connection
                self.discard(connection)
            if self._count < self._max_connections:
                break
            await self._wait(deadline)
        self._count += 1
        try:
            return await self._connect(deadline)
        except BaseException:
            self._count -= 1
            self._wake()
            raise

    async def _wait(self, deadline: Deadline) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(deadline.left(), self._give, turn, False)
        try:
            if not await turn:
                raise PoolTimeoutError(
                    f"all {self._max_connections} connections are in use, by scans that are open or by other tasks")
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._wake()  # the turn goes to somebody else
            raise
        finally:
            timer.cancel()

    @staticmethod
    def _give(turn: asyncio.Future[bool], is_given: bool) -> None:
        if not turn.done():
            turn.set_result(is_given)

    def _wake(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return

    async def _connect(self, deadline: Deadline) -> AsyncConnection:
        failures = []
        for address in self._turns.order():
            try:
                return await AsyncConnection.open(address, deadline, self._max_frame_bytes)
            except (OSError, asyncio.TimeoutError) as error:
                failures.append(f"{address[0]}:{address[1]}: {error or 'timed out'}")
        raise UnavailableError("no gateway answers: " + "; ".join(failures), 0x10003)

    def release(self, connection: Any) -> None:
        if self._closed or connection.in_flight:
            self.discard(connection)
        else:
            self._idle.append(connection)
            self._wake()

    def discard(self, connection: Any) -> None:
        connection.close()
        self._count -= 1
        self._wake()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self.discard(self._idle.pop())
        for turn in self._waiting:
            self._give(turn, True)
