"""`cellar fsbroker run` as a process: what it serves, what it refuses, how it ends.

fsbroker_run_test.py CELLAR CONFORMANCE
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

CONFORMANCE = sys.argv.pop()
CELLAR = sys.argv.pop()


class Broker:
    """A running one, at ports of its own choice."""

    def __init__(self, data_dir, *arguments):
        self.process = subprocess.Popen(
            [CELLAR, "fsbroker", "run", "--data-dir", str(data_dir), "--set", "fsbroker.port=0", "--set",
             "server.http.port=0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.fullmatch(r"cellar fsbroker ready: fsbroker=127\.0\.0\.1:(\d+) http=127\.0\.0\.1:(\d+)\n", line)
        assert found, line + self.process.stderr.read()
        self.port, self.http = int(found[1]), int(found[2])

    def get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10).read().decode()

    def end(self, number):
        """The exit status, and what was logged."""
        self.process.send_signal(number)
        logged = self.process.communicate(timeout=20)[1]
        return self.process.returncode, logged


@contextlib.contextmanager
def broker(data_dir, *arguments):
    running = Broker(data_dir, *arguments)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def snapshot(folder):
    return {str(path): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in sorted(pathlib.Path(folder).rglob("*"))}


class FsBrokerRunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cellar-test-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        self.data = self.path / "data"

    def expect_refused(self, *messages, arguments=("--set", "fsbroker.port=0")):
        """Refused with these words, within moments, and nothing in this test's folder has changed."""
        before = snapshot(self.path)
        run = subprocess.run([CELLAR, "fsbroker", "run", "--data-dir", str(self.data), "--set", "server.http.port=0",
                              *arguments], capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertEqual(run.stdout, "")
        for message in messages:
            self.assertIn(message, run.stderr)
        self.assertEqual(snapshot(self.path), before)

    def test_it_conforms(self):
        with broker(self.data) as running:
            run = subprocess.run([CONFORMANCE, "--address", f"127.0.0.1:{running.port}"], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, timeout=100, check=False)
            self.assertEqual(run.returncode, 0, run.stdout)
            metrics = running.get("/metrics")
            self.assertGreater(int(re.search(r"^cellar_fsbroker_appended_bytes_total (\d+)$", metrics, re.M)[1]), 0)
            self.assertEqual(running.get("/healthz"), "ready\n")
            status = json.loads(running.get("/status"))
            self.assertEqual(status["process"]["program"], "cellar fsbroker")
            self.assertRegex(status["fsbroker"]["cluster"], "^[0-9a-f]{32}$")
            self.assertGreaterEqual(status["fsbroker"]["max_open_files"], 16)
            self.assertEqual(running.end(signal.SIGTERM)[0], 0)

    def test_it_ends_on_sigterm_with_clients(self):
        with broker(self.data) as running, socket.create_connection(("127.0.0.1", running.port)):
            status, logged = running.end(signal.SIGTERM)
            self.assertEqual(status, 0)
            self.assertIn("SIGTERM", logged)

    def test_it_comes_back_after_kill_9_as_the_same_cluster(self):
        with broker(self.data) as running:
            running.end(signal.SIGKILL)
        form = (self.data / "FORMAT").read_text()
        self.assertRegex(form, r"\ncluster [0-9a-f]{32}\n")
        with broker(self.data) as running:
            self.assertEqual(running.end(signal.SIGINT)[0], 0)
        self.assertEqual((self.data / "FORMAT").read_text(), form)

    def test_one_broker_for_one_directory(self):
        with broker(self.data) as running:
            self.expect_refused(str(self.data), f"in use by process {running.process.pid}")

    def test_foreign_and_newer_directories(self):
        self.data.mkdir()
        (self.data / "cat.jpg").write_text("meow")
        self.expect_refused(str(self.data), "cat.jpg", "it is not Cellar's")
        (self.data / "cat.jpg").unlink()
        (self.data / "FORMAT").write_text("Cellar data directory\nformat 2\ncluster " + "a" * 32 + "\n")
        self.expect_refused(str(self.data), "has format 2; this build knows up to 1")

    def test_taken_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.expect_refused(f"127.0.0.1:{port}", arguments=("--set", f"fsbroker.port={port}"))
        self.assertFalse(os.path.exists(self.data))

    def test_bad_settings(self):
        self.expect_refused("fsbroker.prot", arguments=("--set", "fsbroker.prot=1"))
        self.expect_refused("fsbroker.max_connections", "from 1 to 4096",
                            arguments=("--set", "fsbroker.max_connections=0"))

    def test_help_config_names_every_setting(self):
        printed = subprocess.run([CELLAR, "fsbroker", "run", "--help-config"], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout
        for name in ("port = 15863", "max_connections", "max_open_files", "lease_ms"):
            self.assertIn(name, printed)

    def test_it_wants_a_directory(self):
        run = subprocess.run([CELLAR, "fsbroker", "run"], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("--data-dir", run.stderr)


if __name__ == "__main__":
    unittest.main()
