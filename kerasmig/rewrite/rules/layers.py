"""Layers whose rewrite depends on more than their own arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.catalog.recurrent import GATES_TOGETHER, gates_together_write
from kerasmig.catalog.values import BY_FANS
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import DataFormat, Finding
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.entry_calls import Draft, draft, is_settled
from kerasmig.rewrite.calls.finishing import finish
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.imports.references import adapted_call
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.settling import bare_reference, moved
from kerasmig.text.tree import walk


def _drafted(
    context: FileContext, use: Use, entry: Entry, change: Callable[[Draft], None]
) -> Finding | None:
    """Draft a call by its entry, let ``change`` see to the rest, and finish it."""
    if use.call is None:
        return bare_reference(context, use, entry)
    if is_settled(context, use, entry):
        return moved(context, use, entry)
    try:
        new = draft(context, use, entry)
    except BindError as error:
        return adapted_call(context, use, entry, error)
    change(new)
    return finish(new)


# -- BatchNormalization -------------------------------------------------------------------------


@use_rule("batch_normalization")
def batch_normalization(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Mode 0 is today's layer; modes 1 and 2 and a mode in a variable need more."""
    return _drafted(context, use, entry, _mode)


def _mode(new: Draft) -> None:
    argument = new.given.get("mode")
    mode = 0 if argument is None else new.context.constant(argument.value)
    if mode == 0:
        return
    if mode == 1:
        new.target = "keras1_compat.SampleNormalization"
    elif mode == 2:
        # `training=True` at the call would not do: predict() overrules it in functional models.
        new.target = "keras1_compat.BatchStatisticsNormalization"
    elif mode is UNKNOWN and argument is not None:
        new.target = "keras1_compat.batch_normalization"
        new.kept.append(NewArgument("mode", (argument,)))
    else:
        new.refuse(f"Keras 1 has no mode {mode!r}")


# -- AtrousConvolution1D, AtrousConvolution2D --------------------------------------------------


