"""A small interpreter of model-building code that knows sizes where the code tells them.

It follows statements, calls, loops and branches on abstract values (`kerasmig.analysis.values`)
under one reading of the ordering, runs nothing of the user's, and stops after a fixed number of
steps. A condition that is not known makes it follow both branches and join what they did.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kerasmig.analysis import (
    arithmetic,
    container_methods,
    expressions,
    keras_calls,
    library_calls,
    tensors,
)
from kerasmig.analysis.heap import Heap
from kerasmig.analysis.joining import join
from kerasmig.analysis.layer_application import call_on_tensors
from kerasmig.analysis.layer_arguments import Config
from kerasmig.analysis.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.trace import Mark, Trace
from kerasmig.analysis.values import (
    AmbientOrdering,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Module,
    Partial,
    Record,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
)

_MAX_DEPTH = 40
_MAX_ITERATIONS = 400
_MAX_LOOP_STEPS = 15_000
_MAX_CALL_STEPS = 40_000
_BUILTINS = frozenset(dir(builtins))

Signal = str
"""How a block ended: ``""`` (at its end), ``return``, ``break``, ``continue`` or ``raise``."""


class OutOfFuel(Exception):
    """The code takes more steps than the interpreter is willing to follow."""


class Context:
    """One module of the project: its tree, its names and where it is."""

    def __init__(self, name: str, tree: ast.Module, names: NameResolver, path: str) -> None:
        self.name = name
        self.tree = tree
        self.names = names
        self.path = path
        self.is_package = False


class Frame:
    """One call in progress: the values that it may have returned."""

    def __init__(self, function: Function | None) -> None:
        self.function = function
        self.returned: list[Value] = []


class Interpreter:
    """Follows a module under one reading.

    Args:
        reading: ``th`` or ``tf``: what ``K.image_dim_ordering()`` gives.
        facts: what is known of the project.
        fuel: number of expressions and statements to follow at most per entry; six times as
            many in all.
    """

    def __init__(self, reading: str, facts: ProjectFacts, fuel: int) -> None:
        self.reading = AmbientOrdering(reading)
        self.facts = facts
        self.trace = Trace(reading)
        self.heap = Heap()
        self.invoked: set[int] = set()
        self.fuel = fuel
        self._frames: list[Frame] = [Frame(None)]
        self._modules: dict[str, Module | None] = {}
        self._canonical: dict[int, Library] = {}
        self.setting: Mark | None = None
        self._kept_setting: Mark | None = None
        self._floor = 0
        self._reserve = 6 * fuel

    # ------------------------------------------------------------------------- services

    def spend(self) -> None:
        """Count one step."""
        self.fuel -= 1
        if self.fuel < self._floor:
            raise OutOfFuel

    def mark(self, kind: str, node: ast.AST, value: str = "") -> Mark:
        """Note a statement about the ordering."""
        level = len(self._frames) == 1
        mark = Mark(kind, getattr(node, "lineno", 0), self.current_path(), value, level)
        self.trace.marks[mark] = None
        return mark

    def current_path(self) -> str:
        """File that is being followed; empty for the file at hand."""
        context = self._context
        return context.path if context is not None else ""

    _context: Context | None = None

    def enter_context(self, context: Context) -> None:
        """Follow code of this module from now on."""
        self._context = context

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
        for frame in reversed(self._frames):
            if frame.function is not None and not isinstance(frame.function.node, ast.Lambda):
                owner = frame.function.owner
                name = frame.function.name
                return f"{owner.node.name}.{name}" if owner is not None else name
        return ""

    # --------------------------------------------------------------------------- modules

    def run_module(self, context: Context, scope: Scope) -> None:
        """Follow the top level of a module."""
        outer, self._context = self._context, context
        try:
            for statement in context.tree.body:
                try:
                    if self.execute(statement, scope) == "raise":
                        break
                except RecursionError:
                    continue
        finally:
            self._context = outer

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
        module = Module(Scope(None, context))
        self._modules[name] = module
        frames, self._frames = self._frames, [Frame(None), Frame(None)]
        try:
            self.run_module(context, module.scope)
        finally:
            self._frames = frames
        return module

    def enter(self, fuel: int, own: bool, run: Callable[[], object]) -> None:
        """Follow one piece of code with fuel of its own.

        Args:
            own: whether it is of the file at hand: then running out of fuel leaves the trace
                incomplete.
        """
        self.fuel, self._floor = min(fuel, self._reserve), 0
        given = self.fuel
        frames = list(self._frames)
        try:
            run()
        except OutOfFuel:
            self.trace.exhausted = self.trace.exhausted or own
        except RecursionError:
            pass
        finally:
            self._frames = frames
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
            return "__main__" if self._context is scope.module else Unknown("__name__")
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
        if isinstance(target, ast.Name):
            owner = scope
            if target.id in scope.globals_declared:
                owner = scope.global_scope
            self.heap.put(owner, target.id, value)
            node = getattr(value, "node", None)
            if isinstance(value, Model) and node is not None:
                self.trace.variables.setdefault(id(node), target.id)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, Unknown(), scope)
        elif isinstance(target, ast.Attribute):
            base = self.evaluate(target.value, scope)
            if isinstance(base, (Instance, Record)):
                self.heap.put(base, target.attr, value)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, scope)

    def _unpack(self, targets: Sequence[ast.expr], value: Value, scope: Scope) -> None:
        items: Sequence[Value] | None = value.items if isinstance(value, Seq) else None
        starred = [i for i, t in enumerate(targets) if isinstance(t, ast.Starred)]
        if items is not None and not starred and len(items) == len(targets):
            for target, item in zip(targets, items, strict=True):
                self.assign(target, item, scope)
            return
        for target in targets:
            self.assign(target, Unknown(target.id if isinstance(target, ast.Name) else ""), scope)

    def _assign_item(self, target: ast.Subscript, value: Value, scope: Scope) -> None:
        base = self.evaluate(target.value, scope)
        if isinstance(target.slice, ast.Slice):
            key: Value = Unknown()
        else:
            key = self.evaluate(target.slice, scope)
        if isinstance(base, Library) and base.name == "os.environ":
            if key == "KERAS_BACKEND" and isinstance(value, str):
                self.mark("backend", target, value)
        elif isinstance(base, DictValue):
            if isinstance(key, (str, int)):
                self.heap.put(base, key, value)
        elif isinstance(base, Seq):
            items = list(base.items)
            if isinstance(key, int) and -len(items) <= key < len(items):
                items[key] = value
            else:
                items = [Unknown() for _ in items]
            self.heap.put(base, "items", tuple(items))

    # ------------------------------------------------------------------------ statements

    def block(self, body: Iterable[ast.stmt], scope: Scope) -> Signal:
        """Follow statements in order."""
        for statement in body:
            signal = self.execute(statement, scope)
            if signal:
                return signal
        return ""

    def execute(self, node: ast.stmt, scope: Scope) -> Signal:
        """Follow one statement."""
        self.spend()
        handler = _STATEMENTS.get(type(node))
        return "" if handler is None else handler(self, node, scope)

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression."""
        return expressions.evaluate(self, node, scope)

    def _expression(self, node: ast.Expr, scope: Scope) -> Signal:
        self.evaluate(node.value, scope)
        return ""

    def _assignment(self, node: ast.Assign, scope: Scope) -> Signal:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)
        return ""

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> Signal:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)
        return ""

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> Signal:
        left, right = self.evaluate(node.target, scope), self.evaluate(node.value, scope)
        if isinstance(left, Seq) and left.is_list and isinstance(node.op, ast.Add):
            added = self.iterate(right)
            if added is None:
                self.heap.put(left, "uncertain", True)
            else:
                self.heap.put(left, "items", left.items + tuple(added))
            return ""
        self.assign(node.target, arithmetic.binary(self, type(node.op), left, right), scope)
        return ""

    def _return(self, node: ast.Return, scope: Scope) -> Signal:
        value = None if node.value is None else self.evaluate(node.value, scope)
        self._frames[-1].returned.append(value)
        return "return"

    def _raise(self, node: ast.Raise, scope: Scope) -> Signal:
        return "raise"

    def _break(self, node: ast.Break, scope: Scope) -> Signal:
        return "break"

    def _continue(self, node: ast.Continue, scope: Scope) -> Signal:
        return "continue"

    def _if(self, node: ast.If, scope: Scope) -> Signal:
        known = arithmetic.truth(self.evaluate(node.test, scope))
        if known is not None:
            return self.block(node.body if known else node.orelse, scope)
        return self._either(node.body, node.orelse, scope)

    def _either(self, body: Sequence[ast.stmt], other: Sequence[ast.stmt], scope: Scope) -> Signal:
        """Follow both branches and join what they did."""
        first, after_first = self.heap.explore(lambda: self.block(body, scope))
        second, after_second = self.heap.explore(lambda: self.block(other, scope))
        leaving = ("return", "raise")
        if first in leaving and second not in leaving:
            self.heap.apply(after_second)
            return "" if second in ("break", "continue") else second
        if second in leaving and first not in leaving:
            self.heap.apply(after_first)
            return "" if first in ("break", "continue") else first
        self.heap.merge(after_first, after_second)
        if first in leaving:
            return "raise" if first == second == "raise" else "return"
        return first if first == second else ""

    def _for(self, node: ast.For, scope: Scope) -> Signal:
        items = self.iterate(self.evaluate(node.iter, scope))
        if items is None or len(items) > _MAX_ITERATIONS:
            self._loop_unknown(node.target, node.body, scope)
            return ""
        before = self.fuel
        for item in items:
            self.assign(node.target, item, scope)
            signal = self.block(node.body, scope)
            if signal == "break":
                return ""
            if signal in ("return", "raise"):
                return signal
            if before - self.fuel > _MAX_LOOP_STEPS:
                self._loop_unknown(node.target, node.body, scope)
                return ""
        return self.block(node.orelse, scope)

    def _loop_unknown(
        self, target: ast.expr | None, body: Sequence[ast.stmt], scope: Scope
    ) -> None:
        """Any number of iterations: two, each of which may not take place.

        Whatever is not the same after the first is unknown in the second.
        """
        for _ in range(2):
            if target is not None:
                self.assign(
                    target, Unknown(target.id if isinstance(target, ast.Name) else ""), scope
                )
            _, after = self.heap.explore(lambda: self.block(body, scope))
            self.heap.merge(after, {})

    def _while(self, node: ast.While, scope: Scope) -> Signal:
        for _ in range(_MAX_ITERATIONS):
            known = arithmetic.truth(self.evaluate(node.test, scope))
            if known is None:
                break
            if not known:
                return self.block(node.orelse, scope)
            before = self.fuel
            signal = self.block(node.body, scope)
            if signal == "break":
                return ""
            if signal in ("return", "raise"):
                return signal
            if isinstance(node.test, ast.Constant) or before - self.fuel > _MAX_LOOP_STEPS:
                break
        self._loop_unknown(None, node.body, scope)
        return ""

    def _try(self, node: ast.Try, scope: Scope) -> Signal:
        signal = self.block(node.body, scope)
        if signal == "raise":
            signal = self.block(node.handlers[0].body, scope) if node.handlers else signal
        elif not signal:
            signal = self.block(node.orelse, scope)
        return self.block(node.finalbody, scope) or signal

    def _with(self, node: ast.With, scope: Scope) -> Signal:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, scope)
        return self.block(node.body, scope)

    def _function_def(self, node: ast.FunctionDef, scope: Scope) -> Signal:
        value: Value = self.make_function(node, scope)
        self.heap.put(scope, node.name, value)
        return ""

    def _class_def(self, node: ast.ClassDef, scope: Scope) -> Signal:
        bases = tuple(self.evaluate(base, scope) for base in node.bases)
        body = Scope(scope, scope.module)
        self.block(node.body, body)
        cls = ClassValue(node, scope, bases, body.state)
        for member in body.state.values():
            if isinstance(member, Function):
                member.owner = cls
        # Methods do not see the names of the class body.
        for member in body.state.values():
            if isinstance(member, Function) and member.scope is body:
                member.scope = scope
        self.heap.put(scope, node.name, cls)
        return ""

    def _global(self, node: ast.Global, scope: Scope) -> Signal:
        scope.globals_declared = scope.globals_declared | frozenset(node.names)
        return ""

    def _import(self, node: ast.Import, scope: Scope) -> Signal:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            module = self.load_module(alias.name) if top != "keras" else None
            name = alias.asname or top
            if module is not None and (alias.asname or "." not in alias.name):
                self.heap.put(scope, name, module)
            else:
                self.heap.put(scope, name, Library(alias.name if alias.asname else top))
        return ""

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> Signal:
        path = self._absolute(node, scope.module)
        module = None if path.partition(".")[0] == "keras" else self.load_module(path)
        for alias in node.names:
            if alias.name == "*":
                if module is not None:
                    for name, value in module.scope.state.items():
                        if not name.startswith("_"):
                            self.heap.put(scope, name, value)
                continue
            value = Library(f"{path}.{alias.name}")
            if module is not None:
                value = module.scope.state.get(alias.name)
                if value is None:
                    value = self.load_module(f"{path}.{alias.name}") or Unknown(alias.name)
            elif not path.startswith("keras"):
                value = self.load_module(f"{path}.{alias.name}" if path else alias.name) or value
            self.heap.put(scope, alias.asname or alias.name, value)
        return ""

    @staticmethod
    def _absolute(node: ast.ImportFrom, context: Context) -> str:
        if not node.level:
            return node.module or ""
        parts = context.name.split(".") if context.name else []
        drop = node.level - (1 if context.is_package else 0)
        parts = parts[: len(parts) - drop] if drop else parts
        return ".".join([*parts, *([node.module] if node.module else [])])

    # ----------------------------------------------------------------------------- calls

    def make_function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
    ) -> Function:
        """The function object that a ``def`` or ``lambda`` makes."""
        defaults: dict[str, Value] = {}
        positional = [*node.args.posonlyargs, *node.args.args]
        for parameter, default in zip(
            reversed(positional), reversed(node.args.defaults), strict=False
        ):
            defaults[parameter.arg] = self.evaluate(default, scope)
        for parameter, keyword in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            if keyword is not None:
                defaults[parameter.arg] = self.evaluate(keyword, scope)
        return Function(node, scope, defaults)

    @staticmethod
    def is_property(function: Function) -> bool:
        """Whether reading the attribute calls the method."""
        return not isinstance(function.node, ast.Lambda) and any(
            isinstance(d, ast.Name) and d.id == "property" for d in function.node.decorator_list
        )

    def call_expression(self, node: ast.Call, scope: Scope) -> Value:
        """Follow a call."""
        function = self.evaluate(node.func, scope)
        args: list[Value] = []
        kwargs: dict[str, Value] = {}
        complete = True
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                items = self.iterate(self.evaluate(argument.value, scope))
                if items is None:
                    complete = False
                    break
                args.extend(items)
            else:
                args.append(self.evaluate(argument, scope))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif isinstance(value, DictValue):
                kwargs.update({str(k): v for k, v in value.state.items()})
            else:
                complete = False
        return self.call(function, args, kwargs, complete, node)

    def call(
        self,
        function: Value,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """Call an abstract value.

        Args:
            complete: whether these are all the arguments (no ``*args`` of unknown content).
        """
        if isinstance(function, Partial):
            return self.call(
                function.function,
                [*function.args, *args],
                {**function.kwargs, **kwargs},
                complete,
                node,
            )
        if isinstance(function, Function):
            return self.invoke(function, args, kwargs, complete)
        if isinstance(function, ClassValue):
            return self._instantiate(function, args, kwargs, complete, node)
        if isinstance(function, Library):
            if function.name.startswith("keras."):
                return keras_calls.call_keras(self, function.name, args, kwargs, complete, node)
            return library_calls.call_library(self, function.name, args, kwargs, node)
        if isinstance(function, (Layer, Model)):
            return call_on_tensors(self, function, args, kwargs, node)
        if isinstance(function, Instance):
            return self._call_instance(function, args, kwargs, complete, node)
        if isinstance(function, Method):
            receiver = function.receiver
            if isinstance(receiver, (Model, Layer, Tensor, Instance)):
                return keras_calls.call_method(self, receiver, function.name, args, kwargs, node)
            return container_methods.call_method(self, receiver, function.name, args, kwargs)
        if isinstance(function, Unknown):
            # What becomes of a list or model that is handed to unknown code is not followed.
            return Unknown()
        return Unknown()

    def invoke(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], complete: bool
    ) -> Value:
        """Call a function of the project."""
        node = function.node
        self.invoked.add(id(node))
        depth = sum(f.function is not None and f.function.node is node for f in self._frames)
        if len(self._frames) > _MAX_DEPTH or depth > 12:
            return Unknown()
        scope = Scope(function.scope, function.scope.module)
        self._bind_parameters(function, args, kwargs, complete, scope)
        if isinstance(node, ast.Lambda):
            return self.evaluate(node.body, scope)
        frame = Frame(function)
        self._frames.append(frame)
        outer, self._context = self._context, function.scope.module
        outer_floor = self._floor
        self._floor = own_floor = max(outer_floor, self.fuel - _MAX_CALL_STEPS)
        try:
            self.block(node.body, scope)
        except OutOfFuel:
            if own_floor == outer_floor:
                raise
            # A call that does not end (training, playing a game) is left; what follows is not.
            self.trace.exhausted = self.trace.exhausted or not function.scope.module.path
            return Unknown()
        finally:
            self._frames.pop()
            self._context = outer
            self._floor = outer_floor
        if not frame.returned:
            return None
        result = frame.returned[0]
        for value in frame.returned[1:]:
            result = join(result, value)
        return result

    @staticmethod
    def _bind_parameters(
        function: Function,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        scope: Scope,
    ) -> None:
        spec = function.node.args
        names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        decorators = getattr(function.node, "decorator_list", [])
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)
        class_bound = any(isinstance(d, ast.Name) and d.id == "classmethod" for d in decorators)
        values = list(args)
        if class_bound:
            values.insert(0, function.owner)
        elif function.bound is not None and not static:
            values.insert(0, function.bound)
        state = scope.state
        state.update(zip(names, values, strict=False))
        if spec.vararg is not None:
            rest = tuple(values[len(names) :])
            state[spec.vararg.arg] = Seq(rest) if complete else Unknown()
        every = {*names, *(a.arg for a in spec.kwonlyargs)}
        extra = DictValue()
        for name, value in kwargs.items():
            if name in every:
                state[name] = value
            else:
                extra.state[name] = value
        if spec.kwarg is not None:
            state[spec.kwarg.arg] = extra if complete else Unknown()
        for name in every - state.keys():
            if complete and name in function.defaults:
                state[name] = function.defaults[name]
            else:
                state[name] = Unknown(name)

    def _instantiate(
        self,
        cls: ClassValue,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        instance = Instance(cls, node)
        instance.state["__config__"] = Config(kwargs, complete)
        initializer = cls.find("__init__")
        if isinstance(initializer, Function):
            bound = Function(
                initializer.node,
                initializer.scope,
                initializer.defaults,
                instance,
                initializer.owner,
            )
            self.invoke(bound, args, kwargs, complete)
        return instance

    def _call_instance(
        self,
        instance: Instance,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        base = instance.cls.library_base() if instance.cls is not None else None
        if base is not None and base.startswith("keras."):
            return call_on_tensors(self, instance, args, kwargs, node)
        method = expressions.attribute_of(self, instance, "__call__")
        if isinstance(method, Function):
            return self.invoke(method, args, kwargs, complete)
        return Unknown()

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


_STATEMENTS: dict[type[ast.stmt], Any] = {
    ast.Expr: Interpreter._expression,
    ast.Assign: Interpreter._assignment,
    ast.AnnAssign: Interpreter._annotated,
    ast.AugAssign: Interpreter._augmented,
    ast.Return: Interpreter._return,
    ast.Raise: Interpreter._raise,
    ast.Break: Interpreter._break,
    ast.Continue: Interpreter._continue,
    ast.If: Interpreter._if,
    ast.For: Interpreter._for,
    ast.While: Interpreter._while,
    ast.Try: Interpreter._try,
    ast.With: Interpreter._with,
    ast.FunctionDef: Interpreter._function_def,
    ast.AsyncFunctionDef: Interpreter._function_def,
    ast.ClassDef: Interpreter._class_def,
    ast.Global: Interpreter._global,
    ast.Import: Interpreter._import,
    ast.ImportFrom: Interpreter._import_from,
}
