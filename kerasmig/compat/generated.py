"""What the catalog says, as the parts of ``keras1_compat`` want it."""

from __future__ import annotations

from kerasmig.catalog.layer_attributes import attribute_table
from kerasmig.catalog.layer_names import class_names

KERAS1_CLASS_NAMES = dict(class_names())
"""Class names of today → those of Keras 1."""

KERAS1_ATTRIBUTES = dict(attribute_table())
"""Attributes of Keras 1's layers → those of today, divided by blanks, with the place in it."""
