"""Layers that are passed on, or called with arguments that cannot be seen."""

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import automatic, check_manual, check_noop, check_rewrite


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kinds = {'a': Dense}\n", "kinds = {'a': keras1_Dense}\n"),
        ("layer = Dense if flag else None\n", "layer = keras1_Dense if flag else None\n"),
        ("def f(layer=Dense):\n    pass\n", "def f(layer=keras1_Dense):\n    pass\n"),
        ("build(Dense)\n", "build(keras1_Dense)\n"),
        ("y = Dense(*sizes)\n", "y = keras1_Dense(*sizes)\n"),
        ("y = Dense(3, **options)\n", "y = keras1_Dense(3, **options)\n"),
    ],
)
def test_adapters(old: str, new: str) -> None:
    mark = "from keras.models import Model\nModel(input=a, output=b)\n"
    new_mark = "from keras.models import Model\nModel(inputs=a, outputs=b)\n"
    result = check_rewrite(
        "from keras.layers import Dense\n" + mark + old,
        new_mark.replace("\n", "\nfrom keras1_compat import keras1_Dense\n", 1) + new,
    )
    assert result.compat == ("keras1_Dense",)
    assert automatic(result)


def test_partial_of_a_convolution() -> None:
    result = check_rewrite(
        "from functools import partial\nfrom keras.layers import Convolution2D\n"
        "conv = partial(Convolution2D, border_mode='same')\n",
        "from functools import partial\nfrom keras1_compat import keras1_Convolution2D\n"
        "conv = partial(keras1_Convolution2D, border_mode='same')\n",
    )
    assert all(f.applicability is Applicability.AUTOMATIC for f in result.findings)


def test_convolution_of_channels_first_models() -> None:
    source = (
        "from keras.layers import Convolution2D, Input\n"
        "x = Convolution2D(3, 3, 3)(Input((3, 224, 224)))\n"
        "def conv(*args, **kwargs):\n    return Convolution2D(*args, **kwargs)\n"
        "y = conv(4, 3, 3)(x)\nkinds = [Convolution2D]\n"
    )
    from tests.rewrite.helpers import upgrade

    result = upgrade(source)
    assert "keras1_Convolution2D(*args, data_format='channels_first', **kwargs)" in result.new
    assert "kinds = [keras1_Convolution2D.channels_first]" in result.new


def test_alias() -> None:
    check_rewrite(
        "from keras.layers import Dense\nFull = Dense\nFull(output_dim=3)\n",
        "from keras.layers import Dense\nFull = Dense\nFull(units=3)\n",
    )


@pytest.mark.parametrize("other", ["if flag:", "try:\n    x = load()\nexcept IOError:"])
def test_one_that_may_be_another_since(other: str) -> None:
    call = "cell(output_dim=3, inner_activation='tanh')\n"
    result = check_rewrite(
        f"from keras.layers import LSTM, GRU\ncell = LSTM\n{other}\n    cell = GRU\n{call}",
        "from keras1_compat import keras1_LSTM, keras1_GRU\n"
        f"cell = keras1_LSTM\n{other}\n    cell = keras1_GRU\n{call}",
    )
    assert automatic(result)


def test_one_that_may_be_another_since_in_a_pair() -> None:
    check_rewrite(
        "from keras.layers import LSTM, GRU, Dense\nA, B = LSTM, Dense\nif flag:\n"
        "    A, B = GRU, Dense\nA(3, inner_init='uniform')\n",
        "from keras.layers import Dense\nfrom keras1_compat import keras1_LSTM, keras1_GRU\n"
        "A, B = keras1_LSTM, Dense\nif flag:\n    A, B = keras1_GRU, Dense\n"
        "A(3, inner_init='uniform')\n",
    )


