"""Method calls and attributes of Keras objects, by the rows of `kerasmig.catalog.methods`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import CONTAINER, LAYER, MODEL, SEQUENTIAL, is_a
from kerasmig.catalog.vocabulary import Handled
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.comments import with_comments
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    finish_method,
    method_era,
    refused_method,
    renamed,
    rewritten_method,
)
from kerasmig.rewrite.calls.unpacked import unpacked_keywords
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule, find_method_rule, method_rule
from kerasmig.rewrite.rules.layer_attributes import read_attribute

_FILES = "KM303"
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")


@file_rule
def methods(context: FileContext) -> Iterator[Finding]:
    """One finding (or none: it may stay) for every use of a method or attribute."""
    for use in context.method_uses:
        code = use.row.code
        if not context.settings.wants(code) or context.directives.ignores(code, use.place):
            finding: Finding | None = refused_method(context, use, "left alone on request")
        else:
            finding = _settle(context, use)
        if finding is None:
            context.kept += 1
        else:
            yield finding


def _settle(context: FileContext, use: MethodUse) -> Finding | None:
    row = use.row
    if row.manual:
        return refused_method(context, use, row.manual)
    try:
        rule = find_method_rule(row.rule) if row.rule else None
        if rule is not None:
            return rule(context, use)
        if row.attribute:
            return _attribute(context, use)
        if use.call is None:
            return None  # a method passed on by itself: no arguments to see
        return _call(context, use)
    except BindError as error:
        try:
            return unpacked_keywords(context, use, error)
        except BindError as reason:
            return refused_method(context, use, f"the call cannot be rewritten, because {reason}")


def _call(context: FileContext, use: MethodUse) -> Finding | None:
    """A method that only the catalog's mapping is needed for."""
    gone = use.row.to != use.row.name
    # Keras 2 took the same file names as Keras 1; what is computed may be right already.
    shared = use.row.code == _FILES and _named_file(context, use)
    if not gone and not shared and method_era(context, use) is not Era.KERAS1:
        return None
    if use.row.template:
        return _template(context, use)
    if not use.row.args and not use.row.write and not use.row.assumed:
        return rewritten_or_none(context, use)
    new = draft_method(context, use)
    for name, argument in new.given.items():
        rule = use.row.argument(name)
        if isinstance(rule, Handled):
            _HANDLED.get(name, _unhandled(rule))(new, argument)
    if "y" in new.given and use.row.name in _TRAINING:
        _numbers(new, "y")
    if use.row.name == "predict" and not in_loop(context, use):
        # Only a progress bar: told off where it would be printed again and again.
        new.added = [(name, text) for name, text in new.added if name != "verbose"]
    finding = finish_method(new, use)
    if (
        finding is not None
        and not finding.edits
        and finding.applicability is not Applicability.MANUAL
    ):
        return None
    return finding


def rewritten_or_none(context: FileContext, use: MethodUse) -> Finding | None:
    """A call whose method keeps its arguments and perhaps gets another name."""
    edits = renamed(context, use, use.row.to or use.row.name)
    return rewritten_method(context, use, edits) if edits else None


