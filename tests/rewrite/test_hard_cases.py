"""The thirty hard cases that were found in public code of 2015 to 2017, each in a few lines of ours.

Each is rewritten right, rewritten on a stated assumption, or reported: none is passed over. What the
findings show is the case's state; `docs/hard-cases.md` is the list of them, written by
``python -m tests.rewrite.test_hard_cases``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

from kerasmig.finding import Applicability, FileResult
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.rewrite.helpers import automatic, check_rewrite, find, upgrade

ASSUMED, MANUAL = Applicability.ASSUMED, Applicability.MANUAL
REWRITTEN, REPORTED = Applicability.AUTOMATIC, Applicability.MANUAL
STATES = {
    REWRITTEN: "rewritten",
    ASSUMED: "rewritten with assumption",
    REPORTED: "reported",
}
CASES: dict[int, tuple[str, Applicability]] = {}
PAGE = Path(__file__).parents[2] / "docs" / "hard-cases.md"


def hard_case(
    number: int, title: str, state: Applicability
) -> Callable[[Callable[..., FileResult]], Callable[..., None]]:
    """Enter a case in the list, and hold its state against what is found in it."""
    assert number not in CASES
    CASES[number] = (title, state)

    def decorate(test: Callable[..., FileResult]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(*args: object, **kwargs: object) -> None:
            result = test(*args, **kwargs)
            assert result.findings
            levels = [finding.applicability for finding in result.findings]
            assert max(levels, key=lambda level: level.severity) is state

        return run

    return decorate


def page() -> str:
    """The list of all cases in Markdown."""
    lines = [
        "# Thirty hard cases",
        "",
        "Situations from public Keras 1 code that are easy to get wrong, and what kerasmig makes",
        "of them. Each is a test in `tests/rewrite/test_hard_cases.py`. *Reported* cases tell what",
        "is to be done by hand, or ask for what the code does not say; what else the program has is",
        "rewritten.",
        "",
        "| Case | What it is | State |",
        "| --- | --- | --- |",
    ]
    for number, (title, state) in sorted(CASES.items()):
        lines.append(f"| {number} | {title} | {STATES[state]} |")
    return "\n".join(lines) + "\n"


@hard_case(1, "positional sizes that Keras 3 takes for strides", REWRITTEN)
def test_01_positional_sizes() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Convolution2D, Flatten, Dense
        model = Sequential()
        model.add(Convolution2D(64, 3, 3, activation='relu', input_shape=(32, 32, 3)))
        model.add(Convolution2D(32, 5, 1))
        model.add(Flatten())
        model.add(Dense(10))
        """,
        """
        from keras.models import Sequential
        from keras.layers import Conv2D, Flatten, Dense
        model = Sequential()
        model.add(Conv2D(64, (3, 3), activation='relu', input_shape=(32, 32, 3)))
        model.add(Conv2D(32, (5, 1)))
        model.add(Flatten())
        model.add(Dense(10))
        """,
    )
    assert automatic(result)
    return result


@hard_case(2, "sizes that arrive through partial and *args", REWRITTEN)
def test_02_partial_and_star_args() -> FileResult:
    result = check_rewrite(
        """
        from functools import partial
        from keras.layers import BatchNormalization, Convolution2D, Input
        from keras.models import Model
        SameConv = partial(Convolution2D, border_mode='same')

        def conv_bn(x, *args, **kwargs):
            x = SameConv(*args, **kwargs)(x)
            return BatchNormalization()(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, conv_bn(image, 16, 3, 3))
        """,
        """
        from functools import partial
        from keras.layers import BatchNormalization, Input
        from keras.models import Model
        from keras1_compat import keras1_Convolution2D
        SameConv = partial(keras1_Convolution2D, border_mode='same')

        def conv_bn(x, *args, **kwargs):
            x = SameConv(*args, **kwargs)(x)
            return BatchNormalization()(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, conv_bn(image, 16, 3, 3))
        """,
    )
    assert automatic(result)
    return result


