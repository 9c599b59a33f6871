"""Whether a file whose syntax Python 3 accepts is a Python 2 program all the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.reading.python2_names import ITERTOOLS
from kerasmig.text.tree import identifiers, nodes, walk

_BUILTINS = frozenset(
    ["xrange", "raw_input", "unicode", "basestring", "unichr", "long", "execfile", "reduce", "cmp"]
)
_MODULES = frozenset(
    ["cPickle", "cStringIO", "StringIO", "urllib2", "ConfigParser", "Queue", "HTMLParser"]
)
_DICT_METHODS = {"iteritems": 0, "itervalues": 0, "iterkeys": 0, "has_key": 1}
#: Names that other libraries have as well, so that a starred import may bring them.
_COMMON = frozenset(["reduce", "cmp", "long"])
#: A file that asks for the version it runs under already speaks both.
_BOTH = re.compile(r"\bversion_info\b|\bPY[23]\b|\bsix\b|\bbuiltins\b|\bfuture\.|\bpast\.")
_FRAMES = re.compile(r"\b(?:pandas|DataFrame)\b")


def uses_python2_names(text: str, tree: ast.Module) -> bool:
    """Whether a file that parses as Python 3 could only have run under Python 2.

    It uses names that Python 3 lacks, without defining them and without asking for the version.
    """
    signs = [*_imports(tree), *_builtins(tree), *_dict_methods(text, tree)]
    if not signs or _BOTH.search(text):
        return False
    guarded = _guarded(tree)
    return any(id(node) not in guarded for node in signs)


def _imports(tree: ast.Module) -> Iterator[ast.AST]:
    for node in nodes(tree, ast.Import):
        if any(alias.name in _MODULES for alias in node.names):
            yield node
    for origin in nodes(tree, ast.ImportFrom):
        gone = origin.module == "itertools" and any(a.name in ITERTOOLS for a in origin.names)
        if (gone or origin.module in _MODULES) and not origin.level:
            yield origin


def _builtins(tree: ast.Module) -> Iterator[ast.AST]:
    missing = _BUILTINS & identifiers(tree)
    if not missing:
        return
    missing -= {alias.asname or alias.name.partition(".")[0] for alias in nodes(tree, ast.alias)}
    missing -= {parameter.arg for parameter in nodes(tree, ast.arg)}
    missing -= {node.name for node in nodes(tree, ast.FunctionDef, ast.ClassDef)}
    if any(node.names[0].name == "*" for node in nodes(tree, ast.ImportFrom)):
        missing -= _COMMON
    names = [node for node in nodes(tree, ast.Name) if node.id in missing]
    missing -= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    yield from (node for node in names if node.id in missing)


def _dict_methods(text: str, tree: ast.Module) -> Iterator[ast.AST]:
    if identifiers(tree).isdisjoint(_DICT_METHODS) or _FRAMES.search(text):
        return  # a DataFrame of pandas has `iteritems` under Python 3 too
    for call in nodes(tree, ast.Call):
        if isinstance(call.func, ast.Attribute):
            expected = _DICT_METHODS.get(call.func.attr)
            if expected is not None and expected == len(call.args):
                yield call


def _guarded(tree: ast.Module) -> frozenset[int]:
    """What stands in ``try`` statements, where a name may be missing."""
    tries = nodes(tree, ast.Try)
    bodies = [node.body for node in tries]
    bodies += [handler.body for node in tries for handler in node.handlers]
    return frozenset(id(inner) for body in bodies for part in body for inner in walk(part))
