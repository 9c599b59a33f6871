"""Rewriting one call by its catalog entry: names, order, values, defaults."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from kerasmig.analysis.era import Era, call_era, moved_positions, unpacked_keys
from kerasmig.analysis.layers.shape_functions import is_spatial
from kerasmig.catalog import surface
from kerasmig.catalog.vocabulary import Drop, Entry, Gone, Handled, Pack, Spread, To
from kerasmig.compat.select import compat_signature
from kerasmig.finding import Applicability, DataFormat, Edit, Evidence, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import bind
from kerasmig.rewrite.calls.callsite import Argument, CallSite
from kerasmig.rewrite.calls.halfway import is_halfway
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.hearing import CONFIDENT
from kerasmig.rewrite.values.conversions import Converted
from kerasmig.rewrite.values.value_changes import convert, spelled


@dataclass(eq=False)
class Draft:
    """A call's new argument list in the making; structural rules change it before it is used.

    Args:
        given: the author's arguments by their Keras 1 name.
        kept: new arguments made of old ones; ``added``: further ones as name and text;
            ``repeated``: those that take another's value over (``edits`` has them).
        reasons: what a person should know, with how grave it is.
        weights: arrays that the layer gets once it is built.
    """

    context: FileContext
    use: Use
    entry: Entry
    call: ast.Call
    site: CallSite
    given: dict[str, Argument]
    target: str | None
    kept: list[NewArgument] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    reasons: list[tuple[Applicability, str]] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    mark: tuple[int, frozenset[str]] = (0, frozenset())
    weights: Argument | None = None

    @property
    def applicability(self) -> Applicability:
        """The gravest of the reasons."""
        return max(
            (level for level, _ in self.reasons),
            key=lambda level: level.severity,
            default=Applicability.AUTOMATIC,
        )

    def assume(self, reason: str) -> None:
        """Mark the rewrite as resting on something that could be wrong."""
        self.reasons.append((Applicability.ASSUMED, reason))

    def refuse(self, reason: str) -> None:
        """Leave the call alone and tell why."""
        self.reasons.append((Applicability.MANUAL, reason))

    def drop(self, name: str) -> None:
        """Take a new argument out."""
        self.kept = [new for new in self.kept if new.name != name]

    def has(self, name: str) -> bool:
        """Whether the new call gives an argument."""
        given = [new.name for new in self.kept] + [n for n, _ in self.added] + self.repeated
        return name in given


_ORDERING = "dim_ordering"


def is_settled(context: FileContext, use: Use, entry: Entry) -> bool:
    """Whether a call already speaks today's Keras."""
    assert use.call is not None
    if use.path.startswith("keras.backend.") and not surface.keras3_has(use.path):
        return False  # Keras 3 has no such function, and Keras 2's was called like Keras 1's
    if context.era.era is Era.LATER and (entry.to or "").startswith("keras1_compat."):
        if surface.keras3_has(use.path):
            return True  # the same name, and code of today means today's
    era = call_era(use.call, entry, use.path, unpacked_keys(use.call, context.names))
    if era is Era.UNKNOWN:
        return not context.speaks_keras1
    return era is Era.LATER and not is_halfway(context, use.call, entry)


def ambiguity(context: FileContext, use: Use, entry: Entry) -> str:
    """Why a call could be of either era and mean two things; ``""`` if it is clear."""
    assert use.call is not None
    era = call_era(use.call, entry, use.path, unpacked_keys(use.call, context.names))
    if context.era.era is not Era.UNKNOWN or era is not Era.UNKNOWN:
        return ""
    left = [name for name in entry.write if not any(k.arg == name for k in use.call.keywords)]
    if left and not moved_positions(use.call, entry):
        return f"the default of {' and '.join(left)} is another one in Keras 1"
    return moved_positions(use.call, entry)


