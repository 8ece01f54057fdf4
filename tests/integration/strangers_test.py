#!/usr/bin/env python3
"""Strangers on every port of a real server: garbage, lengths that lie, peers that say nothing, peers that vanish. They are
closed, cost little memory, and the server goes on.

    strangers_test.py CELLAR PORT_OFFSET
"""

import random
import socket
import struct
import time

import testing
from cellar_process import PORTS

CONNECTIONS = 10_000
AT_ONCE = 50
MAX_GROWTH_BYTES = 64 << 20

CRC_TABLE = []
for _byte in range(256):
    _crc = _byte
    for _ in range(8):
        _crc = (_crc >> 1) ^ (0x82F63B78 if _crc & 1 else 0)
    CRC_TABLE.append(_crc)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def piece(kind, message=b"", message_bytes=None, attachment_bytes=0, whole_bytes=0, call=1, method=0, version=1):
    """One piece of a frame (docs/internals/wire.md) whose header verifies, whatever it declares."""
    length = len(message) if message_bytes is None else message_bytes
    header = b"CeLR" + struct.pack("<BBBB", version, kind, 0, 0) + struct.pack("<QQ", call, 7)
    header += struct.pack("<HHIIIIII", method, 0, 1000, length, attachment_bytes, whole_bytes, crc32c(message), 0)
    return header + struct.pack("<I", crc32c(header)) + message


HELLO, REQUEST = 1, 3


def attacks(chance):
    """What a stranger sends, one after the other, for ever."""
    while True:
        yield b""
        yield chance.randbytes(chance.randrange(1, 4096))
        yield b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20_000
        yield piece(HELLO, message_bytes=(4 << 20))                          # much, and nothing of it comes
        yield piece(HELLO, message_bytes=0xFFFFFFFF)
        yield piece(HELLO, b"x" * 60, attachment_bytes=256 << 10, whole_bytes=0xFFFFFFFF)
        yield piece(REQUEST, b"x" * 100, method=201)                         # no hello before it
        yield piece(HELLO, chance.randbytes(80))                             # no hello inside
        yield piece(9)
        yield piece(HELLO, version=250)
        yield piece(HELLO, b"x" * 50)[:chance.randrange(1, 100)]             # stops in the middle
        yield b"CeLR" * 1000


class StrangersTest(testing.ServerTest):
    def test_ten_thousand_strangers_cost_little(self):
        self.run_here("CREATE TABLE t (a); INSERT INTO t VALUES ('r', 'a', 'v');")
        chance = random.Random(1)
        sent = attacks(chance)
        ports = [PORTS[role] + self.cellar.offset for role in ("http", "lockservice", "master", "rangeserver")]
        before = self.cellar.resident_bytes()
        greatest = before
        open_sockets = []
        for number in range(CONNECTIONS):
            stranger = socket.socket()
            stranger.settimeout(10)
            stranger.connect(("127.0.0.1", ports[number % len(ports)]))
            try:
                stranger.sendall(next(sent))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it was closed while we spoke
            open_sockets.append(stranger)
            if len(open_sockets) > AT_ONCE:
                open_sockets.pop(0).close()
            if number % 500 == 0:
                greatest = max(greatest, self.cellar.resident_bytes())
                self.assertEqual(self.run_here("SELECT * FROM t;"), "r\ta\tv\n")
        greatest = max(greatest, self.cellar.resident_bytes())
        for stranger in open_sockets:
            stranger.close()
        print(f"\n{CONNECTIONS} connections, {(greatest - before) / 2**20:.1f} MiB at most above {before / 2**20:.1f} MiB")
        self.assertLess(greatest - before, MAX_GROWTH_BYTES)
        self.assertEqual(self.run_here("SELECT * FROM t; STATUS;"), "r\ta\tv\nCellar OK\n")

    def test_silent_and_half_open_peers_are_closed(self):
        strangers = {}
        began = time.monotonic()
        for role in ("http", "lockservice", "master", "rangeserver"):
            for opening in (b"", b"CeLR", b"GET /sta"):
                stranger = socket.socket()
                self.addCleanup(stranger.close)
                stranger.settimeout(20)
                stranger.connect(("127.0.0.1", self.cellar.port(role)))
                stranger.sendall(opening)
                strangers[role, opening] = stranger
        for who, stranger in strangers.items():
            with self.subTest(who):
                self.assertEqual(self.rest_of(stranger), b"")
                self.assertLess(time.monotonic() - began, 15)

    @staticmethod
    def rest_of(stranger):
        try:
            return stranger.recv(1)
        except ConnectionResetError:
            return b""

    def test_idle_crowd_does_not_shut_others_out(self):
        self.run_here("CREATE TABLE t (a);")
        crowd = []
        self.addCleanup(lambda: [stranger.close() for stranger in crowd])
        for number in range(300):
            stranger = socket.socket()
            stranger.connect(("127.0.0.1", self.cellar.port(("lockservice", "master", "rangeserver")[number % 3])))
            crowd.append(stranger)
        self.run_here("INSERT INTO t VALUES ('r', 'a', 'v'); STATUS;")


if __name__ == "__main__":
    testing.main()
