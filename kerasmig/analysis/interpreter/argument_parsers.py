"""``argparse`` and ``optparse``: what options are when nobody gives them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.values import Record, Seq, Unknown, Value

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


class Parser(Record):
    """A parser; ``state`` maps each destination to its default."""

    __slots__ = ("returns_pair",)

    def __init__(self, returns_pair: bool) -> None:
        super().__init__()
        self.returns_pair = returns_pair


def call_method(
    run: Interpreter, parser: Parser, name: str, args: list[Value], kwargs: dict[str, Value]
) -> Value:
    """Call a method of a parser."""
    if name in ("add_argument", "add_option"):
        destination = _destination(args, kwargs)
        if destination:
            run.heap.put(parser, destination, _default(destination, kwargs))
        return Unknown()
    if name in ("add_argument_group", "add_mutually_exclusive_group", "add_option_group"):
        return parser
    if name == "set_defaults":
        for key, value in kwargs.items():
            run.heap.put(parser, key, value)
        return None
    if name in ("parse_args", "parse_known_args"):
        options = Record(dict(parser.state))
        pair = parser.returns_pair or name == "parse_known_args"
        return Seq((options, Unknown())) if pair else options
    return Unknown()


def _destination(args: list[Value], kwargs: dict[str, Value]) -> str:
    given = kwargs.get("dest")
    if isinstance(given, str):
        return given
    flags = [str(a) for a in args if isinstance(a, str)]
    long = [flag for flag in flags if flag.startswith("--")]
    return (long or flags or [""])[0].lstrip("-").replace("-", "_")


def _default(destination: str, kwargs: dict[str, Value]) -> Value:
    default = kwargs.get("default")
    if default is None:
        action = kwargs.get("action")
        if action in ("store_true", "store_false"):
            return action == "store_false"
        # Whoever leaves it out gets None; whoever runs the program gives something.
        return Unknown(destination)
    convert = kwargs.get("type")
    name = getattr(convert, "name", "")
    try:
        if name == "int" and isinstance(default, str):
            return int(default)
        if name == "float" and isinstance(default, (str, int)):
            return float(default)
    except ValueError:
        return Unknown(destination)
    return default


def make_parser(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """``argparse.ArgumentParser()``."""
    return Parser(returns_pair=False)


def make_option_parser(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """``optparse.OptionParser()``."""
    return Parser(returns_pair=True)
