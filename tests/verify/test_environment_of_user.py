"""The new program runs as its user starts it: no variable is set that it does not set itself."""

from __future__ import annotations

import pytest

from kerasmig.verify import Pair, Status, VerifySettings, verify_trees

pytestmark = pytest.mark.slow

OLD = """
from keras.layers import Convolution2D
from keras.models import Sequential

model = Sequential([Convolution2D(5, 3, 3, dim_ordering='th', input_shape=(3, 8, 9))])
"""
NEW = """
from keras.layers import Conv2D, Input
from keras.models import Sequential

model = Sequential([Input((3, 8, 9)), Conv2D(5, (3, 3), data_format='channels_first')])
"""
SET = "import os\nos.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')\n"
WIDE = "Convolution2D(8, 3, 3, border_mode='same', dim_ordering='th', input_shape=(3, 8, 8))"
WIDE_NEW = "Input((3, 8, 8)), Conv2D(8, (3, 3), padding='same', data_format='channels_first')"
TELL = "import os\nassert os.environ.get('TF_ENABLE_ONEDNN_OPTS') is None\n"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """Three programs with channels first: one sets the variable, one does not, one looks at it."""
    root = tmp_path_factory.mktemp("environment")
    last = "model = Sequential([Input((8, 9, 3)), Conv2D(5, (3, 3))])"
    for side, texts in (
        (
            "old",
            {
                "sets.py": OLD,
                "plain.py": OLD,
                "wide.py": OLD[: OLD.index("model = ")] + f"model = Sequential([{WIDE}])",
                "looks.py": OLD.replace("(3, 8, 9)", "(8, 9, 3)").replace("'th'", "'tf'"),
            },
        ),
        (
            "new",
            {
                "sets.py": SET + NEW,
                "plain.py": NEW,
                "wide.py": SET + NEW[: NEW.index("model = ")] + f"model = Sequential([{WIDE_NEW}])",
                "looks.py": TELL + NEW[: NEW.index("model = ")] + last,
            },
        ),
    ):
        (root / side).mkdir()
        for name, text in texts.items():
            (root / side / name).write_text(text, encoding="utf-8")
    orderings = {"sets.py": ("th",), "plain.py": ("th",), "wide.py": ("th",)}
    report = verify_trees(
        root / "old",
        root / "new",
        orderings=orderings,
        settings=VerifySettings(level="outputs", jobs=1),
    )
    return {pair.place.file: pair for pair in report.pairs}


def test_a_program_that_sets_the_variable_matches_as_it_is(pairs: dict[str, Pair]) -> None:
    assert pairs["sets.py"].status is Status.MATCH
    assert pairs["sets.py"].conditions == ()


def test_a_program_that_does_not_matches_at_most_under_a_condition(pairs: dict[str, Pair]) -> None:
    pair = pairs["plain.py"]
    assert pair.status is Status.MATCH
    # Newer processors need no variable.
    assert pair.conditions in (
        (),
        ("TF_ENABLE_ONEDNN_OPTS=1 is set before TensorFlow is imported",),
    )


def test_a_program_finds_the_variable_as_its_user_has_it(pairs: dict[str, Pair]) -> None:
    assert pairs["looks.py"].status is Status.MATCH, pairs["looks.py"].reason


def test_what_keras_3_itself_does_wrong_is_a_condition_and_no_mismatch(
    pairs: dict[str, Pair],
) -> None:
    pair = pairs["wide.py"]
    assert pair.status is Status.MATCH, pair.reason
    assert all("as many filters as its output is wide" in said for said in pair.conditions)
    assert all(row.status is Status.MATCH for row in pair.layers), pair.layers
