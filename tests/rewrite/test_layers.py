"""Layers: arguments, defaults, sizes and what has no counterpart."""

from __future__ import annotations

import pytest

from kerasmig import upgrade_source
from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find, upgrade

ASSUMED, MANUAL = Applicability.ASSUMED, Applicability.MANUAL


def test_batch_normalization() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization
        a = BatchNormalization()
        b = BatchNormalization(mode=0, axis=1, epsilon=1e-5, momentum=0.9)
        c = BatchNormalization(epsilon=1e-6, mode=2)
        d = BatchNormalization(1e-5, 1)
        e = BatchNormalization(gamma_init='one', beta_init='zero', gamma_regularizer='l2', weights=None)
        f = BatchNormalization(mode=mode)
        """,
        """
        from keras.layers import BatchNormalization
        from keras1_compat import BatchStatisticsNormalization, SampleNormalization, batch_normalization
        a = BatchNormalization()
        b = BatchNormalization(axis=1, epsilon=1e-5, momentum=0.9)
        c = BatchStatisticsNormalization(epsilon=1e-6)
        d = SampleNormalization(epsilon=1e-5)
        e = BatchNormalization(gamma_initializer='one', beta_initializer='zero', gamma_regularizer='l2')
        f = batch_normalization(mode=mode)
        """,
    )


def test_unknown_mode_of_batch_normalization() -> None:
    result = upgrade("""
        from keras.layers import BatchNormalization
        a = BatchNormalization(mode=3)
        """)
    assert not result.changed
    find(result, "KM205", "BatchNormalization: Keras 1 has no mode 3", MANUAL)


def test_deconvolution_of_natural_and_other_sizes() -> None:
    check_rewrite(
        """
        from keras.layers import Deconvolution2D, Input
        x = Input(shape=(8, 8, 4))
        a = Deconvolution2D(4, 3, 3, (None, 10, 10, 4))(x)
        b = Deconvolution2D(nb_filter=4, nb_row=3, nb_col=3, output_shape=(None, 16, 16, 4),
                            subsample=(2, 2), border_mode='same')(x)
        c = Deconvolution2D(4, 3, 3, output_shape=(None, 18, 18, 4), subsample=(2, 2))(x)
        d = Deconvolution2D(4, 3, 3, output_shape=(None, 15, 15, 4), subsample=(2, 2),
                            border_mode='same')(x)
        """,
        """
        from keras.layers import Conv2DTranspose, Input
        from keras1_compat import Deconvolution2D
        x = Input(shape=(8, 8, 4))
        a = Conv2DTranspose(4, (3, 3))(x)
        b = Conv2DTranspose(filters=4, kernel_size=(3, 3),
                            strides=(2, 2), padding='same')(x)
        c = Conv2DTranspose(4, (3, 3), strides=(2, 2), output_padding=(1, 1))(x)
        d = Deconvolution2D(4, (3, 3), output_shape=(None, 15, 15, 4), strides=(2, 2),
                            padding='same')(x)
        """,
    )


def test_deconvolution_of_unknown_size() -> None:
    check_rewrite(
        """
        from keras.layers import Deconvolution2D
        def up(x, shape):
            return Deconvolution2D(8, 3, 3, output_shape=shape, subsample=(2, 2), dim_ordering='tf')(x)
        """,
        """
        from keras1_compat import Deconvolution2D
        def up(x, shape):
            return Deconvolution2D(8, (3, 3), output_shape=shape, strides=(2, 2), data_format='channels_last')(x)
        """,
    )


def test_separable_and_dilated_convolutions() -> None:
    check_rewrite(
        """
        from keras.layers import AtrousConvolution1D, AtrousConvolution2D, Input, SeparableConvolution2D
        image = Input(shape=(32, 32, 3))
        x = SeparableConvolution2D(8, 3, 3, init='he_normal', depth_multiplier=2, bias=False,
                                   depthwise_regularizer='l2')(image)
        x = AtrousConvolution2D(8, 3, 3, atrous_rate=(2, 2), border_mode='same')(x)
        y = AtrousConvolution1D(8, 3, atrous_rate=2)
        """,
        """
        from keras.layers import Conv1D, Conv2D, Input, SeparableConv2D
        from keras.initializers import VarianceScaling
        from keras1_compat import Keras1Kernel
        image = Input(shape=(32, 32, 3))
        x = SeparableConv2D(8, (3, 3), depthwise_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), pointwise_initializer=VarianceScaling(2.0, 'fan_in', 'untruncated_normal'), depth_multiplier=2, use_bias=False,
                                   depthwise_regularizer='l2')(image)
        x = Conv2D(8, (3, 3), dilation_rate=(2, 2), padding='same')(x)
        y = Conv1D(8, 3, dilation_rate=2, kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        """,
    )


def test_three_sizes_and_one() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution1D, Convolution3D
        a = Convolution3D(8, 3, 3, 3, subsample=(1, 2, 2), dim_ordering='tf')
        b = Convolution3D(nb_filter=8, kernel_dim1=3, kernel_dim2=3, kernel_dim3=1, dim_ordering='tf')
        c = Convolution1D(nb_filter=8, filter_length=3, subsample_length=2, border_mode='same')
        d = Convolution1D(8, 3, input_dim=4, input_length=10)
        e = Convolution1D(8, 3, input_dim=4)
        """,
        """
        from keras.layers import Conv1D, Conv3D
        from keras1_compat import Keras1Kernel
        a = Conv3D(8, (3, 3, 3), strides=(1, 2, 2), data_format='channels_last')
        b = Conv3D(filters=8, kernel_size=(3, 3, 1), data_format='channels_last')
        c = Conv1D(filters=8, kernel_size=3, strides=2, padding='same', kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        d = Conv1D(8, 3, input_shape=(10, 4), kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        e = Conv1D(8, 3, input_shape=(None, 4), kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        """,
    )


