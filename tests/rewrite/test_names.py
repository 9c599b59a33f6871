"""Whose names they are: aliases, scopes, branches, shadowing."""

from __future__ import annotations

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_noop, check_rewrite, find, upgrade

MANUAL = Applicability.MANUAL


def test_import_as() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D as Conv, merge as join
        def block(x):
            return join([x, Conv(8, 3, 3, dim_ordering='tf')(x)], mode='sum')
        """,
        """
        from keras.layers import Conv2D as Conv, add as join
        def block(x):
            return join([x, Conv(8, (3, 3), data_format='channels_last')(x)])
        """,
    )


def test_module_as() -> None:
    check_rewrite(
        """
        import keras.layers.convolutional as C
        import keras.layers.core as core, keras.backend as K
        x = C.Convolution2D(8, 3, 3, dim_ordering='tf')
        y = core.Dense(3, W_regularizer='l2')
        z = K.square(2)
        """,
        """
        from keras.layers import Conv2D, Dense
        from keras import ops
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = Dense(3, kernel_regularizer='l2')
        z = ops.square(2)
        """,
    )


def test_dotted_module() -> None:
    check_rewrite(
        """
        import keras
        import keras.layers
        x = keras.layers.convolutional.Convolution2D(8, 3, 3, dim_ordering='tf')
        y = keras.layers.Dense(3, W_regularizer='l2')
        """,
        """
        import keras
        import keras.layers
        x = keras.layers.Conv2D(8, (3, 3), data_format='channels_last')
        y = keras.layers.Dense(3, kernel_regularizer='l2')
        """,
    )


def test_simple_alias() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        Conv = Convolution2D
        x = Conv(8, 3, 3, dim_ordering='tf')
        """,
        """
        from keras.layers import Convolution2D
        Conv = Convolution2D
        x = Conv(8, (3, 3), data_format='channels_last')
        """,
    )


def test_alias_of_a_module() -> None:
    check_rewrite(
        """
        import keras.layers
        L = keras.layers
        x = L.Convolution2D(8, 3, 3, dim_ordering='tf')
        """,
        """
        import keras.layers
        L = keras.layers
        x = L.Conv2D(8, (3, 3), data_format='channels_last')
        """,
    )


def test_alias_keeps_the_mode_of_its_calls() -> None:
    check_rewrite(
        """
        from keras.layers import BatchNormalization
        BN = BatchNormalization
        a = BN(mode=2)
        b = BN(mode=0)
        """,
        """
        from keras.layers import BatchNormalization
        from keras1_compat import BatchStatisticsNormalization
        BN = BatchNormalization
        a = BatchStatisticsNormalization()
        b = BN()
        """,
    )


def test_one_import_two_targets() -> None:
    check_rewrite(
        """
        from keras.layers.normalization import BatchNormalization as BN
        a = BN(mode=2)
        b = BN(mode=0, axis=1)
        """,
        """
        from keras1_compat import BatchStatisticsNormalization as BN
        from keras.layers import BatchNormalization
        a = BN()
        b = BatchNormalization(axis=1)
        """,
    )


def test_try_with_a_later_name() -> None:
    check_rewrite(
        """
        try:
            from keras.layers import Convolution2D
        except ImportError:
            from keras.layers import Conv2D as Convolution2D
        x = Convolution2D(32, 3, 3, border_mode='same', dim_ordering='tf')
        """,
        """
        try:
            from keras.layers import Conv2D as Convolution2D
        except ImportError:
            from keras.layers import Conv2D as Convolution2D
        x = Convolution2D(32, (3, 3), padding='same', data_format='channels_last')
        """,
    )


def test_try_with_none() -> None:
    check_rewrite(
        """
        try:
            from keras.layers import merge
        except ImportError:
            merge = None
        x = merge([a, b], mode='sum')
        y = merge([a, b], mode='concat')
        """,
        """
        try:
            from keras.layers import add as merge, concatenate
        except ImportError:
            merge = None
        x = merge([a, b])
        y = concatenate([a, b])
        """,
    )


def test_branches_with_different_layers() -> None:
    result = upgrade("""
        if volumes:
            from keras.layers import Convolution3D as Conv
        else:
            from keras.layers import Convolution2D as Conv
        x = Conv(8, 3, 3, 3)
        """)
    assert not result.changed
    find(
        result,
        "KM201",
        "depending on a branch, Conv is Convolution2D or Convolution3D here",
        MANUAL,
    )


