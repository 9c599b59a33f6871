"""``K.function`` and the learning phase among its inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.binding import BindError, bind
from kerasmig.rewrite.calls.entry_calls import draft
from kerasmig.rewrite.calls.finishing import finish, refused
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule

_FUNCTION = "keras.backend.function"
_GRADIENTS = "keras.backend.gradients"
_NO_GRADIENT = (
    "one of the outputs is a gradient (`K.gradients`): write a Python function that computes the "
    "loss inside `with tf.GradientTape() as tape:`"
)


@use_rule("backend_function")
def backend_function(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A function of tensors becomes a model that takes and gives lists of arrays."""
    if use.call is None:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    why = _obstacle(context, use.call, entry)
    if why:
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    return finish(draft(context, use, entry._replace(manual="")))


@use_rule("learning_phase")
def learning_phase(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Among the inputs of a function that can be made, it is a stand-in; else there is none."""
    if use.call is not None and _is_input(context, use.call):
        assert entry.to is not None
        spelling = context.imports.spell(use.root, use.node, entry.to)
        return context.finding(
            entry.code,
            use.call,
            "learning_phase() → LEARNING_PHASE, for which 0 or 1 is given",
            Applicability.ASSUMED,
            name=entry.short,
            edits=(Edit(context.text.span(use.call), (spelling,)),),
        )
    return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])


def _is_input(context: FileContext, node: ast.expr) -> bool:
    """Whether a list that a function takes as inputs is written with this element."""
    display = context.parent(node)
    if not isinstance(display, (ast.List, ast.Tuple)):
        return False
    for use in context.uses:
        if use.name != _FUNCTION or use.call is None or use.entry is None:
            continue
        if not _obstacle(context, use.call, use.entry):
            inputs = bind(context.site(use.call), use.entry)["inputs"].value
            if any(part is display for part in _parts(context, inputs, set())):
                return True
    return False


def _obstacle(context: FileContext, call: ast.Call, entry: Entry) -> str:
    """Why a function cannot be made; ``""``: it can."""
    try:
        given = bind(context.site(call), entry)
    except BindError as error:
        return f"the call cannot be rewritten, because {error}"
    if "inputs" not in given or "outputs" not in given:
        return "the call cannot be rewritten, because its inputs or outputs are not given"
    updates = given.get("updates")
    if updates is not None and context.constant(updates.value) not in ([], (), None):
        return "`updates` have no counterpart: assign to variables in a Python function"
    for part in _parts(context, given["outputs"].value, set()):
        if isinstance(part, ast.Call) and context.names.keras_name(part.func) == _GRADIENTS:
            return _NO_GRADIENT
    return ""


def _parts(context: FileContext, node: ast.expr, seen: set[int]) -> list[ast.expr]:
    """The expressions that a value is made of, through the variables of the file."""
    found: list[ast.expr] = []
    for part in ast.walk(node):
        if not isinstance(part, ast.expr) or id(part) in seen:
            continue
        seen.add(id(part))
        found.append(part)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            for value in _values(context, part):
                found += _parts(context, value, seen)
    return found


def _values(context: FileContext, name: ast.Name) -> Iterator[ast.expr]:
    """All that a variable is ever given, `x /= y` and loops among it."""
    for scope in context.names.scope_of(name).visible:
        for binding in scope.bindings.get(name.id, ()):
            if isinstance(binding.node, (ast.stmt, ast.Name)):
                statement = context.statement(binding.node)
                for field in ("value", "iter"):
                    value = getattr(statement, field, None)
                    if isinstance(value, ast.expr):
                        yield value
