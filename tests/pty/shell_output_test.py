"""What the shell writes: formats, pager, progress; and Ctrl-C. Usage: shell_output_test.py MEMORY_SHELL"""

import base64
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

from terminal import Terminal

SHELL = ""
VALUES = "INSERT INTO t VALUES ('r1','a:x','one'), ('r2','a','tw\\to'), ('r3','a:\\xff','\\x1b[31m');"


class TerminalCase(unittest.TestCase):
    rows = 40

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.terminal = None

    def tearDown(self):
        if self.terminal:
            self.terminal.close()
        self.folder.cleanup()

    def start(self, *arguments, rows=40, **environment):
        command = [SHELL, "--history", os.path.join(self.folder.name, ".history"), *arguments]
        self.terminal = Terminal(command, rows=rows, cwd=self.folder.name, **environment)
        self.terminal.wait_for_prompt()
        return self.terminal

    def files(self):
        return sorted(name for name in os.listdir(self.folder.name) if name not in (".history", ".fill.hql"))


class FormatOnTerminalTest(TerminalCase):
    def test_table_unless_told_otherwise(self):
        shell = self.start()
        shell.run("CREATE TABLE t (a);")
        shell.run(VALUES)
        shell.run("\\timing off")
        self.assertEqual(shell.run("SELECT * FROM t;").splitlines(), [
            " row | column | value",
            "-----+--------+----------",
            " r1  | a:x    | one",
            " r2  | a      | tw\\to",
            " r3  | a:\\xff | \\x1b[31m",
        ])
        self.assertEqual(shell.run("\\format vertical"), "format: vertical")
        self.assertEqual(shell.run("SELECT * FROM t LIMIT 1;").splitlines(), [
            "-[ 1 ]----------------------------------",
            "row    | r1",
            "column | a:x",
            "value  | one",
        ])
        shell.run("\\format json")
        self.assertEqual(shell.run("SELECT * FROM t LIMIT 1;"), '{"row":"r1","column":"a:x","value":"one"}')
        self.assertEqual(shell.run("GET LISTING;").splitlines()[0], '{"text":"sys\\t(namespace)"}')
        self.assertIn("takes table, tsv, csv, json or vertical, not 'xml'", shell.run("\\format xml"))
        self.assertEqual(shell.run("\\format"), "format: json")

    def test_separator_means_separated_fields(self):
        shell = self.start()
        shell.run("CREATE TABLE t (a);")
        shell.run(VALUES)
        self.assertEqual(shell.run("SELECT * FROM t LIMIT 1 FS=',';").splitlines()[0], "r1,a:x,one")

    def test_timing(self):
        shell = self.start()
        shell.run("CREATE TABLE t (a);")
        self.assertEqual(shell.run("\\timing off"), "timing: off")
        self.assertEqual(shell.run("SELECT * FROM t;"), "")
        self.assertEqual(shell.run("\\timing on"), "timing: on")
        self.assertRegex(shell.run("SELECT * FROM t;"), r"^0 cells in \d+\.\d{3} s$")

    def test_list_of_commands(self):
        self.assertIn("\\pager [on|off]", self.start().run("\\?"))


class PagerTest(TerminalCase):
    def fill(self, shell, rows):
        with open(os.path.join(self.folder.name, ".fill.hql"), "w", encoding="utf-8") as file:
            tuples = ", ".join(f"('row{number:03}', 'a', 'v')" for number in range(rows))
            file.write(f"CREATE TABLE t (a); INSERT INTO t VALUES {tuples};")
        shell.run("source .fill.hql")

    def test_long_answers_only(self):
        shell = self.start(rows=12, PAGER="cat > paged")
        self.fill(shell, 12)
        shell.run("SELECT * FROM t LIMIT 3;")
        self.assertEqual(self.files(), [])
        shell.run("SELECT * FROM t;")
        with open(os.path.join(self.folder.name, "paged"), encoding="utf-8") as paged:
            self.assertEqual(len(paged.read().splitlines()), 14)
        os.unlink(os.path.join(self.folder.name, "paged"))
        shell.run("HELP SELECT;")
        self.assertEqual(self.files(), ["paged"])

    def test_off(self):
        shell = self.start(rows=12, PAGER="cat > paged")
        self.fill(shell, 12)
        shell.run("\\pager off")
        self.assertIn("row011 | a      | v", shell.run("SELECT * FROM t;") + shell.text())
        self.assertEqual(self.files(), [])

    def test_leaving_it_ends_the_statement(self):
        shell = self.start(rows=12, PAGER="head -n 3")
        shell.run("CREATE TABLE endless (a);")
        shell.type("SELECT * FROM endless;")
        shell.send("\r")
        shell.wait_for_text("row000001")
        shell.wait_for_prompt()
        self.assertNotIn("error", shell.text())
        self.assertIn("true", shell.run("EXISTS TABLE endless;") + shell.text())

    def test_one_that_is_not_there(self):
        shell = self.start(rows=12, PAGER="/nowhere/pager")
        self.fill(shell, 12)
        shell.type("SELECT * FROM t;")
        shell.send("\r")
        shell.wait_for_text("the pager '/nowhere/pager' cannot be run")
        shell.wait_for_prompt()


