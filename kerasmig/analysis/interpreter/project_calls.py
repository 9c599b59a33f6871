"""Calling functions, classes and objects of the project."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter import container_methods, expressions, library_calls
from kerasmig.analysis.interpreter.frames import Frame, OutOfFuel
from kerasmig.analysis.interpreter.joining import join
from kerasmig.analysis.interpreter.values import (
    ClassValue,
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Partial,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers import keras_calls, model_building
from kerasmig.analysis.layers.application import call_on_tensors
from kerasmig.analysis.layers.arguments import Config
from kerasmig.text.tree import nodes

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter
# What these are given they leave as it is (except shuffle, see `library_calls`).
_HARMLESS = frozenset(dir(builtins)) | frozenset(
    [
        "argparse",
        "copy",
        "cv2",
        "functools",
        "itertools",
        "json",
        "keras1_compat",
        "logging",
        "math",
        "matplotlib",
        "np",
        "numpy",
        "operator",
        "optparse",
        "os",
        "pandas",
        "pickle",
        "plt",
        "pprint",
        "PIL",
        "random",
        "scipy",
        "six",
        "skimage",
        "sklearn",
        "string",
        "sys",
        "time",
        "unittest",
        "warnings",
        "xrange",
        "reduce",
    ]
)
_MAX_DEPTH = 40
_MAX_CALL_STEPS = 40_000


def make_function(
    run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
) -> Function:
    """The function object that a ``def`` or ``lambda`` makes."""
    defaults: dict[str, Value] = {}
    positional = [*node.args.posonlyargs, *node.args.args]
    for parameter, default in zip(reversed(positional), reversed(node.args.defaults), strict=False):
        defaults[parameter.arg] = run.evaluate(default, scope)
    for parameter, keyword in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if keyword is not None:
            defaults[parameter.arg] = run.evaluate(keyword, scope)
    return Function(node, scope, defaults)


def call_expression(run: Interpreter, node: ast.Call, scope: Scope) -> Value:
    """Follow a call."""
    function = run.evaluate(node.func, scope)
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    complete = True
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            items = run.iterate(run.evaluate(argument.value, scope))
            if items is None:
                complete = False
                break
            args.extend(items)
        else:
            args.append(run.evaluate(argument, scope))
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, DictValue):
            kwargs.update({str(k): v for k, v in value.state.items()})
        else:
            complete = False
    return run.call(function, args, kwargs, complete, node)


def call(
    run: Interpreter,
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
        return run.call(
            function.function,
            [*function.args, *args],
            {**function.kwargs, **kwargs},
            complete,
            node,
        )
    if isinstance(function, Function):
        return run.invoke(function, args, kwargs, complete)
    if isinstance(function, ClassValue):
        return _instantiate(run, function, args, kwargs, complete, node)
    unseen = isinstance(function, (Library, Unknown)) and not function.name.startswith("keras.")
    if unseen and function.name.partition(".")[0] not in _HARMLESS:
        _forget_what_may_change(run, [*args, *kwargs.values()])
    if unseen and len(args) == 1 and function.name.rpartition(".")[2] == "add":
        model_building.add_to_unknown(run, args[0])
    if isinstance(function, Library):
        if function.name.startswith("keras."):
            return keras_calls.call_keras(run, function.name, args, kwargs, complete, node)
        return library_calls.call_library(run, function.name, args, kwargs, node)
    if isinstance(function, (Layer, Model)):
        return call_on_tensors(run, function, args, kwargs, node)
    if isinstance(function, Instance):
        return _call_instance(run, function, args, kwargs, complete, node)
    if isinstance(function, Method):
        receiver = function.receiver
        if isinstance(receiver, (Model, Layer, Tensor, Instance)):
            return keras_calls.call_method(run, receiver, function.name, args, kwargs, node)
        return container_methods.call_method(run, receiver, function.name, args, kwargs)
    return Unknown()


def invoke(
    run: Interpreter,
    function: Function,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
) -> Value:
    """Call a function of the project."""
    node = function.node
    run.invoked.add(id(node))
    depth = sum(f.function is not None and f.function.node is node for f in run.frames)
    if len(run.frames) > _MAX_DEPTH or depth > 12:
        return Unknown()
    scope = Scope(function.scope, function.scope.module)
    _bind_parameters(function, args, kwargs, complete, scope)
    if isinstance(node, ast.Lambda):
        return run.evaluate(node.body, scope)
    frame = Frame(function)
    run.frames.append(frame)
    outer, run.context = run.context, function.scope.module
    outer_floor = run.floor
    run.floor = own_floor = max(outer_floor, run.fuel - _MAX_CALL_STEPS)
    try:
        run.block(node.body, scope)
    except OutOfFuel:
        if own_floor == outer_floor:
            raise
        # A call that does not end (training, playing a game) is left; what follows is not.
        run.trace.exhausted = run.trace.exhausted or not function.scope.module.path
        return Unknown()
    finally:
        run.frames.pop()
        run.context = outer
        run.floor = outer_floor
    if id(node) not in run.generators:
        run.generators[id(node)] = _is_generator(node, function.scope.module.tree)
    if run.generators[id(node)]:
        return Unknown()
    if not frame.returned:
        return None
    result = frame.returned[0]
    for value in frame.returned[1:]:
        result = join(result, value)
    return result


def _forget_what_may_change(run: Interpreter, values: list[Value]) -> None:
    """Code that is not seen may change the lists and Sequential models that it is given."""
    for value in values:
        if isinstance(value, Seq) and value.is_list:
            run.heap.put(value, "uncertain", True)
        elif isinstance(value, Model) and value.sequential and value.state["outputs"]:
            last = value.state["outputs"][-1]
            # Whoever converts it has to know how it was kept.
            shape = tuple(Unknown() for _ in last.shape or ()) if last.turned else ()
            unknown = Tensor(shape or None, last.node, inputs=(last,), turned=last.turned)
            run.heap.put(value, "outputs", (unknown,))


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef, tree: ast.Module) -> bool:
    """Whether calling the function gives an iterator (or coroutine), not what it returns."""
    return isinstance(node, ast.AsyncFunctionDef) or any(
        node.lineno <= inner.lineno <= (node.end_lineno or 0)
        for inner in nodes(tree, ast.Yield, ast.YieldFrom)
    )


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
    run: Interpreter,
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
        run.invoke(bound, args, kwargs, complete)
    return instance


def _call_instance(
    run: Interpreter,
    instance: Instance,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
    node: ast.Call,
) -> Value:
    base = instance.cls.library_base() if instance.cls is not None else None
    if base is not None and base.startswith("keras."):
        return call_on_tensors(run, instance, args, kwargs, node)
    method = expressions.attribute_of(run, instance, "__call__")
    if isinstance(method, Function):
        return run.invoke(method, args, kwargs, complete)
    return Unknown()
