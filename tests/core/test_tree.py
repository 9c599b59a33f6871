"""Walking trees gives what `ast.walk` gives, but for the nodes that are shared."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from kerasmig.analysis.tree import children, nodes, parents, walk
from tests.core.trees import LEGACY

PROGRAMS = sorted(LEGACY.rglob("*.py"))
SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


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
