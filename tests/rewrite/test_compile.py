"""``model.compile``."""

import pytest

from tests.rewrite.helpers import automatic, check_assumed, check_noop, check_rewrite, upgrade

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


def adapted(width: object, call: str) -> str:
    """What becomes of `HEAD` with a call of the compat function."""
    imported = "Dense\nfrom keras1_compat import compile_model\n"
    return NEW.format(width).replace("Dense\n", imported, 1) + call + "\n"


def test_third_argument_was_metrics() -> None:
    check_rewrite(
        HEAD.format(3) + "model.compile('sgd', 'mse', ['accuracy'])\n",
        NEW.format(3) + "model.compile('sgd', 'mse', metrics=['acc'])\n",
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
        + compiled.format("BinaryAccuracy(name='acc'), 'mean_absolute_error'"),
    )


def test_accuracy_keeps_its_key() -> None:
    compiled = "model.compile('sgd', 'binary_crossentropy', metrics=['{}'])\n"
    check_rewrite(
        HEAD.format(1) + compiled.format("accuracy"), NEW.format(1) + compiled.format("acc")
    )


def test_accuracy_under_its_full_name_where_asked_for() -> None:
    compiled = "model.compile('sgd', 'binary_crossentropy', metrics=['{}'])\n"
    check_rewrite(
        HEAD.format(1) + compiled.format("acc"),
        NEW.format(1) + compiled.format("accuracy"),
        idiomatic=True,
    )


def test_show_accuracy_is_that_of_each_of_several_binary_outputs() -> None:
    before = (
        "from keras.models import Sequential\nmodel = Sequential()\nmodel.add(last())\n"
        "model.compile(loss='binary_crossentropy', optimizer='sgd')\n"
        "model.fit(X, y, nb_epoch=2, show_accuracy=True)\n"
    )
    assert "metrics=[BinaryAccuracy(name='acc')])" in upgrade(before).new


def test_show_accuracy_moves_to_compile() -> None:
    check_assumed(
        HEAD.format(1)
        + "model.compile(loss='mse', optimizer='sgd')\n"
        + "model.fit(X, y, nb_epoch=2, show_accuracy=True)\n",
        adapted(1, "compile_model(model, loss='mse', optimizer='sgd', metrics=['accuracy'])")
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
        adapted(3, "compile_model(model, 'sgd', 'mse', metrics={'a': ['acc', f], 'b': 'mae'})"),
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("model.compile('sgd', 'mse', metrics=[rmse])", "batch as a whole"),
        ("model.compile('sgd', 'mse', metrics=['precision', 'mae'])", "batch as a whole"),
        ("model.compile('sgd', 'mse', metrics=['accuracy'])", "rounds"),
        ("model.compile('sgd', loss, metrics=['accuracy'])", "when it runs"),
        ("model.compile('sgd', {'a': 'mse', 'b': 'mae'}, metrics=['mse', 'mae'])", "every output"),
        ("model.compile('sgd', 'mse', sample_weight_mode='temporal')", "weight zero"),
    ],
)
def test_what_keras_1_computed_otherwise(call: str, words: str) -> None:
    result = upgrade(HEAD.format(1) + call + "\n")
    assert "compile_model(model, 'sgd', " in result.new
    assert any(words in f.message for f in result.findings), result.findings
    assert automatic(result)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("model.fit(X, y, sample_weight=w)", "weight zero"),
        ("model.train_on_batch(X, y, None, w)", "weight zero"),
        ("model.fit(X, y, 32, 2, 1, [], 0., None, True, balance(y))", "weight zero"),
        ("model.evaluate(X, y, 32, 0, w)", "weight zero"),
        ("model.fit(X, y, class_weight={0: 0., 1: 2.})", "weight zero"),
        ("model.fit(X, y, class_weight={0: 1., 1: 2.}, validation_split=0.2)", "split off"),
        ("model.fit(X, {'out': y})", "by output"),
        ("model.layers[0].trainable = False", "trainable now"),
        ("print(model.metrics_names)", "metrics_names"),
        (
            "class Losses(Callback):\n    def on_batch_end(self, batch, logs={}):\n"
            "        self.x.append(logs['loss'])",
            "each batch",
        ),
        (
            "class Told(Callback):\n    def on_train_begin(self, logs={}):\n"
            "        told = self.params\n        print(told['nb_sample'])",
            "told them",
        ),
        (
            "class Told(Callback):\n    def on_batch_begin(self, batch, logs={}):\n"
            "        self.seen += logs.get('size', 0)",
            "told them",
        ),
        (
            "class Words(Callback):\n    def on_train_begin(self, logs={}):\n"
            "        self.build(100)\n"
            "model.fit_generator(words.batches(), samples_per_epoch=8, nb_epoch=2)",
            "asked for its first batch",
        ),
    ],
)
def test_what_the_program_does_with_the_model(rest: str, words: str) -> None:
    source = "from keras.callbacks import Callback\n" + HEAD.format(1).lstrip()
    result = upgrade(source + "model.compile('sgd', 'mse')\n" + rest + "\n")
    assert "compile_model(model, 'sgd', 'mse')" in result.new
    assert any(words in f.message for f in result.findings), result.findings


