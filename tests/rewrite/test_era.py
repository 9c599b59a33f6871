"""Keras 1, Keras 2 or today: whose words a file speaks."""

from __future__ import annotations

from kerasmig.finding import Applicability
from tests.rewrite.helpers import automatic, check_noop, check_rewrite, find, upgrade

ASSUMED, MANUAL = Applicability.ASSUMED, Applicability.MANUAL


def test_a_convolution_without_any_mark_is_not_guessed() -> None:
    result = upgrade("""
        from keras.layers import Conv2D
        x = Conv2D(32, 3, 3)
        """)
    assert not result.changed
    find(result, "KM201", "argument 3 is nb_col in Keras 1, strides today", MANUAL)


def test_a_dense_layer_without_any_mark_is_not_guessed() -> None:
    result = upgrade("""
        from keras.layers import Dense
        x = Dense(32, something)
        """)
    assert not result.changed
    find(result, "KM204", "argument 2 is init in Keras 1, activation today", MANUAL)


def test_an_activation_cannot_be_an_initialisation() -> None:
    check_noop("""
        from keras.layers import Dense
        x = Dense(32, 'relu')
        """)


def test_one_size_is_of_today() -> None:
    result = upgrade("""
        from keras.layers import Conv2D, Conv3D
        x = Conv2D(32, 3)
        y = Conv3D(8, (3, 3, 3))
        """)
    assert not result.changed
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_another_call_tells_keras_1() -> None:
    result = check_rewrite(
        """
        from keras.layers import Conv2D, Dense
        x = Conv2D(32, 3, 3, input_shape=(28, 28, 3))
        y = Dense(3, W_regularizer='l2')
        """,
        """
        from keras.layers import Conv2D, Dense
        x = Conv2D(32, (3, 3), input_shape=(28, 28, 3))  # kerasmig: data_format=undecided
        y = Dense(3, kernel_regularizer='l2')
        """,
    )
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_imports_tell_keras_1() -> None:
    result = check_rewrite(
        """
        from keras.layers.convolutional import Conv2D
        from keras.layers import merge
        x = Conv2D(32, 3, 3, input_shape=(28, 28, 3))
        """,
        """
        from keras.layers import Conv2D
        x = Conv2D(32, (3, 3), input_shape=(28, 28, 3))  # kerasmig: data_format=undecided
        """,
    )
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_imports_tell_a_later_keras() -> None:
    check_noop("""
        from keras.layers import Conv2D, concatenate
        x = Conv2D(32, 3, 3)
        y = concatenate([x, x])
        """)


def test_keywords_tell_a_later_keras() -> None:
    check_noop("""
        from keras.layers import Conv2D, Dense
        x = Conv2D(32, 3, 3)
        y = Conv2D(32, 3, 3, padding='same')
        """)


def test_marks_of_both_make_it_an_assumption() -> None:
    result = check_rewrite(
        """
        from keras.layers import Conv2D, concatenate, merge
        x = Conv2D(32, 3, 3, input_shape=(28, 28, 3))
        """,
        """
        from keras.layers import Conv2D, concatenate
        x = Conv2D(32, (3, 3), input_shape=(28, 28, 3))  # kerasmig: data_format=undecided
        """,
    )
    find(result, "KM201", "read as Keras 1, though the file also speaks a later Keras", ASSUMED)


def test_the_call_itself_comes_first() -> None:
    check_rewrite(
        """
        from keras.layers import Conv2D, concatenate
        x = Conv2D(32, (3, 3), padding='same')
        y = Conv2D(32, 3, 3, border_mode='same', dim_ordering='tf')
        """,
        """
        from keras.layers import Conv2D, concatenate
        x = Conv2D(32, (3, 3), padding='same')
        y = Conv2D(32, (3, 3), padding='same', data_format='channels_last')
        """,
    )


