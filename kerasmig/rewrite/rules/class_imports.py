"""``class Net: from keras.layers import Dropout``: calls of ``self.Dropout`` cannot be seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog.general import BARE_REFERENCE
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes


@file_rule
def class_imports(context: FileContext) -> Iterator[Finding]:
    """What is imported in the body of a class is an attribute of it, and keeps its name."""
    names = context.names
    bindings = [b for b in names.imports if b.scope.is_class and names.binding_path(b) is not None]
    if not bindings or context.era.era is Era.LATER:
        return
    in_the_body = {name.id for name in names.loads if names.scope_of(name).is_class}
    in_the_body -= {node.attr for node in nodes(context.tree, ast.Attribute)}
    for binding in bindings:
        if binding.name not in in_the_body:
            context.imports.keep_bound(binding)
            yield context.finding(
                BARE_REFERENCE,
                binding.alias or binding.node,
                f"{binding.name} is an attribute of the class: what is called through it cannot be "
                "seen; it, and the arguments that it is called with, must be those of Keras 3",
                Applicability.MANUAL,
                name=binding.name,
            )
