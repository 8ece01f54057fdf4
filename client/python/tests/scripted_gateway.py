"""A gateway in the test's own process, on the real wire, that fails on command: connections lost before or after a call was
carried out, refusals, answers that never come, restarts. What it stores is simple; what calls mean is the integration test's."""

import collections
import socket
import struct
import threading

from thrift.Thrift import TApplicationException, TMessageType
from thrift.transport.TTransport import TMemoryBuffer

from cellar.core.session import CALLS, TYPES
from cellar.cells import Cell
from cellar.packed import EOS, pack, unpack
from cellar.wire.protocol import LosslessProtocol

CELLS_OF_A_BATCH = 10


def client_exception(code, message="refused by the script"):
    return TYPES["ClientException"](code=code, message=message)


class Lost(Exception):
    """The connection ends here."""


class ScriptedGateway:
    """`faults[method]` holds what happens to its next calls: "lose" (nothing done), "lose answer" (done), "stall", or an error
    code."""

    def __init__(self):
        self.tables = {("/", "t"): {}}
        self.namespaces = {"/"}
        self.faults = collections.defaultdict(collections.deque)
        self.calls = []
        self.lock = threading.RLock()
        self.released = threading.Event()
        self.clock = 1000
        self.listener = self._bound_to(0)
        self.port = self.listener.getsockname()[1]
        self.start()

    # ---- life

    @staticmethod
    def _bound_to(port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        return listener

    def start(self):
        self.ids, self.scanners = {}, {}
        self.listener.listen(64)
        self.connections = []
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        """As a killed process: connections end, ids are forgotten, and begin at 1 again. Connecting is refused, but the port
        stays ours: the gateway of another test would answer there."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.listener = self._bound_to(self.port)
        with self.lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                connection.close()
            self.connections = []

    def restart(self):
        self.stop()
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def count(self, method):
        return self.calls.count(method)

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    # ---- the wire

    def _serve(self, connection):
        try:
            while True:
                (length,) = struct.unpack(">i", self._read(connection, 4))
                reply = self._answer(self._read(connection, length))
                connection.sendall(struct.pack(">i", len(reply)) + reply)
        except (Lost, OSError):
            connection.close()

    @staticmethod
    def _read(connection, length):
        data = b""
        while len(data) < length:
            more = connection.recv(length - len(data))
            if not more:
                raise Lost
            data += more
        return data

    def _answer(self, payload):
        request = LosslessProtocol(TMemoryBuffer(payload))
        name, _, sequence = request.readMessageBegin()
        call = CALLS[name]
        arguments = call.arguments()
        arguments.read(request)
        reply = LosslessProtocol(TMemoryBuffer())
        method = getattr(self, name, None)
        kind = TMessageType.REPLY
        if method is None:
            kind, result = TMessageType.EXCEPTION, TApplicationException(TApplicationException.UNKNOWN_METHOD, name)
        else:
            result = self._carry_out(call, method, arguments)
        reply.writeMessageBegin(name, kind, sequence)
        result.write(reply)
        reply.writeMessageEnd()
        return reply.trans.getvalue()

    def _carry_out(self, call, method, arguments):
        with self.lock:
            self.calls.append(call.name)
            fault = self.faults[call.name].popleft() if self.faults[call.name] else None
        if fault == "lose":
            raise Lost
        if fault == "stall":
            self.released.wait()
            raise Lost
        result = call.result()
        try:
            with self.lock:
                if isinstance(fault, int):
                    raise client_exception(fault)
                value = method(*vars(arguments).values())
            if not call.is_void:
                result.success = value
        except TYPES["ClientException"] as error:
            result.e = error
        if fault == "lose answer":
            raise Lost
        return result

    # ---- ids

    def _id(self, thing):
        number = len(self.ids) + 1
        self.ids[number] = thing
        return number

    def _namespace(self, number):
        if not isinstance(self.ids.get(number), str):
            raise client_exception(0x90003)
        return self.ids[number]

    def _table(self, number, name):
        table = self.tables.get((self._namespace(number), name))
        if table is None:
            raise client_exception(22)
        return table

    # ---- methods

    def server_version(self):
        return TYPES["ServerVersion"](version="scripted", api=1, max_frame_bytes=1 << 26, max_value_bytes=1 << 24, cells_version=2)

    def open_namespace(self, name):
        if name not in self.namespaces:
            raise client_exception(40)
        return self._id(name)

    def exists_namespace(self, name):
        return name in self.namespaces

    def create_namespace(self, name):
        if name in self.namespaces:
            raise client_exception(42)
        self.namespaces.add(name)

    def exists_table(self, ns, name):
        return (self._namespace(ns), name) in self.tables

    def table_create(self, ns, name, _schema):
        self.tables[(self._namespace(ns), name)] = {}

    def set_cells_serialized(self, ns, name, cells):
        table = self._table(ns, name)
        for row, family, qualifier, value, timestamp, flag in unpack(cells)[0]:
            self.clock += 1
            if flag == 255:
                table[(row, family, qualifier, -(timestamp or self.clock))] = value
            else:
                for key in [key for key in table if key[0] == row and (flag == 0 or key[1:3] == (family, qualifier))]:
                    del table[key]

    def get_cells_serialized(self, ns, name, spec):
        return pack(self._selected(self._table(ns, name), spec), EOS)

    def resumable_scan_open(self, ns, name, spec, token):
        return self.resumable_scan(ns, name, spec, token)

    def resumable_scan(self, ns, name, spec, token):
        return self._id([self._selected(self._table(ns, name), spec), int(token or b"0")])

    def resumable_scan_next(self, scanner, _max_bytes):
        if not isinstance(self.ids.get(scanner), list):
            raise client_exception(0x90001)
        cells, at = self.ids[scanner]
        end = min(at + CELLS_OF_A_BATCH, len(cells))
        self.ids[scanner][1] = end
        return TYPES["ScanBatch"](cells=pack(cells[at:end]), token=b"%d" % end, done=end == len(cells))

    def open_scanner(self, ns, name, spec):
        return self.resumable_scan(ns, name, spec, b"")

    def next_cells_serialized(self, scanner):
        batch = self.resumable_scan_next(scanner, 0)
        return pack(unpack(batch.cells)[0], EOS if batch.done else 0)

    def scanner_close(self, scanner):
        if not isinstance(self.ids.get(scanner), list):
            raise client_exception(0x90001)
        self.ids[scanner] = None

    def increment(self, ns, name, row, family, qualifier, delta):
        table = self._table(ns, name)
        key = (row, family.encode(), qualifier, 0)
        table[key] = b"%d" % (int(table.get(key, b"0")) + delta)
        return int(table[key])

    def hql_run(self, _ns, command, _options):
        return TYPES["HqlAnswer"](results=[command])

    @staticmethod
    def _selected(table, spec):
        intervals = spec.row_intervals or [None]
        return [Cell(row, family, qualifier, value, -minus, 255)
                for interval in intervals for (row, family, qualifier, minus), value in sorted(table.items())
                if interval is None or ScriptedGateway._holds(interval, row)]

    @staticmethod
    def _holds(interval, row):
        start, end = interval.start_row_binary, interval.end_row_binary
        return row >= start and (end == b"\xff\xff" or row < end or (interval.end_inclusive and row == end))
