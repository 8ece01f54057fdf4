#!/usr/bin/env python3
"""How a server ends: SIGTERM while it is written to and while it recovers, a terminal that closes, SIGKILL at any moment.

    stop_test.py CELLAR PORT_OFFSET
"""

import hashlib
import signal
import subprocess

import testing
from cellar_process import wait_until

ROWS = 60_000


def noise(number):
    """Text that does not compress, the same in each run."""
    return "".join(hashlib.sha256(f"{number} {part}".encode()).hexdigest() for part in range(3))


class StopTest(testing.LivesTest):
    def tsv(self, rows=ROWS):
        path = self.path / "rows.tsv"
        with open(path, "w") as out:
            out.write("#row\tcolumn\tvalue\n")
            for i in range(rows):
                out.write(f"row{i:06}\ta:q\t{noise(i)}\n")
        return path

    def start_load(self, path, *arguments):
        command = self.cellar.shell_command(*arguments, "-e", f"LOAD DATA INFILE '{path}' INTO TABLE t;")
        load = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(load.stderr.close)
        self.addCleanup(load.wait)
        self.addCleanup(load.kill)
        return load

    def count(self):
        return self.cellar.run("SELECT a FROM t KEYS_ONLY;").count("\n")

    def log_bytes(self):
        return sum(path.stat().st_size for path in self.cellar.data_dir.glob("files/servers/*/*/log/user/*"))

    def test_term_during_a_load_drains_and_a_new_start_has_what_was_acknowledged(self):
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a);")
        load = self.start_load(self.tsv(), "--timeout", "3000")
        wait_until("the load has begun", lambda: self.log_bytes() > 1 << 20)
        took = self.cellar.stop()
        self.assertEqual(load.wait(timeout=30) != 0, "cells from" not in load.stderr.read())
        self.cellar.start()
        loaded = self.count()
        print(f"\nstopped in {took:.2f} s with {loaded} of {ROWS} rows")
        self.assertGreater(loaded, 0)

    def test_load_goes_on_over_a_restart_of_the_server(self):
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a);")
        load = self.start_load(self.tsv())
        wait_until("the load has begun", lambda: self.log_bytes() > 1 << 20)
        self.cellar.kill()
        self.cellar.start()
        self.assertEqual((load.wait(timeout=60), load.stderr.read()), (0, f"{ROWS} cells from {ROWS} lines\n"))
        self.assertEqual(self.count(), ROWS, "each once, though frames were sent again")
        self.cellar.check()

    def test_load_killed_half_way_and_run_again(self):
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a MAX_VERSIONS 1);")
        path = self.tsv()
        load = self.start_load(path)
        wait_until("the load has begun", lambda: self.log_bytes() > 1 << 20)
        load.kill()
        load.wait()
        self.cellar.kill()
        self.cellar.start()
        self.cellar.run(f"LOAD DATA INFILE '{path}' INTO TABLE t;")
        export = self.path / "export.tsv"
        self.cellar.run(f"SELECT * FROM t INTO FILE '{export}';")
        self.assertEqual(export.read_text(), path.read_text())
        self.cellar.kill()
        took = self.cellar.start()
        print(f"\nstart with {self.log_bytes() / 2**20:.0f} MiB of log: {took:.2f} s")
        self.assertEqual(self.count(), ROWS)

    def test_each_statement_that_succeeded_is_there_after_kill(self):
        self.cellar.start()
        statements = ["CREATE NAMESPACE n;", "USE n; CREATE TABLE t (a, b);", "USE n; INSERT INTO t VALUES ('r', 'a', 'v');",
                      "USE n; DELETE a FROM t WHERE ROW = 'r';", "USE n; INSERT INTO t VALUES ('r', 'b', 'w');",
                      "USE n; ALTER TABLE t ADD (c);", "USE n; INSERT INTO t VALUES ('r', 'c', 'x');",
                      "USE n; COMPACT TABLE t;", "USE n; RENAME TABLE t TO u;", "USE n; CREATE TABLE v LIKE u;",
                      "USE n; DROP TABLE v;"]
        for statement in statements:
            self.cellar.run(statement)
            self.cellar.kill()
            self.cellar.start()
        self.assertEqual(self.cellar.run("USE n; GET LISTING; SELECT * FROM u;"), "u\nr\tb\tw\nr\tc\tx\n")
        self.cellar.check()

    def test_term_during_a_long_recovery_ends_it(self):
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a);")
        self.cellar.run(f"LOAD DATA INFILE '{self.tsv()}' INTO TABLE t;")
        self.cellar.kill()
        slow = ("--set", "server.induce_failure=recovery.section.before_apply:delay(1000):*")
        self.cellar.launch(*slow)
        wait_until("the recovery has begun", self.recovering)
        took = self.cellar.stop()
        print(f"\nstopped in {took:.2f} s while it recovered")
        self.cellar.start()
        self.assertEqual(self.count(), ROWS)

    def recovering(self):
        """METADATA is served in this, the second life, so that the user's range is next."""
        lives = self.cellar.log().split("registered location")
        return len(lives) == 5 and lives[-1].count("range is served") >= 3

    def test_closed_terminal_is_a_stop(self):
        self.cellar.start()
        self.cellar.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.cellar.process.wait(timeout=30), 0)

    def test_stop_with_idle_clients(self):
        self.cellar.start()
        self.cellar.run("CREATE TABLE t (a);")
        command = self.cellar.shell_command()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as shell:
            shell.stdin.write("SHOW TABLES;\n")
            shell.stdin.flush()
            self.assertEqual(shell.stdout.readline(), "t\n")
            self.assertLess(self.cellar.stop(), 10)
            self.cellar.start()
            shell.stdin.write("SHOW TABLES;\n")
            shell.stdin.flush()
            self.assertEqual(shell.stdout.readline(), "t\n", "the shell finds the next server")
            shell.stdin.close()
            self.assertEqual(shell.wait(timeout=30), 0)


if __name__ == "__main__":
    testing.main()
