"""'th' and 'tf' become data formats wherever an ordering is meant."""

from __future__ import annotations

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_rewrite, find, upgrade

MANUAL = Applicability.MANUAL


def test_comparisons() -> None:
    check_rewrite(
        """
        from keras import backend as K
        if K.image_dim_ordering() == 'th':
            axis = 1
        elif "tf" == K.image_dim_ordering():
            axis = 3
        if K.image_dim_ordering() in ('th', 'tf'):
            pass
        assert K.image_dim_ordering() != 'tf', 'th only'
        name = 'th'
        """,
        """
        from keras import backend as K
        if K.image_data_format() == 'channels_first':
            axis = 1
        elif "channels_last" == K.image_data_format():
            axis = 3
        if K.image_data_format() in ('channels_first', 'channels_last'):
            pass
        assert K.image_data_format() != 'channels_last', 'th only'
        name = 'th'
        """,
    )


def test_identity_becomes_equality() -> None:
    check_rewrite(
        """
        from keras import backend as K
        def shape(dim_ordering='th'):
            if dim_ordering is 'th':
                return (3, 8, 8)
            if dim_ordering is not 'tf':
                raise ValueError(dim_ordering)
            return (8, 8, 3)
        """,
        """
        from keras import backend as K
        def shape(dim_ordering='channels_first'):
            if dim_ordering == 'channels_first':
                return (3, 8, 8)
            if dim_ordering != 'channels_last':
                raise ValueError(dim_ordering)
            return (8, 8, 3)
        """,
    )


def test_tables() -> None:
    check_rewrite(
        """
        from keras import backend as K
        axis = {'th': 1, 'tf': 3}[K.image_dim_ordering()]
        shapes = {'th': (1, 28, 28), 'tf': (28, 28, 1)}
        shape = shapes[K.image_dim_ordering()]
        other = shapes.get(K.image_dim_ordering())
        """,
        """
        from keras import backend as K
        axis = {'channels_first': 1, 'channels_last': 3}[K.image_data_format()]
        shapes = {'channels_first': (1, 28, 28), 'channels_last': (28, 28, 1)}
        shape = shapes[K.image_data_format()]
        other = shapes.get(K.image_data_format())
        """,
    )


def test_parameters_and_what_is_passed() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        def conv(x, n, dim_ordering='th', order='tf'):
            x = Convolution2D(n, 3, 3, dim_ordering=dim_ordering)(x)
            return Convolution2D(n, 3, 3, dim_ordering=order)(x)
        y = conv(x, 3, dim_ordering='tf', order='th')
        z = conv(x, 3, 'tf')
        """,
        """
        from keras.layers import Conv2D
        def conv(x, n, dim_ordering='channels_first', order='channels_last'):
            x = Conv2D(n, (3, 3), data_format=dim_ordering)(x)
            return Conv2D(n, (3, 3), data_format=order)(x)
        y = conv(x, 3, dim_ordering='channels_last', order='channels_first')
        z = conv(x, 3, 'channels_last')
        """,
    )


def test_variables_named_otherwise() -> None:
    check_rewrite(
        """
        from keras import backend as K
        class Net(object):
            def __init__(self, mode=None):
                self.mode = mode or K.image_dim_ordering()
                self.order = K.image_dim_ordering()
            def axis(self):
                if self.mode == 'th':
                    return 1
                return {'th': 1, 'tf': -1}[self.order]
        net = Net('tf')
        """,
        """
        from keras import backend as K
        class Net(object):
            def __init__(self, mode=None):
                self.mode = mode or K.image_data_format()
                self.order = K.image_data_format()
            def axis(self):
                if self.mode == 'channels_first':
                    return 1
                return {'channels_first': 1, 'channels_last': -1}[self.order]
        net = Net('channels_last')
        """,
    )


def test_functions_that_return_it() -> None:
    check_rewrite(
        """
        from keras import backend as K
        def ordering():
            return K.image_dim_ordering()
        axis = 1 if ordering() == 'th' else -1
        """,
        """
        from keras import backend as K
        def ordering():
            return K.image_data_format()
        axis = 1 if ordering() == 'channels_first' else -1
        """,
    )


def test_what_cannot_be_connected_is_reported() -> None:
    result = check_rewrite(
        """
        from keras.layers import Dense
        from settings import order
        x = Dense(output_dim=3)
        if order == 'th':
            axis = 1
        """,
        """
        from keras.layers import Dense
        from settings import order
        x = Dense(units=3)
        if order == 'th':
            axis = 1
        """,
    )
    find(result, "KM502", "'th' may be an image ordering", MANUAL)


def test_strings_that_mean_something_else() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        x = Dense(output_dim=3, name='tf')
        suffix = 'th'
        """,
        """
        from keras.layers import Dense
        x = Dense(units=3, name='tf')
        suffix = 'th'
        """,
    )


