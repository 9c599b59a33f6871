"""What a script that wants command line arguments is given, where nobody gave any. In workers.

Values come from the names that the script binds them to, or from what it compares them with. Both
sides get the same.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from kerasmig.verify.program import usage
from kerasmig.verify.program.arguments import (
    command_line_choice,
    command_line_value,
    compared_with,
)


def install() -> None:
    """Have required arguments of argparse, click and docopt answered."""
    argparse.ArgumentParser.parse_known_args = _lenient(  # type: ignore[method-assign]
        argparse.ArgumentParser.parse_known_args
    )
    if "click" in sys.modules:
        parameter = sys.modules["click"].core.Parameter
        parameter.process_value = _lenient_click(parameter.process_value)
    with contextlib.suppress(ImportError):  # where it is missing, its stand-in answers
        module: Any = importlib.import_module("docopt")
        module.docopt = usage.docopt


def _lenient(original: Callable[..., Any]) -> Callable[..., Any]:
    """Arguments that a script requires and nobody gave get plausible values."""

    def parse_known_args(self: Any, args: Any = None, namespace: Any = None) -> Any:
        for action in self._actions:
            if action.dest == "help":
                continue
            if not action.required and action.option_strings:
                if action.default is None and action.type in (None, str) and action.nargs is None:
                    action.default = command_line_choice(sys.argv[0], action.dest)
                continue
            if action.default is None and action.nargs in (None, "?"):
                action.default = command_line_value(action.dest, action.type, action.choices)
            action.required = False
            if not action.option_strings and action.nargs is None:
                action.nargs = "?"
        return original(self, args, namespace)

    return parse_known_args


_CLICK_TYPES = {"integer": int, "float": float, "integer range": int, "float range": float}


def _lenient_click(original: Callable[..., Any]) -> Callable[..., Any]:
    def process_value(self: Any, context: Any, value: Any) -> Any:
        if self.required and self.nargs == 1 and not self.multiple and self.value_is_missing(value):
            choices = getattr(self.type, "choices", None)
            kind = _CLICK_TYPES.get(getattr(self.type, "name", ""))
            value = command_line_value(self.name, kind, choices)
        return original(self, context, value)

    return process_value


def words(tree: ast.Module) -> tuple[str, ...]:
    """The arguments without which a script that reads ``sys.argv`` itself cannot run."""
    wanted: dict[int, str] = {}
    for position, name, kind in _read(tree):
        known = compared_with(tree, lambda n, of=name: isinstance(n, ast.Name) and n.id == of)  # type: ignore[misc]
        value = known[0] if known else command_line_value(name, kind, None)
        wanted.setdefault(position, str(value))
    return tuple(wanted.get(n, "1") for n in range(1, max(wanted, default=0) + 1))


def _read(tree: ast.Module) -> Iterator[tuple[int, str, Any]]:
    """Position, variable and type of each argument that is read whether or not it is given."""
    optional = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, (ast.If, ast.IfExp)) and _counts(node.test)
        for part in ([*node.body, *node.orelse] if isinstance(node, ast.If) else [node])
        for inner in ast.walk(part)
    }
    optional |= {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            for inner in ast.iter_child_nodes(node):
                if (found := _position(inner)) and id(inner) not in optional:
                    yield found, "argument", _type_of(node)
            continue
        target, value = node.targets[0], node.value
        if id(value) in optional:
            continue
        if isinstance(target, ast.Tuple) and _is_argv(value):
            for position, one in enumerate(target.elts):
                if position and isinstance(one, ast.Name):
                    yield position, one.id, None
        name = str(getattr(target, "id", None) or getattr(target, "attr", "argument"))
        if found := _position(value):
            yield found, name, None
        elif isinstance(value, ast.Call) and value.args and (found := _position(value.args[0])):
            yield found, name, _type_of(value)


def _type_of(node: ast.AST) -> Any:
    function = node.func if isinstance(node, ast.Call) else None
    return {"int": int, "float": float}.get(getattr(function, "id", ""))


def _position(node: ast.AST) -> int:
    """Which argument an expression is; 0: none."""
    if isinstance(node, ast.Subscript) and _is_argv(node.value):
        with contextlib.suppress(ValueError, TypeError):
            position = ast.literal_eval(node.slice)
            return position if type(position) is int and 0 < position < 20 else 0
    return 0


def _is_argv(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "argv" and isinstance(node.value, ast.Name) and node.value.id == "sys"
    return isinstance(node, ast.Name) and node.id == "argv"


def _counts(test: ast.expr) -> bool:
    """Whether a condition asks how many arguments there are."""
    return any(
        isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "len"
        and any(_is_argv(argument) for argument in node.args)
        for node in ast.walk(test)
    )
