"""Classes of the user's own."""

import pytest

from kerasmig.finding import Applicability, FileResult
from tests.rewrite.helpers import automatic, check_manual, check_noop, check_rewrite, find, upgrade

LAYER = "from keras.engine.topology import Layer\n"
NEW_LAYER = "from keras.layers import Layer\n"


def _class(body: str) -> str:
    return "class Scale(Layer):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def _check(old: str, new: str, head: str = LAYER, new_head: str = NEW_LAYER) -> FileResult:
    return check_rewrite(head + _class(old), new_head + _class(new))


def test_shape_method() -> None:
    result = _check(
        "def get_output_shape_for(self, shape):\n    return shape",
        "def compute_output_shape(self, shape):\n    return shape",
    )
    assert automatic(result)
    assert result.tally.automatic == 1


def test_calls_of_the_shape_method() -> None:
    _check(
        "def get_output_shape_for(self, s):\n"
        "    a = self.inner.get_output_shape_for(s)\n"
        "    return super(Scale, self).get_output_shape_for(a)",
        "def compute_output_shape(self, s):\n"
        "    a = self.inner.compute_output_shape(s)\n"
        "    return super(Scale, self).compute_output_shape(a)",
    )


def test_weights_of_an_initialiser() -> None:
    _check(
        "def __init__(self, init='one'):\n    self.init = initializations.get(init)\n"
        "def build(self, shape):\n    self.W = self.init((shape[1],), name='W')\n"
        "    self.s = self.init((3,))\n    self.trainable_weights = [self.W]",
        "def __init__(self, init='one'):\n    self.init = get_initialization(init)\n"
        "def build(self, shape):\n"
        "    self.W = self.add_weight(shape=(shape[1],), initializer=self.init, name='W')\n"
        "    self.s = self.add_weight(shape=(3,), initializer=self.init, trainable=False)",
        LAYER + "from keras import initializations\n",
        NEW_LAYER + "from keras1_compat import get_initialization\n",
    )


def test_weights_of_the_backend() -> None:
    _check(
        "def build(self, shape):\n    self.b = K.zeros((3,), name='b')\n"
        "    self.m = K.ones((3,))\n    self.v = K.variable(value)\n"
        "    self.trainable_weights = [self.b, self.v]\n"
        "    self.non_trainable_weights = [self.m]",
        "def build(self, shape):\n"
        "    self.b = self.add_weight(shape=(3,), initializer='zeros', name='b')\n"
        "    self.m = self.add_weight(shape=(3,), initializer='ones', trainable=False)\n"
        "    self.v = Variable(value, dtype=floatx())",
        LAYER + "from keras import backend as K\n",
        NEW_LAYER + "from keras.backend import floatx\nfrom keras import Variable\n",
    )


def test_a_variable_in_call_is_a_value() -> None:
    _check(
        "def call(self, x, mask=None):\n    m = K.variable(np.eye(3), name='m')\n"
        "    def step(t):\n        return t * K.variable(value)\n    return step(x) * m",
        "def call(self, x, mask=None):\n    m = ops.convert_to_tensor(np.eye(3), dtype=floatx())\n"
        "    def step(t):\n        return t * ops.convert_to_tensor(value, dtype=floatx())\n"
        "    return step(x) * m",
        LAYER + "from keras import backend as K\n",
        NEW_LAYER + "from keras.backend import floatx\nfrom keras import ops\n",
    )


def test_variables_in_call_that_are_given_together_stay_such() -> None:
    _check(
        "def call(self, x, mask=None):\n    self.v, w = K.variable(a), K.variable(b)\n    return w",
        "def call(self, x, mask=None):\n"
        "    self.v, w = Variable(a, dtype=floatx()), Variable(b, dtype=floatx())\n    return w",
        LAYER + "from keras import backend as K\n",
        NEW_LAYER + "from keras.backend import floatx\nfrom keras import Variable\n",
    )


def test_a_variable_in_call_that_changes_stays_one() -> None:
    _check(
        "def call(self, x, mask=None):\n    m = K.variable(value)\n    m.assign(x)\n    return m",
        "def call(self, x, mask=None):\n    m = Variable(value, dtype=floatx())\n"
        "    m.assign(x)\n    return m",
        LAYER + "from keras import backend as K\n",
        NEW_LAYER + "from keras.backend import floatx\nfrom keras import Variable\n",
    )


def test_list_of_weights_alone_in_its_block() -> None:
    result = upgrade(
        LAYER
        + _class(
            "def build(self, shape):\n    self.W = K.zeros((3,))\n"
            "    if shape: self.trainable_weights = [self.W]"
        ).replace("class", "from keras import backend as K\nclass", 1)
    )
    assert "    if shape: pass\n" in result.new


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def build(self, s):\n    self.trainable_weights = self.inner.weights", "add_weight"),
        ("def build(self, s):\n    self.trainable_weights += [self.other]", "add_weight"),
        ("def get_output(self, train=False):\n    pass", "call(self, inputs)"),
        ("def f(self):\n    self.regularizers = []", "live on the variables"),
    ],
)
def test_what_is_reported(body: str, words: str) -> None:
    check_manual(LAYER + _class(body), "KM304", words)


