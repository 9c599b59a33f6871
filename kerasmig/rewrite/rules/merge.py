"""``merge(...)`` and ``Merge``: which layer took their place depends on the mode."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.catalog.layer_facts import MERGE_MODES
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument, argument_edits
from kerasmig.rewrite.calls.binding import BindError, bind
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.comments import with_comments
from kerasmig.rewrite.calls.finishing import refused
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.settling import plain_use
from kerasmig.rewrite.spelling import respelled
from kerasmig.rewrite.values.value_changes import convert
from kerasmig.text.tree import walk

_COS_SHAPE = (
    "mode 'cos' gave (batch, 1, 1) in Keras 1 where it announced (batch, 1); Dot gives (batch, 1)"
)


@dataclass(eq=False)
class _Merge:
    """A call of ``merge`` or ``Merge`` as it is read."""

    context: FileContext
    use: Use
    entry: Entry
    call: ast.Call
    given: dict[str, Argument]

    @property
    def is_function(self) -> bool:
        return self.entry.short == "merge"

    def refuse(self, reason: str) -> Finding:
        return refused(self.context, self.use, self.entry, [(Applicability.MANUAL, reason)])

    def finding(self, message: str, edits: Sequence[Edit], assumption: str = "") -> Finding:
        return self.context.finding(
            self.entry.code,
            self.call,
            f"{message}; {assumption}" if assumption else message,
            Applicability.ASSUMED if assumption else Applicability.AUTOMATIC,
            name=self.entry.short,
            edits=tuple(edits),
        )

    def spell(self, path: str) -> str:
        return self.context.imports.spell(self.use.root, self.use.node, path)

    def text(self, argument: Argument) -> str:
        return self.context.text.get(argument.value_span)


@use_rule("sequential")
def sequential(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Where a model begins with a Merge, models are those of the compat module, which may."""
    if context.merges_models and not context.settings.idiomatic:
        return respelled(context, use, "keras1_compat.Sequential", entry.code)
    return plain_use(context, use, entry)


