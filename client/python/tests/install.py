#!/usr/bin/env python3
"""Installs the package as a user does, by pip and from the tree, but offline, into a folder: `install.py FOLDER [--no-compiler]`. The tree
itself is not written to."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PACKAGE = pathlib.Path(__file__).resolve().parents[1]


def install(folder, compiler=True):
    """Returns what pip said."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="cellar-python-") as scratch:
        copy = pathlib.Path(scratch) / "python"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "tests"))
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        if not compiler:
            environment["CC"] = "/nonexistent/cc"
        run = subprocess.run([sys.executable, "-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index",
                              "--no-warn-script-location", "--target", str(folder), str(copy)],
                             env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise AssertionError(f"pip: {run.stdout}{run.stderr}")
        return run.stdout


if __name__ == "__main__":
    install(pathlib.Path(sys.argv[1]), "--no-compiler" not in sys.argv)