@hard_case(3, "old names as keys of **params", REWRITTEN)
def test_03_old_names_as_keys() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Input
        from keras.models import Model

        def conv_relu(**params):
            nb_filter = params['nb_filter']
            nb_row, nb_col = params['nb_row'], params['nb_col']
            border_mode = params.setdefault('border_mode', 'same')

            def apply(x):
                return Convolution2D(nb_filter=nb_filter, nb_row=nb_row, nb_col=nb_col,
                                     border_mode=border_mode)(x)
            return apply

        image = Input(shape=(64, 64, 3))
        net = Model(image, conv_relu(nb_filter=8, nb_row=3, nb_col=5)(image))
        """,
        """
        from keras.layers import Conv2D, Input
        from keras.models import Model

        def conv_relu(**params):
            nb_filter = params['nb_filter']
            nb_row, nb_col = params['nb_row'], params['nb_col']
            border_mode = params.setdefault('border_mode', 'same')

            def apply(x):
                return Conv2D(filters=nb_filter, kernel_size=(nb_row, nb_col),
                                     padding=border_mode)(x)
            return apply

        image = Input(shape=(64, 64, 3))
        net = Model(image, conv_relu(nb_filter=8, nb_row=3, nb_col=5)(image))
        """,
    )
    assert automatic(result)
    return result


@hard_case(4, "positional and keyword sizes mixed, one parameter shadowing the other", REWRITTEN)
def test_04_shadowed_parameter() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Input
        from keras.models import Model

        def join(x, filter, nb_row, nb_col):
            return Convolution2D(filter, nb_row=nb_col, nb_col=nb_col, border_mode='same')(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, join(image, 8, 1, 3))
        """,
        """
        from keras.layers import Conv2D, Input
        from keras.models import Model

        def join(x, filter, nb_row, nb_col):
            return Conv2D(filter, kernel_size=(nb_col, nb_col), padding='same')(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, join(image, 8, 1, 3))
        """,
    )
    assert automatic(result)
    return result


@hard_case(5, "an axis that the backend decides", REPORTED)
def test_05_axis_from_the_backend() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Convolution2D, Input
        from keras.models import Model
        image = Input(shape=(3, 64, 64))
        x = Convolution2D(8, 3, 3)(image)
        x = BatchNormalization(mode=0, axis=1 if K._BACKEND == 'theano' else -1)(x)
        net = Model(image, x)
        """,
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Conv2D, Input
        from keras.models import Model
        image = Input(shape=(3, 64, 64))
        x = Conv2D(8, (3, 3), data_format='channels_first')(image)
        x = BatchNormalization(axis=1 if K.backend() == 'theano' else -1)(x)
        net = Model(image, x)
        """,
    )
    find(result, "KM113", "never 'theano' today", MANUAL)
    return result


@hard_case(6, "signatures before Keras 0.2, with the size of the input", REPORTED)
def test_06_signatures_before_0_2() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers.core import Dense, Flatten
        from keras.layers.convolutional import Convolution2D, MaxPooling2D
        model = Sequential()
        model.add(Convolution2D(16, 1, 3, 3))
        model.add(MaxPooling2D(poolsize=(2, 2)))
        model.add(Flatten())
        model.add(Dense(6272, 2048))
        """,
        """
        from keras.models import Sequential
        from keras.layers import Dense, Flatten
        from keras.layers import MaxPooling2D
        from keras1_compat import keras1_only
        Convolution2D = keras1_only(
            'keras.layers.convolutional.Convolution2D',
            'KM201: Convolution2D: a number stands where Keras 1 has the initialisation: before '
            'Keras 0.2 the size of the input came second; take it out, `Dense(6272, 2048)` is '
            '`Dense(2048)` and `Convolution2D(16, 1, 3, 3)` is `Conv2D(16, (3, 3))`',
        )
        model = Sequential()
        model.add(Convolution2D(16, 1, 3, 3))
        model.add(MaxPooling2D(poolsize=(2, 2)))
        model.add(Flatten())
        model.add(Dense(6272, 2048))
        """,
    )
    find(result, "KM201", "a number stands where Keras 1 has the initialisation", MANUAL)
    find(result, "KM204", "take it out, `Dense(6272, 2048)` is `Dense(2048)`", MANUAL)
    find(result, "KM202", "no argument 'poolsize'", MANUAL)
    return result


@hard_case(7, "an initialisation as fourth positional argument", ASSUMED)
def test_07_fourth_positional_init() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import AtrousConvolution2D, Convolution2D, Deconvolution2D, Input
        from keras.models import Model

        def bilinear(shape, name=None):
            return K.ones(shape, name=name)

        image = Input(shape=(32, 32, 3))
        x = Convolution2D(8, 3, 3, 'he_normal', border_mode='same')(image)
        x = AtrousConvolution2D(8, 3, 3, bilinear, border_mode='same', atrous_rate=(2, 2))(x)
        x = Deconvolution2D(8, 2, 2, (None, 64, 64, 8), bilinear, 'linear', subsample=(2, 2))(x)
        net = Model(image, x)
        """,
        """
        from keras.layers import Conv2D, Conv2DTranspose, Input
        from keras.models import Model
        from keras import ops
        from keras.initializers import VarianceScaling
        from keras1_compat import adapt_initializer

        def bilinear(shape, name=None):
            return ops.ones(shape)

        image = Input(shape=(32, 32, 3))
        x = Conv2D(8, (3, 3), kernel_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), padding='same')(image)
        x = Conv2D(8, (3, 3), kernel_initializer=adapt_initializer(bilinear), padding='same', dilation_rate=(2, 2))(x)
        x = Conv2DTranspose(8, (2, 2), kernel_initializer=adapt_initializer(bilinear), activation='linear', strides=(2, 2))(x)
        net = Model(image, x)
        """,
    )
    find(
        result,
        "KM501",
        "ones: arguments as Keras 3 has them; it gives a tensor, where Keras 1 m",
        ASSUMED,
    )
    return result


