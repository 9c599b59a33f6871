"""What an object in the code is an instance of: the `model` of ``model.fit(...)``.

Simple assignments, attributes of ``self``, functions that return a model (of the project, too),
loop variables over ``model.layers`` and arguments at the calls of a function are followed. An
object that is certainly not Keras' is told from one that is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.names.scopes import Binding
from kerasmig.catalog import surface
from kerasmig.text.tree import children, nodes, parents

if TYPE_CHECKING:
    from kerasmig.analysis.objects.output_width import OutputWidths

MODEL = "keras.engine.training.Model"
SEQUENTIAL = "keras.models.Sequential"
CONTAINER = "keras.engine.topology.Container"
LAYER = "keras.engine.topology.Layer"
OPTIMIZER = "keras.optimizers.Optimizer"
CALLBACK = "keras.callbacks.Callback"
HISTORY = "keras.callbacks.History"
ITERATOR = "keras.preprocessing.image.Iterator"
DIRECTORY_ITERATOR = "keras.preprocessing.image.DirectoryIterator"
GENERATOR = "keras.preprocessing.image.ImageDataGenerator"
LAYERS = "list of layers"
TENSOR = "tensor"
#: A model of which only the run tells whether it is a Sequential: from a file, of a callback.
LOADED = "loaded model"
#: Certainly nothing of Keras'.
FOREIGN = "foreign"

_ROOTS = (MODEL, LAYER, OPTIMIZER, CALLBACK, ITERATOR, GENERATOR)
_TODAY = {"keras.Model": MODEL, "keras.Sequential": SEQUENTIAL, "keras.Layer": LAYER}
_MAKERS = {
    "keras.models.load_model": LOADED,
    "keras.models.model_from_json": LOADED,
    "keras.models.model_from_yaml": LOADED,
    "keras.models.model_from_config": LOADED,
    "keras.optimizers.get": OPTIMIZER,
    "keras.engine.topology.Input": TENSOR,
    "keras.engine.topology.merge": TENSOR,
}
_ATTRIBUTES: Mapping[tuple[str, str], str] = {
    (CONTAINER, "layers"): LAYERS,
    (CONTAINER, "get_layer"): LAYER,
    (MODEL, "optimizer"): OPTIMIZER,
    (CALLBACK, "model"): LOADED,
    (MODEL, "history"): HISTORY,
    (MODEL, "fit"): HISTORY,
    (MODEL, "fit_generator"): HISTORY,
    (GENERATOR, "flow"): ITERATOR,
    (GENERATOR, "flow_from_directory"): DIRECTORY_ITERATOR,
    (LAYER, "output"): TENSOR,
    (LAYER, "input"): TENSOR,
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LITERALS = (ast.Constant, ast.Dict, ast.Set, ast.JoinedStr, ast.ListComp, ast.DictComp, ast.Lambda)
_MAX_DEPTH = 16


def is_a(kind: str | None, owner: str) -> bool:
    """Whether a class is another one or inherits from it (canonical Keras 1 names)."""
    kind = MODEL if kind == LOADED else kind
    owner = MODEL if owner == LOADED else owner
    return kind is not None and (kind == owner or owner in surface.keras1_bases(kind))


class Receivers:
    """The kinds of the objects of one module.

    Args:
        names: its scopes.
        parents: the node around each node.
    """

    def __init__(self, names: Names, parents: Mapping[ast.AST, ast.AST] | None = None) -> None:
        self._names = names
        self._parents = parents if parents is not None else _parents(names.tree)
        self._kinds: dict[ast.expr, str | None] = {}
        self._class_kinds: dict[ast.ClassDef, str | None] = {}
        self._others: dict[int, Receivers] = {}
        self._attributes: dict[tuple[int, str], list[ast.expr]] | None = None
        self._depth = 0

    def kind(self, node: ast.expr) -> str | None:
        """Canonical Keras 1 class of the object that an expression gives.

        Returns:
            The class; `FOREIGN` for what is certainly not Keras'; ``None`` if it is not known.
        """
        if node in self._kinds:
            return self._kinds[node]
        if self._depth > _MAX_DEPTH:
            return None
        self._kinds[node] = None  # what leads back to itself is not known
        self._depth += 1
        try:
            found = self._find(node)
        finally:
            self._depth -= 1
        self._kinds[node] = found
        return found

    def enclosing_class(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method a node stands in."""
        current = self._parents.get(node)
        while current is not None and not isinstance(current, ast.ClassDef):
            current = self._parents.get(current)
        return current

    def enclosing_function(self, node: ast.AST) -> ast.AST | None:
        """The function that a node stands in."""
        current = self._parents.get(node)
        while current is not None and not isinstance(current, (*_FUNCTIONS, ast.Lambda)):
            current = self._parents.get(current)
        return current

    def class_kind(self, node: ast.ClassDef) -> str | None:
        """The Keras class that a class of the code inherits from; `FOREIGN` if from none."""
        if node not in self._class_kinds:
            self._class_kinds[node] = None  # one that leads back to itself is not known
            self._class_kinds[node] = self._find_class_kind(node)
        return self._class_kinds[node]

    def _find_class_kind(self, node: ast.ClassDef) -> str | None:
        unknown = False
        for base in node.bases:
            kind = self._instance_of(base)
            if kind is not None and kind != FOREIGN:
                return kind
            unknown = unknown or kind is None
        return None if unknown else FOREIGN

    def functions(self, node: ast.expr) -> list[tuple[ast.FunctionDef, Receivers]]:
        """The project's functions that an expression may name, with the module of each."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "self":
                owner = self.enclosing_class(node)
                return [
                    (f, self)
                    for f in (owner.body if owner else ())
                    if isinstance(f, ast.FunctionDef) and f.name == node.attr
                ]
            for binding in self._names.bindings_of(node.value):
                if binding.kind in ("import", "from"):
                    return self._exported(binding.path, node.attr)
        if not isinstance(node, ast.Name):
            return []
        found: list[tuple[ast.FunctionDef, Receivers]] = []
        for binding in self._names.bindings_of(node):
            if isinstance(binding.node, ast.FunctionDef):
                found.append((binding.node, self))
            elif binding.kind == "from":
                module, _, name = binding.path.rpartition(".")
                found += self._exported(module, name)
        if not found and not self._names.bindings_of(node):
            for star in self._names.root.stars:
                found += self._exported(star.path, node.id)
        return found

    @cached_property
    def widths(self) -> OutputWidths:
        """How wide the outputs of the module's models are."""
        from kerasmig.analysis.objects.output_width import OutputWidths

        return OutputWidths(self._names, self)

    @property
    def names(self) -> Names:
        """The names of the module."""
        return self._names

    def assigned(self, node: ast.Attribute) -> list[ast.expr]:
        """What the methods of the enclosing class assign to ``self.name``."""
        owner = self.enclosing_class(node)
        if owner is None or not isinstance(node.value, ast.Name) or node.value.id != "self":
            return []
        return self._assigned(owner, node.attr)

    def returns(self, function: ast.FunctionDef) -> list[ast.expr]:
        """What a function's own `return` statements give."""
        return [
            node.value
            for node in own_nodes(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]

    def identity(self, node: ast.expr, depth: int = 0) -> object:
        """Something equal for two expressions that give the same object, as far as is visible."""
        values: list[ast.expr] = []
        key: object = id(node)
        if isinstance(node, ast.Name):
            bindings = self._names.bindings_of(node)
            key = (node.id, id(bindings[-1].scope) if bindings else 0)
            if len(bindings) == 1 and isinstance(bindings[0].node, ast.arg):
                values = self.arguments_for(bindings[0].node)
            elif len(bindings) == 1 and bindings[0].value is not None:
                values = [bindings[0].value]
        elif isinstance(node, ast.Attribute):
            values = self.assigned(node)
            key = (ast.dump(node), id(self.enclosing_class(node)))
        if len(values) != 1 or depth > _MAX_DEPTH:
            return key
        value = values[0]
        if isinstance(value, (ast.Name, ast.Attribute)):
            return self.identity(value, depth + 1)
        if isinstance(value, ast.Call):
            functions = self.functions(value.func)
            returned = self.returns(functions[0][0]) if len(functions) == 1 else []
            own = len(returned) == 1 and functions[0][1] is self
            if own and isinstance(returned[0], (ast.Name, ast.Attribute)):
                return self.identity(returned[0], depth + 1)
        return key

    def arguments_for(self, parameter: ast.arg) -> list[ast.expr]:
        """What the calls in this module give for a parameter of a function of this module."""
        around = self._parents.get(parameter)
        function = None if around is None else self._parents.get(around)
        if not isinstance(function, _FUNCTIONS):
            return []
        names = [a.arg for a in [*function.args.posonlyargs, *function.args.args]]
        method = isinstance(self._parents.get(function), ast.ClassDef)
        found: list[ast.expr] = []
        for call in self._calls_of.get((function.name, method), ()):
            index = names.index(parameter.arg) - method if parameter.arg in names else -1
            if 0 <= index < len(call.args) and not any(
                isinstance(a, ast.Starred) for a in call.args
            ):
                found.append(call.args[index])
            found += [k.value for k in call.keywords if k.arg == parameter.arg]
        return found

    @cached_property
    def _calls_of(self) -> dict[tuple[str, bool], list[ast.Call]]:
        """The calls of this module by the last name of what is called, methods apart."""
        found: dict[tuple[str, bool], list[ast.Call]] = {}
        for call in nodes(self._names.tree, ast.Call):
            method = isinstance(call.func, ast.Attribute)
            name = getattr(call.func, "attr" if method else "id", None)
            if name is not None:
                found.setdefault((name, method), []).append(call)
        return found

    # -- expressions ------------------------------------------------------------------------------

    def _find(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript):
            if self.kind(node.value) == LAYERS:
                return LAYERS if isinstance(node.slice, ast.Slice) else LAYER
            return None
        if isinstance(node, ast.IfExp):
            return _agreed([self.kind(node.body), self.kind(node.orelse)])
        return FOREIGN if isinstance(node, _LITERALS) else None

    def _name(self, node: ast.Name) -> str | None:
        if node.id == "self":
            owner = self.enclosing_class(node)
            if owner is not None:
                return self.class_kind(owner)
        bindings = self._names.bindings_of(node)
        return _agreed(self._bound(binding) for binding in bindings)

    def _bound(self, binding: Binding) -> str | None:
        if binding.kind == "assign" and binding.value is not None:
            return self.kind(binding.value)
        if binding.kind == "param" and isinstance(binding.node, ast.arg):
            return _agreed(self.kind(value) for value in self.arguments_for(binding.node))
        if binding.kind in ("import", "from"):
            return self._imported(binding)
        if binding.kind == "other":
            return self._loop_variable(binding)
        return FOREIGN if binding.kind == "def" else None

    def _imported(self, binding: Binding) -> str | None:
        if binding.path.startswith("keras"):
            return None
        module, _, name = binding.path.rpartition(".")
        other = self._other(module)
        if other is None:
            return None if binding.kind == "from" else FOREIGN
        return _agreed(other._bound(b) for b in other._names.root.bindings.get(name, ())[-1:])

    def _loop_variable(self, binding: Binding) -> str | None:
        loop = self._parents.get(binding.node)
        if isinstance(loop, ast.Tuple):
            return self._enumerated(loop, binding.node)
        if isinstance(loop, (ast.For, ast.comprehension)) and loop.target is binding.node:
            return LAYER if self.kind(loop.iter) == LAYERS else None
        if isinstance(loop, ast.withitem):
            return None
        return None

    def _enumerated(self, target: ast.Tuple, node: ast.AST) -> str | None:
        loop = self._parents.get(target)
        if not isinstance(loop, (ast.For, ast.comprehension)) or not isinstance(
            loop.iter, ast.Call
        ):
            return None
        function = loop.iter.func
        if not isinstance(function, ast.Name) or function.id not in ("enumerate", "zip"):
            return None
        index = target.elts.index(node) - (function.id == "enumerate")  # type: ignore[arg-type]
        if 0 <= index < len(loop.iter.args) and self.kind(loop.iter.args[index]) == LAYERS:
            return LAYER
        return None

    def _attribute(self, node: ast.Attribute) -> str | None:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            values = self.assigned(node)
            if values:
                return _agreed(self.kind(value) for value in values)
        return self._member(self.kind(node.value), node.attr)

    def _member(self, kind: str | None, name: str) -> str | None:
        for (owner, attribute), found in _ATTRIBUTES.items():
            if attribute == name and is_a(kind, owner):
                return found
        return None

    def _assigned(self, owner: ast.ClassDef, name: str) -> list[ast.expr]:
        """What the methods of a class assign to an attribute of ``self``."""
        if self._attributes is None:
            self._attributes = {}
            for statement in nodes(self._names.tree, ast.Assign):
                for target, value in _pairs(statement):
                    if (
                        isinstance(target, ast.Attribute)
                        and isinstance(target.value, ast.Name)
                        and target.value.id == "self"
                    ):
                        inside = self.enclosing_class(target)
                        key = (id(inside), target.attr)
                        if not (isinstance(value, ast.Constant) and value.value is None):
                            self._attributes.setdefault(key, []).append(value)
        return self._attributes.get((id(owner), name), [])

    def _call(self, node: ast.Call) -> str | None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "from_config":
            return self._instance_of(function.value)
        made = self._instance_of(function)
        if made is not None:
            return made
        if isinstance(function, ast.Attribute):
            kind = self.kind(function.value)
            found = self._member(kind, function.attr)
            if found is not None:
                return found
            of_layers = kind == LAYERS or (kind is not None and is_a(kind, MODEL))
            if of_layers and function.attr == "pop":
                return LAYER
        kind = self.kind(function)
        if is_a(kind, LAYER):
            return TENSOR  # a layer called on a tensor
        if isinstance(function, ast.Call) and is_a(self.kind(function), LAYER):
            return TENSOR
        returned = self.functions(function)
        if returned:
            return _agreed(module._returned(f) for f, module in returned)
        return None

    def _instance_of(self, node: ast.expr) -> str | None:
        """The kind of what a class (or function of Keras) gives when it is called."""
        path = self._names.path(node)
        if path is not None:
            name = surface.canonical(path)
            if path in _TODAY:
                return _TODAY[path]
            if name in _MAKERS:
                return _MAKERS[name]
            if name.startswith("keras.applications.") and name.rpartition(".")[2][:1].isupper():
                return MODEL
            if any(is_a(name, root) for root in _ROOTS):
                return name
            if path.startswith(("keras.layers.", "keras1_compat.")):
                return LAYER if path.rpartition(".")[2][:1].isupper() else TENSOR
            own = name.rpartition(".")[2]
            return name if surface.keras1_signature(name) and own[:1].isupper() else None
        if isinstance(node, ast.Name):
            if not self._names.bindings_of(node):
                return (
                    FOREIGN if node.id in ("object", "dict", "list", "set", "Exception") else None
                )
            return _agreed(self._class(b) for b in self._names.bindings_of(node))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            for binding in self._names.bindings_of(node.value):
                if binding.kind in ("import", "from"):
                    return self._class_in(binding.path, node.attr)
        return None

    def _class(self, binding: Binding) -> str | None:
        if isinstance(binding.node, ast.ClassDef):
            return self.class_kind(binding.node)
        if binding.kind == "from":
            module, _, name = binding.path.rpartition(".")
            return self._class_in(module, name)
        return None

    def _class_in(self, module: str, name: str) -> str | None:
        other = self._other(module)
        if other is None:
            return FOREIGN if module.partition(".")[0] in _OTHER_LIBRARIES else None
        bindings = other._names.root.bindings.get(name, ())
        return _agreed(other._class(b) for b in bindings[-1:])

    # -- functions and modules ----------------------------------------------------------------------

    def _returned(self, function: ast.FunctionDef) -> str | None:
        return _agreed(self.kind(value) for value in self.returns(function))

    def _exported(self, module: str, name: str) -> list[tuple[ast.FunctionDef, Receivers]]:
        other = self._other(module)
        if other is None:
            return []
        found = other._names.root.bindings.get(name, ())
        return [(b.node, other) for b in found[-1:] if isinstance(b.node, ast.FunctionDef)]

    def _other(self, module: str) -> Receivers | None:
        names = self._names.other(module)
        if names is None:
            return None
        return self._others.setdefault(id(names), Receivers(names))


_OTHER_LIBRARIES = frozenset(
    [
        "sklearn",
        "numpy",
        "pandas",
        "scipy",
        "xgboost",
        "lightgbm",
        "matplotlib",
        "gensim",
        "nltk",
        "torch",
        "cv2",
        "h5py",
    ]
)


def _agreed(kinds: Iterable[str | None]) -> str | None:
    """The one kind that alternatives agree on: the nearest that all of them are."""
    found: str | None = None
    for kind in kinds:
        if kind is None:
            return None
        if LOADED in (found, kind) and is_a(found or kind, MODEL) and is_a(kind, MODEL):
            found = LOADED
        elif found is None or is_a(found, kind):
            found = kind
        elif not is_a(kind, found):
            common = [
                base
                for base in (found, *surface.keras1_bases(found))
                if is_a(kind, base) and base != "object"
            ]
            if not common:
                return None
            found = common[0]
    return found


def _pairs(statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in statement.targets:
        value = statement.value
        if (
            isinstance(target, (ast.Tuple, ast.List))
            and isinstance(value, (ast.Tuple, ast.List))
            and len(target.elts) == len(value.elts)
        ):
            yield from zip(target.elts, value.elts, strict=True)
        else:
            yield target, value


def own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting[:0] = children(node)


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return parents(tree)
