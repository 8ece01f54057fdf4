#!/usr/bin/env python3
"""The tests with other Pythons, the newest `thrift`, pandas and pyarrow, all from PyPI: `matrix.py FOLDER PYTHON...`. Not part of CI,
which has one Python and no network."""

import os
import pathlib
import shutil
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def test_with(python, folder):
    shutil.rmtree(folder, ignore_errors=True)
    run(python, "-m", "venv", folder)
    inside = folder / "bin/python"
    run(inside, "-m", "pip", "install", "-q", "--upgrade", "pip", "setuptools", "wheel")
    copy = folder / "source"
    shutil.copytree(TESTS.parent, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__", "tests"))
    run(inside, "-m", "pip", "install", "-q", f"{copy}[pandas,arrow]", stdout=subprocess.DEVNULL)
    for test in ("values", "packed", "faults"):
        run(inside, "-B", TESTS / f"{test}_test.py", *(["--accelerator"] if test == "packed" else []), cwd="/",
            env={**os.environ, "PYTHONPATH": ""})


if __name__ == "__main__":
    for number, interpreter in enumerate(sys.argv[2:]):
        print(f"== {interpreter}", flush=True)
        test_with(interpreter, pathlib.Path(sys.argv[1]).resolve() / f"venv{number}")
    print(f"{len(sys.argv) - 2} passed, 0 failed")
