#!/usr/bin/env python3
"""LOAD DATA INFILE beside the C++ mutator, SELECT … INTO FILE beside the C++ scanner, in turn, in one run.

    hql_files.py BUILD_FOLDER [--cells N] [--rounds N]

BUILD_FOLDER is one of ./dev build's, as build/release, with cellar, table_scan and table_load built. Starts a Cellar of its own;
the files are in memory (/dev/shm) if there is such a folder. Each load goes into a table of its own.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "tests/integration"))
from cellar_process import Cellar, PortOffset  # noqa: E402


class Bench:
    def __init__(self, options, folder):
        self.build, self.cells, self.rounds = pathlib.Path(options.build), options.cells, options.rounds
        self.files = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.server = Cellar(self.build / "cellar", pathlib.Path(folder) / "data", PortOffset(3700).value)

    def shell(self, statement):
        """Wall and CPU seconds of a shell with one statement."""
        command = [self.server.executable, "shell", "--batch", "--port-offset", str(self.server.offset), "-e", statement]
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        process.stdout.read()
        _, code, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
        assert process.returncode == 0, statement
        return time.perf_counter() - began, usage.ru_utime + usage.ru_stime

    def program(self, name, *arguments):
        """What table_scan and table_load say of each round."""
        url = f"cellar://127.0.0.1:{self.server.port('lockservice')}"
        said = subprocess.run([self.build / "bench" / name, url, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout
        rounds = [tuple(map(float, line.split())) for line in said.splitlines()]
        assert all(cells == self.cells for cells, _, _ in rounds) or name == "table_scan", rounds
        return rounds

    def run(self):
        self.server.start()
        try:
            source = os.path.join(self.files.name, "source.tsv")
            with open(source, "wb") as file:
                subprocess.run([self.build / "bench/table_load", "-", "-", str(self.cells)], stdout=file, check=True)
            start = [statistics.median(times) for times in zip(*(self.shell("SHOW TABLES;") for _ in range(5)))]
            runs = {"load": [], "mutator": [], "select": [], "scanner": []}
            for number in range(self.rounds):
                for table in (f"h{number}", f"c{number}"):
                    self.shell(f"CREATE TABLE {table} (f);")
                runs["load"].append(self.statement(f'LOAD DATA INFILE "{source}" INTO TABLE h{number};', start))
                runs["mutator"] += [row[1:] for row in self.program("table_load", f"/c{number}", str(self.cells))]
            for number in range(self.rounds):
                target = os.path.join(self.files.name, "target.tsv")
                runs["select"].append(self.statement(f'SELECT * FROM h0 MAX_VERSIONS 1 INTO FILE "{target}";', start))
                with open(target, "rb") as file:
                    lines = sum(1 for _ in file) - 1  # the first is the header
                scanned = self.program("table_scan", "/h0", "2")[1]
                assert lines == scanned[0], (lines, scanned)
                runs["scanner"].append((scanned[1] * self.cells / lines, scanned[2] * self.cells / lines))  # a row may have come twice
            self.report("LOAD DATA INFILE", runs["load"], "C++ mutator", runs["mutator"])
            self.report("SELECT … INTO FILE", runs["select"], "C++ scanner", runs["scanner"])
        finally:
            self.server.kill()
            self.files.cleanup()

    def statement(self, text, start):
        return [of_all - of_start for of_all, of_start in zip(self.shell(text), start)]

    def report(self, statement, ours, program, theirs):
        for what, runs in ((statement, ours), (program, theirs)):
            print(f"{what:20} {self.cells / statistics.median(wall for wall, _ in runs) / 1e6:6.2f} M cells/s   "
                  f"{statistics.median(cpu for _, cpu in runs) / self.cells * 1e9:6.0f} ns CPU a cell", flush=True)
        ratio = [statistics.median(run[i] for run in theirs) / statistics.median(run[i] for run in ours) for i in (0, 1)]
        print(f"{'ratio':20} {ratio[0]:6.2f} by the wall, {ratio[1]:.2f} by the client's CPU", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--cells", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cellar-hql-bench-") as folder:
        Bench(options, folder).run()


if __name__ == "__main__":
    main()
