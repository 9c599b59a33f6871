"""When a model has to be compiled as Keras 1 did it: what Keras 3 would train or measure otherwise.

The ordinary call is rewritten in place: names that are written out, one output, targets of its
shape. Each reason here is a case in which Keras 3 would go on with other numbers, or not at all;
``keras1_compat.compile_model`` then decides at run time, once, what Keras 1 meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.analysis.objects.receivers import CONTAINER, is_a
from kerasmig.catalog import surface
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.objectives import LOSSES
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import MethodUse, signature_owner
from kerasmig.rewrite.context import FileContext
from kerasmig.text.tree import nodes

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPIES = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
_PLAIN = (
    "list",
    "dict",
    "set",
    "int",
    "float",
    "len",
    "max",
    "min",
    "deque",
    "defaultdict",
    "time",
)
_WEIGHTED = ("fit", "fit_generator", "train_on_batch", "test_on_batch", "evaluate")


def compile_reason(new: Draft, use: MethodUse, shows_accuracy: bool = False) -> str:
    """Why a model has to be compiled as Keras 1 did it; ``""``: it need not.

    Args:
        shows_accuracy: the accuracy is asked for by the training calls.
    """
    if shows_accuracy and (why := _of_accuracy(new, use)):
        return why
    for reason in (_of_loss, _of_metrics, _of_outputs, _of_weights, _of_program):
        if why := reason(new, use):
            return why
    return ""


# -- what the call itself gives --------------------------------------------------------------------


def _of_loss(new: Draft, use: MethodUse) -> str:
    given = new.given.get("loss")
    if given is None:
        return ""
    for node in _leaves(given.value):
        if _loss_name(new.context, node):
            continue
        function = _own_function(new.context, node)
        if function is None:
            return "which loss it is shows when it runs"
        if _uses_tensors(new.context, function):
            return "the loss uses tensors of the model's layers"
    return ""


def _of_metrics(new: Draft, use: MethodUse) -> str:
    given = new.given.get("metrics")
    if given is None or new.context.constant(given.value) in (None, [], {}, ()):
        return ""
    if "masks" in new.context.training_marks:
        return "Keras 1 measured steps that are masked, too"
    for node in _leaves(given.value):
        name = new.context.constant(node)
        if not isinstance(name, str):
            return "metrics that are functions look at a batch as a whole"
        if name in _ACCURACY:
            if why := _of_accuracy(new, use):
                return why
        elif name not in METRICS or METRICS[name].text.startswith("{keras1_compat."):
            return f"{name!r} looks at a batch as a whole"
    return ""


def _of_accuracy(new: Draft, use: MethodUse) -> str:
    """Keras 3 asks whether an output is above one half, Keras 1 rounded it."""
    given = new.given.get("loss")
    losses = {_loss_name(new.context, n) for n in _leaves(given.value)} if given else {""}
    if losses <= set(_CROSSENTROPIES):
        return ""
    width = new.context.receivers.widths.of_model(use.receiver)
    return "Keras 1 rounds the output for the accuracy" if width in (None, 1) else ""


def _of_outputs(new: Draft, use: MethodUse) -> str:
    loss, metrics = new.given.get("loss"), new.given.get("metrics")
    if "sample_weight_mode" in new.given:
        mode = new.context.constant(new.given["sample_weight_mode"].value)
        if mode is not None:
            return "steps of weight zero do not count"
    several = loss is not None and isinstance(loss.value, (ast.Dict, ast.List, ast.Tuple))
    several = several or _several_outputs(new.context, use.receiver)
    if several and metrics is not None and isinstance(metrics.value, (ast.List, ast.Tuple)):
        return "metrics in a list are for every output"
    if several and loss is not None and len(list(_leaves(loss.value))) == 1:
        return "targets may be given by output"
    return ""


def _several_outputs(context: FileContext, receiver: ast.expr) -> bool:
    """Whether a model is made with a list of outputs."""
    if not isinstance(receiver, ast.Name):
        return False
    for binding in context.names.bindings_of(receiver):
        made = binding.value
        if not isinstance(made, ast.Call):
            continue
        given = [k.value for k in made.keywords if k.arg in ("output", "outputs")] or made.args[1:2]
        for value in given:
            if isinstance(value, ast.List) and len(value.elts) > 1:
                return True
    return False


# -- what the rest of the file, or of the program, does --------------------------------------------


def _of_weights(new: Draft, use: MethodUse) -> str:
    context = new.context
    marks = context.training_marks
    if "sample_weight" in marks:
        return "samples of weight zero do not count"
    if any(_weighs_by_position(context, other) for other in context.method_uses):
        return "samples, or classes, of weight zero do not count"
    if "class_weight" in marks and not _plain_class_weights(context):
        return "classes of weight zero do not count, and outputs may have classes of their own"
    if "class_weight" in marks and "validation_split" in marks:
        return "classes weigh in what is split off for validation, too"
    for function in nodes(context.tree, ast.FunctionDef):
        for node in nodes(function, ast.Yield):
            if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
                return "samples of weight zero do not count"
            if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
                if _is_dict(context, node.value.elts[1]):
                    return "targets are given by output"
    for other in context.method_uses:
        if other.call is None or other.row.name not in _WEIGHTED:
            continue
        targets = [k.value for k in other.call.keywords if k.arg == "y"] or other.call.args[1:2]
        if any(_is_dict(context, target) for target in targets):
            return "targets are given by output"
    return ""


def _weighs_by_position(context: FileContext, use: MethodUse) -> bool:
    """``train_on_batch(X, y, None, w)``: weights that are given without their name."""
    if use.call is None or use.row.name not in _WEIGHTED:
        return False
    signature = surface.keras1_signature(signature_owner(use))
    names = signature.positional() if signature is not None else ()
    return any(
        name in ("sample_weight", "class_weight") and context.constant(value) is not None
        for name, value in zip(names, use.call.args, strict=False)
    )


def _is_dict(context: FileContext, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        values = [b.value for b in context.names.bindings_of(node)]
        return any(isinstance(value, ast.Dict) for value in values)
    return isinstance(node, ast.Dict)


def _plain_class_weights(context: FileContext) -> bool:
    """Whether all class weights of the file are numbers, none of them zero."""
    seen = False
    for call in context.calls:
        for keyword in call.keywords:
            if keyword.arg != "class_weight":
                continue
            seen = True
            value: ast.expr | None = keyword.value
            if isinstance(value, ast.Name):
                values = [b.value for b in context.names.bindings_of(value)]
                value = values[0] if len(values) == 1 else None
            if isinstance(value, ast.Constant):
                continue  # None, or 'auto', which has a finding of its own
            if not isinstance(value, ast.Dict) or not all(
                isinstance(v, ast.Constant) and v.value for v in value.values
            ):
                return False
    return seen


def _of_program(new: Draft, use: MethodUse) -> str:
    context = new.context
    marks = context.training_marks
    if "metrics_names" in marks:
        return "`metrics_names` is read"
    if "batch logs" in marks and _reads_batch_logs(context):
        return "callbacks read the numbers of each batch"
    if "told" in marks:
        return "callbacks read the parameters, or the sizes of batches, that Keras 1 told them"
    if {"begins", "generators"} <= marks and _begins_with_work(context):
        return "callbacks begin before a generator is asked for its first batch"
    if "trainable" in marks:
        if "statistics" in marks:
            return "BatchNormalization that is not trainable normalises by the batch"
        if "regularizer" in marks:
            return "weights that are not trained are penalised, too"
        if _switched_late(context, use):
            return "what is trained is what is trainable now"
    if "regularizer" in marks and _used_twice(context):
        return "weights of a model within a model are penalised once for each use"
    if marks & {"statistics", "regularizer", "stateful"} and _in_another(context):
        return "a Sequential that is compiled is lost to models that hold it already"
    if _shared_optimizer(new, use):
        return "the optimizer drives more than one model"
    return ""


def _in_another(context: FileContext) -> bool:
    """Whether the file compiles several models, one of which may become a part of another."""
    receivers = [
        use.receiver
        for use in context.method_uses
        if use.row.name == "compile" and use.call is not None
    ]
    compiled = {ast.unparse(receiver) for receiver in receivers}
    if not any(_handed_in(context, receiver) for receiver in receivers):
        return len(compiled) > 1 and any(
            ast.unparse(leaf) in compiled
            for call in context.calls
            for given in (call.func, *call.args, *(k.value for k in call.keywords))
            for leaf in _leaves(given)
        )
    for call in context.calls:  # any model may be compiled: is one called, or added?
        adds = isinstance(call.func, ast.Attribute) and call.func.attr == "add"
        parts = [call.func, *(leaf for a in call.args for leaf in _leaves(a) if adds or leaf != a)]
        for part in parts:
            if is_a(context.receivers.kind(part), CONTAINER) or _handed_in(context, part):
                return True
    return False


def _used_twice(context: FileContext) -> bool:
    """Whether the file calls one of its models more than once."""
    identity = context.receivers.identity
    called = [
        identity(call.func)
        for call in context.calls
        if isinstance(call.func, (ast.Name, ast.Attribute))
        and is_a(context.receivers.kind(call.func), CONTAINER)
    ]
    return len(called) > len(set(called))


def _handed_in(context: FileContext, node: ast.expr) -> bool:
    """Whether a name is a parameter, or what a loop goes over."""
    if not isinstance(node, ast.Name):
        return False
    return any(
        binding.kind == "param" or isinstance(context.parent(binding.node), (ast.For, ast.Tuple))
        for binding in context.names.bindings_of(node)
    )


def _reads_batch_logs(context: FileContext) -> bool:
    """Whether a callback takes up what was measured on a batch; other files' do for all we know."""
    here = False
    for function in nodes(context.tree, ast.FunctionDef):
        if function.name in ("on_batch_end", "on_train_batch_end"):
            here = True
            logs = function.args.args[-1].arg if len(function.args.args) > 2 else ""
            if any(n.id == logs for n in nodes(function, ast.Name)):
                return True
    for call in context.calls:
        if any(k.arg in ("on_batch_end", "on_train_batch_end") for k in call.keywords):
            return True
    return not here


