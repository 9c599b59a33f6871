"""TensorFlow 1's own functions beside Keras."""

from __future__ import annotations

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite

HEAD = "import tensorflow as tf\nfrom keras.layers import Dense\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tf.log(x)", "tf.math.log(x)"),
        ("tf.mul(x, tf.sub(y, 1))", "tf.multiply(x, tf.subtract(y, 1))"),
        ("tf.pack([x, y])", "tf.stack([x, y])"),
        ("tf.random_normal((2, 3))", "tf.random.normal((2, 3))"),
        (
            "f = lambda t: tf.image.resize_images(t, (66, 200))",
            "f = lambda t: tf.compat.v1.image.resize_images(t, (66, 200))",
        ),
        ("flags = tf.app.flags", "flags = tf.compat.v1.app.flags"),
        ("tf.concat(1, [x, tf.log(y)])", "tf.concat([x, tf.math.log(y)], 1)"),
        ("a, b = tf.split(1, 2, x)", "a, b = tf.split(x, 2, 1)"),
        (
            "tf.reduce_sum(x, reduction_indices=1, keep_dims=True)",
            "tf.reduce_sum(x, axis=1, keepdims=True)",
        ),
        ("tf.argmax(x, dimension=1)", "tf.argmax(x, axis=1)"),
    ],
)
def test_what_is_certain_is_rewritten(old: str, new: str) -> None:
    result = check_rewrite(f"{HEAD}{old}\n", f"{HEAD}{new}\n")
    assert {f.applicability for f in result.findings} == {Applicability.AUTOMATIC}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("s = tf.Session(config=c)", "tf.Session: Keras 3 runs without sessions"),
        ("c = tf.ConfigProto()", "set_memory_growth"),
        ("x = tf.placeholder(tf.float32, [None, 3])", "tf.placeholder: the input of a model"),
        ("g = tf.get_default_graph()", "Keras 3 holds no graph"),
        ("tf.train.AdamOptimizer(0.1).minimize(loss)", "use the optimizer of `keras.optimizers`"),
        ("cell = tf.nn.rnn_cell.LSTMCell(3)", "use the layers of Keras"),
        ("tf.contrib.slim.conv2d(x)", "it left TensorFlow with 2.0"),
        ("tf.local_variables(x)", "`tf.compat.v1.local_variables`, which works with graphs"),
        ("tf.nn.dropout(x, keep_prob=0.9)", "the share that is kept: write `rate=1 - ...`"),
        ("from tensorflow import placeholder", "tensorflow.placeholder: the input of a model"),
        ("import tensorflow.contrib.slim as slim", "it left TensorFlow with 2.0"),
        ("from tensorflow.examples.tutorials.mnist import input_data", "data sets are in"),
    ],
)
def test_the_rest_is_told(code: str, words: str) -> None:
    check_manual(f"{HEAD}{code}\n", "KM504", words)


def test_order_of_arguments_in_code_of_keras_1() -> None:
    head = HEAD + "y = Dense(output_dim=3)\n"
    check_manual(f"{head}tf.nn.dropout(x, 0.9)\n", "KM504", "rate=1 - ...")
    loss = "tf.nn.softmax_cross_entropy_with_logits(a, b)"
    check_manual(f"{head}{loss}\n", "KM504", "give both by name")
    check_noop(f"{HEAD}tf.nn.dropout(x, 0.1)\n")


def test_names_not_text() -> None:
    check_noop("""
        import tensorflow as tf
        from keras.layers import Dense
        import transforms
        class Session:
            pass
        s = Session()
        def use(tf):
            return tf.Session(), tf.mul(1, 2)
        transforms.pack(s)
        x = tf.reduce_sum(tf.nn.relu(tf.matmul(a, b)), axis=1)
        text = 'tf.Session()'
        old = tf.compat.v1.Session()
        """)
    check_rewrite(
        """
        import tensorflow
        from tensorflow import nn
        import tensorflow as T
        from keras.layers import Dense
        x = tensorflow.log(nn.relu(T.neg(y)))
        """,
        """
        import tensorflow
        from tensorflow import nn
        import tensorflow as T
        from keras.layers import Dense
        x = tensorflow.math.log(nn.relu(T.negative(y)))
        """,
    )


def test_a_program_that_asks_first_is_left_alone() -> None:
    check_noop("""
        import tensorflow as tf
        from keras.layers import Dense
        if tf.__version__ < '2':
            session = tf.Session()
        log = tf.log if hasattr(tf, 'log') else tf.math.log
        try:
            stack = tf.pack
        except AttributeError:
            stack = tf.stack
        """)


def test_the_patch_of_early_keras_is_found_by_what_tf_is() -> None:
    check_rewrite(
        """
        import tensorflow as T
        from keras.layers import Dense
        T.python.control_flow_ops = T
        """,
        """
        import tensorflow as T
        from keras.layers import Dense
        """,
    )
    check_noop("""
        from keras.layers import Dense
        import own as tf
        tf.python.control_flow_ops = tf
        """)