@hard_case(8, "border_mode='full'", REPORTED)
def test_08_full_border() -> FileResult:
    result = upgrade("""
        from keras.models import Sequential
        from keras.layers import Convolution1D
        model = Sequential()
        model.add(Convolution1D(16, 8, input_dim=16, border_mode='full'))
        """)
    assert not result.changed
    find(result, "KM201", "Convolution1D: `border_mode='full'` is padding with kernel s", MANUAL)
    return result


@hard_case(9, "Deconvolution2D whose output_shape has the batch size", REWRITTEN)
def test_09_deconvolution_with_batch_size() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Deconvolution2D, Input
        from keras.models import Model
        batch_size = 16
        noise = Input(shape=(8, 8, 4))
        x = Deconvolution2D(16, 3, 3, output_shape=(batch_size, 16, 16, 16), subsample=(2, 2),
                            border_mode='same')(noise)
        x = Deconvolution2D(3, 3, 3, output_shape=(batch_size, 31, 31, 3), subsample=(2, 2),
                            border_mode='same')(x)
        net = Model(noise, x)
        """,
        """
        from keras.layers import Conv2DTranspose, Input
        from keras1_compat import Deconvolution2D
        from keras.models import Model
        batch_size = 16
        noise = Input(shape=(8, 8, 4))
        x = Conv2DTranspose(16, (3, 3), strides=(2, 2),
                            padding='same')(noise)
        x = Deconvolution2D(3, (3, 3), output_shape=(batch_size, 31, 31, 3), strides=(2, 2),
                            padding='same')(x)
        net = Model(noise, x)
        """,
    )
    assert automatic(result)
    return result


@hard_case(10, "Deconvolution2D 'valid' under th, which only an Input shape says", REWRITTEN)
def test_10_deconvolution_valid_th() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Cropping2D, Deconvolution2D, Input, MaxPooling2D
        from keras.models import Model
        image = Input(shape=(3, 32, 32))
        x = Convolution2D(8, 3, 3, border_mode='same')(image)
        x = MaxPooling2D((2, 2), strides=(2, 2))(x)
        x = Deconvolution2D(5, 4, 4, output_shape=(None, 5, 34, 34), subsample=(2, 2))(x)
        x = Cropping2D(((1, 1), (1, 1)))(x)
        net = Model(image, x)
        """,
        """
        from keras.layers import Conv2D, Cropping2D, Conv2DTranspose, Input, MaxPooling2D
        from keras.models import Model
        image = Input(shape=(3, 32, 32))
        x = Conv2D(8, (3, 3), padding='same', data_format='channels_first')(image)
        x = MaxPooling2D((2, 2), strides=(2, 2), data_format='channels_first')(x)
        x = Conv2DTranspose(5, (4, 4), strides=(2, 2), data_format='channels_first')(x)
        x = Cropping2D(((1, 1), (1, 1)), data_format='channels_first')(x)
        net = Model(image, x)
        """,
    )
    assert automatic(result)
    return result


