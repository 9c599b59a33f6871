"""Text that Python 2 took for bytes, and functions of its strings that are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

TEXT = "KM804"
_METHODS = frozenset(
    "upper lower capitalize swapcase strip lstrip rstrip replace split rsplit splitfields find rfind "
    "index rindex count zfill center ljust rjust join expandtabs translate".split()
)
_GONE = {
    **{name: f"the str method {name}" for name in _METHODS},
    "letters": "string.ascii_letters",
    "lowercase": "string.ascii_lowercase",
    "uppercase": "string.ascii_uppercase",
    "maketrans": "str.maketrans",
    "joinfields": "the str method join",
    "splitfields": "the str method split",
    "atoi": "int",
    "atol": "int",
    "atof": "float",
}
_BYTE_CODECS = frozenset(["hex", "base64", "zlib", "rot13", "bz2", "string_escape"])


@file_rule
def text_and_bytes(context: FileContext) -> Iterator[Finding]:
    """Codecs and functions that made bytes of Python 2's str are reported."""
    if not context.surroundings.python2:
        return
    for node in nodes(context.tree, ast.Attribute):
        parent = context.parent(node)
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        if isinstance(node.value, ast.Name) and node.value.id == "string" and node.attr in _GONE:
            what = f"string.{node.attr} is gone: use {_GONE[node.attr]}"
        elif node.attr in ("encode", "decode") and call is not None and _codec(call):
            what = f"str.{node.attr}({_codec(call)!r}) is gone: use codecs.{node.attr} on bytes"
        elif node.attr == "decode" and isinstance(node.value, ast.Constant):
            what = "str has no decode in Python 3: leave it out, or start from bytes"
        else:
            continue
        yield context.finding(TEXT, node, what, Applicability.MANUAL)


@file_rule
def decoded(context: FileContext) -> Iterator[Finding]:
    """``unicode(x, 'utf-8')`` became ``str(x, 'utf-8')``, which takes nothing but bytes."""
    for call in context.calls if context.surroundings.python2 else ():
        function = call.func
        if (
            isinstance(function, ast.Name)
            and function.id == "str"
            and not context.names.bindings_of(function)
            and len(call.args) + len(call.keywords) > 1
        ):
            yield context.finding(
                TEXT,
                call,
                "unicode with an encoding is str with one now, which takes bytes only: where the "
                "value is text already, leave the encoding out",
                Applicability.MANUAL,
                name="unicode",
            )


def _codec(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    return value if isinstance(value, str) and value in _BYTE_CODECS else ""
