"""The codes of the conversion to channels last (``--layout channels_last``)."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Family

TURNED = "KM140"
EDGE = "KM141"
LEFT = "KM142"
POSITIONS = "KM143"
EITHER = "KM144"
UNSEEN = "KM145"
UNFED = "KM146"
DATA = "KM147"

FAMILIES = (
    Family(
        code=TURNED,
        name="channels-last",
        summary="Let the layers of a channels_first model work with the channels last.",
        why=(
            "TensorFlow computes convolutions with the channels first on few processors only, and "
            "slower. `--layout channels_last` writes the same network with the channels last. What "
            "goes into each model and comes out of it keeps its shape; the weights are the same "
            "arrays."
        ),
        safety=(
            "Every tensor is followed through the program, and its axes with it: `data_format` "
            "goes, axes of normalisation, concatenation and softmax get their new numbers, and a "
            "`Permute` stands where something needs the order that the code means. Where a tensor "
            "cannot be followed the model stays as it is and is reported. `--verify` runs the old "
            "and the new model side by side."
        ),
        example=(
            "inputs = Input(shape=(1, 32, 32))\n"
            "x = Conv2D(10, (8, 8), data_format='channels_first')(inputs)\n"
            "x = Flatten()(x)",
            "inputs = Input(shape=(1, 32, 32))\n"
            "x = Conv2D(10, (8, 8))(Permute((2, 3, 1))(inputs))\n"
            "x = Flatten()(Permute((3, 1, 2))(x))",
        ),
    ),
    Family(
        code=EDGE,
        name="channels-last-edge",
        summary="Put a `Permute` where the order of the axes changes.",
        why=(
            "Inputs and outputs of a model, `Flatten`, `Reshape`, recurrent layers and code of "
            "the project's own mean the order that the code was written in."
        ),
        safety="A transposition moves numbers and computes none.",
    ),
    Family(
        code=LEFT,
        name="channels-first-left",
        summary="Report models that `--layout channels_last` leaves as they are.",
        why=(
            "A tensor that passes through something that cannot be read (a list filled by chance, "
            "a data format from a file) may have its axes in either order. kerasmig does not guess: "
            "the model goes on with the channels first."
        ),
    ),
    Family(
        code=POSITIONS,
        name="layer-positions",
        summary="Report code that counts the layers of a model that has got edges.",
        why=(
            "`model.layers[5]` is another layer once a `Permute` stands before it. Take layers by "
            "name (`model.get_layer(name)`), or count anew."
        ),
    ),
    Family(
        code=EITHER,
        name="either-order",
        summary="Say how models that handle both orders run under `--layout channels_last`.",
        why=(
            "Their code asks for the order and builds the model that fits, so there is nothing to "
            "convert: Keras 3's own default, channels last, is what they get."
        ),
    ),
    Family(
        code=UNSEEN,
        name="unfollowed-branch",
        summary="Report branches of converted builders that no call in the program takes.",
        why=(
            "A builder is converted for the calls that are seen. Called otherwise (`include_top=False`) "
            "it may hand on a tensor whose channels are last: convert such a call by hand, or add one "
            "to the program and run again."
        ),
    ),
    Family(
        code=UNFED,
        name="unfollowed-data",
        summary="Report data that reaches a model whose inputs are turned, and was not followed.",
        why=(
            "With `--with-data` models take pictures as (rows, columns, channels). A generator, a "
            "list of arrays or a model that arrives from elsewhere hides what is fed to it."
        ),
    ),
    Family(
        code=DATA,
        name="turned-data",
        summary="Turn the data where it is prepared, or where it goes into a model.",
        why=(
            "With `--with-data` models take pictures as (rows, columns, channels): a literal reshape "
            "or transposition makes them so, and anything else is turned by `numpy.moveaxis`."
        ),
        safety="A transposition moves numbers and computes none.",
    ),
)