@hard_case(11, "an own class with the name of an API", REWRITTEN)
def test_11_own_class_of_that_name() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Input
        from keras.layers.core import Layer

        class Deconv2D(Layer):
            def __init__(self, nb_filter, nb_row, nb_col, **kwargs):
                self.nb_filter = nb_filter
                super(Deconv2D, self).__init__(**kwargs)

            def get_output_shape_for(self, input_shape):
                return input_shape[:-1] + (self.nb_filter,)

        noise = Input(shape=(8, 8, 4))
        x = Deconv2D(16, 5, 5)(noise)
        """,
        """
        from keras import backend as K
        from keras.layers import Input
        from keras.layers import Layer

        class Deconv2D(Layer):
            def __init__(self, nb_filter, nb_row, nb_col, **kwargs):
                self.nb_filter = nb_filter
                super(Deconv2D, self).__init__(**kwargs)

            def compute_output_shape(self, input_shape):
                return input_shape[:-1] + (self.nb_filter,)

        noise = Input(shape=(8, 8, 4))
        x = Deconv2D(16, 5, 5)(noise)
        """,
    )
    assert automatic(result)
    return result


@hard_case(12, "alias, own initialisation of gamma, partial of an initialisation", REWRITTEN)
def test_12_own_initialisations() -> FileResult:
    result = check_rewrite(
        """
        from functools import partial
        import numpy as np
        from keras import backend as K
        from keras import initializations
        from keras.layers import BatchNormalization as BN
        from keras.layers import Dense, Input
        from keras.models import Model
        normal = partial(initializations.normal, scale=.02)

        def around_one(shape, scale=0.02, name=None):
            return K.variable(np.random.normal(1., scale, shape), name=name)

        noise = Input(shape=(10,))
        x = Dense(30, init=normal)(noise)
        x = BN(mode=2, gamma_init=around_one, epsilon=1e-5)(x)
        net = Model(noise, x)
        """,
        """
        from functools import partial
        import numpy as np
        from keras1_compat import BatchStatisticsNormalization as BN, normal as keras_normal, adapt_initializer
        from keras.layers import Dense, Input
        from keras.models import Model
        from keras.backend import floatx
        from keras import Variable
        normal = partial(keras_normal, scale=.02)

        def around_one(shape, scale=0.02, name=None):
            return Variable(np.random.normal(1., scale, shape), name=name, dtype=floatx())

        noise = Input(shape=(10,))
        x = Dense(30, kernel_initializer=normal)(noise)
        x = BN(gamma_initializer=adapt_initializer(around_one), epsilon=1e-5)(x)
        net = Model(noise, x)
        """,
    )
    assert automatic(result)
    return result


@hard_case(13, "an initialisation with the signature of an older Keras 1", REWRITTEN)
def test_13_older_initialisation() -> FileResult:
    result = check_rewrite(
        """
        import numpy as np
        from keras import backend as K
        from keras.layers import Convolution2D, Input

        def W_init(shape, name=None):
            return K.variable(np.random.normal(0, 1e-2, shape), name=name)

        image = Input(shape=(105, 105, 1))
        x = Convolution2D(64, 10, 10, activation='relu', init=W_init)(image)
        """,
        """
        import numpy as np
        from keras.layers import Conv2D, Input
        from keras.backend import floatx
        from keras import Variable
        from keras1_compat import adapt_initializer

        def W_init(shape, name=None):
            return Variable(np.random.normal(0, 1e-2, shape), name=name, dtype=floatx())

        image = Input(shape=(105, 105, 1))
        x = Conv2D(64, (10, 10), activation='relu', kernel_initializer=adapt_initializer(W_init))(image)
        """,
    )
    assert automatic(result)
    return result


@hard_case(14, "BatchNormalization in modes 1, 2 and one in a variable", REWRITTEN)
def test_14_batch_normalization_modes() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import BatchNormalization

        def norms(x, bn_mode):
            x = BatchNormalization(mode=2, axis=1)(x)
            x = BatchNormalization(mode=1)(x)
            x = BatchNormalization(mode=0)(x)
            return BatchNormalization(mode=bn_mode)(x)
        """,
        """
        from keras.layers import BatchNormalization
        from keras1_compat import BatchStatisticsNormalization, SampleNormalization, batch_normalization

        def norms(x, bn_mode):
            x = BatchStatisticsNormalization(axis=1)(x)
            x = SampleNormalization()(x)
            x = BatchNormalization()(x)
            return batch_normalization(mode=bn_mode)(x)
        """,
    )
    assert automatic(result)
    return result


