#!/usr/bin/env python3
"""Packed cells: the examples of docs/internals/gateway.md, round trips of random cells, damage; in pure Python and, where it is
built, by the accelerator, which must say the same to everything. `packed_test.py [--accelerator]`: then it must be built."""

import pathlib
import random
import re
import sys
import unittest

from cellar import packed
from cellar.cells import Cell, Flag
from cellar.errors import FormatError
from libHyperPython import SerializedCellsReader, SerializedCellsWriter

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs/internals/gateway.md"
SEED = random.SystemRandom().randrange(1 << 32)


def example(version):
    """The bytes of the page's example, which begins with this version."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"    {version:02x} 00 00 00 "))
    data = b""
    for line in lines[start:]:
        if not line.startswith("    "):
            break
        data += bytes.fromhex(re.split(r"\s{3,}(?=\S*[a-zA-Z]{3})", line.strip())[0])
    return data


def random_bytes(chance, longest, shortest=0):
    return bytes(chance.choice((0, 9, 10, 13, 58, 92, 255, chance.randrange(256))) for _ in range(chance.randint(shortest, longest)))


def random_cells(chance, count):
    cells, row = [], b""
    for _ in range(count):
        if not row or chance.random() < 0.5:
            row = random_bytes(chance, 20, 1)
        timestamp = chance.choice((None, 0, -1, 2 ** 63 - 1, -(2 ** 63), chance.getrandbits(60)))
        cells.append(Cell(row, random_bytes(chance, 8), random_bytes(chance, 9), random_bytes(chance, 40), timestamp,
                          chance.choice((0, 1, 2, 3, 255, 255, 255))))
    return cells


class PageTest(unittest.TestCase):
    def test_version_1(self):
        self.assertEqual(packed.unpack(example(1)), ([Cell(b"r", b"f", b"q", b"hi", 5, 255)], packed.EOB | packed.EOS))

    def test_version_2(self):
        cells = [Cell(b"r\0", b"f", b"q", b"hi", 5, 255), Cell(b"r\0", b"f", b"", b"", 6, 255)]
        self.assertEqual(packed.unpack(example(2)), (cells, packed.EOB | packed.EOS))
        self.assertEqual(packed.pack(cells, packed.EOS), example(2))


class Version2(unittest.TestCase):
    """Of one implementation; the classes below name it."""
    pack = unpack = None

    def code(self, data):
        with self.assertRaises(FormatError) as caught:
            type(self).unpack(data)
        return caught.exception.code

    def test_random_cells_come_back(self):
        chance = random.Random(SEED)
        for count in [0, 1, 2, 3] + [chance.randrange(60) for _ in range(200)]:
            cells = random_cells(chance, count)
            self.assertEqual(type(self).unpack(type(self).pack(cells, packed.FLUSH)), (cells, packed.EOB | packed.FLUSH), f"seed {SEED}")

    def test_every_cut_is_an_error(self):
        data = type(self).pack(random_cells(random.Random(SEED), 5), 0)
        for length in range(4, len(data)):
            self.assertEqual(self.code(data[:length]), 0x80001, f"seed {SEED}, {length} bytes")
        self.assertEqual(self.code(data + b"x"), 55)

    def test_cells_that_cannot_be_packed(self):
        good = Cell(b"r", b"f", b"q", b"v", 1, 255)
        for cell, code in ((good._replace(row=b""), 56), (good._replace(family=b"f" * 256), 55),
                           (good._replace(timestamp=2 ** 63), 55), (good._replace(flag=256), 55), (good._replace(flag=-1), 55)):
            with self.assertRaises(FormatError) as caught:
                type(self).pack([good, cell], 0)
            self.assertEqual(caught.exception.code, code, cell)
        with self.assertRaises(TypeError):
            type(self).pack([good._replace(value="text")], 0)

    def test_revisions_are_passed_over(self):
        head = packed._HEAD.pack(packed.HAVE_TIMESTAMP | packed.HAVE_REVISION, 255, 1, 0, 1, 0, 2, 7)
        end = packed._HEAD.pack(packed.EOB, 0, 0, 0, 1, 0, 0, 0)
        data = b"\2\0\0\0" + head + b"REVISION" + b"rfvv" + end
        self.assertEqual(type(self).unpack(data), ([Cell(b"r", b"f", b"", b"vv", 7, 255)], packed.EOB))


class PureVersion2Test(Version2):
    pack, unpack = staticmethod(packed._pack_2), staticmethod(packed._unpack_2)


class AcceleratedVersion2Test(Version2):
    pack, unpack = staticmethod(packed.pack_2), staticmethod(packed.unpack_2)

    def outcome(self, function, *arguments):
        try:
            return function(*arguments)
        except FormatError as error:
            return "error", error.code

    def test_damage_is_judged_alike(self):
        chance = random.Random(SEED)
        for _ in range(3000):
            data = bytearray(packed._pack_2(random_cells(chance, chance.randrange(6)), 0))
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(4, len(data))] = chance.choice((0, 1, 0x20, 0x40, 0x60, 0x80, 255, chance.randrange(256)))
            data = bytes(data[:chance.randint(4, len(data))]) if chance.random() < 0.3 else bytes(data)
            self.assertEqual(self.outcome(packed.unpack_2, data), self.outcome(packed._unpack_2, data), f"seed {SEED}: {data.hex()}")

    def test_both_pack_alike(self):
        chance = random.Random(SEED)
        for _ in range(200):
            cells = random_cells(chance, chance.randrange(20))
            self.assertEqual(packed.pack_2(cells, 0), packed._pack_2(cells, 0), f"seed {SEED}")


class VersionTest(unittest.TestCase):
    def test_others_are_refused(self):
        for data, code in ((b"\3\0\0\0\1", 0x80004), (b"\0\0\0\0\1", 0x80004), (b"", 0x80001), (b"\2\0", 0x80001)):
            with self.assertRaises(FormatError) as caught:
                packed.unpack(data)
            self.assertEqual(caught.exception.code, code)

    def test_the_accelerator_is_there_where_it_has_to_be(self):
        if MUST_BE_ACCELERATED:
            self.assertTrue(packed.ACCELERATED)


class AncestorTest(unittest.TestCase):
    """The ancestor's reader and writer, version 1."""

    def write(self, cells, size=100, grow=1):
        writer = SerializedCellsWriter(size, grow)
        for cell in cells:
            self.assertTrue(writer.add(*cell))
        writer.finalize(0)
        return writer.get()

    def test_what_is_written_is_read(self):
        cells = [("row0", "col", "", 0, "cell0", 5, 255), ("collapse", "col", "a", 1, "v", 1, 255), ("collapse", "col", "b", 2, "", 0, 255),
                 ("collapse", "", "", -(2 ** 63) + 2, "", 0, 0)]
        reader = SerializedCellsReader(self.write(cells))
        found = []
        while reader.has_next():
            found.append((reader.row(), reader.column_family(), reader.column_qualifier(), reader.timestamp(), reader.value(),
                          reader.value_len(), reader.cell_flag()))
        self.assertEqual(found, cells)
        self.assertFalse(reader.eos() or reader.flush())

    def test_the_pages_example(self):
        self.assertEqual(self.write([("r", "f", "q", 5, "hi", 2, 255)])[:-1] + b"\3", example(1))

    def test_a_full_buffer_takes_no_more(self):
        writer = SerializedCellsWriter(50, False)
        self.assertTrue(writer.empty())
        self.assertTrue(writer.add("row", "col", "", 0, "v" * 80, 80, 255))
        self.assertFalse(writer.add("row", "col", "", 0, "v", 1, 255))
        writer.clear()
        self.assertTrue(writer.empty())
        self.assertTrue(writer.add("row", "col", "", 0, "v", 1, 255))

    def test_a_counted_terminator_is_stored(self):
        reader = SerializedCellsReader(self.write([("row", "col", "", 0, "cell0", 6, 255)]))
        self.assertTrue(reader.has_next())
        self.assertEqual(reader.value(), "cell0\0")
        self.assertEqual(str(reader.get_cell()), "{Cell: key='row' cf='col' cq='' val='cell0\0' len=6 ts=0 flag=FLAG_INSERT}")

    def test_every_byte_but_nul_comes_back(self):
        text = bytes(range(1, 256))
        reader = SerializedCellsReader(self.write([(text, "col", text, 1, text + b"\0", 256, 255)]))
        self.assertTrue(reader.has_next())
        self.assertEqual(reader.row().encode("utf-8", "surrogateescape"), text)
        self.assertEqual(reader.value_bytes(), text + b"\0")

    def test_damage(self):
        data = self.write([("row", "col", "q", 1, "value", 5, 255), ("row2", "col", "q", 1, "value", 5, 2)])
        for length in range(len(data)):
            with self.assertRaises(FormatError):
                SerializedCellsReader(data, length)
        for row in ("", "a\0b"):
            with self.assertRaises(FormatError) as caught:
                SerializedCellsWriter(100, True).add(row, "col", "", 1, "", 0, Flag.INSERT)
            self.assertEqual(caught.exception.code, 56 if row == "" else 55)
        with self.assertRaises(FormatError):
            SerializedCellsReader(b"\1\0\0\0\x20\0f\0q\0\0\0\0\0\xff\1")  # no row to repeat


del Version2
MUST_BE_ACCELERATED = "--accelerator" in sys.argv
if __name__ == "__main__":
    sys.argv = [word for word in sys.argv if word != "--accelerator"]
    unittest.main()
