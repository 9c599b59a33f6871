"""Where rules make themselves known: being imported is the registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.context import FileContext, Use

if TYPE_CHECKING:
    from kerasmig.rewrite.calls.methods import MethodUse

#: Settles one use of a catalog entry whose `rule` names it; ``None``: the use may stay.
UseRule: TypeAlias = Callable[[FileContext, Use, Entry], Finding | None]
#: Settles one use of a method whose row in the catalog names the rule.
MethodRule: TypeAlias = "Callable[[FileContext, MethodUse], Finding | None]"
#: Looks at a whole file.
FileRule: TypeAlias = Callable[[FileContext], Iterable[Finding]]

_USE_RULES: dict[str, UseRule] = {}
_METHOD_RULES: dict[str, MethodRule] = {}
_FILE_RULES: list[FileRule] = []


def use_rule(name: str) -> Callable[[UseRule], UseRule]:
    """Register the structural rule that catalog entries name in `Entry.rule`."""

    def register(function: UseRule) -> UseRule:
        assert name not in _USE_RULES, name
        _USE_RULES[name] = function
        return function

    return register


def method_rule(name: str) -> Callable[[MethodRule], MethodRule]:
    """Register the structural rule that the catalog's methods name in `Method.rule`."""

    def register(function: MethodRule) -> MethodRule:
        assert name not in _METHOD_RULES, name
        _METHOD_RULES[name] = function
        return function

    return register


def find_method_rule(name: str) -> MethodRule | None:
    """The structural rule of a method."""
    load()
    return _METHOD_RULES.get(name)


def file_rule(function: FileRule) -> FileRule:
    """Register a rule that looks at a whole file."""
    _FILE_RULES.append(function)
    return function


def find_use_rule(name: str) -> UseRule | None:
    """The structural rule of a name."""
    load()
    return _USE_RULES.get(name)


def file_rules() -> tuple[FileRule, ...]:
    """All rules that look at whole files."""
    load()
    return tuple(_FILE_RULES)


@cache
def load() -> None:
    """Import every module of `kerasmig.rewrite.rules`."""
    from kerasmig.rewrite import rules

    for info in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{info.name}")