def test_sizes_given_apart() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        a = Convolution2D(nb_row=3, nb_filter=8, border_mode='same', nb_col=5, dim_ordering='tf')
        b = Convolution2D(8, nb_col=5, nb_row=3, dim_ordering='tf')
        c = Convolution2D(8, 3, nb_col=5, dim_ordering='tf')
        """,
        """
        from keras.layers import Conv2D
        a = Conv2D(kernel_size=(3, 5), filters=8, padding='same', data_format='channels_last')
        b = Conv2D(8, kernel_size=(3, 5), data_format='channels_last')
        c = Conv2D(8, (3, 5), data_format='channels_last')
        """,
    )


def test_a_size_is_missing() -> None:
    result = upgrade("""
        from keras.layers import Convolution2D
        a = Convolution2D(8, nb_row=3, dim_ordering='tf')
        """)
    assert not result.changed
    find(result, "KM201", "nb_col is missing", MANUAL)


def test_full_borders() -> None:
    result = upgrade("""
        from keras.layers import Convolution1D, Convolution2D
        a = Convolution2D(8, 3, 3, border_mode='full', dim_ordering='tf')
        b = Convolution1D(8, 3, border_mode='full')
        """)
    assert not result.changed
    find(result, "KM201", "padding with kernel size - 1 zeros on each side", MANUAL)


def test_defaults_of_pooling() -> None:
    check_rewrite(
        """
        from keras.layers import *
        a = AveragePooling2D(dim_ordering='tf')
        b = MaxPooling2D((3, 3), (2, 2), 'same', 'th')
        c = MaxPooling1D(pool_length=3, stride=2, border_mode='same')
        d = AveragePooling1D()
        e = AveragePooling3D(dim_ordering='tf')
        f = GlobalAveragePooling2D(dim_ordering='th')
        g = GlobalMaxPooling1D()
        """,
        """
        from keras.layers import *
        a = AveragePooling2D(data_format='channels_last', pool_size=(2, 2))
        b = MaxPooling2D((3, 3), (2, 2), 'same', 'channels_first')
        c = MaxPooling1D(pool_size=3, strides=2, padding='same')
        d = AveragePooling1D(pool_size=2)
        e = AveragePooling3D(data_format='channels_last', pool_size=(2, 2, 2))
        f = GlobalAveragePooling2D(data_format='channels_first')
        g = GlobalMaxPooling1D()
        """,
    )


def test_paddings() -> None:
    check_rewrite(
        """
        from keras.layers import Cropping2D, UpSampling1D, UpSampling2D, ZeroPadding1D, ZeroPadding2D
        from keras.layers import Input
        x = Input(shape=(32, 32, 3))
        edges = {'top_pad': 1, 'right_pad': 3}
        four = (1, 2, 3, 4)
        a = ZeroPadding2D({'top_pad': 1, 'left_pad': 2})(x)
        b = ZeroPadding2D(edges)(x)
        c = ZeroPadding2D((1, 2, 3, 4))(x)
        d = ZeroPadding2D(four)(x)
        e = ZeroPadding2D(padding=(1, 1))(x)
        f = ZeroPadding1D({'left_pad': 1})
        g = UpSampling1D(length=2)
        h = UpSampling2D(size=(2, 2), dim_ordering='tf')(x)
        i = Cropping2D(cropping=((1, 1), (2, 2)), dim_ordering='tf')(x)
        """,
        """
        from keras.layers import Cropping2D, UpSampling1D, UpSampling2D, ZeroPadding1D, ZeroPadding2D
        from keras.layers import Input
        x = Input(shape=(32, 32, 3))
        edges = {'top_pad': 1, 'right_pad': 3}
        four = (1, 2, 3, 4)
        a = ZeroPadding2D(((1, 0), (2, 0)))(x)
        b = ZeroPadding2D(((1, 0), (0, 3)))(x)
        c = ZeroPadding2D(((1, 2), (3, 4)))(x)
        d = ZeroPadding2D(((1, 2), (3, 4)))(x)
        e = ZeroPadding2D(padding=(1, 1))(x)
        f = ZeroPadding1D((1, 0))
        g = UpSampling1D(size=2)
        h = UpSampling2D(size=(2, 2), data_format='channels_last')(x)
        i = Cropping2D(cropping=((1, 1), (2, 2)), data_format='channels_last')(x)
        """,
    )


def test_recurrent_layers() -> None:
    result = check_rewrite(
        """
        from keras.layers import GRU, LSTM, SimpleRNN
        a = GRU(32, init='orthogonal', dropout_W=0.2, dropout_U=0.3)
        b = LSTM(32, inner_init='uniform', U_regularizer='l2', consume_less='mem')
        c = LSTM(32, inner_init='uniform', U_regularizer='l2', consume_less='gpu')
        d = LSTM(32, inner_init='uniform', consume_less=arrangement)
        e = LSTM(8, input_dim=4, input_length=10, inner_activation='sigmoid')
        f = SimpleRNN(8, input_dim=4)
        """,
        """
        from keras.layers import GRU, LSTM, SimpleRNN
        from keras1_compat import Keras1Kernel, hard_sigmoid
        from keras.initializers import Orthogonal
        a = GRU(32, kernel_initializer=Keras1Kernel('orthogonal', '3 gates'), recurrent_initializer=Keras1Kernel('orthogonal', '3 gates'), dropout=0.2, recurrent_dropout=0.3, recurrent_activation=hard_sigmoid, reset_after=False)
        b = LSTM(32, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates'))
        c = LSTM(32, recurrent_initializer='uniform', recurrent_regularizer='l2', recurrent_activation=hard_sigmoid)
        d = LSTM(32, recurrent_activation=hard_sigmoid, kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates'))
        e = LSTM(8, input_shape=(10, 4), recurrent_activation='sigmoid', kernel_initializer=Keras1Kernel('glorot_uniform', '4 gates'), recurrent_initializer=Keras1Kernel('glorot_uniform', '4 gates'))
        f = SimpleRNN(8, input_shape=(None, 4), recurrent_initializer=Orthogonal(1.1))
        """,
    )
    find(result, "KM208", "consume_less is not known here", ASSUMED)


def test_embeddings() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Dropout, Embedding, Flatten
        first = Sequential()
        first.add(Embedding(1000, 32, input_length=10))
        first.add(Flatten())
        second = Sequential([Embedding(1000, 32, dropout=0.2, W_constraint='nonneg'), Dropout(p=0.1)])
        later = Embedding(1000, 32, input_length=10, init='uniform', W_regularizer='l2')(x)
        """,
        """
        from keras.models import Sequential
        from keras.layers import Dropout, Embedding, Flatten
        from keras1_compat import WordDropoutEmbedding
        first = Sequential()
        first.add(Embedding(1000, 32, input_shape=(10,)))
        first.add(Flatten())
        second = Sequential([WordDropoutEmbedding(1000, 32, dropout=0.2, embeddings_constraint='non_neg', input_shape=(None,)), Dropout(rate=0.1)])
        later = Embedding(1000, 32, embeddings_initializer='uniform', embeddings_regularizer='l2')(x)
        """,
    )


def test_core_layers() -> None:
    check_rewrite(
        """
        from keras.layers import ActivityRegularization, Dense, Dropout, Lambda, Reshape
        a = Lambda(lambda x: x, (3,))
        b = Lambda(f, output_shape=lambda s: (s[0], 3), arguments={'a': 1})
        c = Dropout(p=0.5)
        d = Dense(output_dim=3, input_dim=5, bias=False, W_constraint='maxnorm')
        e = Dense(3, batch_input_shape=(None, 5))
        f = Dense(3, init='one', activation='hard_sigmoid', b_regularizer='l1l2')
        g = Reshape(target_shape=(3, 4))
        h = ActivityRegularization(l1=0.1)
        """,
        """
        from keras.layers import Dense, Dropout, Lambda, Reshape
        from keras1_compat import ActivityRegularization, hard_sigmoid
        from keras.regularizers import L1L2
        a = Lambda(lambda x: x, (3,))
        b = Lambda(f, output_shape=lambda s: (s[0], 3), arguments={'a': 1})
        c = Dropout(rate=0.5)
        d = Dense(units=3, input_dim=5, use_bias=False, kernel_constraint='max_norm')
        e = Dense(3, input_shape=(5,))
        f = Dense(3, kernel_initializer='one', activation=hard_sigmoid, bias_regularizer=L1L2(0.01, 0.01))
        g = Reshape(target_shape=(3, 4))
        h = ActivityRegularization(l1=0.1)
        """,
    )


def test_shapes_that_no_layer_takes_any_more() -> None:
    result = upgrade("""
        from keras.layers import Dense, Reshape
        a = Dense(3, batch_input_shape=(32, 5), bias=False)
        b = Dense(3, input_shape=(5,), batch_input_shape=(None, 5))
        c = Reshape(dims=(3, 4))
        """)
    assert not result.changed
    find(result, "KM204", "put `Input(batch_shape=...)` before the layer", MANUAL)
    find(result, "KM204", "it says input_shape twice", MANUAL)
    find(result, "KM204", "no argument 'dims'", MANUAL)


def test_initialisations_by_function() -> None:
    check_rewrite(
        """
        from functools import partial
        from keras import initializations
        from keras.layers import Convolution2D, Dense
        from inits import special
        def own(shape, name=None):
            return values(shape)
        short = lambda shape, name=None: 1
        scaled = partial(own, scale=2)
        normal = partial(initializations.normal, scale=.02)
        a = Convolution2D(8, 3, 3, init=own, dim_ordering='tf')
        b = Convolution2D(8, 3, 3, own, dim_ordering='tf')
        c = Dense(8, init=short)
        d = Dense(8, init=lambda shape, name: initializations.normal(shape, scale=0.01, name=name))
        e = Dense(8, init=scaled)
        f = Dense(8, init=special)
        g = Dense(8, init=normal)
        """,
        """
        from functools import partial
        from keras.layers import Conv2D, Dense
        from keras1_compat import normal as keras_normal, adapt_initializer, get_initializer
        from inits import special
        def own(shape, name=None):
            return values(shape)
        short = lambda shape, name=None: 1
        scaled = partial(own, scale=2)
        normal = partial(keras_normal, scale=.02)
        a = Conv2D(8, (3, 3), kernel_initializer=adapt_initializer(own), data_format='channels_last')
        b = Conv2D(8, (3, 3), kernel_initializer=adapt_initializer(own), data_format='channels_last')
        c = Dense(8, kernel_initializer=adapt_initializer(short))
        d = Dense(8, kernel_initializer=adapt_initializer(lambda shape, name: keras_normal(shape, scale=0.01, name=name)))
        e = Dense(8, kernel_initializer=get_initializer(scaled))
        f = Dense(8, kernel_initializer=get_initializer(special))
        g = Dense(8, kernel_initializer=normal)
        """,
    )


def test_layers_whose_arguments_are_unpacked() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        options = dict(border_mode='same', init='he_normal')
        a = Convolution2D(8, 3, 3, dim_ordering='tf', **options)
        b = Convolution2D(8, *(3, 3), dim_ordering='tf')
        """,
        """
        from keras1_compat import keras1_Convolution2D
        options = dict(border_mode='same', init='he_normal')
        a = keras1_Convolution2D(8, 3, 3, dim_ordering='tf', **options)
        b = keras1_Convolution2D(8, *(3, 3), dim_ordering='tf')
        """,
    )


def test_a_network_of_applications_that_changed_is_told_though_its_call_stays() -> None:
    source = (
        "from keras.applications import InceptionV3\n"
        "from keras.layers import Dense\n"
        "top = Dense(output_dim=3)\n"
        "base = InceptionV3(weights='imagenet', include_top=True)\n"
    )
    result = upgrade_source(source)
    assert "InceptionV3(weights='imagenet', include_top=True)" in result.code
    told = [finding for finding in result.findings if finding.code == "KM603"]
    assert [finding.applicability.value for finding in told] == ["assumed"]


def test_comments_stay_beside_their_arguments_where_one_is_appended() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, MaxPooling2D
        from keras.models import Sequential
        m = Sequential()
        m.add(Convolution2D(8, 3, 3,
                            activation='relu',  # no bend
                            input_shape=(3, 32, 32)  # a picture
                            ))
        m.add(Convolution2D(
            8, 3, 3,
            activation='relu',  # trailing comma
        ))
        m.add(MaxPooling2D(
            strides=(2, 2)
            # nothing more
        ))
        m.add(MaxPooling2D(strides=(2, 2)  # in one line
                           ))
        m.add(Convolution2D(8, 3, 3,
                            activation='relu',  # of old
                            weights=None  # goes
                            ))
        """,
        """
        from keras.layers import Conv2D, MaxPooling2D
        from keras.models import Sequential
        m = Sequential()
        m.add(Conv2D(8, (3, 3),
                            activation='relu',  # no bend
                            input_shape=(3, 32, 32),  # a picture
                            data_format='channels_first'
                            ))
        m.add(Conv2D(
            8, (3, 3),
            activation='relu',  # trailing comma
            data_format='channels_first',
        ))
        m.add(MaxPooling2D(
            strides=(2, 2),
            data_format='channels_first'
            # nothing more
        ))
        m.add(MaxPooling2D(strides=(2, 2), data_format='channels_first'  # in one line
                           ))
        m.add(Conv2D(8, (3, 3),
                            activation='relu',  # of old
                            data_format='channels_first',
                              # goes
                            ))
        """,
    )


