"""What Keras 3, TensorFlow and NumPy say when code of Keras 1 meets them, with cause and cure.

Each row has code that provokes it; a test runs all of it in the real libraries, and the page "Find
your error message" is made from what they said.
"""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One kind of message.

    Args:
        pattern: regular expression that finds it; a group ``name`` is the old name in it.
        cause: why it comes, for a person.
        cure: what to do; empty: what the catalog says of the name.
        code: the rule that sees to it; ``""``: the rule of the name.
        examples: statements that provoke it, ``numpy``, ``keras`` and ``tensorflow`` imported.
    """

    pattern: str
    cause: str
    cure: str = ""
    code: str = ""
    examples: tuple[str, ...] = ()


_UPGRADE = "Run `kerasmig upgrade` on the file"
_IN = "inputs = keras.Input((3,)); net = keras.Model(inputs, keras.layers.Dense(1)(inputs)); "

MESSAGES: tuple[Message, ...] = (
    Message(
        r"Conv2D op currently only supports the NHWC tensor format",
        "The network is channels first, and TensorFlow computes such convolutions on a GPU, or on a "
        "CPU with oneDNN, which it switches on by itself only on processors with AVX-512.",
        "Set TF_ENABLE_ONEDNN_OPTS=1 before TensorFlow is imported (`kerasmig upgrade` does), or run "
        "`kerasmig upgrade --layout channels_last`: the same network with channels last.",
        "KM111",
        (
            "keras.Sequential([keras.Input((3, 8, 8)), keras.layers.Conv2D(2, 3, "
            "data_format='channels_first')]).predict(numpy.zeros((1, 3, 8, 8)), verbose=0)",
        ),
    ),
    Message(
        r"Computed output size would be zero or negative",
        "The image is smaller than the window. With code of 2016 that mostly means that channels "
        "come first there: an input of (1, 28, 28) is read as 1 row of 28 pixels with 28 channels.",
        "Run `kerasmig shapes FILE` to see both readings, and `kerasmig upgrade` to have the data "
        "format written.",
        "KM111",
        (
            "keras.Sequential([keras.Input((1, 28, 28)), keras.layers.Conv2D(8, 5)])",
            "keras.Sequential([keras.Input((1, 4, 4)), keras.layers.MaxPooling2D((2, 2))])",
        ),
    ),
    Message(
        r"expected axis -1 of input shape to have value \d+, but received input with shape",
        "The data has its axes in another order than the model: (samples, channels, rows, columns) "
        "against (samples, rows, columns, channels), or its size is another one.",
        "Run `kerasmig shapes FILE`; either the model gets `data_format='channels_first'`, or the data "
        "goes through `numpy.transpose(x, (0, 2, 3, 1))`.",
        "KM111",
        (
            "keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(1, 3)])"
            ".predict(numpy.zeros((1, 1, 28, 28)), verbose=0)",
        ),
    ),
    Message(
        r"No module named '(?P<name>keras(?:\.\w+)+)'",
        "Keras 3 has no such module: layers live in `keras.layers`, utilities in `keras.utils`.",
        f"{_UPGRADE}: it imports each name from where it is now.",
        "KM101",
        (
            "from keras.layers.convolutional import Convolution2D, MaxPooling2D",
            "from keras.layers.core import Dense, Dropout, Activation, Flatten",
            "from keras.layers.recurrent import LSTM",
            "from keras.layers.normalization import BatchNormalization",
            "from keras.layers.embeddings import Embedding",
            "from keras.layers.advanced_activations import LeakyReLU",
            "from keras.layers.wrappers import TimeDistributed",
            "from keras.engine.topology import Layer",
            "from keras.utils.np_utils import to_categorical",
            "from keras.utils.visualize_util import plot",
            "from keras.utils.data_utils import get_file",
            "from keras.objectives import mean_squared_error",
            "from keras.preprocessing.text import Tokenizer",
            "from keras.wrappers.scikit_learn import KerasClassifier",
        ),
    ),
    Message(
        r"cannot import name '(?P<name>\w+)' from 'keras[\w.]*'",
        "Keras 3 has nothing of this name there.",
        "",
        "",
        (
            "from keras.preprocessing.image import ImageDataGenerator",
            "from keras.layers import Merge",
            "from keras.layers import merge",
            "from keras.layers import Highway",
            "from keras.layers import MaxoutDense",
            "from keras.layers import TimeDistributedDense",
            "from keras.layers import AtrousConvolution2D",
            "from keras.layers import Deconvolution2D",
            "from keras.layers import LocallyConnected1D",
            "from keras.layers import SReLU",
            "from keras.layers import ThresholdedReLU",
            "from keras.models import Graph",
            "from keras.models import model_from_yaml",
            "from keras.backend import image_dim_ordering",
            "from keras import initializations",
            "from keras.regularizers import WeightRegularizer",
            "from keras.regularizers import activity_l2",
            "from keras.constraints import maxnorm",
        ),
    ),
    Message(
        r"Unrecognized keyword arguments passed to \w+: \{'(?P<name>\w+)'",
        "The argument has another name in Keras 3, or is gone.",
        "",
        "",
        (
            "keras.layers.Convolution2D(8, 3, 3, border_mode='same')",
            "keras.layers.Conv2D(8, 3, dim_ordering='th')",
            "keras.layers.Dense(3, init='uniform')",
            "keras.layers.Dense(3, W_regularizer='l2')",
            "keras.layers.Dense(3, bias=False)",
            "keras.layers.Dense(3, weights=[1])",
            "keras.layers.LSTM(32, dropout_W=0.2)",
            "keras.layers.LSTM(32, inner_activation='hard_sigmoid')",
            "keras.layers.LSTM(32, consume_less='gpu')",
            "keras.layers.Embedding(10, 4, dropout=0.2)",
            "keras.layers.BatchNormalization(mode=2)",
            "keras.layers.UpSampling1D(length=2)",
            "keras.Model(input=keras.Input((3,)), output=keras.Input((3,)))",
        ),
    ),
    Message(
        r"(?P<name>\w+)\.__init__\(\) missing \d+ required positional arguments?",
        "The arguments of Keras 1 have other names now, so Keras 3 finds none of its own; or it has "
        "no default where Keras 1 had one.",
        f"{_UPGRADE}: it renames the arguments and writes old defaults out.",
        "KM204",
        (
            "keras.layers.Convolution2D(nb_filter=8, nb_row=3, nb_col=3)",
            "keras.layers.Dense(output_dim=3)",
            "keras.layers.Dropout(p=0.5)",
            "keras.layers.GaussianNoise(sigma=1)",
            "keras.layers.AveragePooling2D()",
        ),
    ),
    Message(
        r"The `padding` argument must be a list/tuple or one of",
        "`Convolution2D(8, 3, 3, 'relu')` has the signature of Keras 1. Keras 3 reads the third number "
        "as strides, and what follows as padding. Without the fourth argument it says nothing at all, "
        "and computes with a stride of 3.",
        f"{_UPGRADE}: `Conv2D(8, (3, 3), …)`.",
        "KM201",
        ("keras.layers.Convolution2D(8, 3, 3, 'relu')(keras.Input((32, 32, 3)))",),
    ),
    Message(
        r"`padding` should have two elements",
        "Keras 1 took (top, bottom, left, right), or a dictionary.",
        "Write `((top, bottom), (left, right))`; `kerasmig upgrade` does.",
        "KM203",
        ("keras.layers.ZeroPadding2D((1, 2, 3, 4))",),
    ),
    Message(
        r"Argument\(s\) not recognized: \{'lr'",
        "`lr` is called `learning_rate`.",
        f"{_UPGRADE}. Mind the default rates of Adadelta, Adagrad, Adamax and Nadam: Keras 3's differ.",
        "KM404",
        ("keras.optimizers.SGD(lr=0.1)",),
    ),
    Message(
        r"got an unexpected keyword argument '(?P<name>\w+)'",
        "The argument has another name in Keras 3, or is gone.",
        "",
        "",
        (
            _IN + "net.fit(x=1, y=1, nb_epoch=2)",
            "keras.layers.SpatialDropout2D(0.5, dim_ordering='th')",
        ),
    ),
    Message(
        r"'(?:Functional|Sequential|Model)' object has no attribute '(?P<name>\w+)'",
        "Models of Keras 3 have no such method or attribute.",
        "",
        "",
        (
            _IN + "net.fit_generator(1)",
            _IN + "net.evaluate_generator(1)",
            _IN + "net.predict_generator(1)",
            _IN + "net.predict_classes(1)",
            _IN + "net.predict_proba(1)",
            _IN + "net.to_yaml()",
        ),
    ),
    Message(
        r"'\w+' object has no attribute '(?P<name>get_output_shape_for|output_shape|W|b|nb_filter)'",
        "Layers of Keras 3 have other attributes and methods.",
        "",
        "",
        (
            "keras.layers.Dense(2).get_output_shape_for((None, 3))",
            "keras.layers.Dense(2).output_shape",
        ),
    ),
    Message(
        r"module 'keras\.backend' has no attribute '(?P<name>\w+)'",
        "`keras.backend` is almost empty in Keras 3: tensor functions live in `keras.ops`.",
        "",
        "",
        (
            "keras.backend.dot(1, 2)",
            "keras.backend.placeholder(ndim=3)",
            "keras.backend.set_image_dim_ordering('th')",
            "keras.backend.image_dim_ordering()",
            "keras.backend.get_session()",
            "keras.backend.gradients(1, 2)",
            "keras.backend.function([], [])",
            "keras.backend.variable(1)",
        ),
    ),
    Message(
        r"module 'tensorflow' has no attribute '(?P<name>\w+)'",
        "That is TensorFlow 1: graphs, sessions and placeholders are gone.",
        f"{_UPGRADE}: it renames what has the same meaning today and reports the rest (KM504).",
        "KM504",
        (
            "tensorflow.placeholder(tensorflow.float32)",
            "tensorflow.Session()",
            "tensorflow.contrib",
        ),
    ),
    Message(
        r"module 'numpy' has no attribute '(?P<name>\w+)'",
        "NumPy took out its aliases of Python's own types in 1.24.",
        "Write `float`, `int`, `bool`, `object` without `np.`.",
        "KM801",
        ("numpy.float", "numpy.int"),
    ),
    Message(
        r"The filename must end in `\.weights\.h5`",
        "Keras 3 chooses the format by the name.",
        "Write `net.weights.h5`, and read the file by that name; `kerasmig upgrade` renames both.",
        "KM303",
        (_IN + "net.save_weights('w.h5')",),
    ),
    Message(
        r"Invalid filepath extension for saving",
        "Keras 3 chooses the format by the name.",
        "Write `net.keras`, and read the file by that name.",
        "KM303",
        (_IN + "net.save('net.model')",),
    ),
    Message(
        r"the filepath provided must end in `\.weights\.h5`",
        "Keras 3 chooses the format by the name.",
        "Write `….weights.h5`; what reads the file must use the new name.",
        "KM407",
        ("keras.callbacks.ModelCheckpoint('weights.hdf5', save_weights_only=True)",),
    ),
    Message(
        r"The filepath provided must end in `\.keras`",
        "ModelCheckpoint saves whole models as `.keras` only.",
        "Write `….keras`, or `save_weights_only=True` and `….weights.h5`.",
        "KM407",
        ("keras.callbacks.ModelCheckpoint('net.hdf5')",),
    ),
    Message(
        r"Could not interpret activation function identifier: (?P<name>\w+)",
        "Keras 3 has no activation of this name.",
        "Spell it as `keras.activations` does.",
        "KM224",
        ("keras.layers.Activation('softmax_2')",),
    ),
    Message(
        r"Could not interpret initializer identifier: (?P<name>\w+)",
        "Keras 3 has no initializer of this name.",
        "Spell it as `keras.initializers` does; `kerasmig upgrade` keeps Keras 1's.",
        "KM221",
        ("keras.layers.Dense(3, kernel_initializer='gaussian')",),
    ),
    Message(
        r"Could not interpret loss identifier: (?P<name>\w+)",
        "Keras 3 has no loss of this name.",
        f"{_UPGRADE}: it keeps the formula of Keras 1.",
        "KM405",
        ("keras.losses.get('cosine_proximity')",),
    ),
    Message(
        r"Could not interpret metric identifier: (?P<name>\w+)",
        "Keras 3 has no metric of this name.",
        f"{_UPGRADE}: it keeps the metric of Keras 1.",
        "KM406",
        ("keras.metrics.get('fmeasure')",),
    ),
    Message(
        r"(?:^'?|KeyError: )'(?P<name>(?:val_)?acc)'?$",
        "Keras 3 logs `accuracy` and `val_accuracy` for the metric 'accuracy'.",
        f"{_UPGRADE}: the key stays what it was (KM408).",
        "KM408",
        (
            _IN + "net.compile('sgd', 'mse', metrics=['accuracy']); "
            "net.fit(numpy.zeros((4, 3)), numpy.zeros((4, 1)), verbose=0).history['acc']",
        ),
    ),
    Message(
        r"A KerasTensor cannot be used as input to a TensorFlow function",
        "Tensors of a model under construction are no tensors of TensorFlow any more.",
        "Use `keras.ops`, or put the code into a layer.",
        "KM504",
        ("tensorflow.reduce_sum(keras.Input((3,)))",),
    ),
    Message(
        r"A symbolic KerasTensor cannot be used as a boolean",
        "A tensor of a model has no value while the model is built, so `if` cannot ask it.",
        "Use `keras.ops.where` or `keras.ops.cond`.",
        "KM501",
        ("bool(keras.Input((3,)))",),
    ),
    Message(
        r"A KerasTensor is symbolic",
        "A tensor of a model has no value while the model is built.",
        "Make a model that gives it, and call `predict`.",
        "KM503",
        ("numpy.array(keras.Input((3,)))",),
    ),
    Message(
        r"You must call `compile\(\)` before using the model",
        "Keras 3 wants `compile` before `fit` and `evaluate`.",
        "Call `model.compile(...)` first.",
        "KM401",
        (_IN + "net.fit(numpy.zeros((1, 3)), numpy.zeros((1, 1)))",),
    ),
    Message(
        r"A `Concatenate` layer requires inputs with matching shapes",
        "The tensors differ in more than the axis along which they are joined. With code of 2016 the "
        "axis is mostly that of the channels under the other data format.",
        "Run `kerasmig shapes FILE`; `concat_axis=1` is the channels axis where channels come first.",
        "KM302",
        ("keras.layers.concatenate([keras.Input((2, 3)), keras.Input((4, 3))])",),
    ),
    Message(
        r"Shapes used to initialize variables must be fully-defined",
        "A layer such as Dense after Flatten must know the size of its input.",
        "Give the first layer its whole `shape`; `Embedding(input_length=…)` is ignored by Keras 3.",
        "KM209",
        (
            "keras.Sequential([keras.Input((None, 3)), keras.layers.Flatten(), "
            "keras.layers.Dense(2)])",
        ),
    ),
    Message(
        r"No such layer: (?P<name>\w+)",
        "Automatic names count otherwise: `dense_1` was the first Dense in Keras 1, and is the second "
        "in Keras 3.",
        "Give the layer a `name=`; `kerasmig upgrade` follows automatic names (KM305).",
        "KM305",
        ("keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).get_layer('dense_99')",),
    ),
)