def test_a_branch_with_something_else() -> None:
    result = upgrade("""
        if plain:
            from keras.layers import Convolution2D
        else:
            from mylib import Convolution2D
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        """)
    assert not result.changed
    find(result, "KM201", "is Convolution2D or something else here", MANUAL)


def test_fallback_that_comes_first() -> None:
    result = upgrade("""
        try:
            from mylib import Convolution2D
        except ImportError:
            from keras.layers import Convolution2D
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        """)
    assert not result.changed
    find(result, "KM201", "is Convolution2D or something else here", MANUAL)


def test_parameters_shadow() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, merge
        def block(Convolution2D, x):
            return Convolution2D(3, 3, 3)(x)
        def joined(x, join=lambda merge: merge([1], mode='sum')):
            return join(x)
        y = merge([a, b], mode='sum')
        """,
        """
        from keras.layers import Conv2D, add
        def block(Convolution2D, x):
            return Convolution2D(3, 3, 3)(x)
        def joined(x, join=lambda merge: merge([1], mode='sum')):
            return join(x)
        y = add([a, b])
        """,
    )


def test_local_definitions_shadow() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        def outer(x):
            def merge(tensors, mode):
                return tensors[0]
            class Dense(object):
                def __init__(self, output_dim):
                    pass
            return merge([x], mode='sum'), Dense(output_dim=3)
        y = Dense(output_dim=3)
        """,
        """
        from keras.layers import Dense
        def outer(x):
            def merge(tensors, mode):
                return tensors[0]
            class Dense(object):
                def __init__(self, output_dim):
                    pass
            return merge([x], mode='sum'), Dense(output_dim=3)
        y = Dense(units=3)
        """,
    )


def test_class_attributes_do_not_shadow_in_methods() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        class Net(object):
            Dense = None
            def top(self):
                return Dense(output_dim=3)
        """,
        """
        from keras.layers import Dense
        class Net(object):
            Dense = None
            def top(self):
                return Dense(units=3)
        """,
    )


def test_comprehensions_have_their_own_names() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        xs = [merge([a, a], mode='sum') for a in tensors]
        ys = [merge for merge in xs]
        zs = {n: merge([n, n], mode='mul') for n in (1, 2)}
        """,
        """
        from keras.layers import add, multiply
        xs = [add([a, a]) for a in tensors]
        ys = [merge for merge in xs]
        zs = {n: multiply([n, n]) for n in (1, 2)}
        """,
    )


def test_global_names() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        def setup():
            global Conv
            Conv = Convolution2D
        def use(x):
            return Conv(8, 3, 3, dim_ordering='tf')(x)
        """,
        """
        from keras.layers import Convolution2D
        def setup():
            global Conv
            Conv = Convolution2D
        def use(x):
            return Conv(8, (3, 3), data_format='channels_last')(x)
        """,
    )


def test_loops_and_handlers_rebind() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        for merge in range(3):
            print(merge)
        with open('x') as Convolution2D:
            Convolution2D.read(3, 3, 3)
        top = Dense(output_dim=3)
        """,
        """
        from keras.layers import Dense
        for merge in range(3):
            print(merge)
        with open('x') as Convolution2D:
            Convolution2D.read(3, 3, 3)
        top = Dense(units=3)
        """,
    )


def test_used_before_the_import_in_the_text() -> None:
    check_rewrite(
        """
        def block(x):
            return merge([x, x], mode='sum')
        from keras.layers import merge
        """,
        """
        def block(x):
            return add([x, x])
        from keras.layers import add
        """,
    )


def test_imports_of_a_function_reach_its_inner_functions() -> None:
    check_rewrite(
        """
        def outer():
            from keras.layers import Dense
            def inner():
                return Dense(output_dim=3)
            return inner
        """,
        """
        def outer():
            from keras.layers import Dense
            def inner():
                return Dense(units=3)
            return inner
        """,
    )


def test_a_sibling_module_called_keras() -> None:
    check_noop("""
        from . import keras
        from .keras import layers
        from ..keras.layers import Convolution2D
        x = keras.layers.Convolution2D(8, 3, 3)
        y = Convolution2D(8, 3, 3), layers.merge([1, 2], mode='sum')
        """)


