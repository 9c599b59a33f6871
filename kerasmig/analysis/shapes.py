"""Shapes of every tensor that a module builds, under both readings of the ordering."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import partial

from kerasmig.analysis.compat_names import ADAPTER
from kerasmig.analysis.frames import Context
from kerasmig.analysis.interpreter import Interpreter
from kerasmig.analysis.layer_shapes import ALIASES, MERGE_FUNCTIONS, SPATIAL_NAMES, SPECS
from kerasmig.analysis.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.trace import Trace
from kerasmig.analysis.values import ClassValue, Function, Instance, Module, Scope

_MAX_IMPORTERS = 12
_HELPER_FUEL = 10_000

FUEL = 100_000
"""Steps per reading and entry (the top level, a function nobody calls); VGG16 takes some 1,000, InceptionV3 some 12,000."""

_MODEL_WORDS = (
    frozenset(SPECS)
    | frozenset(ALIASES)
    | frozenset(MERGE_FUNCTIONS)
    | frozenset(("Input", "merge", "Model", "Sequential"))
    | frozenset(ADAPTER + name for name in SPECS)
)
_SPATIAL_WORDS = SPATIAL_NAMES | frozenset(ADAPTER + name for name in SPATIAL_NAMES)

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Outline:
    """What one walk over a module finds.

    Args:
        calls: every call.
        spatial: whether a layer with a data format is mentioned at all.
        model_lines: lines on which something of a model is mentioned.
        strings: every string constant.
    """

    calls: list[ast.Call]
    spatial: bool
    model_lines: list[int]
    strings: list[ast.Constant]


def outline(tree: ast.Module) -> Outline:
    """Walk a module once."""
    result = Outline([], False, [], [])
    lines = set()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        kind = type(node)
        word = ""
        if kind is ast.Name:
            word = node.id  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            word = node.attr  # type: ignore[attr-defined]
        elif kind is ast.Call:
            result.calls.append(node)  # type: ignore[arg-type]
        elif kind is ast.Constant:
            if isinstance(node.value, str):  # type: ignore[attr-defined]
                result.strings.append(node)  # type: ignore[arg-type]
            continue
        elif kind is ast.alias:
            word = node.name.rpartition(".")[2]  # type: ignore[attr-defined]
        if word in _MODEL_WORDS:
            lines.add(getattr(node, "lineno", 0))
            if word in _SPATIAL_WORDS:
                result.spatial = True
        for field in node._fields:
            value = getattr(node, field, None)
            if type(value) is list:
                stack.extend(v for v in value if isinstance(v, ast.AST))
            elif isinstance(value, ast.AST):
                stack.append(value)
    result.model_lines = sorted(lines)
    return result


def trace_module(
    tree: ast.Module,
    names: NameResolver,
    facts: ProjectFacts,
    reading: str,
    found: Outline,
    fuel: int = FUEL,
) -> Trace:
    """Follow a module under one reading: its top level, then what nobody called.

    Args:
        reading: ``th`` or ``tf``.
        found: the module's `outline`.
    """
    run = Interpreter(reading, facts, fuel)
    context = Context(facts.module, tree, names, "")
    scope = Scope(None, context)
    run.provide_module(context, scope)
    run.enter(fuel, True, lambda: run.run_module(context, scope))
    run.keep_setting()
    for importer in facts.importers[:_MAX_IMPORTERS]:
        _run_importer(run, importer, fuel // 4)
    run.enter_context(context)
    _run_uncalled(run, scope, found, fuel, own=True)
    return run.trace


def _run_importer(run: Interpreter, name: str, fuel: int) -> None:
    """Follow a module that calls into this one: what it passes are the sizes of our models."""
    loaded: list[Module] = []

    def load() -> None:
        module = run.load_again(name)
        if module is not None:
            loaded.append(module)

    run.enter(fuel, False, load)
    for module in loaded:
        run.enter_context(module.scope.module)
        _run_uncalled(run, module.scope, outline(module.scope.module.tree), fuel, own=False)


def _run_uncalled(run: Interpreter, scope: Scope, found: Outline, fuel: int, *, own: bool) -> None:
    """Call the functions and methods that build models and that the module does not call."""
    defined = [
        value
        for value in scope.state.values()
        if isinstance(value, (Function, ClassValue)) and value.scope is scope
    ]
    called = {_called_name(call) for call in found.calls}
    # Those that the module calls itself come last: by then their callers have called them.
    defined.sort(
        key=lambda value: (
            not _mentions_models(value.node, found),
            _defined_name(value) in called,
        )
    )
    for value in defined:
        run.forget_setting()
        if isinstance(value, Function):
            run.enter(fuel, own, partial(_call_alone, run, value, found, own))
        else:
            _run_class(run, value, found, fuel, own)


def _called_name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _defined_name(value: Function | ClassValue) -> str:
    return value.node.name if isinstance(value, ClassValue) else value.name


def _mentions_models(node: ast.AST, found: Outline) -> bool:
    start, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
    return any(start <= line <= end for line in found.model_lines)


def _call_alone(run: Interpreter, function: Function, found: Outline, own: bool) -> None:
    node = function.node
    if id(node) not in run.invoked:
        if own and not _mentions_models(node, found):
            run.fuel = min(run.fuel, _HELPER_FUEL)
        run.invoke(function, [], {}, True)


def _run_class(run: Interpreter, cls: ClassValue, found: Outline, fuel: int, own: bool) -> None:
    called = {_called_name(call) for call in found.calls}
    methods = [
        member
        for member in cls.members.values()
        if isinstance(member, Function) and id(member.node) not in run.invoked
    ]
    if not methods:
        return
    instance = Instance(cls)
    initializer = cls.find("__init__")
    if isinstance(initializer, Function):
        # Also where others make such objects: these methods may need another choice of arguments.
        bound = replace(initializer, bound=instance)
        run.enter(fuel, own, partial(run.invoke, bound, [], {}, True))
    methods.sort(
        key=lambda method: (not _mentions_models(method.node, found), method.name in called)
    )
    for method in methods:
        bound = replace(method, bound=instance)
        run.enter(fuel, own, partial(_call_alone, run, bound, found, own))


__all__ = ["FUEL", "Outline", "outline", "trace_module"]
