"""Walking trees gives what `ast.walk` gives, less the nodes that are shared."""

from __future__ import annotations

import ast

import pytest

from kerasmig.analysis import tree as trees
from kerasmig.source import SourceError, parse, parses

SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
SOURCES = {
    "classes": "@d\nclass A(B, metaclass=M):\n    def f(self, *, a, b=1, **k): return {**k, 'a': a}\n",
    "functions": "def f(a, /, b=2, *c, d: int = 4) -> int:\n    global g\n    return lambda x: x + 1\n",
    "statements": "try:\n    import a.b as c\nexcept E as e:\n    raise\nelse:\n    del x[1:2]\n",
    "matching": "match x:\n    case {'a': 1, **rest}: pass\n    case [A(b=2), *others] | None: pass\n",
    "strings": "f'{x!r:>{width}}' if a < b <= c else not (yield)\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", SOURCES)
def test_walk_and_parents(name: str) -> None:
    tree = ast.parse(SOURCES[name])
    expected = [node for node in ast.walk(tree) if not isinstance(node, SHARED)]
    assert trees.walk(tree) == expected
    assert trees.parents(tree) == {
        child: node
        for node in expected
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, SHARED)
    }


def test_nodes_of_several_kinds_come_in_order() -> None:
    tree = ast.parse("a(b[0])[c(1)]\nx = d()\n")
    kinds = (ast.Call, ast.Subscript)
    assert trees.nodes(tree, *kinds) == [n for n in ast.walk(tree) if isinstance(n, kinds)]
    assert trees.nodes(tree, ast.Call) == [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    assert list(trees.nodes(tree, ast.Lambda, ast.Set)) == []
    assert list(trees.nodes(tree, ast.Lambda, ast.Assign)) == [tree.body[1]]


def test_identifiers() -> None:
    assert trees.identifiers(ast.parse("a.b(c=d)")) == {"a", "b", "d"}


@pytest.mark.parametrize(
    "text", ["x = 1", "x = '\\d'", "print 1", "x = (", "if x is 1: pass", "\0", "é = 1", "return"]
)
def test_what_parses_is_known_without_a_tree(text: str, recwarn: pytest.WarningsRecorder) -> None:
    try:
        parse(text)
        expected = True
    except SourceError:
        expected = False
    assert not parses(text) or expected
    assert not recwarn.list
