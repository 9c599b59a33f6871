"""Writes files of all kinds with the real Keras 1.2.2: ``python -m tests.oldfiles.writer FOLDER``.

For each case a model's file, plain weights, JSON and YAML, and what the model computes. A case is a
family of layers, an ordering, a way of building, and sometimes more: ``theano`` (the files have the
kernels that Theano's convolution would have been trained with) or an optimizer (the model's file is
one in the middle of a training, which goes on by one step).
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

SQUARE = (3, 9, 9)
"""(channels, rows, columns) of images."""


def families() -> dict[str, tuple[tuple[int, ...], Callable[[str], Any], dict[str, Any]]]:
    """Shape of the input ((channels, rows, columns) for images), layer by ordering, what else."""
    from keras import layers as k

    def conv(make: Callable[..., Any], *sizes: int, **more: Any) -> Callable[[str], Any]:
        return lambda order: make(*sizes, dim_ordering=order, **more)

    def up(filters: int, channels: int) -> Callable[[str], Any]:
        def make(order: str) -> Any:
            shape = (None, filters, 10, 14) if order == "th" else (None, 10, 14, filters)
            return k.Deconvolution2D(
                filters,
                4,
                4,
                output_shape=shape,
                subsample=(2, 2),
                border_mode="same",
                dim_ordering=order,
            )

        return make

    image: dict[str, Any] = {"image": True}
    sequence: dict[str, Any] = {}
    return {
        "dense": ((5,), lambda o: k.Dense(3, activation="tanh"), {}),
        "dense_regularized": (
            (5,), lambda o: k.Dense(3, W_regularizer="l2", b_constraint="maxnorm", init="he_normal"), {},
        ),
        "maxout": ((5,), lambda o: k.MaxoutDense(3, nb_feature=2), {}),
        "highway": ((5,), lambda o: k.Highway(), {}),
        "prelu": ((5,), lambda o: k.advanced_activations.PReLU(), {}),
        "srelu": ((5,), lambda o: k.advanced_activations.SReLU(), {}),
        "softplus": ((5,), lambda o: k.advanced_activations.ParametricSoftplus(), {}),
        "batchnorm": ((5,), lambda o: k.BatchNormalization(), {}),
        "conv1d": ((12, 3), lambda o: k.Convolution1D(5, 3), sequence),
        "conv1d_length1": ((12, 1), lambda o: k.Convolution1D(1, 1), sequence),
        "atrous1d": ((12, 3), lambda o: k.AtrousConvolution1D(4, 3, atrous_rate=2), sequence),
        "local1d": ((12, 3), lambda o: k.LocallyConnected1D(4, 3), sequence),
        "td_dense": ((6, 4), lambda o: k.TimeDistributedDense(3), sequence),
        "td": ((6, 4), lambda o: k.TimeDistributed(k.Dense(3)), sequence),
        "rnn": ((6, 4), lambda o: k.SimpleRNN(3), sequence),
        "gru": ((6, 4), lambda o: k.GRU(3, return_sequences=True), sequence),
        "gru_gpu": ((6, 4), lambda o: k.GRU(3, consume_less="gpu"), sequence),
        "lstm": ((6, 4), lambda o: k.LSTM(3, go_backwards=True), sequence),
        "lstm_square": ((6, 3), lambda o: k.LSTM(3), sequence),
        "lstm_gpu": ((6, 4), lambda o: k.LSTM(3, consume_less="gpu"), sequence),
        "bi_lstm": ((6, 4), lambda o: k.Bidirectional(k.LSTM(3)), sequence),
        "bi_gru": ((6, 4), lambda o: k.Bidirectional(k.GRU(3, return_sequences=True)), sequence),
        "embedding": ((7,), lambda o: k.Embedding(11, 4), {"words": 11}),
        "conv2d": (SQUARE, conv(k.Convolution2D, 5, 3, 2), image),
        "conv2d_square": (SQUARE, conv(k.Convolution2D, 3, 3, 3), image),
        "conv2d_nobias": (SQUARE, conv(k.Convolution2D, 4, 3, 3, bias=False), image),
        "atrous2d": (SQUARE, conv(k.AtrousConvolution2D, 4, 3, 3, atrous_rate=(2, 2)), image),
        "separable": (SQUARE, conv(k.SeparableConvolution2D, 4, 3, 3, depth_multiplier=2), image),
        "deconv": ((3, 5, 7), up(4, 3), image),
        "deconv_square": ((3, 5, 7), up(3, 3), image),
        "local2d": ((3, 6, 7), conv(k.LocallyConnected2D, 4, 3, 2), image),
        "bn_axis": (SQUARE, lambda o: k.BatchNormalization(axis=1 if o == "th" else 3), image),
        "td_conv": (
            (3, 7, 8), lambda o: k.TimeDistributed(k.Convolution2D(4, 3, 3, dim_ordering=o)),
            {"image": True, "steps": 2},
        ),
        "convlstm": (
            (3, 6, 7),
            lambda o: k.ConvLSTM2D(4, 3, 3, border_mode="same", dim_ordering=o),
            {"image": True, "steps": 2},
        ),
        "conv3d": (
            (2, 5, 6, 7),
            lambda o: k.Convolution3D(3, 2, 3, 2, dim_ordering=o), image,
        ),
        "conv3d_square": (
            (3, 6, 6, 6),
            lambda o: k.Convolution3D(3, 3, 3, 3, dim_ordering=o), image,
        ),
    }  # fmt: skip


class Case(NamedTuple):
    """What is written: a family of layers, an ordering, a way of building, and what more."""

    family: str
    order: str
    way: str
    more: str = ""

    @property
    def name(self) -> str:
        """Also that of its files."""
        return "-".join(part for part in self if part)


def cases() -> list[Case]:
    """Every family, both orderings for images, three ways of building; then what is special."""
    found = []
    for name, (_, _, more) in families().items():
        for order in ("tf", "th") if more.get("image") else ("tf",):
            found += [Case(name, order, way) for way in ("sequential", "functional", "nested")]
    for name in ("dense", "lstm", "conv2d_square", "deconv_square", "bi_gru", "td_conv"):
        orders = ("tf", "th") if families()[name][2].get("image") else ("tf",)
        found += [Case(name, order, "shared") for order in orders]
    for name in ("dense", "conv2d_square", "gru"):
        orders = ("tf", "th") if families()[name][2].get("image") else ("tf",)
        found += [Case(name, order, "branches") for order in orders]
    for name in _TURNED:
        orders = ("tf", "th") if families()[name][2].get("image") else ("tf",)
        for order in orders:
            found += [Case(name, order, way, "theano") for way in ("sequential", "nested")]
    for optimizer in optimizers():
        found.append(Case("dense", "tf", "sequential", optimizer))
        found.append(Case("conv2d_square", "th", "functional", optimizer))
        found.append(Case("lstm", "tf", "nested", optimizer))
    found += [Case(name, "tf", "dropped", "adam") for name in ("dense", "lstm", "conv1d")]
    found += [
        Case("deconv", "th", "functional", "adam"),
        Case("bi_gru", "tf", "functional", "adam"),
    ]
    return found


_TURNED = (
    "conv1d conv2d conv2d_square conv2d_nobias atrous2d deconv deconv_square conv3d conv3d_square "
    "td_conv convlstm separable"
).split()


def optimizers() -> dict[str, Any]:
    """Those of Keras 1.2.2, with settings that count."""
    from keras import optimizers as o

    return {
        "sgd": o.SGD(lr=0.05, momentum=0.9),
        "nesterov": o.SGD(lr=0.05, momentum=0.8, nesterov=True, decay=1e-4),
        "rmsprop": o.RMSprop(lr=0.01),
        "adagrad": o.Adagrad(lr=0.05),
        "adadelta": o.Adadelta(),
        "adam": o.Adam(lr=0.01, decay=1e-4),
        "adamax": o.Adamax(),
        "nadam": o.Nadam(),
        "clipped": o.Adam(clipnorm=0.1),
    }


def build(case: Case) -> tuple[Any, tuple[int, ...], dict[str, Any]]:
    """A model with the layer in it, the shape of its input, and what else there is to know."""
    from keras.layers import Activation, Dense, Dropout, Flatten, GaussianNoise, Input, merge
    from keras.models import Model, Sequential

    family, order, way, _ = case
    shape, make, more = families()[family]
    if more.get("image") and order == "tf":
        shape = (*shape[1:], shape[0])
    if "steps" in more:
        shape = (more["steps"], *shape)
    if way == "sequential":
        start = Dense(5, input_shape=shape) if family in _FLAT else None
        model = Sequential()
        if start is not None:
            model.add(start)
            model.add(make(order))
        else:
            layer = make(order)
            layer = _with_input(layer, shape)
            model.add(layer)
        model.add(Activation("tanh"))
        return model, shape, more
    x = Input(shape=shape)
    if way == "functional":
        first, second = make(order), make(order)
        y = merge([first(x), second(x)], mode="sum")
        return Model(input=x, output=Activation("tanh")(y)), shape, more
    if way == "dropped":
        y = Dropout(0.3)(make(order)(Dropout(0.2)(x)))
        y = Flatten()(y) if len(y._keras_shape) > 2 else y
        return Model(input=x, output=Dense(2)(GaussianNoise(0.5)(y))), shape, more
    if way == "branches":  # of one shape, and the one that is made later is the deeper one
        first, second = make(order), make(order)
        y = Activation("tanh")(Activation("tanh")(second(x)))
        return Model(input=x, output=merge([first(x), y], mode="concat")), shape, more
    if way == "shared":
        layer, other = make(order), Input(shape=shape)
        y = merge([layer(x), layer(other)], mode="mul")
        return Model(input=[x, other], output=Activation("tanh")(y)), shape, more
    inner = Input(shape=shape)
    y = make(order)(inner)
    if family != "embedding" and more.get("image") and family != "convlstm":
        from keras.layers import BatchNormalization

        y = BatchNormalization()(y)
    base = Model(input=inner, output=y)
    z = base(x)
    if len(base.output_shape) > 2:
        z = Flatten()(z)
    return Model(input=x, output=Dense(2)(z)), shape, more


_FLAT = ("highway", "prelu", "srelu", "softplus", "batchnorm")


def _with_input(layer: Any, shape: tuple[int, ...]) -> Any:
    kind = type(layer)
    config = layer.get_config()
    config["batch_input_shape"] = (None, *shape)
    return kind.from_config(config)


def write(case: Case, folder: Path) -> None:
    """Write the files of one case, and what its model computes."""
    import numpy as np
    from keras import backend as K
    from keras.models import load_model

    from kerasmig.oldfiles.worker_old import turn_kernels

    K.clear_session()
    K.set_image_dim_ordering(case.order)
    name = case.name
    random = np.random.RandomState(zlib.crc32(name.encode()))
    model, shape, more = build(case)
    arrays = [0.4 * random.normal(size=w.shape) for w in model.get_weights()]
    names = [w.name for layer in model.layers for w in layer.weights]
    if len(names) == len(arrays):
        arrays = [
            0.5 + np.abs(a) if "running_std" in n else a for n, a in zip(names, arrays, strict=True)
        ]
    model.set_weights(arrays)
    inputs = [random.normal(size=(2, *shape)).astype("float32") for _ in model.inputs]
    if "words" in more:
        inputs = [random.randint(0, more["words"], (2, *shape)).astype("float32")]
    kept = {f"input_{i}": x for i, x in enumerate(inputs)}
    x = inputs if len(inputs) > 1 else inputs[0]
    if case.more in optimizers():
        model.compile(optimizers()[case.more], loss="mse")
        target = random.random_sample(model.predict(x).shape).astype("float32")
        for _ in range(3):
            model.train_on_batch(x, target)
    kept["output_0"] = model.predict(x)
    if case.more == "theano":
        turn_kernels(model)
    model.save(str(folder / f"{name}.model.h5"))
    model.save_weights(str(folder / f"{name}.h5"))
    (folder / f"{name}.json").write_text(model.to_json())
    (folder / f"{name}.yaml").write_text(model.to_yaml())
    if case.more in optimizers() and case.way != "dropped":  # that is another step each time
        model = load_model(str(folder / f"{name}.model.h5"))  # Nadam forgets something in files
        model.train_on_batch(x, target)
        kept.update(target_0=target, after_0=model.predict(x))
    np.savez(folder / f"{name}.npz", **kept)  # type: ignore[arg-type]


def main() -> None:
    """Write every case, and a list of those that Keras 1.2.2 itself refuses."""
    from kerasmig.legacy import at_once, bridge, install

    bridge.activate(install.ensure())
    at_once.update_at_once()  # else the step differs from run to run
    folder = Path(sys.argv[1])
    only = sys.argv[2:]
    refused = {}
    for case in cases():
        if only and not any(word in case.name for word in only):
            continue
        try:
            write(case, folder)
        except Exception as error:
            refused[case.name] = f"{type(error).__name__}: {error}"
    (folder / "refused.json").write_text(json.dumps(refused, indent=1))


if __name__ == "__main__":
    main()
