#!/usr/bin/env python3
"""The golden files through the real shell, server and gateway: the same answers as from the executor (README.md).

    golden_shell_test.py CELLAR PORT_OFFSET
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
import testing  # noqa: E402  pylint: disable=wrong-import-position
import golden_gateway  # noqa: E402  pylint: disable=wrong-import-position
from golden_files import golden_files, read_cases  # noqa: E402  pylint: disable=wrong-import-position

MARK = b"\x1e\n"
SAY_MARK = "\\! printf '\\036\\n'; printf '\\036\\n' >&2"


def comparable(answer):
    """Without the words of the system about a file that is not there: the database in memory has words of its own."""
    return re.sub(rb"error 12: .*", b"error 12", answer)


def said_beside(text, first_line):
    """What the shell wrote on its errors as the golden files have it: notices, then the error, with the places counted
    from the statement's own first line. The lines that show the place are left out."""
    lines = []
    for line in text.split(b"\n"):
        if line.startswith(b"error"):
            lines.append(re.sub(rb"line (\d+), column",
                                lambda found: b"line %d, column" % (int(found[1]) - first_line + 1), line))
            break
        if line:
            lines.append(b"-- " + line)
    return lines


class GoldenShellTest(testing.ServerTest):
    """Each file in one run of the shell, in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cellar-hql-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def answers_of(self, namespace, statements):
        """Runs the statements one after the other; what each answered on both pipes, and its first line."""
        lines, firsts = [b"CREATE NAMESPACE '/" + namespace + b"'; USE '/" + namespace + b"';"], []
        for statement in statements:
            lines.append(SAY_MARK.encode())
            firsts.append(len(b"\n".join(lines).split(b"\n")) + 1)
            lines.append(statement + b";")
        lines.append(SAY_MARK.encode() + b"\n")
        shell = subprocess.run(self.cellar.shell_command(), input=b"\n".join(lines), capture_output=True, timeout=120,
                               check=False, cwd=self.folder, env={**os.environ, "TZ": "UTC"})
        answers, beside = shell.stdout.split(MARK), shell.stderr.split(MARK)
        self.assertEqual(len(answers), len(statements) + 2, shell.stderr[-2000:])
        return list(zip(answers[1:], beside[1:], firsts))

    def check_file(self, path):
        pending = []

        def run_pending():
            if not pending:
                return
            for (statement, expected), (answer, beside, first) in zip(
                    pending, self.answers_of(path.stem.encode(), [statement for statement, _ in pending])):
                lines = [line for line in answer.split(b"\n")][:-1] + said_beside(beside, first)
                with self.subTest(path.stem + ": " + statement.decode(errors="replace")):
                    self.assertEqual(comparable(b"\n".join(lines) or b"ok"), comparable(expected))

        cases = read_cases(path)
        for statement, expected in cases:
            if statement.startswith(b"WRITE "):
                name, content = statement[6:].split(b"\n", 1)
                (self.folder / name.decode()).write_bytes(content + b"\n")
        pending = [case for case in cases if not case[0].startswith((b"WRITE ", b"FILE "))]
        run_pending()
        for statement, expected in cases:
            if statement.startswith(b"FILE "):
                with self.subTest(path.stem + ": " + statement.decode()):
                    content = (self.folder / statement[5:].decode()).read_bytes()
                    self.assertEqual(content.rstrip(b"\n"), expected)

    def test_every_file_answers_as_written(self):
        files = golden_files()
        self.assertGreater(len(files), 8)
        for path in files:
            self.check_file(path)


class GoldenGatewayTest(testing.ServerTest):
    def test_every_file_answers_as_written(self):
        total, wrong = golden_gateway.check(f"127.0.0.1:{self.cellar.port('gateway')}")
        self.assertEqual(wrong, [])
        self.assertGreater(total, 250)


if __name__ == "__main__":
    testing.main()