@pytest.mark.parametrize(
    "rest",
    [
        "model.fit(X, y, class_weight={0: 1., 1: 2.})",
        "model.fit(X, y, class_weight={0: 1., 1: 2.}, validation_split=0.0)",
        "class C(Callback):\n    def on_batch_end(self, batch, logs={}):\n        self.n += 1",
        "class C(Callback):\n    def on_train_begin(self, logs={}):\n        self.seen = []\n"
        "model.fit_generator(batches(), samples_per_epoch=8, nb_epoch=2)",
    ],
)
def test_what_does_not_matter_to_a_model(rest: str) -> None:
    source = "from keras.callbacks import Callback\n" + HEAD.format(1).lstrip()
    result = upgrade(source + "model.compile('sgd', 'mse')\n" + rest + "\n")
    assert "model.compile('sgd', 'mse')" in result.new


def test_unpacked_arguments_are_seen_when_it_runs() -> None:
    check_rewrite(
        HEAD.format(1) + "model.compile(**options)\nmodel.fit(X, y, nb_epoch=1)\n",
        adapted(1, "compile_model(model, **options)") + "model.fit(X, y, epochs=1)\n",
    )


def test_an_optimizer_that_is_named_when_it_runs() -> None:
    result = upgrade(HEAD.format(1) + "def run(name):\n    model.compile(name, 'mse')\n")
    assert "model.compile(get_optimizer(name), 'mse')" in result.new


def test_idiomatic_compiles_as_keras_3_and_says_so() -> None:
    result = upgrade(HEAD.format(1) + "model.compile('sgd', 'mse', metrics=[f])\n", idiomatic=True)
    assert "compile_model" not in result.new
    assert any("measured otherwise" in f.message for f in result.findings)


_PARTS = """
from keras.layers import BatchNormalization, Dense, Input
from keras.models import Model, Sequential
part = Sequential([Dense(output_dim=3, input_dim=4{0}), BatchNormalization()])
z = Input((4,))
"""


@pytest.mark.parametrize(
    "rest",
    [
        "whole = Model(z, part(z))\npart.compile('sgd', 'mse')\nwhole.compile('sgd', 'mse')",
        "whole = Sequential()\nwhole.add(part)\npart.compile('sgd', 'mse')\n"
        "whole.compile('sgd', 'mse')",
        "def hold(p):\n    return Model(z, p(z))\nwhole = hold(part)\npart.compile('sgd', 'mse')\nwhole.compile('sgd', 'mse')",
        "def ready(m):\n    m.compile('sgd', 'mse')\nready(Model(z, part(z)))\nready(part)",
        "for model in [part, Model(z, part(z))]:\n    model.compile('sgd', 'mse')",
    ],
)
def test_parts_that_are_compiled_are_watched(rest: str) -> None:
    result = upgrade(_PARTS.format("") + rest + "\n")
    assert "compile_model(" in result.new and ".compile(" not in result.new
    assert any("lost to models that hold it" in f.message for f in result.findings)


@pytest.mark.parametrize(
    "rest",
    [
        "whole = Model(z, part(z))\nwhole.compile('sgd', 'mse')",
        "part.compile('sgd', 'mse')\nother = Sequential([Dense(1, input_dim=2)])\n"
        "other.compile('sgd', 'mse')",
        "def ready(m):\n    m.compile('sgd', 'mse')\nready(part)",
    ],
)
def test_models_that_stand_alone_are_compiled_as_ever(rest: str) -> None:
    assert "compile_model(" not in upgrade(_PARTS.format("") + rest + "\n").new


def test_penalties_of_what_is_used_twice_count_twice() -> None:
    twice = "whole = Model(z, merge([part(z), part(z)]))\nwhole.compile('sgd', 'mse')\n"
    once = twice.replace("merge([part(z), part(z)])", "part(z)")
    source = _PARTS.format(", W_regularizer='l2'").replace("Input\n", "Input, merge\n")
    assert "compile_model(whole, 'sgd', 'mse')" in upgrade(source + twice).new
    assert "compile_model(" not in upgrade(source + once).new
