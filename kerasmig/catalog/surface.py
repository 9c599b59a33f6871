"""What the two libraries themselves say: module paths, signatures, bases.

Read from the photographs ``keras1.json`` and ``keras3.json`` (made by ``kerasmig.legacy.photograph``), which
contract tests hold against the installed libraries.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


@cache
def _keras1() -> Mapping[str, Any]:
    return _read("keras1.json")


@cache
def _keras3() -> Mapping[str, Any]:
    return _read("keras3.json")


@cache
def _keras3_methods() -> Mapping[str, Any]:
    return _read("keras3_methods.json")


def _read(name: str) -> Mapping[str, Any]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


class Parameter(NamedTuple):
    """A parameter of a callable; ``default`` is source text, ``None`` if it has none."""

    name: str
    default: str | None = None
    keyword_only: bool = False


class Signature:
    """Parameters in order, without ``self``; whether ``*args``/``**kwargs`` follow."""

    def __init__(
        self,
        parameters: tuple[Parameter, ...],
        var_positional: bool = False,
        var_keyword: bool = False,
    ) -> None:
        self.parameters = parameters
        self.var_positional = var_positional
        self.var_keyword = var_keyword
        self._names = tuple(p.name for p in parameters)
        self._positional = tuple(p.name for p in parameters if not p.keyword_only)

    def names(self) -> tuple[str, ...]:
        """All parameter names in order."""
        return self._names

    def positional(self) -> tuple[str, ...]:
        """The names that can be given by position, in order."""
        return self._positional

    def default(self, name: str) -> str | None:
        """Source text of a parameter's default."""
        return next((p.default for p in self.parameters if p.name == name), None)


@cache
def sig(text: str) -> Signature:
    """Read a signature as Python writes it: ``"filters, kernel_size, strides=(1, 1), **kwargs"``."""
    function = ast.parse(f"def f({text}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + [*args.defaults]
    parameters = [
        Parameter(a.arg, None if d is None else ast.unparse(d))
        for a, d in zip(plain, defaults, strict=True)
    ]
    parameters += [
        Parameter(a.arg, None if d is None else ast.unparse(d), keyword_only=True)
        for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    ]
    return Signature(tuple(parameters), args.vararg is not None, args.kwarg is not None)


@cache
def canonical(path: str) -> str:
    """Defining module and name of what a Keras 1 path reaches; the path itself if unknown."""
    modules: Mapping[str, Mapping[str, str]] = _keras1()["modules"]
    if path in modules:
        return path
    module, _, name = path.rpartition(".")
    if not module:
        return path
    owner = canonical(module)
    if owner in modules and name in modules[owner]:
        return str(modules[owner][name])
    return f"{owner}.{name}" if owner in modules or owner != module else path


@cache
def in_keras1(path: str) -> bool:
    """Whether Keras 1.2.2 knows a path (a module, or a name in one)."""
    modules: Mapping[str, Mapping[str, str]] = _keras1()["modules"]
    if path in modules:
        return True
    module, _, name = path.rpartition(".")
    owner = canonical(module) if module else ""
    return owner in modules and name in modules[owner]


def keras1_modules() -> tuple[str, ...]:
    """The modules of Keras 1.2.2."""
    return tuple(_keras1()["modules"])


def is_module(path: str) -> bool:
    """Whether a path is a module of Keras 1.2.2."""
    return path in _keras1()["modules"]


def module_names(path: str) -> Mapping[str, str]:
    """The names in a module of Keras 1.2.2 with the canonical names of what they reach."""
    found: Mapping[str, str] = _keras1()["modules"].get(path, {})
    return found


def star_exports(module: str, name: str) -> bool:
    """Whether ``from module import *`` brings a name in Keras 1.2.2 (none defines ``__all__``)."""
    return not name.startswith("_") and name in _keras1()["modules"].get(module, {})


def keras1_exports(module: str) -> Mapping[str, str]:
    """The names that a module of Keras 1.2.2 has, each with its canonical name."""
    found: Mapping[str, str] = _keras1()["modules"].get(module, {})
    return found


def leaked_module(path: str) -> str | None:
    """The library that a path of Keras 1 leads to by accident (``keras.layers.np`` → ``numpy``)."""
    found = canonical(path)
    return None if found == "keras" or found.startswith("keras.") else found


@cache
def keras1_signature(name: str) -> Signature | None:
    """Signature of a canonical Keras 1 callable, or of a method (``...Model.fit``)."""
    text = _keras1()["signatures"].get(name)
    if text is None:
        owner, _, method = name.rpartition(".")
        text = _method_signature(owner, method)
    return None if text is None else sig(text)


def positions(path: str) -> tuple[str, ...]:
    """Names of the positional arguments of what a Keras 1 path reaches; empty if unknown."""
    found = keras1_signature(canonical(path))
    return () if found is None else found.positional()


def _method_signature(owner: str, method: str) -> str | None:
    """Signature text of a method of a Keras 1 class or of its bases; ``None`` for properties."""
    for name in (owner, *keras1_bases(owner)):
        text: str | None = _keras1()["methods"].get(name, {}).get(method)
        if text is not None:
            return None if text == "property" else text
    return None


def keras1_bases(name: str) -> tuple[str, ...]:
    """Canonical names of a Keras 1 class's bases, nearest first; empty for anything else."""
    return tuple(_keras1()["bases"].get(name, ()))


def keras1_names() -> tuple[str, ...]:
    """Canonical names of all functions and classes of Keras 1.2.2."""
    return tuple(_keras1()["signatures"])


def keras1_classes() -> tuple[str, ...]:
    """Canonical names of the classes of Keras 1.2.2."""
    return tuple(_keras1()["methods"])


def keras1_methods(name: str) -> Mapping[str, str]:
    """Methods that a Keras 1 class defines itself, with their signatures (or ``property``)."""
    found: Mapping[str, str] = _keras1()["methods"].get(name, {})
    return found


def keras3_method(path: str, name: str) -> bool:
    """Whether a class of Keras 3 has a public method or property."""
    return name in _keras3_methods().get(path, ())


def keras3_has(path: str) -> bool:
    """Whether a path is public in Keras 3."""
    return path == "keras" or path in _keras3()["names"]


@cache
def keras3_signature(path: str) -> Signature | None:
    """Signature of a public callable of Keras 3."""
    text = _keras3()["names"].get(path)
    return None if text is None else sig(text)


def later_path(path: str) -> str | None:
    """Where Keras 3 has what a path of Keras 2 reached (``keras.layers.merge.Concatenate``).

    Keras 2 kept the layers in modules of their own; what one of them defined is public in the
    package above it under the same name.
    """
    module, _, name = path.rpartition(".")
    while "." in module:
        module = module.rpartition(".")[0]
        if keras3_has(f"{module}.{name}"):
            return f"{module}.{name}"
    return None
