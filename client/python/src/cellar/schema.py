"""Schemas: what a table holds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Mapping, Optional, Sequence, Union

from .errors import ExistsError, InvalidArgumentError
from .wire.stubs import stubs

_types = stubs("Client").types


@dataclass(frozen=True)
class Family:
    """A column family. None is what the access group or the server says."""
    access_group: str = "default"
    max_versions: Optional[int] = None
    ttl_seconds: Optional[int] = None
    counter: bool = False
    oldest_first: bool = False
    value_index: bool = False
    qualifier_index: bool = False


@dataclass(frozen=True)
class AccessGroup:
    """Families stored together. None is what the server says."""
    in_memory: bool = False
    block_bytes: Optional[int] = None
    compressor: Optional[str] = None
    bloom_filter: Optional[str] = None
    replication: Optional[int] = None


Families = Union[Mapping[str, Family], Iterable[str]]


@dataclass(frozen=True)
class Schema:
    """A table's families and access groups. `wire` is what the server gave, with its generation."""
    families: Dict[str, Family]
    access_groups: Dict[str, AccessGroup] = field(default_factory=dict)
    wire: Any = dataclasses.field(default=None, compare=False, repr=False)


def families_of(families: Families) -> Dict[str, Family]:
    if isinstance(families, (str, bytes)):
        raise TypeError("families are a mapping of names to Family, or a list of names")
    if isinstance(families, Mapping):
        return dict(families)
    return {name: Family() for name in families}


def _family_spec(name: str, family: Family) -> Any:
    options = _types["ColumnFamilyOptions"](
        max_versions=family.max_versions, ttl=family.ttl_seconds, time_order_desc=family.oldest_first or None,
        counter=family.counter or None)
    is_set = any(value is not None for value in vars(options).values())
    return _types["ColumnFamilySpec"](
        name=name, access_group=family.access_group, deleted=False, value_index=family.value_index,
        qualifier_index=family.qualifier_index, options=options if is_set else None)


def _group_spec(name: str, group: AccessGroup) -> Any:
    options = _types["AccessGroupOptions"](
        replication=group.replication, blocksize=group.block_bytes, compressor=group.compressor,
        bloom_filter=group.bloom_filter, in_memory=group.in_memory or None)
    is_set = any(value is not None for value in vars(options).values())
    return _types["AccessGroupSpec"](name=name, options=options if is_set else None)


def to_wire(schema: Schema) -> Any:
    """For table_create."""
    groups = dict(schema.access_groups)
    for family in schema.families.values():
        groups.setdefault(family.access_group, AccessGroup())
    return _types["Schema"](
        access_groups={name: _group_spec(name, group) for name, group in groups.items()},
        column_families={name: _family_spec(name, family) for name, family in schema.families.items()})


def from_wire(wire: Any) -> Schema:
    groups = {}
    for name, spec in (wire.access_groups or {}).items():
        options = spec.options or _types["AccessGroupOptions"]()
        groups[name] = AccessGroup(in_memory=bool(options.in_memory), block_bytes=options.blocksize,
                                   compressor=options.compressor, bloom_filter=options.bloom_filter,
                                   replication=options.replication)
    families = {}
    for name, spec in (wire.column_families or {}).items():
        if spec.deleted:
            continue
        options = spec.options or _types["ColumnFamilyOptions"]()
        families[name] = Family(
            access_group=spec.access_group, max_versions=options.max_versions, ttl_seconds=options.ttl,
            counter=bool(options.counter), oldest_first=bool(options.time_order_desc),
            value_index=bool(spec.value_index), qualifier_index=bool(spec.qualifier_index))
    return Schema(families, groups, wire)


def altered(schema: Schema, add: Mapping[str, Family], drop: Sequence[str], rename: Mapping[str, str],
            modify: Mapping[str, Family], groups: Mapping[str, AccessGroup]) -> Any:
    """For table_alter: the wire form of `schema`, which was read from the server, changed."""
    wire = schema.wire
    kept = wire.column_families or {}
    for name in add:
        if name in kept and not kept[name].deleted and name not in drop and name not in rename:  # its options would be lost
            raise ExistsError(f"the table has a family {name!r}: modify changes it", 39)
    for name in [*drop, *rename, *modify]:
        if name not in kept or kept[name].deleted:
            raise InvalidArgumentError(f"the table has no family {name!r}", 59)
    for name in drop:
        del kept[name]
    for name, new_name in rename.items():
        spec = kept.pop(name)
        spec.name = new_name
        kept[new_name] = spec
    wire.access_groups = wire.access_groups or {}
    for name, group in groups.items():
        wire.access_groups[name] = _group_spec(name, group)
    for name, family in [*add.items(), *modify.items()]:
        wire.access_groups.setdefault(family.access_group, _group_spec(family.access_group, AccessGroup()))
        spec = _family_spec(name, family)
        if name in modify:
            spec.id, spec.generation = kept[name].id, kept[name].generation
        kept[name] = spec
    wire.column_families = kept
    return wire
