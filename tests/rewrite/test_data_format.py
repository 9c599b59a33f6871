"""Where `data_format=` is written, and where it is not."""

from __future__ import annotations

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_rewrite, find

ASSUMED, MANUAL = Applicability.ASSUMED, Applicability.MANUAL


def test_channels_first_is_written() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(3, 32, 32))
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization(axis=1)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(3, 32, 32))
        x = Conv2D(8, (3, 3), data_format='channels_first')(i)
        x = MaxPooling2D(data_format='channels_first')(x)
        x = BatchNormalization(axis=1)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
    )


def test_channels_last_is_not_written() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(32, 32, 3))
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization(axis=3)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(32, 32, 3))
        x = Conv2D(8, (3, 3))(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization(axis=3)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
    )


def test_explicit_writes_channels_last() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(32, 32, 3))
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization(axis=3)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=(32, 32, 3))
        x = Conv2D(8, (3, 3), data_format='channels_last')(i)
        x = MaxPooling2D(data_format='channels_last')(x)
        x = BatchNormalization(axis=3)(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        data_format="explicit",
    )


def test_an_open_model_is_asked_about() -> None:
    result = check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)  # kerasmig: data_format=undecided
        x = Conv2D(8, (3, 3))(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
    )
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_an_open_model_settled_first() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)
        x = Conv2D(8, (3, 3), data_format='channels_first')(i)
        x = MaxPooling2D(data_format='channels_first')(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        data_format="channels_first",
    )


def test_an_open_model_settled_last() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization, Convolution2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        """
        from keras.layers import BatchNormalization, Conv2D, Flatten, Input, MaxPooling2D
        from keras.models import Model
        i = Input(shape=shape)
        x = Conv2D(8, (3, 3))(i)
        x = MaxPooling2D()(x)
        x = BatchNormalization()(x)
        x = Flatten()(x)
        m = Model(i, x)
        """,
        data_format="channels_last",
    )


def test_code_for_both_stays_so() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Convolution2D, Input
        i = Input(shape=(3, 32, 32) if K.image_dim_ordering() == 'th' else (32, 32, 3))
        x = Convolution2D(8, 3, 3)(i)
        """,
        """
        from keras import backend as K
        from keras.layers import Conv2D, Input
        i = Input(shape=(3, 32, 32) if K.image_data_format() == 'channels_first' else (32, 32, 3))
        x = Conv2D(8, (3, 3))(i)
        """,
    )


def test_code_for_both_stays_so_when_explicit() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Convolution2D, Input
        i = Input(shape=(3, 32, 32) if K.image_dim_ordering() == 'th' else (32, 32, 3))
        x = Convolution2D(8, 3, 3)(i)
        """,
        """
        from keras import backend as K
        from keras.layers import Conv2D, Input
        i = Input(shape=(3, 32, 32) if K.image_data_format() == 'channels_first' else (32, 32, 3))
        x = Conv2D(8, (3, 3))(i)
        """,
        data_format="explicit",
    )


def test_a_global_setting_governs_images_but_not_texts() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.layers import AveragePooling1D, Convolution1D, Convolution2D, Flatten, MaxPooling1D
        from keras.models import Sequential
        K.set_image_dim_ordering('th')
        images = Sequential()
        images.add(Convolution2D(8, 3, 3, input_shape=(1, 28, 28)))
        images.add(Flatten())
        texts = Sequential()
        texts.add(Convolution1D(8, 3, input_shape=(10, 4)))
        texts.add(MaxPooling1D())
        texts.add(AveragePooling1D())
        """,
        """
        from keras import backend as K
        from keras.layers import AveragePooling1D, Conv1D, Conv2D, Flatten, MaxPooling1D
        from keras.models import Sequential
        from keras1_compat import Keras1Kernel
        K.set_image_data_format('channels_first')
        images = Sequential()
        images.add(Conv2D(8, (3, 3), input_shape=(1, 28, 28)))
        images.add(Flatten(data_format='channels_last'))
        texts = Sequential()
        texts.add(Conv1D(8, 3, input_shape=(10, 4), kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'), data_format='channels_last'))
        texts.add(MaxPooling1D(data_format='channels_last'))
        texts.add(AveragePooling1D(pool_size=2, data_format='channels_last'))
        """,
    )


def test_a_global_setting_written_out() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.layers import AveragePooling1D, Convolution1D, Convolution2D, Flatten, MaxPooling1D
        from keras.models import Sequential
        K.set_image_dim_ordering('th')
        images = Sequential()
        images.add(Convolution2D(8, 3, 3, input_shape=(1, 28, 28)))
        images.add(Flatten())
        texts = Sequential()
        texts.add(Convolution1D(8, 3, input_shape=(10, 4)))
        texts.add(MaxPooling1D())
        texts.add(AveragePooling1D())
        """,
        """
        from keras import backend as K
        from keras.layers import AveragePooling1D, Conv1D, Conv2D, Flatten, MaxPooling1D
        from keras.models import Sequential
        from keras1_compat import Keras1Kernel
        K.set_image_data_format('channels_first')
        images = Sequential()
        images.add(Conv2D(8, (3, 3), input_shape=(1, 28, 28), data_format='channels_first'))
        images.add(Flatten(data_format='channels_last'))
        texts = Sequential()
        texts.add(Conv1D(8, 3, input_shape=(10, 4), kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'), data_format='channels_last'))
        texts.add(MaxPooling1D(data_format='channels_last'))
        texts.add(AveragePooling1D(pool_size=2, data_format='channels_last'))
        """,
        data_format="explicit",
    )


def test_a_comment_on_top() -> None:
    check_rewrite(
        """
        # kerasmig: data_format=channels_first
        from keras.layers import Convolution2D
        def f(x):
            return Convolution2D(8, 3, 3)(x)
        """,
        """
        # kerasmig: data_format=channels_first
        from keras.layers import Conv2D
        def f(x):
            return Conv2D(8, (3, 3), data_format='channels_first')(x)
        """,
    )


def test_a_comment_on_the_line() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        def f(x):
            return Convolution2D(8, 3, 3)(x)  # kerasmig: data_format=channels_first
        """,
        """
        from keras.layers import Conv2D
        def f(x):
            return Conv2D(8, (3, 3), data_format='channels_first')(x)  # kerasmig: data_format=channels_first
        """,
    )


def test_weak_evidence_is_an_assumption() -> None:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Input
        i = Input(shape=(3, 32, 32))
        x = Convolution2D(8, 3, 3)(i)
        """,
        """
        from keras.layers import Conv2D, Input
        i = Input(shape=(3, 32, 32))
        x = Conv2D(8, (3, 3), data_format='channels_first')(i)
        """,
    )
    find(
        result,
        "KM201",
        "3 channels as channels_first; as channels_last it would be 3 rows",
        ASSUMED,
    )
