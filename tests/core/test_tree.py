"""Walking trees gives what `ast.walk` gives, but for the nodes that are shared."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.text.tree import children, identifiers, nodes, parents, walk
from tests.core.trees import LEGACY

PROGRAMS = sorted(LEGACY.rglob("*.py"))
SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)

SOURCES = {
    "classes": "@d\nclass A(B, metaclass=M):\n    def f(self, *, a, b=1, **k): return {**k, 'a': a}\n",
    "functions": "def f(a, /, b=2, *c, d: int = 4) -> int:\n    global g\n    return lambda x: x + 1\n",
    "statements": "try:\n    import a.b as c\nexcept E as e:\n    raise\nelse:\n    del x[1:2]\n",
    "matching": "match x:\n    case {'a': 1, **rest}: pass\n    case [A(b=2), *others] | None: pass\n",
    "strings": "f'{x!r:>{width}}' if a < b <= c else not (yield)\n",
    "nothing": "",
}


@given(st.sampled_from(PROGRAMS))
def test_walking_is_that_of_python(path: object) -> None:
    tree = ast.parse(open(str(path), "rb").read())  # noqa: SIM115
    expected = [node for node in ast.walk(tree) if not isinstance(node, SHARED)]
    assert walk(tree) == expected == walk(tree)
    assert list(nodes(tree, ast.Call)) == [n for n in expected if isinstance(n, ast.Call)]
    above = parents(tree)
    for node in expected:
        below = [c for c in ast.iter_child_nodes(node) if not isinstance(c, SHARED)]
        assert list(children(node)) == below
        assert all(above[child] is node for child in below)


@given(st.sampled_from(PROGRAMS), st.booleans())
def test_nodes_of_a_part_are_those_below_it_in_order(path: object, whole_first: bool) -> None:
    tree = ast.parse(open(str(path), "rb").read())  # noqa: SIM115
    if whole_first:
        walk(tree)
    for part in [n for n in ast.walk(tree) if isinstance(n, (ast.ClassDef, ast.FunctionDef))]:
        below = [*ast.walk(part)]
        assert list(nodes(part, ast.Call)) == [n for n in below if isinstance(n, ast.Call)]
        several = [n for n in below if isinstance(n, (ast.Name, ast.Attribute, ast.Return))]
        assert list(nodes(part, ast.Attribute, ast.Name, ast.Return)) == several


@pytest.mark.parametrize("name", SOURCES)
def test_walk_and_parents(name: str) -> None:
    tree = ast.parse(SOURCES[name])
    expected = [node for node in ast.walk(tree) if not isinstance(node, SHARED)]
    assert walk(tree) == expected
    assert parents(tree) == {
        child: node
        for node in expected
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, SHARED)
    }


def test_nodes_of_several_kinds_come_in_order() -> None:
    tree = ast.parse("a(b[0])[c(1)]\nx = d()\n")
    kinds = (ast.Call, ast.Subscript)
    assert nodes(tree, *kinds) == [n for n in ast.walk(tree) if isinstance(n, kinds)]
    assert nodes(tree, ast.Call) == [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    assert list(nodes(tree, ast.Lambda, ast.Set)) == []
    assert list(nodes(tree, ast.Lambda, ast.Assign)) == [tree.body[1]]


def test_identifiers() -> None:
    assert identifiers(ast.parse("a.b(c=d)")) == {"a", "b", "d"}
