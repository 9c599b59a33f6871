"""Conversions to channels last: right ones, as kerasmig writes them, and wrong ones made of them.

Each wrong one differs from a right one in one axis, edge, order or size, as an error of a conversion
would make it.
"""

from __future__ import annotations

_CONV_OLD = """
m = Sequential()
m.add(Convolution2D(6, 3, 2, activation='relu', dim_ordering='th', input_shape=(3, 12, 10)))
m.add(BatchNormalization(axis=1))
m.add(MaxPooling2D((2, 3), dim_ordering='th'))
m.add(Flatten())
m.add(Dense(4))
return m
"""
_CONV_NEW = """
m = Sequential()
m.add(Permute((2, 3, 1), input_shape=(3, 12, 10)))
m.add(Conv2D(6, (3, 2), activation='relu'))
m.add(BatchNormalization(axis=-1))
m.add(MaxPooling2D((2, 3)))
m.add(Permute((3, 1, 2)))
m.add(Flatten())
m.add(Dense(4))
return m
"""
_GRAPH_OLD = """
i = Input(shape=(2, 8, 6))
a = Convolution2D(4, 3, 3, border_mode='same', dim_ordering='th')(i)
b = Convolution2D(4, 1, 3, border_mode='same', dim_ordering='th')(i)
c = merge([a, b], mode='concat', concat_axis=1)
d = UpSampling2D((2, 1), dim_ordering='th')(c)
e = ZeroPadding2D((1, 2), dim_ordering='th')(d)
f = Convolution2D(3, 1, 1, dim_ordering='th')(e)
return Model(i, f)
"""
_GRAPH_NEW = """
i = Input(shape=(2, 8, 6))
i_last = Permute((2, 3, 1))(i)
a = Conv2D(4, (3, 3), padding='same')(i_last)
b = Conv2D(4, (1, 3), padding='same')(i_last)
c = concatenate([a, b], axis=-1)
d = UpSampling2D((2, 1))(c)
e = ZeroPadding2D((1, 2))(d)
f = Conv2D(3, (1, 1))(e)
return Model(i, Permute((3, 1, 2))(f))
"""
_SEG_OLD = """
m = Sequential()
m.add(Convolution2D(5, 3, 3, border_mode='same', dim_ordering='th', input_shape=(2, 6, 4)))
m.add(PReLU(shared_axes=[2, 3]))
m.add(Reshape((5, 24)))
m.add(Permute((2, 1)))
m.add(Activation('softmax'))
return m
"""
_SEG_NEW = """
m = Sequential()
m.add(Permute((2, 3, 1), input_shape=(2, 6, 4)))
m.add(Conv2D(5, (3, 3), padding='same'))
m.add(PReLU(shared_axes=(1, 2)))
m.add(Reshape((24, 5)))
m.add(Activation('softmax'))
return m
"""
_TIME_OLD = """
m = Sequential()
m.add(TimeDistributed(Convolution2D(4, 3, 3, dim_ordering='th'), input_shape=(5, 2, 7, 6)))
m.add(TimeDistributed(Flatten()))
m.add(Dense(3))
return m
"""
_TIME_NEW = """
m = Sequential()
m.add(Permute((1, 3, 4, 2), input_shape=(5, 2, 7, 6)))
m.add(TimeDistributed(Conv2D(4, (3, 3))))
m.add(Permute((1, 4, 2, 3)))
m.add(TimeDistributed(Flatten()))
m.add(Dense(3))
return m
"""
_VOLUME_OLD = """
i = Input(shape=(2, 4, 6, 8))
x = Convolution3D(3, 3, 3, 3, dim_ordering='th')(i)
x = Lambda(lambda t: K.sum(t, axis=2), output_shape=(3, 4, 6))(x)
x = Convolution2D(4, 2, 2, dim_ordering='th')(x)
return Model(i, GlobalMaxPooling2D(dim_ordering='th')(x))
"""
_VOLUME_NEW = """
i = Input(shape=(2, 4, 6, 8))
x = Conv3D(3, (3, 3, 3))(Permute((2, 3, 4, 1))(i))
x = Lambda(lambda t: ops.sum(t, axis=2), output_shape=(3, 4, 6))(Permute((4, 1, 2, 3))(x))
x = Conv2D(4, (2, 2))(Permute((2, 3, 1))(x))
return Model(i, GlobalMaxPooling2D()(x))
"""

CONVERSIONS: dict[str, tuple[str, str]] = {
    "turned_conv": (_CONV_OLD, _CONV_NEW),
    "turned_graph": (_GRAPH_OLD, _GRAPH_NEW),
    "turned_segmentation": (_SEG_OLD, _SEG_NEW),
    "turned_time": (_TIME_OLD, _TIME_NEW),
    "turned_volume": (_VOLUME_OLD, _VOLUME_NEW),
}