@hard_case(15, "BatchNormalization without axis after th convolutions", ASSUMED)
def test_15_default_axis_under_th() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import BatchNormalization, Convolution2D
        model = Sequential()
        model.add(Convolution2D(8, 5, 5, border_mode='same', input_shape=(3, 64, 64)))
        model.add(BatchNormalization())
        """,
        """
        from keras.models import Sequential
        from keras.layers import BatchNormalization, Conv2D
        model = Sequential()
        model.add(Conv2D(8, (5, 5), padding='same', input_shape=(3, 64, 64), data_format='channels_first'))
        model.add(BatchNormalization())
        """,
    )
    find(result, "KM201", "Convolution2D → Conv2D; data_format='channels_first' (93% su", ASSUMED)
    return result


@hard_case(16, "normalisation of the time axis, Permute under one ordering", REWRITTEN)
def test_16_time_axis_and_permute() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Convolution2D, Input, MaxPooling2D, Permute, Reshape
        from keras.models import Model

        def tagger():
            if K.image_dim_ordering() == 'th':
                shape = (1, 96, 1366)
                time_axis = 3
            else:
                shape = (96, 1366, 1)
                time_axis = 2
            melgram = Input(shape=shape)
            x = BatchNormalization(axis=time_axis)(melgram)
            x = Convolution2D(128, 3, 3, border_mode='same')(x)
            x = MaxPooling2D(pool_size=(96, 4))(x)
            if K.image_dim_ordering() == 'th':
                x = Permute((3, 1, 2))(x)
            x = Reshape((341, 128))(x)
            return Model(melgram, x)
        """,
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Conv2D, Input, MaxPooling2D, Permute, Reshape
        from keras.models import Model

        def tagger():
            if K.image_data_format() == 'channels_first':
                shape = (1, 96, 1366)
                time_axis = 3
            else:
                shape = (96, 1366, 1)
                time_axis = 2
            melgram = Input(shape=shape)
            x = BatchNormalization(axis=time_axis)(melgram)
            x = Conv2D(128, (3, 3), padding='same')(x)
            x = MaxPooling2D(pool_size=(96, 4))(x)
            if K.image_data_format() == 'channels_first':
                x = Permute((3, 1, 2))(x)
            x = Reshape((341, 128))(x)
            return Model(melgram, x)
        """,
    )
    assert automatic(result)
    return result


@hard_case(17, "GRU and LSTM with the defaults of Keras 1", REWRITTEN)
def test_17_recurrent_defaults() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers.recurrent import GRU, LSTM
        model = Sequential()
        model.add(GRU(32, return_sequences=True, input_shape=(15, 128)))
        model.add(LSTM(16))
        """,
        """
        from keras.models import Sequential
        from keras.layers import GRU, LSTM
        from keras1_compat import hard_sigmoid, Keras1Kernel
        model = Sequential()
        model.add(GRU(32, return_sequences=True, input_shape=(15, 128), recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '3 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '3 gates'), reset_after=False))
        model.add(LSTM(16, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates')))
        """,
    )
    assert automatic(result)
    return result


@hard_case(18, "a switch on Keras' version", ASSUMED)
def test_18_version_switch() -> FileResult:
    result = check_rewrite(
        """
        import keras
        from keras import backend as K
        from keras.layers import Input
        KERAS_2 = keras.__version__[0] == '2'
        if KERAS_2:
            from keras.layers import Conv2D
            from keras.layers.merge import Concatenate
        else:
            from keras.layers import Convolution2D, merge

        def conv(x, f, k=3):
            if KERAS_2:
                return Conv2D(f, (k, k), padding='same', data_format=K.image_data_format())(x)
            return Convolution2D(f, k, k, border_mode='same')(x)
        """,
        """
        import keras
        from keras import backend as K
        from keras.layers import Input
        KERAS_2 = keras.__version__[0] == '2'
        if KERAS_2:
            from keras.layers import Conv2D
        else:
            from keras.layers import Conv2D

        def conv(x, f, k=3):
            if KERAS_2:
                return Conv2D(f, (k, k), padding='same', data_format=K.image_data_format())(x)
            return Conv2D(f, (k, k), padding='same')(x)
        """,
    )
    find(result, "KM113", "Keras' version decides here, and it begins with '3' now: mak", ASSUMED)
    return result


@hard_case(19, "globals that a function sets by the ordering", REWRITTEN)
def test_19_globals_from_the_ordering() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Convolution2D, Input
        from keras.models import Model

        def _set_axes():
            global CHANNEL_AXIS
            if K.image_dim_ordering() == 'tf':
                CHANNEL_AXIS = 3
            else:
                CHANNEL_AXIS = 1

        def build(input_shape, n):
            _set_axes()
            if K.image_dim_ordering() == 'tf':
                input_shape = (input_shape[1], input_shape[2], input_shape[0])
            image = Input(shape=input_shape)
            x = Convolution2D(n, 3, 3, border_mode='same')(image)
            x = BatchNormalization(mode=0, axis=CHANNEL_AXIS)(x)
            return Model(input=image, output=x)

        model = build((3, 32, 32), 16)
        """,
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Conv2D, Input
        from keras.models import Model

        def _set_axes():
            global CHANNEL_AXIS
            if K.image_data_format() == 'channels_last':
                CHANNEL_AXIS = 3
            else:
                CHANNEL_AXIS = 1

        def build(input_shape, n):
            _set_axes()
            if K.image_data_format() == 'channels_last':
                input_shape = (input_shape[1], input_shape[2], input_shape[0])
            image = Input(shape=input_shape)
            x = Conv2D(n, (3, 3), padding='same')(image)
            x = BatchNormalization(axis=CHANNEL_AXIS)(x)
            return Model(inputs=image, outputs=x)

        model = build((3, 32, 32), 16)
        """,
    )
    assert automatic(result)
    return result