@use_rule("dilated")
def dilated(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Strides together with a dilation, which only Theano could run, are refused by Keras 3."""
    return _drafted(context, use, entry, _strides_and_dilation)


def _strides_and_dilation(new: Draft) -> None:
    strides = new.given.get("subsample") or new.given.get("subsample_length")
    rate = new.given.get("atrous_rate")
    if strides is None or rate is None:
        return
    axes = (new.entry.to or "")[-2:]
    both = [_above_one(new.context.constant(given.value)) for given in (strides, rate)]
    if False in both:
        return
    text = new.context.text
    shown = text.get(strides.value_span)
    told = (
        "Keras 3 refuses strides and a dilation rate above one together: write the layer with "
        f"strides of 1 and put `MaxPooling{axes}(1, strides={shown})` behind it, which picks the "
        "same values"
    )
    if None in both:
        new.assume(f"where strides and dilation rate are both above one, {told}")
    else:
        new.refuse(told)


def _above_one(value: object) -> bool | None:
    """Whether one of some sizes is above one; ``None`` where that cannot be seen."""
    sizes = value if isinstance(value, (tuple, list)) else [value]
    if any(isinstance(size, int) and size > 1 for size in sizes):
        return True
    return False if sizes and all(isinstance(size, int) for size in sizes) else None


# -- Deconvolution2D ------------------------------------------------------------------------------


@use_rule("deconvolution")
def deconvolution(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """``output_shape`` goes where Keras 3 computes the same size; ``output_padding`` helps."""
    return _drafted(context, use, entry, _output_shape)


def _output_shape(new: Draft) -> None:
    argument = new.given.get("output_shape")
    if argument is None:
        new.refuse("output_shape is missing, so the call fails in Keras 1 as well")
        return
    try:
        padding = _output_padding(new)
    except _Unreachable as error:
        new.refuse(str(error))
        return
    if padding is None:
        new.target = "keras1_compat.Deconvolution2D"
        new.kept.append(NewArgument("output_shape", (argument,)))
        return
    if any(padding):
        new.added.append(("output_padding", f"({padding[0]}, {padding[1]})"))


class _Unreachable(Exception):
    """An ``output_shape`` that no input of this size can give; the message says so."""


def _output_padding(new: Draft) -> tuple[int, int] | None:
    """``output_padding`` that gives the size that the author wrote; ``None``: cannot be known.

    Raises:
        _Unreachable: Keras 1 could not make that size either.
    """
    context = new.context
    verdict = context.inference.verdict_for(new.call)
    if verdict is None or verdict.data_format not in (
        DataFormat.CHANNELS_FIRST,
        DataFormat.CHANNELS_LAST,
    ):
        return None
    rows = 2 if verdict.data_format is DataFormat.CHANNELS_FIRST else 1
    kernel = [_integer(new, name) for name in ("nb_row", "nb_col")]
    strides = [1, 1]
    if "subsample" in new.given:
        value = context.constant(new.given["subsample"].value)
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            return None
        strides = [v if isinstance(v, int) else 0 for v in value]
    same = False
    if "border_mode" in new.given:
        mode = context.constant(new.given["border_mode"].value)
        if mode not in ("same", "valid"):
            return None
        same = mode == "same"
    uses = context.inference.shapes_at(new.call).under(verdict.data_format)
    found: set[tuple[int, int]] = set()
    for layer in uses:
        before, after = layer.inputs[0] if layer.inputs else None, layer.output
        if before is None or after is None:
            return None
        sizes = [(before[rows + axis], after[rows + axis]) for axis in (0, 1)]
        padding = _missing(sizes, kernel, strides, same)
        if padding is None:
            return None
        found.add(padding)
    return found.pop() if len(found) == 1 else None


def _missing(
    sizes: list[tuple[int | None, int | None]],
    kernel: list[int | None],
    strides: list[int],
    same: bool,
) -> tuple[int, int] | None:
    """``output_padding`` for rows and columns; (0, 0) where Keras 3's own size is the wanted one.

    Sizes of ``keras/src/backend/common/backend_utils.py``: left alone, the input times the stride,
    for 'valid' plus what the kernel is longer than the stride; with ``output_padding``, which goes
    for both axes at once, from the kernel alone.
    """
    natural: list[bool] = []
    extra: list[int] = []
    for (size, wanted), width, stride in zip(sizes, kernel, strides, strict=True):
        if size is None or wanted is None or width is None or stride <= 0:
            return None
        reached = -(-wanted // stride) if same else -(-(wanted - width + 1) // stride)
        if reached != size:
            raise _Unreachable(
                f"output_shape asks for {wanted} where the input has {size}, which a kernel of "
                f"{width} with stride {stride} cannot give, so the call fails in Keras 1 as well"
            )
        natural.append(size * stride + (0 if same else max(width - stride, 0)) == wanted)
        smallest = (size - 1) * stride + width - (2 * (width // 2) if same else 0)
        extra.append(wanted - smallest)
    if all(natural):
        return (0, 0)
    if all(0 <= e < s for e, s in zip(extra, strides, strict=True)) and any(extra):
        return (extra[0], extra[1])
    return None


def _integer(new: Draft, name: str) -> int | None:
    argument = new.given.get(name)
    value = None if argument is None else new.context.constant(argument.value)
    return value if isinstance(value, int) else None


# -- Lambda, Embedding, recurrent layers ----------------------------------------------------------


@use_rule("lambda_layer")
def lambda_layer(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Only the order of arguments changed; ``output_shape`` means the same."""

    def change(new: Draft) -> None:
        if "output_shape" in new.given:
            new.kept.append(NewArgument("output_shape", (new.given["output_shape"],)))

    return _drafted(context, use, entry, change)


@use_rule("embedding")
def embedding(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """``input_length`` becomes the input shape of a first layer."""

    def change(new: Draft) -> None:
        length = new.given.get("input_length")
        if starts_sequential(context, new.call) or _may_start_elsewhere(context, new.call):
            if length is not None:
                new.kept.append(
                    NewArgument("input_shape", (length,), ("(", length.value_span, ",)"))
                )
            elif not new.has("input_shape"):
                new.added.append(("input_shape", "(None,)"))
        dropout = new.given.get("dropout")
        if dropout is not None and context.constant(dropout.value) not in (0, 0.0):
            new.target = "keras1_compat.WordDropoutEmbedding"
            new.kept.append(NewArgument("dropout", (dropout,)))

    return _drafted(context, use, entry, change)


def _may_start_elsewhere(context: FileContext, call: ast.Call) -> bool:
    """Whether a layer is handed on to where it may become the first of a Sequential model.

    ``layers = [Embedding(100, 8), LSTM(4)]``, ``build(Embedding(100, 8))``; not what is called on a
    tensor, here or under a name of its own.
    """
    parent = context.parent(call)
    if isinstance(parent, ast.keyword):
        parent = context.parent(parent)
    if isinstance(parent, ast.Call):
        adds = isinstance(parent.func, ast.Attribute) and parent.func.attr == "add"
        return parent.func is not call and not adds and not context.names.keras_name(parent.func)
    if isinstance(parent, (ast.List, ast.Tuple)):
        owner = context.parent(parent)
        return not isinstance(owner, ast.Call) or not context.names.keras_name(owner.func)
    if isinstance(parent, ast.Assign):
        names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
        called = {node.func.id for node in context.calls if isinstance(node.func, ast.Name)}
        return bool(names) and not names & called
    return isinstance(parent, (ast.Dict, ast.Return, ast.Lambda))


def starts_sequential(context: FileContext, call: ast.expr) -> bool:
    """Whether a layer, or a name for one, is the first of a Sequential model."""
    parent = context.parent(call)
    if isinstance(parent, (ast.List, ast.Tuple)):
        owner = context.parent(parent)
        return (
            isinstance(owner, ast.Call)
            and context.names.keras_name(owner.func) == "keras.models.Sequential"
            and bool(parent.elts)
            and parent.elts[0] is call
        )
    if not (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "add"
    ):
        return False
    model = ast.unparse(parent.func.value)
    block = context.parent(context.statement(call))
    for statement in walk(block) if block is not None else ():
        if (
            isinstance(statement, ast.Call)
            and isinstance(statement.func, ast.Attribute)
            and statement.func.attr == "add"
            and ast.unparse(statement.func.value) == model
            and (statement.lineno, statement.col_offset) < (parent.lineno, parent.col_offset)
            and not _created_between(context, block, model, statement, parent)
        ):
            return False
    return True


def _created_between(
    context: FileContext, block: ast.AST | None, model: str, first: ast.Call, second: ast.Call
) -> bool:
    """Whether the model is made anew between two calls of ``add``."""
    return any(
        isinstance(node, ast.Assign)
        and first.lineno < node.lineno < second.lineno
        and any(ast.unparse(target) == model for target in node.targets)
        for node in walk(block or context.tree)
    )


_GATE_FANS = (
    "Keras 1 made one kernel for each gate, Keras 3 makes one for all, whose initial values are "
    "smaller"
)


@use_rule("gated_recurrent")
def gated_recurrent(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """LSTM and GRU looked at ``inner_init`` only under ``consume_less='gpu'``."""
    argument = None
    if use.call is not None:
        argument = next((k.value for k in use.call.keywords if k.arg == "consume_less"), None)
    arrangement = "cpu" if argument is None else context.constant(argument)
    if arrangement == "gpu":
        write = gates_together_write(entry.write)
        entry = entry._replace(args={**entry.args, **GATES_TOGETHER}, write=write)

    def change(new: Draft) -> None:
        if arrangement is UNKNOWN and ("inner_init" in new.given or "U_regularizer" in new.given):
            new.assume(
                "consume_less is not known here; inner_init and U_regularizer, which Keras 1 "
                "looked at under 'gpu' only, are left out"
            )
        given = new.given.get("init")
        initial = "glorot_uniform" if given is None else context.constant(given.value)
        if context.settings.idiomatic and arrangement != "gpu" and initial in BY_FANS:
            new.assume(_GATE_FANS)

    return _drafted(context, use, entry, change)
