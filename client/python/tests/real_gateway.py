"""A real Cellar and, beside it, a gateway in a process of its own that tests may kill. `CELLAR PORT_OFFSET [-- UNITTEST...]` on the command
line."""

import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import cellar

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "tests/integration"))
from cellar_process import Cellar, PortOffset  # noqa: E402

GATEWAY_PORT, LOCK_SERVICE_PORT = 15867, 15861
executable = ""
first_offset = 0
arguments = []


class GatewayProcess:
    """`cellar gateway run` on the cluster of a `cellar start`, at the same port from life to life."""

    def __init__(self, cellar_process, offset, log_path):
        self.port = GATEWAY_PORT + offset
        url = f"cellar://127.0.0.1:{LOCK_SERVICE_PORT + cellar_process.offset}"
        self._command = [cellar_process.executable, "gateway", "run", "--port-offset", str(offset), "--set", f"lockservice.url={url}"]
        self._log_path = log_path
        self.process = None

    def start(self):
        with open(self._log_path, "ab") as log:
            self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert "ready" in line, f"cellar gateway run ended with {self.process.wait()}: {self._log_path.read_text(errors='replace')[-4000:]}"

    def kill(self):
        """SIGKILL."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def restart(self):
        self.kill()
        self.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


class RealTest(unittest.TestCase):
    """Tests on one Cellar and one gateway, each in a namespace of its own: `self.space`."""

    @classmethod
    def setUpClass(cls):
        ports, gateway_ports = PortOffset(first_offset), PortOffset(first_offset)
        folder = tempfile.TemporaryDirectory(prefix="cellar-python-")
        path = pathlib.Path(folder.name)
        cls.cellar = Cellar(executable, path / "data", ports.value)
        cls.gateway = GatewayProcess(cls.cellar, gateway_ports.value, path / "gateway.log")
        for cleanup in (gateway_ports.release, ports.release, folder.cleanup, cls.cellar.kill, cls.gateway.kill):
            cls.addClassCleanup(cleanup)
        cls.cellar.start()
        cls.gateway.start()

    def setUp(self):
        self.client = self.connect()
        self.space = self._testMethodName
        self.client.create_namespace(self.space)

    def connect(self, **settings):
        client = cellar.connect(self.gateway.address, **settings)
        self.addCleanup(client.close)
        return client

    def table(self, families=("f", "g"), **options):
        return self.client.create_table(f"{self.space}/t", families, **options)


def main():
    global executable, first_offset, arguments
    words = sys.argv[1:]
    ours, theirs = (words[:words.index("--")], words[words.index("--") + 1:]) if "--" in words else (words, [])
    executable, first_offset, arguments = ours[0], int(ours[1]), ours[2:]
    sys.modules["real_gateway"] = sys.modules[__name__]
    unittest.main(module="__main__", argv=[sys.argv[0], *theirs], verbosity=2)
