"""From a drafted call to its finding, with the edits."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from kerasmig.catalog import surface
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, DataFormat, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import argument_edits
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.comments import with_comments
from kerasmig.rewrite.calls.entry_calls import Draft, new_positional
from kerasmig.rewrite.context import FileContext, Use

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*)\}")


def finish(
    new: Draft, message: str = "", positional: Sequence[str] | None = None
) -> Finding | None:
    """The finding of a drafted call, or ``None`` if the call may stay as it is.

    Args:
        positional: the parameters that may be given by position, where not all that can be should.
    """
    context, use = new.context, new.use
    if (
        new.target is None
        and not new.entry.template
        and not any(level is Applicability.MANUAL for level, _ in new.reasons)
    ):
        new.refuse(new.entry.manual or f"{new.entry.short} has no counterpart in Keras 3")
    if new.applicability is Applicability.MANUAL:
        context.imports.forget(new.mark)
        return refused(context, use, new.entry, new.reasons)
    if new.entry.template:
        return _finish_template(new, message)
    if positional is None:
        positional = new_positional(new)
    edits = argument_edits(new.site, new.kept, new.added, positional)
    assert new.target is not None
    spelling = context.imports.spell(use.root, use.node, new.target)
    if spelling != context.text.of(use.node):
        edits.append(Edit(context.text.span(use.node), (spelling,)))
    edits += new.edits
    if new.weights is not None:
        edits = _with_weights(new, new.weights, edits, spelling)
    if not edits and not (new.reasons and (context.settings.idiomatic or new.entry.assumed)):
        return None  # otherwise what a person should know is told though the text stays
    return rewritten(new, edits, message)


def _with_weights(
    new: Draft, weights: Argument, edits: Sequence[Edit], spelling: str
) -> list[Edit]:
    """``Dense(2, weights=w)`` → ``with_weights(Dense(2), w)``: set once the layer is built."""
    text, name = new.context.text, new.context.text.span(new.use.node)
    adapter = new.context.imports.need("keras1_compat.with_weights")
    end = text.span(new.call).end
    verdict = new.context.inference.verdict_for(new.call)
    first = verdict is not None and verdict.data_format is DataFormat.CHANNELS_FIRST
    ordering = ", 'th'" if first and new.context.hides_channels_first else ""
    return [
        Edit(name, (f"{adapter}({spelling}",)),
        *(edit for edit in edits if edit.span != name),
        Edit(Span(end, end), (", ", weights.value_span, f"{ordering})")),
    ]


def rewritten(new: Draft, edits: Sequence[Edit], message: str = "") -> Finding:
    """The finding of a call that is rewritten by ``edits``."""
    old = new.entry.short
    short = (new.target or "").rpartition(".")[2]
    if not message:
        message = (
            f"{old} → {short}"
            if short and old != short
            else f"{old}: arguments as Keras 3 has them"
        )
    return new.context.finding(
        new.entry.code,
        new.call,
        "; ".join([message, *dict.fromkeys(reason for _, reason in new.reasons)]),
        new.applicability,
        name=old,
        edits=tuple(edits),
        evidence=tuple(new.evidence),
    )


def _finish_template(new: Draft, message: str) -> Finding:
    """The call becomes the entry's expression, with the author's arguments in their places."""
    parts = template_parts(new, new.entry.template)
    new.context.imports.release(new.use.root)
    text = new.context.text
    return rewritten(new, [with_comments(text, Edit(text.span(new.call), parts))], message)


def template_parts(new: Draft, template: str) -> tuple[str | Span, ...]:
    """A template's text with objects spelled and arguments put in.

    Raises:
        BindError: an argument without a default is not given.
    """
    signature = surface.keras1_signature(new.entry.name)
    converted = {s: k.parts for k in new.kept for s in k.sources}
    parts: list[str | Span] = []
    position = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[position : match.start()])
        position = match.end()
        word = match.group(1)
        if "." in word:
            parts.append(new.context.imports.need(word))
        elif word in new.given:
            argument = new.given[word]
            value = converted.get(argument) or (argument.value_span,)
            parts += ["(", *value, ")"] if _needs_parentheses(argument.value) else value
        else:
            default = signature.default(word) if signature else None
            if default is None:
                raise BindError(f"argument {word!r} is missing")
            parts.append(default)
    parts.append(template[position:])
    return tuple(part for part in parts if part != "")


def _needs_parentheses(node: ast.expr) -> bool:
    """Whether a value could fall apart inside a larger expression."""
    return isinstance(
        node, (ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Lambda)
    )


def refused(
    context: FileContext,
    use: Use,
    entry: Entry,
    reasons: Sequence[tuple[Applicability, str]],
    *,
    asked: bool = False,
) -> Finding:
    """A finding that leaves a use alone and says what to do.

    Args:
        asked: it is left alone because somebody wants it so; its import is, too.
    """
    context.refused.add(id(use.call))
    told = "; ".join(dict.fromkeys(reason for _, reason in reasons))
    context.imports.keep(use.root, "" if asked else f"{entry.code}: {entry.short}: {told}")
    return context.finding(
        entry.code,
        use.call or use.node,
        f"{entry.short}: {told}",
        Applicability.MANUAL,
        name=entry.short,
    )
