"""Cells handed over to pandas and Arrow, where they are installed."""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict, List

from .cells import Cell
from .codecs import BYTES, TEXT, Codec, ValueCodecs


def _library(name: str, package: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"this needs {package}, which is not installed: pip install {package}") from error


def _columns(cells: List[Cell], keys: Codec, values: ValueCodecs) -> Dict[str, List[Any]]:
    key: Callable[[bytes], Any] = keys.decode
    if values.plain:
        found: List[Any] = [cell.value for cell in cells]
    else:
        found = [values.of(cell.family).decode(cell.value) for cell in cells]
    return {"row": [key(cell.row) for cell in cells], "family": [key(cell.family) for cell in cells],
            "qualifier": [key(cell.qualifier) for cell in cells], "timestamp": [cell.timestamp for cell in cells], "value": found}


def to_pandas(cells: List[Cell], keys: Codec, values: ValueCodecs) -> Any:
    """A DataFrame with a line for each cell: row, family, qualifier, timestamp (UTC), value."""
    pandas = _library("pandas", "pandas")
    columns = _columns(cells, keys, values)
    frame = pandas.DataFrame({name: pandas.Series(column, dtype=object) for name, column in columns.items() if name != "timestamp"})
    frame.insert(3, "timestamp", pandas.to_datetime(pandas.Series(columns["timestamp"], dtype="int64"), unit="ns", utc=True))
    return frame.infer_objects()


def to_arrow(cells: List[Cell], keys: Codec, values: ValueCodecs) -> Any:
    """A Table with a line for each cell: row, family, qualifier, timestamp (UTC), value."""
    arrow = _library("pyarrow", "pyarrow")
    columns = _columns(cells, keys, values)
    kinds = {id(BYTES): arrow.binary(), id(TEXT): arrow.string()}
    key_type = kinds.get(id(keys))
    one = values.only()
    types = {"row": key_type, "family": key_type, "qualifier": key_type, "timestamp": arrow.timestamp("ns", tz="UTC"),
             "value": None if one is None else kinds.get(id(one))}
    return arrow.table({name: arrow.array(column, type=types[name]) for name, column in columns.items()})
