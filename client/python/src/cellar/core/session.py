"""Calls that survive what can be survived: lost connections, restarted gateways, servers that are not ready yet."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import Any, Callable, Optional, Tuple

from thrift.protocol.TProtocol import TProtocolException
from thrift.Thrift import TApplicationException
from thrift.transport.TTransport import TTransportException

from .. import errors
from ..errors import CellarError
from ..wire.protocol import decode_reply, encode_call
from ..wire.stubs import Call, stubs
from .ports import BrokenConnection, Connection, Deadline, Pool

CALLS = stubs("Cellar").calls
TYPES = {**stubs("Client").types, **stubs("Hql").types, **stubs("Cellar").types}
_CLIENT_EXCEPTION = TYPES["ClientException"]
_CODE_BAD_NAMESPACE_ID, _CODE_NO_NAMESPACE, _CODE_TIMEOUT, _CODE_PROTOCOL = 0x90003, 40, 4, 1
_SMALL_FRAME_BYTES = 64 << 10  # any gateway takes that
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.02, 1.0


@dataclass(frozen=True)
class Settings:
    """Of a client."""
    timeout: float = 30.0
    max_connections: int = 64
    max_frame_bytes: int = 256 << 20
    batch_bytes: int = 1 << 20
    scan_bytes: int = 1 << 20


class Pauses:
    """Between tries: doubling, with chance in it, so that many clients do not come back at once."""

    def __init__(self) -> None:
        self._next = _FIRST_PAUSE_SECONDS

    def next(self) -> float:
        pause = self._next * (0.5 + random.random() / 2)
        self._next = min(self._next * 2, _LONGEST_PAUSE_SECONDS)
        return pause


def decode(call: Call, payload: bytes, changes: bool) -> Any:
    """What the call returned, or the error it ended with."""
    try:
        return decode_reply(call, payload)
    except _CLIENT_EXCEPTION as error:
        raise errors.from_code(error.code, error.reason or error.message, changes) from None
    except TApplicationException as error:
        kind = errors.NotImplementedByServerError if error.type == TApplicationException.UNKNOWN_METHOD else errors.ServerError
        raise kind(error.message or "the server failed", errors.CODE_UNKNOWN_METHOD) from None
    except (TProtocolException, TTransportException, EOFError, TypeError, UnicodeDecodeError) as error:
        raise errors.ProtocolError(f"the answer to {call.name} cannot be read: {error}", _CODE_PROTOCOL) from None


def lost(call_name: str, broken: BrokenConnection, changes: bool, deadline: Deadline) -> CellarError:
    """The error for a call that got no answer, and is not tried again."""
    if changes and broken.sent:
        return errors.UnknownOutcomeError(f"{call_name}: no answer: {broken}", _CODE_TIMEOUT)
    if broken.late:
        return errors.DeadlineError(f"{call_name}: no answer within {deadline.seconds:g} s", _CODE_TIMEOUT)
    return errors.UnavailableError(f"{call_name}: {broken}", 0x10002)


class Session:
    """A pool, and how calls are made over it. As safe for threads as the pool."""

    def __init__(self, pool: Pool, settings: Settings):
        self.pool = pool
        self.settings = settings

    def deadline(self, timeout: Optional[float] = None) -> Deadline:
        return Deadline(self.settings.timeout if timeout is None else timeout)

    async def call(self, name: str, *arguments: Any, changes: bool, namespace: Optional[str] = None,
                   timeout: Optional[float] = None) -> Any:
        """Calls a method, with the id of `namespace` in front of the arguments where one is named. `changes`: the request
        may change something, and is sent again only when it certainly did not."""
        deadline = self.deadline(timeout)

        async def once(connection: Connection) -> Any:
            first = () if namespace is None else (await self.namespace_id(connection, namespace, deadline),)
            return await self.exchange(connection, CALLS[name], first + arguments, changes, deadline)

        return await self.try_until(deadline, name, changes, once, namespace)

    async def try_until(self, deadline: Deadline, name: str, changes: bool, once: Callable[[Connection], Any],
                        namespace: Optional[str], hold: bool = False) -> Any:
        """Runs `once` on a connection until it succeeds, fails for good, or the time is up. `hold`: after a success the
        connection is the caller's."""
        pauses = Pauses()
        reopened = False
        while True:
            connection: Optional[Connection] = None
            keep = False
            try:
                connection = await self.pool.acquire(deadline)
                result = await once(connection)
                keep = True
                if hold:
                    connection = None
                return result
            except BrokenConnection as broken:
                failure = lost(name, broken, changes, deadline)
                if (broken.sent and changes) or broken.late:
                    raise failure from None
            except errors.PoolTimeoutError:
                raise
            except errors.UnavailableError as unavailable:
                keep = True
                failure = unavailable
            except CellarError as error:
                keep = not isinstance(error, errors.ProtocolError)
                if connection is None or namespace is None or not self._forget(connection, namespace, error) or reopened:
                    raise
                reopened = True
                continue
            finally:
                if connection is not None:
                    (self.pool.release if keep else self.pool.discard)(connection)
            pause = pauses.next()
            if pause >= deadline.left():
                raise failure
            await self.pool.sleep(pause)

    @staticmethod
    def _forget(connection: Connection, namespace: str, error: CellarError) -> bool:
        """After an id turned out to be of no use: whether a new one is worth a try."""
        return error.code in (_CODE_BAD_NAMESPACE_ID, _CODE_NO_NAMESPACE) and connection.namespaces.pop(namespace, None) is not None

    async def namespace_id(self, connection: Connection, namespace: str, deadline: Deadline) -> int:
        """Ids belong to the connection that opened them: behind another one there may be another gateway, where the same
        number is another namespace."""
        known = connection.namespaces.get(namespace)
        if known is None:
            known = await self.exchange(connection, CALLS["open_namespace"], (namespace,), False, deadline)
            connection.namespaces[namespace] = known
        return known

    @staticmethod
    async def exchange(connection: Connection, call: Call, arguments: Tuple[Any, ...], changes: bool, deadline: Deadline) -> Any:
        """One request and its answer. A connection that breaks while only reading what leads to a change has not sent it."""
        await connection.send(await Session.frame(connection, call, arguments, deadline), deadline)
        try:
            payload = await connection.receive(deadline)
        except BrokenConnection as broken:
            raise BrokenConnection(str(broken), broken.sent and changes, broken.late) from None
        return decode(call, payload, changes)

    @staticmethod
    async def frame(connection: Connection, call: Call, arguments: Tuple[Any, ...], deadline: Deadline) -> bytes:
        """The request, which is refused here if it is larger than the gateway takes: that would cut the connection, and nobody
        knew why."""
        frame = encode_call(call, call.arguments(*arguments))
        if len(frame) < _SMALL_FRAME_BYTES:
            return frame
        if connection.frame_limit is None:
            try:
                version = await Session.exchange(connection, CALLS["server_version"], (), False, deadline)
                connection.frame_limit = version.max_frame_bytes
            except errors.NotImplementedByServerError:
                connection.frame_limit = sys.maxsize
        if len(frame) > connection.frame_limit:
            raise errors.InvalidArgumentError(
                f"{call.name}: a request of {len(frame)} bytes, and the gateway takes {connection.frame_limit}", 9)
        return frame
