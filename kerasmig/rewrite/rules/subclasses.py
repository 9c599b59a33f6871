"""Layers of the user's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import CONTAINER, LAYER, is_a
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog.backend import VALUE_IN_CALL
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import argument_edits
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.comments import with_comments
from kerasmig.rewrite.calls.entry_calls import Draft, draft, is_settled, new_positional
from kerasmig.rewrite.calls.finishing import finish, refused, rewritten
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import file_rule, use_rule
from kerasmig.rewrite.settling import plain_use
from kerasmig.rewrite.values.layer_weights import (
    WeightList,
    assigned_weight,
    own_attribute,
    trained,
    weight_lists,
)
from kerasmig.text.tree import nodes, walk

LAYERS = "KM304"
_OLD_LAYER = {
    "get_output": "a layer computes in `call(self, inputs)` today; `get_input` is gone",
    "get_input": "`call(self, inputs)` is given the tensor",
    "get_output_mask": "use `compute_mask(self, inputs, mask)`",
    "get_initial_states": "subclass keras.layers.RNN with a cell, and give the states in "
    "`get_initial_state(self, batch_size)` of the cell",
    "get_constants": "subclass keras.layers.RNN with a cell: dropout masks are the cell's affair",
    "preprocess_input": "subclass keras.layers.RNN with a cell, which sees one step at a time",
}
_VARIABLE_MAKERS = ("keras.backend.variable", "keras.backend.zeros", "keras.backend.ones")
_INITIALIZER_GETTERS = ("keras.initializations.get", "keras.initializers.get")


@file_rule
def subclasses(context: FileContext) -> Iterator[Finding]:
    """Every class that inherits from a layer."""
    for node in nodes(context.tree, ast.ClassDef):
        kind = context.receivers.class_kind(node)
        if is_a(kind, LAYER):
            yield from _LayerClass(context, node).findings()


def methods_of(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods that a class defines itself."""
    return {f.name: f for f in node.body if isinstance(f, ast.FunctionDef)}


def rename_def(context: FileContext, function: ast.FunctionDef, name: str) -> Edit:
    """The edit that gives a method another name."""
    start = context.text.span(function).start
    position = context.text.utf8.index(function.name.encode(), start + len("def"))
    return Edit(Span(position, position + len(function.name.encode())), (name,))