class LongStatementTest(TerminalCase):
    def test_interrupt_ends_the_statement_not_the_shell(self):
        shell = self.start()
        shell.run("CREATE TABLE stuck (a);")
        for _ in range(4):
            shell.type("SELECT * FROM stuck;")
            shell.send("\r")
            shell.wait_for_text("Ctrl-C ends it")
            shell.interrupt()
            shell.wait_for(lambda: "Ctrl-C ends it" not in shell.text(), "the progress line's end")
            shell.wait_for_prompt()
            shell.interrupt()
            shell.wait_for(lambda: shell.lines()[shell.screen.cursor.y - 1] == "cellar> ^C", "the second interrupt")
            shell.wait_for_prompt()
        self.assertIn("row000001", shell.text())
        self.assertIn("stuck", shell.run("SHOW TABLES;"))

    def test_interrupt_ends_a_statement_that_waits_for_the_cluster(self):
        shell = self.start()
        shell.run("CREATE TABLE stuck (a);")
        shell.type("COMPACT TABLE stuck;")
        shell.send("\r")
        shell.wait_for_text("Ctrl-C ends it")
        shell.interrupt()
        shell.wait_for_text("may still be done")
        shell.wait_for_prompt()
        self.assertIn("stuck", shell.run("SHOW TABLES;"))

    def test_rebuild_of_indexes_shows_progress_and_says_what_it_leaves(self):
        shell = self.start()
        shell.run("CREATE TABLE stuck (a, INDEX a);")
        shell.type("REBUILD INDICES stuck;")
        shell.send("\r")
        shell.wait_for_text("30 %  12,345 cells")
        self.assertIn("[======>             ]", shell.text())
        self.assertRegex(shell.text(), r"cells/s  0:0\d left")
        shell.interrupt()
        shell.wait_for_text("may still be done")
        shell.wait_for_prompt()
        self.assertIn("until a REBUILD INDICES has run to its end", " ".join(shell.text().split()))
        self.assertNotIn("12,345", shell.text())

    def test_interrupt_ends_statements_that_write_to_a_silent_server(self):
        shell = self.start()
        shell.run("CREATE TABLE stuck (a, b);")
        with open(os.path.join(self.folder.name, "in.tsv"), "w", encoding="utf-8") as file:
            file.write("#row\tcolumn\tvalue\n" + "".join(f"row{number}\ta\tv\n" for number in range(5)))
        unknown = "the outcome is unknown"
        for statement, told in (
                ("INSERT INTO stuck VALUES ('r', 'a', 'x'), ('s', 'a', 'y'), ('t', 'a', 'z');",
                 ["1 cell of 3 acknowledged", "of 2 cells more", unknown]),
                ("DELETE a, b FROM stuck WHERE ROW = 'r';", ["1 cell of 2 acknowledged", "of 1 cell more", unknown]),
                ("LOAD DATA INFILE 'in.tsv' INTO TABLE stuck;",
                 ["in.tsv: line 6", "1 cell of 5 acknowledged", "of 4 cells more", unknown]),
                ("UPDATE stuck SET a = 'x' WHERE ROW = 'r';", ["whether the row was changed is unknown"]),
                ("INSERT INTO stuck VALUES ('r', 'a', 'x') IF NOT EXISTS;", ["whether the row was changed is unknown"])):
            shell.type("\x0c")  # an empty screen
            shell.type(statement)
            shell.send("\r")
            shell.wait_for_text("Ctrl-C ends it")
            shell.interrupt()
            shell.wait_for_prompt()
            for text in told:
                self.assertIn(text, " ".join(shell.text().split()))
        self.assertIn("stuck", shell.run("SHOW TABLES;"))

    def test_file_that_did_not_become_whole_is_gone(self):
        shell = self.start()
        shell.run("CREATE TABLE endless (a);")
        for name in ("out.tsv", "out.tsv.gz"):
            shell.run("\\timing off")
            shell.type(f"SELECT * FROM endless INTO FILE '{name}';")
            shell.send("\r")
            shell.wait_for_text("MB written")
            self.assertEqual(len(self.files()), 1)
            self.assertRegex(self.files()[0], r"^\.out\.tsv(\.gz)?\.\d+\.0\.part$")
            shell.interrupt()
            shell.wait_for(lambda: "MB written" not in shell.text(), "the progress line's end")
            shell.wait_for_prompt()
            self.assertEqual(self.files(), [])

    def test_load_from_a_pipe_shows_progress_and_can_be_ended(self):
        shell = self.start()
        pipe = os.path.join(self.folder.name, "pipe")
        os.mkfifo(pipe)
        shell.run("CREATE TABLE t (a);")
        shell.type("LOAD DATA INFILE 'pipe' INTO TABLE t;")
        shell.send("\r")
        with open(pipe, "w", encoding="utf-8") as writer:
            writer.write("#row\tcolumn\tvalue\n")
            for number in range(12_000):
                writer.write(f"row{number:06}\ta\tv\n")
            writer.flush()
            shell.wait_for_text("10,000 cells")
            shell.interrupt()
            shell.wait_for_prompt()
        self.assertIn("cancelled", shell.text())
        shell.run("SELECT * FROM t LIMIT 1;")

    def test_pipe_that_nobody_writes_can_be_left(self):
        shell = self.start()
        os.mkfifo(os.path.join(self.folder.name, "pipe"))
        shell.run("CREATE TABLE t (a);")
        shell.type("LOAD DATA INFILE 'pipe' INTO TABLE t;")
        shell.send("\r")
        shell.wait_for_text("Ctrl-C ends it")
        shell.interrupt()
        shell.wait_for_text("cancelled")
        shell.wait_for_prompt()


