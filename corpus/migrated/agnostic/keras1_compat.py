"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations


def data_format(dim_ordering):
    """The data format that a Keras 1 ``dim_ordering`` stands for; ``None``: the global one."""
    formats = {"th": "channels_first", "tf": "channels_last", "default": None}
    return formats.get(dim_ordering, dim_ordering)
