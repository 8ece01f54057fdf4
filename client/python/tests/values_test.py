#!/usr/bin/env python3
"""Columns, times, codecs, rows, scans, schemas, addresses, errors: all that needs no server."""

import datetime
import sys
import unittest
from unittest import mock

import cellar
from cellar import errors, frames
from cellar.cells import Cell, Row, delete_cells, nanoseconds, put_cells, split_column
from cellar.codecs import BYTES, TEXT, ValueCodecs
from cellar.core.addresses import Turns, parse_addresses
from cellar.core.blocking_io import run
from cellar.core.tables import split_name
from cellar.scans import ScanOptions, Where, after_prefix
from cellar.schema import altered, from_wire, to_wire
from cellar.updates import RowUpdate

PLAIN = ValueCodecs(BYTES)


class ColumnTest(unittest.TestCase):
    def test_forms(self):
        for column, parts in (("f", (b"f", None)), ("f:", (b"f", b"")), ("f:q", (b"f", b"q")), (b"f:a:b", (b"f", b"a:b")),
                              (("f", b"\0:"), (b"f", b"\0:")), ("f:é", (b"f", "é".encode()))):
            self.assertEqual(split_column(column), parts)

    def test_no_family(self):
        for column in ("", ":q"):
            with self.assertRaises(cellar.InvalidArgumentError):
                split_column(column)

    def test_markers(self):
        def flags(*columns):
            return [(cell.family, cell.qualifier, int(cell.flag)) for cell in delete_cells("row", columns, None, BYTES)]
        self.assertEqual(flags(), [(b"", b"", 0)])
        self.assertEqual(flags("f", "f:", "f:q"), [(b"f", b"", 1), (b"f", b"", 2), (b"f", b"q", 2)])


class TimeTest(unittest.TestCase):
    def test_datetimes_are_utc_unless_they_say_otherwise(self):
        self.assertEqual(nanoseconds(datetime.datetime(1970, 1, 1, 0, 0, 1, 5)), 1_000_005_000)
        zone = datetime.timezone(datetime.timedelta(hours=1))
        self.assertEqual(nanoseconds(datetime.datetime(1970, 1, 1, 1, tzinfo=zone)), 0)
        self.assertEqual(nanoseconds(-5), -5)
        for wrong in (1.5, "now", True):
            with self.assertRaises(TypeError):
                nanoseconds(wrong)

    def test_a_cell_tells_its_time(self):
        self.assertEqual(Cell(b"r", b"f", b"", b"", 1_000_005_999).time,
                         datetime.datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=datetime.timezone.utc))
        self.assertIsNone(Cell(b"r", b"f", b"", b"").time)


class CodecTest(unittest.TestCase):
    def test_there_and_back(self):
        for codec, value, data in ((cellar.BYTES, b"\xff", b"\xff"), (cellar.TEXT, "é", b"\xc3\xa9"), (cellar.INT, -12, b"-12"),
                                   (cellar.JSON, {"a": [1, "é"]}, b'{"a":[1,"\xc3\xa9"]}'), (cellar.FLOAT, 0.1, b"0.1")):
            self.assertEqual(codec.encode(value), data)
            self.assertEqual(codec.decode(data), value)

    def test_wrong_types_are_named(self):
        for codec, value in ((cellar.BYTES, 5), (cellar.TEXT, None), (cellar.INT, "5"), (cellar.INT, True)):
            with self.assertRaisesRegex(TypeError, type(value).__name__):
                codec.encode(value)

    def test_a_codec_for_each_family(self):
        values = ValueCodecs({"n": cellar.INT, "*": cellar.TEXT})
        self.assertEqual((values.of(b"n"), values.of(b"other")), (cellar.INT, cellar.TEXT))
        self.assertIs(ValueCodecs({"n": cellar.INT}).of(b"other"), cellar.BYTES)
        cells = put_cells("r", {"n:a": 5, "x": "é"}, 7, TEXT, values)
        self.assertEqual(cells, [Cell(b"r", b"n", b"a", b"5", 7), Cell(b"r", b"x", b"", b"\xc3\xa9", 7)])


