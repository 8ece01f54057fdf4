"""The suite of all file systems against the broker in Python: one of them, and two on one directory.

broker_python_test.py CONFORMANCE
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CONFORMANCE = sys.argv.pop(1)


@contextlib.contextmanager
def broker(root):
    """The address of a broker that serves `root`."""
    process = subprocess.Popen(["/usr/bin/python3", "-B", os.path.join(HERE, "broker.py"), root], stdout=subprocess.PIPE,
                               text=True)
    try:
        word, port = process.stdout.readline().split()
        assert word == "ready"
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class PythonBrokerTest(unittest.TestCase):
    def conform(self, *arguments):
        run = subprocess.run([CONFORMANCE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=100, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("[  PASSED  ]", run.stdout)

    def test_one_broker(self):
        with tempfile.TemporaryDirectory() as root, broker(root) as address:
            self.conform("--address", address)
            self.assertEqual(os.listdir(root), [])

    def test_two_brokers_of_one_directory(self):
        with tempfile.TemporaryDirectory() as root, broker(root) as first, broker(root) as second:
            self.conform("--address", first, "--second", second)

    def test_no_broker_is_said_by_its_address(self):
        run = subprocess.run([CONFORMANCE, "--address", "127.0.0.1:9"], stderr=subprocess.PIPE, text=True, timeout=20,
                             check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("127.0.0.1:9", run.stderr)


if __name__ == "__main__":
    unittest.main()
