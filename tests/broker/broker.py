#!/usr/bin/python3
"""A whole broker in Python, over a directory of this machine: docs/internals/broker.md as a program, for those who write
another one. `broker.py ROOT [PORT]` prints "ready PORT". Any number of them may serve one directory.

Not for production: it opens a directory's marks for every look, and has no bound on what clients hold open.
"""

import contextlib
import errno
import fcntl
import json
import os
import re
import secrets
import sys
import threading

from thrift.protocol.TBinaryProtocol import TBinaryProtocolFactory
from thrift.server.TServer import TThreadedServer
from thrift.transport.TSocket import TServerSocket
from thrift.transport.TTransport import TFramedTransportFactory

from cellar_fsbroker import Broker
from cellar_fsbroker.constants import PROTOCOL_VERSION
from cellar_fsbroker.ttypes import (BrokerError, Entry, EntryPage, ErrorCode, Limits, SealedFile, SealPage, Welcome)

MAX_TRANSFER_BYTES = 1 << 20
LEASE_MS = 10_000
PAGE_BYTES = 256 << 10
MARK = ".seal"
COMPONENT = re.compile(r"[A-Za-z0-9._-]{1,200}\Z")


def fail(code, message):
    raise BrokerError(code, message)


class storage_errors:
    """What the operating system says, as the protocol says it. (A class: contextlib cannot carry Thrift's exceptions.)"""

    CODES = {errno.ENOENT: ErrorCode.NOT_FOUND, errno.ENOTDIR: ErrorCode.NOT_FOUND, errno.EEXIST: ErrorCode.ALREADY_EXISTS,
             errno.ENOSPC: ErrorCode.NO_SPACE, errno.EDQUOT: ErrorCode.NO_SPACE, errno.EISDIR: ErrorCode.INVALID_ARGUMENT,
             errno.EMFILE: ErrorCode.BUSY, errno.ENFILE: ErrorCode.BUSY}

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, OSError):
            fail(self.CODES.get(error.errno, ErrorCode.IO_ERROR), f"'{self.path}': {error.strerror}")


def check_path(path, may_be_root=False):
    if path == "" and may_be_root:
        return
    parts = path.split("/")
    is_valid = len(path) <= 1024 and len(parts) <= 32 and all(
        COMPONENT.match(part) and part not in (".", "..", MARK) for part in parts)
    if not is_valid:
        fail(ErrorCode.INVALID_ARGUMENT, f"'{path}' is not a path")


