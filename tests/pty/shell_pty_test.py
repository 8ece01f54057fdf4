"""The shell in a pseudo-terminal and at the ends of pipes. Usage: shell_pty_test.py MEMORY_SHELL"""

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import pexpect

SHELL = ""
PROMPT = r"cellar(:[^>]*)?> "


class TerminalTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.history = os.path.join(self.folder.name, "history")
        self.shell = self.start()

    def tearDown(self):
        self.shell.close(force=True)
        self.folder.cleanup()

    def start(self):
        environment = dict(os.environ, TERM="xterm", TZ="UTC", LC_ALL="C")
        shell = pexpect.spawn(SHELL, ["--history", self.history], encoding="utf-8", timeout=20, env=environment,
                              dimensions=(40, 200), cwd=self.folder.name)
        shell.expect(PROMPT)
        return shell

    def run_statement(self, text):
        self.shell.sendline(text)
        self.shell.expect(r"\n")
        self.shell.expect(PROMPT)
        return self.shell.before

    def test_statement_over_lines_has_prompts_of_its_own(self):
        self.shell.sendline("CREATE TABLE t")
        self.shell.expect("     -> ")
        self.shell.sendline("(a, b);")
        self.shell.expect(PROMPT)
        self.shell.sendline("INSERT INTO t VALUES ('r', 'a', 'two")
        self.shell.expect("     '> ")
        self.shell.sendline("lines');")
        self.shell.expect(PROMPT)
        self.assertIn("two\\nlines", self.run_statement("SELECT * FROM t;"))

    def test_error_points_at_the_token(self):
        answer = self.run_statement("SELECT * FORM t;")
        self.assertIn("expected FROM, found 'FORM'", answer)
        self.assertIn("           ^", answer)
        self.assertIn("sys\t(namespace)", self.run_statement("GET LISTING;").replace("     ", "\t"))

    def test_error_counts_lines_from_the_statements_own(self):
        self.run_statement("SHOW TABLES;")
        self.assertIn("line 1, column 10: expected FROM", self.run_statement("SELECT * FORM t;"))
        self.shell.sendline("SELECT *")
        self.shell.expect("     -> ")
        self.assertIn("line 2, column 1: expected FROM", self.run_statement("FORM t;").replace(" or ,", ""))

    def test_closed_terminal_leaves_no_process(self):
        self.shell.sendline("SELECT")
        self.shell.expect("     -> ")
        self.shell.ptyproc.fileobj.close()
        self.shell.ptyproc.closed = True
        for _ in range(1000):
            if not self.shell.isalive():
                return
            time.sleep(0.02)
        self.fail("the shell outlives its terminal")

    def test_timing_line(self):
        self.run_statement("CREATE TABLE t (a);")
        self.run_statement("INSERT INTO t VALUES ('r', 'a', 'v');")
        self.assertRegex(self.run_statement("SELECT * FROM t;"), r"1 cell in \d+\.\d{3} s")

    def test_completion_of_keywords_and_names(self):
        self.run_statement("CREATE TABLE visits (url, referer);")
        self.run_statement("INSERT INTO visits VALUES ('r', 'url', 'v1');")
        self.shell.send("SEL\t* FR\tvi\tWHERE u\t= 'v1';")
        self.shell.sendline()
        self.shell.expect("v1")
        self.shell.expect(r"1 cell in")
        self.shell.expect(PROMPT)
        self.shell.send("CREATE \t")
        self.shell.expect("DATABASE +NAMESPACE +TABLE")
        self.shell.sendintr()
        self.shell.expect(PROMPT)

    def test_interrupt_empties_the_line_and_the_statement(self):
        self.shell.sendline("SELECT")
        self.shell.expect("     -> ")
        self.shell.send("nonsense")
        self.shell.sendintr()
        self.shell.expect(PROMPT)
        self.assertIn("sys", self.run_statement("GET LISTING;"))

    def test_history_survives(self):
        self.run_statement("SHOW TABLES;")
        self.shell.sendline("quit")
        self.shell.expect(pexpect.EOF)
        self.assertEqual(os.stat(self.history).st_mode & 0o077, 0)
        self.shell = self.start()
        self.shell.send("\x1b[A\x1b[A")  # above "quit"
        self.shell.expect("SHOW TABLES;")

    def await_editing(self):
        """The prompt comes a moment before the terminal's own editing ends, which would take Ctrl-D for its own."""
        deadline = time.monotonic() + 20
        while termios.tcgetattr(self.shell.child_fd)[3] & termios.ICANON:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_end_of_input_leaves(self):
        self.await_editing()
        self.shell.sendeof()
        self.shell.expect(pexpect.EOF)
        self.shell.close()
        self.assertEqual(self.shell.exitstatus, 0)

    def test_exit_with_number(self):
        self.shell.sendline("exit 7")
        self.shell.expect(pexpect.EOF)
        self.shell.close()
        self.assertEqual(self.shell.exitstatus, 7)

    def test_termination_leaves_and_restores_the_terminal(self):
        self.shell.kill(signal.SIGTERM)
        self.shell.expect(pexpect.EOF)
        self.shell.close()
        self.assertIsNotNone(self.shell.exitstatus)

    def test_terminal_sees_no_control_bytes(self):
        self.run_statement("CREATE TABLE t (a);")
        self.run_statement("INSERT INTO t VALUES ('r', 'a', '\\x1b[31m');")
        self.assertIn("\\x1b[31m", self.run_statement("SELECT * FROM t;"))

    def test_namespace_in_the_prompt(self):
        self.run_statement("CREATE NAMESPACE test;")
        self.shell.sendline("USE test;")
        self.shell.expect("cellar:/test> ")

    def test_text_that_is_not_ascii(self):
        self.run_statement("CREATE TABLE t (a);")
        self.run_statement("INSERT INTO t VALUES ('größe', 'a', 'v');")
        self.assertIn("größe", self.run_statement("SELECT * FROM t;"))


