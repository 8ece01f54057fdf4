"""Sockets and waiting for the blocking client."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any, Coroutine, Dict, List, Optional, Sequence, TypeVar

from ..errors import ClosedError, PoolTimeoutError, UnavailableError
from ..wire.protocol import LENGTH_BYTES, frame_length
from .addresses import Address, Turns
from .ports import BrokenConnection, Deadline

T = TypeVar("T")


def run(steps: Coroutine[Any, Any, T]) -> T:
    """Runs to its end a coroutine that never suspends, since all it awaits blocks instead."""
    try:
        steps.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    steps.close()
    raise RuntimeError("a blocking step suspended")


class BlockingConnection:
    """See ports.Connection."""

    def __init__(self, address: Address, deadline: Deadline, max_frame_bytes: int):
        self.namespaces: Dict[str, int] = {}
        self.in_flight = False
        self.frame_limit: Optional[int] = None
        self.process = os.getpid()
        self._max_frame_bytes = max_frame_bytes
        self._socket = socket.create_connection(address, timeout=max(deadline.left(), 0.001))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def send(self, frame: bytes, deadline: Deadline) -> None:
        view = memoryview(frame)
        try:
            while view:
                self._socket.settimeout(max(deadline.left(), 0.001))
                view = view[self._socket.send(view):]
        except OSError as error:
            raise BrokenConnection(str(error) or "timed out", False, isinstance(error, socket.timeout)) from None
        self.in_flight = True

    async def receive(self, deadline: Deadline) -> bytes:
        length = frame_length(self._read(LENGTH_BYTES, deadline))
        if not 0 <= length <= self._max_frame_bytes:
            raise BrokenConnection(f"a frame of {length} bytes: the peer does not speak this protocol", True)
        payload = self._read(length, deadline)
        self.in_flight = False
        return payload

    def _read(self, length: int, deadline: Deadline) -> bytes:
        data = bytearray(length)
        view, got = memoryview(data), 0
        try:
            while got < length:
                self._socket.settimeout(max(deadline.left(), 0.001))
                more = self._socket.recv_into(view[got:])
                if more == 0:
                    raise BrokenConnection("the gateway closed the connection", True)
                got += more
        except OSError as error:
            raise BrokenConnection(str(error) or "timed out", True, isinstance(error, socket.timeout)) from None
        return bytes(data)

    def is_stale(self) -> bool:
        try:
            self._socket.setblocking(False)
            self._socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except (OSError, ValueError):
            pass
        return True  # closed, or bytes that nobody asked for

    def close(self) -> None:
        self._socket.close()


class BlockingPool:
    """See ports.Pool. Safe for use by many threads; a forked child starts with connections of its own."""

    def __init__(self, addresses: Sequence[Address], max_connections: int, max_frame_bytes: int):
        self._turns = Turns(addresses)
        self._max_connections = max_connections
        self._max_frame_bytes = max_frame_bytes
        self._freed = threading.Condition()
        self._idle: List[BlockingConnection] = []
        self._count = 0
        self._closed = False
        self._process = os.getpid()

    async def acquire(self, deadline: Deadline) -> BlockingConnection:
        self._leave_parents_connections()
        with self._freed:
            while True:
                if self._closed:
                    raise ClosedError("the client is closed")
                while self._idle:
                    connection = self._idle.pop()
                    if not connection.is_stale():
                        return connection
                    self._drop(connection)
                if self._count < self._max_connections:
                    self._count += 1
                    break
                if not self._freed.wait(deadline.left()):
                    raise PoolTimeoutError(f"all {self._max_connections} connections are in use, by scans that are open or by other threads")
        try:
            return self._connect(deadline)
        except BaseException:
            with self._freed:
                self._count -= 1
                self._freed.notify()
            raise

    def _connect(self, deadline: Deadline) -> BlockingConnection:
        failures = []
        for address in self._turns.order():
            try:
                return BlockingConnection(address, deadline, self._max_frame_bytes)
            except OSError as error:
                failures.append(f"{address[0]}:{address[1]}: {error}")
        raise UnavailableError("no gateway answers: " + "; ".join(failures), 0x10003)

    def _leave_parents_connections(self) -> None:
        """In a forked child: their bytes are the parent's, and the lock may have been held by a thread that is not here."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._freed = threading.Condition()
            self._idle = []
            self._count = 0

    def _drop(self, connection: BlockingConnection) -> None:
        connection.close()
        if connection.process == self._process:
            self._count -= 1
            self._freed.notify()

    def release(self, connection: Any) -> None:
        self._leave_parents_connections()
        with self._freed:
            if self._closed or connection.in_flight or connection.process != self._process:
                self._drop(connection)
            else:
                self._idle.append(connection)
                self._freed.notify()

    def discard(self, connection: Any) -> None:
        self._leave_parents_connections()
        with self._freed:
            self._drop(connection)

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._leave_parents_connections()
        with self._freed:
            self._closed = True
            while self._idle:
                self._drop(self._idle.pop())
            self._freed.notify_all()
