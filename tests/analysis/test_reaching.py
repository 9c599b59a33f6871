"""Which bindings of a name may hold where it is used."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from kerasmig.analysis.names.resolution import Names

CASES = {
    "the last one": ("x = 1\nx = 2\nuse(x)", [2]),
    "an if that may be skipped": ("x = 1\nif a:\n    x = 2\nuse(x)", [1, 2]),
    "both sides": ("x = 1\nif a:\n    x = 2\nelse:\n    x = 3\nuse(x)", [2, 3]),
    "one of two sides": ("x = 1\nif a:\n    x = 2\nelse:\n    y = 3\nuse(x)", [1, 2]),
    "elif without else": ("x = 1\nif a:\n    x = 2\nelif b:\n    x = 3\nuse(x)", [1, 2, 3]),
    "elif and else": ("x = 1\nif a:\n    x = 2\nelif b:\n    x = 3\nelse:\n    x = 4\nuse(x)", [2, 3, 4]),
    "a side that leaves": (
        "def f():\n    x = 1\n    if a:\n        x = 2\n    else:\n        return\n    use(x)",
        [2],
    ),
    "within the side": ("x = 1\nif a:\n    x = 2\n    use(x)\nelse:\n    x = 3", [2]),
    "within the other side": ("x = 1\nif a:\n    x = 2\nelse:\n    use(x)", [1]),
    "two ifs": ("x = 1\nif a:\n    x = 2\nif b:\n    x = 3\nuse(x)", [1, 2, 3]),
    "nothing before": ("if a:\n    x = 2\nuse(x)", [2]),
    "a try": ("try:\n    x = 1\nexcept E:\n    x = 2\nuse(x)", [1, 2]),
    "a handler that binds anew": ("x = 1\ntry:\n    y\nexcept E:\n    x = 2\nuse(x)", [1, 2]),
    "a try that binds anew": ("x = 1\ntry:\n    x = 2\nexcept E:\n    pass\nuse(x)", [1, 2]),
    "a handler that leaves": ("x = 1\ntry:\n    x = 2\nexcept E:\n    raise\nuse(x)", [2]),
    "what comes after a try": ("x = 1\ntry:\n    y\nexcept E:\n    z\nelse:\n    x = 2\nuse(x)", [1, 2]),
    "at last": ("x = 1\ntry:\n    y\nfinally:\n    x = 2\nuse(x)", [2]),
    "from a function": ("x = 1\nif a:\n    x = 2\ndef f():\n    use(x)", [1, 2]),
    "a parameter": ("def f(x=1):\n    if a:\n        x = 2\n    use(x)", [None, 2]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bindings_that_reach_a_use(case: str) -> None:
    source, expected = CASES[case]
    tree = ast.parse(dedent(source))
    (call,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "use"
    )
    argument = call.args[0]
    assert isinstance(argument, ast.Name)
    values = [binding.value for binding in Names(tree).bindings_of(argument)]
    assert [v.value if isinstance(v, ast.Constant) else v for v in values] == expected