class RowTest(unittest.TestCase):
    def setUp(self):
        self.cells = [Cell(b"r", b"f", b"", b"new", 9), Cell(b"r", b"f", b"", b"old", 8), Cell(b"r", b"f", b"q", b"1", 7),
                      Cell(b"r", b"g", b"x", b"", 6, cellar.Flag.DELETE_CELL)]

    def test_a_mapping_of_columns_to_newest_values(self):
        row = Row(self.cells, BYTES, PLAIN)
        self.assertEqual((row.key, row["f"], row[b"f:q"], row[("f", "q")], row["f:"]), (b"r", b"new", b"1", b"1", b"new"))
        self.assertEqual(row.to_dict(), {b"f": b"new", b"f:q": b"1"})
        self.assertEqual((list(row), len(row), "f" in row, "g:x" in row), ([b"f", b"f:q"], 2, True, False))
        self.assertEqual((row.get("nothing"), row.get("nothing", 5)), (None, 5))
        self.assertEqual(row.versions("f"), [(9, b"new"), (8, b"old")])
        with self.assertRaises(KeyError):
            row["g:x"]

    def test_codecs(self):
        row = Row(self.cells[:3], TEXT, ValueCodecs(TEXT))
        self.assertEqual((row.key, row.to_dict()), ("r", {"f": "new", "f:q": "1"}))
        self.assertEqual(repr(row), "Row('r', {'f': 'new', 'f:q': '1'})")


class ScanTest(unittest.TestCase):
    def intervals(self, **options):
        spec = ScanOptions(**options).to_wire(BYTES)
        return [(i.start_row_binary, i.start_inclusive, i.end_row_binary, i.end_inclusive) for i in spec.row_intervals or []]

    def test_rows(self):
        self.assertEqual(self.intervals(), [])
        self.assertEqual(self.intervals(prefix="ab"), [(b"ab", True, b"ac", False)])
        self.assertEqual(self.intervals(start="a"), [(b"a", True, b"\xff\xff", False)])
        self.assertEqual(self.intervals(stop=b"b"), [(b"", True, b"b", False)])
        self.assertEqual(self.intervals(rows=["b", "a"]), [(b"b", True, b"b", True), (b"a", True, b"a", True)])
        self.assertEqual(self.intervals(ranges=[("a", "c"), (None, "z")]), [(b"a", True, b"c", False), (b"", True, b"z", False)])
        with self.assertRaisesRegex(cellar.InvalidArgumentError, "prefix and start"):
            self.intervals(prefix="a", stop="b")

    def test_nothing_is_asked_for_by_an_empty_list(self):
        for options in (dict(rows=[]), dict(ranges=()), dict(columns=[])):
            self.assertTrue(ScanOptions(**options).selects_nothing, options)
        for options in ({}, dict(rows=["a"]), dict(columns=["f"]), dict(prefix="")):
            self.assertFalse(ScanOptions(**options).selects_nothing, options)
        with self.assertRaises(cellar.InvalidArgumentError) as caught:
            self.intervals(rows=["a", ""])
        self.assertEqual(caught.exception.code, 9)

    def test_what_follows_a_prefix(self):
        self.assertEqual([after_prefix(p) for p in (b"a", b"a\xff", b"\xff", b"", b"a\xfe\xff")],
                         [b"b", b"b", b"\xff\xff", b"\xff\xff", b"a\xff"])

    def test_columns_and_conditions(self):
        spec = ScanOptions(columns=["f", b"f:^p", ("f", "/q/"), ("g", "")], where=[Where("f:q", prefix="x"), Where("f", regex=b"\xff")],
                           since=datetime.datetime(1970, 1, 1), until=5, versions=0, limit=3).to_wire(BYTES)
        self.assertEqual(spec.columns_binary, [b"f", b"f:^p", b'f:"/q/"', b"g:"])
        self.assertEqual([(p.column_family, p.column_qualifier_binary, p.operation, p.value_binary) for p in spec.column_predicates],
                         [(b"f", b"q", 2 | 256, b"x"), (b"f", None, 4, b"\xff")])
        self.assertEqual((spec.start_time, spec.end_time, spec.versions, spec.row_limit, spec.cells_version), (0, 5, 0, 3, 2))
        with self.assertRaises(cellar.InvalidArgumentError):
            Where("f", equals="a", prefix="b").to_wire()

    def test_unknown_options_are_type_errors(self):
        with self.assertRaises(TypeError):
            ScanOptions(lmit=5)