def test_one_of_several() -> None:
    result = check_rewrite(
        "from keras.layers import LSTM, GRU\n"
        "if flag:\n    cell = LSTM\nelse:\n    cell = GRU\ncell(3, inner_activation='tanh')\n",
        "from keras1_compat import keras1_LSTM, keras1_GRU\n"
        "if flag:\n    cell = keras1_LSTM\nelse:\n    cell = keras1_GRU\n"
        "cell(3, inner_activation='tanh')\n",
    )
    assert automatic(result)


def test_only_compared() -> None:
    check_rewrite(
        "from keras.layers.core import Dense\nisinstance(x, Dense)\ntype(x) == Dense\n",
        "from keras.layers import Dense\nisinstance(x, Dense)\ntype(x) == Dense\n",
    )


def test_what_has_no_adapter_is_reported() -> None:
    finding = check_manual(
        "from keras.callbacks import ReduceLROnPlateau\nfit(nb_epoch=3)\n"
        "ReduceLROnPlateau(**options)\n",
        "KM407",
        "unpacked",
    )
    assert finding.line == 3


def test_attribute_of_a_class() -> None:
    check_rewrite(
        "from keras.layers import LSTM\nclass A(object):\n    cell = LSTM\n"
        "    def f(self):\n        return self.cell(3, inner_activation='tanh')\n",
        "from keras1_compat import keras1_LSTM\nclass A(object):\n    cell = keras1_LSTM\n"
        "    def f(self):\n        return self.cell(3, inner_activation='tanh')\n",
    )


def test_a_method_of_a_layer_class_wants_the_class() -> None:
    source = """
        from keras.layers import Convolution2D
        class Wide(Convolution2D):
            def __init__(self, nb_filter):
                Convolution2D.__init__(self, nb_filter, 3, 3)
        """
    check_manual(source, "KM103", "passed on without being called")
    check_manual(source, "KM304", "Wide extends Convolution2D")


def test_a_metric_that_means_another_thing_today() -> None:
    check_rewrite(
        """
        from keras import metrics
        m.compile(optimizer='sgd', loss=metrics.hinge, metrics=[metrics.squared_hinge])
        """,
        """
        from keras1_compat import hinge, squared_hinge
        m.compile(optimizer='sgd', loss=hinge, metrics=[squared_hinge])
        """,
    )
    check_noop("""
        from keras import metrics
        from keras.layers import Concatenate
        loss = metrics.hinge
        value = metrics.hinge(a, b)
        """)


@pytest.mark.parametrize("use", ["self.Dropout(p=0.5)", "Net.Dropout(p=0.5)", "1"])
def test_an_import_in_a_class_keeps_its_name_and_is_reported(use: str) -> None:
    source = (
        "import keras\nx = keras.layers.Dense(output_dim=3)\n"
        "class Net:\n    from keras.layers import Convolution2D, Dropout\n"
        f"    def build(self):\n        return {use}\n"
    )
    finding = check_manual(source, "KM103", "Dropout is an attribute of the class")
    assert (finding.line, finding.column) == (4, 44)
    from tests.rewrite.helpers import upgrade

    assert upgrade(source).new == source.replace("output_dim", "units")


def test_an_import_for_the_body_of_a_class_is_rewritten() -> None:
    result = check_rewrite(
        "class Net:\n    from keras.layers import Convolution2D\n"
        "    layer = Convolution2D(8, 3, 3, border_mode='same', dim_ordering='tf')\n",
        "class Net:\n    from keras.layers import Conv2D\n"
        "    layer = Conv2D(8, (3, 3), padding='same', data_format='channels_last')\n",
    )
    assert automatic(result)


def test_todays_import_in_a_class_is_left_alone() -> None:
    check_noop(
        "from keras.layers import Conv2D\nx = Conv2D(filters=8, kernel_size=3)\n"
        "class Net:\n    from keras.layers import Dropout\n    y = 1\n"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "class A:\n    def f(self):\n        self.L = keras.layers\n",
        "class A:\n    L = keras.layers\n",
        "tables['L'] = keras.layers\n",
        "a = b.L = keras.layers\n",
    ],
)
def test_a_module_that_becomes_an_attribute_is_reported(statement: str) -> None:
    source = f"import keras\nx = keras.layers.Dense(output_dim=3)\n{statement}"
    check_manual(source, "KM103", "keras.layers is passed on")


