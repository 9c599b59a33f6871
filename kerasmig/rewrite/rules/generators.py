"""``fit_generator``, ``evaluate_generator``, ``predict_generator``: today's methods, and batches.

Keras 1 took batches until it had seen the samples asked for (``keras/engine/training.py`` of
1.2.2); Keras 3 counts batches. The last batch of each pass of an iterator is smaller, so a number
of samples that is certainly not one pass is left to a compat function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.batch_size import BatchSize, BatchSizes
from kerasmig.analysis.objects.receivers import ITERATOR, Receivers, is_a, own_nodes
from kerasmig.catalog.vocabulary import Drop
from kerasmig.finding import Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    finish_method,
    method_era,
    refused_method,
)
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import method_rule
from kerasmig.rewrite.rules.methods import in_loop, show_accuracy

_SAMPLES = {"fit_generator": "samples_per_epoch"}
_STEPS = {"fit_generator": "steps_per_epoch"}
# What the compat functions take, in order: as in Keras 1.
_OLD_ORDER = {
    "fit_generator": "generator samples_per_epoch nb_epoch verbose callbacks validation_data "
    "nb_val_samples class_weight max_q_size nb_worker pickle_safe initial_epoch",
    "evaluate_generator": "generator val_samples max_q_size nb_worker pickle_safe",
    "predict_generator": "generator val_samples max_q_size nb_worker pickle_safe",
}
_KERAS2_ORDER = {
    "fit_generator": "generator steps_per_epoch epochs verbose callbacks validation_data "
    "validation_steps class_weight max_queue_size workers use_multiprocessing shuffle "
    "initial_epoch",
    "evaluate_generator": "generator steps max_queue_size workers use_multiprocessing verbose",
    "predict_generator": "generator steps max_queue_size workers use_multiprocessing verbose",
}
_QUEUE = ("max_queue_size", "workers", "use_multiprocessing", "max_q_size", "nb_worker")
# What iterators call the number of their samples, then and now.
_SIZES = ("nb_sample", "n", "N", "samples")
_A_PASS = "every batch of an epoch of `{}` samples is taken to be full, or they are one pass"

_AHEAD = (
    "Keras 1 fetched batches of the validation data ahead, as many as it had time for, and dropped "
    "them: unless they are one whole pass, later epochs were validated on other batches than here; "
    "give arrays to validate on the same ones"
)


@method_rule("generator_training")
def generator_training(context: FileContext, use: MethodUse) -> Finding | None:
    """Rename the method and count batches."""
    if use.call is None:
        return refused_method(context, use, f"gone: `{use.row.to}` takes generators")
    era = method_era(context, use)
    if era is Era.LATER:
        return finish_method(_keras2(context, use), use)
    if era is Era.UNKNOWN and len(use.call.args) > 1:
        return refused_method(
            context,
            use,
            f"gone: `{use.row.to}` takes generators; the second argument counted samples in "
            "Keras 1 and batches in Keras 2, and nothing here tells which of them this is",
        )
    return _GeneratorCall(context, use).finding()


def _keras2(context: FileContext, use: MethodUse) -> Draft:
    """Keras 2 counted batches already."""
    assert use.call is not None
    new = _plain_draft(context, use)
    order = _KERAS2_ORDER[use.row.name].split()
    for index, argument in enumerate(new.site.arguments):
        if argument.star:
            raise BindError(f"its arguments are unpacked with {argument.star}")
        name = argument.keyword or (order[index] if index < len(order) else "")
        if not name:
            raise BindError("it has more positional arguments than Keras 2 takes")
        if name not in _QUEUE:
            new.kept.append(NewArgument("x" if name == "generator" else name, (argument,)))
    return new


class _GeneratorCall:
    """One call of Keras 1."""

    def __init__(self, context: FileContext, use: MethodUse) -> None:
        assert use.call is not None
        self._context = context
        self._use = use
        self._call = use.call
        self._new = draft_method(context, use)
        self._sizes = BatchSizes(context.receivers)
        self._extra: list[Edit] = []

    def finding(self) -> Finding | None:
        """The finding of the call."""
        new, name = self._new, self._use.row.name
        generator = new.given.get("generator")
        samples = new.given.get(_SAMPLES.get(name, "val_samples"))
        if generator is None or samples is None:
            raise BindError("the generator or the number of samples is missing")
        if "show_accuracy" in new.given:
            show_accuracy(new, new.given["show_accuracy"])
        fits = self._count(generator, samples, _STEPS.get(name, "steps"), name)
        if name == "fit_generator":
            fits = fits and self._validation()
            weighted = new.given.get("class_weight")
            if weighted is not None and not self._is_keras(generator.value):
                fits = fits and self._context.constant(weighted.value) is None
            if self._validates_on_a_generator():
                new.assume(_AHEAD)
        if not fits:
            return self._compat()
        if not in_loop(self._context, self._use):
            new.added = [(n, text) for n, text in new.added if n != "verbose"]
        return finish_method(new, self._use, self._extra)

    def _validation(self) -> bool:
        data = self._new.given.get("validation_data")
        samples = self._new.given.get("nb_val_samples")
        if data is None or samples is None or self._is_arrays(data.value):
            return True
        return self._count(data, samples, "validation_steps", "fit_generator")

    def _validates_on_a_generator(self) -> bool:
        """Whether several epochs are validated on what a generator of the project's own gives."""
        data, epochs = (self._new.given.get(n) for n in ("validation_data", "nb_epoch"))
        if data is None or "nb_val_samples" not in self._new.given:
            return False
        if self._is_arrays(data.value) or self._is_keras(data.value):
            return False
        return epochs is None or self._context.constant(epochs.value) != 1

    def _count(self, generator: Argument, samples: Argument, steps: str, method: str) -> bool:
        """Count the batches of one generator; False: only a compat function can."""
        if not self._tuples(generator.value, method):
            return False
        size = self._sizes.of(generator.value, self._call)
        if size is None:
            return False
        why = size.assumed
        if self._is_keras(generator.value):
            passes = self._is_pass(generator.value, samples.value)
            if passes is None:
                return False
            why = why or ("" if passes else _A_PASS.format(self._text(samples)))
        parts = self._steps(samples, size)
        self._new.kept.append(NewArgument(steps, (samples,), parts))
        if why:
            self._new.assume(why)
        return True

    def _text(self, argument: Argument) -> str:
        return self._context.text.get(argument.value_span)

    def _steps(self, samples: Argument, size: BatchSize) -> tuple[str | Span, ...]:
        """How many batches have so many samples: rounded up, as Keras 1 did."""
        node = samples.value
        number = node.value if isinstance(node, ast.Constant) else None
        if isinstance(number, (int, float)) and size.literal and size.value:
            return (str(-(-int(number) // size.value)),)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if ast.unparse(side) == size.text and isinstance(
                    other, (ast.Name, ast.Constant, ast.Attribute, ast.BinOp)
                ):
                    return (self._context.text.span(other),)
        span: tuple[str | Span, ...] = (samples.value_span,)
        if not isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)):
            span = ("(", samples.value_span, ")")
        ceil = _ceil(self._context)
        if ceil is None:
            return ("-(-", *span, f" // {size.text})")
        return (f"{ceil}(", *span, f" / {size.text})")

    def _is_keras(self, node: ast.expr) -> bool:
        return is_a(self._context.receivers.kind(node), ITERATOR)

    def _is_pass(self, generator: ast.expr, samples: ast.expr) -> bool | None:
        """Whether a number of samples is one pass of an iterator; ``None``: certainly not."""
        if isinstance(samples, ast.Attribute) and samples.attr in _SIZES:
            owner = ast.unparse(samples.value)
            if owner == ast.unparse(generator):
                return True
        data = self._data(generator)
        sized = _sized(samples)
        if sized is not None and data is not None and ast.unparse(sized) in data:
            return True
        if isinstance(samples, ast.Name):
            bindings = self._context.names.bindings_of(samples)
            if len(bindings) == 1 and bindings[0].value is not None:
                sized = _sized(bindings[0].value)
                if sized is not None and data is not None and ast.unparse(sized) in data:
                    return True
        if sized is not None or isinstance(samples, (ast.Constant, ast.Name, ast.Attribute)):
            return False
        return None

    def _data(self, node: ast.expr) -> tuple[str, ...] | None:
        """The arrays that ``generator.flow(X, y)`` goes through."""
        if isinstance(node, ast.Name):
            bindings = self._context.names.bindings_of(node)
            if len(bindings) == 1 and bindings[0].value is not None:
                return self._data(bindings[0].value)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        if node.func.attr != "flow":
            return None
        given = [*node.args[:2], *(k.value for k in node.keywords if k.arg in ("X", "x", "y"))]
        return tuple(ast.unparse(value) for value in given)

    def _is_arrays(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            bindings = self._context.names.bindings_of(node)
            return len(bindings) == 1 and bool(
                bindings[0].value is not None and self._is_arrays(bindings[0].value)
            )
        return isinstance(node, (ast.Tuple, ast.List)) or (
            isinstance(node, ast.Constant) and node.value is None
        )

    # -- what a user's own generator gives --------------------------------------------------------

    def _tuples(self, node: ast.expr, method: str) -> bool:
        """Whether the batches are the tuples that Keras 3 wants, or can be made so in place."""
        for function, module in _generator_functions(self._context, node):
            for given in (arm for value in _yields(function) for arm in _arms(value)):
                if not isinstance(given, ast.Tuple):
                    if method == "predict_generator" or _may_be_list(module, given):
                        return False
                    continue
                for part in given.elts:
                    if not _may_be_list(module, part):
                        continue
                    if not isinstance(part, ast.List) or module is not self._context.receivers:
                        return False
                    self._extra += _as_tuple(self._context, part)
        return True

    def _compat(self) -> Finding:
        """The compat function of the same name, which counts samples at run time."""
        new, name = self._new, self._use.row.name
        order = tuple(_OLD_ORDER[name].split())
        new.kept = [
            NewArgument(old, (argument,))
            for old, argument in new.given.items()
            if old in order and not isinstance(self._use.row.argument(old), Drop)
        ]
        new.added = []
        kept = (self._use.guess, _AHEAD)
        new.reasons = [r for r in new.reasons if r[1] in kept or "show_acc" in r[1]]
        return as_function(new, self._use, f"keras1_compat.{name}", order)


def _plain_draft(context: FileContext, use: MethodUse) -> Draft:
    """A draft of a call whose arguments are not mapped yet."""
    from kerasmig.catalog.vocabulary import Entry
    from kerasmig.rewrite.context import Use

    assert use.call is not None
    entry = Entry(f"{use.row.owner}.{use.row.name}", to=use.row.to, code=use.row.code)
    stand_in = Use(use.node, entry.name, entry.name, ast.Name("", ast.Load()), use.call, entry)
    new = Draft(context, stand_in, entry, use.call, context.site(use.call), {}, entry.to)
    if use.guess:
        new.assume(use.guess)
    return new


def _sized(node: ast.expr) -> ast.expr | None:
    """The array whose length an expression is: ``len(X)``, ``X.shape[0]``."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return node.args[0] if len(node.args) == 1 else None
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "shape"
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == 0
    ):
        return node.value.value
    return None


def _ceil(context: FileContext) -> str | None:
    """How to write ``math.ceil`` here; ``None`` if the name `math` is something else."""
    bindings = context.names.root.bindings.get("math", [])
    if not bindings:
        context.imports.need_library("math", "math")
        return "math.ceil"
    if all(b.kind == "import" and b.path == "math" for b in bindings):
        return "math.ceil"
    return None


def _generator_functions(
    context: FileContext, node: ast.expr
) -> list[tuple[ast.FunctionDef, Receivers]]:
    if isinstance(node, ast.Name):
        bindings = context.names.bindings_of(node)
        if len(bindings) == 1 and bindings[0].value is not None:
            return _generator_functions(context, bindings[0].value)
        return []
    return context.receivers.functions(node.func) if isinstance(node, ast.Call) else []


def _yields(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in own_nodes(function):
        if isinstance(node, ast.Yield) and node.value is not None:
            yield node.value


def _may_be_list(module: Receivers, node: ast.expr) -> bool:
    """Whether a part of a batch is a list of arrays, which Keras 3 wants as a tuple."""
    arms = list(_arms(node))
    if isinstance(node, ast.Name):
        values = [b.value for b in module.names.bindings_of(node) if b.value is not None]
        arms = [arm for value in values for arm in _arms(value)]
    return any(map(_is_list, arms))


def _is_list(node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "list"
    return made or isinstance(node, (ast.List, ast.ListComp))


def _arms(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may be: both sides of ``a if x else b``."""
    if isinstance(node, ast.IfExp):
        yield from _arms(node.body)
        yield from _arms(node.orelse)
    else:
        yield node


def _as_tuple(context: FileContext, node: ast.List) -> list[Edit]:
    """``[a, b]`` → ``(a, b)``."""
    span = context.text.span(node)
    closing = ",)" if len(node.elts) == 1 else ")"
    return [
        Edit(Span(span.start, span.start + 1), ("(",)),
        Edit(Span(span.end - 1, span.end), (closing,)),
    ]
