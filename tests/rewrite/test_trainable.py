"""Models whose `trainable` is set after they were compiled."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.rewrite.helpers import check_manual, check_noop, upgrade

HEAD = (
    "from keras.models import Sequential\nfrom keras.layers import Dense\n"
    "d = Sequential()\nd.add(Dense(1, input_dim=4, bias=False))\n"
    "gan = Sequential()\ngan.add(Dense(4, input_dim=2, bias=False))\ngan.add(d)\n"
)


def test_a_switch_after_compile_is_told() -> None:
    lines = "d.compile('sgd', 'mse')\nd.trainable = False\ngan.compile('sgd', 'mse')\n"
    check_manual(HEAD + lines, "KM401", "when it is first trained", idiomatic=True)
    around = "gan.compile('sgd', 'mse')\nd.trainable = True\nd.compile('sgd', 'mse')\n"
    check_manual(HEAD + around, "KM401", "when it is first trained", idiomatic=True)
    functional = "h = d(x)\nwhole = Model(input=x, output=h)\nwhole.compile('sgd', 'mse')\n"
    check_manual(
        "from keras.models import Model\n" + HEAD + functional + "d.trainable = True\n",
        "KM401",
        "when it is first trained",
        idiomatic=True,
    )
    made = (
        "def join(a, b):\n    pass\njoint_model = join(gan, d)\njoint_model.compile('sgd', 'mse')\n"
    )
    check_manual(
        HEAD + made + "d.trainable = True\nd.compile('sgd', 'mse')\n",
        "KM401",
        "first",
        idiomatic=True,
    )
    helper = "def freeze(net, value):\n    net.trainable = value\ngan.compile('sgd', 'mse')\n"
    check_manual(HEAD + helper, "KM401", "when it is first trained", idiomatic=True)
    loop = "d.compile('sgd', 'mse')\nfor layer in d.layers[:-1]:\n    layer.trainable = False\n"
    check_manual(HEAD + loop, "KM401", "when it is first trained", idiomatic=True)


@pytest.mark.parametrize(
    "lines",
    [
        "d.trainable = False\nd.compile('sgd', 'mse')\n",
        "d.compile('sgd', 'mse')\nd.trainable = False\nd.compile('sgd', 'mse')\n",
        "d.compile('sgd', 'mse')\nfor layer in d.layers:\n    layer.name = 'x'\n",
        "d.trainable = False\ngan.compile('sgd', 'mse')\n",
        "gan.compile('sgd', 'mse')\ndef tune(net):\n    for layer in net.layers:\n"
        "        layer.trainable = False\n    net.compile('sgd', 'mse')\n",
        "d.compile('sgd', 'mse')\nfor layer in d.layers:\n    layer.trainable = False\n"
        "d.compile('sgd', 'mse')\n",
        "other = Sequential()\nother.compile('sgd', 'mse')\nd.trainable = False\n"
        "d.compile('sgd', 'mse')\n",
        "d.trainable = False\ngan.compile('sgd', 'mse')\nd.trainable = True\n"
        "gan.compile('sgd', 'mse')\n",
        "gan.compile('sgd', 'mse')\nfor layer in others:\n    layer.trainable = False\n",
    ],
)
def test_what_compile_settles_is_not(lines: str) -> None:
    assert not [f for f in upgrade(HEAD + lines).findings if f.name == "trainable"]


def test_code_of_today_is_not() -> None:
    check_noop(HEAD.replace("bias", "use_bias") + "d.compile('sgd', 'mse')\nd.trainable = False\n")


@pytest.mark.slow
def test_keras_3_heeds_what_is_set_after_compile() -> None:
    """Measured: a model that is frozen between `compile` and training does not move."""
    program = (
        "import keras, numpy as np\n"
        "d = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])\n"
        "d.compile('sgd', 'mse')\nd.trainable = False\nbefore = d.get_weights()[0]\n"
        "d.train_on_batch(np.ones((2, 4)), np.zeros((2, 1)))\n"
        "print(abs(d.get_weights()[0] - before).max())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert float(done.stdout.split()[-1]) == 0, done.stderr


def test_compile_model_keeps_what_was_trainable() -> None:
    result = upgrade(HEAD + "d.compile('sgd', 'mse')\nd.trainable = False\nd.fit(x, y)\n")
    assert "compile_model(d, 'sgd', 'mse')" in result.new
    assert not [f for f in result.findings if f.name == "trainable"]


HEAD_OF_BASES = """\
from keras.applications.vgg16 import VGG16
from keras.layers import Dense
from keras.models import Model, Sequential
top = Dense(2, init='uniform')
"""


@pytest.mark.parametrize(
    "program",
    [
        "base = Sequential([top])\nbase.trainable = False\nmodel = Sequential([base, Dense(2)])\n",
        "base = VGG16()\nmodel = Sequential()\nmodel.add(base)\nmodel.add(top)\nbase.trainable = False\n",
        "class A(object):\n    def f(self):\n        self.base = VGG16()\n"
        "        self.base.trainable = False\n        return Sequential([self.base, top])\n",
    ],
)
def test_a_frozen_model_at_the_beginning_is_reported(program: str) -> None:
    check_manual(HEAD_OF_BASES + program, "KM608", "went on training its layers")


@pytest.mark.parametrize(
    "program",
    [
        "base = VGG16()\nbase.trainable = False\nmodel = Model(input=x, output=top(base(x)))\n",
        "base = VGG16()\nmodel = Sequential([top, base])\nbase.trainable = False\n",
        "base = VGG16()\nmodel = Sequential([base, top])\nbase.trainable = True\n",
        "top.trainable = False\nmodel = Sequential([top, Dense(2)])\n",
    ],
)
def test_other_switches_do_as_they_did(program: str) -> None:
    assert not any(f.code == "KM608" for f in upgrade(HEAD_OF_BASES + program).findings)
