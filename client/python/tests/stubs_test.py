#!/usr/bin/env python3
"""The classes that the package makes of the IDL are those that Thrift's compiler makes: parameters, specs, methods, bytes.
`stubs_test.py THRIFT-COMPILER`"""

import importlib
import inspect
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

import cellar
from cellar.wire import idl
from cellar.wire.protocol import LosslessProtocol
from cellar.wire.stubs import stubs

IDL = pathlib.Path(cellar.__file__).parent / "idl"
COMPILER = "thrift"
SEED = random.SystemRandom().randrange(1 << 32)
MODULES = {"Client": ("hyperthrift.gen", "ClientService"), "Hql": ("hyperthrift.gen2", "HqlService"),
           "Cellar": ("cellar.gen", "CellarService")}


def plain(spec):
    """A spec with names in place of classes."""
    if isinstance(spec, (tuple, list)):
        if len(spec) == 2 and inspect.isclass(spec[0]):
            return spec[0].__name__
        return tuple(plain(part) for part in spec)
    return spec


def parameters(cls):
    if "__init__" not in vars(cls):
        return []  # the compiler leaves it out where there is nothing to set
    return [(name, parameter.default) for name, parameter in inspect.signature(cls).parameters.items()]


def random_value(chance, ttype, detail, make):
    if ttype == TType.BOOL:
        return chance.random() < 0.5
    if ttype in (TType.I16, TType.I32, TType.I64):
        bits = {TType.I16: 15, TType.I32: 31, TType.I64: 63}[ttype]
        return chance.randrange(-(1 << bits), 1 << bits)
    if ttype == TType.STRING:
        text = "".join(chance.choice("aé\0€𝄞:") for _ in range(chance.randrange(6)))
        return text if detail == "UTF8" else text.encode("utf-16")
    if ttype == TType.LIST:
        return [random_value(chance, detail[0], detail[1], make) for _ in range(chance.randrange(4))]
    if ttype == TType.MAP:
        return {random_value(chance, detail[0], detail[1], make): random_value(chance, detail[2], detail[3], make)
                for _ in range(chance.randrange(3))}
    return random_struct(chance, detail[0], make)


def random_struct(chance, cls, make):
    required = getattr(cls, "_required", ())
    fields = {field[2]: random_value(chance, field[1], field[3], make) for field in cls.thrift_spec
              if field is not None and (chance.random() < 0.7 or field[2] in required)}
    return make(cls.__name__, fields)


def written(struct, protocol):
    buffer = TMemoryBuffer()
    struct.write(protocol(buffer))
    return buffer.getvalue()


class StubsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        subprocess.run([COMPILER, "-r", "--gen", "py", "-out", folder.name, IDL.resolve() / "Cellar.thrift"], check=True)
        sys.path.insert(0, folder.name)
        cellar.__path__.append(folder.name + "/cellar")
        for name in [name for name in sys.modules if name.split(".")[0] == "hyperthrift"]:
            del sys.modules[name]
        cls.types, cls.services = {}, {}
        for file, (package, service) in MODULES.items():
            cls.types[file] = importlib.import_module(package + ".ttypes")
            cls.services[file] = importlib.import_module(f"{package}.{service}")

    def pairs(self):
        """(file, ours, the compiler's) of every struct, those of arguments and results too."""
        for file in MODULES:
            ours = stubs(file)
            for name, cls in ours.types.items():
                yield file, cls, getattr(self.types[file], name)
            for name, call in ours.calls.items():
                home = next(self.services[other] for other in MODULES if hasattr(self.services[other], name + "_args"))
                yield file, call.arguments, getattr(home, name + "_args")
                yield file, call.result, getattr(home, name + "_result")

    def test_there_are_the_same_types_and_methods(self):
        methods = set()
        for file in MODULES:
            theirs = {name for name, cls in vars(self.types[file]).items()
                      if inspect.isclass(cls) and cls.__module__ == self.types[file].__name__}
            self.assertEqual(set(stubs(file).types), theirs)
            methods |= {name for name in vars(self.services[file].Iface) if not name.startswith("_")}
            self.assertEqual(set(stubs(file).calls), methods)
        self.assertEqual(len(stubs("Hql").calls), 126 + 6)

    def test_parameters_and_specs_are_the_same(self):
        for file, ours, theirs in self.pairs():
            if hasattr(ours, "_VALUES_TO_NAMES"):
                self.assertEqual(ours._VALUES_TO_NAMES, theirs._VALUES_TO_NAMES)
                self.assertEqual(ours._NAMES_TO_VALUES, theirs._NAMES_TO_VALUES)
                continue
            self.assertEqual([part for part in parameters(ours) if part[0] != "self"], parameters(theirs), (file, ours))
            self.assertEqual(plain(ours.thrift_spec), plain(theirs.thrift_spec), (file, ours))

    def test_methods_have_the_same_parameters(self):
        from cellar.wire.stubs import client_class
        client = client_class(stubs("Hql"))
        for name, call in client.calls.items():
            theirs = list(inspect.signature(getattr(self.services["Hql"].Client, name)).parameters)
            self.assertTrue(callable(getattr(client, name)))
            self.assertEqual(list(inspect.signature(call.arguments).parameters), theirs[1:], name)

    def test_bytes_are_the_same(self):
        chance = random.Random(SEED)
        by_name = {ours.__name__: theirs for _, ours, theirs in self.pairs()}
        known = {ours.__name__: ours for _, ours, _ in self.pairs()}
        for _, ours, theirs in self.pairs():
            if hasattr(ours, "_VALUES_TO_NAMES"):
                continue
            for _ in range(5):
                state = chance.getrandbits(64)
                mine = random_struct(random.Random(state), ours, lambda name, fields: known[name](**fields))
                made = random_struct(random.Random(state), ours, lambda name, fields: by_name[name](**fields))
                data = written(mine, LosslessProtocol)
                self.assertEqual(data, written(made, TBinaryProtocol), f"seed {SEED}: {mine}")
                back = ours()
                back.read(LosslessProtocol(TMemoryBuffer(data)))
                self.assertEqual(back, mine, f"seed {SEED}")

    def test_text_that_is_not_utf_8_comes_back(self):
        key = stubs("Client").types["Key"](row=b"\xff\0\x80", column_family="f", column_qualifier="\udcff")
        data = written(key, LosslessProtocol)
        back = type(key)()
        back.read(LosslessProtocol(TMemoryBuffer(data)))
        self.assertEqual(back.row.encode("utf-8", "surrogateescape"), b"\xff\0\x80")
        self.assertEqual(written(back, LosslessProtocol), data)


class IdlTest(unittest.TestCase):
    def test_what_is_not_known_is_an_error(self):
        for text in ("union U { 1: i32 a }", "struct S { 1: set<i32> a }", "struct S { 1: Unknown a }", "const i32 X = 1", "struct S ?"):
            with self.assertRaises(idl.IdlError, msg=text):
                idl.parse(text, lambda file: idl.Document())


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and "Test" not in sys.argv[1]:
        COMPILER = sys.argv.pop(1)
    unittest.main()
