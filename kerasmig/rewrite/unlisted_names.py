"""Keras names without a row in the catalog: a later Keras', another library's, or unknown."""

from __future__ import annotations

import ast

from kerasmig.analysis.era import Era
from kerasmig.catalog import surface
from kerasmig.catalog.backend import ATTRIBUTES, THEANO
from kerasmig.catalog.general import BARE_REFERENCE, IMPORTS, UNKNOWN_NAME
from kerasmig.catalog.values import fill, imports
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.calls.halfway import left_over
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.imports.references import adapted_lookup
from kerasmig.rewrite.spelling import replaced, respelled

BACKEND = "KM501"


def without_entry(context: FileContext, use: Use) -> Finding | None:
    """A Keras name that the catalog does not know: a later Keras', or one that we miss."""
    if surface.keras3_has(use.path):
        found = left_over(context, use) or _module_passed_on(context, use)
        if found is None or not found.edits:
            context.imports.spell(use.root, use.node, use.path)
        return found
    variable = _module_variable(context, use)
    if variable is not None:
        return variable
    library = surface.leaked_module(use.path)
    if library is not None and isinstance(use.node, ast.Name):
        return _leaked(context, use, library)
    if library is not None and isinstance(use.node, ast.Attribute):
        local = _free_for(context, use.path.rpartition(".")[2], library)
        if local is not None:
            return _leaked_attribute(context, use, library, local)
    later = surface.later_path(use.path) or surface.later_path(surface.canonical(use.path))
    if later is not None and not surface.in_keras1(use.path):
        return respelled(context, use, later, IMPORTS)
    looked_through = adapted_lookup(context, use)
    if looked_through is not None:
        return looked_through
    short = use.path.removeprefix("keras.")
    why = "is not part of Keras 3, and kerasmig does not know what became of it"
    if use.path.startswith("keras.backend.") and use.path.split(".")[2] in THEANO:
        why = "is Theano's, which Keras 3 does not run on: write it with `keras.ops`"
    context.imports.keep(use.root, f"{UNKNOWN_NAME}: {short} {why}")
    return context.finding(
        UNKNOWN_NAME,
        use.node,
        f"{short} {why}",
        Applicability.MANUAL,
        name=use.path.rpartition(".")[2],
    )


def _module_variable(context: FileContext, use: Use) -> Finding | None:
    """``K._BACKEND`` → ``K.backend()``: variables of the old backend that programs read."""
    owner, _, name = use.path.rpartition(".")
    value = ATTRIBUTES.get(name) if owner.startswith("keras.backend") else None
    if value is None or not isinstance(getattr(use.node, "ctx", None), ast.Load):
        return None
    (path,) = imports(value)
    text = fill(value, {path: context.imports.spell(use.root, use.node, path)})
    return replaced(context, use, BACKEND, f"{name} → {text}", text, name)


def _module_passed_on(context: FileContext, use: Use) -> Finding | None:
    """``getattr(keras.layers, name)``: what is taken from the module cannot be seen."""
    parent = context.parent(use.node)
    if context.era.era is Era.LATER or not surface.is_module(use.path):
        return None
    if isinstance(parent, ast.Attribute):
        return None
    if isinstance(parent, ast.Assign) and all(
        isinstance(target, ast.Name) and not context.names.scope_of(target).is_class
        for target in parent.targets
    ):
        return None  # an alias: what is taken from it is a use of its own
    looked_through = adapted_lookup(context, use)
    if looked_through is not None:
        return looked_through
    return context.finding(
        BARE_REFERENCE,
        use.node,
        f"{use.path} is passed on: the names that are taken from it cannot be seen; they, and the "
        "arguments that they are called with, must be those of Keras 3",
        Applicability.MANUAL,
        name=use.path.rpartition(".")[2],
    )


def _leaked(context: FileContext, use: Use, library: str) -> Finding | None:
    """A name of another library that only reached the file through a starred Keras import."""
    if library == f"builtins.{use.root.id}":
        return None  # Python 3 has it; Keras passed its own stand-in for Python 2 on
    context.imports.need_library(library, use.root.id)
    return context.finding(
        IMPORTS,
        use.node,
        f"{use.root.id} came through Keras' own module: {library} imported instead",
        Applicability.AUTOMATIC,
        name=use.root.id,
    )


def _free_for(context: FileContext, name: str, library: str) -> str | None:
    """A name for a library: the one that the file gives it, else its usual one if that is free."""
    for known, bindings in context.names.root.bindings.items():
        if all(b.kind == "import" and b.path == library for b in bindings):
            return known
    bound = context.names.all_bindings(name)
    if all(b.kind == "import" and b.path == library for b in bound):
        return name
    return None


def _leaked_attribute(context: FileContext, use: Use, library: str, local: str) -> Finding:
    """``K.tf``: another library that only reached the file as a part of Keras' own module."""
    context.imports.keep(use.root)
    if local not in context.names.root.bindings:
        context.imports.need_library(library, local)
    message = f"{context.text.of(use.node)} → {local}: {library} imported"
    return replaced(context, use, IMPORTS, message, local, local)
