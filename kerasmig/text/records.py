"""Dataclasses and named tuples to JSON and back, and their JSON schema, from type hints alone.

A field that a result gains is thus written, read and published without a word said here.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_SCALARS: dict[Any, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    type(None): "null",
}
_NOT_FINITE = ("nan", "inf", "-inf")


class ValueMismatch(ValueError):
    """Data that is not of the type it is read as; the message says where."""


def write(value: Any, *, brief: bool = False) -> Any:
    """A value as JSON-able data: dataclasses and named tuples as objects, enums as their values.

    Args:
        brief: leave out fields that have their default, which `read` fills in again.

    JSON has no NaN and no infinity; they become the strings ``nan``, ``inf`` and ``-inf``, since
    a difference that is not a number must not read like one that was never computed.
    """
    if isinstance(value, Enum):
        return value.value
    kind: Any = type(value)
    if (fields := _fields(kind)) is not None:
        held = [(name, getattr(value, name)) for name in fields]
        if brief:
            defaults = _defaults(kind)
            held = [(n, item) for n, item in held if n not in defaults or item != defaults[n]]
        return {name: write(item, brief=brief) for name, item in held}
    if isinstance(value, Mapping):
        return {_key(key): write(item, brief=brief) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [write(item, brief=brief) for item in value]
    if isinstance(value, frozenset):
        return sorted(write(item, brief=brief) for item in value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def read(kind: type[T], data: Any) -> T:
    """Rebuild a value of a type from what `write` made of it.

    Unknown keys are ignored and missing ones take their defaults, so that a report of a nearby
    version can be read.

    Raises:
        ValueMismatch: the data has another structure, or lacks a field that has no default.
    """
    return typing.cast(T, _read(kind, data, kind.__name__))


def schema(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """JSON schema of a type; the dataclasses and enums that it uses go into ``definitions``."""
    return _schema(kind, definitions)


def _read(kind: Any, data: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return data
    if origin in (types.UnionType, typing.Union):
        return _read_union(arguments, data, where)
    if origin is tuple:
        _expect(data, list, where)
        if arguments[-1] is not ...:
            if len(data) != len(arguments):
                raise ValueMismatch(f"{where}: expected {len(arguments)} items, found {len(data)}")
            kinds = arguments
        else:
            kinds = (arguments[0],) * len(data)
        return tuple(
            _read(kind, item, f"{where}[{i}]")
            for i, (kind, item) in enumerate(zip(kinds, data, strict=True))
        )
    if origin is frozenset:
        _expect(data, list, where)
        return frozenset(_read(arguments[0], item, f"{where}[]") for item in data)
    if origin in (dict, Mapping):
        _expect(data, dict, where)
        return {key: _read(arguments[1], item, f"{where}.{key}") for key, item in data.items()}
    if (fields := _fields(kind)) is not None:
        return _read_fields(kind, fields, data, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError as error:
            raise ValueMismatch(f"{where}: {error}") from error
    if kind is float and (data in _NOT_FINITE or type(data) is int):
        return float(data)
    _expect(data, kind, where)
    if isinstance(data, bool) and kind is not bool:
        raise ValueMismatch(f"{where}: expected {kind.__name__}, found a boolean")
    return data


def _read_union(choices: tuple[Any, ...], data: Any, where: str) -> Any:
    problems = []
    for choice in choices:
        try:
            return _read(choice, data, where)
        except ValueMismatch as error:
            problems.append(str(error))
    raise ValueMismatch(problems[0])


_hints = cache(typing.get_type_hints)


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    """The plain defaults of a dataclass's or named tuple's fields."""
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        return {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
    return dict(kind._field_defaults)


@cache
def _fields(kind: Any) -> dict[str, bool] | None:
    """The fields of a dataclass or named tuple, and whether each has to be given."""
    if dataclasses.is_dataclass(kind):
        return {field.name: _required(field) for field in dataclasses.fields(kind)}
    if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_field_defaults"):
        return {name: name not in kind._field_defaults for name in _hints(kind)}
    return None


def _read_fields(kind: Any, fields: Mapping[str, bool], data: Any, where: str) -> Any:
    _expect(data, dict, where)
    hints = _hints(kind)
    values = {
        name: _read(hints[name], data[name], f"{where}.{name}") for name in fields if name in data
    }
    missing = [name for name, required in fields.items() if required and name not in data]
    if missing:
        raise ValueMismatch(f"{where}: {', '.join(missing)} missing")
    return kind(**values)


def _expect(data: Any, kind: type, where: str) -> None:
    if not isinstance(data, kind):
        raise ValueMismatch(f"{where}: expected {kind.__name__}, found {type(data).__name__}")


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, Enum) else key)


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return {}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(choice, definitions) for choice in arguments]}
    if origin in (tuple, frozenset):
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if kind is float:
        return {"anyOf": [{"type": "number"}, {"enum": list(_NOT_FINITE)}]}
    if kind in _SCALARS:
        return {"type": _SCALARS[kind]}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # a placeholder, should a type contain itself
        definitions[kind.__name__] = _definition(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _definition(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    title = (kind.__doc__ or "").strip().split("\n")[0]
    if issubclass(kind, Enum):
        return {"description": title, "enum": [member.value for member in kind]}
    hints = _hints(kind)
    fields = _fields(kind) or {}
    return {
        "description": title,
        "type": "object",
        "properties": {name: _schema(hints[name], definitions) for name in fields},
        "required": list(fields),
    }
