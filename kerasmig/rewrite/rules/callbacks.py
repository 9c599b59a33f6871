"""Callbacks: what they watch, where they save, how they set the rate."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.values.file_names import MODEL, WEIGHTS, last_literal, new_name, rename_file
from kerasmig.rewrite.values.keys import renamed_fields
from kerasmig.text.tree import nodes

# Keras 3 knows by itself which way these improve (`keras/src/callbacks/monitor_callback.py`).
# Of accuracies it knows so only where its own metric object measures them.
_KNOWN = frozenset(["loss", "val_loss"])


@use_rule("monitor")
def monitor(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """EarlyStopping and ReduceLROnPlateau."""
    own = (entry.to or "").startswith("keras1_compat.") and not context.settings.idiomatic
    return drafted(context, use, entry, _same_mode if own else _mode)


def _same_mode(new: Draft) -> None:
    """The compat module's callback takes which way is better from the name, as Keras 1 did."""
    given = new.given.get("mode")
    if given is not None and not new.has("mode"):
        new.kept.append(NewArgument("mode", (given,)))


def _mode(new: Draft) -> Sequence[str] | None:
    """Keras 1 took which way is better from the name; Keras 3 wants to be told, or raises."""
    given = new.given.get("mode")
    if given is not None and not new.has("mode"):
        new.kept.append(NewArgument("mode", (given,)))
    if given is not None and new.context.constant(given.value) != "auto":
        return None
    watched = new.given.get("monitor")
    name = new.context.constant(watched.value) if watched is not None else "val_loss"
    if name in _KNOWN:
        return None
    if not isinstance(name, str):
        _mode_of_variable(new, watched)
        return None
    mode = "max" if "acc" in name or name.startswith("fmeasure") else "min"
    if given is None:
        new.added.append(("mode", f"'{mode}'"))
    else:
        new.drop("mode")
        new.kept.append(NewArgument("mode", (given,), (f"'{mode}'",)))
    return None


def _mode_of_variable(new: Draft, watched: Argument | None) -> None:
    """What is watched arrives at run time: so must which way is better."""
    simple = watched is not None and isinstance(watched.value, (ast.Name, ast.Attribute))
    if watched is None or not simple or "mode" in new.given:
        return
    text = new.context.text.of(watched.value)
    new.added.append(("mode", f"'max' if 'acc' in {text} else 'auto'"))


@use_rule("model_checkpoint")
def model_checkpoint(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """File names of today; `period` and epochs from zero by the compat class."""
    return drafted(context, use, entry, _checkpoint)


def _today(context: FileContext, path: ast.expr, ending: str) -> str:
    literal = last_literal(context, path)
    return repr(new_name(str(literal.value), ending)) if literal else f"…{ending}"


def _checkpoint(new: Draft) -> Sequence[str] | None:
    _mode(new)
    path = new.given.get("filepath")
    if path is None or _is_adapted(new.context, path.value):
        return None
    only = new.given.get("save_weights_only")
    weights = new.context.constant(only.value) if only is not None else False
    new.kept.append(NewArgument("filepath", (path,)))
    if not isinstance(weights, bool):
        new.assume(
            "the file name must end in .weights.h5 if only weights are saved, else in .keras"
        )
    else:
        renaming = rename_file(new.context, path.value, WEIGHTS if weights else MODEL)
        if renaming.problem and (weights or renaming.literal is None):
            name = "weights_path" if weights else "model_path"
            adapter = new.context.imports.need(f"keras1_compat.{name}")
            new.drop("filepath")
            parts = (f"{adapter}(", path.value_span, ")")
            new.kept.append(NewArgument("filepath", (path,), parts))
        elif renaming.problem:
            new.assume(renaming.problem)
        new.edits += renaming.edits
        if renaming.edits:
            ending = WEIGHTS if weights else MODEL
            new.assume(
                f"the file is called {_today(new.context, path.value, ending)} now: whatever else "
                "reads it must use the new name"
            )
    literal = new.context.constant(path.value)
    if (
        isinstance(literal, str)
        and renamed_fields(literal, new.context.renames_keys) != literal
        and not new.edits
    ):
        new.edits += rename_file(new.context, path.value, "").edits
    period = new.given.get("period")
    if period is not None:
        new.kept.append(NewArgument("period", (period,)))
    if _any_counts_epochs(new.context, new.use.name):
        new.target = "keras1_compat.ModelCheckpoint"
        new.entry = new.entry._replace(to=new.target)
    elif period is not None:
        new.drop("period")
    return None


def _is_adapted(context: FileContext, node: ast.expr) -> bool:
    """Whether a file name goes through the compat module already."""
    path = context.names.path(node.func) if isinstance(node, ast.Call) else None
    return path is not None and path.startswith("keras1_compat.")


def _any_counts_epochs(context: FileContext, name: str) -> bool:
    """Whether a checkpoint of the file needs the compat class; then all of them take it."""
    for use in context.uses:
        if use.name != name or use.call is None:
            continue
        for node in [*use.call.args, *(k.value for k in use.call.keywords)]:
            value = context.constant(node)
            if isinstance(value, str) and "{epoch" in value:
                return True
        for keyword in use.call.keywords:
            if keyword.arg == "period" and context.constant(keyword.value) != 1:
                return True
        if len(use.call.args) > 6:
            return True
    return False


@use_rule("learning_rate_scheduler")
def learning_rate_scheduler(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 3 hands the rate to a schedule that takes a second argument, and logs it."""
    if not context.settings.idiomatic and use.call is not None:
        given = [*use.call.args[:1], *(k.value for k in use.call.keywords if k.arg == "schedule")]
        if _reads_histories(context) or (given and not _is_seen(context, given[0])):
            entry = entry._replace(to="keras1_compat.LearningRateScheduler")
            return drafted(context, use, entry, lambda new: None)
    return drafted(context, use, entry, _schedule)


def _is_seen(context: FileContext, schedule: ast.expr) -> bool:
    """Whether the function is one of the project's own, whose parameters show."""
    return isinstance(schedule, ast.Lambda) or bool(context.receivers.functions(schedule))


def _reads_histories(context: FileContext) -> bool:
    """Whether a history is taken as a whole: goes over its keys, is kept or handed on."""
    for node in nodes(context.tree, ast.Attribute):
        parent = context.parent(node)
        if node.attr == "history" and not (
            (isinstance(parent, ast.Subscript) and parent.value is node)
            or (isinstance(parent, ast.Attribute) and parent.attr == "history")
        ):
            return True
    return False


def _schedule(new: Draft) -> Sequence[str] | None:
    schedule = new.given.get("schedule")
    if schedule is None:
        return None
    takes_more = _second_default(new.context, schedule.value)
    if takes_more is None and not isinstance(schedule.value, ast.Lambda):
        return None
    if takes_more:
        new.drop("schedule")
        call = ("lambda epoch: ", schedule.value_span, "(epoch)")
        if isinstance(schedule.value, ast.Lambda):
            call = ("lambda epoch: (", schedule.value_span, ")(epoch)")
        new.kept.append(NewArgument("schedule", (schedule,), call))
    return None


def _second_default(context: FileContext, node: ast.expr) -> bool | None:
    """Whether a schedule has a second parameter, with a default, beside the epoch."""
    if isinstance(node, ast.Lambda):
        return bool(node.args.defaults) and len(node.args.args) > 1
    for function, _ in context.receivers.functions(node):
        names = [a.arg for a in function.args.args if a.arg != "self"]
        return len(names) > 1 and bool(function.args.defaults)
    return None
