"""Builtins and the few functions outside Keras that sizes are computed with."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.analysis.interpreter.argument_parsers import make_option_parser, make_parser
from kerasmig.analysis.interpreter.values import (
    ClassValue,
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Model,
    Partial,
    Record,
    Seq,
    Tensor,
    Unknown,
    Value,
    is_known,
)
from kerasmig.analysis.layers.sizes import product
from kerasmig.catalog.surface import canonical

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


_MAX_RANGE = 2000


Arguments = Sequence[Value]


def call_library(
    run: Interpreter, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """Call a builtin or something imported from outside the project and Keras."""
    handler = _FUNCTIONS.get(name) or _FUNCTIONS.get(name.rpartition(".")[2] + "()")
    if handler is None:
        return Unknown()
    try:
        return handler(run, args, kwargs, node)
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return Unknown()


def _range(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    if not args or not all(isinstance(a, int) for a in args):
        return Unknown()
    steps = range(*args)
    return Seq(tuple(steps), True) if len(steps) <= _MAX_RANGE else Unknown()


def _len(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[0])
    return Unknown() if items is None else len(items)


def _plain(function: Callable[..., Any]) -> Callable[..., Value]:
    def call(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
        if kwargs or not args or not all(map(is_known, args)):
            return Unknown()
        return function(*args)

    return call


def _to_sequence(is_list: bool) -> Callable[..., Value]:
    def call(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
        if not args:
            return Seq((), is_list)
        items = run.iterate(args[0])
        if items is None:
            return Unknown()
        return Seq(tuple(items), is_list, getattr(args[0], "node", None))

    return call


def _extreme(function: Callable[..., Any]) -> Callable[..., Value]:
    def call(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
        items = run.iterate(args[0]) if len(args) == 1 else args
        if kwargs or not items or not all(isinstance(i, (int, float)) for i in items):
            return Unknown()
        return function(items)

    return call


def _zip(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    columns = [run.iterate(a) for a in args]
    if any(c is None for c in columns):
        return Unknown()
    rows = zip(*[c for c in columns if c is not None], strict=False)
    return Seq(tuple(Seq(row) for row in rows), True)


def _enumerate(
    run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call
) -> Value:
    items = run.iterate(args[0])
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    if items is None or not isinstance(start, int):
        return Unknown()
    return Seq(tuple(Seq((start + i, item)) for i, item in enumerate(items)), True)


def _reversed(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[0])
    return Unknown() if items is None else Seq(tuple(reversed(items)), True)


def _sorted(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[0])
    if kwargs or items is None or not all(isinstance(i, (int, float)) for i in items):
        return Unknown()
    return Seq(tuple(sorted(items)), True)


def _map(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[1])
    if items is None or len(args) != 2 or len(items) > _MAX_RANGE:
        return Unknown()
    return Seq(tuple(run.call(args[0], [item], {}, True, node) for item in items), True)


def _reduce(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[1])
    if items is None or len(items) > _MAX_RANGE:
        return Unknown()
    values = [*args[2:3], *items]
    if not values:
        return Unknown()
    result = values[0]
    for value in values[1:]:
        result = run.call(args[0], [result, value], {}, True, node)
    return result


def _product(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    items = run.iterate(args[0])
    return Unknown() if items is None else product(items)


def _binary(op: type[ast.operator]) -> Callable[..., Value]:
    def call(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
        from kerasmig.analysis.interpreter.arithmetic import binary

        return binary(run, op, args[0], args[1])

    return call


def _dict(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    result = DictValue()
    if args:
        if not isinstance(args[0], DictValue):
            return Unknown()
        result.state.update(args[0].state)
    result.state.update(kwargs)
    return result


def _partial(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    return Partial(args[0], tuple(args[1:]), dict(kwargs))


def _stand_in(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    """``keras1_only('keras.layers.Recurrent', ...)``: the layer that it stands for."""
    return Library(canonical(args[0])) if args and isinstance(args[0], str) else Unknown()


def _getattr(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    from kerasmig.analysis.interpreter.expressions import attribute_of

    if len(args) < 2 or not isinstance(args[1], str):
        return Unknown()
    if isinstance(args[0], Library):
        known = args[0].name == "keras.layers" or args[0].name.startswith("keras.layers.")
        return Library(canonical(f"{args[0].name}.{args[1]}")) if known else Unknown()
    return attribute_of(run, args[0], args[1])


def _setattr(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    if isinstance(args[0], (Instance, Record)) and isinstance(args[1], str):
        run.heap.put(args[0], args[1], args[2])
    return None


_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bool": (bool,),
    "dict": (DictValue,),
}


def _isinstance(
    run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call
) -> Value:
    value, kinds = args[0], args[1]
    wanted = kinds.items if isinstance(kinds, Seq) else (kinds,)
    if isinstance(value, Unknown):
        return Unknown()
    plain = is_known(value) or isinstance(value, (Seq, DictValue, Tensor, Layer, Model, Function))
    for kind in wanted:
        if isinstance(kind, ClassValue) and isinstance(value, Instance):
            if value.cls is kind:
                return True
            return Unknown()
        if not isinstance(kind, Library) or not plain:
            return Unknown()
        if kind.name in ("list", "tuple") and isinstance(value, Seq):
            if value.is_list == (kind.name == "list"):
                return True
        elif kind.name in _TYPES:
            if isinstance(value, _TYPES[kind.name]):
                return True
        elif kind.name not in ("list", "tuple"):
            return Unknown()
    return False


def _nothing(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    return None


def _first(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    return args[0]


def _shuffle(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    if isinstance(args[0], Seq):
        run.heap.put(args[0], "items", tuple(Unknown() for _ in args[0].items))
    return None


def _super(run: Interpreter, args: Arguments, kwargs: dict[str, Value], node: ast.Call) -> Value:
    return Unknown()


def _int(value: Any) -> Value:
    return int(value) if not isinstance(value, str) or len(value) < 20 else Unknown()


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "range": _range,
    "xrange": _range,
    "len": _len,
    "int": _plain(_int),
    "float": _plain(float),
    "str": _plain(str),
    "bool": _plain(bool),
    "abs": _plain(abs),
    "round": _plain(round),
    "math.ceil": _plain(math.ceil),
    "math.floor": _plain(math.floor),
    "math.sqrt": _plain(math.sqrt),
    "math.log": _plain(math.log),
    "numpy.ceil": _plain(math.ceil),
    "numpy.floor": _plain(math.floor),
    "numpy.sqrt": _plain(math.sqrt),
    "numpy.int": _plain(_int),
    "numpy.prod": _product,
    "numpy.product": _product,
    "tuple": _to_sequence(False),
    "list": _to_sequence(True),
    "min": _extreme(min),
    "max": _extreme(max),
    "sum": _extreme(sum),
    "zip": _zip,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "sorted": _sorted,
    "map": _map,
    "reduce": _reduce,
    "functools.reduce": _reduce,
    "dict": _dict,
    "functools.partial": _partial,
    "keras1_compat.keras1_only": _stand_in,
    "getattr": _getattr,
    "setattr": _setattr,
    "isinstance": _isinstance,
    "print": _nothing,
    "argparse.ArgumentParser": make_parser,
    "optparse.OptionParser": make_option_parser,
    "operator.mul": _binary(ast.Mult),
    "operator.add": _binary(ast.Add),
    "operator.sub": _binary(ast.Sub),
    "operator.floordiv": _binary(ast.FloorDiv),
    "super": _super,
    "random.shuffle": _shuffle,
    "numpy.random.shuffle": _shuffle,
    "copy.copy": _first,
}