class EditingTest(TerminalCase):
    def test_history_search(self):
        shell = self.start()
        shell.run("SHOW TABLES;")
        shell.run("GET LISTING;")
        shell.send("\x12")
        shell.wait_for_text("bck:")
        shell.send("HOW")
        shell.wait_for_text("SHOW TABLES;\nbck:HOW")
        shell.send("\x1b")
        shell.send("\r")
        shell.wait_for_prompt()

    def test_families_before_the_table_is_typed(self):
        shell = self.start()
        shell.run("CREATE TABLE visits (url, referer);")
        shell.type("SELECT  FROM visits")
        shell.send("\x01" + "\x06" * 7 + "ur\t")
        shell.wait_for_text("SELECT url  FROM visits")

    def test_commands_of_the_shell(self):
        shell = self.start()
        shell.send("\\fo\tve\t")
        shell.wait_for_text("\\format vertical")
        shell.send("\r")
        shell.wait_for_text("format: vertical")

    def test_mark_under_the_whole_token(self):
        shell = self.start()
        self.assertEqual(shell.run("SELECT * FORM t;").splitlines()[1:],
                         ["  SELECT * FORM t", "           ^~~~ did you mean FROM?"])


class PipeTest(unittest.TestCase):
    def run_shell(self, *arguments, stdin=b"", stdout=subprocess.PIPE):
        done = subprocess.run([SHELL, *arguments], input=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=60,
                              check=False, env=dict(os.environ, TZ="UTC"))
        return done.returncode, done.stdout, done.stderr.decode()

    STATEMENTS = f"CREATE TABLE t (a); {VALUES} SELECT * FROM t"

    def test_tsv_unless_told_otherwise(self):
        self.assertEqual(self.run_shell("-e", self.STATEMENTS)[:2],
                         (0, b"r1\ta:x\tone\nr2\ta\ttw\\to\nr3\ta:\xff\t\x1b[31m\n"))

    def test_csv_for_its_readers(self):
        code, output, _ = self.run_shell("--format", "csv", "-e", self.STATEMENTS)
        rows = list(csv.DictReader(io.StringIO(output.decode("latin-1"))))
        self.assertEqual((code, [row["value"] for row in rows]), (0, ["one", "tw\to", "\x1b[31m"]))
        self.assertEqual(rows[2]["column"], "a:\xff")

    def test_json_for_its_readers(self):
        code, output, _ = self.run_shell("--format", "json", "-e", self.STATEMENTS)
        rows = [json.loads(line) for line in output.splitlines()]
        self.assertEqual((code, [row["value"] for row in rows]), (0, ["one", "tw\to", "\x1b[31m"]))
        self.assertEqual(base64.b64decode(rows[2]["column_base64"]), b"a:\xff")

    def test_conditions_and_counters_are_in_the_format_too(self):
        statements = ("CREATE TABLE t (a, n COUNTER); INSERT INTO t VALUES ('r', 'a', 'x') IF NOT EXISTS;"
                      "UPDATE t SET n += 2 WHERE ROW = 'r'; UPDATE t SET a = 'y' WHERE ROW = 'r' IF a = 'z'")
        code, output, errors = self.run_shell("--format", "json", "-e", statements)
        self.assertEqual([json.loads(line) for line in output.splitlines()],
                         [{"text": "applied"}, {"row": "r", "column": "n", "value": "2"}, {"text": "not applied"},
                          {"row": "r", "column": "a", "value": "x"}])
        self.assertEqual((code, errors), (4, "'a' = 'z' does not hold; there is:\n"))
        _, output, _ = self.run_shell("--format", "table", "-e", statements)
        self.assertIn(b"not applied\n row | column | value\n", output)
        for name in ("csv", "tsv"):
            self.assertTrue(self.run_shell("--format", name, "-e", statements)[1].endswith(b"not applied\nr\ta\tx\n"))

    def test_format_in_a_script(self):
        code, output, errors = self.run_shell("--test-mode", stdin=b"\\format csv\nCREATE TABLE t (a);\nSELECT * FROM t;\n")
        self.assertEqual((code, output, errors), (0, b"row,column,value\n", ""))

    def test_dump_keeps_its_form(self):
        code, output, _ = self.run_shell("--format", "json", "-e", f"CREATE TABLE t (a); {VALUES} DUMP TABLE t NO_TIMESTAMPS")
        self.assertEqual((code, output.splitlines()[:2]), (0, [b"#row\tcolumn\tvalue", b"r1\ta:x\tone"]))

    def test_list_of_commands_is_that_of_the_page(self):
        page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/reference/shell.md")
        with open(page, encoding="utf-8") as file:
            self.assertIn("```\n" + self.run_shell(stdin=b"\\?\n")[1].decode() + "```\n", file.read())

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            code, _, errors = self.run_shell("-e", self.STATEMENTS, stdout=full)
        self.assertEqual(code, 2)
        self.assertIn("standard output: No space left on device", errors)

    def test_interrupt_ends_a_script(self):
        for arguments, script in ((["-e", "CREATE TABLE endless (a); SELECT * FROM endless; GET LISTING"], b""),
                                  ([], b"CREATE TABLE endless (a);\nSELECT * FROM endless;\nGET LISTING;\n")):
            with tempfile.TemporaryFile() as stdin:
                stdin.write(script)
                stdin.seek(0)
                shell = subprocess.Popen([SHELL, *arguments], stdin=stdin, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE)
                self.assertEqual(shell.stdout.readline(), b"row000001\ta\tsome value\n")
                shell.send_signal(signal.SIGINT)
                output, errors = shell.communicate(timeout=60)
            self.assertEqual(shell.returncode, 2)
            self.assertNotIn(b"namespace", output)
            self.assertIn(b"cancelled", errors)


if __name__ == "__main__":
    SHELL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
