"""Random Keras 1 programs for the property test of the shape interpreter.

Each program makes tensors ``t0, t1, ...`` (functional) or shapes ``s0, s1, ...`` (Sequential) one
statement per line, so that the real Keras and the interpreter can be compared name by name. Sizes
are small; some layers do not fit, which both sides must notice.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

HEADER = """\
import random
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential
"""


@dataclass
class Writer:
    """A program in the making.

    Args:
        rng: the source of all choices.
        rank: rank of the newest tensor, batch axis included.
        ordering: the ordering that the input is written in (the one it runs in may differ).
    """

    rng: random.Random
    ordering: str
    rank: int = 4
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def number(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)


LayerMaker = Callable[[Writer], tuple[str, int]]
"""Writes a layer; returns its code and the rank that comes out."""


def _border(w: Writer) -> str:
    return w.pick("", ", border_mode='same'", ", border_mode='valid'")


def _strides(w: Writer, n: int) -> str:
    if w.rng.random() < 0.6:
        return ""
    return f", subsample=({', '.join(str(w.number(1, 2)) for _ in range(n))})"


def _ordering(w: Writer) -> str:
    return w.pick(
        *[""] * 6,
        ", dim_ordering='th'",
        ", dim_ordering='tf'",
        ", dim_ordering=K.image_dim_ordering()",
    )


def _conv2d(w: Writer) -> tuple[str, int]:
    name = w.pick("Convolution2D", "Conv2D", "convolutional.Convolution2D")
    n, r, c = w.number(1, 5), w.number(1, 4), w.number(1, 4)
    tail = _border(w) + _strides(w, 2) + _ordering(w)
    if w.rng.random() < 0.3:
        return f"{name}(nb_filter={n}, nb_row={r}, nb_col={c}{tail})", 4
    return f"{name}({n}, {r}, {c}{tail})", 4


def _atrous2d(w: Writer) -> tuple[str, int]:
    rate = w.number(1, 2)
    return (
        f"AtrousConvolution2D({w.number(1, 4)}, 3, 3, atrous_rate=({rate}, {rate}){_border(w)})",
        4,
    )


def _separable(w: Writer) -> tuple[str, int]:
    return (
        f"SeparableConvolution2D({w.number(1, 4)}, 3, 3, depth_multiplier={w.number(1, 2)}{_border(w)})",
        4,
    )


def _deconvolution(w: Writer) -> tuple[str, int]:
    n, k, s = w.number(1, 4), w.number(2, 3), w.number(1, 2)
    border = w.pick("same", "valid")
    grow = f"* {s}" if border == "same" else f"* {s} + {max(k - s, 0)}"
    extra = w.pick("", "", "", " + 1")
    rows, cols = (2, 3) if w.ordering == "th" else (1, 2)
    sizes = [f"x._keras_shape[{rows}] {grow}{extra}", f"x._keras_shape[{cols}] {grow}{extra}"]
    shape = [str(n), *sizes] if w.ordering == "th" else [*sizes, str(n)]
    return (
        f"Deconvolution2D({n}, {k}, {k}, (2, {', '.join(shape)}), border_mode='{border}', "
        f"subsample=({s}, {s}), dim_ordering='{w.ordering}')"
    ), 4


def _pool2d(w: Writer) -> tuple[str, int]:
    name = w.pick("MaxPooling2D", "AveragePooling2D")
    tail = w.pick("", ", border_mode='same'") + w.pick(
        "", "", ", strides=(1, 1)", ", strides=(2, 1)"
    )
    size = w.pick("(2, 2)", "(3, 2)", "pool_size=(2, 2)")
    return f"{name}({size}{tail}{_ordering(w)})" if w.rng.random() < 0.8 else f"{name}()", 4


def _pad2d(w: Writer) -> tuple[str, int]:
    return (
        w.pick(
            "ZeroPadding2D()",
            "ZeroPadding2D((1, 2))",
            "ZeroPadding2D(padding=(1, 0, 2, 3))",
            "ZeroPadding2D({'top_pad': 1, 'left_pad': 3})",
        ),
        4,
    )


def _crop2d(w: Writer) -> tuple[str, int]:
    return f"Cropping2D((({w.number(0, 2)}, 1), (0, {w.number(0, 2)})))", 4


def _up2d(w: Writer) -> tuple[str, int]:
    return w.pick("UpSampling2D()", "UpSampling2D((1, 2))", "UpSampling2D(size=(2, 2))"), 4


def _global2d(w: Writer) -> tuple[str, int]:
    return f"Global{w.pick('Max', 'Average')}Pooling2D()", 2


def _local2d(w: Writer) -> tuple[str, int]:
    return f"LocallyConnected2D({w.number(1, 2)}, 2, 2)", 4


def _reshape(w: Writer) -> tuple[str, int]:
    return (
        w.pick("Reshape((-1,))", "Reshape((-1, 2))", "Reshape((2, -1))", "Reshape((4, -1, 1))"),
        0,
    )


def _permute(w: Writer) -> tuple[str, int]:
    axes = list(range(1, w.rank))
    w.rng.shuffle(axes)
    text = f"({', '.join(map(str, axes))},)" if len(axes) == 1 else f"({', '.join(map(str, axes))})"
    return f"Permute({text})", w.rank


def _any(w: Writer) -> tuple[str, int]:
    return (
        w.pick(
            "Activation('relu')",
            "Dropout(0.5)",
            "BatchNormalization()",
            f"BatchNormalization(axis={w.pick('1', '-1')})",
            "BatchNormalization(axis=1 if K.image_dim_ordering() == 'th' else -1)",
            "LeakyReLU()",
            "LeakyReLU(0.2)",
            "ELU()",
            "PReLU()",
            "SReLU()",
            "ThresholdedReLU()",
            "ParametricSoftplus()",
            "GaussianNoise(0.1)",
            "GaussianDropout(0.1)",
            "ActivityRegularization(l1=0.1)",
            "Lambda(lambda x: x * 2 + 1)",
            "Lambda(lambda x: K.relu(x))",
            "Lambda(lambda x: x, output_shape=lambda s: s)",
            f"Dense({w.number(1, 5)})",
            f"Dense(output_dim={w.number(1, 5)}, activation='relu')",
        ),
        w.rank,
    )


def _flatten(w: Writer) -> tuple[str, int]:
    return "Flatten()", 2


def _dense_like(w: Writer) -> tuple[str, int]:
    return w.pick(f"Dense({w.number(1, 5)})", f"MaxoutDense({w.number(1, 5)})", "Highway()"), 2


def _repeat(w: Writer) -> tuple[str, int]:
    return f"RepeatVector({w.number(2, 4)})", 3


def _conv1d(w: Writer) -> tuple[str, int]:
    tail = _border(w) + w.pick("", "", ", subsample_length=2")
    n, k = w.number(1, 4), w.number(1, 3)
    return (
        w.pick(
            f"Convolution1D({n}, {k}{tail})",
            f"Conv1D(nb_filter={n}, filter_length={k}{tail})",
            f"AtrousConvolution1D({n}, {k}, atrous_rate=2)",
            f"LocallyConnected1D({n}, {k})",
        ),
        3,
    )


def _pool1d(w: Writer) -> tuple[str, int]:
    return w.pick(
        "MaxPooling1D()", "AveragePooling1D(3)", "MaxPooling1D(pool_length=2, stride=1)",
        "MaxPooling1D(2, border_mode='same')",
    ), 3  # fmt: skip


def _shift1d(w: Writer) -> tuple[str, int]:
    return w.pick(
        "ZeroPadding1D()", "ZeroPadding1D(2)", "ZeroPadding1D((1, 2))",
        "ZeroPadding1D({'left_pad': 2, 'right_pad': 1})", "Cropping1D()", "Cropping1D((0, 1))",
        "UpSampling1D()", "UpSampling1D(3)", "SpatialDropout1D(0.1)", "Masking()",
    ), 3  # fmt: skip


def _global1d(w: Writer) -> tuple[str, int]:
    return f"Global{w.pick('Max', 'Average')}Pooling1D()", 2


def _recurrent(w: Writer) -> tuple[str, int]:
    name = w.pick("LSTM", "GRU", "SimpleRNN")
    n = w.number(1, 3)
    if w.rng.random() < 0.5:
        return f"{name}({n}, return_sequences=True)", 3
    if w.rng.random() < 0.3:
        return f"Bidirectional({name}({n}), merge_mode={w.pick(repr('concat'), repr('sum'))})", 2
    return f"{name}({n})", 2


def _time(w: Writer) -> tuple[str, int]:
    if w.rank == 5:
        return (
            w.pick(
                f"TimeDistributed(Convolution2D({w.number(1, 3)}, 2, 2))",
                "TimeDistributed(MaxPooling2D())",
            ),
            5,
        )
    return (
        w.pick(
            f"TimeDistributed(Dense({w.number(1, 4)}))",
            f"TimeDistributedDense({w.number(1, 4)})",
            "TimeDistributed(Activation('relu'))",
        ),
        w.rank,
    )


def _time_flatten(w: Writer) -> tuple[str, int]:
    return "TimeDistributed(Flatten())", 3


def _conv3d(w: Writer) -> tuple[str, int]:
    return f"Convolution3D({w.number(1, 3)}, 2, {w.number(1, 3)}, 2{_border(w)}{_strides(w, 3)})", 5


def _image3d(w: Writer) -> tuple[str, int]:
    return w.pick(
        "MaxPooling3D()", "AveragePooling3D((1, 2, 2))", "ZeroPadding3D()", "ZeroPadding3D((0, 1, 2))",
        "Cropping3D(((0, 1), (1, 0), (1, 1)))", "UpSampling3D()", "SpatialDropout3D(0.2)",
        "MaxPooling3D((2, 2, 1), strides=(1, 2, 2), border_mode='same')",
    ), 5  # fmt: skip


def _global3d(w: Writer) -> tuple[str, int]:
    return f"Global{w.pick('Max', 'Average')}Pooling3D()", 2


def _conv_lstm(w: Writer) -> tuple[str, int]:
    sequences = w.rng.random() < 0.5
    tail = ", return_sequences=True" if sequences else ""
    return f"ConvLSTM2D({w.number(1, 3)}, 3, 3, border_mode='same'{tail})", 5 if sequences else 4


MAKERS: dict[int, list[tuple[int, LayerMaker]]] = {
    2: [(4, _dense_like), (2, _any), (1, _repeat), (1, _reshape)],
    3: [
        (4, _conv1d), (2, _pool1d), (3, _shift1d), (1, _global1d), (1, _recurrent), (1, _time),
        (1, _any), (1, _permute), (1, _reshape), (1, _flatten),
    ],
    4: [
        (8, _conv2d), (2, _atrous2d), (1, _separable), (3, _deconvolution), (4, _pool2d),
        (3, _pad2d), (2, _crop2d), (2, _up2d), (1, _global2d), (1, _local2d), (1, _reshape),
        (1, _permute), (3, _any), (1, _flatten), (1, _time),
    ],
    5: [
        (4, _conv3d), (4, _image3d), (1, _global3d), (1, _conv_lstm), (1, _time),
        (1, _time_flatten), (1, _any), (1, _permute), (1, _reshape),
    ],
}  # fmt: skip


def _layer(w: Writer) -> str:
    choices = MAKERS.get(w.rank)
    if choices is None:
        w.rank = 4
        return "Activation('tanh')"
    weights = [weight for weight, _ in choices]
    maker = w.rng.choices([m for _, m in choices], weights)[0]
    code, rank = maker(w)
    if rank == 0:
        rank = {"((-1,))": 2, "-1, 1))": 4}.get(code[7:][-7:], 3)
        rank = 2 if "(-1,))" in code else 4 if "4, -1" in code else 3
    w.rank = rank
    return code


def _input_shape(w: Writer) -> str:
    def size() -> str:
        return str(w.number(6, 14))

    channels = str(w.number(1, 4))
    if w.rank == 2:
        return f"({size()},)"
    if w.rank == 3:
        return f"({size()}, {channels})"
    spatial = [size() for _ in range(w.rank - 2)]
    if w.rank == 5:
        spatial = [str(w.number(4, 7)) for _ in range(3)]
    if w.rng.random() < 0.08:
        spatial[0] = "None"
    shape = [channels, *spatial] if w.ordering == "th" else [*spatial, channels]
    return f"({', '.join(shape)})"


def _functional(w: Writer) -> None:
    w.lines.append(f"t0 = x = Input(shape={_input_shape(w)})")
    for index in range(1, w.number(3, 8)):
        roll = w.rng.random()
        if roll < 0.12 and index > 1:
            _merge(w, index)
            continue
        if roll < 0.2:
            w.lines.append(f"for n in [{w.number(1, 3)}, {w.number(2, 5)}]: x = Dense(n * 2)(x)")
            w.lines.append(f"t{index} = x")
            continue
        if roll < 0.24:
            _maybe(w, index)
            continue
        if roll < 0.3:
            code = _layer(w)
            w.lines.append(f"def block{index}(x, n=2): return {code}(x)")
            w.lines.append(f"t{index} = x = block{index}(x)")
            continue
        code = _layer(w)
        w.lines.append(f"t{index} = x = {code}(x)")
    w.count = index


def _maybe(w: Writer, index: int) -> None:
    """A layer under a condition, or any number of times, of which only a run can tell."""
    rank = w.rank
    code = _layer(w)
    if w.rank != rank:
        code, w.rank = "Activation('relu')", rank
    chance = f"random.Random({w.number(0, 999)})"
    form = w.pick(
        "if {0}.random() < 0.5: x = {1}(x)", "for i in range({0}.randint(0, 2)): x = {1}(x)"
    )
    w.lines.append(form.format(chance, code))
    w.lines.append(f"t{index} = x")


def _merge(w: Writer, index: int) -> None:
    other = w.pick("x", f"t{w.number(0, index - 1)}", "Activation('relu')(x)")
    mode = w.pick("sum", "mul", "ave", "max", "concat", "concat", "concat", "dot", "cos")
    axis = w.pick("", ", concat_axis=1", ", concat_axis=-1", ", concat_axis=2")
    tail = axis if mode == "concat" else ", dot_axes=1" if mode in ("dot", "cos") else ""
    w.lines.append(f"t{index} = x = merge([x, {other}], mode='{mode}'{tail})")
    if mode in ("dot", "cos"):
        w.rank = {2: 2, 3: 3}.get(w.rank, 0)


def _sequential(w: Writer) -> None:
    w.lines.append("model = Sequential()")
    shape = _input_shape(w)
    for index in range(w.number(2, 7)):
        rank = w.rank
        code = _layer(w).replace("x._keras_shape", "model.output_shape")
        if index == 0:
            code = code[:-1] + (", " if not code.endswith("()") else "") + f"input_shape={shape})"
        condition = ""
        if index and w.rank == rank and w.rng.random() < 0.1:
            condition = f"if random.Random({w.number(0, 999)}).random() < 0.5: "
        w.lines.append(f"{condition}model.add({code})")
        w.lines.append(f"s{index} = model.output_shape")


def program(seed: int) -> tuple[str, str]:
    """A random program.

    Returns:
        its source and the ordering that it is to be run in.
    """
    rng = random.Random(seed)
    writer = Writer(rng, rng.choice(["th", "tf"]), rng.choice([2, 3, 4, 4, 4, 4, 4, 5, 5]))
    if rng.random() < 0.3:
        _sequential(writer)
    else:
        _functional(writer)
    ordering = writer.ordering if rng.random() < 0.8 else rng.choice(["th", "tf"])
    return HEADER + "\n".join(writer.lines) + "\n", ordering
