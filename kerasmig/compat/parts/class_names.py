"""The names that Keras 1 gave to classes of layers."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

from kerasmig.compat.generated import KERAS1_CLASS_NAMES


def keras1_class_name(thing):
    """The name of a layer's class in Keras 1; of anything else, that of its class."""
    name = type(thing).__name__
    old = KERAS1_CLASS_NAMES.get(name, name)
    rates = getattr(thing, "dilation_rate", 1)
    rates = rates if isinstance(rates, (list, tuple)) else [rates]
    if old.startswith("Convolution") and any(rate != 1 for rate in rates):
        return f"Atrous{old}"
    return old
