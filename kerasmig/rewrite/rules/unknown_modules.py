"""Starred imports of modules that no Keras has: nothing can be put in their place."""

from __future__ import annotations

from collections.abc import Iterator

from kerasmig.catalog.general import UNKNOWN_NAME
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.imports.import_statements import is_keras, is_unknown_module
from kerasmig.rewrite.registry import file_rule


@file_rule
def unknown_modules(context: FileContext) -> Iterator[Finding]:
    """``from keras.foolayers import *``."""
    for star in context.names.root.stars:
        if is_keras(star.path) and is_unknown_module(star.path):
            yield context.finding(
                UNKNOWN_NAME,
                star.node,
                f"{star.path} is a module that neither Keras 1 nor Keras 3 has: the import fails; take "
                "its names from where they are",
                Applicability.MANUAL,
                name=star.path.rpartition(".")[2],
            )
