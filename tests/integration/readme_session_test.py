#!/usr/bin/env python3
"""The README's session, run as it stands there, and what is left of it after SIGKILL.

    readme_session_test.py CELLAR README PORT_OFFSET
"""

import pathlib
import signal
import subprocess
import sys
import tempfile

from cellar_process import PortOffset

EXPECTED = """cat\tname\tTom
cat\tcolor:eyes\tgreen
CREATE TABLE pets (
  name,
  color,
  ACCESS GROUP hot (name),
  ACCESS GROUP cold (color) COMPRESSOR 'zstd'
) DURABILITY sync
Cellar OK
"""


def session_of(readme):
    """The fenced block that follows the words "In the shell:"."""
    text = pathlib.Path(readme).read_text().split("In the shell:", 1)[1]
    return text.split("```")[1].strip()


def start(cellar, data, offset):
    server = subprocess.Popen([cellar, "start", "--data-dir", data, "--port-offset", offset],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert "ready" in server.stdout.readline(), f"cellar start ended with {server.wait()}"
    return server


def run(cellar, offset, statements):
    shell = subprocess.run([cellar, "shell", "--port-offset", offset, "--test-mode", "--batch", "-e", statements],
                           capture_output=True, text=True, timeout=60, check=False)
    assert shell.returncode == 0, f"exit status {shell.returncode}: {shell.stderr}"
    return shell.stdout


def expect(found, wanted):
    assert found == wanted, f"found:\n{found}\nexpected:\n{wanted}"


def main():
    cellar, readme, first_offset = sys.argv[1:]
    ports = PortOffset(int(first_offset))
    offset = str(ports.value)
    with tempfile.TemporaryDirectory(prefix="cellar-readme-") as data:
        server = start(cellar, data, offset)
        try:
            expect(run(cellar, offset, session_of(readme)), EXPECTED)
            server.send_signal(signal.SIGKILL)
            server.wait()
            server = start(cellar, data, offset)
            expect(run(cellar, offset, "SELECT * FROM '/demo/pets';"), "dog\tname\tRex\n")
            server.terminate()
            assert server.wait(timeout=30) == 0, "SIGTERM did not end the server in order"
        finally:
            server.kill()
            server.wait()
            ports.release()


if __name__ == "__main__":
    main()