def draft(context: FileContext, use: Use, entry: Entry, passed_on: str = "") -> Draft:
    """Map a call's arguments by its entry.

    Args:
        passed_on: a dict whose keywords are today's, and go on with ``**`` as they are.

    Raises:
        BindError: the call cannot be read.
    """
    assert use.call is not None
    site = context.site(use.call)
    context.drafted.add(id(use.call))
    target = entry.idiomatic if context.settings.idiomatic and entry.idiomatic else entry.to
    new = Draft(context, use, entry, use.call, site, bind(site, entry, passed_on), target)
    for argument in site.arguments:
        if argument.star == "**":
            new.kept.append(NewArgument("**", (argument,)))
            if not passed_on and not isinstance(context.constant(argument.value), dict):
                new.assume(f"`{_ORDERING}` is not in `**{context.text.get(argument.value_span)}`")
    new.mark = context.imports.mark()
    for name, argument in new.given.items():
        _map_argument(new, name, argument)
    _pack_arguments(new)
    names = [argument.name for argument in new.kept]
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        new.refuse(f"it says {name} twice, in two ways: keep one of them")
    _write_defaults(new)
    if entry.data_format or entry.always_last:
        _write_data_format(new)
    if entry.assumed:
        new.assume(entry.assumed)
    if entry.differs and _concerns(new, entry.differs):
        new.reasons.append((Applicability.AUTOMATIC, entry.differs.rstrip(".")))
    sized = any(isinstance(rule, Pack) for rule in entry.args.values())
    if sized and call_era(use.call, entry, use.path) is Era.LATER:
        new.assume("read as Keras 1 and 2 did, its numbers being the sizes of the kernel")
    if context.era.later and call_era(use.call, entry, use.path) is Era.UNKNOWN:
        readings = moved_positions(use.call, entry)
        if readings:
            new.assume(f"read as Keras 1, though the file also speaks a later Keras: {readings}")
    if entry.idiomatic and context.settings.idiomatic and entry.docs:
        new.assume(entry.docs)
    return new


def _concerns(new: Draft, difference: str) -> bool:
    """Whether what is said of a layer concerns a call: one that gives the arguments it names."""
    named = set(re.findall(r"`(\w+)[`=]", difference)) & set(new.entry.args)
    return not named or bool(named & set(new.given))


def _map_argument(new: Draft, name: str, argument: Argument) -> None:
    rule = new.entry.argument(name)
    if isinstance(rule, To):
        value = convert(rule.convert, new.context, argument)
        if value.reason:
            new.reasons.append((value.applicability, value.reason))
        if not value.drop:
            new.kept.append(NewArgument(rule.name, (argument,), value.parts))
    elif isinstance(rule, Spread):
        value = convert(rule.convert, new.context, argument)
        if value.reason:
            new.reasons.append((value.applicability, value.reason))
        new.kept.append(NewArgument(rule.names[0], (argument,), value.parts))
        _repeat(new, rule, argument, value)
    elif isinstance(rule, Drop):
        text = new.context.text.get(argument.value_span)
        if rule.only and text not in rule.only:
            new.refuse(f"`{name}={text}`: {rule.why}")
    elif isinstance(rule, Gone):
        if not _is_default(new, name, argument):
            new.refuse(f"`{name}=` has no counterpart in Keras 3: {rule.why}")
    elif isinstance(rule, Handled) and name in _ALWAYS:
        _COMMON[name](new, argument)
    elif isinstance(rule, Handled) and (not new.entry.rule or name in _COMMON):
        handled = _COMMON.get(name)
        if handled is None:
            if not _is_default(new, name, argument):
                new.refuse(f"`{name}=`: {rule.how}")
        else:
            handled(new, argument)