def test_an_output_shape_that_keras_1_could_not_reach_is_told() -> None:
    for border, size in [("same", 33), ("same", 30), ("valid", 32), ("valid", 35)]:
        check_manual(
            f"""
            from keras.layers import Deconvolution2D, Input
            i = Input(shape=(16, 16, 3))
            x = Deconvolution2D(3, 3, 3, output_shape=(None, {size}, {size}, 3), subsample=(2, 2),
                                border_mode='{border}')(i)
            """,
            "KM201",
            f"output_shape asks for {size} where the input has 16",
        )


def test_a_size_that_numpy_computes_becomes_an_int() -> None:
    head = "import numpy as np\nfrom keras.layers import Dense, RepeatVector\nn = np.prod(shape)\n"
    check_rewrite(
        head
        + "a = Dense(np.prod(shape), init='zero')\nb = Dense(output_dim=2 * n)\nc = Dense(int(n), bias=False)\n"
        "RepeatVector(n)\n",
        head
        + "a = Dense(int(np.prod(shape)), kernel_initializer='zero')\nb = Dense(units=int(2 * n))\n"
        "c = Dense(int(n), use_bias=False)\nRepeatVector(int(n))\n",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "m = Sequential()\nm.add(LSTM(4, batch_input_shape=(2, 5, 3), stateful=True))\n",
            "m = Sequential()\nm.add(Input(batch_shape=(2, 5, 3)))\nm.add(LSTM(4, stateful=True))\n",
        ),
        (
            "m = Sequential([LSTM(4, batch_input_shape=(n, 5, 3))])\n",
            "m = Sequential([Input(batch_shape=(n, 5, 3)), LSTM(4)])\n",
        ),
        (
            "if x: m.add(LSTM(4, batch_input_shape=shape))\n",
            "if x: m.add(Input(batch_shape=shape)); m.add(LSTM(4))\n",
        ),
        (
            "def f():\n    self.m.add(LSTM(4, batch_input_shape=shape))  # first\n",
            "def f():\n    self.m.add(Input(batch_shape=shape))\n    self.m.add(LSTM(4))  # first\n",
        ),
    ],
)
def test_batches_of_a_fixed_size_get_an_input(old: str, new: str) -> None:
    source = "from keras.models import Sequential\nfrom keras.layers import LSTM\n"
    kernels = "=Keras1Kernel('glorot_uniform', '4 gates')"
    defaults = f", recurrent_activation=hard_sigmoid, kernel_initializer{kernels}, recurrent_initializer{kernels})"
    result = upgrade(source + old)
    assert result.new.replace(defaults, ")").endswith(new)
    assert all(f.applicability is not MANUAL for f in result.findings)