def _begins_with_work(context: FileContext) -> bool:
    """Whether a callback does more at the start than to set itself up; other files' may."""
    here = False
    for function in nodes(context.tree, ast.FunctionDef):
        if function.name == "on_train_begin":
            here = True
            if not all(map(_sets_itself_up, function.body)):
                return True
    for call in context.calls:
        if any(k.arg == "on_train_begin" for k in call.keywords):
            return True
    return not here


def _sets_itself_up(statement: ast.stmt) -> bool:
    """Whether a statement gives an attribute of `self` a new, plain value, or does nothing."""
    if isinstance(statement, ast.Assign):
        called = [ast.unparse(n.func) for n in nodes(statement.value, ast.Call)]
        plain = all(name.rpartition(".")[2] in _PLAIN for name in called)
        return plain and all(isinstance(target, ast.Attribute) for target in statement.targets)
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) or _prints(statement.value)
    return isinstance(statement, (ast.Pass, ast.Return))


def _prints(node: ast.expr) -> bool:
    """Whether an expression is a call of `print`, or of the method that is overridden."""
    if not isinstance(node, ast.Call):
        return False
    text = ast.unparse(node.func)
    return text == "print" or text.startswith("super(")


def _switched_late(context: FileContext, use: MethodUse) -> bool:
    """Whether something is frozen or thawed other than right before the model is compiled."""
    assert use.call is not None
    function = context.receivers.enclosing_function(use.call)
    found = False
    for node in nodes(context.tree, ast.Attribute):
        if node.attr != "trainable" or not isinstance(node.ctx, ast.Store):
            continue
        found = True
        if node.lineno > use.call.lineno:
            return True
        if context.receivers.enclosing_function(node) is not function:
            return True
        if any(isinstance(a, (ast.For, ast.While)) for a in context.ancestors(use.call)):
            return True
    for call in context.calls:
        if isinstance(call.func, ast.Name) and call.func.id == "setattr":
            return True
        if any(k.arg == "trainable" for k in call.keywords):
            found = True
    return not found


