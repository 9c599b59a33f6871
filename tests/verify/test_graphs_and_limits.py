"""Programs that throw away their graph, wait, or leave their model unbuilt."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kerasmig.compat.select import compat_source
from kerasmig.verify import Pair, Status, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.program.sandbox import TimeIsUp, time_limit
from kerasmig.verify.settings import machine_megabytes
from tests.verify.conftest import write_trees

_OLD = """
import numpy as np
from keras import backend as K
from keras.models import Sequential
from keras.layers import Dense, Dropout, Lambda
def build():
    model = Sequential()
    model.add(Dense(3, input_dim=4))
    model.add(Dropout(0.5))
    model.add(Dense(2))
    model.compile('sgd', 'mse')
    return model
"""
_NEW = """
import numpy as np
from keras import backend as K
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input, Lambda
def build():
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(3))
    model.add(Dropout(0.5))
    model.add(Dense(2))
    model.compile('sgd', 'mse')
    return model
"""
_OWN_SESSION = """
import tensorflow as tf
with tf.{}Graph().as_default():
    with tf.Session() as session:
        model = build()
"""
# name: what follows the builder on the old side, and on the new side where that differs
ENDS = {
    "clears": ("m = build()\nm.fit(0, 0)\nK.clear_session()", None),
    "clears_between": ("m = build()\nK.clear_session()\nn = build()", None),
    "resets_graph": (
        "import tensorflow as tf\nm = build()\ntf.reset_default_graph()",
        "m = build()",
    ),
    "closes_session": ("m = build()\nm.get_weights()\nK.get_session().close()", "m = build()"),
    "own_graph": (_OWN_SESSION.format(""), "m = model = build()"),
    "imports_internals": (
        "from keras.backend.common import no_such_name\nm = build()",
        "from keras.backend.no_such_module import no_such_name\nm = build()",
    ),
    "linear_end": (
        "from keras.layers import Activation\nm = Sequential()\n"
        "m.add(Dense(3, input_shape=(4,)))\nm.add(Activation('linear'))",
        None,
    ),
    "sizes_from_stand_ins": (
        "import no_such_gym\nenv = no_such_gym.make('x')\nm = Sequential()\n"
        "m.add(Dense(env.action_space.n, input_shape=env.observation_space.shape))\n"
        "m.add(Dense(env.action_space.n + 1))",
        None,
    ),
    "shape_from_data": (
        "from keras.layers import Embedding\nlayer = Embedding(9, 4)\n"
        "m = Sequential()\nm.add(layer)\nm.add(Dense(2))",
        None,
    ),
    "declares_another_shape": (
        "from keras.layers import Layer\nclass Halves(Layer):\n"
        "    def call(self, x, mask=None):\n        return x[:, :1]\n"
        "    def get_output_shape_for(self, s):\n        return (s[0], s[1], 7)\n"
        "m = Sequential()\nm.add(Halves(input_shape=(4,)))",
        "from keras.layers import Layer\nclass Halves(Layer):\n"
        "    def call(self, x):\n        return x[:, :1]\n"
        "m = Sequential()\nm.add(Input((4,)))\nm.add(Halves())",
    ),
    "call_spelt_anew": (
        "def network(n):\n    m = Sequential()\n    m.add(Dense(n, input_dim=4))\n    return m\n"
        "def never():\n    other.network(n=6)",
        "def network(n):\n    m = Sequential()\n    m.add(Dense(n, input_dim=4))\n    return m\n"
        "def never():\n    other.network(n=6, verbose='auto')",
    ),
    "stumbles_when_built": (
        "def agent(k):\n    actor = Sequential()\n    actor.add(Dense(3, input_dim=4))\n"
        "    k.missing_thing(actor)\nagent(3)",
        None,
    ),
    "no_photograph": (
        "from keras.preprocessing import image\n"
        "img = image.load_img('nowhere.png', target_size=(8, 8))\n"
        "x = np.expand_dims(image.img_to_array(img), axis=0)\n"
        "x[:, 0, :, :] -= 1.0\n"
        "m = build()",
        "from keras.utils import img_to_array, load_img\n"
        "img = load_img('nowhere.png', target_size=(8, 8))\n"
        "x = np.expand_dims(img_to_array(img), axis=0)\n"
        "x[:, 0, :, :] -= 1.0\n"
        "m = build()",
    ),
    "wrong_on_stand_in": (
        "x = open('nowhere.png')\nm = build()\nm.fit(x, x, nb_epoch=2)",
        "x = open('nowhere.png')\nm = build()\nm.fit(x, x, nb_epoch=2)",
    ),
    "made_by_an_adapter": (
        "from keras.models import model_from_config\n"
        "def clone(m):\n    config = {'class_name': 'Sequential', 'config': m.get_config()}\n"
        "    return model_from_config(config)\nm = build()\nn = clone(m)\nn.compile('sgd', 'mse')",
        "from keras1_compat import model_from_config\n"
        "def clone(m):\n    config = {'class_name': 'Sequential', 'config': m.get_config()}\n"
        "    return model_from_config(config)\nm = build()\nn = clone(m)\nn.compile('sgd', 'mse')",
    ),
    "data_not_there": (
        "m = build()\nx = open('nowhere.png')\n{}[x.missing_key]\nm.fit(x, x)",
        "m = build()\nx = open('nowhere.png')\nNone.as_list(x.missing_key)\nm.fit(x, x)",
    ),
    "labels_not_there": (
        "import no_such_data\nfrom keras.utils.np_utils import to_categorical\n"
        "y = to_categorical(no_such_data.labels())\nm = Sequential()\n"
        "m.add(Dense(y.shape[1], input_dim=4))",
        "import no_such_data\nfrom keras.utils import to_categorical\n"
        "y = to_categorical(no_such_data.labels())\nm = Sequential()\n"
        "m.add(Input((4,)))\nm.add(Dense(y.shape[1]))",
    ),
    "no_units": (
        "m = build()\nvocabulary = []\nn = Sequential()\n"
        "n.add(Dense(len(vocabulary), input_dim=4))\nn.compile('sgd', 'mse')",
        "m = build()\nvocabulary = []\nn = Sequential()\nn.add(Input((4,)))\n"
        "n.add(Dense(len(vocabulary)))\nn.compile('sgd', 'mse')",
    ),
    "fails_on_data_twice": (
        "m = build()\nx = [1, 2][no_such_name]\ny = [1, 2][x]\nn = build()",
        None,
    ),
    "old_stops": (
        "m = build()\nbad = Sequential()\nbad.add(Dense(3, input_dim=4, no_such_argument=1))\n"
        "m.fit(None, None)\nlist(m)[0]",
        "m = build()\nbad = Sequential()\nbad.add(Input((4,)))\nbad.add(Dense(3))\n"
        "bad.add(Dense(2))\nprint(m.fit)\nraise UnboundLocalError('later than the old one came')",
    ),
    "unbuilt": (
        "m = Sequential()\nm.add(Dense(3, input_dim=4))\nm.add(Lambda(lambda x: x * 2))",
        "m = Sequential()\nm.add(Input((4,)))\nm.add(Dense(3))\n"
        "m.add(Lambda(lambda x: np.no_such_function(x)))",
    ),
    "half_way": (
        "from keras.models import Model\nfrom keras.layers import Input\nm = build()\n"
        "def half(nb_classes):\n    i = Input((4,))\n    half = Model(i, Dense(nb_classes)(i))\n"
        "    half.compile('sgd', 'mse', no_such_option=nb_classes.missing)\n    return half",
        None,
    ),
    "catches_everything": (
        "m = build()\nwhile True:\n    try:\n        sum(range(1000))\n    except:\n        pass",
        None,
    ),
    "channels_first_on_a_cpu": (
        "m = build()",
        "import os\nassert os.environ['TF_ENABLE_ONEDNN_OPTS'] == '1'\nm = build()",
    ),
    "waits": ("import threading\nm = build()\nthreading.Event().wait()", None),
}
NOT_COMPILED = {
    "linear_end", "sizes_from_stand_ins", "shape_from_data", "declares_another_shape",
    "call_spelt_anew", "stumbles_when_built", "labels_not_there",
}  # fmt: skip
UNFINISHED = {"half_way", "old_stops", "unbuilt", "wrong_on_stand_in", "catches_everything"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> VerifyReport:
    files = {
        f"{name}.py": (f"{_OLD}{old}\n", f"{_NEW}{old if new is None else new}\n")
        for name, (old, new) in ENDS.items()
    }
    old, new = write_trees(tmp_path_factory.mktemp("graphs"), files)
    (new / "keras1_compat.py").write_text(compat_source(["model_from_config"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")  # as on a CPU that TensorFlow leaves it out for
        return verify_trees(old, new, settings=VerifySettings(level="training", time_limit=6))


def pairs_of(report: VerifyReport, name: str) -> list[Pair]:
    found = [pair for pair in report.pairs if pair.place.file == f"{name}.py"]
    assert found, report.skipped
    return found


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(set(ENDS) - UNFINISHED))
def test_models_outlive_what_the_program_does(report: VerifyReport, name: str) -> None:
    for pair in pairs_of(report, name):
        assert pair.status is Status.MATCH, (pair.reason, pair.first_difference)
        assert pair.training is not None or name in NOT_COMPILED


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sizes_from_stand_ins", "sizes made up: n = 2"),
        ("shape_from_data", "no input shape until it is given data"),
        ("declares_another_shape", "declared the shape"),
    ],
)
def test_what_a_match_rests_on_is_told(report: VerifyReport, name: str, words: str) -> None:
    assert any(words in note for pair in pairs_of(report, name) for note in pair.notes)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_reason_why_a_sequential_is_not_built(report: VerifyReport) -> None:
    pair = next(p for p in pairs_of(report, "unbuilt") if not p.name.endswith("build"))
    assert pair.status is Status.MISMATCH
    assert "Lambda" in pair.reason and "no_such_function" in pair.reason


@pytest.mark.slow
@pytest.mark.exhaustive
def test_model_that_a_failing_builder_had_finished_is_verified(report: VerifyReport) -> None:
    assert [p.status for p in pairs_of(report, "half_way")] == [Status.MATCH] * 2
    assert any(p.name == "half_way.py:half" for p in pairs_of(report, "half_way"))


@pytest.mark.slow
@pytest.mark.exhaustive
def test_what_the_old_program_could_not_build_was_not_reached(report: VerifyReport) -> None:
    (pair,) = pairs_of(report, "old_stops")
    assert pair.status is Status.MATCH, pair.reason
    (skip,) = [s for s in report.skipped if s.file == "old_stops.py"]
    assert "old side: still being built" in skip.reason and "no_such_argument" in skip.reason
    assert (skip.file, skip.line) not in {(p.file, p.line) for p in report.places_reached}


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_model_without_units_is_none(report: VerifyReport) -> None:
    (skip,) = [s for s in report.skipped if s.file == "no_units.py"]
    assert "a layer has no units" in skip.reason


@pytest.mark.slow
@pytest.mark.exhaustive
def test_what_does_not_listen_is_ended_with_its_reason(report: VerifyReport) -> None:
    (skip,) = [s for s in report.skipped if s.file == "catches_everything.py"]
    assert skip.reason == "old side: time limit: stopped after 6 s of CPU time"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_wrong_call_counts_even_with_data_that_is_not_there(report: VerifyReport) -> None:
    reasons = [p.reason for p in pairs_of(report, "wrong_on_stand_in")]
    assert any("nb_epoch" in reason for reason in reasons), reasons


def test_computing_is_limited_by_cpu_time(tmp_path: Path) -> None:
    with pytest.raises(TimeIsUp, match="of CPU time"), time_limit(tmp_path, "run", 0.2):
        while True:
            sum(range(1000))
    assert (tmp_path / "stage").read_text() == "run"


def test_waiting_is_limited_by_the_clock(tmp_path: Path) -> None:
    waiting = pytest.raises(TimeIsUp, match="of which it computed 0 s")
    with waiting, time_limit(tmp_path, "run", 0.2):
        time.sleep(30)


def test_limit_is_taken_back(tmp_path: Path) -> None:
    with time_limit(tmp_path, "run", 0.1):
        pass
    begun = time.process_time()
    while time.process_time() - begun < 0.2:
        sum(range(1000))


def test_default_memory_is_half_the_machine() -> None:
    assert VerifySettings().megabytes == machine_megabytes() // 2 > 100
    assert VerifySettings(memory_limit=700).megabytes == 700