def test_a_fixed_batch_that_no_input_can_take_is_reported() -> None:
    source = "from keras.layers import LSTM\nx = LSTM(4, batch_input_shape=(2, 5, 3))\n"
    check_manual(source, "KM208", "put `Input(batch_shape=...)` before the layer")


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        ("AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2), subsample=(2, 1))",
         "MaxPooling2D(1, strides=(2, 1))"),
        ("AtrousConvolution2D(4, 3, 3, atrous_rate=(1, r), subsample=(r, r))",
         "MaxPooling2D(1, strides=(r, r))"),
        ("AtrousConvolution1D(4, 3, atrous_rate=2, subsample_length=2)",
         "MaxPooling1D(1, strides=2)"),
        ("AtrousConvolution1D(4, 3, 'uniform', None, None, 'valid', 3, 2)",
         "MaxPooling1D(1, strides=3)"),
    ],
)  # fmt: skip
def test_strides_and_dilation_together_are_refused(call: str, instead: str) -> None:
    source = f"""
    from keras.layers import AtrousConvolution1D, AtrousConvolution2D
    r = 2
    layer = {call}
    """
    check_manual(source, "KM201", instead, data_format="channels_last")


def test_strides_or_dilation_alone_are_rewritten() -> None:
    check_rewrite(
        """
        from keras.layers import AtrousConvolution1D
        layer = AtrousConvolution1D(4, 3, atrous_rate=2, subsample_length=1)
        layer = AtrousConvolution1D(4, 3, subsample_length=2)
        """,
        """
        from keras.layers import Conv1D
        from keras1_compat import Keras1Kernel
        layer = Conv1D(4, 3, dilation_rate=2, strides=1, kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        layer = Conv1D(4, 3, strides=2, kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))
        """,
    )


