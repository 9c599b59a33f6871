"""Shapes of every tensor that a module builds, under both readings of the ordering."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cached_property, partial

from kerasmig.analysis.dataformat.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.interpreter.frames import Context
from kerasmig.analysis.interpreter.machine import Interpreter
from kerasmig.analysis.interpreter.reach import TELLING, Reach, imports_project
from kerasmig.analysis.interpreter.trace import Trace
from kerasmig.analysis.interpreter.values import ClassValue, Function, Instance, Module, Scope
from kerasmig.analysis.layers.compat_names import ADAPTER
from kerasmig.analysis.layers.shape_functions import ALIASES, MERGE_FUNCTIONS, SPATIAL_NAMES, SPECS
from kerasmig.analysis.names.scopes import start_of
from kerasmig.text.tree import identifiers, nodes

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


@dataclass(eq=False)
class Outline:
    """What stands in a module.

    Args:
        calls: every call.
        model_lines: lines on which something of a model is mentioned.
        strings: every string constant.
    """

    calls: list[ast.Call]
    model_lines: list[int]
    strings: list[ast.Constant]

    @cached_property
    def called(self) -> frozenset[str]:
        """The last part of everything that is called."""
        return frozenset(map(_called_name, self.calls))


def mentions_spatial(tree: ast.Module) -> bool:
    """Whether a layer with a data format is used at all.

    A class of the module's own is none, even if it is called as a layer of Keras is.
    """
    aliases = [alias for alias in nodes(tree, ast.alias) if alias.name != "*"]
    words = _SPATIAL_WORDS | {
        alias.asname
        for alias in aliases
        if alias.asname and alias.name.rpartition(".")[2] in _SPATIAL_WORDS
    }
    if words.isdisjoint(identifiers(tree)):
        return False
    if len(aliases) == len(nodes(tree, ast.alias)):  # nothing is imported whole
        imported = {alias.asname or alias.name for alias in aliases}
        words -= {node.name for node in nodes(tree, ast.ClassDef)} - imported
    return any(
        name.id in words and isinstance(name.ctx, ast.Load) for name in nodes(tree, ast.Name)
    ) or any(attribute.attr in _SPATIAL_WORDS for attribute in nodes(tree, ast.Attribute))


def outline(tree: ast.Module) -> Outline:
    """What stands in a module, from its end to its beginning."""
    named = [
        *(name.lineno for name in nodes(tree, ast.Name) if name.id in _MODEL_WORDS),
        *(name.lineno for name in nodes(tree, ast.Attribute) if name.attr in _MODEL_WORDS),
        *(
            alias.lineno
            for alias in nodes(tree, ast.alias)
            if alias.name.rpartition(".")[2] in _MODEL_WORDS
        ),
    ]
    strings = [node for node in nodes(tree, ast.Constant) if isinstance(node.value, str)]
    return Outline(
        calls=sorted(nodes(tree, ast.Call), key=start_of, reverse=True),
        model_lines=sorted(set(named)),
        strings=sorted(strings, key=start_of, reverse=True),
    )


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
    ours = {context, *run.loaded_contexts()}
    for importer in facts.importers()[:_MAX_IMPORTERS]:
        _run_importer(run, importer, ours, fuel // 4)
    run.enter_context(context)
    _run_uncalled(run, _defined(scope), found, fuel, own=True)
    return run.trace


def _run_importer(run: Interpreter, name: str, ours: set[Context], fuel: int) -> None:
    """Follow a module that calls into this one: what it passes are the sizes of our models.

    Args:
        ours: the module at hand and those that it uses itself.
    """
    if not _uses_project(run, name):
        return
    loaded: list[Module] = []

    def load() -> None:
        module = run.load_again(name)
        if module is not None:
            loaded.append(module)

    run.enter(fuel, False, load)
    for module in loaded:
        scope = module.scope
        reach = Reach(run, ours)
        leading = [value for value in _defined(scope) if reach.leads_there(value)]
        if leading:
            run.enter_context(scope.module)
            _run_uncalled(run, leading, outline(scope.module.tree), fuel, own=False)


def _uses_project(run: Interpreter, name: str) -> bool:
    """Whether a module can lead to another one of the project."""
    source = None if run.facts.load is None else run.facts.load(name)
    if source is None:
        return False
    tree, names = source
    return imports_project(tree, names, run.knows) or not TELLING.isdisjoint(identifiers(tree))


def _defined(scope: Scope) -> list[Function | ClassValue]:
    """The functions and classes that a module defines."""
    return [
        value
        for value in scope.state.values()
        if isinstance(value, (Function, ClassValue)) and value.scope is scope
    ]


def _run_uncalled(
    run: Interpreter,
    defined: list[Function | ClassValue],
    found: Outline,
    fuel: int,
    *,
    own: bool,
) -> None:
    """Call the functions and methods that build models and that the module does not call."""
    # Those that the module calls itself come last: by then their callers have called them.
    defined.sort(
        key=lambda value: (
            not _mentions_models(value.node, found),
            _defined_name(value) in found.called,
        )
    )
    for value in defined:
        run.forget_setting()
        if isinstance(value, Function):
            run.enter(_patience(value, found, fuel, own=own), own, partial(_call_alone, run, value))
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


def _patience(function: Function, found: Outline, fuel: int, *, own: bool) -> int:
    """The steps that a function may take when it is called alone."""
    helper = own and not _mentions_models(function.node, found)
    return min(fuel, _HELPER_FUEL) if helper else fuel


def _call_alone(run: Interpreter, function: Function) -> None:
    if id(function.node) not in run.invoked:
        run.invoke(function, [], {}, True)


def _run_class(run: Interpreter, cls: ClassValue, found: Outline, fuel: int, own: bool) -> None:
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
        key=lambda method: (not _mentions_models(method.node, found), method.name in found.called)
    )
    for method in methods:
        bound = replace(method, bound=instance)
        run.enter(_patience(bound, found, fuel, own=own), own, partial(_call_alone, run, bound))


__all__ = ["FUEL", "Outline", "outline", "trace_module"]