#: name: (conversion, right, wrong)
WRONG: dict[str, tuple[str, str, str]] = {
    "edge_before_flatten_lost": ("turned_conv", "m.add(Permute((3, 1, 2)))\n", ""),
    "edge_before_flatten_swaps_sides": ("turned_conv", "Permute((3, 1, 2))", "Permute((3, 2, 1))"),
    "edge_before_flatten_the_other_way": ("turned_conv", "Permute((3, 1, 2))", "Permute((2, 3, 1))"),
    "edge_of_the_input_swaps_sides": ("turned_conv", "Permute((2, 3, 1)", "Permute((3, 2, 1)"),
    "flatten_turned_as_well": ("turned_conv", "Flatten()", "Flatten(data_format='channels_first')"),
    "kernel_sides_swapped": ("turned_conv", "(3, 2), activation", "(2, 3), activation"),
    "pool_sides_swapped": ("turned_conv", "MaxPooling2D((2, 3))", "MaxPooling2D((3, 2))"),
    "pool_still_first": ("turned_conv", "MaxPooling2D((2, 3))", "MaxPooling2D((2, 3), data_format='channels_first')"),
    "conv_still_first": ("turned_conv", "activation='relu')", "activation='relu', data_format='channels_first')"),
    "normalization_axis_kept": ("turned_conv", "axis=-1", "axis=1"),
    "normalization_axis_of_columns": ("turned_conv", "axis=-1", "axis=2"),
    "edge_behind_flatten": ("turned_conv", "m.add(Permute((3, 1, 2)))\nm.add(Flatten())", "m.add(Flatten())"),
    "concat_axis_kept": ("turned_graph", "axis=-1", "axis=1"),
    "concat_order": ("turned_graph", "[a, b]", "[b, a]"),
    "upsampling_sides_swapped": ("turned_graph", "UpSampling2D((2, 1))", "UpSampling2D((1, 2))"),
    "padding_sides_swapped": ("turned_graph", "ZeroPadding2D((1, 2))", "ZeroPadding2D((2, 1))"),
    "output_not_brought_back": ("turned_graph", "Permute((3, 1, 2))(f)", "f"),
    "output_sides_swapped": ("turned_graph", "Permute((3, 1, 2))(f)", "Permute((3, 2, 1))(f)"),
    "one_branch_not_turned": ("turned_graph", "(1, 3), padding='same')(i_last)", "(1, 3), padding='same', data_format='channels_first')(i)"),
    "branch_kernel_swapped": ("turned_graph", "(1, 3), padding", "(3, 1), padding"),
    "reshape_not_turned": ("turned_segmentation", "Reshape((24, 5))", "Reshape((5, 24))"),
    "permute_of_the_author_kept": ("turned_segmentation", "m.add(Activation", "m.add(Permute((2, 1)))\nm.add(Activation"),
    "reshape_as_before_and_permute": ("turned_segmentation", "m.add(Reshape((24, 5)))", "m.add(Reshape((5, 24)))\nm.add(Permute((2, 1)))"),
    "prelu_axes_kept": ("turned_segmentation", "shared_axes=(1, 2)", "shared_axes=(2, 3)"),
    "softmax_along_pixels": ("turned_segmentation", "Activation('softmax')", "Softmax(axis=1)"),
    "time_turned_with_the_frames": ("turned_time", "Permute((1, 3, 4, 2)", "Permute((3, 4, 1, 2)"),
    "frames_sides_swapped": ("turned_time", "Permute((1, 3, 4, 2)", "Permute((1, 4, 3, 2)"),
    "frames_flattened_as_they_are": ("turned_time", "m.add(Permute((1, 4, 2, 3)))\n", ""),
    "frames_brought_back_wrongly": ("turned_time", "Permute((1, 4, 2, 3))", "Permute((1, 4, 3, 2))"),
    "depth_and_rows_swapped": ("turned_volume", "Permute((2, 3, 4, 1))(i)", "Permute((3, 2, 4, 1))(i)"),
    "lambda_axis_not_followed": ("turned_volume", "(Permute((4, 1, 2, 3))(x))", "(x)"),
    "lambda_brought_back_wrongly": ("turned_volume", "Permute((4, 1, 2, 3))(x)", "Permute((4, 1, 3, 2))(x)"),
    "global_pooling_still_first": ("turned_volume", "GlobalMaxPooling2D()", "GlobalMaxPooling2D(data_format='channels_first')"),
}  # fmt: skip


def wrong() -> dict[str, tuple[str, str]]:
    """The wrong conversions: old and new body of each."""
    found = {}
    for name, (base, right, changed) in WRONG.items():
        old, new = CONVERSIONS[base]
        assert new.count(right) >= 1, f"{name}: {right!r} is not in {base}"
        found[name] = (old, new.replace(right, changed, 1))
    return found
