#!/usr/bin/env python3
"""Tests of to_tsv.py."""

import io
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import to_tsv  # noqa: E402


def convert(text):
    out = io.BytesIO()
    counts = to_tsv.convert(io.BytesIO(text), out)
    return counts, out.getvalue()


class ToTsvTest(unittest.TestCase):
    def test_fields_become_columns_sorted_by_family(self):
        counts, text = convert(b"Package: a\nVersion: 1\nDepends: b\n\nPackage: b\nGhc-Package: x\n")
        self.assertEqual(counts, (2, 3))
        self.assertEqual(text, b"#row\tother:ghc-package\tpkg:version\trel:depends\na\t\t1\tb\nb\tx\t\t\n")

    def test_continuation_lines_and_special_bytes_are_escaped(self):
        _, text = convert(b"Package: a\nDescription: one\n two\\three\tx\n .\n")
        self.assertEqual(text, b"#row\ttext:description\na\tone\\n two\\\\three\\tx\\n .\n")

    def test_value_that_begins_on_the_next_line(self):
        _, text = convert(b"Package: a\nTag:\n x\n")
        self.assertEqual(text, b"#row\ttext:tag\na\t\\n x\n")

    def test_several_blank_lines_and_no_last_one(self):
        counts, _ = convert(b"\n\nPackage: a\nSize: 1\n\n\nPackage: b\nSize: 2")
        self.assertEqual(counts, (2, 2))

    def test_bad_dumps_are_refused(self):
        for text in (b" x\n", b"Package: a\nPackage: b\n", b"no colon\n", b"Version: 1\n", b"Package: a\n\nPackage: a\n",
                     b"Package: a\nTag: NULL\n"):
            with self.assertRaises(to_tsv.BadDump, msg=text):
                convert(text)


if __name__ == "__main__":
    unittest.main()