class _LayerClass:
    """A layer of the user's own."""

    def __init__(self, context: FileContext, node: ast.ClassDef) -> None:
        self._context = context
        self._node = node
        self._methods = methods_of(node)

    def findings(self) -> Iterator[Finding]:
        """What is rewritten or reported in the class."""
        yield from self._inherited()
        yield from self._shape_method()
        for name, instead in _OLD_LAYER.items():
            if name in self._methods:
                yield self._report(self._methods[name], f"{name}: {instead}", name)
        yield from self._super_calls()
        yield from self._weights()
        yield from self._config()

    def _inherited(self) -> Iterator[Finding]:
        """A class of the user's that extends a certain layer: what it inherits is today's."""
        context = self._context
        for base in self._node.bases:
            name = context.names.keras_name(base)
            entry = catalog_entry(name) if name else None
            if entry is None or entry.to is None or entry.name == LAYER or not entry.args:
                continue
            if not is_a(entry.name, LAYER) or is_a(entry.name, CONTAINER):
                continue
            if not context.speaks_keras1:
                return
            init = self._methods.get("__init__")
            inherits = "" if init else f", and `{self._node.name}(...)` takes its arguments"
            yield self._report(
                base,
                f"{self._node.name} extends {entry.short}, whose attributes, weights and methods "
                f"are {entry.to.rpartition('.')[2]}'s of today{inherits}",
                entry.short,
            )
            if init is not None:
                yield from self._base_calls(init, entry)

    def _base_calls(self, init: ast.FunctionDef, entry: Entry) -> Iterator[Finding]:
        """``super(C, self).__init__(64, 3, 3)`` takes the arguments as Keras 3 has them's layer."""
        context = self._context
        for call in walk(init):
            if (
                not isinstance(call, ast.Call)
                or not isinstance(call.func, ast.Attribute)
                or call.func.attr != "__init__"
                or not isinstance(call.func.value, ast.Call)
                or not isinstance(call.func.value.func, ast.Name)
                or call.func.value.func.id != "super"
            ):
                continue
            path = ast.Name("", ast.Load())
            use = Use(call.func, entry.name, entry.name, path, call, entry)
            if is_settled(context, use, entry):
                continue
            rest = init.args.kwarg.arg if init.args.kwarg and not entry.write else ""
            try:
                new = draft(context, use, entry, rest)
            except BindError as error:
                yield refused(
                    context,
                    use,
                    entry,
                    [(Applicability.MANUAL, f"arguments as Keras 3 has them: {error}")],
                )
                continue
            if any(argument.star for argument in new.site.arguments):
                new.assume(
                    f"`{self._node.name}(...)` may be given what `**{rest}` takes, by today's names"
                )
            if new.applicability is Applicability.MANUAL:
                yield refused(context, use, entry, new.reasons)
                continue
            edits = argument_edits(new.site, new.kept, new.added, new_positional(new))
            if edits:
                yield rewritten(new, edits)

    def _report(self, node: ast.AST, message: str, name: str) -> Finding:
        head = node
        if isinstance(node, ast.FunctionDef):
            # Only the line of the `def`: the finding is about the method, not its body.
            head = ast.Pass(
                lineno=node.lineno,
                col_offset=node.col_offset,
                end_lineno=node.lineno,
                end_col_offset=node.col_offset + len("def ") + len(node.name),
            )
        return self._context.finding(LAYERS, head, message, Applicability.MANUAL, name=name)

    def _shape_method(self) -> Iterator[Finding]:
        old = self._methods.get("get_output_shape_for")
        if old is None:
            return
        yield self._renamed(old)

    def _renamed(self, old: ast.FunctionDef) -> Finding:
        first = old.args.args[0] if old.args.args else old
        return self._context.finding(
            LAYERS,
            first,
            "get_output_shape_for → compute_output_shape",
            Applicability.AUTOMATIC,
            name="get_output_shape_for",
            edits=(rename_def(self._context, old, "compute_output_shape"),),
        )

    def _super_calls(self) -> Iterator[Finding]:
        """``super(C, self).get_output_shape_for(shape)``."""
        for node in nodes(self._node, ast.Attribute):
            if (
                node.attr == "get_output_shape_for"
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Name)
                and node.value.func.id == "super"
            ):
                end = self._context.text.span(node).end
                edit = Edit(Span(end - len(node.attr), end), ("compute_output_shape",))
                yield self._context.finding(
                    LAYERS,
                    node,
                    "get_output_shape_for → compute_output_shape",
                    Applicability.AUTOMATIC,
                    name="get_output_shape_for",
                    edits=(edit,),
                )

    # -- weights --------------------------------------------------------------------------------

    def _weights(self) -> Iterator[Finding]:
        """``self.W = self.init(shape)`` and ``self.trainable_weights = [self.W]``."""
        made: dict[str, ast.Assign] = {}
        for statement in nodes(self._node, ast.Assign):
            if len(statement.targets) != 1:
                continue
            name = own_attribute(statement.targets[0])
            if name is None:
                continue
            if self._is_initialised(statement.value):
                made[name] = statement
                yield self._add_weight(statement, name)
            elif self._is_variable(statement.value):
                made[name] = statement
        for listed in weight_lists(self._node):
            if listed.removable:
                yield self._list_of_weights(listed, made)

    def _is_initialised(self, value: ast.expr) -> bool:
        """Whether a value is ``self.init(shape, name=...)``, an initialiser applied."""
        if not isinstance(value, ast.Call):
            return False
        if isinstance(value.func, ast.Attribute) and own_attribute(value.func) is not None:
            sources = self._context.receivers.assigned(value.func)
            return bool(sources) and all(self._is_initializer(source) for source in sources)
        return self._is_initializer(value.func)

    def _is_initializer(self, node: ast.expr) -> bool:
        names = self._context.names
        if isinstance(node, ast.Call):
            return names.keras_name(node.func) in _INITIALIZER_GETTERS
        name = names.keras_name(node) or ""
        return name.startswith("keras.initializations.") and not name.endswith(".get")

    def _is_variable(self, value: ast.expr) -> bool:
        """Whether a value is a variable that the layer keeps track of by itself."""
        if not isinstance(value, ast.Call):
            return False
        name = self._context.names.keras_name(value.func) or ""
        if name in _VARIABLE_MAKERS or name == "keras.Variable":
            return True
        return (
            isinstance(value.func, ast.Attribute)
            and value.func.attr == "add_weight"
            and isinstance(value.func.value, ast.Name)
            and value.func.value.id == "self"
        )

    def _add_weight(self, statement: ast.Assign, name: str) -> Finding:
        """``self.init(shape, name=n)`` → ``self.add_weight(shape=shape, initializer=self.init, name=n)``."""
        context, call = self._context, statement.value
        assert isinstance(call, ast.Call)
        given: dict[str, ast.expr] = {}
        order = ("shape", "name") if isinstance(call.func, ast.Attribute) else ("shape",)
        for index, value in enumerate(call.args):
            if index >= len(order) or isinstance(value, ast.Starred):
                return self._report(statement, _ADD_WEIGHT.format(name), "add_weight")
            given[order[index]] = value
        for keyword in call.keywords:
            if keyword.arg not in ("shape", "name"):
                return self._report(statement, _ADD_WEIGHT.format(name), "add_weight")
            given[keyword.arg] = keyword.value
        if "shape" not in given:
            return self._report(statement, _ADD_WEIGHT.format(name), "add_weight")
        parts: list[str | Span] = ["self.add_weight(shape=", context.text.span(given["shape"])]
        parts += [", initializer=", context.text.span(call.func)]
        if "name" in given:
            parts += [", name=", context.text.span(given["name"])]
        is_trained = trained(self._node, name)
        if is_trained is None:
            return self._report(statement, _ADD_WEIGHT.format(name), "add_weight")
        parts.append(")" if is_trained else ", trainable=False)")
        return context.finding(
            LAYERS,
            statement,
            f"self.{name}: a layer's own weights are made by `add_weight`",
            Applicability.AUTOMATIC,
            name="add_weight",
            edits=(with_comments(context.text, Edit(context.text.span(call), tuple(parts))),),
        )

    def _list_of_weights(self, listed: WeightList, made: dict[str, ast.Assign]) -> Finding:
        if listed.names is not None and all(name in made for name in listed.names):
            return self._context.finding(
                LAYERS,
                listed.node,
                f"{listed.kind}: a layer keeps track of its weights by itself",
                Applicability.AUTOMATIC,
                name=listed.kind,
                edits=(_without(self._context, listed.node),),
            )
        return self._report(
            listed.node,
            f"`{listed.kind}` cannot be assigned to: make the layer's weights by `add_weight` "
            "(with trainable=False where they are not trained) and keep inner layers as attributes",
            listed.kind,
        )

    def _config(self) -> Iterator[Finding]:
        """``self.init.__name__``: initialisers are objects today."""
        config = self._methods.get("get_config")
        if config is None:
            return
        for node in nodes(config, ast.Attribute):
            if node.attr != "__name__":
                continue
            inner = node.value
            if own_attribute(inner) is None or not isinstance(inner, ast.Attribute):
                continue
            sources = self._context.receivers.assigned(inner)
            if sources and all(self._is_initializer(source) for source in sources):
                serialize = self._context.imports.need("keras.initializers.serialize")
                parts = (f"{serialize}(", self._context.text.span(inner), ")")
                yield self._context.finding(
                    LAYERS,
                    node,
                    f"{ast.unparse(node)}: an initialiser is an object today",
                    Applicability.AUTOMATIC,
                    name="__name__",
                    edits=(Edit(self._context.text.span(node), parts),),
                )


