"""Methods of lists, dicts, strings and argument parsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter import argument_parsers
from kerasmig.analysis.interpreter.argument_parsers import Parser
from kerasmig.analysis.interpreter.values import DictValue, Seq, Unknown, Value, is_known

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def call_method(
    run: Interpreter, receiver: Value, name: str, args: list[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a list, dict or string."""
    try:
        if isinstance(receiver, Seq):
            return _list_method(run, receiver, name, args)
        if isinstance(receiver, Parser):
            return argument_parsers.call_method(run, receiver, name, args, kwargs)
        if isinstance(receiver, DictValue):
            return _dict_method(run, receiver, name, args)
        if isinstance(receiver, str):
            return _string_method(receiver, name, args)
    except (TypeError, ValueError, IndexError):
        pass
    return Unknown()


def _list_method(run: Interpreter, seq: Seq, name: str, args: list[Value]) -> Value:
    items = seq.items
    put = run.heap.put
    if name == "append":
        put(seq, "items", (*items, args[0]))
        return None
    if name == "extend":
        added = run.iterate(args[0])
        if added is None:
            put(seq, "uncertain", True)
        else:
            put(seq, "items", (*items, *added))
        return None
    if name == "insert" and isinstance(args[0], int):
        changed = list(items)
        changed.insert(args[0], args[1])
        put(seq, "items", tuple(changed))
        return None
    if name == "pop" and items:
        index = args[0] if args else -1
        if isinstance(index, int):
            changed = list(items)
            value = changed.pop(index)
            put(seq, "items", tuple(changed))
            return value
    if name == "reverse":
        put(seq, "items", tuple(reversed(items)))
        return None
    if name == "index" and is_known(args[0]) and all(map(is_known, items)):
        return items.index(args[0])
    if name in ("pop", "insert", "remove", "sort", "clear"):
        put(seq, "uncertain", True)
    return Unknown()


def _dict_method(run: Interpreter, value: DictValue, name: str, args: list[Value]) -> Value:
    if name in ("get", "pop", "setdefault"):
        if not is_known(args[0]):
            return Unknown()
        found = value.state.get(args[0], args[1] if len(args) > 1 else None)
        if name == "pop" and args[0] in value.state:
            run.heap.touch(value)
            value.state.pop(args[0])
        elif name == "setdefault":
            run.heap.put(value, args[0], found)
        return found
    if name == "keys":
        return Seq(tuple(value.state), True)
    if name == "values":
        return Seq(tuple(value.state.values()), True)
    if name in ("items", "iteritems"):
        return Seq(tuple(Seq(pair) for pair in value.state.items()), True)
    if name == "copy":
        return DictValue(dict(value.state))
    if name == "update" and args and isinstance(args[0], DictValue):
        for key, item in args[0].state.items():
            run.heap.put(value, key, item)
        return None
    return Unknown()


_STRING_METHODS = ("lower", "upper", "strip", "startswith", "endswith", "replace")


def _string_method(value: str, name: str, args: list[Value]) -> Value:
    if name in _STRING_METHODS and all(isinstance(a, str) for a in args):
        result: Value = getattr(str(value), name)(*args)
        return result if len(str(result)) < 4096 else Unknown()
    return Unknown()
