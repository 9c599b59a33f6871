"""``K.mean``, ``K.var`` and ``K.clip`` of whole numbers, which stayed whole in TensorFlow 1."""

from __future__ import annotations

import pytest

from tests.rewrite.helpers import upgrade

HEAD = """\
from keras import backend as K
from keras.layers import Input, Lambda
import tensorflow as tf
"""


@pytest.mark.parametrize(
    "code",
    [
        "K.mean(K.argmax(x))",
        "K.mean(x=K.cast(x > 0, 'int32'), axis=-1)",
        "best = K.argmax(x)\nK.mean(K.abs(best - 1), axis=0)",
        "def middle(t):\n    return K.mean(t)\nmiddle(K.argmin(x))",
        "def middle(t, how=K.mean):\n    return how(t)\nmiddle(K.argmin(x))",
        "pick = lambda t: K.mean(t)\npick(K.shape(x))",
        "kinds = {'type': 'int64'}\nK.mean(K.variable(w, dtype=kinds['type']))",
        "a = Input((3,), dtype='int32')\nLambda(lambda t: K.mean(t, axis=1))(a)",
        "def counts(t):\n    return K.sum(K.any(t, axis=1))\nK.mean(counts(x))",
        "K.mean(tf.argmax(x, 1))",
        "KIND = 'int32'\nK.mean(K.cast(x, KIND))",
    ],
)
def test_whole_numbers_are_divided_as_before(code: str) -> None:
    new = upgrade(HEAD + code + "\n").new
    assert "keras1_mean" in new and "ops.mean" not in new


@pytest.mark.parametrize(
    "code",
    [
        "K.mean(K.square(y - x), axis=-1)",
        "K.mean(K.equal(K.argmax(x), K.argmax(y)))",
        "K.mean(K.cast(K.argmax(x), 'float32'))",
        "K.mean(K.sum(x, axis=1) / 2)",
        "def loss(y_true, y_pred):\n    return K.mean(y_pred - y_true)\nK.argmax(x)",
        "K.mean(K.variable(w, dtype='float64'))",
    ],
)
def test_floats_need_nothing(code: str) -> None:
    new = upgrade(HEAD + code + "\n").new
    assert "ops.mean(" in new and "keras1_mean" not in new


def test_the_variance_is_whole_too() -> None:
    assert "keras1_var(ops.argmax" in upgrade(HEAD + "K.var(K.argmax(x))\n").new


def test_bounds_are_whole_too() -> None:
    assert "keras1_clip(ops.argmax" in upgrade(HEAD + "K.clip(K.argmax(x), 0.5, None)\n").new
    assert "ops.clip(x, 0.5, 1)" in upgrade(HEAD + "K.clip(x, 0.5, 1)\n").new


def test_variables_can_be_stacked() -> None:
    assert "keras1_stack([a, b])" in upgrade(HEAD + "K.stack([a, b])\n").new


def test_idiomatic_code_divides_as_keras_3() -> None:
    assert "ops.mean" in upgrade(HEAD + "K.mean(K.argmax(x))\n", idiomatic=True).new
