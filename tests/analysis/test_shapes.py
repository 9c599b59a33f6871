"""Shapes of layers under both readings, said in figures.

The property test holds the interpreter to the real Keras; these say the same without TensorFlow,
and the words in which a shape that cannot be is reported.
"""

from __future__ import annotations

import pytest

from tests.analysis.following import follow, value_of

IMAGE = "Input((10, 12, 14))"

UNDER_BOTH = [
    # layer, as channels first, as channels last
    ("Convolution2D(4, 3, 5)", (None, 4, 10, 10), (None, 8, 8, 4)),
    ("Convolution2D(4, 3, 3, subsample=(2, 3), border_mode='same')", (None, 4, 6, 5), (None, 5, 4, 4)),
    ("Convolution2D(4, 3, 3, border_mode='full')", (None, 4, 14, 16), (None, 12, 14, 4)),
    ("Conv2D(4, (3, 3), padding='same')", (None, 4, 12, 14), (None, 10, 12, 4)),
    ("AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2))", (None, 4, 8, 10), (None, 6, 8, 4)),
    ("SeparableConvolution2D(4, 3, 3)", (None, 4, 10, 12), (None, 8, 10, 4)),
    ("MaxPooling2D()", (None, 10, 6, 7), (None, 5, 6, 14)),
    ("AveragePooling2D((3, 3), strides=(1, 1), border_mode='same')", (None, 10, 12, 14), (None, 10, 12, 14)),
    ("GlobalAveragePooling2D()", (None, 10), (None, 14)),
    ("ZeroPadding2D((1, 2))", (None, 10, 14, 18), (None, 12, 16, 14)),
    ("ZeroPadding2D((1, 0, 2, 3))", (None, 10, 13, 19), (None, 11, 17, 14)),
    ("ZeroPadding2D({'top_pad': 1})", (None, 10, 13, 14), (None, 11, 12, 14)),
    ("Cropping2D(((1, 2), (3, 4)))", (None, 10, 9, 7), (None, 7, 5, 14)),
    ("UpSampling2D((2, 3))", (None, 10, 24, 42), (None, 20, 36, 14)),
    ("LocallyConnected2D(4, 3, 3)", (None, 4, 10, 12), (None, 8, 10, 4)),
    ("SpatialDropout2D(0.5)", (None, 10, 12, 14), (None, 10, 12, 14)),
    ("Flatten()", (None, 1680), (None, 1680)),
    ("Permute((3, 1, 2))", (None, 14, 10, 12), (None, 14, 10, 12)),
    ("Reshape((10, -1))", (None, 10, 168), (None, 10, 168)),
    ("Dense(5)", (None, 10, 12, 5), (None, 10, 12, 5)),
    ("BatchNormalization(axis=1)", (None, 10, 12, 14), (None, 10, 12, 14)),
    ("Convolution2D(4, 3, 3, dim_ordering='th')", (None, 4, 10, 12), (None, 4, 10, 12)),
    ("Deconvolution2D(4, 3, 3, (None, 4, 7, 9))", (None, 4, 7, 9), (None, 4, 7, 4)),
    ("Conv2DTranspose(4, (3, 3), strides=(2, 2))", (None, 4, 25, 29), (None, 21, 25, 4)),
    ("Conv2DTranspose(4, 3, 2)", (None, 4, 25, 29), (None, 21, 25, 4)),
    ("Conv2DTranspose(4, (3, 3), (2, 2), 'same', None, 'channels_first')", (None, 4, 24, 28), (None, 4, 24, 28)),
    ("Convolution2DTranspose(4, 3, 2, 'same', None, 'channels_last')", (None, 20, 24, 4), (None, 20, 24, 4)),
    ("Deconv2D(4, (3, 3), (2, 2), 'same', None, 'channels_first')", (None, 4, 24, 28), (None, 4, 24, 28)),
    ("MaxPool2D(2, 2, 'same', 'channels_first', 'pool')", (None, 10, 6, 7), (None, 10, 6, 7)),
    ("MaxPooling2D((2, 2), name='pool')", (None, 10, 6, 7), (None, 5, 6, 14)),
    ("SeparableConv2D(4, (3, 3), 2, 'same', 'channels_first')", (None, 4, 6, 7), (None, 4, 6, 7)),
    ("UpSampling2D(2, 'channels_first')", (None, 10, 24, 28), (None, 10, 24, 28)),
    ("LocallyConnected2D(4, (3, 3))", (None, 4, 10, 12), (None, 8, 10, 4)),
    ("TimeDistributed(Dense(3))", (None, 10, 12, 3), (None, 10, 12, 3)),
    ("Lambda(lambda x: x / 255. - 0.5)", (None, 10, 12, 14), (None, 10, 12, 14)),
    ("Lambda(lambda x: K.mean(x), output_shape=(3,))", (None, 3), (None, 3)),
    ("Lambda(lambda x: x, output_shape=lambda s: (s[0], s[3]))", (None, 14), (None, 14)),
    ("Lambda(lambda x: K.mean(x, axis=1))", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "first", "last"), UNDER_BOTH, ids=[c[0] for c in UNDER_BOTH])
