"""What the two clients do differently: sockets, waiting, and the lock of the pool."""

from __future__ import annotations

import time
from typing import Dict, Optional, Protocol

from ..errors import DeadlineError


class Deadline:
    """A moment by which something has to be done."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds; never negative."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> float:
        left = self.left()
        if left <= 0:
            raise DeadlineError(f"not done within {self.seconds:g} s", 4)
        return left


class BrokenConnection(Exception):
    """Within the core only. `sent`: the whole request had gone out, so that it may have been carried out."""

    def __init__(self, why: str, sent: bool, late: bool = False):
        super().__init__(why)
        self.sent = sent
        self.late = late


class Connection(Protocol):
    """One connection to one gateway, used by one call at a time. After an error it is of no use any more."""

    namespaces: Dict[str, int]  # ids that this connection opened: they are good as long as it is
    in_flight: bool  # a reply is awaited
    frame_limit: Optional[int]  # the largest request the gateway takes, where that is known

    async def send(self, frame: bytes, deadline: Deadline) -> None: ...

    async def receive(self, deadline: Deadline) -> bytes:
        """The payload of one frame."""

    def is_stale(self) -> bool:
        """The peer has closed it, or sent what nobody asked for."""

    def close(self) -> None: ...


class Pool(Protocol):
    """Connections to the gateways of one client."""

    async def acquire(self, deadline: Deadline) -> Connection:
        """An idle one, or a new one; raises UnavailableError."""

    def release(self, connection: Connection) -> None: ...

    def discard(self, connection: Connection) -> None:
        """One that is broken, or whose state is not known."""

    async def sleep(self, seconds: float) -> None: ...

    def close(self) -> None: ...