def test_strides_and_dilation_that_cannot_be_seen_are_told() -> None:
    result = upgrade("""
        from keras.layers import AtrousConvolution1D
        def build(rate, step):
            return AtrousConvolution1D(4, 3, atrous_rate=rate, subsample_length=step)
        """)
    find(result, "KM201", "both above one", Applicability.ASSUMED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ZeroPadding2D(padding=(1, 2, 3, 4))", "ZeroPadding2D(padding=((1, 2), (3, 4)))"),
        ("ZeroPadding2D(padding=pad)", "ZeroPadding2D(padding=((1, 2), (3, 4)))"),
        ("ZeroPadding2D(padding={'left_pad': 1})", "ZeroPadding2D(padding=((0, 0), (1, 0)))"),
        ("ZeroPadding2D(padding=dict(top_pad=1))", "ZeroPadding2D(padding=((1, 0), (0, 0)))"),
        ("ZeroPadding1D(padding={'left_pad': 1})", "ZeroPadding1D(padding=(1, 0))"),
        ("ZeroPadding1D({'right_pad': 1})", "ZeroPadding1D((0, 1))"),
    ],
)
def test_padding_by_keyword_is_no_mark_of_a_later_keras(old: str, new: str) -> None:
    source = """
    from keras.layers import Dense, ZeroPadding1D, ZeroPadding2D
    pad = (1, 2, 3, 4)
    head = Dense({})
    first = ZeroPadding2D(padding=1)
    layer = {}
    """
    check_rewrite(
        source.format("output_dim=3", old),
        source.format("units=3", new),
        data_format="channels_last",
    )


