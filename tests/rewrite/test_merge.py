"""`merge`, `Merge`, and Sequential models that begin with one."""

from __future__ import annotations

from kerasmig.finding import Applicability
from tests.rewrite.helpers import automatic, check_rewrite, find, upgrade

ASSUMED, MANUAL = Applicability.ASSUMED, Applicability.MANUAL


def test_every_mode_as_a_function() -> None:
    check_rewrite(
        """
        from keras.layers import Input, merge
        a = Input(shape=(3, 32))
        b = Input(shape=(3, 32))
        c = merge([a, b])
        c = merge([a, b], mode='sum', output_shape=(3,))
        c = merge([a, b], mode='mul')
        c = merge([a, b], 'ave')
        c = merge([a, b], mode="max", name="top")
        c = merge([a, b], 'concat', 1)
        c = merge([a, b], mode='concat', concat_axis=-1)
        c = merge(inputs=[a, b], mode='concat')
        c = merge([a, b], mode='dot', dot_axes=2)
        c = merge([a, b], mode='dot', dot_axes=(1, 2))
        c = merge([a, b], mode='dot')
        c = merge(layers, mode='concat', concat_axis=axis)
        """,
        """
        from keras.layers import Input, add, multiply, average, maximum, concatenate, dot
        a = Input(shape=(3, 32))
        b = Input(shape=(3, 32))
        c = add([a, b])
        c = add([a, b])
        c = multiply([a, b])
        c = average([a, b])
        c = maximum([a, b], name="top")
        c = concatenate([a, b], 1)
        c = concatenate([a, b], axis=-1)
        c = concatenate(inputs=[a, b])
        c = dot([a, b], axes=2)
        c = dot([a, b], axes=(1, 2))
        c = dot([a, b], axes=-1)
        c = concatenate(layers, axis=axis)
        """,
    )


def test_cos_says_what_became_of_its_shape() -> None:
    result = check_rewrite(
        """
        from keras.layers import merge
        c = merge([a, b], mode='cos', dot_axes=1)
        """,
        """
        from keras.layers import dot
        c = dot([a, b], axes=1, normalize=True)
        """,
    )
    find(result, "KM302", "mode 'cos' gave (batch, 1, 1)", ASSUMED)


def test_modes_that_are_constants() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        MODE = 'sum'
        c = merge([a, b], mode=MODE)
        """,
        """
        from keras.layers import add
        MODE = 'sum'
        c = add([a, b])
        """,
    )


def test_a_mode_known_at_run_time() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        def joined(tensors, mode):
            return merge(tensors, mode=mode)
        """,
        """
        from keras1_compat import merge
        def joined(tensors, mode):
            return merge(tensors, mode=mode)
        """,
    )


def test_functions_as_modes() -> None:
    check_rewrite(
        """
        from keras.layers import merge
        def first(tensors):
            return tensors[0]
        a = merge([x, y], mode=first, output_shape=(3,))
        b = merge([x, y], mode=lambda t: t[1], arguments={'k': 1}, name='second')
        """,
        """
        from keras.layers import Lambda
        def first(tensors):
            return tensors[0]
        a = Lambda(first, output_shape=(3,))([x, y])
        b = Lambda(lambda t: t[1], arguments={'k': 1}, name='second')([x, y])
        """,
    )


def test_layers_made_by_merge() -> None:
    check_rewrite(
        """
        from keras.layers import Merge
        a = Merge(mode='sum')([x, y])
        b = Merge(mode='concat', concat_axis=1)([x, y])
        c = Merge(mode=lambda t: t[0], output_shape=(3,))([x, y])
        """,
        """
        from keras.layers import Add, Concatenate, Lambda
        a = Add()([x, y])
        b = Concatenate(axis=1)([x, y])
        c = Lambda(lambda t: t[0], output_shape=(3,))([x, y])
        """,
    )


def test_what_has_no_counterpart() -> None:
    result = upgrade("""
        from keras.layers import merge
        a = merge([x, y], mode='wrong')
        b = merge([x, y], mode='dot', dot_axes=[[1], [2]])
        c = merge([x, y], mode='sum', output_mask=lambda masks: masks[0])
        d = merge([x, y], *options)
        e = {'join': merge}
        """)
    old, new = result.old.split("a = ", 1), result.new.split("a = ", 1)
    assert new[1] == old[1], "only the import changes"
    assert "merge = keras1_only(" in new[0]
    find(result, "KM302", "the mode cannot be seen here", MANUAL)
    find(result, "KM302", "nested `dot_axes` were for Keras before 1.0", MANUAL)
    find(result, "KM302", "`output_mask=` has no counterpart", MANUAL)
    find(result, "KM302", "unpacked with *", MANUAL)
    find(result, "KM302", "named without being called", MANUAL)


