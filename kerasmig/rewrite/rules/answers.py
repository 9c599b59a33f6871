"""What a person answers after the layers were brought to Keras 3: the question waits in a comment.

A model whose data format the code does not tell (KM111) is rewritten without one, and
``# kerasmig: data_format=undecided`` is left beside it. Once that says ``channels_first``, or
``--data-format`` does, the layers, which look like any of today's by then, get what they lack.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kerasmig.analysis.layers.compat_names import ADAPTER, COMPAT, FIRST_OF_ADAPTER, layer_of_compat
from kerasmig.analysis.layers.shape_functions import is_spatial
from kerasmig.catalog import surface
from kerasmig.catalog.general import UNDECIDED
from kerasmig.compat.select import compat_signature
from kerasmig.finding import Applicability, DataFormat, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import addition
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.hearing import is_answered
from kerasmig.rewrite.imports.references import ordering_of_file, with_ordering
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.values.constraints import kernel_constraint
from kerasmig.rewrite.values.conversions import UNCHANGED


@file_rule
def questions(context: FileContext) -> Iterator[Finding]:
    """The answer takes the place of the question."""
    open_ = dict(context.directives.questions)
    for verdict in context.inference.verdicts:
        if not is_answered(verdict):
            continue
        for line in verdict.asked:
            span = open_.pop(line, None)
            if span is not None:
                yield context.finding(
                    UNDECIDED,
                    _at(context, span),
                    f"{verdict.model}: {verdict.data_format.value}, as it was decided",
                    Applicability.AUTOMATIC,
                    name=verdict.model,
                    edits=(Edit(span, (verdict.data_format.value,)),),
                )


def _at(context: FileContext, span: Span) -> ast.AST:
    line = context.text.line_of(span.start)
    return ast.Pass(lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)


@file_rule
def layers(context: FileContext) -> Iterator[Finding]:
    """The layers of a model that a person has told the format of, if they do not say it yet.

    Where some layers of a model speak Keras 1, the format that these get holds for the others, too.
    """
    alongside = _with_keras1_layers(context)
    if not alongside and not any(map(is_answered, context.inference.verdicts)):
        return
    for call in context.calls:
        verdict = context.inference.verdict_for(call)
        if verdict is None or id(call) in context.drafted | context.refused:
            continue
        if not is_answered(verdict):
            if id(verdict) in alongside:
                change = _written_into(context, call, "data_format='channels_first'")
                if change is not None:
                    yield change.alongside().finding(context, call)
            continue
        if verdict.data_format is DataFormat.CHANNELS_FIRST or (
            verdict.data_format is DataFormat.CHANNELS_LAST
            and context.settings.data_format == "explicit"
        ):
            change = _written_into(context, call, f"data_format='{verdict.data_format.value}'")
            if change is not None:
                yield change.finding(context, call)
    for root in context.names.loads if any(map(is_answered, context.inference.verdicts)) else ():
        parent = context.parent(root)
        if not (isinstance(parent, ast.Call) and parent.func is root):
            yield from _passed_on(context, root)


def _with_keras1_layers(context: FileContext) -> set[int]:
    """The verdicts (``id``) that write channels first into layers of Keras 1."""
    found: set[int] = set()
    if not context.inference.finds(DataFormat.CHANNELS_FIRST):
        return found
    for call in context.calls:
        verdict = context.inference.verdict_for(call)
        written = id(call) in context.drafted and id(call) not in context.refused
        if (
            verdict is not None
            and written
            and verdict.data_format is DataFormat.CHANNELS_FIRST
            and not verdict.ambient
        ):
            found.add(id(verdict))
    return found


@dataclass(eq=False)
class _Change:
    """What an answer makes of one place.

    Args:
        name: what stands there.
        reasons: what a person should know, with how grave it is.
    """

    name: str
    edits: list[Edit] = field(default_factory=list)
    reasons: list[tuple[Applicability, str]] = field(default_factory=list)

    def alongside(self) -> _Change:
        """The same for a layer of today in a model with layers of Keras 1."""
        why = "data_format='channels_first', as the layers of Keras 1 that it is connected with"
        reasons = [
            (Applicability.ASSUMED, why) if level is Applicability.AUTOMATIC else (level, reason)
            for level, reason in self.reasons
        ]
        return _Change(self.name, self.edits, reasons)

    def finding(self, context: FileContext, node: ast.AST) -> Finding:
        return context.finding(
            UNDECIDED,
            node,
            f"{self.name}: {'; '.join(reason for _, reason in self.reasons)}",
            max((level for level, _ in self.reasons), key=lambda level: level.severity),
            name=self.name,
            edits=self.edits,
        )


def _written_into(context: FileContext, call: ast.Call, text: str) -> _Change | None:
    """The format as a keyword of a layer that speaks Keras 3 already."""
    order = _positional(context, call)
    if order is None:
        return None
    arguments = context.site(call).arguments
    positional = [a for a in arguments if a.keyword is None and a.star != "**"]
    given = {argument.keyword for argument in arguments} | set(order[: len(positional)])
    if "data_format" in given:
        return None
    change = _Change(context.text.of(call.func))
    if order and any(argument.star for argument in arguments):
        change.reasons.append((Applicability.MANUAL, f"its arguments are unpacked: give it {text}"))
        return change
    change.edits += addition(context.site(call), arguments, [text])
    change.reasons.append((Applicability.AUTOMATIC, f"{text}, as it was decided"))
    for argument in arguments:
        if argument.keyword == "kernel_constraint":
            _constrain(context, argument, change)
    return change


def _positional(context: FileContext, call: ast.Call) -> Sequence[str] | None:
    """What a layer of today takes by position; ``None`` if it takes no data format."""
    path = context.names.path(call.func)
    if path is not None:
        signature = surface.keras3_signature(path)
        return signature.positional() if signature and "data_format" in signature.names() else None
    name = _compat_name(context, call.func)
    if not _has_format(name):
        return None
    return (
        () if name.startswith(ADAPTER) else surface.sig(compat_signature(name) or "").positional()
    )


def _constrain(context: FileContext, argument: Argument, change: _Change) -> None:
    """The axis was left as Keras 1 had it, for want of the answer."""
    value = kernel_constraint(context, argument, UNCHANGED)
    if value.parts is not None:
        change.edits.append(Edit(argument.value_span, value.parts))
        why = "its constraint's axis is read as Keras 1's and changed"
        change.reasons.append((Applicability.ASSUMED, why))
    elif value.reason:
        change.reasons.append((value.applicability, value.reason))


def _passed_on(context: FileContext, root: ast.Name) -> Iterator[Finding]:
    """An adapter that is passed on takes the format of the file's models, if they have one."""
    name = _compat_name(context, root)
    if not name.startswith(ADAPTER) or not _has_format(name) or _has_ordering(context, root):
        return
    first, doubt = ordering_of_file(context)
    if first:
        text = with_ordering(name)
        yield context.finding(
            UNDECIDED,
            root,
            f"{name}: {doubt}",
            Applicability.ASSUMED,
            name=name,
            edits=(Edit(context.text.span(root), (text,)),),
        )


def _has_ordering(context: FileContext, root: ast.Name) -> bool:
    """``keras1_Convolution2D.channels_first``, ``partial(..., data_format='channels_first')``."""
    parent = context.parent(root)
    if isinstance(parent, ast.Attribute):
        return parent.attr == FIRST_OF_ADAPTER
    return isinstance(parent, ast.Call) and any(k.arg == "data_format" for k in parent.keywords)


def _compat_name(context: FileContext, node: ast.expr) -> str:
    """The name in ``keras1_compat`` of what is used; ``""`` if it is not from there."""
    if not isinstance(node, ast.Name):
        return ""
    paths = {b.path for b in context.names.bindings_of(node)}
    module, _, name = paths.pop().rpartition(".") if len(paths) == 1 else ("", "", "")
    return name if module == COMPAT else ""


def _has_format(name: str) -> bool:
    """Whether a name in ``keras1_compat`` is that of a layer with a data format."""
    return is_spatial(layer_of_compat(f"{COMPAT}.{name}") or "")
