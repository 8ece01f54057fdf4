#!/usr/bin/env python3
"""`pip install` of the tree: with a compiler the accelerator is there, without one everything else is. `package_test.py FOLDER`"""

import os
import pathlib
import subprocess
import sys
import unittest

from install import install

FOLDER = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/python-package").resolve()
TESTS = pathlib.Path(__file__).resolve().parent


def run(folder, *command):
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    environment.pop("CELLAR_PURE_PYTHON", None)
    return subprocess.run([sys.executable, "-B", *command], cwd="/", env=environment, capture_output=True, text=True, check=False)


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install(FOLDER)

    def run_well(self, folder, *command):
        result = run(folder, *command)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def test_with_a_compiler(self):
        self.run_well(FOLDER, str(TESTS / "packed_test.py"), "--accelerator")
        self.run_well(FOLDER, str(TESTS / "values_test.py"))
        files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*")}
        for file in ("cellar/py.typed", "cellar/idl/Client.thrift", "hypertable/thriftclient.py", "hyperthrift/gen2/HqlService.py",
                     "libHyperPython.py"):
            self.assertIn(file, files)

    def test_without_a_compiler(self):
        folder = FOLDER.with_name(FOLDER.name + "-pure")
        install(folder, compiler=False)
        self.assertEqual(self.run_well(folder, "-c", "from cellar import packed; print(packed.ACCELERATED)"), "False\n")
        self.run_well(folder, str(TESTS / "packed_test.py"))

    def test_the_accelerator_can_be_left_out(self):
        result = run(FOLDER, "-c", "import os; os.environ['CELLAR_PURE_PYTHON'] = '1'\nfrom cellar import packed; print(packed.ACCELERATED)")
        self.assertEqual(result.stdout, "False\n", result.stderr)


if __name__ == "__main__":
    unittest.main()