class SchemaTest(unittest.TestCase):
    SCHEMA = cellar.Schema({"a": cellar.Family(max_versions=3, ttl_seconds=60), "n": cellar.Family("fast", counter=True)},
                           {"fast": cellar.AccessGroup(in_memory=True, compressor="zstd")})

    def test_there_and_back(self):
        back = from_wire(to_wire(self.SCHEMA))
        self.assertEqual(back.families, self.SCHEMA.families)
        self.assertEqual(back.access_groups["fast"], self.SCHEMA.access_groups["fast"])
        self.assertEqual(set(back.access_groups), {"default", "fast"})

    def test_alter_keeps_what_it_does_not_name(self):
        wire = to_wire(self.SCHEMA)
        wire.generation = 7
        changed = altered(from_wire(wire), {"b": cellar.Family("new")}, ["n"], {"a": "aa"}, {}, {"new": cellar.AccessGroup(block_bytes=100)})
        self.assertEqual(set(from_wire(changed).families), {"aa", "b"})
        self.assertEqual((changed.generation, from_wire(changed).access_groups["new"].block_bytes), (7, 100))
        for refused in (dict(drop=["gone"]), dict(rename={"gone": "b"}), dict(modify={"gone": cellar.Family()})):
            with self.assertRaisesRegex(cellar.InvalidArgumentError, "'gone'"):
                altered(from_wire(wire), {}, **{"drop": [], "rename": {}, "modify": {}, "groups": {}, **refused})

    def test_alter_modifies_what_it_is_told_to_only(self):
        wire = to_wire(self.SCHEMA)
        wire.column_families["a"].id, wire.column_families["a"].generation = 1, 5
        with self.assertRaisesRegex(cellar.ExistsError, "'a'"):
            altered(from_wire(wire), {"a": cellar.Family()}, [], {}, {}, {})
        changed = altered(from_wire(wire), {}, [], {}, {"a": cellar.Family(max_versions=9)}, {})
        self.assertEqual(from_wire(changed).families["a"], cellar.Family(max_versions=9))
        self.assertEqual((changed.column_families["a"].id, changed.column_families["a"].generation), (1, 5))
        self.assertEqual(from_wire(altered(from_wire(wire), {"a": cellar.Family()}, ["a"], {}, {}, {})).families["a"], cellar.Family())


class UpdateTest(unittest.TestCase):
    def test_conditions_and_changes(self):
        update = RowUpdate("r", BYTES, ValueCodecs({"n": cellar.INT}))
        self.assertIs(update.if_equals("n:a", 5).if_absent("f").set("n:a", 6).delete("f:x").put({"f:y": "z"}), update)
        self.assertEqual([(c.column_family, c.column_qualifier, c.operation, c.value) for c in update.conditions],
                         [(b"n", b"a", 2, b"5"), (b"f", b"", 0, None)])
        self.assertEqual([(c.row, c.qualifier, c.value, int(c.flag)) for c in update.cells],
                         [(b"r", b"a", b"6", 255), (b"r", b"x", b"", 2), (b"r", b"y", b"z", 255)])


