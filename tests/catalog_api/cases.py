"""Programs of Keras 1 that compute one result each, made from the catalog's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kerasmig.catalog import entries
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.objectives import LOSSES
from kerasmig.catalog.optimizers import OPTIMIZERS


@dataclass(frozen=True)
class Case:
    """A program of Keras 1.

    Args:
        name: says which row and which setting it is about.
        source: sets ``result``.
        tolerance: by how much results may differ, absolutely and relatively.
    """

    name: str
    source: str
    tolerance: float = 1e-5


_BACKEND = """\
import numpy as np
from keras import backend as K

def number(*shape):
    return (np.arange(np.prod(shape)).reshape(shape) * 0.37 % 1.9 - 0.6).astype('float32')

x = K.variable(number(3, 4))
y = K.variable(number(3, 4)[::-1] + 0.1)
p = K.variable(np.abs(number(3, 4)) / 2 + 0.01)
t = K.variable(np.eye(4, dtype='float32')[[1, 3, 0]])
one = K.variable(np.float32(0.5))
labels = K.variable(np.array([1, 3, 0]), dtype='int32')
image = K.variable(number(2, 6, 5, 3))
image_th = K.variable(number(2, 3, 6, 5))
volume = K.variable(number(2, 4, 5, 4, 3))
volume_th = K.variable(number(2, 3, 4, 5, 4))
sequence = K.variable(number(2, 5, 3))
"""

_XY = ("x, y",)
_REDUCE = ("x", "x, axis=-1", "x, axis=0, keepdims=True", "x, axis=[0, 1]", "x, 1")
CALLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ["abs", "exp", "round", "sign", "square", "sin", "cos", "sigmoid", "tanh"], ("x", "x=x")
    ),
    **dict.fromkeys(
        [
            "softplus",
            "softsign",
            "softmax",
            "elu",
            "sqrt",
            "zeros_like",
            "ones_like",
            "flatten",
            "transpose",
        ],
        ("x", "x=x"),
    ),
    "hard_sigmoid": ("x * 4",),
    "log": ("p",),
    **dict.fromkeys(["max", "min", "sum", "prod", "std"], _REDUCE),
    **dict.fromkeys(["mean", "var"], (*_REDUCE, "labels", "K.cast(x * 9, 'int32'), axis=1")),
    **dict.fromkeys(["any", "all"], ("K.round(x)", "K.round(x), axis=1")),
    **dict.fromkeys(
        ["equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal"], _XY
    ),
    **dict.fromkeys(["maximum", "minimum"], _XY),
    "dot": (
        "x, K.transpose(y)",
        "sequence, K.transpose(sequence[0])",
        "y=sequence, x=K.transpose(sequence[0])",
    ),
    "batch_dot": (
        "x, y, axes=1",
        "x, y, 1",
        "sequence, sequence, axes=(2, 2)",
        "sequence, sequence, axes=[1, 1]",
        "sequence, K.permute_dimensions(sequence, (0, 2, 1))",
    ),
    "pow": ("p, 2", "x=p, a=0.5"),
    "clip": (
        "K.cast(x * 9, 'int32'), -0.5, 3.5",
        "x, 0.1, 0.5",
        "x, min_value=0.1, max_value=None",
        "x, 0.2, None",
    ),
    "argmax": ("x", "x, axis=0", "x, 1"),
    "argmin": ("x", "x, axis=0"),
    "arange": ("5", "1, 7", "1, 7, 2", "4, dtype='float32'"),
    "concatenate": ("[x, y]", "[x, y], axis=0", "tensors=[x, y], axis=1"),
    "stack": ("[x, y]", "[x + 1, y]"),
    "reshape": ("x, (4, 3)", "x, shape=(2, -1)"),
    "permute_dimensions": ("sequence, (0, 2, 1)", "sequence, pattern=[2, 1, 0]"),
    "expand_dims": ("x", "x, 0", "x, dim=1"),
    "squeeze": ("K.expand_dims(x, 0), 0",),
    "gather": ("x, labels - labels", "reference=x, indices=labels - labels"),
    "one_hot": ("labels, 4", "indices=labels, nb_classes=5"),
    "reverse": ("x, 0", "x, axes=[0, 1]"),
    "repeat": ("x, 2", "x, n=3"),
    "repeat_elements": ("x, 2, 1", "x, rep=3, axis=0"),
    "tile": ("x, [2, 1]", "x, n=[1, 3]"),
    "l2_normalize": ("x, axis=1", "x, 0", "x, -1"),
    "relu": ("x", "x, 0.1", "x, alpha=0.2, max_value=0.5", "x, max_value=0.3"),
    "map_fn": ("lambda v: v * 2, x",),
    "eye": ("3",),
    "cast": ("x * 3, 'int32'", "x, dtype='float64'"),
    "zeros": ("(2, 3)", "shape=(2, 3), dtype='float64'", "(2,), name='z'"),
    "ones": ("(2, 3)",),
    "variable": ("number(2, 2)", "3", "[1, 2], dtype='int32', name='v'"),
    "cast_to_floatx": ("[1, 2]",),
    "get_value": ("x",),
    "eval": ("x + 1",),
    "int_shape": ("x", "x + y"),
    "get_variable_shape": ("x",),
    "count_params": ("x",),
    "dtype": ("K.cast(x, 'float64')",),
    "ndim": ("sequence",),
    "binary_crossentropy": ("p, K.round(p)", "output=x, target=t, from_logits=True"),
    "categorical_crossentropy": ("p, t", "x, t, from_logits=True", "target=t, output=p"),
    "sparse_categorical_crossentropy": ("p, labels", "x, labels, from_logits=True"),
    "in_top_k": ("p, labels, 2", "predictions=p, targets=labels, k=1"),
    "stop_gradient": ("x", "variables=x"),
    "batch_get_value": ("[x, y]",),
    "batch_flatten": ("sequence", "image"),
    "switch": (
        "K.sum(one) > 0, x, y",
        "K.sum(one) > 1, lambda: x, lambda: y",
        "K.cast(K.sum(one), 'int32'), x, y",
    ),
    "batch_normalization": ("x, one, p, one, p", "x, one, p, one, p, epsilon=0.1"),
    "normalize_batch_in_training": (
        "x, y[0], y[1], [0]",
        "image, K.variable(number(3)), K.variable(number(3)), [0, 1, 2], epsilon=0.1",
    ),
    "temporal_padding": ("sequence", "sequence, 2"),
    "asymmetric_temporal_padding": ("sequence", "sequence, 2, 0", "sequence, right_pad=3"),
    "spatial_2d_padding": ("image", "image, (2, 1), 'tf'", "image_th, dim_ordering='th'"),
    "asymmetric_spatial_2d_padding": ("image", "image_th, 1, 2, 3, 0, dim_ordering='th'"),
    "spatial_3d_padding": ("volume", "volume_th, (1, 2, 0), 'th'"),
    "resize_images": ("image, 2, 3, 'tf'", "image_th, 2, 1, dim_ordering='th'"),
    "resize_volumes": ("volume, 2, 1, 3, 'tf'", "volume_th, 1, 2, 1, 'th'"),
    "conv1d": (
        "sequence, K.variable(number(2, 3, 4))",
        "sequence, K.variable(number(2, 3, 4)), stride=2, border_mode='same'",
    ),
    "conv2d": (
        "image, K.variable(number(2, 3, 3, 4))",
        "image, K.variable(number(2, 3, 3, 4)), (2, 2), 'same'",
        "image_th, K.variable(number(4, 3, 2, 3)), border_mode='same', dim_ordering='th'",
        "image, K.variable(number(2, 2, 3, 4)), filter_dilation=(2, 2)",
    ),
    "atrous_conv2d": (
        "image, K.variable(number(2, 2, 3, 4)), 2",
        "image_th, K.variable(number(4, 3, 2, 2)), rate=2, border_mode='same', dim_ordering='th'",
    ),
    "conv3d": (
        "volume, K.variable(number(2, 2, 2, 3, 4))",
        "volume_th, K.variable(number(4, 3, 2, 2, 2)), border_mode='same', dim_ordering='th'",
    ),
    "deconv2d": (
        "image, K.variable(number(3, 3, 3, 4)), (2, 12, 10, 4), strides=(2, 2), border_mode='same'",
        "image, K.variable(number(3, 3, 3, 4)), (2, 13, 11, 4), strides=(2, 2)",
        "image, K.variable(number(3, 3, 3, 4)), (2, 14, 12, 4), strides=(2, 2)",
        "image, K.variable(number(2, 2, 3, 4)), (2, 11, 10, 4), strides=(2, 2), border_mode='same'",
        "image_th, K.variable(number(4, 3, 3, 3)), (2, 4, 13, 11), strides=(2, 2), "
        "dim_ordering='th'",
    ),
    "separable_conv2d": (
        "image, K.variable(number(2, 2, 3, 2)), K.variable(number(1, 1, 6, 4))",
        "image_th, K.variable(number(2, 3, 2, 2)), K.variable(number(4, 6, 1, 1)), "
        "border_mode='same', dim_ordering='th'",
    ),
    "pool2d": (
        "image, (2, 2)",
        "image, (2, 2), strides=(2, 2), border_mode='same', pool_mode='avg'",
        "image_th, (3, 2), (2, 1), dim_ordering='th'",
    ),
    "pool3d": ("volume, (2, 2, 2)", "volume_th, (2, 1, 2), pool_mode='avg', dim_ordering='th'"),
    "rnn": (
        "lambda v, states: (v + states[0], [v + states[0]]), sequence, [sequence[:, 0]]",
        "lambda v, s: (v * s[1] + s[0], [v]), sequence, [sequence[:, 0]], constants=[one], "
        "go_backwards=True, unroll=True",
    ),
    "foldl": ("lambda a, v: a + v, x",),
    "foldr": ("lambda a, v: a * 2 + v, x",),
    "is_sparse": ("x",),
    "to_dense": ("x",),
    "epsilon": ("",),
    "floatx": ("",),
    "backend": ("",),
    "is_keras_tensor": ("x - x",),
}
"""Arguments of the calls to try, by backend function."""

RANDOM: Mapping[str, tuple[str, ...]] = {
    "random_normal": ("(40000,)", "(40000,), 2.0, 0.5", "shape=(40000,), mean=1.0, std=3.0"),
    "random_uniform": ("(40000,)", "(40000,), -2.0, 3.0", "(40000,), low=1.0, high=2.0"),
    "random_binomial": ("(40000,), 0.3", "(40000,), p=0.9", "(40000,)"),
    "random_normal_variable": ("(40000,), 1.0, 0.2",),
    "random_uniform_variable": ("(40000,), low=1.0, high=3.0",),
    "dropout": ("K.ones_like(K.arange(40000, dtype='float32')), 0.4",),
}
"""Functions with random results: their mean and spread are compared."""

STATEMENTS: Mapping[str, str] = {
    "shape": "result = [K.shape(x)[0] * 1, K.shape(x)[1] * 1]",
    "set_value": "K.set_value(x, number(3, 4) * 2)\nresult = K.get_value(x)",
    "batch_set_value": "K.batch_set_value([(x, number(3, 4)), (y, number(3, 4))])\n"
    "result = K.batch_get_value([x, y])",
    "update": "K.eval(K.update(x, y * 1))\nresult = K.get_value(x)",
    "update_add": "K.eval(K.update_add(x, y))\nresult = K.get_value(x)",
    "update_sub": "K.eval(K.update_sub(x, y))\nresult = K.get_value(x)",
    "moving_average_update": "K.eval(K.moving_average_update(x, y, 0.9))\nresult = K.get_value(x)",
    "set_epsilon": "K.set_epsilon(e=0.01)\nresult = K.epsilon()\nK.set_epsilon(1e-7)",
    "set_floatx": "K.set_floatx('float64')\nresult = K.floatx()\nK.set_floatx(floatx='float32')",
}
"""Functions whose effect is compared, with the program that shows it."""

UNTRIED = {
    "placeholder": "symbolic",
    "get_uid": "counts what the process has made",
    "reset_uids": "no result",
    "clear_session": "no result",
    "ctc_batch_cost": "the same code in TensorFlow's Keras",
    "ctc_decode": "the same code in TensorFlow's Keras",
    "ctc_label_dense_to_sparse": "the same code in TensorFlow's Keras",
}
"""Rows of backend functions without an equality case, and why."""


def backend_cases() -> Iterator[Case]:
    """One case for each call of each backend function."""
    for name, calls in CALLS.items():
        for call in calls:
            yield Case(f"K.{name}({call})", f"{_BACKEND}result = K.{name}({call})\n")
    for name, calls in RANDOM.items():
        for call in calls:
            source = f"{_BACKEND}r = K.{name}({call})\nresult = [K.mean(r), K.std(r)]\n"
            yield Case(f"random K.{name}({call})", source, tolerance=0.05)
    for name, statement in STATEMENTS.items():
        yield Case(f"statement {name}", f"{_BACKEND}{statement}\n")


_TRAINING = """\
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras import optimizers, objectives, metrics, callbacks
X = (np.arange(32).reshape(8, 4) * 0.37 % 1.9 - 0.6).astype('float32')
Y = (np.arange(24).reshape(8, 3) * 0.53 % 1.7 - 0.4).astype('float32')
W = [(np.arange(12).reshape(4, 3) * 0.29 % 1.1 - 0.5).astype('float32'), np.zeros(3, 'float32')]
P = np.abs(Y) / Y.max() * 0.8 + 0.1
ONE_HOT = np.eye(3, dtype='float32')[np.arange(8) % 3]
BINARY = np.round(P)
"""

_FIVE_STEPS = """\
model = Sequential()
model.add(Dense(3, input_dim=4))
model.compile(optimizer={optimizer}, loss='mse')
model.set_weights(W)
for _ in range(5):
    model.train_on_batch(X, Y)
