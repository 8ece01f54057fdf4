#!/usr/bin/env python3
"""to_tsv.py DUMP TSV: Debian stanzas to a TSV with one line a package and one column a field.

The header names the columns `family:qualifier`. A value of several lines keeps its line ends, escaped as LOAD DATA
reads them: \\n, \\t, \\\\ and \\0. A field that a package lacks is empty, which LOAD DATA skips.
"""

import sys

FAMILIES = {
    "pkg": ["architecture", "build-essential", "essential", "important", "multi-arch", "priority", "protected", "section",
            "source", "version"],
    "rel": ["breaks", "built-using", "conflicts", "depends", "enhances", "pre-depends", "provides", "recommends", "replaces",
            "static-built-using", "suggests", "x-cargo-built-using"],
    "text": ["description", "description-md5", "homepage", "maintainer", "original-maintainer", "tag"],
    "pool": ["filename", "installed-size", "md5sum", "sha256", "size"],
}
FAMILY_OF = {field: family for family, fields in FAMILIES.items() for field in fields}
KEY = "package"


class BadDump(Exception):
    """A line that is no stanza's."""


def parse(lines):
    """Yields each stanza as {field in lower case: bytes}, continuation lines joined by line ends."""
    stanza, field = {}, None
    for number, line in enumerate(lines, 1):
        line = line.rstrip(b"\n")
        if not line:
            if stanza:
                yield stanza
            stanza, field = {}, None
        elif line[:1] in b" \t":
            if field is None:
                raise BadDump(f"line {number}: a continuation of nothing")
            stanza[field] += b"\n" + line
        else:
            name, colon, value = line.partition(b":")
            field = name.decode("ascii", "replace").lower()
            if not colon or not field or field in stanza:
                raise BadDump(f"line {number}: expected 'Field: value' with a field that the stanza does not have yet")
            stanza[field] = value.strip()
    if stanza:
        yield stanza


def escape(value):
    return (value.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\t", b"\\t").replace(b"\0", b"\\0"))


def column_of(field):
    return f"{FAMILY_OF.get(field, 'other')}:{field}"


def convert(lines, out):
    """Writes the TSV. Returns (packages, cells)."""
    stanzas = list(parse(lines))
    fields = sorted({f for s in stanzas for f in s} - {KEY}, key=column_of)
    seen, cells = set(), 0
    out.write(("#row\t" + "\t".join(column_of(f) for f in fields) + "\n").encode())
    for stanza in stanzas:
        row = stanza.get(KEY)
        if not row or row in seen:
            raise BadDump(f"a stanza without a package name of its own: {row!r}")
        seen.add(row)
        values = [escape(stanza.get(f, b"")) for f in fields]
        if b"NULL" in values:
            raise BadDump(f"{row!r}: a value that LOAD DATA reads as none")
        cells += sum(1 for v in values if v)
        out.write(escape(row) + b"\t" + b"\t".join(values) + b"\n")
    return len(stanzas), cells


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: to_tsv.py DUMP TSV")
    try:
        with open(sys.argv[1], "rb") as lines, open(sys.argv[2], "wb") as out:
            packages, cells = convert(lines, out)
    except (OSError, BadDump) as error:
        sys.exit(f"to_tsv.py: {error}")
    print(f"{packages} packages, {cells} cells in {sys.argv[2]}")


if __name__ == "__main__":
    main()
