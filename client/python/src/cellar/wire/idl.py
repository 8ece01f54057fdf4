"""Reads the part of Thrift's interface language that Cellar's API uses; anything else is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<number>-?\d+)|(?P<text>\"[^\"]*\")|(?P<mark>[{}()<>:;,=])",
    re.S)
BASE_TYPES = frozenset(("bool", "i16", "i32", "i64", "string", "binary"))


class IdlError(ValueError):
    """The text is not what this reader knows."""


@dataclass(frozen=True)
class Type:
    """`name` is a base type, list, map, or the name of a struct; typedefs and enums are resolved."""
    name: str
    parts: Tuple[Type, ...] = ()


@dataclass(frozen=True)
class Field:
    id: int
    name: str
    type: Type
    required: bool
    default: Any


@dataclass(frozen=True)
class Struct:
    name: str
    fields: Tuple[Field, ...]
    is_exception: bool


@dataclass(frozen=True)
class Method:
    name: str
    arguments: Tuple[Field, ...]
    result: Optional[Type]
    throws: Tuple[Field, ...]


@dataclass(frozen=True)
class Service:
    name: str
    extends: Optional[str]
    methods: Tuple[Method, ...]


@dataclass
class Document:
    """One file. Names of an included file are known with that file's name in front, and by themselves."""
    namespaces: Dict[str, str] = field(default_factory=dict)
    typedefs: Dict[str, Type] = field(default_factory=dict)
    enums: Dict[str, Dict[str, int]] = field(default_factory=dict)
    structs: List[Struct] = field(default_factory=list)
    services: List[Service] = field(default_factory=list)
    includes: Dict[str, Document] = field(default_factory=dict)


class _Reader:
    def __init__(self, text: str, load: Callable[[str], Document]):
        self._tokens = list(self._split(text))
        self._at = 0
        self._load = load
        self.document = Document()

    @staticmethod
    def _split(text: str) -> Any:
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise IdlError(f"line {text.count(chr(10), 0, at) + 1}: {text[at:at + 20]!r}")
            at = match.end()
            if match.lastgroup != "skip":
                yield match.group()
        yield ""

    # ---- tokens

    def _take(self) -> str:
        self._at += 1
        return str(self._tokens[self._at - 1])

    def _accept(self, token: str) -> bool:
        if self._tokens[self._at] != token:
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise IdlError(f"{token!r} expected before {self._tokens[self._at:self._at + 5]}")

    def _end_of_item(self) -> None:
        _ = self._accept(",") or self._accept(";")

    # ---- declarations

    def read(self) -> Document:
        readers: Dict[str, Callable[[], None]] = {"include": self._include, "namespace": self._namespace,
                                                  "typedef": self._typedef, "enum": self._enum, "struct": self._struct,
                                                  "exception": self._exception, "service": self._service}
        while not self._accept(""):
            word = self._take()
            if word not in readers:
                raise IdlError(f"unknown declaration {word!r}")
            readers[word]()
        return self.document

    def _include(self) -> None:
        file = self._take().strip('"')
        self.document.includes[file.rpartition(".")[0]] = self._load(file)

    def _namespace(self) -> None:
        language = self._take()
        self.document.namespaces[language] = self._take()

    def _typedef(self) -> None:
        target = self._type()
        self.document.typedefs[self._take()] = target

    def _enum(self) -> None:
        members: Dict[str, int] = {}
        self.document.enums[self._take()] = members
        self._expect("{")
        while not self._accept("}"):
            name = self._take()
            self._expect("=")
            members[name] = int(self._take())
            self._end_of_item()

    def _struct(self, is_exception: bool = False) -> None:
        name = self._take()
        self._expect("{")
        self.document.structs.append(Struct(name, self._fields("}"), is_exception))

    def _exception(self) -> None:
        self._struct(is_exception=True)

    def _service(self) -> None:
        name = self._take()
        parent = self._take() if self._accept("extends") else None
        self._expect("{")
        methods = []
        while not self._accept("}"):
            result = None if self._accept("void") else self._type()
            method = self._take()
            self._expect("(")
            arguments = self._fields(")")
            throws: Tuple[Field, ...] = ()
            if self._accept("throws"):
                self._expect("(")
                throws = self._fields(")")
            self._end_of_item()
            methods.append(Method(method, arguments, result, throws))
        self.document.services.append(Service(name, parent, tuple(methods)))

    def _fields(self, end: str) -> Tuple[Field, ...]:
        fields = []
        while not self._accept(end):
            number = int(self._take())
            self._expect(":")
            required = self._accept("required")
            if not required:
                self._accept("optional")
            kind = self._type()
            name = self._take()
            default = self._value(kind) if self._accept("=") else None
            self._end_of_item()
            fields.append(Field(number, name, kind, required, default))
        return tuple(fields)

    # ---- types and values

    def _type(self) -> Type:
        name = self._take()
        if name in BASE_TYPES:
            return Type(name)
        if name in ("list", "map"):
            self._expect("<")
            parts = [self._type()]
            while self._accept(","):
                parts.append(self._type())
            self._expect(">")
            return Type(name, tuple(parts))
        file, _, local = name.rpartition(".")
        document = self.document.includes[file] if file else self.document
        if local in document.typedefs:
            return document.typedefs[local]
        if local in document.enums:
            return Type("i32")
        if not any(struct.name == local for struct in document.structs):
            raise IdlError(f"unknown type {name!r}")
        return Type(local)

    def _value(self, kind: Type) -> Any:
        token = self._take()
        if kind.name == "bool":
            return {"true": True, "false": False, "1": True, "0": False}[token]
        if kind.name == "string":
            return token.strip('"')
        enum, _, member = token.rpartition(".")
        return self.document.enums[enum][member] if enum else int(token)


def parse(text: str, load: Callable[[str], Document]) -> Document:
    """`load` gives the document of an include."""
    return _Reader(text, load).read()