class PipeTest(unittest.TestCase):
    def run_shell(self, *arguments, stdin=""):
        done = subprocess.run([SHELL, *arguments], input=stdin.encode(), capture_output=True, timeout=60, check=False,
                              env=dict(os.environ, TZ="UTC"))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_results_on_output_all_else_on_errors(self):
        code, output, errors = self.run_shell("-e", "CREATE TABLE t (a); INSERT INTO t VALUES ('r','a','v'); SELECT * FROM t")
        self.assertEqual((code, output), (0, "r\ta\tv\n"))
        self.assertRegex(errors, r"^1 cell in ")

    def test_test_mode_says_nothing_that_changes(self):
        code, output, errors = self.run_shell("--test-mode", "-e", "CREATE TABLE t (a); SELECT * FROM t;")
        self.assertEqual((code, output, errors), (0, "", ""))

    def test_execute_stops_at_the_first_error(self):
        code, output, errors = self.run_shell("-e", "SHOW TABLS; GET LISTING;")
        self.assertEqual((code, output), (2, ""))
        self.assertIn("error 11: line 1, column 6: expected TABLES, QUERIES, MAINTENANCE or CREATE, found 'TABLS'", errors)

    def test_pipe_goes_on_after_an_error(self):
        code, output, _ = self.run_shell(stdin="SHOW TABLS;\nGET LISTING;\n")
        self.assertEqual((code, output), (2, "sys\t(namespace)\ntmp\t(namespace)\n"))

    def test_batch_stops_at_the_first_error(self):
        code, output, _ = self.run_shell("--batch", stdin="SHOW TABLS;\nGET LISTING;\n")
        self.assertEqual((code, output), (2, ""))

    def test_status_is_the_exit_status(self):
        self.assertEqual(self.run_shell("-e", "STATUS")[:2], (1, "Cellar WARNING - this is a test\n"))
        self.assertEqual(self.run_shell("-e", "STATUS; SHOW TABLES")[0], 0)

    def test_comments_and_commands(self):
        code, output, _ = self.run_shell(stdin="# a comment; 'x\nGET\n# inside\nLISTING;\n\\! echo hello\nexit 5\nGET LISTING;\n")
        self.assertEqual(code, 5)
        self.assertEqual(output, "sys\t(namespace)\ntmp\t(namespace)\nhello\n")

    def test_error_names_the_line_of_the_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".hql") as file:
            file.write("GET LISTING;\n\n# comment\nSELECT *\n  FORM t;\n")
            file.flush()
            code, _, errors = self.run_shell("--command-file", file.name)
        self.assertEqual(code, 2)
        self.assertIn("line 5, column 3", errors)

    def test_missing_command_file(self):
        code, _, errors = self.run_shell("--command-file", "/nowhere/x.hql")
        self.assertEqual(code, 1)
        self.assertIn("/nowhere/x.hql", errors)

    def test_unknown_namespace(self):
        self.assertEqual(self.run_shell("--namespace", "/nowhere", "-e", "SHOW TABLES")[0], 1)

    def test_source_runs_a_file(self):
        with tempfile.NamedTemporaryFile("w", suffix=".hql") as file:
            file.write("GET LISTING;")
            file.flush()
            code, output, _ = self.run_shell(stdin=f"source {file.name};\nSHOW TABLES;\n")
        self.assertEqual((code, output), (0, "sys\t(namespace)\ntmp\t(namespace)\n"))

    def test_load_from_standard_input(self):
        code, output, _ = self.run_shell(
            "-e", "CREATE TABLE t (a); LOAD DATA INFILE '-' INTO TABLE t; SELECT * FROM t;",
            stdin="#row\tcolumn\tvalue\nr1\ta\tx\nr2\ta:q\ty\n")
        self.assertEqual((code, output), (0, "r1\ta\tx\nr2\ta:q\ty\n"))

    def test_load_from_the_statements_own_input_is_refused(self):
        code, _, errors = self.run_shell(stdin="CREATE TABLE t (a);\nLOAD DATA INFILE '-' INTO TABLE t;\n")
        self.assertEqual(code, 2)
        self.assertIn("standard input already", errors)

    def test_export_and_load_again(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.tsv.gz")
            statements = (f"CREATE TABLE t (a); INSERT INTO t VALUES ('r\\t\\n\\r\\0\\\\', 'a:\\xff', 'v'); "
                          f"SELECT * FROM t INTO FILE '{path}'; CREATE TABLE u LIKE t; "
                          f"LOAD DATA INFILE '{path}' INTO TABLE u; SELECT * FROM u")
            done = subprocess.run([SHELL, "-e", statements], capture_output=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, b"r\\t\\n\\r\\0\\\\\ta:\xff\tv\n")
            with gzip.open(path) as file:
                self.assertEqual(file.read(), b"#row\tcolumn\tvalue\n" + done.stdout)

    def test_unwritable_and_unreadable_files(self):
        code, _, errors = self.run_shell("-e", "CREATE TABLE t (a); SELECT * FROM t INTO FILE '/nowhere/x'")
        self.assertEqual(code, 2)
        self.assertIn("error 12: /nowhere/x", errors)

    def test_broken_pipe_ends_quietly(self):
        rows = ", ".join(f"('{i:06}', 'a', '{'x' * 100}')" for i in range(5000))
        statements = f"CREATE TABLE t (a); INSERT INTO t VALUES {rows}; " + "SELECT * FROM t; " * 5
        with tempfile.NamedTemporaryFile("w", suffix=".hql") as file:
            file.write(statements)
            file.flush()
            shell = subprocess.Popen([SHELL, "--test-mode", "--command-file", file.name], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
            shell.stdout.readline()
            shell.stdout.close()
            errors = shell.stderr.read()
            shell.stderr.close()
            self.assertEqual(shell.wait(timeout=60), 2)
            self.assertEqual(errors, b"")

    def test_interrupt_of_a_script_that_waits(self):
        shell = subprocess.Popen([SHELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shell.stdin.write(b"GET LISTING;\n")
        shell.stdin.flush()
        shell.stdout.readline()
        shell.send_signal(signal.SIGINT)
        self.assertEqual(shell.wait(timeout=60), 0)
        for stream in (shell.stdin, shell.stdout, shell.stderr):
            stream.close()


if __name__ == "__main__":
    SHELL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