@hard_case(20, "an ordering argument that no layer gets", REWRITTEN)
def test_20_ordering_that_reaches_no_layer() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Input, merge
        from keras.models import Model

        def squeeze(dim_ordering='tf'):
            if dim_ordering is 'th':
                image, axis = Input(shape=(3, 64, 64)), 1
            elif dim_ordering is 'tf':
                image, axis = Input(shape=(64, 64, 3)), 3
            a = Convolution2D(8, 1, 1)(image)
            b = Convolution2D(8, 3, 3, border_mode='same')(image)
            return Model(input=image, output=merge([a, b], mode='concat', concat_axis=axis))
        """,
        """
        from keras.layers import Conv2D, Input, concatenate
        from keras.models import Model

        def squeeze(dim_ordering='channels_last'):
            if dim_ordering == 'channels_first':
                image, axis = Input(shape=(3, 64, 64)), 1
            elif dim_ordering == 'channels_last':
                image, axis = Input(shape=(64, 64, 3)), 3
            a = Conv2D(8, (1, 1))(image)
            b = Conv2D(8, (3, 3), padding='same')(image)
            return Model(inputs=image, outputs=concatenate([a, b], axis=axis))
        """,
    )
    assert automatic(result)
    return result


@hard_case(21, "a shape that says nothing of the ordering", ASSUMED)
def test_21_undecided_shape() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Dense, Flatten, Input
        from keras.models import Model

        def network(actions, history, width, height):
            state = Input(shape=(history, width, height,))
            x = Convolution2D(16, 8, 8, subsample=(4, 4), activation='relu')(state)
            x = Flatten()(x)
            return Model(input=state, output=Dense(actions)(x))
        """,
        """
        from keras.layers import Conv2D, Dense, Flatten, Input
        from keras.models import Model

        def network(actions, history, width, height):
            state = Input(shape=(history, width, height,))
            x = Conv2D(16, (8, 8), strides=(4, 4), activation='relu', data_format='channels_first')(state)
            x = Flatten()(x)
            return Model(inputs=state, outputs=Dense(actions)(x))
        """,
    )
    find(result, "KM201", "Convolution2D → Conv2D; data_format='channels_first' (87% su", ASSUMED)
    return result


@hard_case(22, "th by the shape of a Lambda only", REWRITTEN)
def test_22_shape_of_a_lambda() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Convolution2D, Lambda
        ch, row, col = 3, 160, 320
        model = Sequential()
        model.add(Lambda(lambda x: x / 127.5 - 1.,
                         input_shape=(ch, row, col),
                         output_shape=(ch, row, col)))
        model.add(Convolution2D(16, 8, 8, subsample=(4, 4), border_mode='same'))
        """,
        """
        from keras.models import Sequential
        from keras.layers import Conv2D, Lambda
        ch, row, col = 3, 160, 320
        model = Sequential()
        model.add(Lambda(lambda x: x / 127.5 - 1.,
                         input_shape=(ch, row, col),
                         output_shape=(ch, row, col)))
        model.add(Conv2D(16, (8, 8), strides=(4, 4), padding='same', data_format='channels_first'))
        """,
    )
    assert automatic(result)
    return result


@hard_case(23, "sizes by Python 2's division", ASSUMED)
def test_23_integer_division() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Input
        from keras.models import Model

        def reduced(x, depth):
            rows = x._keras_shape[1] / 2
            return Convolution2D(depth / 4, 1, 1)(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, reduced(image, 32))
        """,
        """
        from keras.layers import Conv2D, Input
        from keras.models import Model

        def reduced(x, depth):
            rows = x.shape[1] / 2
            return Conv2D(depth // 4, (1, 1))(x)

        image = Input(shape=(64, 64, 3))
        net = Model(image, reduced(image, 32))
        """,
    )
    find(result, "KM802", "depth / 4 is used as a size, so // is written, as Python 2 d", ASSUMED)
    return result


