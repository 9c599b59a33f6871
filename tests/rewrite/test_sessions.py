"""Sessions that were made for Keras."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kerasmig.finding import Applicability
from kerasmig.rewrite.sessions import _SETTINGS
from tests.rewrite.helpers import check_manual, check_rewrite, find, upgrade

HEAD = "import tensorflow as tf\nfrom keras import backend as K\nfoo = K.floatx()\n"
GROWTH = (
    "for gpu in tf.config.list_physical_devices('GPU'):\n"
    "    tf.config.experimental.set_memory_growth(gpu, True)\n"
)


@pytest.mark.parametrize(
    "lines",
    [
        "config = tf.ConfigProto()\nconfig.gpu_options.allow_growth = True  # all of it\n"
        "session = tf.Session(config=config)\nK.set_session(session)\n",
        "config = tf.ConfigProto(gpu_options=tf.GPUOptions(allow_growth=True))\n"
        "K.set_session(tf.Session(config=config))\n",
        "options = tf.GPUOptions(allow_growth=True)\nsession = tf.Session(\n"
        "    config=tf.ConfigProto(gpu_options=options))\nK.set_session(session)\n"
        "session.run(tf.global_variables_initializer())\n",
        "K.set_session(tf.InteractiveSession(config=tf.ConfigProto(\n"
        "    gpu_options=tf.GPUOptions(allow_growth=True))))\n",
    ],
)
def test_growth_is_asked_of_tensorflow(lines: str) -> None:
    result = check_rewrite(HEAD + lines + "rest()\n", HEAD + GROWTH + "rest()\n")
    find(result, "KM503", "the session is taken out", Applicability.AUTOMATIC)


def test_a_share_of_the_memory_cannot_be_asked_for() -> None:
    lines = (
        "config = tf.ConfigProto()\nconfig.gpu_options.per_process_gpu_memory_fraction = 0.45\n"
        "K.set_session(tf.Session(config=config))\n"
    )
    result = check_rewrite(HEAD + lines, HEAD + GROWTH)
    find(result, "KM503", "memory grows as it is needed", Applicability.ASSUMED)


def test_other_options() -> None:
    lines = (
        "config = tf.ConfigProto(device_count={'GPU': 0}, log_device_placement=True,\n"
        "                        intra_op_parallelism_threads=n)\n"
        "K.set_session(tf.Session(config=config))\n"
    )
    new = (
        "tf.config.set_visible_devices([], 'GPU')\ntf.debugging.set_log_device_placement(True)\n"
        "tf.config.threading.set_intra_op_parallelism_threads(n)\n"
    )
    check_rewrite(HEAD + lines, HEAD + new)


def test_a_session_of_no_consequence_leaves_nothing() -> None:
    check_rewrite(HEAD + "K.set_session(tf.Session())\nrest()\n", HEAD + "rest()\n")
    check_rewrite(
        HEAD + "if gpu:\n    sess = tf.Session()\n    K.set_session(sess)\n",
        HEAD + "if gpu:\n    pass\n",
    )


def test_in_a_function_with_tabs() -> None:
    body = "def limit(gpu):\n\tconfig = tf.ConfigProto()\n\tconfig.gpu_options.allow_growth=True\n"
    new = (
        "def limit(gpu):\n\tfor physical_gpu in tf.config.list_physical_devices('GPU'):\n"
        "\t\ttf.config.experimental.set_memory_growth(physical_gpu, True)\n"
    )
    check_rewrite(HEAD + body + "\tK.set_session(tf.Session(config=config))\n", HEAD + new)


def test_through_the_backend() -> None:
    old = (
        "from keras import backend as K\nif K.backend() == 'tensorflow':\n"
        "    ss = K.tf.Session(config=K.tf.ConfigProto(\n"
        "        gpu_options=K.tf.GPUOptions(allow_growth=True)))\n    K.set_session(ss)\n"
        "    ss.run(K.tf.global_variables_initializer())\n"
    )
    new = upgrade(old).new
    assert "import tensorflow as tf\n" in new and "K.tf" not in new and "set_session" not in new
    assert "    for gpu in tf.config.list_physical_devices('GPU'):\n        tf.config" in new


def test_tensorflow_that_came_with_a_star_of_keras() -> None:
    source = (
        "from keras.callbacks import *\nimport keras.backend as K\n"
        "config = tf.ConfigProto(gpu_options=tf.GPUOptions(allow_growth=True))\n"
        "session = tf.Session(config=config)\nK.set_session(session)\n"
    )
    new = upgrade(source).new
    assert "import tensorflow as tf\n" in new
    assert "for gpu in tf.config.list_physical_devices('GPU'):" in new
    assert "Session" not in new and upgrade(new).new == new


def test_the_same_name_elsewhere_is_another_thing() -> None:
    body = "def f(sess):\n    sess.run(x)\n{}def g():\n    config = 3\n    return config\n"
    lines = "sess = tf.Session(config=tf.ConfigProto())\nK.set_session(sess)\n"
    check_rewrite(HEAD + body.format(lines), HEAD + body.format(""))


@pytest.mark.parametrize(
    "lines",
    [
        "sess = tf.Session()\nK.set_session(sess)\nsess.run(x)\n",
        "config = tf.ConfigProto()\nconfig.gpu_options.visible_device_list = '0'\n"
        "K.set_session(tf.Session(config=config))\n",
        "config = tf.ConfigProto()\nif grow:\n    config.gpu_options.allow_growth = True\n"
        "K.set_session(tf.Session(config=config))\n",
        "K.set_session(make_session())\n",
        "options = tf.GPUOptions(allow_growth=True)\n"
        "if gpu: K.set_session(tf.Session(config=tf.ConfigProto(gpu_options=options)))\n",
        "K.set_session(tf.Session(config=tf.ConfigProto(\n"
        "    gpu_options=tf.GPUOptions(allow_growth=True)))); x = 1\n",
        "K.set_session(tf.Session('grpc://localhost:2222'))\n",
    ],
)
def test_other_sessions_are_for_a_person(lines: str) -> None:
    check_manual(HEAD + lines, "KM503", "Keras 3 has no sessions")


def test_left_alone_on_request() -> None:
    line = "K.set_session(tf.Session())  # kerasmig: ignore[KM503]\n"
    assert line in upgrade(HEAD + line).new


@pytest.mark.slow
def test_todays_tensorflow_has_what_is_written() -> None:
    written = [*_SETTINGS.values(), "config.set_visible_devices", "config.list_physical_devices"]
    program = "import operator, sys, tensorflow as tf\n" + "\n".join(
        f"assert callable(operator.attrgetter({name!r})(tf))"
        for name in [*written, "config.experimental.set_memory_growth"]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
