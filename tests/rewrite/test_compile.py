"""``model.compile``."""

from tests.rewrite.helpers import check_assumed, check_noop, check_rewrite

HEAD = """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(output_dim={}))
"""
NEW = """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(units={}))
"""


def test_third_argument_was_metrics() -> None:
    check_rewrite(
        HEAD.format(1) + "model.compile('sgd', 'mse', ['accuracy'])\n",
        NEW.format(1) + "model.compile('sgd', 'mse', metrics=['accuracy'])\n",
    )


def test_class_mode_goes() -> None:
    check_rewrite(
        HEAD.format(1) + "model.compile(loss='mse', optimizer='sgd', class_mode='binary')\n",
        NEW.format(1) + "model.compile(loss='mse', optimizer='sgd')\n",
    )


def test_binary_accuracy_of_several_outputs() -> None:
    compiled = "model.compile('sgd', 'binary_crossentropy', metrics=[{}])\n"
    check_rewrite(
        HEAD.format(5) + compiled.format("'accuracy', 'mae'"),
        NEW.format(5).replace("Dense\n", "Dense\nfrom keras.metrics import BinaryAccuracy\n", 1)
        + compiled.format("BinaryAccuracy(name='accuracy'), 'mean_absolute_error'"),
    )


def test_accuracy_of_one_output() -> None:
    compiled = "model.compile('sgd', 'binary_crossentropy', metrics=['{}'])\n"
    check_rewrite(
        HEAD.format(1) + compiled.format("acc"), NEW.format(1) + compiled.format("accuracy")
    )


def test_show_accuracy_moves_to_compile() -> None:
    check_assumed(
        HEAD.format(1)
        + "model.compile(loss='mse', optimizer='sgd')\n"
        + "model.fit(X, y, nb_epoch=2, show_accuracy=True)\n",
        NEW.format(1)
        + "model.compile(loss='mse', optimizer='sgd', metrics=['accuracy'])\n"
        + "model.fit(X, y, epochs=2)\n",
        "KM401",
        "show_accuracy",
    )


def test_losses_by_name() -> None:
    check_rewrite(
        HEAD.format(3) + "model.compile('sgd', {'a': 'kullback_leibler_divergence', 'b': 'mse'})\n",
        NEW.format(3) + "model.compile('sgd', {'a': 'kl_divergence', 'b': 'mse'})\n",
    )


def test_compile_of_later_keras_stays() -> None:
    check_noop("""
        from keras.models import Sequential
        from keras.layers import Dense
        model = Sequential([Dense(3, kernel_initializer='zeros')])
        model.compile('adadelta', 'mse', metrics=['acc'])
        """)


def test_re_compile_is_not_keras() -> None:
    check_noop("import re\nfrom keras.layers import Dense\nre.compile('adam')\nDense(3)\n")


def test_metrics_by_output() -> None:
    check_rewrite(
        HEAD.format(3) + "model.compile('sgd', 'mse', metrics={'a': ['acc', f], 'b': 'mae'})\n",
        NEW.format(3)
        + "model.compile('sgd', 'mse', "
        + "metrics={'a': ['accuracy', f], 'b': 'mean_absolute_error'})\n",
    )
