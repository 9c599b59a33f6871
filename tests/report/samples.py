"""Results as a real run gives them: the seed case, a U-Net, code nobody can decide, odd names."""

from __future__ import annotations

from kerasmig.finding import (
    Applicability,
    DataFormat,
    Edit,
    Evidence,
    FileResult,
    Finding,
    RunResult,
    Span,
    Tally,
    TensorShapes,
    Verdict,
)
from kerasmig.verify.result import (
    Difference,
    LayerRow,
    OutputDiff,
    Pair,
    Place,
    Reading,
    Skipped,
    Status,
    TrainingDiff,
    VerifyReport,
)

FIRST, LAST = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST

SEED_OLD = """\
import keras
from keras.layers import Input, Convolution2D
from keras.models import Model
inputs = Input(shape=(1, 32, 32,))
shared = Convolution2D(nb_filter=10, nb_row=8, nb_col=8, subsample=(1, 1), \
border_mode='same', activation='relu')(inputs)
model = Model(inputs, shared)
model.summary()
"""
SEED_NEW = SEED_OLD.replace("import Input, Convolution2D", "import Input, Conv2D").replace(
    "Convolution2D(nb_filter=10, nb_row=8, nb_col=8, subsample=(1, 1), border_mode='same', "
    "activation='relu')",
    "Conv2D(filters=10, kernel_size=(8, 8), strides=(1, 1), padding='same', "
    "activation='relu', data_format='channels_first')",
)
SEED_EVIDENCE = (
    Evidence(
        "Input(shape=(1, 32, 32)) is 1 channel of 32 x 32 pixels; read the other way it would be "
        "an image of a single row",
        line=4,
        favours=FIRST,
        weight=0.8,
    ),
    Evidence("an 8 x 8 kernel does not fit into 1 row", line=5, favours=FIRST, weight=0.6),
)
SEED = FileResult(
    "seed.py",
    SEED_OLD,
    SEED_NEW,
    findings=(
        Finding(
            "KM101",
            "Convolution2D is Conv2D in keras.layers",
            Applicability.AUTOMATIC,
            2,
            0,
            2,
            45,
            name="Convolution2D",
            edits=(Edit(Span(44, 57), ("Conv2D",)),),
        ),
        Finding(
            "KM201",
            "Convolution2D becomes Conv2D; nb_row and nb_col become kernel_size",
            Applicability.AUTOMATIC,
            5,
            9,
            5,
            121,
            name="Convolution2D",
            edits=(Edit(Span(132, 145), ("Conv2D(", Span(146, 150), ")")),),
        ),
        Finding(
            "KM401",
            "data_format='channels_first' written out; confidence 0.92",
            Applicability.ASSUMED,
            5,
            9,
            5,
            121,
            name="dim_ordering",
            evidence=SEED_EVIDENCE,
        ),
    ),
    verdicts=(
        Verdict(
            "model",
            4,
            FIRST,
            0.92,
            SEED_EVIDENCE,
            (
                TensorShapes("inputs", 4, (None, 1, 32, 32), (None, 1, 32, 32)),
                TensorShapes("shared", 5, (None, 10, 32, 32), (None, 1, 32, 10)),
            ),
        ),
    ),
    tally=Tally(found=6, kept=3, automatic=2, assumed=1),
)

UNET_OLD = """\
from keras.layers import Input, merge, Convolution2D, UpSampling2D


def get_unet(depth):
    inputs = Input((1, 48, 64))  # grey images, “Theano” order
    conv1 = Convolution2D(8, 3, 3, border_mode='same')(inputs)
    up1 = merge([conv1, conv1], mode='concat', concat_axis=1)
    return Model(input=inputs, output=up1)
"""
UNET_NEW = """\
from keras.layers import Input, concatenate, Conv2D, UpSampling2D


def get_unet(depth):
    inputs = Input((1, 48, 64))  # grey images, “Theano” order
    conv1 = Conv2D(8, (3, 3), padding='same', data_format='channels_first')(inputs)
    up1 = concatenate([conv1, conv1], axis=1)
    return Model(inputs=inputs, outputs=up1)
"""
UNET = FileResult(
    "nets/unet.py",
    UNET_OLD,
    UNET_NEW,
    findings=(
        Finding("KM301", "merge(mode='concat') is concatenate", Applicability.AUTOMATIC, 7, 10),
        Finding(
            "KM402",
            "merge axis 1 is the channel axis",
            Applicability.ASSUMED,
            7,
            10,
            name="merge",
            evidence=(Evidence("K.set_image_dim_ordering('th')", 3, FIRST, 1.0, "nets/setup.py"),),
        ),
        Finding(
            "KM999",
            "UpSampling2D passed as a value: write Conv2D <script>alert(1)</script> & check",
            Applicability.MANUAL,
            1,
            55,
            name="UpSampling2D",
        ),
        Finding("KM201", "left on request", Applicability.MANUAL, 6, 12, suppressed=True),
    ),
    verdicts=(Verdict("get_unet", 5, FIRST, 1.0, (Evidence("explicit"),), explicit=True),),
    tally=Tally(found=9, kept=1, automatic=5, assumed=1, manual=1, suppressed=1),
    compat=("Highway",),
)

