"""Files and arrays of Keras 1 in the code: read by the compat loader, or natively where ours."""

from __future__ import annotations

import pytest

from kerasmig.catalog.array_layouts import ARRAY_LAYOUTS
from kerasmig.compat.parts import layouts
from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_noop, check_rewrite, find, upgrade

LSTM_HEAD = "from keras.models import Sequential\nfrom keras.layers import LSTM\n"
LSTM_MODEL = LSTM_HEAD + "m = Sequential()\nm.add(LSTM(4, input_shape=(5, 3), init='uniform'{}))\n"
DENSE = "from keras.models import Sequential\nfrom keras.layers import Dense\nm = Sequential()\n"
OLD = DENSE + "m.add(Dense(2, input_dim=3, init='uniform'))\n"


def body(source: str) -> list[str]:
    """The migrated lines after the model."""
    return [
        line
        for line in upgrade(source).new.splitlines()
        if "import" not in line and ".add(" not in line and "Sequential()" not in line
    ]


# -- load_weights ------------------------------------------------------------------------------------


def test_a_file_from_elsewhere_is_read_by_the_compat_loader() -> None:
    assert body(OLD + "m.load_weights('net.h5')\n") == ["load_keras1_weights(m, 'net.h5')"]


def test_by_name_is_handed_on() -> None:
    assert body(OLD + "m.load_weights('net.h5', by_name=True)\n") == [
        "load_keras1_weights(m, 'net.h5', by_name=True)"
    ]


def test_by_name_with_names_that_the_code_gives() -> None:
    named = OLD.replace("init=", "name='dense_1', init=")
    assert body(named + "m.load_weights('net.h5', by_name=True)\n") == [
        "load_keras1_weights(m, 'net.h5', by_name=True, given_names=('dense_1',))"
    ]


def test_a_computed_path_is_handed_on() -> None:
    source = OLD + "import os\nm.load_weights(os.path.join('runs', name), False)\n"
    assert body(source) == ["load_keras1_weights(m, os.path.join('runs', name), by_name=False)"]


def test_what_the_program_has_just_saved_stays_native() -> None:
    assert body(OLD + "m.save_weights('w.h5')\nm.load_weights('w.h5')\n") == [
        "m.save_weights('w.weights.h5')",
        "m.load_weights('w.weights.h5')",
    ]


def test_what_is_saved_under_a_condition_may_be_an_old_file() -> None:
    source = "import os\nif not os.path.exists('w.h5'):\n    m.save_weights('w.h5')\n"
    assert body(OLD + source + "m.load_weights('w.h5')\n") == [
        "if not os.path.exists(saved_weights_path('w.h5')):",
        "    m.save_weights('w.weights.h5')",
        "load_keras1_weights(m, 'w.h5')",
    ]


def test_what_another_function_saves_may_be_an_old_file() -> None:
    source = "def train():\n    m.save_weights('w.h5')\ndef test():\n    m.load_weights('w.h5')\n"
    assert "    load_keras1_weights(m, 'w.h5')" in body(OLD + source)


def test_a_checkpoint_read_in_the_same_function_stays_native() -> None:
    source = (
        "from keras.callbacks import ModelCheckpoint\n"
        "c = ModelCheckpoint('b.hdf5', save_weights_only=True)\n"
        "m.fit(x, y, callbacks=[c])\nm.load_weights('b.hdf5')\n"
    )
    assert body(OLD + source)[-1] == "m.load_weights('b.weights.h5')"


def test_names_joined_of_folder_and_file_are_one_name() -> None:
    source = (
        "import os\nfrom keras.callbacks import ModelCheckpoint\n"
        "c = ModelCheckpoint(os.path.join('runs', 'b.hdf5'), save_weights_only=True)\n"
        "if os.path.isfile('runs/b.hdf5'):\n    m.load_weights('runs/b.hdf5')\n"
    )
    assert body(OLD + source)[-2:] == [
        "if os.path.isfile(saved_weights_path('runs/b.hdf5')):",
        "    load_keras1_weights(m, 'runs/b.hdf5')",
    ]


