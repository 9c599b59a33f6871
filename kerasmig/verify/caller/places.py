"""Finding, without running anything, every place in a file that builds a Keras model.

A place is a call that makes a model: ``Model(...)``, ``Sequential(...)``, an application such as
``VGG16(...)``, or a class derived from one of them. Names are followed through imports, under
old and new spellings, aliases, relative and star imports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

MODEL_CLASSES = frozenset({"Model", "Sequential", "Graph", "Container", "Functional"})
APPLICATIONS = frozenset(
    {"VGG16", "VGG19", "ResNet50", "InceptionV3", "Xception", "MusicTaggerCRNN"}
)


@dataclass(frozen=True)
class Scope:
    """A function or method: where it is, and how to get at it."""

    qualname: str
    line: int
    end_line: int
    owner: str | None  # class it is a method of
    nested: bool  # inside another function: cannot be called from outside
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelPlace:
    """One call that makes a model."""

    line: int
    end_line: int
    scope: Scope | None  # None: module level
    variable: str | None
    returned: bool = False  # what the function gives back
    guarded: bool = False  # under ``if __name__ == '__main__'``

    def label(self, alone: bool) -> str:
        """Name within the file; ``alone``: no other model is made in the same scope."""
        if self.scope is None:
            return self.variable or str(self.line)
        if alone or self.returned:
            return self.scope.qualname
        return f"{self.scope.qualname}.{self.variable or self.line}"


@dataclass
class FilePlaces:
    """What one file says of models, read statically."""

    places: list[ModelPlace] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    has_main_guard: bool = False

    def builders(self) -> list[Scope]:
        """Functions and methods that build a model and can be called from outside, once each."""
        seen: dict[str, Scope] = {}
        for place in self.places:
            if place.scope is not None and not place.scope.nested:
                seen.setdefault(place.scope.qualname, place.scope)
        return list(seen.values())

    def named(self) -> list[tuple[str, ModelPlace]]:
        """Places with their names, in the order of the file; names are unique."""
        per_scope: dict[str | None, int] = {}
        for place in self.places:
            key = place.scope.qualname if place.scope else None
            per_scope[key] = per_scope.get(key, 0) + 1
        used: dict[str, int] = {}
        result = []
        for place in self.places:
            key = place.scope.qualname if place.scope else None
            name = place.label(per_scope[key] == 1)
            used[name] = used.get(name, 0) + 1
            result.append((name if used[name] == 1 else f"{name}#{used[name]}", place))
        return result


def find_places(tree: ast.Module, *, everything: bool = False) -> FilePlaces:
    """Go through one file.

    Args:
        everything: also take names that no import explains (code that lives in Keras itself).
    """
    finder = _Finder(_Names(tree), everything)
    finder.visit(tree)
    finder.found.places.sort(key=lambda place: place.line)
    return finder.found


class _Names:
    """What the names of a module stand for, as far as model classes are concerned."""

    def __init__(self, tree: ast.Module) -> None:
        self.origin: dict[str, str] = {}
        self.star = False
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    bound = alias.asname or alias.name.split(".")[0]
                    self.origin[bound] = alias.name if alias.asname else bound
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    if alias.name == "*":
                        # Names come through Keras's star import, or through a project module's.
                        self.star = True
                    else:
                        self.origin[alias.asname or alias.name] = f"{module}.{alias.name}"
        self.model_classes: set[str] = set()
        changed = True
        while changed:  # classes derived from classes of this file
            changed = False
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.ClassDef)
                    and node.name not in self.model_classes
                    and any(self.makes_model(base) for base in node.bases)
                ):
                    self.model_classes.add(node.name)
                    changed = True

    def makes_model(self, func: ast.expr) -> bool:
        """Whether calling `func` makes a model."""
        if isinstance(func, ast.Name):
            if func.id in self.model_classes:
                return True
            origin = self.origin.get(func.id)
            if origin is None:
                return self.star and func.id in MODEL_CLASSES
            return _is_model_origin(origin)
        if isinstance(func, ast.Attribute):
            base = _dotted(func.value)
            if base is None:
                return False
            head, _, rest = base.partition(".")
            origin = self.origin.get(head)
            if origin is None:
                return False
            return _is_model_origin(".".join(part for part in (origin, rest, func.attr) if part))
        return False


def _is_model_origin(origin: str) -> bool:
    module, _, name = origin.rpartition(".")
    parts = [part for part in module.split(".") if part]
    from_keras = "keras" in parts or module.startswith(".")
    if name in MODEL_CLASSES:
        return from_keras or (bool(parts) and parts[-1] in ("models", "engine", "training"))
    return name in APPLICATIONS and "keras" in parts


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value)
        return f"{base}.{node.attr}" if base else None
    return None


class _Finder(ast.NodeVisitor):
    def __init__(self, names: _Names, everything: bool) -> None:
        self.names = names
        self.everything = everything
        self.found = FilePlaces()
        self._classes: list[str] = []
        self._functions: list[Scope] = []
        self._targets: list[str | None] = [None]
        self._guarded = False
        self._returns = False
        self._returned: list[set[str]] = [set()]

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if node.name in self.names.model_classes:
            init = next(
                (
                    item
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and item.name == "__init__"
                ),
                node,
            )
            self._add(init.lineno, init.end_lineno or init.lineno, None, node.name)
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        owner = ".".join(self._classes) or None
        path = [scope.qualname for scope in self._functions[-1:]] or ([owner] if owner else [])
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        scope = Scope(
            ".".join([*path, node.name]),
            node.lineno,
            node.end_lineno or node.lineno,
            owner,
            bool(self._functions),
            tuple(argument.arg for argument in arguments),
        )
        self.found.scopes.append(scope)
        self._functions.append(scope)
        self._returned.append(
            {
                inner.value.id
                for inner in ast.walk(node)
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Name)
            }
        )
        self.generic_visit(node)
        self._returned.pop()
        self._functions.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]

    def visit_If(self, node: ast.If) -> None:
        if not self._functions and _is_main_guard(node.test):
            self.found.has_main_guard = True
            before, self._guarded = self._guarded, True
            self.generic_visit(node)
            self._guarded = before
        else:
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._targets.append(_target_name(node.targets[0]))
        self.generic_visit(node)
        self._targets.pop()

    def visit_Return(self, node: ast.Return) -> None:
        self._returns = isinstance(node.value, ast.Call)
        self.generic_visit(node)
        self._returns = False

    def visit_Call(self, node: ast.Call) -> None:
        makes = self.names.makes_model(node.func)
        if not makes and self.everything and isinstance(node.func, ast.Name):
            makes = node.func.id in MODEL_CLASSES and node.func.id not in self.names.origin
        if makes:
            self._add(node.lineno, node.end_lineno or node.lineno, self._targets[-1], None)
        # A model made inside the arguments of another call has no name of its own.
        self._returns = False
        self._targets.append(None)
        self.generic_visit(node)
        self._targets.pop()

    def _add(self, line: int, end: int, variable: str | None, class_name: str | None) -> None:
        scope = self._functions[-1] if self._functions else None
        self.found.places.append(
            ModelPlace(
                line,
                end,
                scope,
                class_name or variable,
                self._returns or (scope is not None and variable in self._returned[-1]),
                self._guarded,
            )
        )


def _target_name(target: ast.expr) -> str | None:
    if isinstance(target, ast.Subscript):
        return _target_name(target.value)
    return _dotted(target)


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test)) and any(
        isinstance(n, ast.Constant) and n.value == "__main__" for n in ast.walk(test)
    )


def top_level_constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Names that a module binds to literals at its top level, with their values."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            try:
                value = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(target, ast.Name):
                yield target.id, value
            elif isinstance(target, ast.Tuple) and isinstance(value, tuple):
                for element, item in zip(target.elts, value, strict=False):
                    if isinstance(element, ast.Name):
                        yield element.id, item
