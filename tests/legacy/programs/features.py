# mypy: ignore-errors
# (It runs against Keras 1.2.2, which has no types, over names that the standard library has lost.)
"""What programs of 2016 do around their layers; runs in Keras 1.2.2."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import tensorflow as tf
from checks import check, run_all
from keras import backend as K
from keras import callbacks, objectives, optimizers
from keras.applications import VGG16, InceptionV3, ResNet50, Xception
from keras.layers import (
    LSTM,
    BatchNormalization,
    Convolution2D,
    Dense,
    Flatten,
    Input,
    Lambda,
    Merge,
    merge,
)
from keras.models import Model, Sequential, load_model, model_from_json, model_from_yaml
from keras.preprocessing.image import ImageDataGenerator, load_img
from keras.utils.data_utils import get_file
from keras.utils.layer_utils import convert_all_kernels_in_model
from keras.utils.np_utils import convert_kernel

from kerasmig.legacy import bridge

FOLDER = tempfile.mkdtemp()
X = np.random.RandomState(0).rand(20, 8, 8, 3)
Y = np.eye(2)[np.arange(20) % 2]


def small() -> Any:
    model = Sequential()
    model.add(Convolution2D(4, 3, 3, input_shape=(8, 8, 3), activation="relu"))
    model.add(BatchNormalization())
    model.add(Flatten())
    model.add(Dense(2, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


@check
def forked_children_work() -> list[int]:
    """First of all: a process that has not made a session yet forks one child per ordering; both predict."""
    codes = []
    for ordering, shape in (("tf", (8, 8, 3)), ("th", (3, 8, 8))):
        if (pid := os.fork()) == 0:
            code = 1
            try:
                bridge.reset(ordering)
                model = Sequential([Convolution2D(2, 3, 3, input_shape=shape), Flatten(), Dense(1)])
                model.compile("sgd", "mse")
                model.fit(np.ones((4, *shape)), np.ones((4, 1)), nb_epoch=1, verbose=0)
                code = 0
            finally:
                os._exit(code)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    return codes


@check
def identity() -> list[str]:
    return [keras.__version__, tf.__version__, K.backend(), tf.mul.__name__]


@check
def seed_case() -> list[list[Any]]:
    said = []
    for ordering in ("tf", "th"):
        bridge.reset(ordering)
        inputs = Input((1, 32, 32))
        model = Model(inputs, Convolution2D(10, 8, 8, border_mode="same")(inputs))
        predicted = model.predict(np.ones((2, 1, 32, 32))).shape
        said.append([list(model.output_shape), int(model.count_params()), list(predicted[1:])])
    return said


@check
def training_learns() -> list[bool]:
    model = small()
    history = model.fit(X, Y, nb_epoch=15, verbose=0).history
    return [history["loss"][-1] < history["loss"][0], "acc" in history]


@check
def a_saved_model_comes_back() -> bool:
    model, path = small(), f"{FOLDER}/model.h5"
    model.fit(X, Y, nb_epoch=1, verbose=0)
    model.save(path)
    again = load_model(path)
    again.fit(X, Y, nb_epoch=1, verbose=0)  # the optimizer's state too
    return np.allclose(load_model(path).predict(X), model.predict(X), atol=1e-6)


@check
def saved_weights_come_back() -> bool:
    model, again, path = small(), small(), f"{FOLDER}/weights.h5"
    model.save_weights(path)
    again.load_weights(path)
    same = np.allclose(model.predict(X), again.predict(X))
    again = small()
    again.load_weights(path, by_name=True)
    return bool(same)


@check
def attributes_and_values_of_h5py() -> list[Any]:
    with h5py.File(f"{FOLDER}/plain.h5", "w") as f:
        f.attrs["bytes"], f.attrs["text"] = b"name", "näme"
        f.attrs["names"] = [b"a", b"bc"]
        f["data"] = np.arange(3)
        names = [n.decode("utf8") for n in f.attrs["names"]]
        return [f.attrs["bytes"].decode("utf8"), f.attrs["text"], names, f["data"].value.tolist()]


@check
def configurations_come_back() -> int:
    model = small()
    assert model_from_yaml(model.to_yaml()).count_params() == model.count_params()
    inputs = Input((3,))
    doubled = Model(inputs, Lambda(lambda x: x * 2, output_shape=(3,))(inputs))
    return int(model_from_json(doubled.to_json()).predict(np.ones((1, 3)))[0, 0])


@check
def merging() -> list[list[int]]:
    a, b = Input((3,)), Input((3,))
    ones = [np.ones((2, 3))] * 2
    shapes = [
        list(Model([a, b], merge([a, b], mode=mode)).predict(ones).shape)
        for mode in ("sum", "mul", "concat", "ave", "max", "dot", "cos")
    ]
    branches = [Sequential([Dense(2, input_dim=3)]) for _ in range(2)]
    model = Sequential([Merge(branches, mode=lambda pair: pair[0] - pair[1], output_shape=(2,))])
    return [*shapes, list(model.predict(ones).shape)]


@check
def every_optimizer_steps() -> list[bool]:
    names = ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")
    moved = []
    for optimizer in (*names, optimizers.TFOptimizer(tf.train.GradientDescentOptimizer(0.1))):
        model = Sequential([Dense(2, input_dim=3)])
        model.compile(optimizer, "mse")
        before = model.get_weights()[0]
        model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
        moved.append(bool((model.get_weights()[0] != before).any()))
    return moved


@check
def every_loss_is_finite() -> list[str]:
    target, output = K.placeholder((None, 2)), K.placeholder((None, 2))
    odd = []
    for name in ["mse", "mae", "mape", "msle", "squared_hinge", "hinge", "binary_crossentropy", "kld", "poisson", "categorical_crossentropy", "cosine_proximity"]:  # fmt: skip
        loss = K.function([target, output], [objectives.get(name)(target, output)])
        if not np.isfinite(loss([Y, np.full_like(Y, 0.4)])[0]).all():
            odd.append(name)
    return odd


@check
def callbacks_and_generators() -> list[str]:
    generator = ImageDataGenerator(
        rotation_range=10, zoom_range=0.1, horizontal_flip=True, featurewise_center=True,
        zca_whitening=True, shear_range=0.1, channel_shift_range=0.1,
    )  # fmt: skip
    generator.fit(X)
    logs = Path(FOLDER, "logs")
    small().fit_generator(
        generator.flow(X, Y, batch_size=5), samples_per_epoch=20, nb_epoch=2, verbose=0, nb_worker=2,
        validation_data=(X, Y),
        callbacks=[
            callbacks.TensorBoard(str(logs), histogram_freq=1),
            callbacks.ModelCheckpoint(str(logs / "best.h5"), save_best_only=True),
            callbacks.CSVLogger(str(logs / "log.csv")),
            callbacks.ReduceLROnPlateau(),
            callbacks.EarlyStopping(),
        ],
    )  # fmt: skip
    return sorted(path.suffix for path in logs.iterdir() if "tfevents" not in path.name)


@check
def a_stateful_network_forgets_on_reset() -> list[bool]:
    model = Sequential([LSTM(4, batch_input_shape=(2, 3, 5), stateful=True)])
    x = np.ones((2, 3, 5))
    first, second = model.predict(x), model.predict(x)
    model.reset_states()
    return [bool(np.allclose(first, second)), bool(np.allclose(first, model.predict(x)))]


@check
def sessions_set_by_programs() -> bool:
    from keras.backend.tensorflow_backend import get_session, set_session

    tf.python.control_flow_ops = tf
    config = tf.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    session = tf.Session(config=config)
    set_session(session)
    small().predict(X)
    return get_session() is session


@check
def kernels_are_flipped() -> list[Any]:
    kernel = np.arange(9.0).reshape(3, 3, 1, 1)
    model = small()
    before = model.get_weights()[0]
    convert_all_kernels_in_model(model)
    flipped = bool(np.allclose(model.get_weights()[0], before[::-1, ::-1]))
    return [convert_kernel(kernel).ravel().tolist(), flipped]


@check
def pictures_are_resized_to_nearest_pixels() -> list[Any]:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.png"
        Image.fromarray(np.arange(0, 160, 10, dtype="uint8").reshape(4, 4)).save(path)
        picture = load_img(str(path), grayscale=True, target_size=(2, 4))
        return [list(load_img(str(path)).size), np.asarray(picture).tolist()]


@check
def float64_is_float64() -> list[str]:
    bridge.reset("th", floatx="float64")
    inputs = Input((3, 8, 8))
    model = Model(inputs, Convolution2D(1, 3, 3, init="one")(inputs))
    x = np.ones((1, 3, 8, 8))
    x[0, 0, 0, 0] += 1e-12  # lost in float32
    y = model.predict(x)
    return [str(y.dtype), f"{y[0, 0, 0, 0] - y[0, 0, 3, 3]:.1e}"]


@check
def reset_forgets() -> list[Any]:
    K.set_epsilon(0.5)
    K.set_learning_phase(1)
    K.set_image_dim_ordering("th")
    keras.utils.generic_utils.get_custom_objects()["mine"] = Dense
    first = small().layers[0].name
    bridge.reset("tf")
    second = small().layers[0].name
    assert "mine" not in keras.utils.generic_utils.get_custom_objects()
    assert K.learning_phase() not in (0, 1)
    return [first, second, K.epsilon(), K.image_dim_ordering()]


@check
def applications() -> dict[str, int]:
    counts = {"ResNet50 tf": ResNet50(weights=None).count_params()}
    counts["InceptionV3 tf"] = InceptionV3(weights=None).count_params()
    counts["Xception tf"] = Xception(weights=None).count_params()
    counts["VGG16 tf"] = VGG16(weights=None).count_params()
    bridge.reset("th")
    counts["ResNet50 th"] = ResNet50(weights=None).count_params()
    return {name: int(count) for name, count in counts.items()}


@check
def the_summary_reads_as_it_did() -> list[Any]:
    return [str(layer.output_shape) for layer in small().layers]


@check
def no_other_keras_hides_in_tensorflow() -> list[str]:
    errors = []
    for attempt in (lambda: tf.keras, lambda: __import__("tensorflow.keras"), lambda: tf.contrib):
        try:
            attempt()
        except (AttributeError, ImportError) as error:
            errors.append(type(error).__name__)
    return errors


@check
def downloads_go_to_our_cache() -> bool:
    origin = Path(FOLDER, "origin.txt")
    origin.write_text("content")
    path = get_file("kerasmig-test.txt", origin.as_uri())
    return Path(path).is_relative_to(os.environ["KERASMIG_CACHE_DIR"])


@check
def names_of_2016() -> list[Any]:
    import collections
    import inspect
    import time

    assert time.clock() >= 0
    assert issubclass(list, collections.Iterable)
    assert np.array([[1, 2], [3]]).dtype == object
    return [list(inspect.getargspec(lambda a, b=1: 0)), np.float is float, float(np.Inf)]


if __name__ == "__main__":
    run_all(bridge.reset)