def test_a_module_under_another_name_is_followed() -> None:
    result = check_rewrite(
        "import keras\ndef f():\n    a = b = keras.layers\n    a.Dense(output_dim=3)\n",
        "import keras\ndef f():\n    a = b = keras.layers\n    a.Dense(units=3)\n",
    )
    assert automatic(result)


MARK = "import keras\nx = keras.layers.Dense(output_dim=3)\n"


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\ny = importlib.import_module('keras.layers').Dense(output_dim=3)\n",
        "from importlib import import_module\ny = import_module('keras.applications.' + name)\n",
        "from importlib import import_module as load\ny = load(\n    # why\n    'keras.layers'\n)\n",
        "from sys import modules as loaded\ny = loaded['keras.backend']\n",
        "y = __import__('keras')\n",
        "y = import_module(f'keras.layers.{name}')\n",
        "import sys\ny = sys.modules['keras.backend'].image_dim_ordering()\n",
    ],
)
def test_a_module_by_its_name_in_a_string_is_reported(code: str) -> None:
    check_manual(MARK + code, "KM103", "a module of Keras: what is called by it cannot be seen")


@pytest.mark.parametrize(
    "code",
    [
        "y = eval('Dense(output_dim=3)')\n",
        "exec('y = ' + 'Dense(output_dim=3)')\n",
        "y = globals()['Dense'](output_dim=3)\n",
    ],
)
def test_a_layer_in_a_string_is_reported(code: str) -> None:
    source = f"from keras.layers import Dense\n{MARK}{code}"
    check_manual(source, "KM103", "Dense in a string: what is called by it cannot be seen")


@pytest.mark.parametrize(
    "code",
    [
        "y = eval('1 + 2')\n",
        "y = eval(text)\n",
        "y = globals()[name]\n",
        "y = import_module('keras_like')\n",
        "y = import_module(name)\n",
        "y = model.eval('Dense')\n",
    ],
)
def test_other_strings_are_left_alone(code: str) -> None:
    check_noop(f"from keras.layers import Dense\nx = Dense(3)\n{code}")


@pytest.mark.parametrize(
    ("module", "function"),
    [("objectives", "get_loss"), ("metrics", "get_metric"), ("optimizers", "get_optimizer")],
)
@pytest.mark.parametrize("given", ["name", "identifier=name", "options['x']"])
def test_a_name_that_shows_at_run_time(module: str, function: str, given: str) -> None:
    check_rewrite(
        f"from keras import {module}\nfor name in names:\n    x = {module}.get({given})\n",
        f"from keras1_compat import {function}\nfor name in names:\n    x = {function}({given})\n",
    )


def test_a_function_that_looks_names_up_is_passed_on() -> None:
    check_rewrite(
        "from keras.objectives import get\nx = list(map(get, names))\n",
        "from keras1_compat import get_loss\nx = list(map(get_loss, names))\n",
    )


def test_a_name_that_stands_there_is_looked_up_by_keras() -> None:
    check_rewrite(
        "from keras import objectives\nx = objectives.get('mse')\n",
        "from keras.losses import get\nx = get('mse')\n",
    )


@pytest.mark.parametrize(
    ("module", "function"),
    [("activations", "get_activation"), ("metrics", "get_metric"), ("objectives", "get_loss")],
)
def test_functions_that_are_looked_up_by_name(module: str, function: str) -> None:
    check_rewrite(
        f"from keras.layers import Dense\nfrom keras import {module}\n"
        f"Dense(output_dim=1)\nf = getattr({module}, config['name'])\n",
        f"from keras.layers import Dense\nfrom keras1_compat import {function}\n"
        f"Dense(units=1)\nf = {function}(config['name'])\n",
    )