result = model.get_weights()
"""


def optimizer_cases() -> Iterator[Case]:
    """Weights after five steps, for each optimizer and each of its contract settings."""
    for name, entry in entries().items():
        if entry.rule != "optimizer":
            continue
        for setting in ("", *entry.contract):
            made = f"optimizers.{name.rpartition('.')[2]}({setting})"
            yield Case(made, _TRAINING + _FIVE_STEPS.format(optimizer=made), tolerance=2e-5)
    for string in OPTIMIZERS:
        source = _TRAINING + _FIVE_STEPS.format(optimizer=repr(string))
        yield Case(f"optimizer {string!r}", source, tolerance=2e-5)


_EVALUATE = """\
model = Sequential()
model.add(Activation('linear', input_shape=(3,)))
model.compile(optimizer='sgd', loss={loss}, metrics={metrics})
result = model.evaluate(P, {targets}, batch_size=8, verbose=0)
"""
_CLASSES = "np.arange(8)[:, None] % 3"


def _targets(name: str) -> str:
    if name.startswith("sparse"):
        return _CLASSES
    if name.startswith(("categorical", "top_k", "acc")):
        return "ONE_HOT"
    return "BINARY"


def loss_cases() -> Iterator[Case]:
    """The value of each loss, by name and as a function."""
    for name in LOSSES:
        source = _EVALUATE.format(loss=repr(name), metrics=None, targets=_targets(name))
        yield Case(f"loss {name!r}", _TRAINING + source)
    for name in entries():
        module, _, short = name.rpartition(".")
        if module == "keras.objectives" and short != "get":
            source = _EVALUATE.format(
                loss=f"objectives.{short}", metrics=None, targets=_targets(short)
            )
            yield Case(name, _TRAINING + source)


def metric_cases() -> Iterator[Case]:
    """The value of each metric, by name and as a function, and the key it is logged under."""
    settings = {f"metric {name!r}": (repr(name), name) for name in METRICS}
    for name in entries():
        module, _, short = name.rpartition(".")
        if module == "keras.metrics" and short != "get":
            settings[name] = (f"metrics.{short}", short)
    for title, (given, name) in settings.items():
        loss = "'sparse_categorical_crossentropy'" if name.startswith("sparse") else "'mse'"
        source = _EVALUATE.format(loss=loss, metrics=f"[{given}]", targets=_targets(name))
        yield Case(title, _TRAINING + source)
    for loss, targets in (("binary_crossentropy", "BINARY"), ("mse", "ONE_HOT")):
        source = _EVALUATE.format(loss=repr(loss), metrics="['accuracy']", targets=targets)
        yield Case(f"accuracy with {loss}", _TRAINING + source)


_PATIENCE = """\
model = Sequential()
model.add(Dense(3, input_dim=4))
model.compile(optimizer=optimizers.SGD(lr=0.0), loss='mse')
stop = callbacks.EarlyStopping(monitor='loss', {setting})
result = len(model.fit(X, Y, nb_epoch=12, verbose=0, shuffle=False, callbacks=[stop]).epoch)
"""


def callback_cases() -> Iterator[Case]:
    """After how many epochs training stops whose loss never changes."""
    for setting in entries()["keras.callbacks.EarlyStopping"].contract:
        source = _PATIENCE.format(setting=setting)
        yield Case(f"EarlyStopping({setting})", _TRAINING + source)


_FUNCTION = """\
from keras import backend as K
from keras.layers import BatchNormalization
model = Sequential()
model.add(Dense(3, input_dim=4, init='one'))
model.add(BatchNormalization())
model.add(Dense(3, activation='tanh', init='one'))
outputs = [model.layers[0].output, K.square(model.layers[-1].output)]
f = K.function([model.layers[0].input, K.learning_phase()], outputs)
middle = K.function([model.layers[1].input, K.learning_phase()], [model.layers[1].output])
result = f([X, 0]) + f([X, 1]) + middle([f([X, 0])[0], 0])
"""


def function_cases() -> Iterator[Case]:
    """Functions of a model's tensors, as when predicting and as in training."""
    yield Case("K.function", _TRAINING + _FUNCTION)