UNDECIDED_OLD = "x = Input((32, 32, 32))\nx = Convolution2D(32, 3, 3)(x)\n"
UNDECIDED = FileResult(
    "legacy scripts/été.py",
    UNDECIDED_OLD,
    UNDECIDED_OLD.replace("Convolution2D(32, 3, 3)", "Conv2D(32, (3, 3))"),
    findings=(
        Finding(
            "KM111",
            "the code does not tell its data format; pass --data-format or write a comment "
            "# kerasmig: data_format=channels_first",
            Applicability.MANUAL,
            2,
            4,
            name="x",
            evidence=(Evidence("32 x 32 x 32 reads the same both ways", 1),),
        ),
    ),
    verdicts=(
        Verdict(
            "x",
            1,
            DataFormat.UNDECIDED,
            0.1,
            (Evidence("32 x 32 x 32 reads the same both ways", 1),),
            (
                TensorShapes("x", 1, (None, 32, 32, 32), (None, 32, 32, 32)),
                TensorShapes("x", 2, (None, 32, 30, 30), (None, 30, 30, 32)),
                TensorShapes("deep", 3, None, (None, 1, 1, 8), "a 40 x 40 kernel does not fit"),
            ),
        ),
    ),
    tally=Tally(found=2, kept=1, manual=1),
)
BROKEN = FileResult("broken.py", error="cannot be parsed: invalid syntax (line 3, column 7)")
UNTOUCHED = FileResult("data.py", "import numpy\n", "import numpy\n")

RUN = RunResult(
    (BROKEN, UNTOUCHED, UNDECIDED, UNET, SEED),
    {"nets/keras1_compat.py": '"""Layers of Keras 1."""\n'},
)
CLEAN_RUN = RunResult((UNTOUCHED,))

SEED_PLACE = Place("seed.py", 6, "seed.py:model", "script", new_line=6)
SEED_LAYERS = (
    LayerRow(
        0,
        "InputLayer",
        "InputLayer",
        "input_1",
        "input_layer",
        (None, 1, 32, 32),
        (None, 1, 32, 32),
        0,
        0,
        max_abs_diff=0.0,
        status=Status.MATCH,
        old_line="seed.py:4: inputs = Input(shape=(1, 32, 32,))",
        new_line="seed.py:4: inputs = Input(shape=(1, 32, 32,))",
    ),
    LayerRow(
        1,
        "Convolution2D",
        "Conv2D",
        "convolution2d_1",
        "conv2d",
        (None, 10, 32, 32),
        (None, 10, 32, 32),
        650,
        650,
        ((10, 1, 8, 8), (10,)),
        ((8, 8, 1, 10), (10,)),
        max_abs_diff=2.4e-7,
        status=Status.MATCH,
        old_inputs=(0,),
        new_inputs=(0,),
    ),
)
SEED_PAIR = Pair(
    SEED_PLACE,
    "th",
    Status.MATCH,
    layers=SEED_LAYERS,
    input_shapes_old=((None, 1, 32, 32),),
    input_shapes_new=((None, 1, 32, 32),),
    output_shapes_old=((None, 10, 32, 32),),
    output_shapes_new=((None, 10, 32, 32),),
    params_old=650,
    params_new=650,
    outputs=(OutputDiff(0, 2.4e-7, 1.8e-7, 1.3, 1e-4),),
    training=TrainingDiff(2, (0.5, 0.4), (0.5, 0.4), 1e-7, 0.3, None, 1e-4),
    alternatives=(Reading("tf", ((None, 1, 32, 10),), ((None, 1, 32, 32),), 20490),),
    seconds=0.31,
)


