"""When a Sequential that a failing program was at work with counts as finished."""

from __future__ import annotations

import ast

import pytest

from kerasmig.verify.program.completeness import is_finished

BODY = """
def block(net, n):
    net.add(Dense(n))
def show(net):
    print(net)
def build():
    net = Sequential()
    {}
"""
MADE = 7


def finished(lines: str, failed: int, variable: str | None = "net") -> bool:
    source = BODY.format(lines.replace("; ", "\n    "))
    return is_finished(ast.parse(source), MADE, variable, MADE + failed)


@pytest.mark.parametrize(
    ("lines", "failed"),
    [
        ("net.add(Dense(3)); net.compile('sgd')", 2),
        ("net.add(Dense(3)); Agent(net); other.add(1)", 2),
        ("block(net, 3); show(net); show(net)", 2),
        ("for n in [1]: net.add(n); run()", 2),
    ],
)
def test_nothing_is_added_any_more(lines: str, failed: int) -> None:
    assert finished(lines, failed)


@pytest.mark.parametrize(
    ("lines", "failed"),
    [
        ("net.add(Dense(3)); net.add(Dense(4))", 1),
        ("net.add(Dense(3)); net.add(Dense(4))", 2),
        ("run(); block(net, 3)", 1),
        ("run(); unknown_block(net, 3)", 1),
        ("for n in [1]: net.add(n), run()", 1),
    ],
)
def test_it_still_grows(lines: str, failed: int) -> None:
    assert not finished(lines, failed)


def test_model_of_unknown_name_is_not_finished() -> None:
    assert not finished("run()", 1, None)