class AddressTest(unittest.TestCase):
    def test_forms(self):
        self.assertEqual(parse_addresses("a, b:1,[::1]:2,::1"), [("a", 15867), ("b", 1), ("::1", 2), ("::1", 15867)])
        self.assertEqual(parse_addresses(["a:5"]), [("a", 5)])
        for wrong in ("", "a:b", ":5", "a:99999", "[::1", "a:0"):
            with self.assertRaises(ValueError, msg=wrong):
                parse_addresses(wrong)
        with self.assertRaisesRegex(TypeError, "host:port"):
            parse_addresses(("a", 15867))

    def test_turns_begin_with_the_one_that_worked(self):
        turns = Turns([("a", 1), ("b", 1), ("c", 1)])
        for address in turns.order():
            if address[0] == "b":
                break
        self.assertEqual([address[0] for address in turns.order()], ["b", "c", "a"])

    def test_names_of_tables(self):
        self.assertEqual([split_name(n) for n in ("t", "/t", "a/t", "/a/b/t/")], [("/", "t"), ("/", "t"), ("/a", "t"), ("/a/b", "t")])
        with self.assertRaises(cellar.InvalidArgumentError):
            split_name("/")


class ErrorTest(unittest.TestCase):
    def test_codes_and_classes(self):
        for code, kind in ((22, cellar.TableNotFoundError), (40, cellar.NotFoundError), (0x30013, cellar.NotEmptyError), (11, cellar.HqlError),
                           (44, cellar.NotAllowedError), (65, cellar.UnavailableError), (999, cellar.ServerError)):
            error = errors.from_code(code, "text", True)
            self.assertIsInstance(error, kind)
            self.assertIsInstance(error, cellar.CellarError)
            self.assertEqual((error.code, error.message), (code, "text"))
        self.assertEqual(str(errors.from_code(0x5000a, "no", False)), "no (error 0x5000a)")

    def test_a_time_out_of_a_change_leaves_its_outcome_unknown(self):
        self.assertIsInstance(errors.from_code(4, "t", True), cellar.UnknownOutcomeError)
        self.assertIsInstance(errors.from_code(4, "t", False), cellar.DeadlineError)

    def test_every_class_is_public(self):
        for name, kind in vars(errors).items():
            if isinstance(kind, type) and issubclass(kind, errors.CellarError):
                self.assertIs(getattr(cellar, name), kind)

    def test_a_blocking_step_that_suspends_is_a_bug(self):
        import asyncio
        with self.assertRaisesRegex(RuntimeError, "suspended"):
            run(asyncio.sleep(0))


class FramesTest(unittest.TestCase):
    CELLS = [Cell(b"r\xff", b"f", b"", b"1", 1_000_000_001), Cell(b"s", b"n", b"q", b"2", -5)]

    def test_what_is_not_installed_is_named(self):
        for function, module in ((frames.to_pandas, "pandas"), (frames.to_arrow, "pyarrow")):
            with mock.patch.dict(sys.modules, {module: None}):
                with self.assertRaisesRegex(ImportError, f"pip install {module}"):
                    function(self.CELLS, BYTES, PLAIN)

    def test_pandas(self):
        frame = frames.to_pandas(self.CELLS, BYTES, ValueCodecs({"*": cellar.INT}))
        self.assertEqual(list(frame.columns), ["row", "family", "qualifier", "timestamp", "value"])
        self.assertEqual(list(frame["row"]), [b"r\xff", b"s"])
        self.assertEqual(frame["value"].sum(), 3)
        self.assertEqual([stamp.value for stamp in frame["timestamp"]], [1_000_000_001, -5])
        self.assertEqual(len(frames.to_pandas([], BYTES, PLAIN)), 0)

    def test_arrow(self):
        try:
            import pyarrow
        except ImportError:
            self.skipTest("Debian has no pyarrow; tests/matrix.py runs this with it")
        table = frames.to_arrow(self.CELLS, BYTES, PLAIN)
        self.assertEqual(table.column_names, ["row", "family", "qualifier", "timestamp", "value"])
        self.assertEqual(table["row"].to_pylist(), [b"r\xff", b"s"])
        self.assertEqual(table["timestamp"].cast(pyarrow.int64()).to_pylist(), [1_000_000_001, -5])
        self.assertEqual(frames.to_arrow(self.CELLS[1:], TEXT, ValueCodecs(TEXT))["value"].to_pylist(), ["2"])
        self.assertEqual(frames.to_arrow([], BYTES, PLAIN).num_rows, 0)


if __name__ == "__main__":
    unittest.main()
