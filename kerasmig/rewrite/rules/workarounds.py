"""Lines that made Keras 1 run on a TensorFlow of its day, and stop the program today."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.imports.library_paths import library_path
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.tensorflow1 import PATCHED
from kerasmig.text.tree import nodes

CODE = "KM503"


@file_rule
def control_flow_ops(context: FileContext) -> Iterator[Finding]:
    """``tf.python.control_flow_ops = tf``: for Keras 1.1 on TensorFlow 1.0 only."""
    if PATCHED.rpartition(".")[2].encode() not in context.text.utf8:
        return
    for node in nodes(context.tree, ast.Assign):
        if not all(library_path(context, target) == PATCHED for target in node.targets):
            continue
        yield context.finding(
            CODE,
            node,
            "tf.python.control_flow_ops was set for Keras 1 on an early TensorFlow: taken out",
            Applicability.AUTOMATIC,
            name="control_flow_ops",
            edits=[context.text.removal(node, alone=len(context.block_of(node)) == 1)],
        )