def test_own_names_like_those_of_keras() -> None:
    check_noop("""
        from keras.layers import Input
        class Model(object):
            def __init__(self, input, output):
                pass
        def merge(tensors, mode):
            return tensors
        class Convolution2D(object):
            pass
        m = Model(input=1, output=2)
        x = merge([1], mode='sum')
        y = Convolution2D(8, 3, 3)
        """)


def test_other_libraries_with_the_same_names() -> None:
    check_noop("""
        from lasagne.layers import Convolution2D, merge
        from keras.layers import Input
        x = Convolution2D(8, 3, 3)
        y = merge([x], mode='sum')
        """)


def test_a_name_that_is_rebound_is_not_keras_any_more() -> None:
    result = upgrade("""
        from keras.layers import merge
        merge = wrapped(merge)
        x = merge([a, b], mode='sum')
        """)
    assert "x = merge([a, b], mode='sum')" in result.new
    find(result, "KM302", "merge: merge is named without being called: which layer take", MANUAL)


def test_modules_that_are_passed_on() -> None:
    result = check_rewrite(
        """
        import keras.layers
        from keras import backend as K
        cls = getattr(keras.layers, 'Convolution2D')
        reload(K)
        x = keras.layers.Dense(output_dim=3)
        """,
        """
        import keras.layers
        from keras import backend as K
        from keras1_compat import keras1_layers
        cls = getattr(keras1_layers, 'Convolution2D')
        reload(K)
        x = keras.layers.Dense(units=3)
        """,
    )
    find(result, "KM103", "keras.backend is passed on", MANUAL)


def test_a_star_of_a_module_that_never_was_stays_and_is_reported() -> None:
    result = upgrade("from keras.foolayers import *\nx = Dense(output_dim=3)\n")
    assert not result.changed
    find(result, "KM102", "keras.foolayers is a module that neither", MANUAL)


def test_star_import() -> None:
    check_rewrite(
        """
        from keras.layers import *
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = merge([x, x], mode='sum')
        """,
        """
        from keras.layers import *
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = add([x, x])
        """,
    )


def test_aliases_of_several_names_at_once() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D, Dense
        Conv, Full = Convolution2D, Dense
        x = Conv(8, 3, 3, dim_ordering='tf')
        y = Full(output_dim=3)
        """,
        """
        from keras.layers import Convolution2D, Dense
        Conv, Full = Convolution2D, Dense
        x = Conv(8, (3, 3), data_format='channels_last')
        y = Full(units=3)
        """,
    )


def test_an_alias_that_changes_its_meaning() -> None:
    check_rewrite(
        """
        from keras.layers import AtrousConvolution2D, Convolution2D
        Conv = Convolution2D
        x = Conv(8, 3, 3, dim_ordering='tf')
        Conv = AtrousConvolution2D
        y = Conv(8, 3, 3, atrous_rate=(2, 2), dim_ordering='tf')
        """,
        """
        from keras.layers import Conv2D, Convolution2D
        Conv = Convolution2D
        x = Conv(8, (3, 3), data_format='channels_last')
        Conv = Conv2D
        y = Conv(8, (3, 3), dilation_rate=(2, 2), data_format='channels_last')
        """,
    )


def test_annotations() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        from keras.engine.topology import Layer
        def first(layer: Layer, size: int) -> Convolution2D:
            chosen: Layer = layer
            return chosen
        """,
        """
        from keras.layers import Convolution2D
        from keras.layers import Layer
        def first(layer: Layer, size: int) -> Convolution2D:
            chosen: Layer = layer
            return chosen
        """,
    )


def test_a_class_inherits_from_what_its_name_meant_before() -> None:
    code = """
        from keras.layers import Convolution2D
        class Convolution2D(Convolution2D):
            pass
        def net(x):
            return Convolution2D(8, 3, 3)(x)
        """
    result = upgrade(code)
    assert not result.error
    assert find(result, "KM304", "extends Convolution2D", MANUAL).edits == ()


def test_a_name_from_a_star_holds_until_it_is_bound_anew() -> None:
    code = """
        from keras.layers import *
        d = Dense(output_dim=3)
        Dense = d
        e = Dense(output_dim=3)
        """
    result = upgrade(code)
    assert "d = Dense(units=3)" in result.new
    assert "e = Dense(output_dim=3)" in result.new
