r"""``re.split('(\W+)?', text)``: since Python 3.7 a pattern splits where it matches nothing, too."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.python2_meaning import MEANING

_ONE_ATOM = re.compile(
    r"(?:\((?:[^()\\]|\\.)*\)|\[\^?\]?(?:[^\]\\]|\\.)*\]|\\.|[^\\()\[\]^$.|?*+])[?*]"
)
"""A group, a set or a character, as often as it comes or not at all."""


@file_rule
def empty_matches(context: FileContext) -> Iterator[Finding]:
    """A pattern that may match nothing is made to match something, as it did before Python 3.7."""
    if not (context.surroundings.python2 or context.speaks_keras1):
        return
    for call in context.calls:
        given = _pattern_of(context, call)
        pattern = context.constant(given) if given is not None else UNKNOWN
        if given is None or not isinstance(pattern, str) or not _may_be_empty(pattern):
            continue
        if context.directives.ignores(MEANING, call):
            continue
        told = "since Python 3.7 this pattern splits where it matches nothing, too"
        edit = _edit(context, given, pattern)
        if edit is None:
            instead = f"{told}: write one that matches at least one character"
            yield context.finding(MEANING, call, instead, Applicability.MANUAL, name="split")
            continue
        yield context.finding(
            MEANING,
            call,
            f"{told}: {edit[1]}",
            Applicability.AUTOMATIC,
            name="split",
            edits=[edit[0]],
        )


def _pattern_of(context: FileContext, call: ast.Call) -> ast.expr | None:
    """The pattern by which a call splits: ``re.split(p, s)``, ``re.compile(p).split(s)``."""
    if _is_of_re(context, call.func, "split"):
        return _first(call, "pattern")
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "split":
        return None
    made = call.func.value
    if isinstance(made, ast.Name):
        values = [b.value for b in context.names.bindings_of(made)]
        made = values[0] if len(values) == 1 and values[0] is not None else made
    if isinstance(made, ast.Call) and _is_of_re(context, made.func, "compile"):
        return _first(made, "pattern")
    return None


def _is_of_re(context: FileContext, node: ast.expr, name: str) -> bool:
    """Whether an expression is a function of the module `re`."""
    if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name):
        return any(b.path == "re" for b in context.names.bindings_of(node.value))
    if isinstance(node, ast.Name):
        return any(b.path == f"re.{name}" for b in context.names.bindings_of(node))
    return False


def _first(call: ast.Call, name: str) -> ast.expr | None:
    named = [k.value for k in call.keywords if k.arg == name]
    given = [*call.args[:1], *named]
    return given[0] if given else None


def _may_be_empty(pattern: str) -> bool:
    """Whether a pattern matches nothing as well as something; others stopped Python 3.5."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern).fullmatch("") is not None
        except (re.error, OverflowError, RecursionError):
            return False


def _edit(context: FileContext, node: ast.expr, pattern: str) -> tuple[Edit, str] | None:
    """``(x)?`` → ``(x)`` and ``x*`` → ``x+`` where the literal stands, with the new pattern."""
    new = pattern[:-1] + ("+" if pattern[-1:] == "*" else "")
    if not isinstance(node, ast.Constant) or not _ONE_ATOM.fullmatch(pattern):
        return None
    if _may_be_empty(new) or node.lineno != node.end_lineno:
        return None
    text = context.text.of(node)
    place = text.rfind(pattern[-1])
    if not text.isascii() or text[place + 1 :].strip("'\""):
        return None
    start = context.text.span(node).start + place
    return Edit(Span(start, start + 1), (new[len(pattern) - 1 :],)), repr(new)
