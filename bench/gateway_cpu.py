#!/usr/bin/env python3
"""The gateway's processor time beside the range server's, and its memory under many connections.

    gateway_cpu.py CELLAR THRIFT-COMPILER [--cells N] [--rounds N] [--port-offset N]

Starts a lock service, a broker, a master, a range server and a gateway, each a process of its own, in a folder that goes
with them. Writes N cells of about 30 bytes with set_cells_serialized, into a table of its own each round, and waits until
the range server has come to rest, so that what it writes to files for these cells counts for them; reads the first table
with next_cells_serialized (both versions), as loaded and compacted, after a scan that warms and does not count; then
holds 1,000 idle and 64 busy connections. Needs Debian's python3-thrift: /usr/bin/python3.
"""

import argparse
import os
import pathlib
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BATCH = 5000
PAYLOAD = b"0123456789abcdef"


class Cluster:
    """Its processes by role."""

    def __init__(self, cellar, folder, offset):
        self.processes = {}
        url = f"lockservice.url=cellar://127.0.0.1:{15861 + offset}"
        files = [f"files.{which}_url=broker://127.0.0.1:{15863 + offset}" for which in ("data", "log")]
        self.offset = offset
        self._start(cellar, "lockservice", ["--data-dir", f"{folder}/locks"], [])
        self._start(cellar, "fsbroker", ["--data-dir", f"{folder}/data"], [])
        self._start(cellar, "master", [], [url] + files)
        self._start(cellar, "rangeserver", [], [url] + files)
        self._start(cellar, "gateway", [], [url])

    def _start(self, cellar, role, arguments, settings):
        command = [cellar, role, "run", "--port-offset", str(self.offset)] + arguments
        for setting in settings:
            command += ["--set", setting]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.processes[role] = process
        if "ready" not in process.stdout.readline():
            raise SystemExit(f"{role} did not start")

    def cpu(self, role):
        text = pathlib.Path(f"/proc/{self.processes[role].pid}/stat").read_text(encoding="ascii")
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def come_to_rest(self):
        """Until the range server has looked at its ranges twice, as it does each second, and found nothing to do."""
        quiet_looks = 0
        while quiet_looks < 3:
            before = self.cpu("rangeserver")
            time.sleep(0.75)
            quiet_looks = quiet_looks + 1 if self.cpu("rangeserver") - before < 0.02 else 0

    def resident(self, role):
        text = pathlib.Path(f"/proc/{self.processes[role].pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1024

    def stop(self):
        for role in ("gateway", "rangeserver", "master", "fsbroker", "lockservice"):
            process = self.processes.get(role)
            if process:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def measure(cluster, what, cells, rounds, work, rests=False):
    """Runs `work(round)`; prints medians of rate, of processor time in gateway and range server, and of their ratio.

    `rests`: what the range server does behind the work counts too. Then the ratio without it is printed as well.
    """
    def now():
        return time.monotonic(), cluster.cpu("gateway"), cluster.cpu("rangeserver")

    runs = []
    at_once = []
    for number in range(rounds):
        before = now()
        work(number)
        run = [after - start for after, start in zip(now(), before)]
        at_once.append(run[1] / max(run[2], 1e-9))
        if rests:
            cluster.come_to_rest()
            run[1:] = [after - start for after, start in zip(now()[1:], before[1:])]
        runs.append(run)
    seconds, gateway, server = (statistics.median(column) / cells for column in zip(*runs))
    ratios = [run[1] / max(run[2], 1e-9) for run in runs]
    print(f"{what:42} {1e-6 / seconds:5.2f} M cells/s; CPU a cell: gateway {gateway * 1e9:4.0f} ns, range server {server * 1e9:4.0f} ns; "
          f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    if rests:
        print(f"{'  up to the last acknowledgement':42} ratio {statistics.median(at_once):.2f} ({min(at_once):.2f} to {max(at_once):.2f})",
              flush=True)


def packed(first, count):
    """Cells of one batch, version 2: rows of ten cells."""
    parts = [struct.pack("<i", 2)]
    for number in range(first, first + count):
        row = b"row%010d" % (number // 10)
        qualifier = b"%d" % (number % 10)
        parts.append(struct.pack("<BBBBIIIq", 0x20, 255, 1, 0, len(row), len(qualifier), len(PAYLOAD), 0))
        parts += [row, b"f", qualifier, PAYLOAD]
    parts.append(struct.pack("<BBBBIIIq", 1, 0, 0, 0, count, 0, 0, 0))
    return b"".join(parts)


def connect(port):
    from thrift.protocol import TBinaryProtocol
    from thrift.transport import TSocket, TTransport
    from cellar.gen import CellarService
    transport = TTransport.TFramedTransport(TSocket.TSocket("127.0.0.1", port))
    transport.open()
    return CellarService.Client(TBinaryProtocol.TBinaryProtocolAccelerated(transport))


def scan(client, namespace, version):
    from hyperthrift.gen.ttypes import ScanSpec
    scanner = client.scanner_open(namespace, "t0", ScanSpec(cells_version=version))
    size = 0
    while True:
        cells = client.scanner_get_cells_serialized(scanner)
        size += len(cells)
        last = cells[-24] if version == 2 else cells[-1]
        if last & 2:
            break
    client.scanner_close(scanner)
    return size


def hold(cluster, port):
    before = cluster.resident("gateway")
    idle = [connect(port) for _ in range(1000)]
    for client in idle:
        client.status()
    after_idle = cluster.resident("gateway")
    stop = threading.Event()

    def work():
        client = connect(port)
        namespace = client.namespace_open("bench")
        while not stop.is_set():
            client.get_row_serialized(namespace, "t0", "row0000000001")

    threads = [threading.Thread(target=work) for _ in range(64)]
    for thread in threads:
        thread.start()
    time.sleep(5)
    print(f"resident: {before:.0f} MiB, with 1,000 idle connections {after_idle:.0f} MiB, with 64 busy ones too "
          f"{cluster.resident('gateway'):.0f} MiB", flush=True)
    stop.set()
    for thread in threads:
        thread.join()
    assert all(client.status().code == 0 for client in idle)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cellar")
    parser.add_argument("thrift")
    parser.add_argument("--cells", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port-offset", type=int, default=3000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cellar-gateway-bench-") as folder:
        subprocess.run([arguments.thrift, "-r", "--gen", "py", "-o", folder, ROOT / "thrift/idl/Cellar.thrift"], check=True)
        sys.path.insert(0, f"{folder}/gen-py")
        from hyperthrift.gen.ttypes import ColumnFamilySpec, Schema
        cluster = Cluster(arguments.cellar, folder, arguments.port_offset)
        try:
            port = 15867 + arguments.port_offset
            client = connect(port)
            client.namespace_create("bench")
            namespace = client.namespace_open("bench")
            batches = [packed(first, BATCH) for first in range(0, arguments.cells, BATCH)]
            for number in range(arguments.rounds):
                client.table_create(namespace, f"t{number}", Schema(column_families={"f": ColumnFamilySpec(name="f")}))

            def write(number):
                mutator = client.mutator_open(namespace, f"t{number}", 0, 0)
                for batch in batches:
                    client.mutator_set_cells_serialized(mutator, batch, False)
                client.mutator_flush(mutator)

            measure(cluster, "set_cells_serialized", arguments.cells, arguments.rounds, write, rests=True)
            for state in ("as loaded", "compacted"):
                if state == "compacted":
                    client.hql_query(namespace, "COMPACT TABLE t0")
                    client.hql_query(namespace, "WAIT FOR MAINTENANCE")
                scan(client, namespace, 1)
                for version in (1, 2):
                    measure(cluster, f"next_cells_serialized, version {version}, {state}", arguments.cells, arguments.rounds,
                            lambda _, version=version: scan(client, namespace, version))
            hold(cluster, port)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
