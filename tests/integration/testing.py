"""What the tests of this folder share: a server for each class of tests, and their command line."""

import pathlib
import sys
import tempfile
import unittest

from cellar_process import Cellar, PortOffset

executable = ""
first_offset = 0
arguments = []


class ServerTest(unittest.TestCase):
    """Tests on one running server, each with a namespace of its own."""

    SETTINGS = ()

    @classmethod
    def setUpClass(cls):
        cls.ports = PortOffset(first_offset)
        cls.folder = tempfile.TemporaryDirectory(prefix="cellar-test-")
        cls.path = pathlib.Path(cls.folder.name)
        cls.cellar = Cellar(executable, cls.path / "data", cls.ports.value, cls.SETTINGS)
        cls.addClassCleanup(cls.ports.release)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.cellar.kill)
        cls.cellar.start()

    def setUp(self):
        self.namespace = "/" + self._testMethodName
        self.cellar.run(f"CREATE NAMESPACE '{self.namespace}';")

    def run_here(self, statements, *arguments_of_shell):
        return self.cellar.run(statements, "--namespace", self.namespace, *arguments_of_shell)

    def fail_here(self, statements, *arguments_of_shell, status=2):
        return self.cellar.fail(statements, "--namespace", self.namespace, *arguments_of_shell, status=status)

    def file(self, name, content):
        path = self.path / f"{self._testMethodName}-{name}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class LivesTest(unittest.TestCase):
    """Tests that start and kill a server of their own."""

    SETTINGS = ()

    def setUp(self):
        self.ports = PortOffset(first_offset)
        self.addCleanup(self.ports.release)
        folder = tempfile.TemporaryDirectory(prefix="cellar-test-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        self.cellar = Cellar(executable, self.path / "data", self.ports.value, self.SETTINGS)
        self.addCleanup(self.cellar.kill)


def main():
    """`x_test.py CELLAR PORT_OFFSET [ARGUMENT…] [-- UNITTEST…]`"""
    global executable, first_offset, arguments
    words = sys.argv[1:]
    ours, theirs = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    executable, first_offset, arguments = ours[0], int(ours[1]), ours[2:]
    sys.modules["testing"] = sys.modules[__name__]
    unittest.main(module="__main__", argv=[sys.argv[0], *theirs], verbosity=2)
