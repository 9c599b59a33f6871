"""``to_categorical``, which flattened its labels, and ``get_file``, which unpacked elsewhere."""

from __future__ import annotations

import pytest

from tests.rewrite.helpers import check_rewrite, upgrade

HEAD = "import numpy as np\nfrom keras.datasets import mnist\nfrom keras.utils import np_utils\n"


@pytest.mark.parametrize(
    "labels",
    [
        "[0, 1, 2]",
        "y.ravel()",
        "y.reshape(-1)",
        "np.arange(3)",
        "np.random.randint(3, size=9)",
        "np.random.randint(3, size=(9, 1))",
        "np.array([0, 1])",
        "np.array([0, 1]).astype('int32')[:1]",
    ],
)
def test_labels_one_by_one_go_to_todays_function(labels: str) -> None:
    code = upgrade(f"{HEAD}t = np_utils.to_categorical({labels}, 3)\n").new
    assert f"t = to_categorical({labels}, 3)" in code


def test_labels_of_a_data_set() -> None:
    code = upgrade(
        HEAD + "(X, y), (X2, y2) = mnist.load_data()\na = np_utils.to_categorical(y, 10)\n"
        "b = np_utils.to_categorical(y=y2, nb_classes=10)\n"
    ).new
    assert "a = to_categorical(y, 10)" in code
    assert "b = to_categorical(x=y2, num_classes=10)" in code


@pytest.mark.parametrize(
    "use",
    [
        "def f(y):\n    return np_utils.to_categorical(y, 3)\n",
        "t = np_utils.to_categorical(np.random.randint(3, size=(9, 2)), 3)\n",
        "t = np_utils.to_categorical([[0, 1], [2, 0]])\n",
        "t = list(map(np_utils.to_categorical, [[0, 1]]))\n",
        "from functools import partial\none_hot = partial(np_utils.to_categorical, nb_classes=3)\n",
        "def f(y, **given):\n    return np_utils.to_categorical(y, **given)\n",
        "table = {'one hot': np_utils.to_categorical}\n",
    ],
)
def test_all_others_are_flattened_first(use: str) -> None:
    result = upgrade(HEAD + use)
    assert use.replace("np_utils.to_categorical", "keras1_to_categorical") in result.new
    assert "keras1_to_categorical" in result.compat
    idiomatic = upgrade(
        HEAD + "def f(y):\n    return np_utils.to_categorical(y, 3)\n", idiomatic=True
    )
    assert "keras1_" not in idiomatic.new


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ("get_file('a.txt', origin='http://x/a.txt')", True),
        ("get_file('a', origin='http://x/a.tgz', untar=False)", True),
        ("get_file('a', origin='http://x/a.tgz', untar=True)", False),
        ("get_file('a', 'http://x/a.tgz', True)", False),
        ("get_file('data/a.txt', 'http://x/a.txt')", False),
    ],
)
def test_archives_are_unpacked_where_they_were(call: str, kept: bool) -> None:
    code = upgrade(f"from keras.utils.data_utils import get_file\npath = {call}\n").new
    assert f"path = {call if kept else 'keras1_' + call}\n" in code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("char_level=True", "char_level=True, lower=False"),
        ("char_level=False, lower=False", "char_level=False, lower=False"),
        ("char_level=True, lower=True", "char_level=True, lower=False"),
        ("char_level=chars", "char_level=chars, lower=not (chars)"),
        ("lower=low, char_level=chars", "lower=low and not (chars), char_level=chars"),
    ],
)
def test_characters_keep_their_capitals(old: str, new: str) -> None:
    check_rewrite(
        "from keras.preprocessing.text import Tokenizer\n"
        f"from keras.layers import Dense\nDense(output_dim=1)\nt = Tokenizer({old})\n",
        "from tensorflow.keras.preprocessing.text import Tokenizer\n"
        "from keras.layers import Dense\n"
        f"Dense(units=1)\nt = Tokenizer({new})\n",
    )