def test_padding_of_today_stays() -> None:
    check_noop("""
        from keras.layers import ZeroPadding1D
        a = ZeroPadding1D(padding=(1, 2))
        b = ZeroPadding1D(2)
        """)


def test_kernels_of_gates_are_drawn_one_by_one() -> None:
    head = "from keras.layers import GRU, LSTM\n"
    for call, drawn in (
        ("LSTM(output_dim=3)", "'glorot_uniform', '4 gates'"),
        ("GRU(output_dim=3, init='he_normal')", "'he_normal', '3 gates'"),
        ("GRU(output_dim=3, init=mine)", "mine, '3 gates'"),
        ("LSTM(output_dim=3, init='orthogonal')", "'orthogonal', '4 gates'"),
        ("LSTM(output_dim=3, init='uniform')", ""),
        ("LSTM(output_dim=3, consume_less='gpu')", ""),
    ):
        code = upgrade(head + call + "\n").new
        assert code.count(f"Keras1Kernel({drawn})") == (2 if drawn else 0), code
        assert drawn or "Keras1Kernel" not in code
        idiomatic = upgrade(head + call + "\n", idiomatic=True)
        assert "Keras1Kernel" not in idiomatic.new


def test_dropout_of_gates_is_told_where_it_is_given() -> None:
    head = "from keras.layers import LSTM\n"
    assert any("one mask" in f.message for f in upgrade(head + "LSTM(3, dropout_W=0.1)").findings)
    assert not any("one mask" in f.message for f in upgrade(head + "LSTM(output_dim=3)").findings)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("def f(value):\n    return {}\n", "value"),
        ("from settings import value\nx = {}\n", "value"),
        ("args = parser.parse_args()\nx = {}\n", "args.value"),
        ("table = load(path)\nx = {}\n", "table['value']"),
        (
            "class A(object):\n    def f(self, v):\n        self.v = v\n        return {}\n",
            "self.v",
        ),
        ("for value in given:\n    x = {}\n", "value"),
    ],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Dense(3, activation={0})", "Dense(3, activation=get_activation({0}))"),
        ("Dense(3, init={0})", "Dense(3, kernel_initializer=get_initializer({0}))"),
        ("Dense(3, W_regularizer={0})", "Dense(3, kernel_regularizer=get_regularizer({0}))"),
        ("Dense(3, b_constraint={0})", "Dense(3, bias_constraint=get_constraint({0}))"),
        ("ZeroPadding1D({0})", "ZeroPadding1D(padding_1d({0}))"),
    ],
)
def test_values_that_come_from_elsewhere(setting: str, value: str, old: str, new: str) -> None:
    head = "from keras.layers import Dense, ZeroPadding1D\nDense(3, bias=False)\n"
    code = upgrade(head + setting.format(old.format(value))).new
    assert setting.format(new.format(value)) in code


