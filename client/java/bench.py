#!/usr/bin/env python3
"""Scans of one table through the gateway in Java, beside the C++ client, in turn, in one run.

    bench.py BUILD_FOLDER [--cells N] [--rounds N]

BUILD_FOLDER is one of ./dev build's, as build/release, with cellar, table_scan and cellar_java_tests built. Starts a Cellar of its own.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "tests/integration"))
from cellar_process import Cellar, PortOffset  # noqa: E402

WAYS = {"view": "Java, next() and current()", "cells": "Java, for (Cell cell : scanner)", "resumable": "Java, scanResumably()",
        "ancestor": "Java, the ancestor's classes"}
JARS = ("thrift", "slf4j-api", "slf4j-nop")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Bench:
    def __init__(self, options, folder):
        build = pathlib.Path(options.build)
        self.options = options
        self.table_scan = build / "bench/table_scan"
        jars = [build / "client/java" / f"cellar_java{part}.jar" for part in ("_tests", "", "_stubs")]
        self.java = ["java", "-cp", ":".join([*map(str, jars), *(f"/usr/share/java/{jar}.jar" for jar in JARS)]), "cellar.client.ScanBench"]
        self.server = Cellar(build / "cellar", pathlib.Path(folder) / "data", PortOffset(3600).value)

    def measure(self, command):
        """Cells, wall, client CPU of each round but the first, which warms; the server's CPU of all, a round."""
        before = cpu_seconds(self.server.process.pid)
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200).stdout
        rounds = [tuple(map(float, line.split())) for line in said.splitlines()]
        return rounds, (cpu_seconds(self.server.process.pid) - before) / len(rounds)

    def run(self):
        self.server.start()
        lock_service, port = self.server.port("lockservice"), str(self.server.port("gateway"))
        try:
            loaded, _ = self.measure([*self.java, port, "scanned", "load", str(self.options.cells)])
            self.report("Java, load by a Mutator", [loaded], [0])
            ways = {"C++ client": [str(self.table_scan), f"cellar://127.0.0.1:{lock_service}", "/scanned"]}
            ways |= {text: [*self.java, port, "scanned", way] for way, text in WAYS.items()}
            runs = {text: [] for text in ways}
            for _ in range(self.options.rounds):
                for text, command in ways.items():
                    runs[text].append(self.measure([*command, str(self.options.repeats + 2)]))
            for text, results in runs.items():
                self.report(text, [rounds[2:] for rounds, _ in results], [server for _, server in results])
        finally:
            self.server.kill()

    def report(self, what, results, server_cpu):
        rounds = [one for result in results for one in result]
        for cells, _, _ in rounds:
            assert cells == self.options.cells, f"{what}: {cells} cells"
        rates = [cells / wall / 1e6 for cells, wall, _ in rounds]
        client = statistics.median(cpu / cells * 1e9 for cells, _, cpu in rounds)
        print(f"{what:36} {statistics.median(rates):7.2f} M cells/s  best {max(rates):6.2f}   {client:6.0f} ns CPU a cell here"
              f"   {statistics.median(server_cpu) / self.options.cells * 1e9:6.0f} in the server", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="processes of each kind, in turn")
    parser.add_argument("--repeats", type=int, default=5, help="scans that count in each process, after two that warm")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cellar-java-bench-") as folder:
        Bench(options, folder).run()


if __name__ == "__main__":
    main()