_ADD_WEIGHT = "make self.{} by `self.add_weight(shape=..., initializer=..., name=...)`"


def _without(context: FileContext, statement: ast.stmt) -> Edit:
    """Take a statement out with its line, or put ``pass`` in its place."""
    return context.text.removal(statement, alone=len(context.block_of(statement)) == 1)


@use_rule("layer_subclass")
def layer_itself(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """``model.add(Layer(input_shape=(3,)))`` was how some began a model; else as the catalog says."""
    call = use.call
    parent = context.parent(call) if call is not None else None
    adds = (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and parent.func.attr == "add"
    )
    if call is None or not adds or call.args:
        return plain_use(context, use, entry)
    given = {keyword.arg: keyword for keyword in call.keywords}
    if not given.keys() <= {"input_shape", "name"} or "input_shape" not in given:
        return plain_use(context, use, entry)
    site = context.site(call)
    spans = {argument.keyword: argument.keyword_span for argument in site.arguments}
    shape = spans["input_shape"]
    assert shape is not None
    spelling = context.imports.spell(use.root, use.node, "keras.layers.Input")
    return context.finding(
        entry.code,
        call,
        "Layer → Input: the base class cannot be called today",
        Applicability.AUTOMATIC,
        name=entry.short,
        edits=(Edit(context.text.span(use.node), (spelling,)), Edit(shape, ("shape",))),
    )


@use_rule("layer_variable")
def layer_variable(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """``self.b = K.zeros(shape)`` in a layer is a weight; elsewhere the catalog's mapping holds."""
    place = assigned_weight(context, use.call) if use.call is not None else None
    if entry.short == "variable" and use.call is not None and _is_read_in_call(context, use.call):
        value = entry._replace(
            to="keras.ops.convert_to_tensor", args=VALUE_IN_CALL, rule="", docs=""
        )
        return plain_use(context, use, value)
    if place is None or use.call is None or is_settled(context, use, entry):
        return plain_use(context, use, entry)
    owner, name = place
    is_trained = trained(owner, name)
    if is_trained is None:
        why = _ADD_WEIGHT.format(name)
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    try:
        new = draft(context, use, entry)
    except BindError:
        return plain_use(context, use, entry)
    if entry.short == "variable":
        if not is_trained:
            new.added.append(("trainable", "False"))
        return finish(new)
    return _zeros_weight(new, entry.short, is_trained)


def _is_read_in_call(context: FileContext, call: ast.Call) -> bool:
    """Whether a variable is made where a layer computes, and only its value is wanted there."""
    around = list(context.ancestors(call))
    if any(isinstance(a, ast.Lambda) and _is_of_lambda_layer(context, a) for a in around):
        return True
    methods = [a for a in around if isinstance(a, ast.FunctionDef)]
    if not methods:
        return False
    owner = context.parent(methods[-1])
    if isinstance(owner, ast.ClassDef):
        computes = methods[-1].name == "call" and is_a(context.receivers.class_kind(owner), LAYER)
    else:
        methods = [m for m in methods if m.name in _given_to_lambda_layers(context)][:1]
        computes = bool(methods)
    if not computes:
        return False
    parent = context.parent(call)
    if isinstance(parent, (ast.Tuple, ast.List)):
        return False  # perhaps assigned in one go with others
    if not isinstance(parent, ast.Assign):
        return True
    if len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return False
    return not any(
        isinstance(node, ast.Name) and node.id == parent.targets[0].id and _changes(context, node)
        for node in walk(methods[-1])
    )


def _is_of_lambda_layer(context: FileContext, function: ast.expr) -> bool:
    """Whether a function is what a Lambda layer computes, and not its output shape."""
    call = context.parent(function)
    if isinstance(call, ast.keyword):
        if call.arg != "function":
            return False
        call = context.parent(call)
    return (
        isinstance(call, ast.Call)
        and (function in call.args[:1] or function not in call.args)
        and context.names.keras_name(call.func) == "keras.layers.core.Lambda"
    )


def _given_to_lambda_layers(context: FileContext) -> frozenset[str]:
    """The names of the functions that Lambda layers compute."""
    given = (
        [*call.args[:1], *(k.value for k in call.keywords if k.arg == "function")]
        for call in context.calls
        if context.names.keras_name(call.func) == "keras.layers.core.Lambda"
    )
    return frozenset(f.id for found in given for f in found if isinstance(f, ast.Name))


def _changes(context: FileContext, node: ast.Name) -> bool:
    """Whether a name stands for a variable that is given another value: ``K.update(v, ...)``."""
    around = context.parent(node)
    if isinstance(around, ast.Attribute):
        return around.attr.startswith("assign")
    name = context.names.keras_name(around.func) if isinstance(around, ast.Call) else None
    return name is not None and ("update" in name or name.endswith("set_value"))


def _zeros_weight(new: Draft, maker: str, is_trained: bool) -> Finding:
    """``K.zeros((n,), name='b')`` → ``self.add_weight(shape=(n,), initializer='zeros', name='b')``."""
    context = new.context
    parts: list[str | Span] = ["self.add_weight(shape="]
    parts += [new.given["shape"].value_span, f", initializer='{maker}'"]
    for name in ("dtype", "name"):
        if name in new.given:
            parts += [f", {name}=", new.given[name].value_span]
    parts.append(")" if is_trained else ", trainable=False)")
    context.imports.release(new.use.root)
    return context.finding(
        new.entry.code,
        new.call,
        f"{maker}: a layer's own weights are made by `add_weight`",
        Applicability.AUTOMATIC,
        name=maker,
        edits=(with_comments(context.text, Edit(context.text.span(new.call), tuple(parts))),),
    )
