"""Does things with ``keras1_compat`` under Keras 3 and prints what came of them as JSON."""

from __future__ import annotations

import functools
import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LAYERS = {
    "MaxoutDense": "(3, kernel_regularizer='l2', kernel_constraint='max_norm')",
    "Highway": "(activation=c.hard_sigmoid, bias_regularizer='l1')",
    "ParametricSoftplus": "(0.3, shared_axes=[1])",
    "SReLU": "(a_left_init='he_normal')",
    "LocallyConnected1D": "(2, 3, activation='tanh', strides=2)",
    "LocallyConnected2D": "(2, (3, 2), data_format='channels_first')",
    "ActivityRegularization": "(l1=0.2, l2=0.1)",
    "SampleNormalization": "(epsilon=0.1, gamma_regularizer='l2')",
    "WordDropoutEmbedding": "(9, 4, dropout=0.3)",
    "Deconvolution2D": "(2, (3, 3), (None, 13, 9, 2), strides=(2, 2), padding='same')",
}
SHAPES: dict[str, tuple[int, ...]] = {
    "MaxoutDense": (4,),
    "Highway": (4,),
    "LocallyConnected1D": (8, 3),
    "LocallyConnected2D": (3, 5, 6),
    "WordDropoutEmbedding": (5,),
    "Deconvolution2D": (7, 5, 3),
}


