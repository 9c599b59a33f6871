"""Automatic names of layers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from kerasmig.catalog import entries
from kerasmig.catalog.layer_names import automatic, todays_class, todays_name
from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find

HEAD = "from keras.models import Model\nmodel = Model(input=a, output=b)\n"
NEW_HEAD = "from keras.models import Model\nmodel = Model(inputs=a, outputs=b)\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("model.get_layer('convolution2d_1')", "model.get_layer('conv2d')"),
        (
            'model.get_layer(name="leakyrelu_12")',
            'model.get_layer(name="leaky_re_lu_11")',
        ),
        (
            "which = 'convolution3d_2'\nmodel.get_layer(which)",
            "which = 'conv3d_1'\nmodel.get_layer(which)",
        ),
        (
            "model.evaluate(x, {'batchnormalization_2': y, 'out': z})",
            "model.evaluate(x, {'batch_normalization_1': y, 'out': z})",
        ),
        ("if layer.name == 'prelu_1': pass", "if layer.name == 'p_re_lu': pass"),
        (
            "if layer.name in ['maxpooling1d_1', 'model_1']: pass",
            "if layer.name in ['max_pooling1d', 'functional']: pass",
        ),
        (
            "names = ['convolution2d_1', 'fc']\nlayers = [model.get_layer(n) for n in names]",
            "names = ['conv2d', 'fc']\nlayers = [model.get_layer(n) for n in names]",
        ),
        (
            "for name in ('convolution2d_1', 'block'):\n    model.get_layer(name)",
            "for name in ('conv2d', 'block'):\n    model.get_layer(name)",
        ),
        (
            "def show(layer='convolution2d_1'):\n    return model.get_layer(layer)",
            "def show(layer='conv2d'):\n    return model.get_layer(layer)",
        ),
        (
            "part = model.get_layer(  # the one\n    name='batchnormalization_2',  # second\n)",
            "part = model.get_layer(  # the one\n    name='batch_normalization_1',  # second\n)",
        ),
        ("layer_dict['maxpooling2d_3'].output", "layer_dict['max_pooling2d_2'].output"),
        ("model.get_layer('input_1')", "model.get_layer('input_layer')"),
    ],
)
def test_names_follow_the_count(old: str, new: str) -> None:
    result = check_rewrite(f"{HEAD}{old}\n", f"{NEW_HEAD}{new}\n")
    assert find(result, "KM305", "as Keras 3 counts", Applicability.ASSUMED)


def test_names_that_the_code_gives_stay() -> None:
    body = "x = Dense(3, name='dense_1')(x)\nmodel.get_layer('dense_1')\nfiles['model_1']\n"
    imports = "from keras.layers import Dense\n"
    check_rewrite(imports + HEAD + body, imports + NEW_HEAD + body)


def test_a_name_that_leads_back_to_itself() -> None:
    body = "for name in name:\n    model.get_layer(name)\n"
    check_rewrite(HEAD + body, NEW_HEAD + body)


def test_files_of_today_stay() -> None:
    check_noop(NEW_HEAD + "model.get_layer('dense_1')\n")
    check_noop(NEW_HEAD + "model.get_layer('conv2d_1')\nmodel.get_layer('input_1')\n")


def test_a_spelling_of_keras_1_tells_its_time() -> None:
    check_rewrite(
        NEW_HEAD + "model.get_layer('batchnormalization_13')\n",
        NEW_HEAD + "model.get_layer('batch_normalization_12')\n",
    )


def test_what_cannot_be_counted_is_told() -> None:
    check_manual(HEAD + "model.get_layer('dense_2')\n", "KM305", "would call the layer 'dense_1'")
    check_manual(HEAD + "model.get_layer('merge_2')\n", "KM305", "several classes took its place")
    check_manual(
        "from keras.layers import Convolution2D, AtrousConvolution2D\n"
        "Convolution2D(3, 3, 3, border_mode='same')\nAtrousConvolution2D(3, 3, 3)\n"
        "model.get_layer('convolution2d_2')\n",
        "KM305",
        "AtrousConvolution2D counts with it",
    )
    check_manual(
        "from keras.models import Sequential\nfirst = Sequential()\n"
        + HEAD
        + "model.get_layer('input_1')\n",
        "KM305",
        "a Sequential's input is counted",
    )


@pytest.mark.slow
def test_names_are_those_that_keras_gives() -> None:
    """Every class that a Keras 1 class became, where it can be made without arguments or with one."""
    kinds = {kind for kind in entries() if automatic(f"{kind.rpartition('.')[2].lower()}_1")}
    made = sorted({name for kind in kinds if (name := todays_class(kind)) is not None})
    program = (
        "import json, sys, keras\nfound = {}\n"
        "x = keras.Input((4,))\nfound['InputLayer'] = [x._keras_history.operation.name]\n"
        "found['Functional'] = [keras.Model(x, x).name, keras.Model(x, x).name]\n"
        "for name in json.load(sys.stdin):\n"
        "    for given in ((), (1,), (2, 3), (keras.layers.Dense(1),), (lambda t: t,)):\n"
        "        keras.utils.clear_session(free_memory=False)\n"
        "        try:\n"
        "            found[name] = [getattr(keras.layers, name)(*given).name for _ in 'ab']\n"
        "            break\n"
        "        except Exception:\n"
        "            pass\n"
        "print(json.dumps(found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(made), capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    assert len(found) > 40, done.stderr
    for name, names in found.items():
        assert names == [todays_name(name, number + 1) for number in range(len(names))]
