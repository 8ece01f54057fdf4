"""`run_published.py FOLDER PROGRAM ARGUMENT...`: runs a program with PyPI's `hypertable` unpacked in FOLDER. Of ours it sees only
`libHyperPython`, which that package does not bring."""

import sys

import python2

folder, program, *arguments = sys.argv[1:]
sys.argv = [program, *arguments]
python2.install(folder, ("hypertable", "hyperthrift"))
import hyperthrift.gen2.HqlService  # noqa: E402

assert hyperthrift.gen2.HqlService.__file__.startswith(folder), hyperthrift.gen2.HqlService.__file__
replace = [("15867", arguments[-1])] if program.endswith("client_test.py") else []
if replace:
    sys.path.insert(0, folder)
python2.run_program(program, replace)
