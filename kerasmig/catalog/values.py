"""What becomes of the *values* that Keras 1 took by name: ``init='he_normal'`` and the like.

`To.convert` names a conversion; the tables here are its data. Each Keras 1 name maps to a `Value`
that keeps the old behaviour and, where today's spelling of the same idea is another one, to the
idiomatic value. All distributions, penalties and functions are held against both real libraries
by the contract tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_NAME = re.compile(r"\{([A-Za-z_][\w.]*)\}")


class Value(NamedTuple):
    """Source text of a new value.

    Args:
        text: an expression; ``{keras.initializers.Orthogonal}`` stands for that object under
            whatever name the file imports it.
        idiomatic: what ``--idiomatic`` writes instead; empty: the same.
        why: what the idiomatic value changes, one sentence; empty if nothing.
    """

    text: str
    idiomatic: str = ""
    why: str = ""

    @property
    def imports(self) -> tuple[str, ...]:
        """The qualified names in the text, in order, each once."""
        return imports(self.text)


def imports(text: str) -> tuple[str, ...]:
    """The qualified names that stand in braces in a value's text, in order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(text)))


def fill(text: str, names: Mapping[str, str]) -> str:
    """The text with each qualified name replaced by the name that the file knows it by.

    Raises:
        KeyError: a qualified name of the text is not in ``names``.
    """
    return _NAME.sub(lambda match: names[match.group(1)], text)


def _untruncated(scale: str, mode: str) -> str:
    return f"{{keras.initializers.VarianceScaling}}({scale}, '{mode}', 'untruncated_normal')"


_TRUNCATED = "Keras 3 draws from a normal distribution cut off at two standard deviations."

INITIALIZERS: Mapping[str, Value] = {
    "zero": Value("'zero'"),
    "one": Value("'one'"),
    "uniform": Value("'uniform'"),
    "normal": Value("'normal'"),
    "identity": Value("'identity'"),
    "orthogonal": Value(
        "{keras.initializers.Orthogonal}(1.1)",
        "'orthogonal'",
        "Keras 3's orthogonal matrices have a gain of 1, Keras 1's had 1.1.",
    ),
    "lecun_uniform": Value("'lecun_uniform'"),
    "glorot_uniform": Value("'glorot_uniform'"),
    "glorot_normal": Value(_untruncated("1.0", "fan_avg"), "'glorot_normal'", _TRUNCATED),
    "he_uniform": Value("'he_uniform'"),
    "he_normal": Value(_untruncated("2.0", "fan_in"), "'he_normal'", _TRUNCATED),
}
"""``keras/initializations.py``: uniform and normal have a scale of 0.05 in both libraries;
Keras 3 still takes the short names."""

BY_FANS = ("lecun_uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal")
KERNELS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "kernel_of_3_gates": ("3 gates", (*BY_FANS, "orthogonal", "identity")),
    "kernel_of_4_gates": ("4 gates", (*BY_FANS, "orthogonal", "identity")),
    "kernel_of_conv1d": ("conv1d", BY_FANS),
}
"""Kernels whose fans or whose parts were others in Keras 1: the conversion, its layout for
``keras1_compat.Keras1Kernel``, and the initialisers for which it matters."""


def kernel(layout: str) -> str:
    """Keras 1's default initialisation of a kernel with such a layout."""
    return f"{{keras1_compat.Keras1Kernel}}('glorot_uniform', '{layout}')"


REGULARIZERS: Mapping[str, Value] = {
    "l1": Value("'l1'"),
    "l2": Value("'l2'"),
    "l1l2": Value("{keras.regularizers.L1L2}(0.01, 0.01)"),
    "activity_l1": Value("'l1'"),
    "activity_l2": Value("'l2'"),
    "activity_l1l2": Value("{keras.regularizers.L1L2}(0.01, 0.01)"),
    "L1L2Regularizer": Value("{keras.regularizers.L1L2}()"),
    "WeightRegularizer": Value("{keras.regularizers.L1L2}()"),
    "ActivityRegularizer": Value("{keras.regularizers.L1L2}()"),
}
"""``keras/regularizers.py``: by name, factors are the functions' defaults, 0.01 each. Keras 3 takes
``'l1l2'`` too, and means no penalty at all."""

ACTIVITY_REGULARIZER = "{keras1_compat.SumOverBatch}"
"""Called with the converted regularizer: Keras 3 divides an activity penalty by the batch size."""

CONSTRAINTS: Mapping[str, Value] = {
    "maxnorm": Value("'max_norm'"),
    "nonneg": Value("'non_neg'"),
    "unitnorm": Value("'unit_norm'"),
    "MaxNorm": Value("'max_norm'"),
    "NonNeg": Value("'non_neg'"),
    "UnitNorm": Value("'unit_norm'"),
    "MinMaxNorm": Value("'min_max_norm'"),
}
"""``keras/constraints.py``; all reduce over axis 0 by default, in both libraries."""

CONSTRAINT_AXES_CHANNELS_FIRST: Mapping[int, Mapping[int, int]] = {
    4: {0: 3, 1: 2, 2: 0, 3: 1},
    5: {0: 4, 1: 3, 2: 0, 3: 1, 4: 2},
}
"""Axes of a convolution kernel by its rank: (filters, channels, rows, ...) under ``th`` in Keras 1,
(rows, ..., channels, filters) always in Keras 3. A constraint's ``axis`` follows."""

ACTIVATIONS: Mapping[str, Value] = {
    "softmax": Value("'softmax'"),
    "elu": Value("'elu'"),
    "softplus": Value("'softplus'"),
    "softsign": Value("'softsign'"),
    "relu": Value("'relu'"),
    "tanh": Value("'tanh'"),
    "sigmoid": Value("'sigmoid'"),
    "hard_sigmoid": Value(
        "{keras1_compat.hard_sigmoid}",
        "'hard_sigmoid'",
        "Keras 3's hard sigmoid is relu6(x + 3) / 6, Keras 1's was clip(0.2 x + 0.5, 0, 1).",
    ),
    "linear": Value("'linear'"),
}
"""``keras/activations.py``."""

FULL_PADDING = (
    "`border_mode='full'` is padding with kernel size - 1 zeros on each side and 'valid': "
    "put a ZeroPadding layer of that size before this one"
)

DATA_FORMAT: Mapping[str, Value] = {
    "th": Value("'channels_first'"),
    "tf": Value("'channels_last'"),
}
"""``'default'`` meant the global setting, as leaving the argument out does."""

FORGET_BIAS: Mapping[str, Value] = {"one": Value("True"), "zero": Value("False")}
"""``forget_bias_init`` by name → ``unit_forget_bias``; other initialisers have no counterpart."""
