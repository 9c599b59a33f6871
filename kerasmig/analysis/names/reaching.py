"""Which bindings of a name may still hold where it is used, after ``if`` without ``else`` and the like."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.names.scopes import Binding, Position, end_of, start_of

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def reaching(bindings: list[Binding], use: Position | None) -> list[Binding]:
    """The bindings, of those before a use, that may still hold there.

    Args:
        bindings: in the order of the text.
        use: where; ``None``: from another scope, after all of them.
    """
    last = bindings[-1]
    branch = last.branch
    if branch is None:
        return [last]
    alternatives = [b for b in bindings if b.branch is branch]
    before = bindings[: bindings.index(alternatives[0])]
    if isinstance(branch, ast.Try) and before and (use is None or end_of(branch) <= use):
        return (reaching(before, use) if _may_leave(branch, alternatives) else []) + alternatives
    if not isinstance(branch, ast.If) or not before:
        return alternatives
    if use is None or end_of(branch) <= use:
        skippable = not _always_binds(branch, alternatives)
    else:
        arm = next((a for a in _arms(branch) if a and start_of(a[0]) <= use <= end_of(a[-1])), [])
        within = [b for b in alternatives if _is_within(b, arm)]
        skippable = not within
        alternatives = within
    return (reaching(before, use) if skippable else []) + alternatives


def _arms(branch: ast.If) -> Iterator[list[ast.stmt]]:
    """What an ``if`` does, by condition; the last one is empty if there is no ``else``."""
    yield branch.body
    if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
        yield from _arms(branch.orelse[0])
    else:
        yield branch.orelse


def _may_leave(branch: ast.Try, bindings: list[Binding]) -> bool:
    """Whether a ``try`` may be passed without a binding: well, or after what one handler caught."""
    if any(_is_within(b, branch.finalbody) for b in bindings):
        return False
    ways = [(branch.body, branch.orelse), *((handler.body, []) for handler in branch.handlers)]
    return not all(
        isinstance((rest or arm)[-1], _LEAVING)
        or any(_is_within(b, arm) or _is_within(b, rest) for b in bindings)
        for arm, rest in ways
    )


def _always_binds(branch: ast.If, bindings: list[Binding]) -> bool:
    return all(
        bool(arm) and (isinstance(arm[-1], _LEAVING) or any(_is_within(b, arm) for b in bindings))
        for arm in _arms(branch)
    )


def _is_within(binding: Binding, arm: list[ast.stmt]) -> bool:
    return bool(arm) and start_of(arm[0]) <= binding.position <= end_of(arm[-1])
