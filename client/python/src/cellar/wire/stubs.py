"""Python classes made of the IDL, in the shape that Thrift's compiler gives them (docs/decisions/0070)."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from thrift.protocol.TProtocol import TProtocolException
from thrift.Thrift import TApplicationException, TException, TMessageType, TType

from . import idl

_TYPES = {"bool": TType.BOOL, "i16": TType.I16, "i32": TType.I32, "i64": TType.I64, "string": TType.STRING,
          "binary": TType.STRING, "list": TType.LIST, "map": TType.MAP}
_SPECS = {"string": "UTF8", "binary": "BINARY"}


class Structure:
    """What all structs do: read and write themselves by their `thrift_spec`."""

    thrift_spec: Tuple[Any, ...] = ()
    _required: Tuple[str, ...] = ()

    def read(self, iprot: Any) -> None:
        iprot.readStruct(self, self.thrift_spec)
        self.validate()

    def write(self, oprot: Any) -> None:
        self.validate()
        oprot.writeStruct(self, self.thrift_spec)

    def validate(self) -> None:
        for name in self._required:
            if getattr(self, name) is None:
                raise TProtocolException(message=f"Required field {name} is unset!")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.__dict__ == other.__dict__

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


class ExceptionStructure(Structure, TException):  # type: ignore[misc]
    """A struct that is thrown."""

    def __str__(self) -> str:
        return repr(self)

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)


class Call(NamedTuple):
    """A method: its name, and the structs of its arguments and its result."""
    name: str
    arguments: Callable[..., Any]
    result: Callable[..., Any]
    is_void: bool

    def value_of(self, result: Any) -> Any:
        """Returns what the method returned, or raises what it threw."""
        error = getattr(result, "e", None)
        if error is not None:
            raise error
        if self.is_void:
            return None
        if result.success is None:
            raise TApplicationException(TApplicationException.MISSING_RESULT, f"{self.name} failed: unknown result")
        return result.success


class Stubs:
    """One IDL file: its structs and enums as `types`, its methods, with those it inherits, as `calls`."""

    def __init__(self, document: idl.Document, parents: Dict[str, Stubs]):
        self.namespaces = document.namespaces
        self.types: Dict[str, Any] = {}
        self.calls: Dict[str, Call] = {}
        self._known: Dict[str, Any] = {}
        for parent in parents.values():
            self._known.update(parent._known)
        for name, members in document.enums.items():
            self.types[name] = _enum(name, members)
        for struct in document.structs:
            self.types[struct.name] = self._known[struct.name] = self._class(struct)
        for service in document.services:
            if service.extends is not None:
                self.calls.update(parents[service.extends.partition(".")[0]].calls)
            self.calls.update((method.name, self._call(method)) for method in service.methods)
            self.service = service.name

    def _call(self, method: idl.Method) -> Call:
        arguments = idl.Struct(method.name + "_args", method.arguments, False)
        success = () if method.result is None else (idl.Field(0, "success", method.result, False, None),)
        result = idl.Struct(method.name + "_result", success + method.throws, False)
        return Call(method.name, self._class(arguments), self._class(result), method.result is None)

    def _class(self, struct: idl.Struct) -> Any:
        parent = ExceptionStructure if struct.is_exception else Structure
        body = {"thrift_spec": self._spec(struct.fields), "__init__": _constructor(struct.fields),
                "__module__": self.namespaces["py"] + ".ttypes",
                "_required": tuple(field.name for field in struct.fields if field.required)}
        return type(struct.name, (parent,), body)

    def _spec(self, fields: Tuple[idl.Field, ...]) -> Tuple[Any, ...]:
        spec: List[Any] = [None] * (max((field.id for field in fields), default=-1) + 1)
        for field in fields:
            spec[field.id] = (field.id, self._type(field.type), field.name, self._detail(field.type), field.default)
        return tuple(spec)

    def _type(self, kind: idl.Type) -> Any:
        return _TYPES.get(kind.name, TType.STRUCT)

    def _detail(self, kind: idl.Type) -> Any:
        if kind.name == "list":
            return (self._type(kind.parts[0]), self._detail(kind.parts[0]), False)
        if kind.name == "map":
            key, value = kind.parts
            return (self._type(key), self._detail(key), self._type(value), self._detail(value), False)
        if kind.name in _TYPES:
            return _SPECS.get(kind.name)
        return [self._known[kind.name], self._known[kind.name].thrift_spec]


def _enum(name: str, members: Dict[str, int]) -> Any:
    names = {value: member for member, value in members.items()}
    return type(name, (), {**members, "_VALUES_TO_NAMES": names, "_NAMES_TO_VALUES": dict(members)})


def _constructor(fields: Tuple[idl.Field, ...]) -> Any:
    """`__init__` with the fields as parameters, in the order of their declaration."""
    parameters = ", ".join(f"{field.name}={field.default!r}" for field in fields)
    body = "; ".join(f"self.{field.name} = {field.name}" for field in fields) or "pass"
    made: Dict[str, Any] = {}
    exec(f"def __init__(self, {parameters}): {body}", made)  # pylint: disable=exec-used
    return made["__init__"]


_FOLDER = pathlib.Path(__file__).resolve().parent.parent / "idl"
_documents: Dict[str, idl.Document] = {}
_stubs: Dict[str, Stubs] = {}


def _load(file: str) -> idl.Document:
    if file not in _documents:
        _documents[file] = idl.parse((_FOLDER / file).read_text(encoding="utf-8"), _load)
    return _documents[file]


def stubs(name: str) -> Stubs:
    """Of Client, Hql or Cellar."""
    if name not in _stubs:
        document = _load(name + ".thrift")
        _stubs[name] = Stubs(document, {parent: stubs(parent) for parent in document.includes})
    return _stubs[name]


class ServiceClient:
    """The compiler's `Client` class: a method for each of `calls`, over one or two protocols."""

    calls: Dict[str, Call] = {}

    def __init__(self, iprot: Any, oprot: Optional[Any] = None):
        self._iprot = iprot
        self._oprot = oprot if oprot is not None else iprot
        self._seqid = 0

    def _invoke(self, call: Call, arguments: Any) -> Any:
        self._oprot.writeMessageBegin(call.name, TMessageType.CALL, self._seqid)
        arguments.write(self._oprot)
        self._oprot.writeMessageEnd()
        self._oprot.trans.flush()
        return read_reply(self._iprot, call)


def read_reply(iprot: Any, call: Call) -> Any:
    """Reads a whole reply, then returns or raises what it says."""
    name, kind, _ = iprot.readMessageBegin()
    if kind == TMessageType.EXCEPTION:
        error = TApplicationException()
        error.read(iprot)
        iprot.readMessageEnd()
        raise error
    if name != call.name:
        raise TApplicationException(TApplicationException.WRONG_METHOD_NAME, f"{name!r} answers {call.name!r}")
    result = call.result()
    result.read(iprot)
    iprot.readMessageEnd()
    return call.value_of(result)


def client_class(of: Stubs) -> Any:
    """A ServiceClient with the methods of `of` as functions with their real parameters."""
    body: Dict[str, Any] = {name: _method(call) for name, call in of.calls.items()}
    return type("Client", (ServiceClient,), {**body, "calls": of.calls})


def _method(call: Call) -> Callable[..., Any]:
    def method(self: ServiceClient, *args: Any, **kwargs: Any) -> Any:
        return self._invoke(call, call.arguments(*args, **kwargs))

    method.__name__ = method.__qualname__ = call.name
    return method
