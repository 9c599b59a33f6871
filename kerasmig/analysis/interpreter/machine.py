"""A small interpreter of model-building code that knows sizes where the code tells them.

It follows statements, calls, loops and branches on abstract values (`kerasmig.analysis.interpreter.values`)
under one reading of the ordering, runs nothing of the user's, and stops after a fixed number of
steps. A condition that is not known makes it follow both branches and join what they did.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.interpreter import assignment, expressions, statements, tensors
from kerasmig.analysis.interpreter import project_calls as calls
from kerasmig.analysis.interpreter.frames import Context, Frame, OutOfFuel, Signal
from kerasmig.analysis.interpreter.heap import Heap
from kerasmig.analysis.interpreter.trace import Mark, Trace
from kerasmig.analysis.interpreter.values import (
    AmbientOrdering,
    DictValue,
    Function,
    Layer,
    Library,
    Module,
    Scope,
    Seq,
    Unknown,
    Value,
)
from kerasmig.analysis.layers import keras_calls

_BUILTINS = frozenset(dir(builtins))


class Interpreter:
    """Follows a module under one reading.

    Args:
        reading: ``th`` or ``tf``: what ``K.image_dim_ordering()`` gives.
        facts: what is known of the project.
        fuel: number of expressions and statements to follow at most per entry; six times as
            many in all.

    Attributes:
        frames: the calls in progress, the outermost for the top level.
        context: the module that is being followed.
        floor: fuel below which the call in progress is left.
        setting: the statement that has set the ordering, if any.
        invoked: ids of the functions that were called so far.
        generators: id of a function → whether calling it gives an iterator.
        watch: is shown every expression with its value, and may put another in its place.
    """

    watch: Callable[[ast.expr, Value], Value] | None = None

    def __init__(self, reading: str, facts: ProjectFacts, fuel: int) -> None:
        self.reading = AmbientOrdering(reading)
        self.facts = facts
        self.trace = Trace(reading)
        self.heap = Heap()
        self.invoked: set[int] = set()
        self.generators: dict[int, bool] = {}
        self.fuel = fuel
        self.frames: list[Frame] = [Frame(None)]
        self._modules: dict[str, Module | None] = {}
        self._canonical: dict[int, Library] = {}
        self.setting: Mark | None = None
        self._kept_setting: Mark | None = None
        self.context: Context | None = None
        self.floor = 0
        self._reserve = 6 * fuel

    # ------------------------------------------------------------------------- services

    def spend(self) -> None:
        """Count one step."""
        self.fuel -= 1
        if self.fuel < self.floor:
            raise OutOfFuel

    def mark(self, kind: str, node: ast.AST, value: str = "") -> Mark:
        """Note a statement about the ordering."""
        level = len(self.frames) == 1
        mark = Mark(kind, getattr(node, "lineno", 0), self.current_path(), value, level)
        self.trace.marks[mark] = None
        return mark

    def current_path(self) -> str:
        """File that is being followed; empty for the file at hand."""
        context = self.context
        return context.path if context is not None else ""

    def path_of(self, layer: Layer | None) -> str:
        """File that a layer was made in."""
        if layer is None or layer.path is None:
            return self.current_path()
        return layer.path

    def enter_context(self, context: Context) -> None:
        """Follow code of this module from now on."""
        self.context = context

    def set_ordering(self, node: ast.AST, ordering: str) -> None:
        """``K.set_image_dim_ordering``: holds for the layers that are made from now on."""
        self.setting = self.mark("set", node, ordering)

    def keep_setting(self) -> None:
        """What the top level has set holds for every function that is called alone."""
        self._kept_setting = self.setting

    def forget_setting(self) -> None:
        """Go back to what the top level has set."""
        self.setting = self._kept_setting

    def function_name(self) -> str:
        """Name of the function of the project that is being followed, or empty."""
        for frame in reversed(self.frames):
            if frame.function is not None and not isinstance(frame.function.node, ast.Lambda):
                owner = frame.function.owner
                name = frame.function.name
                return f"{owner.node.name}.{name}" if owner is not None else name
        return ""

    # --------------------------------------------------------------------------- modules

    def run_module(self, context: Context, scope: Scope) -> None:
        """Follow the top level of a module."""
        outer, self.context = self.context, context
        try:
            for statement in context.tree.body:
                try:
                    if self.execute(statement, scope) == "raise":
                        break
                except RecursionError:
                    continue
        finally:
            self.context = outer

    def loaded_module(self, name: str) -> Module | None:
        """A module of the project that has been imported under this dotted name."""
        return self._modules.get(name)

    def knows(self, name: str) -> bool:
        """Whether a dotted name is a module of the project, the one at hand or another."""
        if self._modules.get(name) is not None:
            return True
        return self.facts.load is not None and self.facts.load(name) is not None

    def loaded_contexts(self) -> set[Context]:
        """The modules that have been followed so far."""
        return {module.scope.module for module in self._modules.values() if module is not None}

    def modules_below(self, name: str) -> list[Module]:
        """The modules of the project, of those loaded, that a dotted name may lead to."""
        below = f"{name}."
        return [
            module
            for loaded, module in self._modules.items()
            if module is not None and (loaded == name or loaded.startswith(below))
        ]

    def load_again(self, name: str) -> Module | None:
        """`load_module`, now that the file at hand has run: it may import that in turn."""
        self._modules.pop(name, None)
        return self.load_module(name)

    def load_module(self, name: str) -> Module | None:
        """Another module of the project, followed once; None if the project has none such."""
        if name in self._modules:
            return self._modules[name]
        if self.facts.load is None or len(self._modules) > 60:
            return None
        self._modules[name] = None
        source = self.facts.load(name)
        if source is None:
            return None
        tree, names = source
        context = Context(name, tree, names, name)
        self.trace.trees[context.path] = tree
        module = Module(Scope(None, context))
        self._modules[name] = module
        frames, self.frames = self.frames, [Frame(None), Frame(None)]
        try:
            self.run_module(context, module.scope)
        finally:
            self.frames = frames
        return module

    def enter(self, fuel: int, own: bool, run: Callable[[], object]) -> None:
        """Follow one piece of code with fuel of its own.

        Args:
            own: whether it is of the file at hand: then running out of fuel leaves the trace
                incomplete.
        """
        self.fuel, self.floor = min(fuel, self._reserve), 0
        given = self.fuel
        frames = list(self.frames)
        try:
            run()
        except OutOfFuel:
            self.trace.exhausted = self.trace.exhausted or own
        except RecursionError:
            pass
        finally:
            self.frames = frames
            self._reserve -= given - self.fuel

    def provide_module(self, context: Context, scope: Scope) -> None:
        """Make the file at hand what other modules get when they import it."""
        if context.name:
            self._modules[context.name] = Module(scope)

    # ----------------------------------------------------------------------------- names

    def look_up(self, name: str, scope: Scope) -> tuple[Value] | None:
        """The variable's value, through enclosing scopes."""
        inner: Scope | None = scope
        if name in scope.globals_declared:
            inner = scope.global_scope
        while inner is not None:
            if name in inner.state:
                return (inner.state[name],)
            inner = inner.parent
        return None

    def free_name(self, node: ast.Name, scope: Scope) -> Value:
        """A name without variable: a star import, a builtin, or nothing that is known."""
        if node.id == "__name__":
            return "__main__" if self.context is scope.module else Unknown("__name__")
        if node.id == "__file__":
            return Unknown(node.id)
        name = scope.module.names.keras_name(node)
        if name is not None:
            return Library(name)
        return Library(node.id) if node.id in _BUILTINS else Unknown(node.id)

    def canonical(self, node: ast.expr, scope: Scope, found: Library) -> Library:
        """The library object under its canonical name."""
        if not found.name.startswith("keras"):
            return found
        key = id(node)
        if key not in self._canonical:
            name = scope.module.names.keras_name(node)
            self._canonical[key] = Library(name) if name is not None else found
        return self._canonical[key]

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """``target = value``."""
        assignment.assign(self, target, value, scope)

    # ------------------------------------------------------------------------ statements

    def block(self, body: Iterable[ast.stmt], scope: Scope) -> Signal:
        """Follow statements in order."""
        return statements.block(self, body, scope)

    def execute(self, node: ast.stmt, scope: Scope) -> Signal:
        """Follow one statement."""
        return statements.execute(self, node, scope)

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression."""
        return expressions.evaluate(self, node, scope)

    # ----------------------------------------------------------------------------- calls

    def make_function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> Function:
        """The function object that a ``def`` or ``lambda`` makes."""
        return calls.make_function(self, node, scope)

    def call_expression(self, node: ast.Call, scope: Scope) -> Value:
        """Follow a call."""
        return calls.call_expression(self, node, scope)

    def call(
        self,
        function: Value,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """Call an abstract value."""
        return calls.call(self, function, args, kwargs, complete, node)

    def invoke(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], complete: bool
    ) -> Value:
        """Call a function of the project."""
        return calls.invoke(self, function, args, kwargs, complete)

    def iterate(self, value: Value) -> Sequence[Value] | None:
        """What a loop over the value goes through, or None if that is not known."""
        if isinstance(value, Seq):
            return None if value.state.get("uncertain") else value.items
        if isinstance(value, DictValue):
            return tuple(value.state)
        if isinstance(value, str):
            return tuple(value)
        return None

    # ---------------------------------------------------- what expressions need of Keras

    def tensor_arithmetic(self, left: Value, right: Value) -> Value:
        """``tensor + tensor`` and the like."""
        return tensors.tensor_arithmetic(left, right)

    def keras_attribute(self, base: Any, name: str) -> Value:
        """Attribute of a tensor, layer or model."""
        return keras_calls.attribute(self, base, name)
