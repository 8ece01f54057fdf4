"""The ancestor's `ThriftClient`: the whole API as methods of one connection.

    client = ThriftClient("localhost", 15867)
    ns = client.namespace_open("test")
    print(client.hql_query(ns, "SHOW TABLES"))
    client.close()

Text that is not UTF-8 comes as surrogates and goes back as the same bytes; bytes are taken wherever text is.
"""

from typing import Any

from cellar.wire.protocol import LosslessProtocol
from hyperthrift.gen2 import HqlService
from thrift import Thrift
from thrift.protocol import TBinaryProtocol
from thrift.transport import TSocket, TTransport

__all__ = ["ThriftClient", "HqlService", "Thrift", "TSocket", "TTransport", "TBinaryProtocol"]


class ThriftClient(HqlService.Client):  # type: ignore[misc]
    """Not safe for use by several threads at once."""

    def __init__(self, host: str, port: int, timeout_ms: int = 300000, do_open: int = 1):
        socket = TSocket.TSocket(host, port)
        socket.setTimeout(timeout_ms)
        self.transport = TTransport.TFramedTransport(socket)
        self.do_close = 0
        super().__init__(LosslessProtocol(self.transport))
        if do_open:
            self.open(timeout_ms)

    def open(self, timeout_ms: int = 300000) -> None:
        self.transport.open()
        self.do_close = 1

    def close(self) -> None:
        if self.do_close:
            self.transport.close()
            self.do_close = 0

    def __enter__(self) -> "ThriftClient":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
