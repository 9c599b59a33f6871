"""Photograph the public surface of a Keras: module paths, signatures, class bases.

Run inside a process that may import TensorFlow::

    python -m kerasmig.legacy.photograph keras1 > kerasmig/catalog/keras1.json
    python -m kerasmig.legacy.photograph keras3 > kerasmig/catalog/keras3.json
    python -m kerasmig.legacy.photograph keras3_methods > kerasmig/catalog/keras3_methods.json
    python -m kerasmig.legacy.photograph tensorflow1 > kerasmig/catalog/tensorflow1.json

The catalog reads the files instead of repeating what the libraries themselves say;
a contract test compares them with the installed libraries.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from types import ModuleType
from typing import Any

# Keras 1's backend functions live in one module per backend; programs see only `keras.backend`.
_BACKEND_MODULES = ("keras.backend.tensorflow_backend", "keras.backend.common")


def signature_text(function: Any) -> str:
    """Source text of a callable's parameters, without ``self`` and annotations."""
    target = function.__init__ if inspect.isclass(function) else function
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        return "*args, **kwargs"
    parts: list[str] = []
    for index, parameter in enumerate(signature.parameters.values()):
        if index == 0 and parameter.name in ("self", "cls"):
            continue
        text = parameter.name
        if parameter.kind is parameter.VAR_POSITIONAL:
            text = "*" + text
        elif parameter.kind is parameter.VAR_KEYWORD:
            text = "**" + text
        elif parameter.kind is parameter.KEYWORD_ONLY and not any(p.startswith("*") for p in parts):
            parts.append("*")
        if parameter.default is not parameter.empty:
            text += f"={_literal(parameter.default)}"
        parts.append(text)
    return ", ".join(parts)


def _literal(value: Any) -> str:
    """The default as source text; objects that have none become ``...``."""
    if isinstance(value, (bool, int, float, str, bytes, type(None), tuple, list, dict)):
        text = repr(value)
        return text if "<" not in text else "..."
    return "..."


def canonical_name(owner: str, name: str, value: Any) -> str:
    """Where an object is defined, as ``module.name``; the same for all paths that lead to it."""
    if inspect.ismodule(value):
        return _public_module(value.__name__)
    module = getattr(value, "__module__", None)
    if inspect.isclass(value) or inspect.isroutine(value):
        own = getattr(value, "__name__", name)
        if isinstance(module, str) and own.isidentifier():
            return f"{_public_module(module)}.{own}"
    return f"{_public_module(owner)}.{name}"


def _public_module(module: str) -> str:
    return "keras.backend" if module in _BACKEND_MODULES else module


def _modules(root: ModuleType) -> dict[str, ModuleType]:
    found = {root.__name__: root}
    for info in pkgutil.walk_packages(root.__path__, root.__name__ + ".", onerror=lambda _: None):
        if "theano" in info.name:
            continue
        try:
            found[info.name] = importlib.import_module(info.name)
        except ImportError:
            continue
    return found


def _stand_in_for_pydot() -> None:
    """``keras.utils.visualize_util`` looks for pydot and graphviz when it is imported."""
    pydot = ModuleType("pydot")
    setattr(pydot, "find_graphviz", lambda: True)  # noqa: B010
    sys.modules.setdefault("pydot", pydot)


def keras1_surface(root: ModuleType) -> dict[str, Any]:
    """Every module of Keras 1.2.2 with the names reachable through it."""
    modules: dict[str, dict[str, str]] = {}
    signatures: dict[str, str] = {}
    bases: dict[str, list[str]] = {}
    methods: dict[str, dict[str, str]] = {}
    for path, module in sorted(_modules(root).items()):
        names: dict[str, str] = {}
        for name, value in sorted(vars(module).items()):
            if name.startswith("__") and name != "__version__":
                continue
            canonical = canonical_name(path, name, value)
            # The bridge stands in for it where setuptools no longer brings it.
            canonical = canonical.replace("kerasmig.legacy.aliases.", "pkg_resources.")
            names[name] = canonical
            if not canonical.startswith("keras."):
                continue
            if inspect.isclass(value):
                signatures[canonical] = signature_text(value)
                bases[canonical] = [
                    canonical_name(base.__module__, base.__name__, base)
                    for base in value.__mro__[1:]
                    if base.__module__.startswith("keras.")
                ]
                methods[canonical] = {
                    key: "property" if isinstance(member, property) else signature_text(member)
                    for key, member in sorted(vars(value).items())
                    if not key.startswith("_")
                    and (inspect.isfunction(member) or isinstance(member, property))
                }
            elif inspect.isroutine(value):
                signatures[canonical] = signature_text(value)
        modules[path] = names
    return {
        "version": getattr(root, "__version__", ""),
        "modules": modules,
        "signatures": dict(sorted(signatures.items())),
        "bases": dict(sorted(bases.items())),
        "methods": dict(sorted(methods.items())),
    }