@hard_case(24, "Merge of Sequential models inside a Sequential model", REWRITTEN)
def test_24_merge_of_sequentials() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers.core import Activation, Dense, Merge, Reshape
        language = Sequential()
        language.add(Dense(8, input_dim=300))
        image = Sequential()
        image.add(Reshape((16,), input_shape=(16,)))
        model = Sequential()
        model.add(Merge([language, image], mode='concat', concat_axis=1))
        for _ in range(2):
            model.add(Dense(10))
            model.add(Activation('tanh'))
        model.add(Dense(3))
        """,
        """
        from keras1_compat import Sequential, Merge
        from keras.layers import Activation, Dense, Reshape
        language = Sequential()
        language.add(Dense(8, input_dim=300))
        image = Sequential()
        image.add(Reshape((16,), input_shape=(16,)))
        model = Sequential()
        model.add(Merge([language, image], mode='concat', concat_axis=1))
        for _ in range(2):
            model.add(Dense(10))
            model.add(Activation('tanh'))
        model.add(Dense(3))
        """,
    )
    assert automatic(result)
    return result


@hard_case(25, "merge with functions, cos, and a mode in a variable", ASSUMED)
def test_25_merge_of_functions() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Input, merge
        a = Input(shape=(8,))
        b = Input(shape=(8,))
        c = merge([a, b], mode='cos', dot_axes=1)
        d = merge([a, b], mode=lambda x: K.maximum(x[0], x[1]), output_shape=lambda x: x[0])

        def join(similarity):
            return merge([a, b], mode=similarity, output_shape=lambda _: (None, 1))
        """,
        """
        from keras.layers import Input, dot, Lambda
        from keras1_compat import merge
        from keras import ops
        a = Input(shape=(8,))
        b = Input(shape=(8,))
        c = dot([a, b], axes=1, normalize=True)
        d = Lambda(lambda x: ops.maximum(x[0], x[1]), output_shape=lambda x: x[0])([a, b])

        def join(similarity):
            return merge([a, b], mode=similarity, output_shape=lambda _: (None, 1))
        """,
    )
    find(result, "KM302", "merge → dot; mode 'cos' gave (batch, 1, 1) in Keras 1 where ", ASSUMED)
    return result


@hard_case(26, "the Graph model of Keras 0", REPORTED)
def test_26_graph_model() -> FileResult:
    result = check_rewrite(
        """
        from keras.models import Graph
        from keras.layers.core import Dense
        graph = Graph()
        graph.add_input(name='x', input_shape=(784,))
        graph.add_node(Dense(10), name='dense', input='x')
        graph.add_output(name='y', input='dense')
        """,
        """
        from keras1_compat import keras1_only
        Graph = keras1_only(
            'keras.models.Graph',
            'KM701: Graph: the Graph model went with Keras 1: make an Input for each `add_input`, '
            'call each layer of `add_node` on its inputs (`merge_mode` becomes Concatenate, Add, '
            'Multiply ... of them), and give the tensors of `add_output` to `Model(inputs, '
            'outputs)`.',
        )
        from keras.layers import Dense
        graph = Graph()
        graph.add_input(name='x', input_shape=(784,))
        graph.add_node(Dense(10), name='dense', input='x')
        graph.add_output(name='y', input='dense')
        """,
    )
    find(result, "KM701", "make an Input for each `add_input`", MANUAL)
    return result


@hard_case(27, "layers after the protocol of Keras 0", REPORTED)
def test_27_layers_of_keras_0() -> FileResult:
    result = check_rewrite(
        """
        from keras.layers.core import Layer

        class Scale(Layer):
            def build(self):
                self.params = []

            @property
            def output_shape(self):
                return self.input_shape

            def get_output(self, train=False):
                return self.get_input(train) * 2
        """,
        """
        from keras.layers import Layer

        class Scale(Layer):
            def build(self):
                self.params = []

            @property
            def output_shape(self):
                return self.input_shape

            def get_output(self, train=False):
                return self.get_input(train) * 2
        """,
    )
    find(result, "KM304", "a layer computes in `call(self, inputs)` today", MANUAL)
    return result