def test_a_file_of_no_concern_is_asked_for_as_before() -> None:
    source = OLD + "import os\nok = os.path.exists('data.h5')\n"
    assert body(source) == ["ok = os.path.exists('data.h5')"]


def test_theano_is_told_where_a_file_is_read() -> None:
    result = upgrade(OLD + "m.load_weights('net.h5')\n")
    find(result, "KM303", "backend='theano'", Applicability.ASSUMED)


# -- load_model, model_from_json -----------------------------------------------------------------------


def test_a_model_from_elsewhere_is_read_by_the_compat_loader() -> None:
    source = f"{OLD}from keras.models import load_model\nm = load_model('m.h5')\nm.predict(x)\n"
    assert "m = load_keras1_model('m.h5')" in body(source)


@pytest.mark.parametrize(
    "call", ["m.fit(x, y, nb_epoch=2)", "m.evaluate(x, y)", "m.train_on_batch(x, y)"]
)
def test_a_model_that_is_loaded_and_trained_is_compiled_as_it_was(call: str) -> None:
    source = f"{OLD}from keras.models import load_model\nm = load_model('m.h5')\n{call}\n"
    assert "m = load_trained_model('m.h5')" in body(source)


def test_a_model_that_a_function_loads_and_trains_is_compiled_as_it_was() -> None:
    source = (
        "from keras.models import load_model\ndef resume(path, more):\n"
        "    net = load_model(path)\n    net.fit(x, y, nb_epoch=more)\n    return net\n"
    )
    assert "    net = load_trained_model(path)" in body(source)


def test_a_model_that_is_loaded_and_compiled_anew_is_loaded_as_it_is() -> None:
    source = (
        f"{OLD}from keras.models import load_model\nm = load_model('m.h5')\n"
        "m.compile('sgd', 'mse')\nm.fit(x, y, nb_epoch=2)\n"
    )
    assert "m = load_keras1_model('m.h5')" in body(source)


def test_the_file_of_this_program_is_loaded_to_be_trained_on() -> None:
    source = (
        f"{OLD}from keras.models import load_model\nm.compile('sgd', 'mse')\n"
        "m.save('m.keras')\nagain = load_model('m.keras')\nagain.fit(x, y, nb_epoch=1)\n"
    )
    assert "again = load_trained_model('m.keras')" in body(source)


def test_json_from_a_file_is_read_by_the_compat_function() -> None:
    check_rewrite(
        "from keras.models import model_from_json\n"
        "m = model_from_json(open('m.json').read())\nm.fit(x, y, nb_epoch=2)\n",
        "from keras1_compat import load_keras1_json\n"
        "m = load_keras1_json(open('m.json').read())\nm.fit(x, y, epochs=2)\n",
    )


def test_json_that_was_just_made_stays_native() -> None:
    source = "from keras.models import model_from_json\ncopy = model_from_json(m.to_json())\n"
    assert body(OLD + source)[-1] == "copy = model_from_json(m.to_json())"


# -- get_weights, set_weights ------------------------------------------------------------------------


def test_arrays_that_are_looked_at_are_those_of_keras1() -> None:
    assert body(LSTM_MODEL.format("") + "print(len(m.get_weights()))\n") == [
        "print(len(get_keras1_weights(m)))"
    ]


def test_arrays_from_elsewhere_are_those_of_keras1() -> None:
    assert body(LSTM_MODEL.format("") + "m.layers[0].set_weights(arrays)\n") == [
        "set_keras1_weights(m.layers[0], arrays)"
    ]


def test_gates_together_are_told_by_name() -> None:
    source = LSTM_MODEL.format(", name='a', consume_less='gpu'") + "print(m.get_weights()[0])\n"
    assert body(source) == ["print(get_keras1_weights(m, together=('a',))[0])"]


