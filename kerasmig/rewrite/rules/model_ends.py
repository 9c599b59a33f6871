"""``model.output`` of a model that comes from elsewhere: a Sequential of Keras 3 raises there.

Where the model is known to be a Sequential, the catalog's row for the attribute does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import LOADED
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.methods import MODEL_NAME, last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

CODE = "KM304"
_ENDS = {"input": "input_of", "output": "output_of"}


@file_rule
def model_ends(context: FileContext) -> Iterator[Finding]:
    """Ask a model of unknown class for its ends in a way that every model answers."""
    if not context.speaks_keras1:
        return
    settled = {id(use.node) for use in context.method_uses}
    for node in nodes(context.tree, ast.Attribute):
        if (
            node.attr in _ENDS
            and isinstance(node.ctx, ast.Load)
            and id(node) not in settled
            and _may_be_sequential(context, node.value)
            and not context.directives.ignores(CODE, node)
            and context.settings.wants(CODE)
        ):
            adapter = context.imports.need(f"keras1_compat.{_ENDS[node.attr]}")
            parts = (f"{adapter}(", context.text.span(node.value), ")")
            yield context.finding(
                CODE,
                node,
                f"{node.attr}: a Sequential of Keras 3 that was never called raises there, and a list of one stays a list",
                Applicability.AUTOMATIC,
                name=node.attr,
                edits=(Edit(context.text.span(node), parts),),
            )


def _may_be_sequential(context: FileContext, node: ast.expr) -> bool:
    kind = context.receivers.kind(node)
    return kind == LOADED or (kind is None and MODEL_NAME.search(last_name(node)) is not None)