@hard_case(28, "a recurrent subclass with convolutions inside", REPORTED)
def test_28_recurrent_subclass() -> FileResult:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Convolution2D, Recurrent

        class Cell(Recurrent):
            def build(self, input_shape):
                self.conv = Convolution2D(8, 3, 3, border_mode='same')
                self.conv.build(input_shape)
                self.trainable_weights = self.conv.trainable_weights

            def step(self, x, states):
                return self.conv.call(x), []

            def call(self, x, mask=None):
                last, outputs, states = K.rnn(self.step, x, [])
                return last

            def get_output_shape_for(self, input_shape):
                return input_shape
        """,
        """
        from keras.layers import Conv2D
        from tensorflow.keras.backend import rnn
        from keras1_compat import keras1_only
        Recurrent = keras1_only(
            'keras.layers.Recurrent',
            'KM208: Recurrent: Write a cell (a layer with `state_size` and `call(inputs, '
            "states)`) from the subclass's `step`, and give it to `keras.layers.RNN`.",
        )

        class Cell(Recurrent):
            def build(self, input_shape):
                self.conv = Conv2D(8, (3, 3), padding='same')  # kerasmig: data_format=undecided
                self.conv.build(input_shape)
                self.trainable_weights = self.conv.trainable_weights

            def step(self, x, states):
                return self.conv.call(x), []

            def call(self, x, mask=None):
                last, outputs, states = rnn(self.step, x, [])
                return last

            def compute_output_shape(self, input_shape):
                return input_shape
        """,
    )
    find(result, "KM208", "Write a cell", MANUAL)
    find(result, "KM304", "`trainable_weights` cannot be assigned to", MANUAL)
    find(result, "KM501", "the step function gets its states as a tuple", ASSUMED)
    return result


def _upgraded(folder: Path, files: dict[str, str]) -> dict[str, FileResult]:
    """The results of a project of several files, by file name."""
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        paths.append(path)
    run = Project(sorted(paths), UpgradeSettings()).upgrade()
    assert not any(file.error for file in run.files)
    return {Path(file.path).name: file for file in run.files}


@hard_case(29, "samples_per_epoch where another file knows the batch size", ASSUMED)
def test_29_batch_size_of_another_file(tmp_path: Path) -> FileResult:
    results = _upgraded(
        tmp_path,
        {
            "helper.py": """
                def batches(features, batch_size=64):
                    while True:
                        yield features[:batch_size], features[:batch_size, 0]
                """,
            "train.py": """
                import tensorflow as tf
                from keras.layers import Dense
                from keras.models import Sequential
                from helper import batches
                tf.python.control_flow_ops = tf
                model = Sequential()
                model.add(Dense(1, input_dim=4))
                model.compile('sgd', 'mse')
                model.fit_generator(batches(x), samples_per_epoch=20032, nb_epoch=8,
                                    validation_data=batches(y), nb_val_samples=6400)
                """,
        },
    )
    assert not results["helper.py"].changed
    result = results["train.py"]
    assert result.new == dedent("""
        import tensorflow as tf
        from keras.layers import Dense
        from keras.models import Sequential
        from helper import batches
        model = Sequential()
        model.add(Dense(1, input_dim=4))
        model.compile('sgd', 'mse')
        model.fit(batches(x), steps_per_epoch=313, epochs=8,
                            validation_data=batches(y), validation_steps=100)
        """).lstrip("\n")
    find(result, "KM402", "every batch of `batches` is taken to have 64 samples", ASSUMED)
    return result


@hard_case(30, "Keras names that come through other files and star imports", REWRITTEN)
def test_30_names_through_star_imports(tmp_path: Path) -> FileResult:
    results = _upgraded(
        tmp_path,
        {
            "toolbox.py": """
                import numpy as np
                from keras import backend as K
                from keras.layers.convolutional import *
                from keras.layers.core import *
                from keras.models import Sequential
                """,
            "lesson.py": """
                from toolbox import *
                axis = 1 if K.image_dim_ordering() == 'th' else 3
                model = Sequential()
                model.add(Convolution2D(8, 3, 3, input_shape=(32, 32, 3)))
                model.add(Dense(10, W_regularizer='l2'))
                labels = np.zeros(3)
                """,
        },
    )
    result = results["lesson.py"]
    assert result.new == dedent("""
        from toolbox import *
        from keras.models import Sequential
        from keras.layers import Conv2D, Dense
        axis = 1 if K.image_data_format() == 'channels_first' else 3
        model = Sequential()
        model.add(Conv2D(8, (3, 3), input_shape=(32, 32, 3)))
        model.add(Dense(10, kernel_regularizer='l2'))
        labels = np.zeros(3)
        """).lstrip("\n")
    return result


def test_30_names_that_leak_through_a_starred_keras_import() -> None:
    check_rewrite(
        """
        from keras.layers import *

        def norm(x):
            axis = 3 if K.image_dim_ordering() == 'tf' else 1
            return BatchNormalization(axis=axis)(np.asarray(x))
        """,
        """
        from keras.layers import *
        from keras.backend import image_data_format
        import numpy as np

        def norm(x):
            axis = 3 if image_data_format() == 'channels_last' else 1
            return BatchNormalization(axis=axis)(np.asarray(x))
        """,
    )


def test_all_thirty_cases_are_here_and_listed() -> None:
    assert sorted(CASES) == list(range(1, 31))
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.rewrite.test_hard_cases"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")


def test_a_quotient_among_the_indices_of_an_array_stays_whole() -> None:
    source = "from keras.layers import Merge\nrows, cols = w.shape\nw[0, (rows - 1) / 2] = 1.0\n"
    assert "w[0, (rows - 1) // 2] = 1.0" in upgrade(source).new
