#!/usr/bin/env python3
"""Statements through the real shell and server: what is wrong is named, and the exit status tells.

    statements_test.py CELLAR PORT_OFFSET
"""

import functools
import signal
import subprocess
import time

import testing


class BadStatementTest(testing.ServerTest):
    def test_malformed_statement_names_place_and_expectation(self):
        for arguments in (("--batch",), ()):
            said = self.fail_here("SHOW TABLES;\nSELECT * FORM t;", *arguments)
            self.assertIn("error 11: line 2, column 10: expected FROM, found 'FORM'", said)
            self.assertIn("  SELECT * FORM t\n           ^~~~ did you mean FROM?\n", said)

    def test_malformed_statement_in_a_file_and_in_a_pipe(self):
        script = self.file("script", "CREATE TABLE t (a);\n\nINSERT INTO t VALUES ('r' 'a', 'v');\nDROP TABLE t;\n")
        self.fail_of_shell("line 3, column 27: expected ','", "--command-file", str(script))
        self.assertEqual(self.run_here("SHOW TABLES;"), "t\n", "stopped at the first error")
        self.fail_of_shell("line 1, column 1: expected SELECT", "--batch", text_input="SELEKT;\nDROP TABLE t;\n")
        self.assertEqual(self.run_here("SHOW TABLES;"), "t\n")

    def fail_of_shell(self, message, *arguments, text_input=""):
        shell = self.cellar.shell("--namespace", self.namespace, *arguments, text_input=text_input)
        self.assertEqual(shell.returncode, 2, shell.stderr)
        self.assertIn(message, shell.stderr)
        self.assertEqual(shell.stdout, "")

    def test_without_batch_a_pipe_goes_on_after_an_error_and_ends_with_2(self):
        shell = self.cellar.shell("--namespace", self.namespace, text_input="NONSENSE;\nCREATE TABLE u (a);\n")
        self.assertEqual(shell.returncode, 2)
        self.assertEqual(self.run_here("SHOW TABLES;"), "u\n")

    def test_string_without_end(self):
        self.assertIn("has no closing '", self.fail_here("INSERT INTO t VALUES ('r', 'a', 'v);"))

    def test_errors_have_their_public_numbers(self):
        self.run_here("CREATE TABLE t (a, n COUNTER);")
        for number, statement in [("22", "SELECT * FROM nothing;"), ("22", "DROP TABLE nothing;"),
                                  ("39", "CREATE TABLE t (a);"), ("40", "USE nowhere;"),
                                  ("40", "CREATE TABLE 'nowhere/t' (a);"), ("42", f"CREATE NAMESPACE '{self.namespace}';"),
                                  ("57", "DROP NAMESPACE '/sys';"), ("35", "CREATE TABLE '^t' (a);"),
                                  ("0x60002", "CREATE TABLE u (a, a);"), ("0x60002", "ALTER TABLE t DROP (b);"),
                                  ("0x5000a", "SELECT b FROM t;"), ("9", "INSERT INTO t VALUES ('r', 'b', 'v');"),
                                  ("9", "INSERT INTO t VALUES ('r', 'n', 'many');"), ("11", "INSERT INTO t VALUES"
                                                                                        " ('32 May', 'r', 'a', 'v');"),
                                  ("44", f"DROP NAMESPACE '{self.namespace}';"),
                                  ("0x30013", f"USE '/'; DROP NAMESPACE '{self.namespace}';")]:
            with self.subTest(statement):
                self.assertIn(f"error {number}:", self.fail_here(statement))
        self.assertEqual(self.run_here("SELECT * FROM t;"), "")

    def test_cells_over_the_limits_are_named_and_nothing_of_their_row_is_stored(self):
        self.run_here("CREATE TABLE t (a, b);")
        long_row = "r" * (64 * 1024 + 1)
        script = self.file("long", f"INSERT INTO t VALUES ('{long_row}', 'a', 'v');")
        said = self.cellar.shell("--namespace", self.namespace, "--command-file", str(script))
        self.assertEqual(said.returncode, 2)
        self.assertRegex(said.stderr, r"row.*65537.*65536|row.*65,?536")
        value = "v" * (16 * 1024 * 1024 + 1)
        script = self.file("value", f"INSERT INTO t VALUES ('r', 'a', 'x'), ('r', 'b', '{value}');")
        said = self.cellar.shell("--namespace", self.namespace, "--command-file", str(script))
        self.assertEqual(said.returncode, 2)
        self.assertRegex(said.stderr, r"value.*16777217")
        self.assertEqual(self.run_here("SELECT * FROM t;"), "")

    def test_status_gives_its_level(self):
        shell = self.cellar.shell("-e", "STATUS;")
        self.assertEqual((shell.returncode, shell.stdout), (0, "Cellar OK\n"))

    def test_options_that_are_wrong_end_with_1(self):
        for arguments in (("--nonsense",), ("--command-file", "/nowhere/x"), ("--namespace", "/nowhere", "-e", "SHOW TABLES;"),
                          ("--timestamp-format", "hours", "-e", "SHOW TABLES;"), ("--wait=long", "-e", "SHOW TABLES;")):
            with self.subTest(arguments):
                shell = self.cellar.shell(*arguments)
                self.assertEqual(shell.returncode, 1, shell.stderr)
                self.assertNotEqual(shell.stderr, "")


