"""Method calls and attributes of Keras objects: finding them, mapping them by the catalog's rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import (
    CONTAINER,
    FOREIGN,
    GENERATOR,
    MODEL,
    OPTIMIZER,
    SEQUENTIAL,
    TENSOR,
    is_a,
)
from kerasmig.catalog import surface
from kerasmig.catalog.methods import METHODS, Certainty, Method
from kerasmig.catalog.vocabulary import Arguments, Entry, to
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import argument_edits
from kerasmig.rewrite.calls.entry_calls import Draft, draft
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.values.saved_files import imported_path
from kerasmig.text.tree import nodes

MODEL_NAME = re.compile(
    r"(^|_|[a-z])(model|net|network|discriminator|autoencoder|gan|encoder|decoder|actor|critic)s?_?\d*$"
)
_ARRAYS = ("get_weights", "set_weights")
_OF_PROGRAMS = (MODEL, SEQUENTIAL, CONTAINER, GENERATOR)
_TRAINING_KEYWORDS = frozenset(
    "batch_size verbose callbacks validation_split validation_data shuffle class_weight "
    "nb_epoch epochs initial_epoch loss metrics optimizer".split()
)
# Keywords of Keras 2 that its methods took beside those of Keras 3.
_KERAS2_KEYWORDS = ("max_queue_size", "workers", "use_multiprocessing", "validation_freq")


class MethodUse(NamedTuple):
    """One place where the code uses a method or an attribute of a Keras object.

    Args:
        node: the attribute (``model.fit``).
        call: its call, if it is called.
        row: what the catalog knows of it.
        kind: canonical Keras 1 class of the receiver, as far as it is known.
        guess: why the receiver is taken for one, where it is not certain.
    """

    node: ast.Attribute
    call: ast.Call | None
    row: Method
    kind: str | None
    guess: str = ""

    @property
    def receiver(self) -> ast.expr:
        """The object whose method it is."""
        return self.node.value

    @property
    def place(self) -> ast.expr:
        """Where to report it."""
        return self.call or self.node


_READ_OR_SET = ("keras.backend.get_value", "keras.backend.set_value")
_ROWS: dict[str, list[Method]] = {}
for _row in METHODS:
    _ROWS.setdefault(_row.name, []).append(_row)


def find_method_uses(context: FileContext) -> list[MethodUse]:
    """Every use of a method or attribute of Keras objects, in the order of the text."""
    found = []
    for node in nodes(context.tree, ast.Attribute):
        if node.attr not in _ROWS:
            continue
        if context.names.path(node) is not None:
            continue  # a name of Keras' own modules: a use by itself
        use = _method_use(context, node)
        if use is not None:
            found.append(use)
    found.sort(key=lambda use: (use.node.end_lineno or 0, use.node.end_col_offset or 0))
    return found


def _method_use(context: FileContext, node: ast.Attribute) -> MethodUse | None:
    parent = context.parent(node)
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    rows = [row for row in _ROWS[node.attr] if row.attribute or call is not None]
    kind = context.receivers.kind(node.value)
    if kind == FOREIGN or not rows:
        return None
    if isinstance(node.value, ast.Call) and _is_super(node.value):
        return None  # the class's own rule sees to calls of its base
    if kind is not None:
        fitting = [row for row in rows if is_a(kind, row.owner)]
        fitting.sort(key=lambda row: -len(surface.keras1_bases(row.owner)))
        if fitting:
            return MethodUse(node, call, fitting[0], kind)
        by_name = [row for row in rows if row.certainty is Certainty.NAME]
        lower = [row for row in by_name if kind == TENSOR or is_a(row.owner, kind)]
        return MethodUse(node, call, lower[0], kind) if lower else None
    keywords = {k.arg for k in call.keywords} if call else set()
    for row in rows:
        certain = row.certainty is Certainty.NAME or keywords & set(row.only_keras1)
        if certain and _plausible(context, row):
            return MethodUse(node, call, row, None)
    name = last_name(node.value).lower()
    if (name == "optimizer" and isinstance(node.value, ast.Attribute)) or _trains_as_optimizer(
        context, node
    ):
        for row in rows:
            if row.owner == OPTIMIZER:
                return MethodUse(node, call, row, OPTIMIZER)
    for row in rows:
        if row.owner not in (MODEL, CONTAINER) or row.attribute:
            continue
        if not context.surroundings.says_keras and not _trains(call):
            continue
        if context.era.era is not Era.UNKNOWN and MODEL_NAME.search(name):
            return MethodUse(
                node, call, row, None, f"`{last_name(node.value)}` is taken for a Keras model"
            )
    return None


def _trains_as_optimizer(context: FileContext, node: ast.Attribute) -> bool:
    """Whether something is used as an optimizer, whatever made it.

    ``K.get_value(x.lr)``, ``K.set_value(x.lr, 0.1)``, and ``x.lr`` of an ``x`` that is compiled with.
    """
    parent = context.parent(node)
    if isinstance(parent, ast.Call) and parent.args[:1] == [node]:
        if context.names.keras_name(parent.func) in _READ_OR_SET:
            return node.attr == "lr"
    return isinstance(node.value, ast.Name) and node.value.id in _optimizer_names(context)


def _optimizer_names(context: FileContext) -> set[str]:
    """The names of what models are compiled with: ``m.compile(opt, 'mse')``."""
    found: set[str] = set()
    for call in context.calls:
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "compile"
            and not imported_path(context, call.func)  # re.compile
        ):
            given = [k.value for k in call.keywords if k.arg == "optimizer"] or call.args[:1]
            found.update(node.id for node in given if isinstance(node, ast.Name))
    return found


def _plausible(context: FileContext, row: Method) -> bool:
    """Whether a file could mean a Keras method by a name.

    One that only belongs to a program with Keras means those of models: what layers and optimizers
    have is called so elsewhere, too (``updates``, ``constraints``, ``add_weight``), but for the
    arrays, which models have as well.
    """
    if context.surroundings.says_keras:
        return bool(context.names.loads) and b"eras" in context.text.utf8
    if row.name in _ARRAYS:
        return context.speaks_keras1
    return row.owner in _OF_PROGRAMS and not row.attribute


def _trains(call: ast.Call | None) -> bool:
    """Whether a call gives what scikit-learn's and others' models have no keyword for."""
    given = {keyword.arg for keyword in call.keywords} if call is not None else set()
    return bool(given & _TRAINING_KEYWORDS)


def _is_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "super"


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


# -- the era of one call --------------------------------------------------------------------------


def method_era(context: FileContext, use: MethodUse) -> Era:
    """Which Keras a method call was written for, from its keywords and else from its file."""
    if use.call is None:
        return context.era.era
    keywords = {keyword.arg for keyword in use.call.keywords if keyword.arg}
    if keywords & set(use.row.only_keras1):
        return Era.KERAS1
    signature = surface.keras1_signature(signature_owner(use))
    old = {*(signature.names() if signature else ()), *_listed(use.row)}
    if keywords & ({*use.row.new_order, *_KERAS2_KEYWORDS} - old):
        return Era.LATER
    return context.era.era


def _listed(row: Method) -> list[str]:
    return [n for key in row.args for n in ([key] if isinstance(key, str) else key)]


def signature_owner(use: MethodUse) -> str:
    """Canonical name of the method whose signature a call is read by."""
    owner = use.row.owner
    if use.kind is not None and is_a(use.kind, owner):
        name = f"{use.kind}.{use.row.name}"
        if surface.keras1_signature(name) is not None:
            return name
    return f"{owner}.{use.row.name}"


# -- drafting and finishing -----------------------------------------------------------------------


def draft_method(context: FileContext, use: MethodUse) -> Draft:
    """Map the arguments of a method call by its row.

    Raises:
        BindError: the call cannot be read.
    """
    row = use.row
    assert use.call is not None
    args: Arguments = {
        **{name: to(name) for name in (*row.new_order, *_KERAS2_KEYWORDS)},
        **{name: row.argument(name) for name in _listed(row)},
    }
    entry = Entry(
        signature_owner(use),
        to=row.to,
        args=args,
        write=row.write,
        write_when=row.write_when,
        rule=row.rule or "method",
        code=row.code,
    )
    stand_in = Use(use.node, entry.name, entry.name, ast.Name("", ast.Load()), use.call, entry)
    new = draft(context, stand_in, entry)
    new.kept = [k for k in new.kept if k.name not in _KERAS2_KEYWORDS]
    if row.assumed:
        new.assume(row.assumed)
    if use.guess:
        new.assume(use.guess)
    return new


def renamed(context: FileContext, use: MethodUse, name: str) -> list[Edit]:
    """The edit that gives a method or attribute another name."""
    if name == use.node.attr:
        return []
    end = context.text.span(use.node).end
    return [Edit(Span(end - len(use.node.attr.encode()), end), (name,))]


def finish_method(new: Draft, use: MethodUse, extra: Sequence[Edit] = ()) -> Finding | None:
    """The finding of a drafted method call, or ``None`` if it may stay as it is."""
    if new.applicability is Applicability.MANUAL:
        new.context.imports.forget(new.mark)
        return refused_method(new.context, use, _told(new))
    edits = [
        *argument_edits(new.site, new.kept, new.added, use.row.new_order),
        *renamed(new.context, use, use.row.to or use.row.name),
        *new.edits,
        *extra,
    ]
    if not edits:
        return None
    return rewritten_method(new.context, use, edits, new)


def as_function(new: Draft, use: MethodUse, path: str, positional: Sequence[str]) -> Finding:
    """``model.method(a, b=1)`` → ``function(model, a, b=1)``, a function of ``keras1_compat``."""
    context = new.context
    if new.applicability is Applicability.MANUAL:
        return refused_method(context, use, _told(new))
    site = new.site
    edits = argument_edits(site, new.kept, new.added, positional)
    spelled = context.imports.need(path)
    receiver = context.text.span(use.receiver)
    # One edit up to the parenthesis; an argument inserted right behind it comes after.
    before: tuple[str | Span, ...] = (spelled, "(", receiver)
    comma = "" if not (new.kept or new.added) else ","
    if comma and context.text.utf8[site.open + 1 :][:1] not in (b"\n", b"\r"):
        comma = ", "
    head = Edit(
        Span(context.text.span(use.call or use.node).start, site.open + 1), (*before, comma)
    )
    return rewritten_method(context, use, [head, *edits], new, path)


def say_ordering(new: Draft) -> None:
    """Tell a function of the compat module how arrays of Keras 1 lie, where the layers do not."""
    if not new.context.hides_channels_first:
        return
    new.added.append(("ordering", "'th'"))
    if new.context.has_both_orders:
        new.assume(
            "kernels are taken for those of channels first: write ordering='tf' where the model had "
            "them last"
        )


def rewritten_method(
    context: FileContext,
    use: MethodUse,
    edits: Sequence[Edit],
    new: Draft | None = None,
    short: str = "",
) -> Finding:
    """The finding of a method call that is rewritten by ``edits``."""
    old = use.row.name
    short = short or use.row.to or old
    message = f"{old} → {short}" if short != old else f"{old}: arguments as Keras 3 has them"
    reasons = new.reasons if new is not None else []
    if new is None and use.guess:
        reasons = [(Applicability.ASSUMED, use.guess)]
    level = new.applicability if new is not None else Applicability.AUTOMATIC
    if reasons and level is Applicability.AUTOMATIC:
        level = max((given for given, _ in reasons), key=lambda given: given.severity)
    return context.finding(
        use.row.code,
        use.place,
        "; ".join([message, *dict.fromkeys(reason for _, reason in reasons)]),
        level,
        name=old,
        edits=tuple(edits),
    )


def refused_method(context: FileContext, use: MethodUse, reason: str) -> Finding:
    """A finding that leaves a method use alone and says what to do."""
    return context.finding(
        use.row.code,
        use.place,
        f"{use.row.name}: {reason}",
        Applicability.MANUAL,
        name=use.row.name,
    )


def _told(new: Draft) -> str:
    grave = [r for level, r in new.reasons if level is Applicability.MANUAL]
    return "; ".join(dict.fromkeys(grave))
