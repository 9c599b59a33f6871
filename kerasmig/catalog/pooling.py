"""``keras.layers.pooling``: local and global pooling."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, to

_LOCAL: Arguments = {
    **LAYER,
    "border_mode": to("padding", "padding"),
    "dim_ordering": to("data_format", "data_format"),
}
_LOCAL_1D: Arguments = {"pool_length": to("pool_size"), "stride": to("strides")}


_SHORT = {"Max": "Max", "Average": "Avg"}


def _pooling(kind: str, axes: int, everywhere: str = "") -> LayerFacts:
    """Facts of one pooling layer; ``everywhere`` is ``Global`` or nothing."""
    return LayerFacts(
        role=Role.GLOBAL_POOLING if everywhere else Role.POOLING,
        shape="global_pooling" if everywhere else "pooling",
        axes=axes,
        also=(f"{everywhere}{_SHORT[kind]}Pool{axes}D",),
    )


def _local(kind: str) -> tuple[Entry, ...]:
    """One kind of local pooling in one, two and three dimensions.

    Keras 3 keeps the old default pool sizes for maximum pooling and has none for averages.
    """
    required = kind == "Average"
    return (
        Entry(
            f"{kind}Pooling1D",
            layer=_pooling(kind, 1),
            to=f"{kind}Pooling1D",
            always_last=True,
            args=_LOCAL_1D,
            write={"pool_size": "2"} if required else {},
        ),
        Entry(
            f"{kind}Pooling2D",
            layer=_pooling(kind, 2),
            to=f"{kind}Pooling2D",
            data_format=True,
            write={"pool_size": "(2, 2)"} if required else {},
        ),
        Entry(
            f"{kind}Pooling3D",
            layer=_pooling(kind, 3),
            to=f"{kind}Pooling3D",
            data_format=True,
            write={"pool_size": "(2, 2, 2)"} if required else {},
        ),
    )


def _global(kind: str) -> tuple[Entry, ...]:
    mask = (
        ""
        if kind == "Max"
        else (
            "Keras 1 raised on an input with a mask (from `Masking` or `mask_zero`); "
            "Keras 3 leaves masked steps out of the average."
        )
    )
    return (
        Entry(
            f"Global{kind}Pooling1D",
            layer=_pooling(kind, 1, "Global"),
            to=f"Global{kind}Pooling1D",
            always_last=True,
            docs=mask,
        ),
        Entry(
            f"Global{kind}Pooling2D",
            layer=_pooling(kind, 2, "Global"),
            to=f"Global{kind}Pooling2D",
            data_format=True,
        ),
        Entry(
            f"Global{kind}Pooling3D",
            layer=_pooling(kind, 3, "Global"),
            to=f"Global{kind}Pooling3D",
            data_format=True,
        ),
    )


FAMILIES = (
    Family(
        code="KM202",
        name="pooling-layer",
        summary="Spell pooling layers the way Keras 3 does.",
        why=(
            "`pool_length`, `stride`, `border_mode` and `dim_ordering` are gone, and average "
            "pooling has no default pool size any more: `AveragePooling2D()` is a TypeError."
        ),
        safety=(
            "The same numbers under new names; the old default pool size is written out where "
            "Keras 3 has none. `data_format` is as safe as the inferred verdict."
        ),
        example=(
            "MaxPooling1D(pool_length=4, stride=2)\nAveragePooling2D()",
            "MaxPooling1D(pool_size=4, strides=2)\nAveragePooling2D(pool_size=(2, 2))",
        ),
        module="keras.layers.pooling",
        common=_LOCAL,
        entries=(*_local("Max"), *_local("Average"), *_global("Max"), *_global("Average")),
    ),
)
