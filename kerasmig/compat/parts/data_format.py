"""Image orderings of Keras 1 that reach a layer through a variable."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations


def data_format(dim_ordering):
    """The data format that a Keras 1 ``dim_ordering`` stands for; ``None``: the global one."""
    formats = {"th": "channels_first", "tf": "channels_last", "default": None}
    return formats.get(dim_ordering, dim_ordering)
