"""Divisions of whole numbers, which Python 2 did without a rest.

Sizes that are divided are seen to in every file of the Keras 1 era: ``nb_filter / 2`` was written
for Python 2 even where the file parses as Python 3.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasmig.analysis.objects.whole_numbers import Kind, number_kind
from kerasmig.catalog import surface
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

DIVISION = "KM802"

#: Parameters of Keras 1 and Keras 3 that take whole numbers, or tuples of them.
_SIZES = frozenset(
    [
        "nb_filter",
        "nb_row",
        "nb_col",
        "nb_feature",
        "output_dim",
        "input_dim",
        "input_length",
        "filter_length",
        "length",
        "pool_length",
        "pool_size",
        "subsample",
        "subsample_length",
        "stride",
        "strides",
        "size",
        "padding",
        "cropping",
        "n",
        "input_shape",
        "batch_input_shape",
        "batch_shape",
        "output_shape",
        "target_shape",
        "dims",
        "kernel_dim1",
        "kernel_dim2",
        "kernel_dim3",
        "filters",
        "kernel_size",
        "units",
        "batch_size",
        "nb_epoch",
        "epochs",
        "nb_classes",
        "samples_per_epoch",
        "nb_val_samples",
        "steps_per_epoch",
        "validation_steps",
        "nb_worker",
        "depth_multiplier",
        "target_size",
        "patience",
    ]
)
#: Of these, the ones that mean a size in any function's call.
_TELLING = _SIZES - frozenset(["n", "length", "size", "stride", "dims", "padding"])
_SHAPED = frozenset(["reshape", "zeros", "ones", "empty", "resize", "range"])
#: Of these, the ones that take the array first where they are functions: ``np.reshape(x, shape)``.
_OF_ARRAYS = frozenset(["reshape", "resize"])


#: Expressions whose value is a size if they are used as one.
_PASSING_ON = (ast.BinOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Starred)


@file_rule
def integer_division(context: FileContext) -> Iterator[Finding]:
    """``/`` of whole numbers becomes ``//``."""
    if b"/" not in context.text.utf8 or _true_division(context.tree):
        return
    if not (context.surroundings.python2 or context.speaks_keras1):
        return
    divisions = [
        node
        for node in nodes(context.tree, ast.BinOp, ast.AugAssign)
        if isinstance(node.op, ast.Div)
    ]
    if not divisions:
        return
    sizes = _names_of_sizes(context, divisions)
    for node in divisions:
        finding = _division(context, node, sizes)
        if finding is not None:
            yield finding


def _true_division(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "division" for alias in node.names)
        for node in tree.body
    )


def _division(
    context: FileContext, node: ast.BinOp | ast.AugAssign, sizes: frozenset[str]
) -> Finding | None:
    left, right = (
        (node.target, node.value)
        if isinstance(node, ast.AugAssign)
        else (
            node.left,
            node.right,
        )
    )
    kinds = {number_kind(left, context.names), number_kind(right, context.names)}
    if Kind.FLOAT in kinds or _made_float(context, left) or _made_float(context, right):
        return None
    text = context.text.of(node)
    shown = text if len(text) <= 40 and "\n" not in text else "this division"
    as_size = _is_size(context, node, sizes)
    if context.surroundings.python2 and kinds == {Kind.INT}:
        return context.finding(
            DIVISION,
            node,
            f"{shown}: both are whole numbers, which Python 2 divided without a rest: // written",
            Applicability.AUTOMATIC,
            edits=[_floor(context, left, right)],
        )
    if as_size and (context.surroundings.python2 or kinds != {Kind.FLOAT}):
        return context.finding(
            DIVISION,
            node,
            f"{shown} is used as a size, so // is written, as Python 2 divided whole numbers",
            Applicability.ASSUMED,
            edits=[_floor(context, left, right)],
        )
    if not context.surroundings.python2:
        return None
    return context.finding(
        DIVISION,
        node,
        f"{shown} gave a whole number in Python 2 if both sides were ints; if they are, write //",
        Applicability.MANUAL,
    )


def _made_float(context: FileContext, node: ast.expr) -> bool:
    """Whether a name is an array that the file turns into floats: ``x = x.astype('float32')``."""
    return isinstance(node, ast.Name) and node.id in context.float_arrays


def _floor(context: FileContext, left: ast.expr, right: ast.expr) -> Edit:
    """Double the slash between two operands."""
    position = context.text.span(left).end
    end = context.text.span(right).start
    utf8 = context.text.utf8
    while position < end:
        if utf8[position : position + 1] == b"#":
            while utf8[position : position + 1] not in (b"\n", b"\r"):
                position += 1
        if utf8[position : position + 1] == b"/":
            return Edit(Span(position, position + 1), ("//",))
        position += 1
    raise AssertionError("a division without a slash")


def _is_size(context: FileContext, node: ast.AST, sizes: frozenset[str]) -> bool:
    """Whether an expression's value is used as a size, directly or through a name."""
    child, parent = node, context.parent(node)
    while isinstance(parent, _PASSING_ON):
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Div):
            return False  # the quotient of a quotient: decided for the outer one
        child, parent = parent, context.parent(parent)
    if isinstance(parent, ast.keyword):
        call = context.parent(parent)
        return isinstance(call, ast.Call) and (
            parent.arg in _TELLING or (parent.arg in _SIZES and _signature(context, call) != ())
        )
    if isinstance(parent, ast.Call) and child in parent.args:
        return _positional_size(context, parent, parent.args.index(child))
    if isinstance(parent, ast.Slice):
        return True
    if isinstance(parent, ast.Subscript) and child is parent.slice and isinstance(child, ast.Tuple):
        return True  # `w[i, (rows - 1) / 2]`: an index of an array
    if isinstance(parent, ast.Assign) and child is parent.value:
        return any(isinstance(t, ast.Name) and t.id in sizes for t in parent.targets)
    if isinstance(parent, ast.AugAssign) and isinstance(parent.target, ast.Name):
        return parent.target.id in sizes
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id in sizes
    return False


def _positional_size(context: FileContext, call: ast.Call, index: int) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _SHAPED and context.names.keras_name(function) is None:
        if index == 0 and name in _OF_ARRAYS and not _is_method(context, function):
            return False
        return name != "resize" or isinstance(call.args[index], ast.Tuple)
    parameters = _signature(context, call)
    return index < len(parameters) and parameters[index] in _SIZES


def _is_method(context: FileContext, function: ast.expr) -> bool:
    """Whether a function is called on an object (``x.reshape``), not on a module (``np.reshape``)."""
    if not isinstance(function, ast.Attribute):
        return False
    if not isinstance(function.value, ast.Name):
        return True
    return not any(
        binding.kind in ("import", "from") for binding in context.names.bindings_of(function.value)
    )


def _signature(context: FileContext, call: ast.Call) -> tuple[str, ...]:
    """The positional parameters of a call's Keras 1 callable; empty for anything else."""
    name = context.names.keras_name(call.func)
    signature = surface.keras1_signature(name) if name else None
    return tuple(signature.positional()) if signature else ()


def _names_of_sizes(
    context: FileContext, divisions: Sequence[ast.BinOp | ast.AugAssign]
) -> frozenset[str]:
    """Names that are assigned a quotient and stand somewhere as a size."""
    assigned = {
        target.id
        for node in divisions
        for target in _targets(context.statement(node))
        if isinstance(target, ast.Name)
    }
    uses = [node for node in context.names.loads if node.id in assigned]
    return frozenset(node.id for node in uses if _is_size(context, node, frozenset()))


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    return statement.targets if isinstance(statement, ast.Assign) else []
