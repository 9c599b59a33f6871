"""Which places of a file ask the global data format, and what the file adds to its programs."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kerasmig.analysis.era import Era
from kerasmig.analysis.layers.compat_names import layer_of_compat
from kerasmig.analysis.layers.networks import NETWORKS
from kerasmig.analysis.layers.shape_functions import is_spatial
from kerasmig.catalog import surface
from kerasmig.catalog.layer_facts import ONEDNN_ONLY
from kerasmig.catalog.layers import known_layer
from kerasmig.finding import DataFormat, Evidence, ProgramNotes, Verdict
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.text.tree import nodes

ARGUMENT = "argument"
SETTING = "setting"
"""How something can be told the format: by an argument of the call, or by the setting alone."""

CONFIDENT = 0.95
"""From this confidence on a verdict counts as the author's statement, not as an assumption."""

_TOLD = 0.8
"""The weight of evidence that states the setting itself."""

_FIRST = DataFormat.CHANNELS_FIRST
_GETTERS = ("image_dim_ordering", "image_data_format")
_SETTERS = ("set_image_dim_ordering", "set_image_data_format")
_VARIABLE = "_IMAGE_DIM_ORDERING"
_WORK = frozenset(
    (
        *("add", "compile", "evaluate", "evaluate_generator", "fit", "fit_generator"),
        *("load_weights", "predict", "predict_generator", "save_weights", "train_on_batch"),
    )
)
_LAST_NAMES = ("tf", "channels_last")
_ORDERING = ("dim_ordering", "data_format")
_BACKEND_CONVOLUTIONS = frozenset(("conv2d", "deconv2d", "atrous_conv2d"))
#: Data sets whose arrays Keras 1 turned as the setting said; today's does so as well.
_TURNED_DATA = frozenset(f"keras.datasets.{name}.load_data" for name in ("cifar10", "cifar100"))


def asks(use: Use) -> str:
    """How a use asks the global data format: `ARGUMENT`, `SETTING`, or not at all (``""``)."""
    module, _, last = use.name.rpartition(".")
    if _backend_name(use.name) in _GETTERS:
        return SETTING
    if module == "keras.initializations":
        return ""  # the shape of a kernel is the same under both orderings today
    if use.name in _TURNED_DATA or (module.startswith("keras.applications.") and last in NETWORKS):
        return SETTING
    if is_spatial(use.name):
        return ""  # layers have a verdict of their own
    signature = surface.keras1_signature(use.name)
    if signature is None or "dim_ordering" not in signature.names():
        return ""
    if use.call is None or any(k.arg is None for k in use.call.keywords):
        return SETTING
    if any(k.arg in _ORDERING for k in use.call.keywords):
        return ""
    positional = signature.positional()
    if any(isinstance(argument, ast.Starred) for argument in use.call.args):
        return SETTING
    if "dim_ordering" in positional[: len(use.call.args)]:
        return ""
    return ARGUMENT if use.entry is not None and use.entry.data_format else SETTING


def program_notes(context: FileContext, project: Iterable[Evidence] = ()) -> ProgramNotes:
    """What the file adds to the data format of the programs that it is part of.

    Args:
        project: what files beside the code say of the ordering.
    """
    inference, places = context.inference, _settings(context)
    settings = [context.constant(value) for value in places]
    asked = {asks(use) for use in context.uses}
    first = [v for v in inference.verdicts if v.data_format is _FIRST]
    convolving = {id(v): v for v in map(inference.verdict_for, _convolutions(context)) if v}
    return ProgramNotes(
        formats=frozenset(verdict.data_format for verdict in inference.verdicts),
        fresh=context.era.era is not Era.LATER or any(map(is_answered, inference.verdicts)),
        sure=all(v.confidence >= CONFIDENT or v.chosen or v.explicit for v in first),
        stated=bool(first) and all(v.explicit and not v.ambient for v in first),
        convolves=any(v.data_format is _FIRST for v in convolving.values())
        or any(_convolves_first(context, use) for use in context.uses),
        would_convolve=bool(convolving) or any(map(_may_convolve, context.uses)),
        asks=ARGUMENT in asked,
        asks_setting=SETTING in asked or any(_is_based_on(context, use) for use in context.uses),
        sets=bool(settings),
        sets_first=any(value not in _LAST_NAMES for value in settings),
        sets_as_main=bool(places) and all(_is_main_part(context, node) for node in places),
        sets_surely=any(_runs_surely(context, node) for node in places),
        keras=bool(context.names.imported_as(_leads_to_tensorflow)),
        runs=_runs(context),
        keras1=None if context.era.era is Era.UNKNOWN else context.speaks_keras1,
        author=_setting_of_author(project),
    )


def _setting_of_author(project: Iterable[Evidence]) -> DataFormat | None:
    """The one setting that files beside the code tell; hints, such as a backend, are too little."""
    told = {evidence.favours for evidence in project if evidence.weight >= _TOLD}
    return told.pop() if len(told) == 1 else None