_KERAS3_PACKAGES = (
    "activations applications backend callbacks config constraints datasets initializers layers "
    "losses metrics models ops optimizers preprocessing random regularizers saving utils"
).split()


def keras3_surface(root: ModuleType) -> dict[str, Any]:
    """Every public name of Keras 3 with its signature (``null``: a module or constant)."""
    names: dict[str, str | None] = {}
    methods: dict[str, list[str]] = {}
    functional = importlib.import_module("keras.src.models.functional").Functional

    def visit(module: ModuleType, path: str) -> None:
        for name, value in sorted(vars(module).items()):
            if name.startswith("_") and name != "__version__":
                continue
            full = f"{path}.{name}"
            if inspect.ismodule(value):
                if full not in names and ".src" not in full and "keras" in value.__name__:
                    names[full] = None
                    visit(value, full)
            if inspect.isclass(value):
                methods[full] = [key for key in dir(value) if not key.startswith("_")]
            if inspect.ismodule(value):
                continue
            if value is root.Model:
                # Model(...) hands its arguments on to Functional(inputs, outputs, name).
                names[full] = signature_text(functional)
            elif inspect.isclass(value) or inspect.isroutine(value):
                names[full] = signature_text(value)
            else:
                names[full] = None

    for package in _KERAS3_PACKAGES:
        importlib.import_module(f"keras.{package}")
    visit(root, "keras")
    return {"version": root.__version__, "names": dict(sorted(names.items())), "methods": methods}


_LEFT_OUT = ("compat", "keras", "raw_ops", "dtensor", "lite", "tpu")


def tensorflow1_surface(root: ModuleType) -> dict[str, str]:
    """What TensorFlow 1 had and today's has not: name → the same object's name today, or ``""``.

    The names are those below ``tensorflow``; what is left of TensorFlow 1 is ``compat.v1``.
    """
    old, new = _public(root.compat.v1), _public(root)
    today: dict[int, list[str]] = {}
    for path, value in new.items():
        if callable(value):
            today.setdefault(id(value), []).append(path)
    return {
        path: min(today.get(id(value), [""]), key=lambda name: (name.count("."), len(name), name))
        for path, value in sorted(old.items())
        if path not in new
    }


def _public(root: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def visit(module: ModuleType, prefix: str) -> None:
        for name in sorted(dir(module)):
            if name.startswith("_") or (not prefix and name in _LEFT_OUT):
                continue
            try:
                value = getattr(module, name)
                own = value.__name__ if inspect.ismodule(value) else ""
            except Exception:  # what is loaded late may not be there at all
                continue
            if inspect.ismodule(value) and not own.startswith("tensorflow._api."):
                continue
            if f"{prefix}{name}" not in found:
                found[f"{prefix}{name}"] = value
                if inspect.ismodule(value) and prefix.count(".") < 3:
                    visit(value, f"{prefix}{name}.")

    visit(root, "")
    return found


def main(which: str) -> None:
    """Print the surface of ``keras1`` or ``keras3``, or part of it, as JSON."""
    if which == "keras1":
        from kerasmig.legacy import bridge, install

        _stand_in_for_pydot()
        surface: dict[str, Any] = keras1_surface(bridge.activate(install.ensure()))
    elif which == "tensorflow1":
        surface = tensorflow1_surface(importlib.import_module("tensorflow"))
    else:
        import keras

        surface = keras3_surface(keras)
        methods = surface.pop("methods")
        if which == "keras3_methods":
            surface = methods
    json.dump(surface, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