def _unet_rows() -> tuple[LayerRow, ...]:
    def row(
        index: int,
        kind: tuple[str | None, str | None],
        shapes: tuple[tuple[int | None, ...] | None, tuple[int | None, ...] | None],
        inputs: tuple[int, ...],
        status: Status = Status.MATCH,
        new_inputs: tuple[int, ...] | None = None,
        params: int = 0,
        difference: float | None = 1e-7,
        note: str = "",
    ) -> LayerRow:
        old, new = kind
        return LayerRow(
            index,
            old,
            new,
            f"{old}_{index}".lower() if old else None,
            f"{new}_{index}".lower() if new else None,
            *shapes,
            params if old else None,
            params if new else None,
            old_line=f"nets/unet.py:{index + 5}: {old}(...)" if old else None,
            new_line=f"nets/unet.py:{index + 5}: {new}(...)" if new else None,
            max_abs_diff=difference,
            status=status,
            note=note,
            old_inputs=inputs if old else (),
            new_inputs=(inputs if new_inputs is None else new_inputs) if new else (),
        )

    bad = Status.MISMATCH
    image = (None, 1, 48, 64)
    features = (None, 8, 48, 64)
    return (
        row(0, ("InputLayer", "InputLayer"), (image, image), ()),
        row(1, ("Convolution2D", "Conv2D"), (features, features), (0,), params=80),
        row(2, ("MaxPooling2D", "MaxPooling2D"), ((None, 8, 24, 32), (None, 8, 24, 32)), (1,)),
        row(3, ("UpSampling2D", "UpSampling2D"), (features, features), (2,)),
        row(
            4,
            ("Merge", "Concatenate"),
            ((None, 16, 48, 64), (None, 8, 48, 128)),
            (3, 1),
            bad,
            difference=None,
            note="joined along axis 1 before, along axis -1 now",
        ),
        row(5, ("Dropout", None), ((None, 16, 48, 64), None), (4,), bad, difference=None),
        row(
            6,
            ("Convolution2D", "Conv2D"),
            ((None, 1, 48, 64), (None, 1, 48, 128)),
            (5,),
            bad,
            new_inputs=(4,),
            params=17,
            difference=None,
        ),
    )


UNET_PAIR = Pair(
    Place("nets/unet.py", 4, "nets/unet.py:get_unet", new_line=4),
    "th",
    Status.MISMATCH,
    reason="the output shapes differ",
    layers=_unet_rows(),
    input_shapes_old=((None, 1, 48, 64),),
    input_shapes_new=((None, 1, 48, 64),),
    output_shapes_old=((None, 1, 48, 64),),
    output_shapes_new=((None, 1, 48, 128),),
    params_old=97,
    params_new=97,
    first_difference=Difference(
        "output shape of Merge and Concatenate",
        "merge axis: concat_axis=1 became axis=-1",
        4,
        (None, 16, 48, 64),
        (None, 8, 48, 128),
        "nets/unet.py:7: up1 = merge([conv1, conv1], mode='concat', concat_axis=1)",
        "nets/unet.py:7: up1 = concatenate([conv1, conv1])",
    ),
    alternatives=(Reading("tf", error="Merge: shapes (48, 8) and (24, 16) do not fit"),),
    notes=("dropout was off",),
    seconds=0.9,
)
GAN_PAIR = Pair(
    Place("gan/models.py", 12, "gan/models.py:Generator.build", "method"),
    "tf",
    Status.NOT_VERIFIED,
    reason="the new program stopped: ModuleNotFoundError: No module named 'cv2'",
)
SKIPPED = Skipped("train.py", 3, "train.py:main", "needs an argument: --data <folder> & more")

REPORT = VerifyReport(
    pairs=(SEED_PAIR, UNET_PAIR, GAN_PAIR),
    places_found=(
        SEED_PLACE,
        UNET_PAIR.place,
        GAN_PAIR.place,
        Place("train.py", 3, "train.py:main", "script"),
    ),
    places_reached=(SEED_PLACE, UNET_PAIR.place, GAN_PAIR.place),
    skipped=(SKIPPED,),
    versions={"keras_old": "1.2.2", "keras_new": "3.15.0", "tensorflow": "2.21.0"},
    settings={"level": "training", "seed": 0},
    seconds=3.2,
)
CLEAN_REPORT = VerifyReport(
    pairs=(SEED_PAIR,), places_found=(SEED_PLACE,), places_reached=(SEED_PLACE,)
)
