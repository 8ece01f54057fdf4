"""The tree as the rules see it: files, includes, and C++ text with comments and literals blanked out."""

import functools
import os
import re
import subprocess
from dataclasses import dataclass

CXX = (".h", ".cc")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

_TOKEN = re.compile(
    r"""(?P<raw>\bR"(?P<delim>[^()\\\s]{0,16})\((?:.|\n)*?\)(?P=delim)")"""
    r"""|(?P<line>//[^\n]*)|(?P<block>/\*(?:.|\n)*?\*/)"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')""")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def strip(text):
    """`text` with comments and the insides of literals blanked, every line and column where it was."""

    def replace(match):
        found = match.group(0)
        if match.lastgroup in ("line", "block") or match.group("line") or match.group("block"):
            return _blank(found)
        return found[0] + _blank(found[1:-1]) + found[-1]

    return _TOKEN.sub(replace, text)


@dataclass
class Finding:
    rule: str
    path: str
    line: int
    text: str  # what was found; exemptions match against it
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


class SourceFile:
    def __init__(self, path, text):
        self.path = path
        self.text = text

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def code(self):
        return strip(self.text)

    @functools.cached_property
    def code_lines(self):
        return self.code.splitlines()

    @functools.cached_property
    def includes(self):
        """[(line, is_system, name)]"""
        return [(self.text.count("\n", 0, m.start()) + 1, m.group(1) == "<", m.group(2))
                for m in INCLUDE.finditer(self.text)]

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_test(self):
        return self.path.endswith(("_test.cc", "_bench.cc", "_fuzz.cc", "_conformance.h", "_conformance.cc")) or self.path.startswith(("tests/", "bench/"))

    def line_of(self, offset):
        return self.code.count("\n", 0, offset) + 1


class Tree:
    """The files git would commit, from the folder `root`."""

    def __init__(self, root, files=None):
        self.root = root
        if files is None:
            listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                                    capture_output=True, check=True).stdout.decode()
            paths = sorted(p for p in set(listed.split("\0")) if p and os.path.isfile(os.path.join(root, p)))
            files = {p: None for p in paths}
        self._files = files

    @property
    def paths(self):
        return list(self._files)

    def read(self, path):
        text = self._files[path]
        if text is None:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace", newline="") as f:
                text = self._files[path] = f.read()
        return text

    def has(self, path):
        return path in self._files

    @functools.cached_property
    def sources(self):
        return [SourceFile(p, self.read(p)) for p in self._files if p.endswith(CXX)]

    @functools.cached_property
    def by_path(self):
        return {s.path: s for s in self.sources}

    def documents(self):
        return [p for p in self._files if p.endswith(".md")]