def directories_above(path):
    """"", "a", "a/b" of "a/b/c"."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(len(parts) + 1)]


def path_below(path, directory):
    return path[len(directory) + 1:] if directory else path


def sync_directory(system_path):
    descriptor = os.open(system_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Mark:
    """What the seals of one directory have stored: the file `.seal` in it, a line of JSON for each record."""

    def __init__(self, text):
        self.incarnation = None  # (term, counter), the highest of all records
        self.lengths = {}
        self.has_lengths_of = None
        for line in text.split("\n")[:-1]:  # What has no end is a crash's.
            record = json.loads(line)
            incarnation = tuple(record["incarnation"])
            self.incarnation = max(self.incarnation or incarnation, incarnation)
            if "lengths" in record:
                self.has_lengths_of = max(self.has_lengths_of or incarnation, incarnation)
                self.lengths = record["lengths"] | self.lengths  # The first length of a file stays.


class Storage:
    def __init__(self, root):
        self.root = os.path.abspath(root)

    def at(self, path):
        return os.path.join(self.root, path) if path else self.root

    def mark_path(self, directory):
        return os.path.join(self.at(directory), MARK)

    def mark(self, directory):
        try:
            with open(self.mark_path(directory), encoding="utf-8") as file:
                return Mark(file.read())
        except (FileNotFoundError, NotADirectoryError):
            return Mark("")

    def check_fence(self, path, incarnation, is_new):
        """To be asked after the bytes are durable, and before anybody hears that they are."""
        for directory in directories_above(path):
            mark = self.mark(directory)
            is_lower = mark.incarnation is not None and incarnation < mark.incarnation
            is_closed = not is_new and path_below(path, directory) in mark.lengths
            if is_lower or is_closed:
                fail(ErrorCode.FENCED, f"'{path}': sealed by {mark.incarnation}")

    def visible_length(self, path, length):
        for directory in directories_above(path):
            length = min(length, self.mark(directory).lengths.get(path_below(path, directory), length))
        return length

    def create(self, path, incarnation):
        self.check_fence(path, incarnation, is_new=True)
        with storage_errors(path):
            descriptor = os.open(self.at(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            os.fsync(descriptor)
            sync_directory(os.path.dirname(self.at(path)))
        try:
            self.check_fence(path, incarnation, is_new=False)
        except BrokerError:
            os.close(descriptor)
            self.remove_unless_listed(path)
            raise
        return descriptor

    def remove_unless_listed(self, path):
        """A file made while its directory was being sealed must not stand in the way of the new owner."""
        with contextlib.ExitStack() as sealers:
            for directory in directories_above(path):
                if os.path.exists(self.mark_path(directory)):
                    sealers.enter_context(self.sealing(directory))
            listed = any(path_below(path, directory) in self.mark(directory).lengths
                         for directory in directories_above(path))
            if not listed:
                os.unlink(self.at(path))

    @contextlib.contextmanager
    def sealing(self, directory):
        """One sealer at a time, in whatever process."""
        descriptor = os.open(self.mark_path(directory), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def files_below(self, directory):
        for folder, _, names in os.walk(self.at(directory)):
            for name in names:
                if name != MARK:
                    yield os.path.relpath(os.path.join(folder, name), self.at(directory))

    def seal(self, directory, incarnation):
        with self.sealing(directory) as descriptor:
            mark = self.mark(directory)
            if mark.has_lengths_of is not None and incarnation <= mark.has_lengths_of:
                return mark.lengths

            def append_record(record):
                whole = os.pread(descriptor, os.fstat(descriptor).st_size, 0).rpartition(b"\n")[0]
                os.ftruncate(descriptor, len(whole) + 1 if whole else 0)  # What a crash cut off goes.
                os.lseek(descriptor, 0, os.SEEK_END)
                os.write(descriptor, json.dumps(record).encode() + b"\n")
                os.fsync(descriptor)

            append_record({"incarnation": incarnation})
            sync_directory(self.at(directory))
            # From here on every writer sees the mark. Whoever looked before has its bytes in these files.
            lengths = {}
            for name in self.files_below(directory):
                file = os.open(os.path.join(self.at(directory), name), os.O_RDONLY)
                lengths[name] = os.fstat(file).st_size  # Before the sync, so that what is counted is durable.
                os.fsync(file)
                os.close(file)
            append_record({"incarnation": incarnation, "lengths": lengths})
            return self.mark(directory).lengths


class Writer:
    def __init__(self, descriptor, path, incarnation):
        self.descriptor, self.path, self.incarnation = descriptor, path, incarnation
        self.turn = threading.Lock()
        self.length = 0
        self.last_offset = 0
        self.failure = None  # After an error every later call answers it.


class Session:
    def __init__(self):
        self.connections = 0
        self.files = {}  # handle -> Writer, or (descriptor, path)
        self.creates = {}  # token -> handle
        self.creating = threading.Lock()
        self.removes = {}  # token -> None, or the error that it ended by; the last 64
        self.removing = threading.Lock()


class Handler:
    def __init__(self, storage):
        self.storage = storage
        self.life = secrets.token_bytes(16)
        self.lock = threading.Lock()
        self.sessions = {}
        self.last_handle = 0
        self.connection = threading.local()  # Each connection has a thread.

    # What is asked of the session.

    def session(self):
        session = getattr(self.connection, "session", None)
        return session or fail(ErrorCode.INVALID_ARGUMENT, "hello comes first")

    def add(self, session, file):
        with self.lock:
            self.last_handle += 1
            session.files[self.last_handle] = file
            return self.last_handle

    def find(self, handle, kind):
        file = self.session().files.get(handle)
        return file if isinstance(file, kind) else fail(ErrorCode.UNKNOWN_FILE, f"there is no open file {handle}")

    def hello(self, protocol_version, session, client):
        if protocol_version != PROTOCOL_VERSION:
            fail(ErrorCode.UNSUPPORTED, f"protocol version {protocol_version}: this broker speaks {PROTOCOL_VERSION}")
        if len(session) != 16 or getattr(self.connection, "session", None):
            fail(ErrorCode.INVALID_ARGUMENT, "hello is said once, with a session of 16 bytes")
        with self.lock:
            self.connection.name = session
            self.connection.session = self.sessions.setdefault(session, Session())
            self.connection.session.connections += 1
        return Welcome(PROTOCOL_VERSION, self.life, Limits(MAX_TRANSFER_BYTES, LEASE_MS), "broker.py")

    def connection_ended(self):
        session = getattr(self.connection, "session", None)
        if session is None:
            return
        with self.lock:
            session.connections -= 1
            is_last = session.connections == 0
        if is_last:
            timer = threading.Timer(LEASE_MS / 1000, self.end_lease, (self.connection.name,))
            timer.daemon = True
            timer.start()

    def end_lease(self, name):
        with self.lock:
            session = self.sessions.get(name)
            if session is None or session.connections > 0:
                return
            del self.sessions[name]
            files = list(session.files.values())
        for file in files:
            self.let_go(file)

    @staticmethod
    def let_go(file):
        if isinstance(file, Writer):
            with file.turn:
                file.failure = file.failure or BrokerError(ErrorCode.IO_ERROR, f"'{file.path}' is closed")
                os.close(file.descriptor)
        else:
            os.close(file[0])

    # The calls.

    def create(self, path, term, counter, token):
        check_path(path)
        session = self.session()
        with session.creating:  # A second one with the same token waits for the first.
            if token in session.creates:
                return session.creates[token]
            incarnation = (term, counter % (1 << 64))
            handle = self.add(session, Writer(self.storage.create(path, incarnation), path, incarnation))
            session.creates[token] = handle
            return handle

    def append(self, file, offset, data, sync):
        writer = self.find(file, Writer)
        if len(data) > MAX_TRANSFER_BYTES:
            fail(ErrorCode.INVALID_ARGUMENT, "more bytes in one append than the limit")
        with writer.turn:
            if writer.failure:
                raise writer.failure
            is_repeated = len(data) > 0 and offset == writer.last_offset and offset + len(data) == writer.length
            if not is_repeated and offset != writer.length:
                fail(ErrorCode.INVALID_ARGUMENT, f"append at {offset} to a file of {writer.length} bytes")
            try:
                with storage_errors(writer.path):
                    rest = b"" if is_repeated else data
                    while rest:
                        written = os.pwrite(writer.descriptor, rest, writer.length)
                        writer.length += written
                        rest = rest[written:]
                    writer.last_offset = writer.length - len(data) if data else writer.last_offset
                    if sync:
                        os.fdatasync(writer.descriptor)
                if sync:
                    self.storage.check_fence(writer.path, writer.incarnation, is_new=False)
            except BrokerError as error:
                writer.failure = error
                raise

    def open(self, path):
        check_path(path)
        session = self.session()
        with storage_errors(path):
            descriptor = os.open(self.storage.at(path), os.O_RDONLY)
        if os.path.isdir(self.storage.at(path)):
            os.close(descriptor)
            fail(ErrorCode.INVALID_ARGUMENT, f"'{path}' is a directory")
        return self.add(session, (descriptor, path))

    def read(self, file, offset, size):
        descriptor, path = self.find(file, tuple)
        if offset < 0 or not 0 <= size <= MAX_TRANSFER_BYTES:
            fail(ErrorCode.INVALID_ARGUMENT, "an offset or a size out of bounds")
        with storage_errors(path):
            data = os.pread(descriptor, size, offset)
        # Asked after the read: what a seal cut off meanwhile is not handed on.
        return data[:max(0, self.storage.visible_length(path, offset + len(data)) - offset)]

    def length(self, file):
        descriptor, path = self.find(file, tuple)
        return self.storage.visible_length(path, os.fstat(descriptor).st_size)

    def close(self, files):
        session = self.session()
        for handle in files:
            file = session.files.pop(handle, None)
            if file is None:
                continue
            if isinstance(file, Writer):
                session.creates = {token: made for token, made in session.creates.items() if made != handle}
            self.let_go(file)

    def create_directories(self, path):
        check_path(path, may_be_root=True)
        self.session()
        for directory in (directories_above(path) + [path])[1:] if path else []:
            with storage_errors(directory):
                with contextlib.suppress(FileExistsError):
                    os.mkdir(self.storage.at(directory))
                if not os.path.isdir(self.storage.at(directory)):
                    fail(ErrorCode.ALREADY_EXISTS, f"'{directory}' is not a directory")
                sync_directory(os.path.dirname(self.storage.at(directory)))

    def list_directory(self, path, after):
        check_path(path, may_be_root=True)
        self.session()
        entries = []
        with storage_errors(path):
            for entry in os.scandir(self.storage.at(path)):
                if not COMPONENT.match(entry.name) or entry.name == MARK or entry.name <= after:
                    continue
                child = f"{path}/{entry.name}" if path else entry.name
                is_directory = entry.is_dir(follow_symlinks=False)
                with contextlib.suppress(FileNotFoundError):  # Removed meanwhile.
                    length = 0 if is_directory else self.storage.visible_length(child, entry.stat().st_size)
                    entries.append(Entry(entry.name, is_directory, length))
        entries.sort(key=lambda entry: entry.name)
        fit = max_page(entries)
        return EntryPage(entries[:fit], fit < len(entries))

    def exists(self, path):
        check_path(path, may_be_root=True)
        self.session()
        return os.path.lexists(self.storage.at(path))

    def remove(self, path, token):
        check_path(path)
        session = self.session()
        with session.removing:  # A second one with the same token waits for the first, and hears the same.
            if token not in session.removes:
                session.removes[token] = None
                try:
                    self.remove_once(path)
                except BrokerError as error:
                    session.removes[token] = error
                if len(session.removes) > 64:
                    del session.removes[next(iter(session.removes))]
            if session.removes[token]:
                raise session.removes[token]

    def remove_once(self, path):
        with storage_errors(path):
            if os.path.isdir(self.storage.at(path)):
                fail(ErrorCode.INVALID_ARGUMENT, f"'{path}' is a directory")
            os.unlink(self.storage.at(path))
            sync_directory(os.path.dirname(self.storage.at(path)))

    def remove_directory(self, path):
        check_path(path)
        self.session()
        top = self.storage.at(path)
        with storage_errors(path):
            if os.path.exists(top) and not os.path.isdir(top):
                fail(ErrorCode.NOT_FOUND, f"'{path}' is not a directory")
            for folder, _, names in os.walk(top, topdown=False):
                for name in sorted(names, key=lambda name: name == MARK):  # The mark last: the fence stands to the end.
                    os.unlink(os.path.join(folder, name))
                os.rmdir(folder)
            parent = os.path.dirname(top)
            if os.path.isdir(parent):
                sync_directory(parent)

    def seal(self, directory, term, counter, after):
        check_path(directory, may_be_root=True)
        self.session()
        with storage_errors(directory):
            if not os.path.isdir(self.storage.at(directory)):
                fail(ErrorCode.NOT_FOUND, f"'{directory}' is not a directory")
            lengths = self.storage.seal(directory, (term, counter % (1 << 64)))
        files = [SealedFile(name, lengths[name]) for name in sorted(lengths) if name > after]
        fit = max_page(files)
        return SealPage(files[:fit], fit < len(files))


def max_page(named):
    """How many of them one answer may hold."""
    size = 0
    for count, each in enumerate(named):
        size += 32 + len(each.name)
        if size > PAGE_BYTES:
            return count
    return len(named)


class Listener(TServerSocket):
    def listen(self):
        super().listen()
        print("ready", self.handle.getsockname()[1], flush=True)


class Server(TThreadedServer):
    def __init__(self, handler, port):
        super().__init__(Broker.Processor(handler), Listener("127.0.0.1", port), TFramedTransportFactory(),
                         TBinaryProtocolFactory(strictRead=True, strictWrite=True), daemon=True)
        self.handler = handler

    def handle(self, client):
        try:
            super().handle(client)
        finally:
            self.handler.connection_ended()


if __name__ == "__main__":
    Server(Handler(Storage(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else 0).serve()