def is_answered(verdict: Verdict) -> bool:
    """Whether a person has told a model's data format, if need be on some of its layers.

    What is chosen for a run does not concern code of today in which nobody asked.
    """
    if verdict.asked:
        return bool(verdict.chosen) or verdict.explicit
    return verdict.chosen == "comment"


def _convolutions(context: FileContext) -> list[ast.Call]:
    return [call for call in context.calls if _convolves(_layer(context, call.func))]


def _leads_to_tensorflow(path: str) -> bool:
    return path.partition(".")[0] in ("keras", "tensorflow")


def _convolves(name: str) -> bool:
    module, _, last = name.rpartition(".")
    layer = known_layer(last) if module.startswith("keras.layers") else None
    return layer is not None and layer.facts.axes == 2 and layer.facts.role in ONEDNN_ONLY


def _layer(context: FileContext, node: ast.expr) -> str:
    """The Keras 1 layer that is called, also through an adapter of ``keras1_compat``."""
    name = context.names.keras_name(node)
    if name is None and isinstance(node, ast.Name):
        paths = {binding.path for binding in context.names.bindings_of(node)}
        name = layer_of_compat(paths.pop()) if len(paths) == 1 else None
    return name or ""


def _may_convolve(use: Use) -> bool:
    module, _, last = use.name.rpartition(".")
    return (
        _convolves(use.name)
        or (module == "keras.backend" and last in _BACKEND_CONVOLUTIONS)
        or (module.startswith("keras.applications.") and last in NETWORKS)
    )


def _convolves_first(context: FileContext, use: Use) -> bool:
    """``K.conv2d(x, kernel, dim_ordering='th')``: a convolution that is told so itself."""
    module, _, last = use.name.rpartition(".")
    if use.call is None or module != "keras.backend" or last not in _BACKEND_CONVOLUTIONS:
        return False
    signature = surface.keras1_signature(use.name)
    order = signature.positional() if signature is not None else ()
    given = dict(zip(order, use.call.args, strict=False))
    told = [given[name] for name in _ORDERING if name in given]
    told += [k.value for k in use.call.keywords if k.arg in _ORDERING]
    return any(context.constant(value) in ("th", "channels_first") for value in told)


def _is_based_on(context: FileContext, use: Use) -> bool:
    """Whether a class of the project inherits from a layer with a data format."""
    parent = context.parent(use.node)
    return isinstance(parent, ast.ClassDef) and use.node in parent.bases and is_spatial(use.name)


def _settings(context: FileContext) -> list[ast.expr]:
    """The values that the file itself gives the global setting, where that can happen today."""
    given = [
        argument
        for use in context.uses
        if use.call is not None and _backend_name(use.name) in _SETTERS
        for argument in [*use.call.args[:1], *(k.value for k in use.call.keywords)]
    ]
    given += [
        node.value
        for node in nodes(context.tree, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == _VARIABLE
    ]
    return [node for node in given if not _is_for_theano(context, node)]


def _is_main_part(context: FileContext, node: ast.AST) -> bool:
    """Whether something runs only where the file is started: not where it is imported."""
    return any(_asks_for_main(around) for around in context.ancestors(node))


def _runs_surely(context: FileContext, node: ast.AST) -> bool:
    """Whether something runs whenever the file is imported."""
    plain = (ast.Module, ast.Expr, ast.Assign, ast.Call, ast.keyword, ast.With)
    return all(isinstance(around, plain) for around in context.ancestors(node))


def _is_for_theano(context: FileContext, node: ast.AST) -> bool:
    """Whether something runs only on Theano: ``if K.backend() == 'theano': ...``."""
    inner = node
    for around in context.ancestors(node):
        if isinstance(around, ast.If) and any(inner is part for part in around.body):
            test = around.test
            if (
                isinstance(test, ast.Compare)
                and len(test.ops) == 1
                and isinstance(test.ops[0], ast.Eq)
                and any(
                    isinstance(side, ast.Constant) and side.value == "theano"
                    for side in (test.left, *test.comparators)
                )
            ):
                return True
        inner = around
    return False


def _asks_for_main(statement: ast.AST) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)


def _backend_name(name: str) -> str:
    """The function of the backend or the configuration that a name is; ``""`` if it is none."""
    module, _, last = name.rpartition(".")
    return last if module in ("keras.backend", "keras.config") else ""


def _runs(context: FileContext) -> bool:
    """Whether the file is a program: it has a ``__main__`` part, or works at its top level."""
    for statement in context.tree.body:
        if _asks_for_main(statement):
            return True
        if isinstance(statement, ast.Expr) and _works(context, statement.value):
            return True
    made = (call for call in context.calls if context.inference.verdict_for(call) is not None)
    return any(not _is_inside_function(context, call) for call in made)


def _works(context: FileContext, node: ast.expr) -> bool:
    """``main()`` or ``model.fit(...)``: what a program does when it is run."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return any(b.kind == "def" for b in context.names.root.bindings.get(node.func.id, ()))
    return isinstance(node.func, ast.Attribute) and node.func.attr in _WORK


def _is_inside_function(context: FileContext, node: ast.AST) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return any(isinstance(around, functions) for around in context.ancestors(node))
