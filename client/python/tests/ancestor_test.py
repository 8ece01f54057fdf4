#!/usr/bin/env python3
"""PyPI's `hypertable` 0.9.8.10, and the modules of the same names in our package, run programs against a real Cellar.
`ancestor_test.py CELLAR PORT_OFFSET ARCHIVE`; `./dev setup` fetches the archive."""

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import real_gateway
from real_gateway import RealTest

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE / "ancestor"
SHA256 = "4de4c4509345a9ffdee3c8856fb4223ba1d8dc58323a4c538dc5a2a0bb795034"
TABLES = {"FruitColor": ("apple", "red"), "FruitLocation": ("lemon", "Spain"), "FruitEnergy": ("kiwi", "51")}


class AncestorTest(RealTest):
    @classmethod
    def setUpClass(cls):
        archive = pathlib.Path(real_gateway.arguments[0])
        if not archive.exists():
            raise AssertionError(f"{archive} is not there: ./dev setup fetches it from PyPI")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != SHA256:
            raise AssertionError(f"{archive} has the digest {found}")
        folder = tempfile.TemporaryDirectory(prefix="cellar-ancestor-")
        cls.addClassCleanup(folder.cleanup)
        with tarfile.open(archive) as tar:
            tar.extractall(folder.name)
        cls.package = pathlib.Path(folder.name) / "hypertable-0.9.8.10"
        super().setUpClass()

    def run_program(self, *command):
        run = subprocess.run([sys.executable, "-B", *map(str, command)], capture_output=True, text=True, timeout=120, check=False,
                             env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")})
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr[-4000:])
        return run.stdout

    def test_the_published_package_runs_its_own_test(self):
        self.client.create_namespace("test")
        self.client.create_table("test/thrift_test", ["col"])
        for name, (row, value) in TABLES.items():
            table = self.client.create_table(f"test/{name}", ["data"])
            table.put(row, {"data": value})
            table.put(row + "2", {"data": value})
        output = self.run_program(PROGRAMS / "run_published.py", self.package, self.package / "client_test.py", self.gateway.port)
        self.assertIn("Caught exception when tyring to open 'bad' namespace", output)
        self.assertEqual(output.count("Unexpected"), 0)
        for name, (row, value) in TABLES.items():
            self.assertIn(row, output, name)
        self.assertIn("py-put-k2", output)

    def test_a_program_by_the_published_package(self):
        output = self.run_program(PROGRAMS / "run_published.py", self.package, PROGRAMS / "published_client.py", "published", "127.0.0.1",
                                  self.gateway.port)
        self.assertIn("program ran: published", output)

    def test_the_same_program_by_our_modules(self):
        output = self.run_program(PROGRAMS / "published_client.py", "cellar", "127.0.0.1", self.gateway.port)
        self.assertIn("program ran: cellar", output)


if __name__ == "__main__":
    real_gateway.main()
