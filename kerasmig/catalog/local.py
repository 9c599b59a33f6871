"""``keras.layers.local``: locally connected layers."""

from __future__ import annotations

from kerasmig.catalog.convolutional import CONVOLUTION
from kerasmig.catalog.layer import SEQUENCE_INPUT
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Entry, Family, pack, to

FAMILIES = (
    Family(
        code="KM210",
        name="locally-connected-layer",
        summary="Bring the locally connected layers along, which Keras 3 dropped.",
        why="`LocallyConnected1D` and `LocallyConnected2D` do not exist in Keras 3.",
        safety=(
            "`keras1_compat.py` gets layers with the arguments as Keras 3 has them's convolutions, Keras 1's "
            "weights in Keras 1's layout, and its formula."
        ),
        example=(
            "LocallyConnected2D(16, 3, 3, subsample=(2, 2))",
            "keras1_compat.LocallyConnected2D(16, (3, 3), strides=(2, 2))",
        ),
        module="keras.layers.local",
        target="keras1_compat",
        common={**CONVOLUTION, "init": to("init")},
        entries=(
            Entry(
                "LocallyConnected1D",
                layer=LayerFacts(role=Role.LOCAL, shape="local", axes=1, like="Conv1D"),
                to="LocallyConnected1D",
                args={
                    "filter_length": to("kernel_size"),
                    "subsample_length": to("strides"),
                    **SEQUENCE_INPUT,
                },
                docs="`init` keeps its Keras 1 names: the fans of the 3-D kernel were its own.",
            ),
            Entry(
                "LocallyConnected2D",
                layer=LayerFacts(role=Role.LOCAL, shape="local", axes=2, like="Conv2D"),
                to="LocallyConnected2D",
                data_format=True,
                args={("nb_row", "nb_col"): pack("kernel_size")},
                docs=(
                    "`init` keeps its Keras 1 names. Under channels_first Keras 1 read the stored "
                    "bias in another order than it was made in; the layer does the same."
                ),
            ),
        ),
    ),
)