def test_image_layer_under_both_readings(layer: str, first: object, last: object) -> None:
    source = f"v = {layer}({IMAGE})"
    assert value_of("v", source, "th") == first
    assert value_of("v", source, "tf") == last


ONE_READING = [
    ("Convolution1D(4, 3)(Input((10, 6)))", (None, 8, 4)),
    ("Convolution1D(4, 3, subsample_length=2, border_mode='same')(Input((9, 6)))", (None, 5, 4)),
    ("Conv1D(4, 3, 2)(Input((9, 6)))", (None, 4, 4)),
    ("MaxPooling1D(3, stride=1)(Input((10, 6)))", (None, 8, 6)),
    ("LSTM(5)(Input((10, 6)))", (None, 5)),
    ("GRU(5, return_sequences=True)(Input((10, 6)))", (None, 10, 5)),
    ("Bidirectional(LSTM(5))(Input((10, 6)))", (None, 10)),
    ("Embedding(100, 8)(Input((10,)))", (None, 10, 8)),
    ("Embedding(100, output_dim=8, input_length=7)(Input((7,)))", (None, 7, 8)),
    ("RepeatVector(3)(Input((10,)))", (None, 3, 10)),
    ("MaxoutDense(4)(Input((10,)))", (None, 4)),
    ("Highway()(Input((10,)))", (None, 10)),
    ("TimeDistributedDense(4)(Input((10, 6)))", (None, 10, 4)),
    ("Convolution3D(4, 3, 3, 3)(Input((8, 9, 10, 2)))", (None, 6, 7, 8, 4)),
    ("MaxPooling3D()(Input((8, 9, 10, 2)))", (None, 4, 4, 5, 2)),
    ("ConvLSTM2D(4, 3, 3)(Input((5, 9, 10, 2)))", (None, 7, 8, 4)),
    ("TimeDistributed(Convolution2D(4, 3, 3))(Input((5, 9, 10, 2)))", (None, 5, 7, 8, 4)),
    ("TimeDistributed(Flatten())(Input((5, 9, 10, 2)))", (None, 5, 180)),
    ("Convolution2D(4, 3, 3)(Input((None, None, 3)))", (None, None, None, 4)),
    ("Convolution2D(4, 3, 3)(Input(batch_shape=(2, 9, 9, 3)))", (2, 7, 7, 4)),
    ("merge([Input((4, 5)), Input((4, 6))], mode='concat')", (None, 4, 11)),
    ("merge([Input((4, 5)), Input((3, 5))], mode='concat', concat_axis=1)", (None, 7, 5)),
    ("merge([Input((4,)), Input((4,))])", (None, 4)),
    ("merge([Input((4,)), Input((4,))], mode='dot')", (None, 1)),
    ("merge([Input((4, 2)), Input((4, 3))], mode='dot', dot_axes=1)", (None, 2, 3)),
    ("merge([Input((4,))] * 2, mode=lambda x: x[0], output_shape=(9,))", (None, 9)),
    ("merge([Input((4,))] * 2, mode=lambda x: x[0], output_shape=lambda s: s[1])", (None, 4)),
    ("Concatenate(axis=-1)([Input((4, 5)), Input((4, 6))])", (None, 4, 11)),
    ("concatenate([Input((4, 5)), Input((2, 5))], axis=1)", (None, 6, 5)),
    ("Add()([Input((4, 5)), Input((4, 5))])", (None, 4, 5)),
    ("Model(Input((4,)), Dense(3)(Input((4,))))(Input((4,)))", (None, 3)),
]