def test_setters() -> None:
    check_rewrite(
        """
        import sys
        from keras import backend as K
        order = 'th'
        K.set_image_dim_ordering('tf')
        K.set_image_dim_ordering(order)
        K.set_image_dim_ordering(sys.argv[1])
        """,
        """
        import sys
        from keras import backend as K
        from keras1_compat import data_format
        order = 'th'
        K.set_image_data_format('channels_last')
        K.set_image_data_format('channels_first')
        K.set_image_data_format(data_format(sys.argv[1]))
        """,
    )


def test_arguments_of_layers() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, MaxPooling2D
        a = Convolution2D(8, 3, 3, dim_ordering="th")
        b = MaxPooling2D(dim_ordering='default')
        c = MaxPooling2D(dim_ordering=ORDER)
        """,
        """
        from keras.layers import Conv2D, MaxPooling2D
        from keras1_compat import data_format
        a = Conv2D(8, (3, 3), data_format="channels_first")
        b = MaxPooling2D(data_format='channels_first')
        c = MaxPooling2D(data_format=data_format(ORDER))
        """,
    )


def test_what_an_ordering_is_taken_from_is_one() -> None:
    check_rewrite(
        """
        from keras.layers import UpSampling2D
        ORDERS = ('th', 'tf')
        def build(backend='th'):
            order = backend
            return UpSampling2D((2, 2), dim_ordering=order)
        build('tf')
        build(backend='th')
        first = [UpSampling2D((2, 2), dim_ordering=one) for one in ORDERS]
        """,
        """
        from keras.layers import UpSampling2D
        ORDERS = ('channels_first', 'channels_last')
        def build(backend='channels_first'):
            order = backend
            return UpSampling2D((2, 2), data_format=order)
        build('channels_last')
        build(backend='channels_first')
        first = [UpSampling2D((2, 2), data_format=one) for one in ORDERS]
        """,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("for one in ('th', 'tf'):", "for one in ('channels_first', 'channels_last'):"),
        ("for one in list(['tf']):", "for one in list(['channels_last']):"),
        ("for i, one in enumerate(['th']):", "for i, one in enumerate(['channels_first']):"),
        ("for n, one in zip((3, 4), ('th', 'tf')):",
         "for n, one in zip((3, 4), ('channels_first', 'channels_last')):"),
        ("for one, n in [('th', 3), ('tf', 4)]:",
         "for one, n in [('channels_first', 3), ('channels_last', 4)]:"),
    ],
)  # fmt: skip
def test_orderings_of_a_loop(old: str, new: str) -> None:
    check_rewrite(
        f"""
        from keras.layers import UpSampling2D
        {old}
            UpSampling2D((2, 2), dim_ordering=one)
        """,
        f"""
        from keras.layers import UpSampling2D
        {new}
            UpSampling2D((2, 2), data_format=one)
        """,
    )


def test_no_question_for_a_text_that_goes_elsewhere() -> None:
    result = upgrade("""
        import logging
        from keras.layers import Dense
        log = logging.getLogger('th')
        logging.debug("th")
        log.info("%s", "th")
        print("th", file=None)
        day = "4th".endswith("th")
        layer = Dense(output_dim=3)
        """)
    assert [f.code for f in result.findings] == ["KM204"]


def test_a_question_for_a_text_that_an_unknown_function_gets() -> None:
    result = upgrade("""
        from helpers import build
        from keras.layers import Dense
        build("th")
        layer = Dense(output_dim=3)
        """)
    find(result, "KM502", "may be an image ordering", MANUAL)