def saved_and_loaded(keras: Any, c: Any, name: str) -> list[float]:
    """Greatest difference of outputs and of penalties before and after saving a model."""
    shape = SHAPES.get(name, (6, 4))
    layer = eval(f"c.{name}{LAYERS[name]}", {"c": c})
    model = keras.Sequential([keras.Input(shape), layer])
    layer.set_weights([np.random.uniform(0.1, 1, w.shape) for w in layer.weights])
    data = (
        np.random.randint(0, 9, (2, *shape)) if "Embedding" in name else np.random.rand(2, *shape)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        again = keras.models.load_model(path)
    before, after = (keras.ops.convert_to_numpy(m(data)) for m in (model, again))
    penalties = [float(sum(float(loss) for loss in m.losses)) for m in (model, again)]
    return [float(np.abs(before - after).max()), abs(penalties[0] - penalties[1])]


def weights_given(keras: Any, c: Any) -> dict[str, bool]:
    """Whether layers made with weights of Keras 1 hold them, in today's layout."""
    random = np.random.RandomState(0)

    def array(*shape: int) -> Any:
        return random.normal(size=shape).astype("float32")

    def holds(layer: Any, shape: tuple[int, ...], given: list[Any], wanted: list[Any]) -> bool:
        model = keras.Sequential([keras.Input(shape), c.with_weights(layer, given)])
        held = model.layers[-1].get_weights()
        return all(np.array_equal(h, w) for h, w in zip(held, wanted, strict=True))

    w, b = array(4, 3), array(3)
    kernel, bias = array(5, 3, 2, 4), array(5)  # th: filters, channels, rows, columns
    moved = np.transpose(kernel, (2, 3, 1, 0))
    line, deconvolution = array(3, 1, 4, 5), array(2, 4, 3, 5)
    gates = {g: [array(3, 2), array(2, 2), array(2)] for g in "icfo"}
    gated = [a for g in "icfo" for a in gates[g]]
    joined = [np.concatenate([gates[g][i] for g in "ifco"], axis=-1) for i in range(3)]
    layers = keras.layers
    return {
        "Dense": holds(layers.Dense(3), (4,), [w, b], [w, b]),
        "Conv2D channels_first": holds(
            layers.Conv2D(5, (2, 4), data_format="channels_first"),
            (3, 6, 6), [kernel, bias], [moved, bias],
        ),
        "Conv1D": holds(layers.Conv1D(5, 3), (6, 4), [line, bias], [line[:, 0], bias]),
        "Conv2DTranspose": holds(
            layers.Conv2DTranspose(5, (2, 4)), (6, 6, 3),
            [deconvolution, bias], [deconvolution.swapaxes(2, 3), bias],
        ),
        "LSTM": holds(layers.LSTM(2), (4, 3), gated, joined),
        "none": c.with_weights(layers.Dense(3), None).built is False,
    }  # fmt: skip


def word_dropout(keras: Any, c: Any) -> dict[str, Any]:
    """How an embedding drops words: whole rows, alike wherever the word stands."""
    layer = c.WordDropoutEmbedding(2000, 4, dropout=0.25, embeddings_initializer="ones")
    words = np.stack([np.arange(2000)] * 2)
    trained = keras.ops.convert_to_numpy(layer(words, training=True))
    return {
        "values": sorted({round(float(v), 4) for v in np.unique(trained)}),
        "alike": bool(np.array_equal(trained[0], trained[1])),
        "dropped": float(np.mean(trained[0, :, 0] == 0)),
        "inference": float(np.ptp(layer(words, training=False))),
    }


def old_initialisers(keras: Any, c: Any) -> dict[str, Any]:
    """Functions written for Keras 1 as initializers of Keras 3."""
    seen: list[str] = []

    def small(shape: Any, name: Any = None) -> Any:
        return c.normal(shape, scale=0.01, name=name)

    def ordered(shape: Any, name: Any = None, dim_ordering: str = "th") -> Any:
        seen.append(dim_ordering)
        return np.ones(shape)

    dense = keras.layers.Dense(300, kernel_initializer=c.adapt_initializer(small))
    dense.build((None, 300))
    convolution = keras.layers.Conv2D(2, 3, kernel_initializer=c.adapt_initializer(ordered))
    convolution.build((None, 5, 5, 1))
    lstm = keras.layers.LSTM(3, bias_initializer=c.ForgetBias("one"), unit_forget_bias=False)
    lstm.build((None, 2, 2))
    return {
        "deviation": float(np.std(dense.get_weights()[0])),
        "ordering": seen,
        "bias": lstm.get_weights()[2].tolist(),
    }


def penalties(keras: Any, c: Any) -> dict[str, float]:
    """Activity penalties of a batch of four, with and without the division by the batch size."""
    data = np.full((4, 5), 2.0, dtype="float32")
    found = {}
    penalties = {"new": "l2", "old": c.SumOverBatch("l2"), "none": c.SumOverBatch(None)}
    for name, regularizer in penalties.items():
        layer = keras.layers.Activation("linear", activity_regularizer=regularizer)
        layer(data)
        found[name] = float(layer.losses[0])
    return found


def constraint_axes(keras: Any, c: Any) -> dict[str, Any]:
    """Axes of constraints that an adapter got with the axes of Keras 1, and of the one given."""
    given = keras.constraints.MaxNorm(2)

    def axis(adapter: Any, data_format: str, constraint: Any) -> Any:
        sizes = (3,) * (3 if adapter is c.keras1_Convolution3D else 2)
        layer = adapter(4, *sizes, data_format=data_format, W_constraint=constraint)
        return layer.kernel_constraint.axis

    several = keras.constraints.MaxNorm(2, axis=[1, 2, 3])
    return {
        "first": axis(c.keras1_Convolution2D, "channels_first", given),
        "by name": axis(c.keras1_Convolution2D, "channels_first", "maxnorm"),
        "several": axis(c.keras1_Convolution2D, "channels_first", several),
        "volumes": axis(c.keras1_Convolution3D, "channels_first", given),
        "last": axis(c.keras1_Convolution2D, "channels_last", given),
        "given": given.axis,
    }


def ends(keras: Any, c: Any) -> dict[str, Any]:
    """Ends of a Sequential that was never called, of a model and of a layer; what else resets."""
    layer = keras.layers.Dense(3)
    sequential = keras.Sequential([keras.Input((2,)), layer])
    model = keras.Model(sequential.inputs, sequential.outputs)

    class Process:
        resets = 0

        def reset_states(self) -> None:
            self.resets += 1

    process = Process()
    c.reset_states(process)
    return {
        "outputs": [list(c.output_of(thing).shape) for thing in (sequential, model, layer)],
        "inputs": [list(c.input_of(thing).shape) for thing in (sequential, model, layer)],
        "resets": process.resets,
        "restored": _restored(keras, c),
        "weights": _weights_found(c),
        "patterns": _patterns(c),
        "copied": _copied(keras, c),
        "files": [c.model_path(name) for name in ("net", "net.h5", "net.keras", "net.hdf5")],
    }


def _weights_found(c: Any) -> list[str]:
    """Which file is read: there is none, the old one, both, the new one."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "net.h5"), Path(folder, "net.weights.h5")
        found.append(c.saved_weights_path(str(old)))
        for change in (old.touch, new.touch, old.unlink):
            change()
            found.append(c.saved_weights_path(str(old)))
        whole = Path(folder, "best.keras")  # as ModelCheckpoint("best") writes it today
        whole.touch()
        found.append(c.saved_weights_path(str(whole.with_suffix(""))))
    return [Path(name).name for name in found]


def _patterns(c: Any) -> list[str]:
    """What is looked for: there is nothing, an old file, one of today."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        pattern = str(Path(folder, "w.*.hdf5"))
        found.append(c.saved_pattern(pattern))
        for name in ("w.01.hdf5", "w.01.keras", "w.02.weights.h5"):
            Path(folder, name).touch()
            found.append(c.saved_pattern(pattern))
    return [Path(name).name for name in found]


def _copied(keras: Any, c: Any) -> list[float]:
    """Today's weights and model, under names that something has given to a copy."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="d")])
    model.set_weights([np.ones((2, 1)), np.ones(1)])
    found = []
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(Path(folder, "w.weights.h5"))
        model.save(Path(folder, "w.keras"))
        for name, copy in (("w.weights.h5", "best.h5"), ("w.keras", "best.hdf5")):
            shutil.copy(Path(folder, name), Path(folder, copy))
            for by_name in (False, True) if name != "w.keras" else (False,):
                model.set_weights([np.zeros((2, 1)), np.zeros(1)])
                c.load_keras1_weights(model, str(Path(folder, copy)), by_name=by_name)
                found.append(float(model(np.ones((1, 2)))[0, 0]))
    return found


def _restored(keras: Any, c: Any) -> list[list[float]]:
    """Outputs of a Sequential and of a functional model made of the configurations of such."""
    x = np.ones((1, 2), dtype="float32")
    first = keras.Input((2,))
    doubled = keras.layers.Lambda(lambda t: t * 2, output_shape=(2,))
    models = [keras.Sequential([first, doubled]), keras.Model(first, doubled(first))]
    return [
        np.asarray(
            c.model_from_config({"class_name": type(m).__name__, "config": m.get_config()})(x)
        )
        .ravel()
        .tolist()
        for m in models
    ]


def main() -> None:
    """Do everything; print JSON."""
    import keras

    c = importlib.import_module("keras1_compat")
    checks: dict[str, Callable[[], Any]] = {
        "weights": lambda: weights_given(keras, c),
        "word dropout": lambda: word_dropout(keras, c),
        "initialisers": lambda: old_initialisers(keras, c),
        "penalties": lambda: penalties(keras, c),
        "constraint axes": lambda: constraint_axes(keras, c),
        "ends": lambda: ends(keras, c),
    }
    for name in LAYERS:
        checks[f"saved {name}"] = functools.partial(saved_and_loaded, keras, c, name)
    results: dict[str, Any] = {}
    for name, check in checks.items():
        try:
            results[name] = check()
        except Exception as error:
            results[name] = f"{type(error).__name__}: {error}"
    print(json.dumps(results))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