def test_a_chain_becomes_functional() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Dense, Merge
        left = Sequential()
        left.add(Dense(3, input_dim=4))
        right = Sequential([Dense(3, input_dim=4)])
        model = Sequential()
        model.add(Merge([left, right], mode='sum'))
        model.add(Dense(10, activation='relu'))
        if deep:
            model.add(Dense(10))
        model.summary()
        """,
        """
        from keras.models import Sequential, Model
        from keras.layers import Dense, add
        left = Sequential()
        left.add(Dense(3, input_dim=4))
        right = Sequential([Dense(3, input_dim=4)])
        x = add([left.outputs[0], right.outputs[0]])
        x = Dense(10, activation='relu')(x)
        if deep:
            x = Dense(10)(x)
        model = Model(left.inputs + right.inputs, x)
        model.summary()
        """,
        idiomatic=True,
    )


def test_a_chain_with_loops() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Dense, Merge
        model = Sequential()
        model.add(Merge([left, right], mode='concat', concat_axis=1))
        for size in (3, 4):
            model.add(Dense(size))
            model.add(Dense(size, activation='relu'))
        model.add(Dense(1))
        """,
        """
        from keras.models import Sequential, Model
        from keras.layers import Dense, concatenate
        x = concatenate([left.outputs[0], right.outputs[0]], axis=1)
        for size in (3, 4):
            x = Dense(size)(x)
            x = Dense(size, activation='relu')(x)
        x = Dense(1)(x)
        model = Model(left.inputs + right.inputs, x)
        """,
        idiomatic=True,
    )


def test_chains_on_chains() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Dense, Merge
        first = Sequential()
        first.add(Merge([a, b], mode='mul'))
        first.add(Dense(3))
        second = Sequential()
        second.add(Merge([first, c], mode='dot', dot_axes=1))
        second.add(Dense(3))
        """,
        """
        from keras.models import Sequential, Model
        from keras.layers import Dense, multiply, dot
        x = multiply([a.outputs[0], b.outputs[0]])
        x = Dense(3)(x)
        first = Model(a.inputs + b.inputs, x)
        x = dot([first.outputs[0], c.outputs[0]], axes=1)
        x = Dense(3)(x)
        second = Model(first.inputs + c.inputs, x)
        """,
        idiomatic=True,
    )


def test_a_chain_on_an_attribute() -> None:
    check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Dense, Merge
        class Net(object):
            def build(self):
                self.model = Sequential()
                self.model.add(Merge([self.a, self.b], mode='ave'))
                self.model.add(Dense(1))
                return self.model
        """,
        """
        from keras.models import Sequential, Model
        from keras.layers import Dense, average
        class Net(object):
            def build(self):
                x = average([self.a.outputs[0], self.b.outputs[0]])
                x = Dense(1)(x)
                self.model = Model(self.a.inputs + self.b.inputs, x)
                return self.model
        """,
        idiomatic=True,
    )


def test_a_chain_in_mode_cos() -> None:
    result = check_rewrite(
        """
        from keras.models import Sequential
        from keras.layers import Merge
        model = Sequential()
        model.add(Merge([a, b], mode='cos'))
        """,
        """
        from keras.models import Sequential, Model
        from keras.layers import dot
        x = dot([a.outputs[0], b.outputs[0]], axes=-1, normalize=True)
        model = Model(a.inputs + b.inputs, x)
        """,
        idiomatic=True,
    )
    find(result, "KM302", "gave (batch, 1, 1) in Keras 1", ASSUMED)


def test_chains_that_cannot_be_followed() -> None:
    source = """
        from keras.models import Sequential
        from keras.layers import Dense, Merge
        listed = Sequential([Merge([a, b], mode='sum'), Dense(3)])
        def looked_at(a, b):
            model = Sequential()
            model.add(Merge([a, b], mode='concat'))
            print(model.output_shape)
            model.add(Dense(3))
        def unknown(branches):
            model = Sequential()
            model.add(Merge(branches, mode='concat'))
            model.add(Dense(3))
        """
    result = upgrade(source, idiomatic=True)
    told = [f for f in result.findings if f.code == "KM302"]
    assert len(told) == 3
    assert all(f.applicability is MANUAL for f in told)
    find(result, "KM302", "connect the branches with the functional API", MANUAL)


def test_a_sequential_that_begins_with_a_merge_stays_one() -> None:
    result = check_rewrite(
        """
        from keras.models import Sequential, Model
        from keras.layers import Dense, Merge
        left = Sequential([Dense(3, input_dim=2)])
        model = Sequential()
        model.add(Merge([left, left], mode='concat', concat_axis=1))
        model.add(Dense(3, init='zero'))
        listed = Sequential([Merge(branches, mode=how), Dense(3)])
        isinstance(model.layers[0], Merge)
        """,
        """
        from keras.models import Model
        from keras1_compat import Sequential
        from keras.layers import Dense
        from keras1_compat import Merge
        left = Sequential([Dense(3, input_dim=2)])
        model = Sequential()
        model.add(Merge([left, left], mode='concat', concat_axis=1))
        model.add(Dense(3, kernel_initializer='zero'))
        listed = Sequential([Merge(branches, mode=how), Dense(3)])
        isinstance(model.layers[0], Merge)
        """,
    )
    assert result.compat == ("Merge", "Sequential")
    assert automatic(result)


def test_the_shape_of_mode_cos_is_told_there_too() -> None:
    result = upgrade("""
        from keras.models import Sequential
        from keras.layers import Merge
        model = Sequential()
        model.add(Merge([a, b], mode='cos'))
        """)
    find(result, "KM302", "gave (batch, 1, 1) in Keras 1", ASSUMED)