def in_loop(context: FileContext, use: MethodUse) -> bool:
    """Whether a call is repeated by a loop around it."""
    for node in context.ancestors(use.node):
        if isinstance(node, (ast.For, ast.While, ast.comprehension, ast.ListComp)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return False
    return False


# -- arguments that need more than a new name ------------------------------------------------------


def _unhandled(rule: Handled) -> Callable[[Draft, Argument], None]:
    def refuse(new: Draft, argument: Argument) -> None:
        new.refuse(rule.how)

    return refuse


def show_accuracy(new: Draft, argument: Argument) -> None:
    """``show_accuracy=True``: `compile` asks for the accuracy now (see the rule for `compile`)."""
    value = new.context.constant(argument.value)
    if value in (False, 0):
        return
    compiled = compile_call(new.context, new.call)
    if compiled is None:
        new.assume("`show_accuracy` is gone: `compile` needs metrics=['accuracy']")


def _class_weight(new: Draft, argument: Argument) -> None:
    if isinstance(new.context.constant(argument.value), str):
        new.refuse("class_weight must be a dictionary of class index to weight")
    else:
        new.kept.append(NewArgument("class_weight", (argument,)))


_HANDLED: dict[str, Callable[[Draft, Argument], None]] = {
    "show_accuracy": show_accuracy,
    "accuracy": show_accuracy,
    "class_weight": _class_weight,
}


_TRAINING = ("fit", "evaluate", "train_on_batch", "test_on_batch")


def _numbers(new: Draft, name: str) -> None:
    """Targets as a list of numbers: Keras 1 made an array of them, Keras 3 takes arrays only."""
    argument = new.given[name]
    if not _is_numbers(new.context, argument.value):
        return
    array = f"{_numpy(new.context)}.array("
    new.drop(name)
    new.kept.append(NewArgument(name, (argument,), (array, argument.value_span, ")")))


def _is_numbers(context: FileContext, node: ast.expr) -> bool:
    """``[1] * n + [0] * n``, or a name for such a list."""
    if isinstance(node, ast.List):
        return bool(node.elts) and all(
            isinstance(context.constant(element), (int, float)) for element in node.elts
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_numbers(context, node.left) or _is_numbers(context, node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_numbers(context, node.left) and _is_numbers(context, node.right)
    if isinstance(node, ast.Name):
        values = [b.value for b in context.names.bindings_of(node)]
        return len(values) == 1 and values[0] is not None and _is_numbers(context, values[0])
    return False


def _numpy(context: FileContext) -> str:
    """What the file calls NumPy."""
    for name, bindings in context.names.root.bindings.items():
        if all(b.kind == "import" and b.path == "numpy" for b in bindings):
            return name
    context.imports.need_library("numpy", "np")
    return "np"


def same_model(context: FileContext, a: ast.expr, b: ast.expr) -> bool:
    """Whether two receivers are one object, as far as the text tells."""
    receivers = context.receivers
    return receivers.identity(a) == receivers.identity(b)


def compile_call(context: FileContext, call: ast.Call) -> ast.Call | None:
    """The `compile` of the model that a method is called on, if the file has it."""
    assert isinstance(call.func, ast.Attribute)
    for use in context.method_uses:
        compiles = use.row.name == "compile" and use.call is not None
        if compiles and same_model(context, use.receiver, call.func.value):
            return use.call
    return None


# -- attributes and templates ------------------------------------------------------------------------


def _attribute(context: FileContext, use: MethodUse) -> Finding | None:
    row, kind = use.row, use.kind
    if _is_own_attribute(context, use):
        return None
    if isinstance(use.node.ctx, ast.Store) and row.name in ("input", "output"):
        return None  # the rule for lists of layers sees to it
    special = _ATTRIBUTES.get(row.name)
    if special is not None:
        return special(context, use)
    if row.template:
        return _template(context, use)
    if row.to is None or row.to == row.name:
        return None
    assert kind is not None or row.to
    return rewritten_method(context, use, renamed(context, use, row.to))


def _is_own_attribute(context: FileContext, use: MethodUse) -> bool:
    """``self.W`` of a user's own class, which the rule for subclasses sees to."""
    return (
        isinstance(use.receiver, ast.Name)
        and use.receiver.id == "self"
        and use.row.owner in (LAYER, CONTAINER)
    )


def _named_file(context: FileContext, use: MethodUse) -> bool:
    """Whether a file is given by a name that is certain."""
    assert use.call is not None
    given = [*use.call.args[:1], *(k.value for k in use.call.keywords if k.arg == "filepath")]
    return any(isinstance(context.constant(value), str) for value in given)


def _template(context: FileContext, use: MethodUse) -> Finding:
    parts: list[str | Span] = []
    position = 0
    template = use.row.template
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        word = match.group(1)
        parts.append(
            context.text.span(use.receiver) if word == "self" else context.imports.need(word)
        )
    parts.append(template[position:])
    edit = Edit(context.text.span(use.place), tuple(p for p in parts if p != ""))
    edit = with_comments(context.text, edit)
    short = template.rpartition("}")[2].lstrip(".") or use.row.name
    return rewritten_method(context, use, [edit], short=short)


def _shape(context: FileContext, use: MethodUse) -> Finding | None:
    """Gone on layers, still there on models; ``self.output_shape`` is the layer's own affair."""
    if is_a(use.kind, CONTAINER):
        return None
    if use.kind == LAYER and use.row.name == "input_shape" and isinstance(use.node.ctx, ast.Load):
        return read_attribute(context, use.node)  # perhaps an input, which has none, or a merge
    return _template(context, use)


def _tensor(context: FileContext, use: MethodUse) -> Finding | None:
    """``model.input`` raises on a Sequential that was never called; other kinds have it."""
    if use.kind != SEQUENTIAL or _later_sequential(context, use):
        return None
    return _template(context, use)


def _later_sequential(context: FileContext, use: MethodUse) -> bool:
    return not context.speaks_keras1


_WEIGHTS = {
    "keras.layers.embeddings.Embedding": {"W": "embeddings"},
    "keras.layers.normalization.BatchNormalization": {},
}
_KERNELS = ("keras.layers.core.Dense",)


def _weight(context: FileContext, use: MethodUse) -> Finding | None:
    """``layer.W``, ``layer.b``: what they are called depends on the layer."""
    new = _WEIGHTS.get(use.kind or "", {}).get(use.row.name)
    if new is None and any(is_a(use.kind, kernel) for kernel in _KERNELS):
        new = {"W": "kernel", "b": "bias"}[use.row.name]
    if new is None and isinstance(use.node.ctx, ast.Load):
        return read_attribute(context, use.node)
    if new is None:
        return refused_method(
            context,
            use,
            "weights have other names now: `kernel` and `bias` on dense layers and convolutions, "
            "`embeddings` on Embedding, `cell.kernel` on recurrent layers",
        )
    return rewritten_method(context, use, renamed(context, use, new), short=new)


def _assigned_weights(context: FileContext, use: MethodUse) -> Finding | None:
    if isinstance(use.node.ctx, ast.Store):
        return refused_method(
            context, use, "cannot be assigned to: `add_weight` in `build` registers weights"
        )
    return None


_ATTRIBUTES: dict[str, Callable[[FileContext, MethodUse], Finding | None]] = {
    "output_shape": _shape,
    "input_shape": _shape,
    "input": _tensor,
    "output": _tensor,
    "W": _weight,
    "b": _weight,
    "trainable_weights": _assigned_weights,
    "non_trainable_weights": _assigned_weights,
}


@method_rule("add_weight")
def add_weight(context: FileContext, use: MethodUse) -> Finding | None:
    """Third by position was the name, now it is the type."""
    if use.call is None or method_era(context, use) is not Era.KERAS1:
        return None
    return finish_method(draft_method(context, use), use)


@method_rule("get_layer")
def get_layer(context: FileContext, use: MethodUse) -> Finding | None:
    """An index counted the input of a Sequential, too."""
    if use.call is None or use.kind == MODEL:
        return None
    new = draft_method(context, use)
    index = new.given.get("index")
    if index is None or not context.speaks_keras1:
        return None
    return as_function(new, use, "keras1_compat.keras1_get_layer", ("name", "index"))