def _shared_optimizer(new: Draft, use: MethodUse) -> bool:
    """Whether the same optimizer is given to another model, or again."""
    given = new.given.get("optimizer")
    if given is None or not isinstance(given.value, (ast.Name, ast.Attribute)):
        return False
    if isinstance(new.context.constant(given.value), str):
        return False
    wanted = ast.unparse(given.value)
    count = 0
    for other in new.context.method_uses:
        if other.row.name == "compile" and other.call is not None:
            values = [*other.call.args, *(k.value for k in other.call.keywords)]
            count += any(ast.unparse(v) == wanted for v in values)
    return count > 1


# -- losses and metrics ----------------------------------------------------------------------------


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """What is given for each output, or for all."""
    if isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from _leaves(element)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _leaves(value)
    else:
        yield node


def _loss_name(context: FileContext, node: ast.expr) -> str:
    """The name of a loss of Keras', given as a string or as a function; ``""``: another one."""
    value = context.constant(node)
    if value is not UNKNOWN:
        return value if isinstance(value, str) and value in LOSSES else ""
    name = context.names.keras_name(node) or ""
    short = name.rpartition(".")[2]
    return short if short in LOSSES and ".get" not in name else ""


def _own_function(context: FileContext, node: ast.expr) -> ast.FunctionDef | ast.Lambda | None:
    """The function of this project that a loss is."""
    if isinstance(node, ast.Lambda):
        return node
    if isinstance(node, ast.Name):
        values = [b.value for b in context.names.bindings_of(node)]
        if len(values) == 1 and isinstance(values[0], ast.Lambda):
            return values[0]
        functions = context.receivers.functions(node)
        if len(functions) == 1:
            return functions[0][0]
    return None


def _uses_tensors(context: FileContext, function: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a function may use what layers gave: names that are assigned outside of it."""
    for node in nodes(function, ast.Attribute):
        if node.attr in ("output", "input", "get_layer", "layers"):
            return True
    inside = {n.id for n in nodes(function, ast.Name) if isinstance(n.ctx, ast.Store)}
    arguments = {a.arg for a in nodes(function, ast.arg)}
    for name in nodes(function, ast.Name):
        if not isinstance(name.ctx, ast.Load) or name.id in inside or name.id in arguments:
            continue
        for binding in context.names.bindings_of(name):
            if binding.kind in ("param", "other") or (
                isinstance(binding.value, ast.Call) and context.constant(binding.value) is UNKNOWN
            ):
                return True
    return False