def test_gates_together_without_a_name_beside_others_are_reported() -> None:
    source = LSTM_MODEL.format(", consume_less='gpu'") + "m.add(LSTM(2))\nprint(m.get_weights())\n"
    find(upgrade(source), "KM320", "give the layers names", Applicability.MANUAL)


def test_arrays_that_are_handed_on_stay() -> None:
    for line in (
        "b.set_weights(m.get_weights())",
        "b.set_weights([w * 0.5 for w in m.get_weights()])",
        "b.set_weights([t * p + (1 - t) * q for p, q in zip(m.get_weights(), b.get_weights())])",
        "b.set_weights([np.zeros_like(w) for w in m.get_weights()])",
        "b.set_weights([np.zeros(w.shape) for w in m.get_weights()])",
        "w = m.get_weights()\nb.set_weights(w)",
    ):
        assert body(LSTM_MODEL.format("") + line + "\n") == line.split("\n")


def test_arrays_that_are_drawn_by_shape_are_those_of_keras1() -> None:
    source = "b.set_weights([r.uniform(-1, 1, w.shape) for w in m.get_weights()])\n"
    assert body(LSTM_MODEL.format("") + source) == [
        "set_keras1_weights(b, [r.uniform(-1, 1, w.shape) for w in get_keras1_weights(m)])"
    ]


def test_arrays_in_a_list_that_is_changed_are_those_of_keras1_on_both_ends() -> None:
    source = "w = m.get_weights()\nw[0] = w[0].T\nm.set_weights(w)\n"
    assert body(LSTM_MODEL.format("") + source) == [
        "w = get_keras1_weights(m)",
        "w[0] = w[0].T",
        "set_keras1_weights(m, w)",
    ]


def test_layers_whose_arrays_did_not_change_stay() -> None:
    source = "m.set_weights(w)\nprint(len(m.layers[0].get_weights()))\n"
    assert body(OLD + source) == source.splitlines()


def test_channels_last_kernels_did_not_change() -> None:
    source = (
        "from keras.models import Sequential\nfrom keras.layers import Conv2D\n"
        "m = Sequential()\nm.add(Conv2D(2, (3, 3), input_shape=(8, 9, 3)))\n"
        "m.layers[0].set_weights(w)\n"
    )
    check_noop(source)


def test_kernels_of_th_changed() -> None:
    source = (
        "from keras.models import Sequential\nfrom keras.layers import Convolution2D\n"
        "m = Sequential()\nm.add(Convolution2D(2, 3, 3, input_shape=(3, 8, 9)))\n"
        "m.layers[0].set_weights(w)\n"
    )
    assert body(source) == ["set_keras1_weights(m.layers[0], w)"]


def test_weights_of_the_constructor_are_set_once_the_layer_is_built() -> None:
    check_rewrite(
        DENSE + "m.add(Dense(2, input_dim=3, init='zero', weights=[w, b]))\n",
        DENSE.replace("Dense\n", "Dense\nfrom keras1_compat import with_weights\n")
        + "m.add(with_weights(Dense(2, input_dim=3, kernel_initializer='zero'), [w, b]))\n",
    )


def test_the_table_of_layouts_is_the_one_of_the_compat_module() -> None:
    assert dict(ARRAY_LAYOUTS) == layouts.ARRAY_LAYOUTS


def test_a_converted_layout_tells_the_loader_the_order_of_the_file() -> None:
    source = (
        "from keras.models import Sequential\nfrom keras.layers import Convolution2D\n"
        "m = Sequential()\nm.add(Convolution2D(4, 3, 3, input_shape=(3, 32, 32)))\n"
        "m.load_weights('old.h5')\n"
    )
    assert "'old.h5', ordering='th')" in upgrade(source, layout="channels_last").new
    assert "ordering=" not in upgrade(source).new
