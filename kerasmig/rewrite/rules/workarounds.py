"""Lines that made Keras 1 run on a TensorFlow of its day, and stop the program today."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.tree import nodes
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.tensorflow1 import PATCHED, library_path

CODE = "KM503"


@file_rule
def control_flow_ops(context: FileContext) -> Iterator[Finding]:
    """``tf.python.control_flow_ops = tf``: for Keras 1.1 on TensorFlow 1.0 only."""
    for node in nodes(context.tree, ast.Assign):
        if not all(library_path(context, target) == PATCHED for target in node.targets):
            continue
        text = context.text
        span = text.span(node)
        line = Span(text.line_span(node.lineno).start, text.line_span(node.lineno).end)
        rest = text.utf8[span.end : line.end].strip()
        alone = text.starts_line(span.start) and (not rest or rest.startswith(b"#"))
        module = context.parent(node) is context.tree
        yield context.finding(
            CODE,
            node,
            "tf.python.control_flow_ops was set for Keras 1 on an early TensorFlow: taken out",
            Applicability.AUTOMATIC,
            name="control_flow_ops",
            edits=[Edit(line, ()) if alone and module else Edit(span, ("pass",))],
        )
