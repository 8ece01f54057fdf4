#!/usr/bin/env python3
"""The Debian example as it ships, on 170 of its packages: loads, questions, exports, kills, all equal.

    debian_example_test.py CELLAR PORT_OFFSET EXAMPLE_FOLDER
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from cellar_process import PortOffset


def main():
    executable, first_offset, example = sys.argv[1:]
    ports = PortOffset(int(first_offset))
    folder = pathlib.Path(example)
    with tempfile.TemporaryDirectory(prefix="cellar-example-") as work:
        settings = dict(os.environ, CELLAR=executable, PORT_OFFSET=str(ports.value), WORK=work + "/work")
        run = subprocess.run([folder / "run.sh", folder / "sample"], env=settings, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240, check=False)
    print(run.stdout)
    assert run.returncode == 0, f"exit status {run.returncode}"
    assert run.stdout.splitlines()[-1].startswith("all equal (45 comparisons)"), "not all are equal"
    ports.release()


if __name__ == "__main__":
    main()
