#!/usr/bin/env python3
"""LOAD DATA INFILE through the real shell: every kind of bad file is named by line, and stores what it must and no more.

    load_test.py CELLAR PORT_OFFSET
"""

import gzip
import os
import subprocess

import testing

TAB = "\t"


class LoadTest(testing.ServerTest):
    def setUp(self):
        super().setUp()
        self.run_here("CREATE TABLE t (a, b);")

    def load(self, path, options="", table="t", status=0):
        """Loads and returns (notices, what the table holds then)."""
        shell = self.cellar.shell("--namespace", self.namespace, "-e",
                                  f"LOAD DATA INFILE {options} '{path}' INTO TABLE {table};")
        self.assertEqual(shell.returncode, status, shell.stderr)
        self.assertEqual(shell.stdout, "")
        return shell.stderr, self.run_here(f"SELECT * FROM {table} MAX_VERSIONS 1;")

    def load_text(self, text, options="", status=0):
        return self.load(self.file("tsv", text), options, status=status)

    def test_good_file_with_a_summary(self):
        said, held = self.load_text("#row\ta:x\tb\nr1\tv1\tv2\nr2\tNULL\tv3\n")
        self.assertEqual(said, "3 cells from 2 lines\n")
        self.assertEqual(held, "r1\ta:x\tv1\nr1\tb\tv2\nr2\tb\tv3\n")

    def test_lines_with_the_wrong_number_of_fields_are_skipped_and_named(self):
        said, held = self.load_text("#row\ta\tb\nr1\tv1\nr2\tv1\tv2\n\nr3\tv\tw\tx\n\tv\tw\n")
        self.assertEqual(said, "2 cells from 5 lines\nwarning: 4 lines skipped\n  line 2: 2 fields, expected 3\n"
                               "  line 4: 1 fields, expected 3\n  line 5: 4 fields, expected 3\n"
                               "  line 6: the row key column 'row' is empty\n")
        self.assertEqual(held, "r2\ta\tv1\nr2\tb\tv2\n")

    def test_unreadable_files_load_nothing(self):
        said, held = self.load("/nowhere/x", status=2)
        self.assertIn("error 12: /nowhere/x", said)
        said, held = self.load(self.path, status=2)
        self.assertIn("Is a directory", said)
        self.assertEqual(held, "")
        packed = self.file("tsv.gz", gzip.compress(b"#row\ta\nr\tv\n")[:-9])
        said, held = self.load(packed, status=2)
        self.assertIn(str(packed), said)
        self.assertIn(held, ("", "r\ta\tv\n"), "lines before the place where it broke may stay")

    def test_bad_headers_load_nothing(self):
        for text, message in [("", "the file is empty"), ("r1\tv\n", "error 0x60001: "), ("#row\n", "error 0x60001: "),
                              ("#row\tc\nr\tv\n", "error 9: "), ("#row\ta\t\nr\tv\tw\n", "error 0x60001: ")]:
            said, held = self.load_text(text, status=2)
            self.assertIn(message, said)
            self.assertIn("header" if text else "empty", said)
            self.assertEqual(held, "", text)
        said, held = self.load_text("#k\ta\nr\tv\n", "ROW_KEY_COLUMN=x", status=2)
        self.assertIn("has no column 'x', which ROW_KEY_COLUMN names", said)
        self.assertEqual(held, "")

    def test_unknown_family_in_a_line_stops_with_the_line_number(self):
        said, held = self.load_text("#row\tcolumn\tvalue\nr1\ta\tv\nr2\tc:q\tv\nr3\ta\tv\n", status=2)
        self.assertIn("1 cell from 2 lines", said)
        self.assertRegex(said, r"error 9: .*line 3: the table has no column family \"c\"")
        self.assertEqual(held, "r1\ta\tv\n")
        said, held = self.load_text("#row\tcolumn\tvalue\nr1\ta\tv\nr2\tc:q\tv\nr3\ta\tv\n", "IGNORE_UNKNOWN_CFS")
        self.assertIn("1 cell of unknown column families left out", said)
        self.assertEqual(held, "r1\ta\tv\nr3\ta\tv\n")

    def test_bad_cells_are_named_and_nothing_of_their_row_is_stored(self):
        long_row = "r" * (64 * 1024 + 1)
        long_value = "v" * (16 * 1024 * 1024 + 1)
        for line, message in [(f"{long_row}\tv\tw", "row"), (f"r\tv\t{long_value}", "value"), ("r\tv\tw", "timestamp")]:
            is_time = message == "timestamp"
            text = f"#row\ta\tb{TAB + 'time' if is_time else ''}\nr0\tx\ty{TAB + '5' if is_time else ''}\n" \
                   f"{line}{TAB + 'noon' if is_time else ''}\nr9\tx\ty{TAB + '5' if is_time else ''}\n"
            said, held = self.load_text(text, "TIMESTAMP_COLUMN=time" if is_time else "", status=2)
            self.assertRegex(said, rf"error 9: .*line 3: .*{message}")
            self.assertEqual(held, "r0\ta\tx\nr0\tb\ty\n")

    def test_timestamps_that_no_cell_may_have(self):
        said, held = self.load_text(f"#timestamp\trow\tcolumn\tvalue\n{-2**63}\tr\ta\tv\n", status=2)
        self.assertRegex(said, r"error 9: .*line 2: .*timestamp")
        self.assertEqual(held, "")

    def test_counter_that_is_no_number(self):
        self.run_here("CREATE TABLE n (count COUNTER);")
        said, held = self.load(self.file("tsv", "#row\tcount\nr1\t5\nr2\tmany\n"), table="n", status=2)
        self.assertRegex(said, r"error 9: .*line 3")
        self.assertEqual(held, "r1\tcount\t5\n")

    def test_standard_input_and_gzip(self):
        command = self.cellar.shell_command("--namespace", self.namespace, "-e", "LOAD DATA INFILE '-' INTO TABLE t;")
        shell = subprocess.run(command, input="#row\ta\nr1\tv\n", capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(shell.stderr, "1 cell from 1 line\n")
        _, held = self.load(self.file("tsv.gz", gzip.compress(b"#row\ta\nr2\tw\n")))
        self.assertEqual(held, "r1\ta\tv\nr2\ta\tw\n")

    def test_every_export_loads_again(self):
        self.run_here(r"INSERT INTO t VALUES ('r\x00\t\n\r\\', 'a:\xff\\', 'NULL'), ('r', 'b', ''), ('s', 'a', '\\N');")
        wanted = self.run_here("SELECT * FROM t;")
        for suffix, options, separator in [("tsv", "", ""), ("tsv.gz", "", ""), ("csv", "FS=','", "FS=','")]:
            path = self.path / f"export.{suffix}"
            self.run_here(f"SELECT * FROM t INTO FILE '{path}' {separator}; CREATE TABLE again LIKE t;")
            _, held = self.load(path, options, table="again")
            self.assertEqual(held, wanted)
            self.run_here("DROP TABLE again;")
        self.assertIn("No such file", self.fail_here("SELECT * FROM t INTO FILE '/nowhere/x';"))

    def test_export_to_a_full_device_fails(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        self.run_here("INSERT INTO t VALUES ('r', 'a', 'v');")
        self.assertIn("No space left", self.fail_here("SELECT * FROM t INTO FILE '/dev/full';"))


if __name__ == "__main__":
    testing.main()
