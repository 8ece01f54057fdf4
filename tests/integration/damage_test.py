#!/usr/bin/env python3
"""Bytes that change on the disk: every answer that would need them is an error naming file and offset; all others are right.

    damage_test.py CELLAR PORT_OFFSET
"""

import hashlib

import testing
from cellar_process import wait_until

ROWS = 2_000


def noise(table, number):
    """Text that does not compress, the same in each run."""
    return "".join(hashlib.sha256(f"{table} {number} {part}".encode()).hexdigest() for part in range(2))


MARK = noise("bad", 1000)[:40].encode()  # of the row bad01000


class DamageTest(testing.LivesTest):
    def setUp(self):
        super().setUp()
        self.cellar.start()
        self.cellar.run("CREATE TABLE good (a); CREATE TABLE bad (a) COMPRESSOR 'none';")
        self.path_of = {}
        for table in ("bad", "good"):
            path = self.path / f"{table}.tsv"
            path.write_text("#row\tcolumn\tvalue\n" + "".join(f"{table}{i:05}\ta\t{noise(table, i)}\n" for i in range(ROWS)))
            self.path_of[table] = path
            self.cellar.run(f"LOAD DATA INFILE '{path}' INTO TABLE {table};")

    def export(self, table):
        out = self.path / "export"
        self.cellar.run(f"SELECT * FROM {table} INTO FILE '{out}';")
        return out.read_text()

    def expect_good(self):
        self.assertEqual(self.export("good"), self.path_of["good"].read_text())

    def files(self, pattern):
        return sorted((self.cellar.data_dir / "files").glob(pattern))

    @staticmethod
    def flip(path, offset):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 0x40]))

    def test_block_of_a_cellstore(self):
        self.cellar.run("COMPACT TABLE bad; COMPACT TABLE good;")
        for table in ("1/1;", "1/2;"):
            wait_until("it is compacted", lambda row=table: self.cellar.run(
                f"SELECT Manifest FROM '/sys/METADATA' WHERE ROW = '{row}';"))
        self.cellar.stop()
        self.cellar.start()
        damaged = None
        for store in self.files("tables/*/*"):
            place = store.read_bytes().find(MARK)
            if place >= 0:
                self.flip(store, place)
                damaged = store
        self.assertIsNotNone(damaged)
        said = self.cellar.fail("SELECT * FROM bad WHERE ROW = 'bad01000';")
        self.assertRegex(said, rf"corrupt.*{damaged.relative_to(self.cellar.data_dir / 'files')}.*offset \d+|"
                               rf"corrupt.*{damaged.relative_to(self.cellar.data_dir / 'files')}")
        self.assertRegex(said, r"offset \d+")
        self.assertEqual(self.cellar.run("SELECT * FROM bad WHERE ROW = 'bad00000';"), f"bad00000\ta\t{noise('bad', 0)}\n",
                         "another block of the same file")
        self.expect_good()
        self.assertIn("store-damaged", self.cellar.check(status=1))
        self.cellar.run("INSERT INTO bad VALUES ('new', 'a', 'v');")
        self.assertEqual(self.cellar.run("SELECT * FROM bad WHERE ROW = 'new';"), "new\ta\tv\n")

    def user_fragments(self):
        return [path for path in self.files("servers/*/*/log/user/*") if path.suffix == "" and path.stat().st_size > 10_000]

    def test_middle_of_the_log(self):
        self.cellar.kill()
        fragments = [path for path in self.user_fragments() if MARK in path.read_bytes()]
        self.assertNotEqual(fragments, [])
        for fragment in fragments:
            self.flip(fragment, fragment.read_bytes().find(MARK))
        self.cellar.start()
        said = self.cellar.fail("SELECT * FROM bad;", "--timeout", "3000")
        self.assertIn("corrupt", said)
        self.assertIn(str(fragments[0].relative_to(self.cellar.data_dir / "files")), said)
        self.assertRegex(said, r"offset \d+")
        shell = self.cellar.shell("-e", "STATUS;")
        self.assertNotEqual(shell.returncode, 0)
        self.assertIn(fragments[0].name, shell.stdout)
        self.expect_good()
        self.assertIn("corrupt", self.cellar.fail("INSERT INTO bad VALUES ('r', 'a', 'v');", "--timeout", "3000"))
        self.cellar.kill()
        self.cellar.start()
        self.expect_good()

    def test_torn_tail_is_cut_and_reported(self):
        self.cellar.kill()
        newest = max(self.user_fragments(), key=lambda path: path.stat().st_mtime_ns)
        with open(newest, "ab") as file:
            file.write(b"half a block that was never acknowledged")
        self.cellar.start()
        self.assertIn("torn tail", self.cellar.log())
        self.assertRegex(self.cellar.log(), rf"log/user/{newest.name}: torn tail of 40 bytes cut at offset \d+")
        self.expect_good()
        self.assertEqual(self.export("bad"), self.path_of["bad"].read_text())

    def test_header_of_a_log_fragment(self):
        self.cellar.kill()
        fragment = [path for path in self.user_fragments() if MARK in path.read_bytes()][0]
        self.flip(fragment, 0)
        self.cellar.start()
        self.expect_good()
        self.assertEqual(self.export("bad"), self.path_of["bad"].read_text(), "its blocks verify without the header")

    def test_metalogs_of_master_and_root_stop_the_start(self):
        self.cellar.stop()
        for pattern in ("master/log-*/*", "root/*/*"):
            with self.subTest(pattern):
                newest = self.files(pattern)[-1]
                self.flip(newest, 120)
                said = self.start_fails()
                self.assertIn(newest.name, said)
                self.assertIn("corrupt", said)
                self.flip(newest, 120)
        self.cellar.start()
        self.expect_good()

    def start_fails(self):
        """What a start says that does not come to be ready."""
        length = len(self.cellar.log())
        process = self.cellar.launch()
        wait_until("it says why", lambda: "corrupt" in self.cellar.log()[length:] or process.poll() is not None)
        said = self.cellar.log()[length:]
        self.cellar.kill()
        return said


if __name__ == "__main__":
    testing.main()
