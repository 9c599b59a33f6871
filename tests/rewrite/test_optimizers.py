"""Optimizers."""

import pytest

from tests.rewrite.helpers import (
    automatic,
    check_manual,
    check_noop,
    check_rewrite,
    upgrade,
)

# What tells that the file speaks Keras 1, and what becomes of it.
OLD, NEW = "Dense(output_dim=1)\n", "Dense(units=1)\n"
HEAD = "from keras.layers import Dense\nfrom keras.optimizers import {}\n"
SCHEDULE = "from keras.optimizers.schedules import InverseTimeDecay\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SGD(lr=0.1, momentum=0.9)", "SGD(learning_rate=0.1, momentum=0.9)"),
        ("SGD(0.1, 0.9, nesterov=True)", "SGD(0.1, 0.9, nesterov=True)"),
        ("SGD(lr=0.1, decay=0., clipnorm=1.)", "SGD(learning_rate=0.1, global_clipnorm=1.)"),
        ("Adam(lr=rate)", "Adam(learning_rate=rate, epsilon=1e-08)"),
        ("Adam(lr=rate, epsilon=1e-6)", "Adam(learning_rate=rate, epsilon=1e-6)"),
        ("RMSprop(lr=0.1)", "RMSprop(learning_rate=0.1, epsilon=1e-16)"),
        ("RMSprop(lr=0.1, epsilon=1e-6)", "RMSprop(learning_rate=0.1, epsilon=1e-12)"),
        (
            "RMSprop(0.1, 0.9, 1e-5); SGD(lr=1)",
            "RMSprop(learning_rate=0.1, rho=0.9, epsilon=1e-10); SGD(learning_rate=1)",
        ),
        ("Adadelta(lr=0.5)", "Adadelta(learning_rate=0.5, epsilon=1e-08)"),
    ],
)
def test_arguments(old: str, new: str) -> None:
    name = old.partition("(")[0]
    imports = f"from keras.optimizers import {name}, SGD\nfrom keras.layers import Dense\n"
    if name == "SGD":
        imports = "from keras.optimizers import SGD\nfrom keras.layers import Dense\n"
    check_rewrite(imports + f"{OLD}opt = {old}\n", imports + f"{NEW}opt = {new}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "SGD(lr=0.01, decay=1e-6, momentum=0.9)",
            "SGD(learning_rate=InverseTimeDecay(0.01, 1, 1e-6), momentum=0.9)",
        ),
        (
            "SGD(0.1, 0.9, 1e-6, True)",
            "SGD(learning_rate=InverseTimeDecay(0.1, 1, 1e-6), momentum=0.9, nesterov=True)",
        ),
        (
            "Adam(decay=rate / epochs)",
            "Adam(learning_rate=InverseTimeDecay(0.001, 1, rate / epochs), epsilon=1e-08)",
        ),
    ],
)
def test_decay(old: str, new: str) -> None:
    name = old.partition("(")[0]
    head = HEAD.format(name)
    result = check_rewrite(
        f"{head}{OLD}opt = {old}\n",
        f"{head}{SCHEDULE}{NEW}opt = {new}\n",
    )
    assert len([f for f in result.findings if f.code == "KM404"]) == 1


def test_decay_beside_a_callback_that_sets_the_rate() -> None:
    result = upgrade(
        "from keras.optimizers import SGD, Adam\nfrom keras.callbacks import LearningRateScheduler\n"
        "opt = SGD(lr=0.1, decay=0.1)\nLearningRateScheduler(f)\nAdam(decay=x)\n"
    )
    assert "from keras1_compat import" in result.new
    assert "opt = SGD(learning_rate=0.1, decay=0.1)" in result.new
    assert "Adam(decay=x, epsilon=1e-08, learning_rate=0.001)" in result.new
    assert automatic(result)


def test_decay_says_which_step_it_is_of() -> None:
    result = upgrade("from keras.optimizers import SGD\nSGD(lr=0.1, decay=0.1)\n")
    assert any("rate may be that of the step after" in f.message for f in result.findings)


def test_nadam_says_which_digits_may_differ() -> None:
    result = upgrade("from keras.optimizers import Nadam\nNadam(lr=0.1)\n")
    assert any("third digit" in f.message for f in result.findings)


def test_two_ways_of_clipping() -> None:
    check_manual(
        "from keras.optimizers import SGD\nSGD(lr=1, clipnorm=1., clipvalue=0.5)\n",
        "KM404",
        "only one of",
    )


def test_later_keras_keeps_its_epsilon() -> None:
    check_rewrite(
        "from keras.optimizers import Adam\nmodel.fit(x, y, epochs=3, validation_steps=1)\nAdam(lr=0.1)\n",
        "from keras.optimizers import Adam\nmodel.fit(x, y, epochs=3, validation_steps=1)\n"
        "Adam(learning_rate=0.1)\n",
    )


def test_today() -> None:
    check_noop("from keras.optimizers import RMSprop\nRMSprop(learning_rate=0.1)\n")


@pytest.mark.parametrize(
    ("old", "new", "need"),
    [
        ("table = {'a': SGD}\n", "table = {'a': keras1_SGD}\n", "keras1_SGD"),
        (
            "def f(make=SGD):\n    return make(lr=0.1)\n",
            "def f(make=keras1_SGD):\n    return make(lr=0.1)\n",
            "keras1_SGD",
        ),
        ("o = SGD(**given)\n", "o = keras1_SGD(**given)\n", "keras1_SGD"),
    ],
)
def test_a_class_whose_arguments_cannot_be_seen(old: str, new: str, need: str) -> None:
    check_rewrite(
        HEAD.format("SGD") + OLD + old,
        f"from keras.layers import Dense\nfrom keras1_compat import {need}\n{NEW}{new}",
    )


def test_optimizers_that_are_looked_up_by_name() -> None:
    check_rewrite(
        "from keras.layers import Dense\nfrom keras import optimizers\n"
        f"{OLD}o = getattr(optimizers, name)(lr=0.1)\n",
        "from keras.layers import Dense\nfrom keras1_compat import keras1_optimizer_classes\n"
        f"{NEW}o = getattr(keras1_optimizer_classes, name)(lr=0.1)\n",
    )


@pytest.mark.parametrize("settings", ["settings = dict(lr=0.1)", "settings = {'lr': 0.1}"])
def test_the_keys_that_are_unpacked_tell_the_era(settings: str) -> None:
    check_rewrite(
        f"from keras.optimizers import Adam\n{settings}\no = Adam(**settings)\n",
        f"from keras1_compat import keras1_Adam\n{settings}\no = keras1_Adam(**settings)\n",
    )
    check_noop(
        f"from keras.optimizers import Adam\n{settings.replace('lr', 'learning_rate')}\n"
        "o = Adam(**settings)\n"
    )


def test_the_rate_of_what_is_used_as_an_optimizer() -> None:
    check_rewrite(
        "from keras.layers import Dense\nfrom keras import backend as K\nimport re\n"
        f"{OLD}o = made()\nmodel.compile(o, 'mse')\nprint(o.lr, K.get_value(args.lr))\n"
        "K.set_value(self.thing.lr, 0.1)\nre.compile(p)\nprint(p.lr, args.lr)\n",
        "from keras.layers import Dense\nfrom keras import ops\n"
        "from keras1_compat import get_optimizer\nimport re\n"
        f"{NEW}o = made()\nmodel.compile(get_optimizer(o), 'mse')\n"
        "print(o.learning_rate, ops.convert_to_numpy(args.learning_rate))\n"
        "self.thing.learning_rate.assign(0.1)\nre.compile(p)\nprint(p.lr, args.lr)\n",
    )