@pytest.mark.parametrize(("source", "expected"), ONE_READING, ids=[c[0] for c in ONE_READING])
def test_layer(source: str, expected: object) -> None:
    assert value_of("v", f"v = {source}") == expected


SEQUENTIAL = [
    ("Dense(4, input_dim=9)", (None, 4)),
    ("Convolution1D(4, 3, input_dim=6, input_length=10)", (None, 8, 4)),
    ("Embedding(100, 8, input_length=10)", (None, 10, 8)),
    ("LSTM(4, input_dim=6)", (None, 4)),
    ("Bidirectional(LSTM(4), input_shape=(10, 6))", (None, 8)),
    ("InputLayer(input_shape=(9, 2))", (None, 9, 2)),
    ("Convolution2D(4, 3, 3, batch_input_shape=(2, 9, 9, 3))", (2, 7, 7, 4)),
]


@pytest.mark.parametrize(("layer", "expected"), SEQUENTIAL, ids=[c[0] for c in SEQUENTIAL])
def test_first_layer_of_a_sequential_model(layer: str, expected: object) -> None:
    source = f"model = Sequential()\nmodel.add({layer})\nv = model.output_shape"
    assert value_of("v", source) == expected


PROBLEMS = [
    ("Convolution2D(4, 3, 3)(Input((2, 9, 3)))", "puts a window of 3 on an axis of only 2"),
    ("MaxPooling2D((2, 2))(Input((1, 9, 3)))", "puts a window of 2 on an axis of only 1"),
    ("Cropping2D(((3, 3), (0, 0)))(Input((6, 9, 3)))", "crops an axis of 6 to 0"),
    ("Convolution2D(4, 3, 3)(Input((9, 9, None)))", "input channels, which is None"),
    ("Convolution2D(4, 3, 3)(Input((9, 9)))", "an input of rank 3 where it needs rank 4"),
    ("Reshape((4, 4))(Input((9,)))", "is to make 16 values out of 9"),
    ("Reshape((4, -1))(Input((9,)))", "cannot divide 9 values into groups of 4"),
    ("Flatten()(Input((None, 3)))", "needs to know all sizes, of which one is None"),
    ("Flatten()(Input((3,)))", "an input of rank 2 where it needs rank 3 or more"),
    ("merge([Input((4,)), Input((5,))])", "which differ in axis 1"),
    ("merge([Input((4, 5)), Input((4, 6))], mode='concat', concat_axis=1)", "differ in axis 2"),
    ("merge([Input((4, 2)), Input((4,))])", "merges tensors of rank 3 and 2"),
    ("Permute((2, 1))(Input((4,)))", "names 2 axes of an input that has 1"),
]


@pytest.mark.parametrize(("source", "words"), PROBLEMS, ids=[c[0] for c in PROBLEMS])
def test_layer_that_cannot_be_built_says_why(source: str, words: str) -> None:
    run, _ = follow(f"v = {source}")
    (problem,) = [a.problem for a in run.trace.applications if a.problem]
    assert words in problem


def test_what_follows_a_broken_layer_is_broken_without_a_problem_of_its_own() -> None:
    run, variables = follow("v = Flatten()(MaxPooling2D((9, 9))(Input((4, 4, 3))))")
    assert [bool(a.problem) for a in run.trace.applications] == [False, True, False]
    assert run.trace.applications[-1].inherited
    assert variables["v"].broken


def test_unknown_sizes_do_not_conflict() -> None:
    source = """
        def net(rows, n):
            a = Convolution2D(n, 3, 3, border_mode='same')(Input((rows, 20, 3)))
            return merge([a, Convolution2D(n, 1, 1)(a)], mode='sum')
        v = net(*unknown)
        """
    assert value_of("v", source) == (None, None, 20, None)
