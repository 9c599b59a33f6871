"""Tables for ``keras1_compat.py``, made from the catalog: what each name of Keras 1 stood for.

For optimizers, losses and metrics that are named when the program runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.objectives import LOSSES
from kerasmig.catalog.optimizers import OPTIMIZERS
from kerasmig.catalog.values import Value, fill, imports

_COMPAT = "keras1_compat."
_ACCURACIES = (
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "top_k_categorical_accuracy",
)
_DOCS = {
    "keras1_optimizers": "What makes each optimizer that Keras 1 knew by name.",
    "keras1_losses": "The loss that each name of Keras 1 stood for.",
    "keras1_metrics": "The metric that each name of Keras 1 stood for.",
}


def tables() -> tuple[str, ...]:
    """The names of the functions that give the tables."""
    return tuple(_DOCS)


def table_source(name: str) -> str:
    """Source of one of the `tables`."""
    rows = {
        "keras1_optimizers": {k: f"lambda: {_text(v)}" for k, v in OPTIMIZERS.items()},
        "keras1_losses": {k: _text(v) for k, v in LOSSES.items()},
        "keras1_metrics": {
            k: k if k in _ACCURACIES else _text(v)
            for k, v in METRICS.items()
            if k not in ("acc", "accuracy")
        },
    }[name]
    lines = [_row(key, text) for key, text in rows.items()]
    return "\n".join(
        [f"def {name}():", f'    """{_DOCS[name]}"""', "    return {", *lines, "    }", ""]
    )


def _text(value: Value) -> str:
    """A value as it is written inside ``keras1_compat``."""
    names: Mapping[str, str] = {path: path.removeprefix(_COMPAT) for path in imports(value.text)}
    return fill(value.text, names).replace("'", '"')


def _row(key: str, text: str) -> str:
    """A line of a table, broken as black breaks it where it is too long."""
    line = f'        "{key}": {text},'
    if len(line) <= 88:
        return line
    before, _, arguments = line.removesuffix("),").partition("(")
    return f"{before}(\n            {arguments}\n        ),"
