#!/usr/bin/env python3
"""The IDL says what api.table says: names, ids, types, requiredness, defaults. idl_test.py THRIFT-COMPILER"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

IDL = pathlib.Path(__file__).resolve().parent
OWN_FIELDS_FROM = 100
COMPILER = "thrift"


def compiled(folder):
    """The IDL as the compiler understands it, by file."""
    subprocess.run([COMPILER, "-r", "--gen", "json", "-out", folder, IDL / "Cellar.thrift"], check=True)
    return {name: json.loads((pathlib.Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("Client", "Hql", "Cellar")}


class Table:
    """api.table, with typedefs and enums resolved as the compiler resolves them."""

    def __init__(self):
        self.lines = [line.split() for line in (IDL / "api.table").read_text(encoding="utf-8").splitlines()
                      if line and not line.startswith("#")]
        self.typedefs = {line[1]: line[2] for line in self.of("typedef")}
        self.enums = {line[1]: dict(pair.split("=") for pair in line[2:]) for line in self.of("enum")}

    def of(self, kind):
        return [line for line in self.lines if line[0] == kind]

    def resolve(self, name):
        def plain(match):
            word = match.group(0)
            return "i32" if word in self.enums else self.typedefs.get(word, word)
        return re.sub(r"\w+", lambda match: re.sub(r"\w+", plain, plain(match)), name)


def type_of(part, prefix=""):
    kind = part[prefix + "TypeId" if prefix else "typeId"]
    detail = part.get(prefix + "Type" if prefix else "type", {})
    if kind in ("struct", "exception"):
        return detail["class"].rpartition(".")[2]
    if kind == "list":
        return f"list<{type_of(detail, 'elem')}>"
    if kind == "map":
        return f"map<{type_of(detail, 'key')},{type_of(detail, 'value')}>"
    return kind


def default_of(part):
    return [str(part["default"]) or '""'] if "default" in part else []  # of a bool: 0 or 1


def fields_of(struct):
    words = {"optional": "optional", "required": "required", "req_out": "default"}
    return sorted([struct["name"], str(field["key"]), field["name"], type_of(field), words[field["required"]]]
                  + default_of(field) for field in struct["fields"] if field["key"] < OWN_FIELDS_FROM)


def arguments_of(function):
    return ["=".join([f"{argument['key']}:{type_of(argument)}"] + default_of(argument))
            for argument in function["arguments"]]


class IdlTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            cls.files = compiled(folder)
        cls.table = Table()

    def test_namespaces(self):
        found = [["namespace", file, language, name] for file in ("Client", "Hql")
                 for language, name in self.files[file]["namespaces"].items()]
        self.assertEqual(sorted(found), sorted(self.table.of("namespace")))

    def test_typedefs_and_enums(self):
        self.assertEqual({entry["name"] for entry in self.files["Client"]["typedefs"]}, set(self.table.typedefs))
        for entry in self.files["Client"]["typedefs"]:
            self.assertEqual(type_of(entry), self.table.resolve(entry["name"]), entry["name"])
        found = {entry["name"]: {member["name"]: str(member["value"]) for member in entry["members"]}
                 for entry in self.files["Client"]["enums"]}
        self.assertEqual(found, self.table.enums)

    def test_structs(self):
        found = [line for file in ("Client", "Hql") for struct in self.files[file]["structs"] for line in fields_of(struct)]
        wanted = [line[1:4] + [self.table.resolve(line[4])] + line[5:] for line in self.table.of("field")]
        self.assertEqual(sorted(found), sorted(wanted))

    def methods_of(self, service):
        """Each with what it returns, whether it throws, and its arguments."""
        found = []
        for function in service["functions"]:
            self.assertFalse(function["oneway"], function["name"])
            throws = [(error["key"], type_of(error)) for error in function["exceptions"]]
            self.assertIn(throws, ([], [(1, "ClientException")]), function["name"])
            result = function["returnTypeId"] if "returnType" not in function else type_of(function, "return")
            found.append([service["name"], function["name"], result, "throws" if throws else "plain"] + arguments_of(function))
        return found

    def test_methods(self):
        found = [method for file in ("Client", "Hql") for service in self.files[file]["services"]
                 for method in self.methods_of(service)]
        wanted = [line[1:3] + [self.table.resolve(line[3]), line[4]] + [self.table.resolve(part) for part in line[5:]]
                  for line in self.table.of("method")]
        self.assertEqual(len(wanted), 126 + 6)
        self.assertEqual(sorted(found), sorted(wanted))

    def test_own_methods(self):
        wanted = [["CellarService", line[1], self.table.resolve(line[2]), "throws"] +
                  [self.table.resolve(part) for part in line[3:]] for line in self.table.of("own")]
        self.assertEqual(sorted(self.methods_of(self.files["Cellar"]["services"][0])), sorted(wanted))

    def test_own_methods_do_not_hide_the_ancestors(self):
        own = [function["name"] for function in self.files["Cellar"]["services"][0]["functions"]]
        self.assertFalse(set(own) & {line[2] for line in self.table.of("method")})
        self.assertEqual(self.files["Cellar"]["services"][0]["extends"], "Hql.HqlService")
        self.assertEqual(self.files["Hql"]["services"][0]["extends"], "Client.ClientService")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        COMPILER = sys.argv.pop(1)
    unittest.main()