@pytest.mark.parametrize(
    "setting",
    [
        "for value in ['relu', 'tanh']:\n    x = {}\n",
        "def f(value='relu'):\n    return {}\nf('tanh')\n",
        "value = 'relu' if deep else 'tanh'\nx = {}\n",
    ],
)
def test_values_that_are_seen_need_no_function(setting: str) -> None:
    source = setting.format("Dense(3, activation=value, bias=False)")
    code = upgrade("from keras.layers import Dense\n" + source).new
    assert setting.format("Dense(3, activation=value, use_bias=False)") in code


@pytest.mark.parametrize(
    "setting",
    [
        "def f(p):\n    return {}\n",
        "for p in [(1, 1), (1, 2, 3, 4)]:\n    x = {}\n",
        "p = sizes['pad']\nx = {}\n",
    ],
)
def test_padding_in_a_variable_is_looked_at_when_it_runs(setting: str) -> None:
    head = "from keras.layers import Convolution2D, ZeroPadding2D\n"
    source = setting.format("ZeroPadding2D(p, dim_ordering='tf')")
    code = upgrade(head + source).new
    assert setting.format("ZeroPadding2D(padding_2d(p), data_format='channels_last')") in code


def test_what_the_compat_module_gave_is_not_looked_up_again() -> None:
    code = upgrade("""
        from keras import initializations
        from keras.layers import Recurrent
        class Mine(Recurrent):
            def __init__(self, init='glorot_uniform', **kwargs):
                self.init = initializations.get(init)
                super(Mine, self).__init__(**kwargs)
            def build(self, input_shape):
                self.W = self.add_weight((input_shape[2], 3), initializer=self.init, name='W')
        """).new
    assert "initializer=self.init" in code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "m = build(Embedding(9, 3, input_length=10))",
            "m = build(Embedding(9, 3, input_shape=(10,)))",
        ),
        (
            "parts = [Embedding(9, 3), other]",
            "parts = [Embedding(9, 3, input_shape=(None,)), other]",
        ),
        (
            "first = Embedding(9, 3)\nm.add(first)",
            "first = Embedding(9, 3, input_shape=(None,))\nm.add(first)",
        ),
        ("make = lambda: Embedding(9, 3)", "make = lambda: Embedding(9, 3, input_shape=(None,))"),
        (
            "first = Embedding(9, 3, input_length=2)\ny = first(x)",
            "first = Embedding(9, 3)\ny = first(x)",
        ),
        ("w = TimeDistributed(Embedding(9, 3))", "w = TimeDistributed(Embedding(9, 3))"),
    ],
)
def test_an_embedding_that_may_come_first_elsewhere(old: str, new: str) -> None:
    head = "from keras.layers import Dense, Embedding, TimeDistributed\n"
    check_rewrite(f"{head}Dense(output_dim=1)\n{old}\n", f"{head}Dense(units=1)\n{new}\n")