_DATA = """\
import numpy as np
from keras.utils import np_utils
from keras.preprocessing import image, sequence, text
from keras.applications import imagenet_utils
rows = np.array([[1, 0, 2], [2, 2, 1]])
probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
picture = (np.arange(4 * 5 * 3).reshape(4, 5, 3) % 7).astype('float32')
pictures = (np.arange(4 * 6 * 8 * 3).reshape(4, 6, 8, 3) * 0.37 % 5.3).astype('float32')
"""

DATA: Mapping[str, str] = {
    "to_categorical": "np_utils.to_categorical([1, 0, 2]), np_utils.to_categorical([1], nb_classes=3), "
    "np_utils.to_categorical(rows.astype('int32') % 3, 3), np_utils.to_categorical(2)",
    "normalize": "np_utils.normalize(probabilities), np_utils.normalize(a=rows, axis=0, order=1)",
    "accuracy": "np_utils.accuracy([1, 2, 3], [1, 2, 4])",
    "binary_logloss": "np_utils.binary_logloss([0.2, 0.9], [0, 1])",
    "multiclass_logloss": "np_utils.multiclass_logloss(probabilities, [1, 3])",
    "probas_to_classes": "np_utils.probas_to_classes(probabilities), "
    "np_utils.probas_to_classes(probabilities[:, 1:2])",
    "categorical_probas_to_classes": "np_utils.categorical_probas_to_classes(probabilities)",
    "conv_output_length": "[np_utils.conv_output_length(11, k, mode, s) for k in (2, 3) "
    "for mode in ('same', 'valid', 'full') for s in (1, 2)], "
    "np_utils.conv_output_length(11, 3, 'valid', 1, dilation=2)",
    "conv_input_length": "[np_utils.conv_input_length(11, k, mode, s) for k in (2, 3) "
    "for mode in ('same', 'valid', 'full') for s in (1, 2)]",
    "flip_axis": "image.flip_axis(picture, 1)",
    "transform_matrix_offset_center": "image.transform_matrix_offset_center(np.eye(3) * 2, 5, 7)",
    "random_channel_shift": "image.random_channel_shift(picture, 2.0, channel_axis=2)",
    "random_rotation": "image.random_rotation(picture, 20, row_axis=0, col_axis=1, channel_axis=2)",
    "random_shift": "image.random_shift(picture, 0.3, 0.2, 0, 1, 2)",
    "random_zoom": "image.random_zoom(picture, (0.8, 1.2), 0, 1, 2)",
    "pad_sequences": "sequence.pad_sequences([[1, 2, 3], [4]], maxlen=2)",
    "make_sampling_table": "sequence.make_sampling_table(10)",
    "text_to_word_sequence": "text.text_to_word_sequence(text='One two, one.')",
    "Tokenizer": "(lambda t: (t.fit_on_texts(['a b a', 'c a b']), "
    "t.texts_to_sequences(['b a d'])))(text.Tokenizer(nb_words=10))",
    "preprocess_input": "imagenet_utils.preprocess_input(picture[None] * 1), "
    "imagenet_utils.preprocess_input(picture.T[None] * 1, dim_ordering='th')",
    "array_to_img": "np.asarray(image.array_to_img(picture)), "
    "np.asarray(image.array_to_img(picture.T * 1, 'th', scale=False))",
    "img_to_array": "image.img_to_array(image.array_to_img(picture), dim_ordering='th')",
    "random_shear": "image.random_shear(picture, 0.4, 0, 1, 2)",
    "ImageDataGenerator": "next(image.ImageDataGenerator(rescale=0.5, samplewise_center=True, "
    "rotation_range=40, width_shift_range=0.2, height_shift_range=0.4, shear_range=0.3, "
    "zoom_range=0.2, channel_shift_range=2.0, horizontal_flip=True, vertical_flip=True, "
    "samplewise_std_normalization=True).flow(pictures, np.arange(4), batch_size=3))",
    "ImageDataGenerator th": "next(image.ImageDataGenerator(zoom_range=[0.5, 1.5], "
    "fill_mode='constant', cval=1.0, dim_ordering='th').flow(pictures.transpose(0, 3, 1, 2), "
    "seed=3, batch_size=3))",
    "ImageDataGenerator.fit": "(lambda g: (g.fit(pictures), g.standardize(pictures[0] * 1))[1])("
    "image.ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, "
    "zca_whitening=True))",
}
"""Expressions over data utilities, by the row they are about."""


def data_cases() -> Iterator[Case]:
    """Utilities on NumPy arrays."""
    for name, expression in DATA.items():
        # Whitening divides by the roots of singular values that are almost zero here.
        tolerance = 1e-2 if "zca" in expression else 1e-5
        yield Case(f"data {name}", f"{_DATA}result = {expression}\n", tolerance)


def all_cases() -> tuple[Case, ...]:
    """Every case."""
    return (
        *backend_cases(),
        *optimizer_cases(),
        *loss_cases(),
        *metric_cases(),
        *callback_cases(),
        *function_cases(),
        *data_cases(),
    )
