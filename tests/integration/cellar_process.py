"""A real Cellar for tests: `cellar start` in a process of its own, and its shell. Nothing here waits for a fixed time."""

import fcntl
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

PORTS = {"http": 15860, "gateway": 15867, "lockservice": 15861, "master": 15864, "rangeserver": 15865}
PATIENCE_SECONDS = 60


def wait_until(what, condition, seconds=PATIENCE_SECONDS):
    """Polls until `condition()` is true; returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)


class PortOffset:
    """An offset at which all of Cellar's ports are free, kept for this process: tests run side by side."""

    def __init__(self, first):
        directory = pathlib.Path(tempfile.gettempdir()) / f"cellar-test-ports-{os.getuid()}"
        directory.mkdir(exist_ok=True)
        for offset in range(first, first + 1000, 10):
            self._lock = open(directory / str(offset), "w")
            if self._take() and all(self._is_free(port + offset) for port in PORTS.values()):
                self.value = offset
                return
            self.release()
        raise AssertionError(f"no free ports from offset {first} on")

    def release(self):
        self._lock.close()

    def _take(self):
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @staticmethod
    def _is_free(port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
            return True


class Cellar:
    """One data directory and the server on it, from life to life."""

    def __init__(self, executable, data_dir, offset, settings=()):
        self.executable = str(executable)
        self.data_dir = pathlib.Path(data_dir)
        self.offset = offset
        self.settings = list(settings)
        self.log_path = self.data_dir.parent / (self.data_dir.name + ".log")
        self.process = None

    # ---- the server

    def command(self, *extra):
        command = [self.executable, "start", "--data-dir", str(self.data_dir), "--port-offset", str(self.offset)]
        for setting in self.settings:
            command += ["--set", setting]
        return command + list(extra)

    def launch(self, *extra):
        """Starts without waiting."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(*extra), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=log, text=True)
        return self.process

    def start(self, *extra):
        """Starts and waits for the ready line; returns the seconds it took."""
        began = time.monotonic()
        line = self.launch(*extra).stdout.readline()
        assert "ready" in line, f"cellar start ended with {self.process.wait()}:\n{self.log()[-4000:]}"
        return time.monotonic() - began

    def refused_start(self, *extra, seconds=PATIENCE_SECONDS):
        """Starts what must not start; returns what it said."""
        run = subprocess.run(self.command(*extra), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=seconds, check=False)
        assert run.returncode == 1, f"exit status {run.returncode}: {run.stdout}{run.stderr}"
        assert run.stdout == "", run.stdout
        return run.stderr

    def kill(self):
        """SIGKILL; also when it is gone already."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def stop(self, seconds=30):
        """SIGTERM; it must end in order. Returns the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=seconds)
        assert status == 0, f"SIGTERM ended it with {status}:\n{self.log()[-4000:]}"
        self.process.stdout.close()
        self.process = None
        return time.monotonic() - began

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def port(self, role):
        return PORTS[role] + self.offset

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def check(self, status=0):
        """`cellar check` of the running server; returns what it found."""
        run = subprocess.run([self.executable, "check", "--port-offset", str(self.offset)], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == status, f"cellar check ended with {run.returncode}: {run.stdout}{run.stderr}"
        return run.stdout

    # ---- its shell

    def shell_command(self, *arguments):
        return [self.executable, "shell", "--port-offset", str(self.offset), "--test-mode", *arguments]

    def shell(self, *arguments, text_input="", seconds=PATIENCE_SECONDS):
        """Runs the shell to its end, whatever that is."""
        return subprocess.run(self.shell_command(*arguments), input=text_input, capture_output=True, text=True,
                              errors="surrogateescape", timeout=seconds, check=False)

    def run(self, statements, *arguments, seconds=PATIENCE_SECONDS):
        """Runs statements that must succeed; returns their answers."""
        shell = self.shell(*arguments, "-e", statements, seconds=seconds)
        assert shell.returncode == 0, f"{statements}\nexit status {shell.returncode}: {shell.stderr}"
        return shell.stdout

    def fail(self, statements, *arguments, status=2):
        """Runs statements of which one must fail; returns what the shell said."""
        shell = self.shell(*arguments, "-e", statements)
        assert shell.returncode == status, f"{statements}\nexit status {shell.returncode}: {shell.stdout}{shell.stderr}"
        return shell.stderr
