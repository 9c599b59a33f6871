"""``keras.initializations``: functions that made a variable for a shape."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, drop

_FUNCTIONS = (
    "uniform",
    "normal",
    "lecun_uniform",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "orthogonal",
    "identity",
    "zero",
    "one",
)

FAMILIES = (
    Family(
        code="KM221",
        name="initialisation",
        summary="Keep Keras 1's initialisers, by name and as functions.",
        why=(
            "`init='orthogonal'`, `'glorot_normal'` and `'he_normal'` draw from other "
            "distributions in Keras 3. `keras.initializations` is gone: its functions took "
            "`(shape, scale=, name=, dim_ordering=)` and returned a variable, an initializer of "
            "Keras 3 is called with `(shape, dtype=)` and returns a tensor."
        ),
        safety=(
            "Names become an initializer with the same mean, variance and bounds. Functions of "
            "the module become functions of `keras1_compat.py` that take the old arguments and "
            "work as initializers of Keras 3. The random numbers themselves are other ones."
        ),
        example=(
            "Dense(10, init='orthogonal')\n"
            "def small(shape, name=None):\n"
            "    return initializations.normal(shape, scale=0.01, name=name)",
            "Dense(10, kernel_initializer=Orthogonal(1.1))\n"
            "def small(shape, name=None):\n"
            "    return keras1_compat.normal(shape, scale=0.01, name=name)",
        ),
        module="keras.initializations",
        target="keras1_compat",
        entries=(
            *(Entry(name, to=name) for name in _FUNCTIONS),
            Entry(
                "get",
                to="get_initialization",
                args={"dim_ordering": drop("kernels have one layout today")},
            ),
            Entry("get_fans", to="get_fans"),
        ),
    ),
)
