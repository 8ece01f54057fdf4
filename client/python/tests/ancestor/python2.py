"""What lets PyPI's `hypertable` 0.9.8.10, written for Python 2, be imported by Python 3; it changes nothing else of it.

Imports: modules below a folder are read with `from ttypes import *` meaning the module next to them, `iteritems` spelt `items`, and `print`
as a function. Text: Python 2's `str` is bytes; here a `str` of the characters 0 to 255 stands for them, which is what the binary
protocol is made to read and write."""

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import pathlib
import re
import warnings


def translated(source):
    """Python 2 as far as this package uses it, as Python 3."""
    source = re.sub(r"^from ttypes import", "from .ttypes import", source, flags=re.M)
    source = source.replace(".iteritems()", ".items()")
    if re.search(r"^\s*print ", source, re.M):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lib2to3.refactor import RefactoringTool
            source = str(RefactoringTool(["lib2to3.fixes.fix_print"]).refactor_string(source, "program"))
    return source


class _Loader(importlib.machinery.SourceFileLoader):
    def get_data(self, path):
        data = super().get_data(path)
        return translated(data.decode("utf-8")).encode("utf-8") if path.endswith(".py") else data

    def get_code(self, fullname):
        return self.source_to_code(self.get_data(self.path), self.path)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, folder, packages):
        self._folder = pathlib.Path(folder)
        self._packages = packages

    def find_spec(self, fullname, path=None, target=None):
        if fullname.split(".")[0] not in self._packages:
            return None
        file = self._folder.joinpath(*fullname.split("."))
        if file.is_dir():
            return importlib.util.spec_from_file_location(fullname, file / "__init__.py", loader=_Loader(fullname, str(file / "__init__.py")),
                                                          submodule_search_locations=[str(file)])
        return importlib.util.spec_from_file_location(fullname, file.with_suffix(".py"), loader=_Loader(fullname, str(file.with_suffix(".py"))))


def install(folder, packages):
    """From now on `packages` are those below `folder`, whatever else there is of their names."""
    import sys
    from thrift.protocol.TBinaryProtocol import TBinaryProtocol

    builtins.xrange = range
    TBinaryProtocol.readString = lambda self: bytes(self.readBinary()).decode("latin-1")
    TBinaryProtocol.writeString = lambda self, text: self.writeBinary(text.encode("latin-1"))
    sys.meta_path.insert(0, _Finder(folder, packages))


def run_program(path, replace=()):
    """Runs a Python 2 program as a main module, with some words of it replaced."""
    source = pathlib.Path(path).read_text(encoding="utf-8")
    for old, new in replace:
        assert old in source, old
        source = source.replace(old, new)
    exec(compile(translated(source), str(path), "exec"), {"__name__": "__main__", "exit": _exit})


def _exit(status=0):
    raise SystemExit(status)
