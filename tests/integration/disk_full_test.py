#!/usr/bin/env python3
"""A disk that fills up under a real server: writes are refused with the right error, reads go on, everything goes on by
itself when space is back, and nothing that was acknowledged is lost.

    disk_full_test.py CELLAR PORT_OFFSET

Needs a small file system of its own: mounts a tmpfs, as root, or in a user namespace of its own.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

import testing
from cellar_process import wait_until

DISK_BYTES = 48 << 20
INSIDE = "CELLAR_TEST_MAY_MOUNT"


def noise(number):
    """Text that does not compress, the same in each run."""
    return "".join(hashlib.sha256(f"{number} {part}".encode()).hexdigest() for part in range(16))


class DiskFullTest(testing.LivesTest):
    SETTINGS = ("rangeserver.range_cache_bytes=4MiB", "rangeserver.log.fragment_bytes=4MiB")

    def setUp(self):
        super().setUp()
        self.disk = self.path / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.disk)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(self.disk)], check=False)
        self.addCleanup(self.cellar.kill)
        self.cellar.data_dir = self.disk / "data"
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a); INSERT INTO t VALUES ('first', 'a', 'kept');")
        self.acknowledged = {}

    def free_bytes(self):
        return shutil.disk_usage(self.disk).free

    def fill_up(self):
        """Takes all that is left, down to the last byte."""
        ballast = self.disk / "ballast"
        with open(ballast, "ab", buffering=0) as file:
            for block in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * block):
                        pass
                except OSError:
                    pass
        return ballast

    def insert(self, number, timeout_ms=2000):
        """One statement; remembered when it succeeded."""
        value = noise(number)
        shell = self.cellar.shell("--timeout", str(timeout_ms), "-e", f"INSERT INTO t VALUES ('r{number:05}', 'a', '{value}');")
        if shell.returncode == 0:
            self.acknowledged[f"r{number:05}"] = value
        return shell

    def insert_until_refused(self, first):
        """On a full disk. What a prune or a compaction gives back meanwhile is taken at once."""
        for number in range(first, first + 1000):
            if number % 10 == 0:
                self.fill_up()
            shell = self.insert(number)
            if shell.returncode != 0:
                return number, shell.stderr
        raise AssertionError("a full disk took 1000 writes")

    def held(self):
        return dict(line.split("\ta\t") for line in self.cellar.run("SELECT * FROM t;").splitlines())

    def expect_all_acknowledged(self):
        held = self.held()
        self.assertEqual(held.get("first"), "kept")
        for row, value in self.acknowledged.items():
            self.assertEqual(held.get(row), value, row)

    def expect_resumes(self, number):
        began = time.monotonic()
        wait_until("writes go on", lambda: self.insert(number).returncode == 0, seconds=30)
        wait_until("STATUS is OK", lambda: self.cellar.shell("-e", "STATUS;").returncode == 0, seconds=30)
        print(f"\nwrites and STATUS were well {time.monotonic() - began:.1f} s after space was back")

    def test_writes_are_refused_reads_go_on_and_all_resumes(self):
        for number in range(5):
            self.insert(number)
        ballast = self.fill_up()
        refused, said = self.insert_until_refused(10)
        self.assertRegex(said, "no space|timed out", "the first may wait for space until its time is up")
        self.expect_all_acknowledged()
        began = time.monotonic()
        self.assertRegex(self.insert(refused + 1).stderr, "no space")
        self.assertLess(time.monotonic() - began, 2 + 10)
        ballast.unlink()
        self.expect_resumes(refused + 2)
        self.expect_all_acknowledged()
        self.cellar.kill()
        self.cellar.start()
        self.expect_all_acknowledged()

    def test_compactions_prunes_and_operations_survive(self):
        """Flushes, prunes and the master's operations meet the full disk too, again and again."""
        number = 0
        for _ in range(3):
            for _ in range(3):
                path = self.path / "rows.tsv"
                rows = {f"r{number + i:05}": noise(number + i) for i in range(2000)}
                path.write_text("#row\ta\n" + "".join(f"{row}\t{value}\n" for row, value in rows.items()))
                loaded = self.cellar.shell("--timeout", "5000", "-e", f"LOAD DATA INFILE '{path}' INTO TABLE t;")
                if loaded.returncode == 0:
                    self.acknowledged.update(rows)
                number += 2000
            ballast = self.fill_up()
            number, _ = self.insert_until_refused(number)
            number += 1
            refused = self.cellar.shell("--timeout", "2000", "-e", f"CREATE TABLE late{number} (a);")
            self.cellar.shell("--timeout", "2000", "-e", "COMPACT TABLE t;")
            self.assertIn("first\ta\tkept", self.cellar.run("SELECT * FROM t WHERE ROW = 'first';"))
            ballast.unlink()
            self.expect_resumes(number)
            number += 1
            if refused.returncode != 0:
                self.cellar.run(f"DROP TABLE IF EXISTS late{number};")
            self.cellar.run("CREATE TABLE again (a); INSERT INTO again VALUES ('r', 'a', 'v'); DROP TABLE again;")
            self.expect_all_acknowledged()
            self.cellar.run("DELETE * FROM t WHERE ROW = 'none';")
            self.make_room()
        self.cellar.kill()
        self.cellar.start()
        self.expect_all_acknowledged()
        self.cellar.stop()
        self.cellar.start()
        self.expect_all_acknowledged()
        self.cellar.check()

    def make_room(self):
        """A table that is dropped and written again, so that the disk does not stay full of data."""
        self.cellar.run("DROP TABLE t; CREATE TABLE t (a); INSERT INTO t VALUES ('first', 'a', 'kept');")
        self.acknowledged.clear()

    def test_kill_while_full_and_start_with_space(self):
        for number in range(5):
            self.insert(number)
        ballast = self.fill_up()
        self.insert_until_refused(10)
        self.cellar.kill()
        ballast.unlink()
        self.cellar.start()
        self.expect_all_acknowledged()
        self.expect_resumes(2000)

    def test_start_on_a_full_disk_says_so_and_harms_nothing(self):
        for number in range(5):
            self.insert(number)
        self.cellar.kill()
        ballast = self.fill_up()
        process = self.cellar.launch()
        wait_until("it says why", lambda: "o space" in self.cellar.log() or process.poll() is not None)
        self.assertIn("o space", self.cellar.log())
        ballast.unlink()
        if "ready" not in process.stdout.readline():  # it gave up, perhaps while the space came back
            self.assertEqual(process.wait(), 1)
            self.cellar.start()
        self.expect_all_acknowledged()

    def test_term_while_full_ends_in_order(self):
        self.insert(0)
        ballast = self.fill_up()
        self.insert_until_refused(10)
        self.cellar.process.terminate()
        self.cellar.process.wait(timeout=30)
        ballast.unlink()
        self.cellar.start()
        self.expect_all_acknowledged()


def may_mount():
    """Root may; anybody else may in a user namespace, where there are those."""
    if os.getuid() == 0 or INSIDE in os.environ:
        return
    os.environ[INSIDE] = "1"
    probe = subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False)
    if probe.returncode == 0:
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, "-B", *sys.argv])


if __name__ == "__main__":
    may_mount()
    testing.main()