@use_rule("merge")
def merge(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Choose the layer by the mode."""
    if use.call is None:
        if entry.short == "Merge" and context.is_only_named(use):
            return respelled(context, use, "keras1_compat.Merge", entry.code)
        return refused(
            context,
            use,
            entry,
            [
                (
                    Applicability.MANUAL,
                    f"{entry.short} is named without being called: which layer takes its place "
                    "depends on the mode",
                )
            ],
        )
    try:
        given = bind(context.site(use.call), entry)
    except BindError as error:
        why = f"the call cannot be rewritten, because {error}"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    found = _Merge(context, use, entry, use.call, given)
    for name in ("output_mask", "node_indices", "tensor_indices"):
        if name in given and not _is_none(given[name].value):
            return found.refuse(f"`{name}=` has no counterpart: {_how(entry, name)}")
    mode: object = "sum"
    if "mode" in given:
        mode = context.constant(given["mode"].value)
    if "layers" in given:
        return _merge_of_layers(found, mode) if context.settings.idiomatic else _of_models(found)
    if mode in MERGE_MODES:
        return _known(found, str(mode))
    if mode is UNKNOWN and _is_function(context, given["mode"].value):
        return _function(found)
    if mode is UNKNOWN and found.is_function:
        return _adapter(found)
    return found.refuse(
        "the mode cannot be seen here: Add, Multiply, Average, Maximum, Concatenate and Dot "
        "are layers of their own now"
    )


def _how(entry: Entry, name: str) -> str:
    return getattr(entry.argument(name), "why", "")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_function(context: FileContext, node: ast.expr) -> bool:
    """Whether a mode is a function rather than a string in a variable."""
    if isinstance(node, ast.Lambda):
        return True
    if isinstance(node, ast.Name):
        bindings = context.names.bindings_of(node)
        return bool(bindings) and all(
            b.kind == "def" or (b.kind == "assign" and isinstance(b.value, ast.Lambda))
            for b in bindings
        )
    return False


def _known(found: _Merge, mode: str) -> Finding:
    """A mode that is known: ``merge([a, b], mode='sum')`` → ``add([a, b])``."""
    layer = MERGE_MODES[mode]
    kept: list[NewArgument] = []
    added: list[tuple[str, str]] = []
    assumption = ""
    if found.is_function and "inputs" in found.given:
        kept.append(NewArgument("inputs", (found.given["inputs"],)))
    if mode == "concat" and "concat_axis" in found.given:
        kept.append(NewArgument("axis", (found.given["concat_axis"],)))
    if layer == "Dot":
        axes = found.given.get("dot_axes")
        if axes is None:
            added.append(("axes", "-1"))
        else:
            value = found.context.constant(axes.value)
            if isinstance(value, (tuple, list)) and any(not isinstance(v, int) for v in value):
                return found.refuse(
                    "nested `dot_axes` were for Keras before 1.0: give one axis per input"
                )
            kept.append(NewArgument("axes", (axes,)))
        if mode == "cos":
            added.append(("normalize", "True"))
            assumption = _COS_SHAPE
    if "name" in found.given:
        name = convert("layer_name", found.context, found.given["name"])
        assumption = assumption or name.reason
        kept.append(NewArgument("name", (found.given["name"],), name.parts))
    target = layer.lower() if found.is_function else layer
    order = ["inputs"] if found.is_function else []
    order += {"Concatenate": ["axis"], "Dot": ["axes"]}.get(layer, [])
    edits = argument_edits(found.context.site(found.call), kept, added, order)
    node = found.context.text.span(found.use.node)
    edits.append(Edit(node, (found.spell(f"keras.layers.{target}"),)))
    return found.finding(f"{found.entry.short} → {target}", edits, assumption)


def _function(found: _Merge) -> Finding:
    """A function as mode: ``merge([a, b], mode=f)`` → ``Lambda(f)([a, b])``."""
    parts: list[str | Span] = [found.spell("keras.layers.Lambda"), "("]
    parts.append(found.given["mode"].value_span)
    for name in ("output_shape", "arguments", "name"):
        if name in found.given and not _is_none(found.given[name].value):
            parts += [f", {name}=", found.given[name].value_span]
    parts.append(")")
    if found.is_function:
        if "inputs" not in found.given:
            return found.refuse("it has no inputs")
        parts += ["(", found.given["inputs"].value_span, ")"]
    text = found.context.text
    edit = with_comments(text, Edit(text.span(found.call), tuple(parts)))
    return found.finding(f"{found.entry.short} of a function → Lambda", [edit])


def _adapter(found: _Merge) -> Finding:
    """A mode known only at run time: a function of the compat module decides then."""
    spelling = found.spell("keras1_compat.merge")
    edits: list[Edit] = []
    if spelling != found.context.text.of(found.use.node):
        edits.append(Edit(found.context.text.span(found.use.node), (spelling,)))
    return found.finding(
        "the mode is known only at run time: keras1_compat.merge chooses the layer then", edits
    )


# -- Merge([left, right]) at the head of a Sequential model --------------------------------------


def _of_models(found: _Merge) -> Finding | None:
    """``Merge([left, right], mode=...)``: the compat module's Sequential may begin with its Merge."""
    spelling = found.spell("keras1_compat.Merge")
    old = found.context.text.of(found.use.node)
    edits = [Edit(found.context.text.span(found.use.node), (spelling,))] if spelling != old else []
    message = "Merge of models: keras1_compat has it, and a Sequential that may begin with it"
    mode = found.given.get("mode")
    cos = mode is not None and found.context.constant(mode.value) == "cos"
    return found.finding(message, edits, _COS_SHAPE if cos else "")


def _merge_of_layers(found: _Merge, mode: object) -> Finding:
    """``model.add(Merge([left, right], mode='concat'))``: the chain becomes functional."""
    chain = _Chain.find(found)
    if chain is None or (
        mode not in MERGE_MODES
        and not (mode is UNKNOWN and _is_function(found.context, found.given["mode"].value))
    ):
        return found.refuse(
            "a Sequential model of today has one input: connect the branches with the functional "
            "API, for example `x = concatenate([left.output, right.output])` and "
            "`Model(left.inputs + right.inputs, x)`"
        )
    branches = found.given["layers"].value
    assert isinstance(branches, (ast.List, ast.Tuple))
    spans = [found.context.text.span(element) for element in branches.elts]
    tensor = chain.tensor
    outputs: list[str | Span] = ["["]
    inputs: list[str | Span] = []
    for index, span in enumerate(spans):
        # `.output` of a Sequential raises until the model is called.
        outputs += [", " if index else "", span, ".outputs[0]"]
        inputs += [" + " if index else "", span, ".inputs"]
    outputs.append("]")
    statement = found.context.text.span(chain.first)
    edits = [
        Edit(
            statement,
            (f"{tensor} = ", *_merged(found, mode, tuple(outputs))),
        )
    ]
    edits += chain.layer_edits()
    model = found.context.imports.need("keras.models.Model")
    end = found.context.text.span(chain.last).end
    indentation = found.context.text.indentation(found.context.text.span(chain.last).start)
    newline = found.context.text.newline
    edits.append(
        Edit(
            Span(end, end),
            (f"{newline}{indentation}{chain.model} = {model}(", *inputs, f", {tensor})"),
        )
    )
    edits.append(chain.removal())
    found.context.imports.release(found.use.root)
    return found.finding(
        "Merge of models: the chain becomes functional",
        edits,
        _COS_SHAPE if mode == "cos" else "",
    )


def _merged(found: _Merge, mode: object, tensors: tuple[str | Span, ...]) -> tuple[str | Span, ...]:
    """The expression that joins the branches' outputs."""
    need = found.context.imports.need
    if not isinstance(mode, str):
        call = f"{need('keras.layers.Lambda')}("
        return (call, found.given["mode"].value_span, ")(", *tensors, ")")
    layer = MERGE_MODES[mode]
    options: list[str | Span] = []
    if mode == "concat" and "concat_axis" in found.given:
        options += [", axis=", found.given["concat_axis"].value_span]
    if layer == "Dot":
        axes = found.given.get("dot_axes")
        options += [", axes=", axes.value_span if axes else "-1"]
        options += [", normalize=True"] if mode == "cos" else []
    return (f"{need(f'keras.layers.{layer.lower()}')}(", *tensors, *options, ")")


@dataclass(eq=False)
class _Chain:
    """``model = Sequential()`` and the ``model.add(...)`` that follow it, in one block."""

    context: FileContext
    model: str
    creation: ast.Assign
    first: ast.stmt
    last: ast.stmt
    adds: list[ast.Expr]

    @property
    def tensor(self) -> str:
        """A name for the tensor that runs through the chain."""
        taken = {node.id for node in walk(self.context.tree) if isinstance(node, ast.Name)}
        name = "x"
        while name in taken:
            name = f"{self.model.rpartition('.')[2]}_{name}"
        return name

    @classmethod
    def find(cls, found: _Merge) -> _Chain | None:
        """The chain that starts with this Merge, if it can be followed."""
        context = found.context
        add = context.parent(found.call)
        statement = context.parent(add) if add is not None else None
        if not (
            isinstance(add, ast.Call)
            and isinstance(add.func, ast.Attribute)
            and add.func.attr == "add"
            and isinstance(statement, ast.Expr)
            and isinstance(found.given["layers"].value, (ast.List, ast.Tuple))
        ):
            return None
        model = ast.unparse(add.func.value)
        block = context.block_of(statement)
        start = block.index(statement)
        creation = next((s for s in reversed(block[:start]) if _creates(context, s, model)), None)
        if creation is None:
            return None
        between = block[block.index(creation) + 1 : start]
        if any(_mentions(s, model) for s in between):
            return None
        end = start
        for index, later in enumerate(block[start + 1 :], start + 1):
            if _adds(later, model):
                end = index
        region = block[start : end + 1]
        adds = [node for s in region for node in walk(s) if _is_add(node, model)]
        mentions = sum(_mentions(s, model) for s in region)
        if mentions != len(adds) or any(_leaves_block(s) for s in region):
            return None
        assert isinstance(creation, ast.Assign)
        return cls(
            context, model, creation, statement, block[end], [a for a in adds if a is not statement]
        )

    def layer_edits(self) -> list[Edit]:
        """``model.add(Dense(10))`` → ``x = Dense(10)(x)``."""
        edits: list[Edit] = []
        for statement in self.adds:
            call = statement.value
            assert isinstance(call, ast.Call)
            site = self.context.site(call)
            layer = site.arguments[0].value_span
            whole = self.context.text.span(statement)  # with parentheses around the call
            edits += [
                Edit(Span(whole.start, layer.start), (f"{self.tensor} = ",)),
                Edit(Span(layer.end, whole.end), (f"({self.tensor})",)),
            ]
        return edits

    def removal(self) -> Edit:
        """The statement that made the Sequential model goes, with its line."""
        return self.context.text.removal(self.creation)


def _creates(context: FileContext, statement: ast.stmt, model: str) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and ast.unparse(statement.targets[0]) == model
        and isinstance(statement.value, ast.Call)
        and not statement.value.args
        and context.names.keras_name(statement.value.func) == "keras.models.Sequential"
    )


def _mentions(statement: ast.stmt, model: str) -> int:
    """How often a statement names the model."""
    return sum(
        isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node) == model
        for node in walk(statement)
    )


def _leaves_block(statement: ast.stmt) -> bool:
    """Whether a statement could skip the rest of the chain, or hide it in a function."""
    kinds = (ast.Return, ast.FunctionDef, ast.ClassDef, ast.Lambda)
    return any(isinstance(node, kinds) for node in walk(statement) if node is not statement)


def _is_add(statement: ast.AST, model: str) -> TypeGuard[ast.Expr]:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "add"
        and ast.unparse(statement.value.func.value) == model
        and len(statement.value.args) == 1
    )


def _adds(statement: ast.stmt, model: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "add"
        and ast.unparse(node.func.value) == model
        for node in walk(statement)
    )
