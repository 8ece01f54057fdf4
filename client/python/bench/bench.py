#!/usr/bin/env python3
"""What reading and writing through a gateway costs: `bench.py CELLAR [--cells N] [--rounds N] [--accelerated FOLDER] [--table-scan PROGRAM]`.
Starts a Cellar, and a gateway in a process of its own. FOLDER: where pip has put the package with its accelerator (tests/install.py
FOLDER). PROGRAM: build/release/bench/table_scan, which is the C++ client on the same data."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
ROW_BYTES, VALUE_BYTES = 12, 16  # and a family of two bytes: cells of 30


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


# ---- the measured process


def load(table, count):
    with table.batch() as batch:
        for number in range(count):
            batch.put(b"%0*d" % (ROW_BYTES, number), {(b"cf", b""): b"%0*d" % (VALUE_BYTES, number)})
    return batch.acknowledged


def read_batches(table):
    return sum(len(batch.cells) for batch in table.scan().batches())


def read_cells(table):
    count = 0
    for _ in table.scan().cells():
        count += 1
    return count


def read_rows(table):
    count = 0
    for row in table.scan():
        count += len(row)
    return count


def read_serialized(table):
    """By the ancestor's method, with cells of version 2, and read-ahead."""
    from cellar.core.blocking_io import run
    from cellar.core.session import CALLS, decode
    from cellar.packed import EOS, unpack
    from cellar.scans import ScanOptions
    from cellar.wire.protocol import encode_call
    session, deadline, count = table._session, table._session.deadline(60), 0
    connection = run(session.pool.acquire(deadline))
    namespace = run(session.namespace_id(connection, table._core.namespace, deadline))
    scanner = run(session.exchange(connection, CALLS["open_scanner"], (namespace, table._core.name, ScanOptions().to_wire(table._keys)), False,
                                   deadline))
    call = CALLS["next_cells_serialized"]
    request = encode_call(call, call.arguments(scanner))
    run(connection.send(request, deadline))
    while True:
        data = decode(call, run(connection.receive(deadline)), False)
        done = data[-24] & EOS
        if not done:
            run(connection.send(request, deadline))
        cells, _ = unpack(data)
        count += len(cells)
        if done:
            break
    run(session.exchange(connection, CALLS["close_scanner"], (scanner,), False, deadline))
    session.pool.release(connection)
    return count


WORK = {"serialized": read_serialized, "batches": read_batches, "cells": read_cells, "rows": read_rows}


def measured(arguments):
    """In a process of its own: prints cells, seconds, CPU seconds."""
    import cellar
    with cellar.connect(arguments.address, timeout=120) as client:
        table = client.table("bench")
        began, cpu = time.perf_counter(), time.process_time()
        count = load(table, arguments.cells) if arguments.work == "load" else WORK[arguments.work](table)
        print(count, time.perf_counter() - began, time.process_time() - cpu)


# ---- the process that starts it


def report(what, runs):
    """Of runs: cells, seconds, and CPU seconds of the client, the gateway, the server."""
    rates = [count / wall for count, wall, *_ in runs]
    cpu = [statistics.median(run[column] / run[0] * 1e9 for run in runs) for column in (2, 3, 4)]
    print(f"{what:26} {statistics.median(rates):12,.0f} {max(rates):12,.0f} {1e9 / cpu[0]:16,.0f} {cpu[1]:10.0f} {cpu[2]:10.0f}", flush=True)


def main(arguments):
    sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parents[2] / "tests/integration"), str(HERE.parent / "src")]
    import cellar
    import real_gateway
    from cellar_process import Cellar, PortOffset
    with tempfile.TemporaryDirectory(prefix="cellar-bench-") as folder:
        path = pathlib.Path(folder)
        ports, gateway_ports = PortOffset(arguments.ports), PortOffset(arguments.ports)
        server = Cellar(arguments.cellar, path / "data", ports.value)
        gateway = real_gateway.GatewayProcess(server, gateway_ports.value, path / "gateway.log")
        try:
            server.start()
            gateway.start()

            def run(work, source):
                environment = {**os.environ, "PYTHONPATH": str(source)}
                before = [cpu_seconds(process.pid) for process in (gateway.process, server.process)]
                said = subprocess.run([sys.executable, "-B", __file__, "-", "--address", gateway.address, "--work", work, "--cells",
                                       str(arguments.cells)], env=environment, capture_output=True, text=True, check=True).stdout.split()
                assert int(said[0]) == arguments.cells, said
                after = [cpu_seconds(process.pid) for process in (gateway.process, server.process)]
                return int(said[0]), float(said[1]), float(said[2]), after[0] - before[0], after[1] - before[1]

            with cellar.connect(gateway.address) as client:
                client.create_table("bench", ["cf"])
            sources = {"pure": HERE.parent / "src"}
            if arguments.accelerated:
                sources["accelerated"] = pathlib.Path(arguments.accelerated).resolve()
            print(f"{'':26} {'cells/s':>12} {'best':>12} {'a CPU s here':>16} {'gateway':>10} {'server':>10}  ns CPU a cell")
            report("load, pure", [run("load", sources["pure"])])
            for name, source in sources.items():
                for work in WORK:
                    report(f"{work}, {name}", [run(work, source) for _ in range(arguments.rounds)])
            if arguments.table_scan:
                url = f"cellar://127.0.0.1:{real_gateway.LOCK_SERVICE_PORT + ports.value}"
                lines = subprocess.run([arguments.table_scan, url, "/bench", str(arguments.rounds)], capture_output=True, text=True,
                                       check=True).stdout.splitlines()
                report("C++ client", [(int(words[0]), float(words[1]), float(words[2]), 0, 0) for words in map(str.split, lines)])
        finally:
            gateway.kill()
            server.kill()
            gateway_ports.release()
            ports.release()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cellar")
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ports", type=int, default=5000)
    parser.add_argument("--accelerated")
    parser.add_argument("--table-scan")
    parser.add_argument("--address")
    parser.add_argument("--work")
    chosen = parser.parse_args()
    if chosen.work:
        measured(chosen)
    else:
        main(chosen)