def test_the_old_name_keeps_the_old_meaning() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, concatenate
        x = Convolution2D(32, 3, 3, dim_ordering='tf')
        y = concatenate([x, x])
        """,
        """
        from keras.layers import Conv2D, concatenate
        x = Conv2D(32, (3, 3), data_format='channels_last')
        y = concatenate([x, x])
        """,
    )


def test_code_of_today_stays() -> None:
    check_noop("""
        import keras
        from keras import layers, ops
        from keras.layers import Add, Conv2D, Dense
        model = keras.Sequential([layers.Conv2D(8, 3, 2, padding='same'), layers.Flatten(), Dense(3)])
        model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss='mse')
        model.fit(x, y, epochs=3)
        y = ops.concatenate([x, y]), Add()([x, y])
        """)


def test_moved_paths_of_keras_2() -> None:
    result = check_rewrite(
        """
        from keras.layers.convolutional import Conv2D, UpSampling2D
        from keras.layers.merge import Concatenate, add
        from keras.layers.advanced_activations import LeakyReLU
        from keras.layers.normalization import BatchNormalization
        from keras.utils import np_utils
        from keras.engine.topology import Layer
        x = Conv2D(8, (3, 3), padding='same')(y)
        x = BatchNormalization()(x)
        x = Concatenate()([x, add([x, y])])
        z = np_utils.to_categorical([1])
        class Own(Layer):
            pass
        """,
        """
        from keras.layers import Conv2D, UpSampling2D
        from keras.layers import Concatenate, add
        from keras.layers import LeakyReLU
        from keras.layers import BatchNormalization
        from keras.layers import Layer
        from keras.utils import to_categorical
        x = Conv2D(8, (3, 3), padding='same')(y)  # kerasmig: data_format=undecided
        x = BatchNormalization()(x)
        x = Concatenate()([x, add([x, y])])
        z = to_categorical([1])
        class Own(Layer):
            pass
        """,
    )
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_version_switches() -> None:
    result = check_rewrite(
        """
        import keras
        KERAS_2 = keras.__version__[0] == '2'
        if KERAS_2:
            from keras.layers import Conv2D as Conv
        else:
            from keras.layers import Convolution2D as Conv
        old = keras.__version__.startswith('1.')
        new = int(keras.__version__.split('.')[0]) >= 2
        x = Conv(8, 3, 3, dim_ordering='tf')
        """,
        """
        import keras
        KERAS_2 = keras.__version__[0] == '2'
        if KERAS_2:
            from keras.layers import Conv2D as Conv
        else:
            from keras.layers import Conv2D as Conv
        old = keras.__version__.startswith('1.')
        new = int(keras.__version__.split('.')[0]) >= 2
        x = Conv(8, (3, 3), data_format='channels_last')
        """,
    )
    find(result, "KM113", "begins with '3' now", ASSUMED)


def test_version_checks_of_today_stay() -> None:
    check_noop("""
        import keras
        assert keras.__version__ >= '3.0'
        """)


def test_backend_switches() -> None:
    result = upgrade("""
        from keras import backend as K
        from keras.layers import BatchNormalization
        axis = 1 if K.backend() == 'theano' else -1
        if 'tensorflow' == K.backend():
            import tensorflow as tf
        """)
    assert not result.changed
    find(result, "KM113", "never 'theano' today", ASSUMED)


def test_backend_switches_beside_channels_first() -> None:
    result = check_rewrite(
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Convolution2D
        x = Convolution2D(8, 3, 3, dim_ordering='th')(y)
        x = BatchNormalization(axis=1 if K.backend() == 'theano' else -1)(x)
        """,
        """
        from keras import backend as K
        from keras.layers import BatchNormalization, Conv2D
        x = Conv2D(8, (3, 3), data_format='channels_first')(y)
        x = BatchNormalization(axis=1 if K.backend() == 'theano' else -1)(x)
        """,
    )
    find(result, "KM113", "ask `K.image_data_format() == 'channels_first'` instead", MANUAL)


def test_keywords_that_no_keras_knows() -> None:
    result = upgrade("""
        from keras.layers import Reshape
        x = Reshape(dims=(3, 4))
        """)
    assert not result.changed
    find(result, "KM204", "argument 'dims' here", MANUAL)


def test_an_ordering_by_position_is_of_keras_1() -> None:
    check_rewrite(
        """
        from keras.layers import MaxPooling2D
        x = MaxPooling2D((2, 2), (2, 2), 'same', 'th')(x)
        """,
        """
        from keras.layers import MaxPooling2D
        x = MaxPooling2D((2, 2), (2, 2), 'same', 'channels_first')(x)
        """,
    )


def test_layers_of_today_get_the_format_of_those_of_keras_1_beside_them() -> None:
    result = check_rewrite(
        """
        from keras.layers import Conv2D, Input, merge
        i = Input(shape=(3, 32, 32))
        x = Conv2D(8, (3, 3), padding='same')(i)
        y = merge([x, x], mode='concat', concat_axis=1)
        z = Conv2D(8, 3, 3, border_mode='same')(y)
        """,
        """
        from keras.layers import Conv2D, Input, concatenate
        i = Input(shape=(3, 32, 32))
        x = Conv2D(8, (3, 3), padding='same', data_format='channels_first')(i)
        y = concatenate([x, x], axis=1)
        z = Conv2D(8, (3, 3), padding='same', data_format='channels_first')(y)
        """,
    )
    find(result, "KM111", "as the layers of Keras 1 that it is connected with", ASSUMED)


def test_a_mode_of_batch_normalization_tells_keras_1() -> None:
    source = """
        from keras.layers import BatchNormalization, Dense
        from keras.models import Sequential
        net = Sequential([Dense(4, input_dim=3), BatchNormalization(mode=2)])
        net.train_on_batch(x, y, None, w)
    """
    assert "train_on_batch(x, y, class_weight=None, sample_weight=w)" in upgrade(source).new


def test_a_function_of_the_backend_is_read_without_a_guess() -> None:
    source = "from keras import backend as K\nx = K.mean(K.square(y), axis=-1)\n"
    assert automatic(upgrade(source))