def _repeat(new: Draft, rule: Spread, argument: Argument, value: Converted) -> None:
    """Give a value to the further arguments of a `Spread`."""
    text = new.context.text
    if argument.keyword is not None:
        # Quoting the value's span takes along whatever is rewritten inside it.
        after = Span(argument.span.end, argument.span.end)
        for other in rule.names[1:]:
            new.edits.append(Edit(after, (f", {other}=", argument.value_span)))
            new.repeated.append(other)
    elif isinstance(argument.value, (ast.Constant, ast.Name)):
        parts = (argument.value_span,) if value.parts is None else value.parts
        written = "".join(part if isinstance(part, str) else text.get(part) for part in parts)
        new.added += [(other, written) for other in rule.names[1:]]
    else:
        new.refuse(f"`{text.get(argument.value_span)}` goes to {' and '.join(rule.names)}: name it")


def _is_default(new: Draft, name: str, argument: Argument) -> bool:
    """Whether an argument repeats Keras 1's own default."""
    signature = surface.keras1_signature(new.entry.name)
    default = signature.default(name) if signature else None
    if default is None:
        return False
    value = new.context.constant(argument.value)
    try:
        return bool(value == ast.literal_eval(default))
    except (ValueError, SyntaxError):
        return False


def _batch_input_shape(new: Draft, argument: Argument) -> None:
    """``batch_input_shape=(None, 1, 28, 28)`` → ``input_shape=(1, 28, 28)``."""
    node = argument.value
    if isinstance(node, (ast.Tuple, ast.List)) and node.elts:
        first = node.elts[0]
        if isinstance(first, ast.Constant) and first.value is None:
            rest = ", ".join(new.context.text.of(element) for element in node.elts[1:])
            comma = "," if len(node.elts) == 2 else ""
            new.kept.append(NewArgument("input_shape", (argument,), (f"({rest}{comma})",)))
            return
    if not _input_before(new, argument):
        new.refuse(
            "Keras 3 layers take no `batch_input_shape`: put `Input(batch_shape=...)` before the "
            "layer"
        )


def _input_before(new: Draft, argument: Argument) -> bool:
    """``m.add(Input(batch_shape=...))`` before the first layer, whose batches have a fixed size."""
    context, text = new.context, new.context.text
    parent = context.parent(new.call)
    layer = text.span(new.call)
    if isinstance(parent, (ast.List, ast.Tuple)) and parent.elts[0] is new.call:
        before, after, start = "", ", ", layer.start
    elif (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "add"
        and isinstance(statement := context.parent(parent), ast.Expr)
    ):
        start = text.span(statement).start
        before = f"{text.of(parent.func)}("
        after = f"){text.newline}{text.indentation(start)}"
        if text.utf8[text.line_span(statement.lineno).start : start].strip():
            after = "); "  # behind another statement
    else:
        return False
    spelled_input = context.imports.need("keras.layers.Input")
    parts = (f"{before}{spelled_input}(batch_shape=", argument.value_span, f"){after}")
    new.edits.append(Edit(Span(start, start), parts))
    return True


def _input_dtype(new: Draft, argument: Argument) -> None:
    if new.context.constant(argument.value) != "float32":
        new.refuse("Keras 3 layers take no `input_dtype`: put `Input(dtype=...)` before the layer")


def _layer_weights(new: Draft, argument: Argument) -> None:
    new.weights = None if _is_default(new, "weights", argument) else argument


_COMMON = {
    "batch_input_shape": _batch_input_shape,
    "input_dtype": _input_dtype,
    "weights": _layer_weights,
}
_ALWAYS = frozenset({"weights"})
"""Arguments that no structural rule sees to, whatever entry they belong to."""


def _pack_arguments(new: Draft) -> None:
    """Gather the members of each `Pack` into one tuple."""
    for key, rule in new.entry.args.items():
        if not isinstance(rule, Pack) or not isinstance(key, tuple):
            continue
        sources = [new.given[name] for name in key if name in new.given]
        if rule.needs:
            if rule.needs in new.given:
                _pack_with_defaults(new, key, rule)
        elif len(sources) == len(key):
            new.kept.append(NewArgument(rule.name, tuple(sources)))
        elif len(sources) == 1 and key[0] in new.given and _is_whole(new, sources[0]):
            new.kept.append(NewArgument(rule.name, (sources[0],)))  # as Keras 2 took it, too
        elif sources:
            missing = ", ".join(name for name in key if name not in new.given)
            new.refuse(f"{missing} is missing, so the call fails in Keras 1 as well")


