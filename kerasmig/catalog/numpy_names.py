"""Names that NumPy no longer has, which the programs of Keras 1's time use."""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.vocabulary import Family

CODE = "KM114"

FAMILIES = (
    Family(
        code=CODE,
        name="numpy-names",
        summary="Replace names that NumPy took out.",
        why="`np.float` and the like raise an AttributeError with the NumPy that Keras 3 needs.",
        safety="Automatic: they were other names for the same objects.",
        example=("x = x.astype(np.float)", "x = x.astype(float)"),
    ),
)

BUILTINS: Mapping[str, str] = {
    "float": "float",
    "int": "int",
    "bool": "bool",
    "object": "object",
    "complex": "complex",
    "str": "str",
    "long": "int",
    "unicode": "str",
}
"""Attributes of NumPy that were Python's own types."""

RENAMED: Mapping[str, str] = {
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NaN": "nan",
    "NAN": "nan",
    "product": "prod",
    "cumproduct": "cumprod",
    "alltrue": "all",
    "sometrue": "any",
    "row_stack": "vstack",
    "rank": "ndim",
}
"""Attributes of NumPy that it has under another name."""