def test_name_of_an_initialiser() -> None:
    result = upgrade(
        LAYER
        + "from keras import initializations\n"
        + _class(
            "def __init__(self, init):\n    self.init = initializations.get(init)\n"
            "def get_config(self):\n    return {'init': self.init.__name__}"
        )
    )
    assert "{'init': serialize(self.init)}" in result.new


CALLBACK = "from keras.callbacks import Callback\nclass Log(Callback):\n"


def test_parameters_of_a_callback() -> None:
    check_rewrite(
        CALLBACK
        + "    def _set_model(self, model):\n        pass\n"
        + "    def on_epoch_end(self, epoch, logs={}):\n        n = self.params['nb_epoch']\n",
        CALLBACK
        + "    def set_model(self, model):\n        pass\n"
        + "    def on_epoch_end(self, epoch, logs={}):\n        n = self.params['epochs']\n",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("self.params.get('nb_sample')", "params['nb_sample'] is gone"),
        ("logs['size']", "how large a batch"),
        ("self.model.validation_data", "give it to the callback"),
    ],
)
def test_what_callbacks_no_longer_know(line: str, words: str) -> None:
    source = CALLBACK + f"    def on_batch_end(self, batch, logs={{}}):\n        {line}\n"
    check_manual(source, "KM407" if "model" not in line else "KM304", words)


def test_how_many_samples_generators_give_is_not_told() -> None:
    source = (
        CALLBACK + "    def on_epoch_end(self, epoch, logs={}):\n"
        "        print(self.params['metrics'], self.params['nb_sample'])\n"
        "m = Sequential()\nm.compile('sgd', 'mse')\n"
        "m.fit_generator(g, samples_per_epoch=10, nb_epoch=2, callbacks=[Log()])\n"
    )
    result = check_manual("from keras.models import Sequential\n" + source, "KM407", "nb_sample")
    assert "metrics'] is gone" not in str(result)


def test_what_keras_1_told_callbacks_is_told_where_the_program_compiles() -> None:
    source = (
        "from keras.callbacks import Callback\nfrom keras.models import Sequential\n"
        "class Told(Callback):\n    def on_batch_end(self, batch, logs={}):\n"
        "        print(logs['size'], self.params['nb_sample'])\n"
        "m = Sequential()\nm.compile('sgd', 'mse')\n"
        "m.fit(x, y, nb_epoch=2, callbacks=[Told()])\n"
    )
    result = upgrade(source)
    assert "compile_model(m, 'sgd', 'mse')" in result.new
    assert "logs['size'], self.params['nb_sample']" in result.new
    assert all(f.applicability is not Applicability.MANUAL for f in result.findings)


def test_own_classes_of_the_same_names() -> None:
    source = "import keras\nclass Layer(object):\n    def get_output(self):\n        pass\n"
    check_rewrite(source, source)


CONVOLUTION = "from keras.layers import Convolution1D\n"


def test_arguments_for_the_base() -> None:
    body = (
        "class Mine(Convolution1D):\n    def __init__(self, n):\n"
        "        super(Mine, self).__init__({})\n"
    )
    result = upgrade(CONVOLUTION + body.format("n, 3, border_mode='same'"))
    assert "super(Mine, self).__init__(n, 3, padding='same', " in result.new
    find(result, "KM304", "Mine extends Convolution1D", Applicability.MANUAL)


def test_unpacked_arguments_for_the_base() -> None:
    check_manual(
        CONVOLUTION + "class Mine(Convolution1D):\n    def __init__(self, *args):\n"
        "        super(Mine, self).__init__(*args)\nConvolution1D(3, 3, init='uniform', border_mode='same')\n",
        "KM201",
        "unpacked with *",
    )


def test_inherited_arguments() -> None:
    check_manual(
        CONVOLUTION + "class Mine(Convolution1D):\n    pass\nMine(3, 3, border_mode='same')\n",
        "KM304",
        "`Mine(...)` takes its arguments",
    )


def test_layer_as_the_start_of_a_model() -> None:
    check_rewrite(
        "from keras.models import Sequential\nfrom keras.layers.core import Layer\n"
        "model = Sequential()\nmodel.add(Layer(input_shape=(3, 4)))\n",
        "from keras.models import Sequential\nfrom keras.layers import Input\n"
        "model = Sequential()\nmodel.add(Input(shape=(3, 4)))\n",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("super().__init__(input=a, output=[b])", "super().__init__(inputs=a, outputs=[b])"),
        ("super(Net, self).__init__(a, output=b)", "super(Net, self).__init__(a, outputs=b)"),
        ("super().__init__(a, b, name='net')", "super().__init__(a, b, name='net')"),
    ],
)
def test_what_a_subclass_of_model_gives_its_base(old: str, new: str) -> None:
    source = """
    from keras.models import Model
    class Net(Model):
        def __init__(self, a, b):
            {}
    """
    check_rewrite(source.format(old), source.format(new))


def test_an_own_class_that_takes_input_stays() -> None:
    check_noop("""
        from keras.models import Model
        class Base(object):
            def __init__(self, input, output):
                self.net = Model(inputs=input, outputs=output)
        class Net(Base):
            def __init__(self, a, b):
                super().__init__(input=a, output=b)
        """)
