"""Small old and new models side by side, for the tests: right migrations, and wrong ones.

Each entry is the body of a builder function, old and new; `module` makes a file of many of them,
so that one process verifies them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

OLD_IMPORTS = """
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential
from keras.optimizers import SGD, Adam, RMSprop
from keras.regularizers import l2, activity_l2
"""
NEW_IMPORTS = """
import keras
from keras import ops
from keras.layers import *
from keras.models import Model, Sequential
from keras.optimizers import SGD, Adam, RMSprop
from keras.regularizers import L2, l2


@keras.saving.register_keras_serializable()  # Bidirectional makes its layers from configurations
def old_hard_sigmoid(x):
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)
"""


def module(imports: str, bodies: Mapping[str, str]) -> str:
    """A file with one function a body."""
    parts = [imports]
    for name, body in bodies.items():
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        parts.append(f"\n\ndef {name}():\n{lines}\n")
    return "".join(parts)


def sequential(*layers: str) -> str:
    """A Sequential model of these layers."""
    return "\n".join(["m = Sequential()", *(f"m.add({layer})" for layer in layers), "return m"])


def functional(shape: str, *lines: str) -> str:
    """A functional model: `x` goes through the lines."""
    return "\n".join([f"i = x = Input(shape={shape})", *lines, "return Model(i, x)"])


_MEAN_OLD = "x = GlobalAveragePooling2D()(x)"

# name: (old, new)
LAYERS: dict[str, tuple[str, str]] = {
    "conv2d_th": (
        functional("(3, 12, 10)", "x = Convolution2D(4, 3, 2, dim_ordering='th')(x)"),
        functional("(3, 12, 10)", "x = Conv2D(4, (3, 2), data_format='channels_first')(x)"),
    ),
    "conv2d_tf": (
        sequential("Convolution2D(4, 3, 2, subsample=(2, 1), input_shape=(12, 10, 3))"),
        sequential("Input((12, 10, 3))", "Conv2D(4, (3, 2), strides=(2, 1))"),
    ),
    "atrous_th": (
        functional(
            "(3, 12, 10)",
            "x = AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), dim_ordering='th')(x)",
        ),
        functional(
            "(3, 12, 10)",
            "x = Conv2D(4, (3, 3), dilation_rate=(2, 2), data_format='channels_first')(x)",
        ),
    ),
    "deconv2d_tf": (
        functional(
            "(5, 6, 3)",
            "x = Deconvolution2D(4, 3, 3, output_shape=(None, 10, 12, 4), subsample=(2, 2),"
            " border_mode='same')(x)",
        ),
        functional(
            "(5, 6, 3)", "x = Conv2DTranspose(4, (3, 3), strides=(2, 2), padding='same')(x)"
        ),
    ),
    "deconv2d_th": (
        functional(
            "(3, 5, 6)",
            "x = Deconvolution2D(4, 3, 2, output_shape=(None, 4, 7, 7), dim_ordering='th')(x)",
        ),
        functional("(3, 5, 6)", "x = Conv2DTranspose(4, (3, 2), data_format='channels_first')(x)"),
    ),
    "separable": (
        functional("(9, 8, 3)", "x = SeparableConvolution2D(5, 3, 3, depth_multiplier=2)(x)"),
        functional("(9, 8, 3)", "x = SeparableConv2D(5, (3, 3), depth_multiplier=2)(x)"),
    ),
    "conv3d_th": (
        functional("(2, 6, 7, 8)", "x = Convolution3D(3, 2, 3, 2, dim_ordering='th')(x)"),
        functional("(2, 6, 7, 8)", "x = Conv3D(3, (2, 3, 2), data_format='channels_first')(x)"),
    ),
    "conv1d": (
        sequential("Convolution1D(4, 3, subsample_length=2, input_shape=(11, 5))"),
        sequential("Input((11, 5))", "Conv1D(4, 3, strides=2)"),
    ),
    "batchnorm_th_default_axis": (
        functional("(3, 6, 5)", "x = BatchNormalization()(x)"),
        functional("(3, 6, 5)", "x = BatchNormalization()(x)"),
    ),
    "batchnorm_mode2": (
        functional("(3, 6, 5)", "x = BatchNormalization(mode=2, axis=1)(x)"),
        # predict and fit override training=True given at the call: the layer has to insist.
        functional(
            "(3, 6, 5)",
            "class Insisting(BatchNormalization):",
            "    def call(self, inputs, training=None, mask=None):",
            "        return super().call(inputs, training=True, mask=mask)",
            "x = Insisting(axis=1)(x)",
        ),
    ),
    "lstm": (
        sequential("LSTM(4, input_shape=(6, 3), return_sequences=True)", "LSTM(3)"),
        sequential(
            "Input((6, 3))",
            "LSTM(4, recurrent_activation=old_hard_sigmoid, return_sequences=True)",
            "LSTM(3, recurrent_activation=old_hard_sigmoid)",
        ),
    ),
    "lstm_gpu": (
        sequential("LSTM(4, consume_less='gpu', input_shape=(6, 3))"),
        sequential("Input((6, 3))", "LSTM(4, recurrent_activation=old_hard_sigmoid)"),
    ),
    "lstm_stateful": (
        sequential("LSTM(4, stateful=True, batch_input_shape=(2, 6, 3))"),
        sequential(
            "Input(batch_shape=(2, 6, 3))",
            "LSTM(4, recurrent_activation=old_hard_sigmoid, stateful=True)",
        ),
    ),
    "gru": (
        sequential("GRU(4, input_shape=(6, 3))"),
        sequential(
            "Input((6, 3))", "GRU(4, recurrent_activation=old_hard_sigmoid, reset_after=False)"
        ),
    ),
    "simple_rnn": (
        sequential("SimpleRNN(4, go_backwards=True, input_shape=(6, 3))"),
        sequential("Input((6, 3))", "SimpleRNN(4, go_backwards=True)"),
    ),
    "bidirectional": (
        sequential("Bidirectional(LSTM(4, return_sequences=True), input_shape=(6, 3))"),
        sequential(
            "Input((6, 3))",
            "Bidirectional(LSTM(4, recurrent_activation=old_hard_sigmoid, return_sequences=True))",
        ),
    ),
    "convlstm_tf": (
        sequential("ConvLSTM2D(2, 3, 3, border_mode='same', input_shape=(4, 6, 5, 2))"),
        sequential(
            "Input((4, 6, 5, 2))",
            "ConvLSTM2D(2, (3, 3), padding='same', recurrent_activation=old_hard_sigmoid)",
        ),
    ),
    "time_distributed": (
        sequential("TimeDistributed(Dense(4), input_shape=(6, 3))"),
        sequential("Input((6, 3))", "TimeDistributed(Dense(4))"),
    ),
    "time_distributed_model": (
        "inner = Sequential()\n"
        "inner.add(Convolution2D(2, 3, 3, input_shape=(7, 6, 1)))\n"
        "inner.add(Flatten())\n" + sequential("TimeDistributed(inner, input_shape=(3, 7, 6, 1))"),
        "inner = Sequential([Input((7, 6, 1)), Conv2D(2, (3, 3)), Flatten()])\n"
        + sequential("Input((3, 7, 6, 1))", "TimeDistributed(inner)"),
    ),
    "embedding_masked": (
        sequential("Embedding(20, 4, input_length=8, mask_zero=True)", "LSTM(3)"),
        sequential(
            "Input((8,))",
            "Embedding(20, 4, mask_zero=True)",
            "LSTM(3, recurrent_activation=old_hard_sigmoid)",
        ),
    ),
    "prelu": (
        functional("(5, 4)", "x = PReLU()(x)"),
        functional("(5, 4)", "x = PReLU()(x)"),
    ),
    "shared": (
        "a, b = Input((5,)), Input((5,))\nd = Dense(3)\n"
        "return Model([a, b], merge([d(a), d(b)], mode='concat'))",
        "a, b = Input((5,)), Input((5,))\nd = Dense(3)\n"
        "return Model([a, b], concatenate([d(a), d(b)]))",
    ),
    "nested": (
        "inner = Sequential()\ninner.add(Dense(3, input_dim=5))\n"
        "a, b = Input((5,)), Input((5,))\n"
        "return Model(input=[a, b], output=merge([inner(a), inner(b)], mode='mul'))",
        "inner = Sequential([Input((5,)), Dense(3)])\n"
        "a, b = Input((5,)), Input((5,))\n"
        "return Model([a, b], multiply([inner(a), inner(b)]))",
    ),
    "merge_of_sequentials": (
        "a, b = Sequential(), Sequential()\n"
        "a.add(Dense(3, input_dim=4))\nb.add(Dense(3, input_dim=5))\n"
        + sequential("Merge([a, b], mode='sum')", "Dense(2)"),
        "a = Sequential([Input((4,)), Dense(3)])\nb = Sequential([Input((5,)), Dense(3)])\n"
        "x = Dense(2)(add([a.outputs[0], b.outputs[0]]))\nreturn Model([a.inputs[0], b.inputs[0]], x)",
    ),
    "branches_and_outputs": (
        "i = Input((4,))\na = Dense(3, activation='relu')(i)\nb = Dense(3)(i)\n"
        "return Model(i, [merge([b, a], mode='max'), Dense(2)(a)])",
        "i = Input((4,))\nb = Dense(3)(i)\na = Activation('relu')(Dense(3)(i))\n"
        "return Model(i, [maximum([b, a]), Dense(2)(a)])",
    ),
    "open_sizes": (
        functional("(None, None, 3)", "x = Convolution2D(2, 3, 3)(x)", _MEAN_OLD),
        functional("(None, None, 3)", "x = Conv2D(2, (3, 3))(x)", _MEAN_OLD),
    ),
    "passes_on": (
        sequential("Dense(3, input_dim=4)", "ActivityRegularization(l2=0.01)", "Dense(2)"),
        sequential("Input((4,))", "Dense(3)", "ActivityRegularization(l2=0.01)", "Dense(2)"),
    ),
    "padding_full": (
        sequential("Convolution1D(4, 3, border_mode='valid', input_shape=(9, 2))", "Dropout(0.3)"),
        sequential("Input((9, 2))", "Conv1D(4, 3)", "Dropout(0.3)"),
    ),
}

_CONV_OLD = sequential(
    "Convolution2D(4, 3, 2, border_mode='same', subsample=(2, 1), activation='relu',"
    " W_regularizer=l2(0.01), dim_ordering='th', input_shape=(3, 8, 6))",
    "BatchNormalization(axis=1, epsilon=1e-3)",
    "MaxPooling2D((2, 2), dim_ordering='th')",
    "Flatten()",
    "Dropout(0.25)",
    "Dense(3, activation='softmax')",
).replace(
    "return m",
    "m.compile(SGD(lr=0.05, momentum=0.9, decay=1e-4), 'categorical_crossentropy')\nreturn m",
)
_CONV_NEW = sequential(
    "Input((3, 8, 6))",
    "Conv2D(4, (3, 2), padding='same', strides=(2, 1), activation='relu',"
    " kernel_regularizer=l2(0.01), data_format='channels_first')",
    "BatchNormalization(axis=1, epsilon=1e-3)",
    "MaxPooling2D((2, 2), data_format='channels_first')",
    "Flatten()",
    "Dropout(0.25)",
    "Dense(3, activation='softmax')",
).replace(
    "return m",
    "m.compile(SGD(keras.optimizers.schedules.InverseTimeDecay(0.05, 1, 1e-4), momentum=0.9),"
    " 'categorical_crossentropy')\nreturn m",
)
_RNN_OLD = (
    LAYERS["lstm"][0]
    .replace("LSTM(3)", "GRU(3, go_backwards=True)")
    .replace("return m", "m.compile(Adam(lr=0.01), 'mse')\nreturn m")
)
_RNN_NEW = sequential(
    "Input((6, 3))",
    "LSTM(4, recurrent_activation=old_hard_sigmoid, return_sequences=True)",
    "GRU(3, recurrent_activation=old_hard_sigmoid, reset_after=False, go_backwards=True)",
).replace("return m", "m.compile(Adam(0.01, epsilon=1e-8), 'mse')\nreturn m")
_GRAPH_OLD = (
    "a, b = Input((6, 5, 4)), Input((6, 5, 4))\n"
    "shared = Convolution2D(4, 3, 3, border_mode='same')\n"
    "x = merge([shared(a), shared(b)], mode='concat', concat_axis=-1)\n"
    "x = UpSampling2D((2, 1))(x)\n"
    "x = Deconvolution2D(4, 2, 2, output_shape=(None, 24, 10, 4), subsample=(2, 2))(x)\n"
    "x = LeakyReLU(0.2)(x)\n"
    "y = GlobalAveragePooling2D()(x)\n"
    "z = GlobalMaxPooling2D()(x)\n"
    "x = merge([y, z], mode='sum')\n"
    "m = Model([a, b], Dense(2, activation='hard_sigmoid')(x))\n"
    "m.compile(Adam(), 'mse')\nreturn m"
)
_GRAPH_NEW = (
    "a, b = Input((6, 5, 4)), Input((6, 5, 4))\n"
    "shared = Conv2D(4, (3, 3), padding='same')\n"
    "x = concatenate([shared(a), shared(b)], axis=-1)\n"
    "x = UpSampling2D((2, 1))(x)\n"
    "x = Conv2DTranspose(4, (2, 2), strides=(2, 2))(x)\n"
    "x = LeakyReLU(negative_slope=0.2)(x)\n"
    "y = GlobalAveragePooling2D()(x)\n"
    "z = GlobalMaxPooling2D()(x)\n"
    "x = add([y, z])\n"
    "m = Model([a, b], Dense(2, activation=old_hard_sigmoid)(x))\n"
    "m.compile(Adam(epsilon=1e-8), 'mse')\nreturn m"
)
_SPATIAL_OLD = functional(
    "(9, 8, 3)",
    "x = ZeroPadding2D((1, 2))(x)",
    "x = AveragePooling2D((2, 2), strides=(1, 1), border_mode='same')(x)",
    "x = Cropping2D(((1, 0), (0, 2)))(x)",
    "x = AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), bias=False)(x)",
    "x = BatchNormalization()(x)",
    "x = PReLU()(x)",
    "x = Permute((2, 1, 3))(x)",
    "x = Reshape((-1, 3))(x)",
    "x = Convolution1D(2, 3, activation='tanh')(x)",
    "x = Flatten()(x)",
)
_SPATIAL_NEW = functional(
    "(9, 8, 3)",
    "x = ZeroPadding2D((1, 2))(x)",
    "x = AveragePooling2D((2, 2), strides=(1, 1), padding='same')(x)",
    "x = Cropping2D(((1, 0), (0, 2)))(x)",
    "x = Conv2D(3, (2, 2), dilation_rate=(2, 2), use_bias=False)(x)",
    "x = BatchNormalization()(x)",
    "x = PReLU()(x)",
    "x = Permute((2, 1, 3))(x)",
    "x = Reshape((-1, 3))(x)",
    "x = Conv1D(2, 3, activation='tanh')(x)",
    "x = Flatten()(x)",
)

RIGHT: dict[str, tuple[str, str]] = {
    "conv": (_CONV_OLD, _CONV_NEW),
    "rnn": (_RNN_OLD, _RNN_NEW),
    "graph": (_GRAPH_OLD, _GRAPH_NEW),
    "spatial": (_SPATIAL_OLD, _SPATIAL_NEW),
}

# name: (base, what is replaced, by what); the first of the levels that must see it
MUTATIONS: dict[str, tuple[str, str, str, str]] = {
    "data_format_lost": ("conv", ", data_format='channels_first'))\nm.add(Batch", "))\nm.add(Batch", "shapes"),
    "padding_lost": ("conv", "padding='same', ", "", "shapes"),
    "stride_lost": ("conv", "strides=(2, 1), ", "", "shapes"),
    "strides_swapped": ("conv", "strides=(2, 1)", "strides=(1, 2)", "shapes"),
    "kernel_sides_swapped": ("conv", "(3, 2), padding", "(2, 3), padding", "shapes"),
    "filters_changed": ("conv", "Conv2D(4,", "Conv2D(6,", "shapes"),
    "batchnorm_axis": ("conv", "BatchNormalization(axis=1", "BatchNormalization(axis=-1", "shapes"),
    "batchnorm_epsilon": ("conv", "epsilon=1e-3", "epsilon=1e-5", "shapes"),
    "batchnorm_momentum": ("conv", "epsilon=1e-3", "momentum=0.9", "shapes"),
    "batchnorm_lost": ("conv", "m.add(BatchNormalization(axis=1, epsilon=1e-3))\n", "", "shapes"),
    "batchnorm_training": ("spatial", "BatchNormalization()(x)", "LayerNormalization()(x)", "shapes"),
    "pool_format": ("conv", "MaxPooling2D((2, 2), data_format='channels_first')", "MaxPooling2D((2, 2))", "shapes"),
    "pool_kind": ("conv", "MaxPooling2D", "AveragePooling2D", "outputs"),
    "flatten_format": ("conv", "Flatten()", "Flatten(data_format='channels_first')", "outputs"),
    "dropout_rate": ("conv", "Dropout(0.25)", "Dropout(0.5)", "shapes"),
    "activation_lost": ("conv", "activation='relu',", "", "outputs"),
    "activation_changed": ("conv", "activation='softmax'", "activation='sigmoid'", "outputs"),
    "regularizer_lost": ("conv", " kernel_regularizer=l2(0.01),", "", "training"),
    "regularizer_size": ("conv", "l2(0.01)", "l2(0.02)", "training"),
    "learning_rate": ("conv", "InverseTimeDecay(0.05", "InverseTimeDecay(0.01", "training"),
    "decay_lost": ("conv", "keras.optimizers.schedules.InverseTimeDecay(0.05, 1, 1e-4)", "0.05", "training"),
    "momentum_lost": ("conv", ", momentum=0.9", "", "training"),
    "loss_changed": ("conv", "'categorical_crossentropy'", "'mse'", "training"),
    "optimizer_changed": ("conv", "m.compile(SGD(", "m.compile(RMSprop(", "training"),
    "trainable_lost": ("conv", "m.compile", "m.layers[0].trainable = False\nm.compile", "shapes"),
    "not_compiled": ("graph", "m.compile(Adam(epsilon=1e-8), 'mse')\n", "", "training"),
    "recurrent_default": ("rnn", "LSTM(4, recurrent_activation=old_hard_sigmoid", "LSTM(4", "outputs"),
    "hard_sigmoid_of_keras3": ("rnn", "GRU(3, recurrent_activation=old_hard_sigmoid", "GRU(3, recurrent_activation='hard_sigmoid'", "outputs"),
    "gru_reset_after": ("rnn", "reset_after=False, ", "", "shapes"),
    "go_backwards_lost": ("rnn", ", go_backwards=True", "", "outputs"),
    "return_sequences": ("rnn", "GRU(3,", "GRU(3, return_sequences=True,", "shapes"),
    "unit_forget": ("rnn", "LSTM(4,", "LSTM(4, use_bias=False,", "shapes"),
    "adam_epsilon": ("rnn", ", epsilon=1e-8", "", "training"),
    "shared_layer_duplicated": ("graph", "shared(b)", "Conv2D(4, (3, 3), padding='same')(b)", "shapes"),
    "merge_order": ("graph", "[shared(a), shared(b)], axis", "[shared(b), shared(a)], axis", "outputs"),
    "merge_axis": ("graph", "axis=-1", "axis=1", "shapes"),
    "merge_mode": ("graph", "add([y, z])", "multiply([y, z])", "outputs"),
    "merge_average": ("graph", "add([y, z])", "average([y, z])", "outputs"),
    "upsampling_sides": ("graph", "UpSampling2D((2, 1))", "UpSampling2D((1, 2))", "shapes"),
    "upsampling_interpolation": ("graph", "UpSampling2D((2, 1))", "UpSampling2D((2, 1), interpolation='bilinear')", "outputs"),
    "leaky_slope": ("graph", "negative_slope=0.2", "", "outputs"),
    "output_activation": ("graph", "activation=old_hard_sigmoid", "activation='hard_sigmoid'", "outputs"),
    "inputs_swapped": ("graph", "Model([a, b]", "Model([b, a]", "outputs"),
    "padding_sides": ("spatial", "ZeroPadding2D((1, 2))", "ZeroPadding2D((2, 1))", "shapes"),
    "pool_strides": ("spatial", "strides=(1, 1), padding", "padding", "shapes"),
    "cropping": ("spatial", "((1, 0), (0, 2))", "((0, 1), (0, 2))", "outputs"),
    "dilation_lost": ("spatial", "dilation_rate=(2, 2), ", "", "shapes"),
    "bias_added": ("spatial", ", use_bias=False", "", "shapes"),
    "permute": ("spatial", "Permute((2, 1, 3))", "Permute((1, 2, 3))", "outputs"),
    "activation_linear": ("spatial", ", activation='tanh'", "", "outputs"),
    "prelu_lost": ("spatial", "x = PReLU()(x)\n", "", "shapes"),
}  # fmt: skip

MUTANTS_A_FILE = 4
"""TensorFlow 1 goes through the whole graph of a program for each model that trains in it, so that
the time of a file grows with the square of its models."""


def files_of_mutants() -> dict[str, str]:
    """The file that each mutation goes to, with a few others of its base."""
    placed: Counter[str] = Counter()
    files = {}
    for name, (base, *_) in MUTATIONS.items():
        files[name] = f"mutants_{base}_{placed[base] // MUTANTS_A_FILE}.py"
        placed[base] += 1
    return files


def mutants() -> dict[str, tuple[str, str]]:
    """Old and wrong new body of every mutation."""
    result = {}
    for name, (base, right, wrong, _) in MUTATIONS.items():
        old, new = RIGHT[base]
        changed = new.replace(right, wrong)
        assert changed != new, f"mutation {name} changes nothing"
        result[name] = (old, changed)
    return result