def _is_whole(new: Draft, argument: Argument) -> bool:
    """``Conv2D(4, (3, 3), border_mode='same')``: a tuple stands for all sizes."""
    if isinstance(argument.value, (ast.Tuple, ast.List)):
        return True
    return isinstance(new.context.constant(argument.value), (tuple, list))


def _pack_with_defaults(new: Draft, key: tuple[str, ...], rule: Pack) -> None:
    """``input_dim=16`` → ``input_shape=(None, 16)``: what is not given counts with its default."""
    parts: list[str | Span] = ["("]
    sources: list[Argument] = []
    for position, name in enumerate(key):
        parts.append(", " if position else "")
        if name in new.given:
            parts.append(new.given[name].value_span)
            sources.append(new.given[name])
        else:
            parts.append("None")
    parts.append(")")
    anchor = min(sources, key=lambda argument: argument.span.start)
    new.kept.append(NewArgument(rule.name, (anchor,), tuple(parts)))


def _write_defaults(new: Draft) -> None:
    """Write out the old defaults that Keras 3 has otherwise."""
    for name, (value, companions) in new.entry.write_when.items():
        if not new.has(name) and any(old in new.given for old in companions):
            new.added.append((name, spelled(new.context, value)))
    today = surface.keras3_signature(new.target) if new.target else None
    for name, value in new.entry.write.items():
        if new.has(name):
            continue
        if new.context.settings.idiomatic and today is not None and today.default(name) is not None:
            new.assume(f"takes Keras 3's default of {name}")
        else:
            new.added.append((name, spelled(new.context, value)))


def _write_data_format(new: Draft) -> None:
    """Write ``data_format=`` where today's default would read the model otherwise."""
    if new.has("data_format") or (
        new.target is not None and "data_format" not in new_positional(new)
    ):
        return
    context = new.context
    if new.entry.always_last:
        if context.ambient_channels_first:
            new.added.append(("data_format", "'channels_last'"))
        return
    verdict = context.inference.verdict_for(new.call)
    if verdict is None and not is_spatial(new.use.name):
        _hear_as_argument(new)
    if verdict is None or (
        context.has_setting(verdict) and context.settings.data_format != "explicit"
    ):
        return
    explicit = context.settings.data_format == "explicit"
    wanted = verdict.data_format is DataFormat.CHANNELS_FIRST or (
        explicit and verdict.data_format is DataFormat.CHANNELS_LAST
    )
    if not wanted:
        return
    new.added.append(("data_format", f"'{verdict.data_format.value}'"))
    if verdict.confidence < CONFIDENT:
        reason = verdict.evidence[0].sentence if verdict.evidence else "inferred"
        new.assume(
            f"data_format='{verdict.data_format.value}' "
            f"({verdict.confidence:.0%} sure): {reason}"
        )
        new.evidence += verdict.evidence


def _hear_as_argument(new: Draft) -> None:
    """What is no layer and would ask the global data format is told that of the program."""
    told = new.context.told
    if told.arguments is None:
        return
    new.added.append(("data_format", f"'{told.arguments.value}'"))
    if not told.sure:
        new.assume(f"data_format='{told.arguments.value}', as the models of this program")


def new_positional(new: Draft) -> tuple[str, ...]:
    """The positional parameters of the new callable, in order."""
    if new.entry.signature:
        return surface.sig(new.entry.signature).positional()
    if new.target is not None and new.target.startswith("keras1_compat."):
        text = compat_signature(new.target.rpartition(".")[2])
        return surface.sig(text).positional() if text is not None else ()
    signature = surface.keras3_signature(new.target) if new.target else None
    return signature.positional() if signature else ()