class NobodyThereTest(testing.LivesTest):
    def test_without_a_server_the_shell_says_so_soon(self):
        began = time.monotonic()
        for status, arguments in [(1, ()), (1, ("--batch",)), (3, ("--wait=0.5",))]:
            shell = self.cellar.shell(*arguments, "-e", "SHOW TABLES;")
            self.assertEqual(shell.returncode, status)
            self.assertRegex(shell.stderr, rf"no Cellar answers: .*127.0.0.1:{self.cellar.port('lockservice')}")
        self.assertLess(time.monotonic() - began, 30)

    def test_wait_waits_for_the_server(self):
        command = self.cellar.shell_command("--wait", "-e", "STATUS;")
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as shell:
            self.cellar.start()
            self.assertEqual((shell.stdout.read(), shell.wait()), ("Cellar OK\n", 0))

    def test_word_that_is_no_command(self):
        run = subprocess.run([testing.executable, "nonsense"], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("there is no command 'nonsense'", run.stderr)

    def test_version_is_told_either_way(self):
        said = [subprocess.run([testing.executable, word], capture_output=True, text=True, check=True).stdout for word in ("version", "--version")]
        self.assertRegex(said[0], r"^cellar \d+\.\d+\.\d+\n$")
        self.assertEqual(said[0], said[1])


class UpdateTest(testing.ServerTest):
    def answer(self, statements):
        shell = self.cellar.shell("--namespace", self.namespace, "-e", statements)
        return shell.returncode, shell.stdout

    def test_update_on_conditions_ends_with_4_when_it_is_not_applied(self):
        self.run_here("CREATE TABLE t (a, n COUNTER);")
        self.assertEqual(self.answer("UPDATE t SET a = 'open', n += 1 WHERE ROW = 'r' IF NOT EXISTS(a);"),
                         (0, "applied\nr\tn\t1\n"))
        shut = "UPDATE t SET DELETE a, n += 1 WHERE ROW = 'r' IF a = 'shut';"
        self.assertEqual(self.answer(shut), (4, "not applied\nr\ta\topen\n"))
        self.assertEqual(self.answer(shut + "SHOW TABLES;"), (0, "not applied\nr\ta\topen\nt\n"), "it is no error")
        self.assertEqual(self.answer("INSERT INTO t VALUES ('r', 'a', 'x'), ('r', 'a:q', 'y') IF NOT EXISTS;"),
                         (4, "not applied\nr\ta\topen\n"))
        self.cellar.kill()
        self.cellar.start()
        self.assertEqual(self.answer("UPDATE t SET DELETE a, n = 7, n += 3 WHERE ROW = 'r' IF a != 'shut' AND n < 10;"),
                         (0, "applied\nr\tn\t10\n"))
        self.assertEqual(self.run_here("SELECT * FROM t;"), "r\tn\t10\n")
        self.assertIn("error 9: line 1, column 14: the column family 'a' is no counter",
                      self.fail_here("UPDATE t SET a += 1 WHERE ROW = 'r';"))

    def test_nobody_gets_the_number_of_somebody_else(self):
        self.run_here("CREATE TABLE t (n COUNTER);")
        draws = "UPDATE t SET n += 1 WHERE ROW = 'r';" * 60
        command = self.cellar.shell_command("--namespace", self.namespace, "-e", draws)
        shells = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        numbers = []
        for shell in shells:
            with shell:
                drawn = [int(line.split("\t")[2]) for line in shell.stdout.read().splitlines()]
            self.assertEqual(shell.returncode, 0)
            self.assertEqual(drawn, sorted(drawn))
            numbers += drawn
        self.assertEqual(sorted(numbers), list(range(1, 241)))


class RenameTest(testing.ServerTest):
    def test_rename_keeps_the_data_and_survives_kill(self):
        self.run_here("CREATE TABLE t (a); INSERT INTO t VALUES ('r', 'a', 'v'); RENAME TABLE t TO u;")
        self.cellar.kill()
        self.cellar.start()
        self.assertEqual(self.run_here("SHOW TABLES; SELECT * FROM u;"), "u\nr\ta\tv\n")
        self.assertIn("error 22:", self.fail_here("SELECT * FROM t;"))
        self.assertEqual(self.run_here("CREATE TABLE t (b); INSERT INTO u VALUES ('r', 'a', 'w'); SELECT * FROM u MAX_VERSIONS 1;"
                                       "DROP TABLE t; RENAME TABLE u TO t; SELECT * FROM t MAX_VERSIONS 1;"),
                         "r\ta\tw\nr\ta\tw\n")

    def test_refusals(self):
        self.run_here("CREATE TABLE t (a); CREATE TABLE u (a); CREATE NAMESPACE n;")
        for number, statement in [("22", "RENAME TABLE x TO y;"), ("39", "RENAME TABLE t TO u;"),
                                  ("39", "RENAME TABLE t TO n;"), ("40", "RENAME TABLE t TO 'x/y';"),
                                  ("35", "RENAME TABLE t TO '^t';"), ("57", "RENAME TABLE '/sys/METADATA' TO m;")]:
            with self.subTest(statement):
                self.assertIn(f"error {number}:", self.fail_here(statement))
        self.assertEqual(self.run_here("RENAME TABLE t TO 'n/t'; GET LISTING;"), "n\t(namespace)\nu\n")


class EndsTest(testing.ServerTest):
    """Pipes that break and terminals that close leave no stuck process."""

    def fill(self):
        lines = "".join(f"row{i:06}\ta\t{'v' * 100}\n" for i in range(20000))
        path = self.file("tsv", "#row\tcolumn\tvalue\n" + lines)
        self.run_here(f"CREATE TABLE t (a); LOAD DATA INFILE '{path}' INTO TABLE t;")

    def start_shell(self, statements, **options):
        command = self.cellar.shell_command("--namespace", self.namespace, "-e", statements)
        # Whoever runs the tests may ignore Ctrl-C, as a shell's background jobs do; the shell under test must not inherit that.
        with_ctrl_c = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                preexec_fn=with_ctrl_c, **options)

    def test_pipe_that_breaks_ends_the_shell(self):
        self.fill()
        shell = self.start_shell("SELECT * FROM t; SELECT * FROM t;", stdout=subprocess.PIPE)
        self.assertTrue(shell.stdout.readline().startswith("row000000"))
        shell.stdout.close()
        shell.wait(timeout=20)
        self.assertEqual(shell.returncode, 2)
        self.assertNotIn("row", shell.stderr.read())
        shell.stderr.close()

    def test_hangup_and_termination_end_a_statement_that_runs(self):
        self.fill()
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            shell = self.start_shell("SELECT * FROM t; SELECT * FROM t;", stdout=subprocess.PIPE)
            self.assertTrue(shell.stdout.readline().startswith("row000000"))
            shell.send_signal(number)
            rest = shell.stdout.read()
            self.assertNotEqual(shell.wait(timeout=20), 0)
            self.assertLess(rest.count("\n"), 39_999)
            shell.stdout.close()
            shell.stderr.close()


if __name__ == "__main__":
    testing.main()
