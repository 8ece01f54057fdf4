#!/usr/bin/env python3
"""The samples of the HQL page and of the Thrift page, each run against a real Cellar.

    samples_test.py CELLAR PORT_OFFSET THRIFT_COMPILER
"""

import gzip
import os
import pathlib
import re
import subprocess
import sys

import testing

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADED = "#row\tcolumn\tvalue\ncom.example\turl:home\tx\n"

# What a sample finds; most change it. USE and relative namespaces are from the namespace that is begun in.
BEFORE = """
DROP TABLE IF EXISTS visits; DROP TABLE IF EXISTS copy; DROP TABLE IF EXISTS restored; DROP TABLE IF EXISTS log;
DROP TABLE IF EXISTS old_visits; DROP TABLE IF EXISTS original; CREATE TABLE original (a);
CREATE NAMESPACE test IF NOT EXISTS; CREATE NAMESPACE '/test' IF NOT EXISTS;
"""

# Samples that one server and an empty table cannot carry out: what they are told.
REFUSED = {
    "BALANCE ALGORITHM='offload rs2'": "error 0x4000a: ",
    "BALANCE ('visits'['a'..'m'], rs1, rs2), ('visits[m..??]', rs1, rs2) DURATION=60": "error 0x4000a: ",
    "KILL rs1_17": "error 0x50007: ",
    "SHUTDOWN": "error 31: ",
    "SHUTDOWN MASTER": "error 31: ",
    "STOP rs1": "error 44: ",
    "UPDATE visits SET referer = 'b', DELETE url:old WHERE ROW = 'com.example' IF referer = 'a' AND NOT EXISTS(url:new)":
        "'referer' = 'a' does not hold: ",
    "UPDATE visits SET hits -= 1 WHERE ROW = 'com.example' IF hits > 0": "'hits' > '0' does not hold: ",
}


def blocks_of(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


class SamplesTest(testing.ServerTest):
    def test_hql(self):
        (self.path / "schema.xml").write_text(self.run_here("CREATE TABLE original (a); DESCRIBE TABLE original;"), encoding="utf-8")
        with gzip.open(self.path / "visits.tsv.gz", "wt") as file:
            file.write(LOADED)
        samples = [line.rstrip(";") for block in blocks_of(ROOT / "docs/reference/hql.md", "sql") for line in block.splitlines()]
        self.assertGreater(len(samples), 50)
        (table,) = [sample for sample in samples if sample.startswith("CREATE TABLE visits ")]
        refused = dict(REFUSED)
        for sample in samples:
            before = BEFORE if sample == table else f"{BEFORE} {table};"
            if sample == "CREATE NAMESPACE test":
                before += " DROP NAMESPACE test;"
            shell = subprocess.run(self.cellar.shell_command("--namespace", self.namespace, "-e", before, "-e", f"{sample};"),
                                   cwd=self.path, input="#id,name,time,url\n1,x,2024-05-01,y\n", capture_output=True, text=True,
                                   timeout=60, check=False)
            with self.subTest(sample):
                wanted = refused.pop(sample, None)
                if wanted is None:
                    self.assertEqual((shell.returncode, "error" in shell.stderr), (0, False), shell.stderr)
                else:
                    self.assertIn(wanted, shell.stderr)
        self.assertEqual(refused, {}, "these are no samples any more")

    def test_thrift(self):
        (command,) = [block for block in blocks_of(ROOT / "docs/reference/thrift.md", "") if block.startswith("thrift ")]
        words = command.replace("thrift/idl", str(ROOT / "thrift/idl")).split()
        subprocess.run([testing.arguments[0], *words[1:]], cwd=self.path, timeout=60, check=True)
        (sample,) = blocks_of(ROOT / "docs/reference/thrift.md", "python")
        program = subprocess.run([sys.executable, "-B", "-c", sample.replace("15867", str(self.cellar.port("gateway")))],
                                 cwd=self.path, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True,
                                 timeout=60, check=False)
        self.assertEqual(program.returncode, 0, program.stderr)
        (wanted,) = re.findall(r"print\(.*\)\s{2,}# (.+)$", sample, re.M)
        self.assertEqual(program.stdout.strip(), wanted)


if __name__ == "__main__":
    testing.main()
