"""A question about the data format waits in a comment until a person answers it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from kerasmig.catalog import entries, surface
from kerasmig.catalog.general import CPU
from kerasmig.finding import Applicability, FileResult
from kerasmig.project.project import Project
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.settings import UpgradeSettings
from tests.rewrite.helpers import check_noop, check_rewrite, find, upgrade

AUTOMATIC, ASSUMED, MANUAL = Applicability
QUESTION = "  # kerasmig: data_format=undecided"
FIRST, LAST = (QUESTION.replace("undecided", f) for f in ("channels_first", "channels_last"))
OPEN = """\
from keras.layers import Convolution2D, Input, MaxPooling2D
from keras.models import Model
frames = Input(shape=(16, 16, 16))
x = Convolution2D(32, 3, 3, subsample=(2, 2))(frames)
x = MaxPooling2D()(x)
model = Model(frames, x)
"""
FIRST_MODEL = """\
from keras.layers import Conv2D, Input, MaxPooling2D
from keras.models import Model
frames = Input(shape=(16, 16, 16)){comment}
x = Conv2D(32, (3, 3), strides=(2, 2){format})(frames)
x = MaxPooling2D({format})(x)
model = Model(frames, x)
"""
ASKED = FIRST_MODEL.format(comment=QUESTION, format="")


def answered(comment: str) -> str:
    """The model with channels first written out."""
    text = FIRST_MODEL.format(comment=comment, format=", data_format='channels_first'")
    return text.replace("(, ", "(")


def test_the_question_is_left_where_the_images_come_in() -> None:
    result = check_rewrite(OPEN, ASKED)
    assert find(result, "KM111", "write the answer into the comment", MANUAL).line == 3


def test_it_is_asked_again_until_it_is_answered() -> None:
    result = upgrade(ASKED)
    assert not result.changed
    find(result, "KM111", "channels_first or channels_last?", MANUAL)
    assert result.verdicts[0].shapes[1].channels_first == (None, 32, 7, 7)
    assert result.verdicts[0].shapes[1].channels_last == (None, 7, 7, 32)


def test_an_answer_in_the_comment_reaches_layers_that_speak_keras_3() -> None:
    result = check_rewrite(ASKED.replace(QUESTION, FIRST), answered(FIRST))
    assert {f.applicability for f in result.findings} == {AUTOMATIC}
    check_noop(ASKED.replace(QUESTION, LAST))


def test_an_answer_for_the_run_takes_the_place_of_the_question() -> None:
    result = check_rewrite(ASKED, answered(FIRST), data_format="channels_first")
    find(result, "KM111", "channels_first, as it was decided", AUTOMATIC)
    check_rewrite(ASKED, ASKED.replace(QUESTION, LAST), data_format="channels_last")
    check_noop(answered(FIRST))


def test_an_answer_at_the_top_of_the_file() -> None:
    top = "# kerasmig: data_format=channels_first\n"
    check_rewrite(top + ASKED, top + answered(FIRST))


def test_a_person_who_writes_the_format_on_a_layer_has_answered() -> None:
    one = ASKED.replace("MaxPooling2D()", "MaxPooling2D(data_format='channels_first')")
    check_rewrite(one, answered(FIRST))


def test_explicit_writes_channels_last_too() -> None:
    wanted = answered(LAST).replace("'channels_first'", "'channels_last'")
    check_rewrite(ASKED.replace(QUESTION, LAST), wanted, data_format="explicit")


def test_what_is_chosen_for_a_run_leaves_code_of_today_alone() -> None:
    check_noop(FIRST_MODEL.format(comment="", format=""), data_format="channels_first")


def test_each_model_has_its_own_question() -> None:
    asked = upgrade("""
        from keras.layers import Convolution2D, Input
        a = Convolution2D(8, 3, 3)(Input(shape=(16, 16, 16)))
        b = Convolution2D(8, 3, 3)(Input(shape=(16, 16, 16)))
        """).new
    assert asked.count(QUESTION) == 2
    half = upgrade(asked.replace(QUESTION, FIRST, 1)).new
    assert half.count(QUESTION) == 1 and half.count("data_format='channels_first'") == 1


def test_a_question_behind_a_split_call_and_another_comment() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        from keras.models import Sequential
        m = Sequential()
        m.add(Convolution2D(8, 3, 3,  # few
                            input_shape=size,  # of the data
                            ))  # first
        """,
        f"""
        from keras.layers import Conv2D
        from keras.models import Sequential
        m = Sequential()
        m.add(Conv2D(8, (3, 3),  # few
                            input_shape=size,  # of the data
                            ))  # first{QUESTION}
        """,
    )


def test_no_comment_goes_behind_a_backslash() -> None:
    check_rewrite(
        """
        from keras.layers import Convolution2D
        x = \\
            Convolution2D(8, 3, 3)(y) + \\
            1
        """,
        """
        # kerasmig: data_format=undecided
        from keras.layers import Conv2D
        x = \\
            Conv2D(8, (3, 3))(y) + \\
            1
        """,
    )
    check_rewrite(
        """
        # kerasmig: data_format=undecided
        from keras.layers import Conv2D
        x = \\
            Conv2D(8, (3, 3))(y) + \\
            1
        """,
        """
        # kerasmig: data_format=channels_first
        from keras.layers import Conv2D
        x = \\
            Conv2D(8, (3, 3), data_format='channels_first')(y) + \\
            1
        """,
        data_format="channels_first",
    )


def test_no_question_where_the_layers_stay_as_they_are() -> None:
    result = upgrade("""
        from keras.layers.convolutional import Convolution2D
        from keras.layers.core import Dense
        x = Convolution2D(8, 3, 3, border_mode='full')(y)
        z = Dense(output_dim=3)
        """)
    assert QUESTION not in result.new
    find(result, "KM111", "channels_first or channels_last?", MANUAL)


def test_selecting_other_codes_does_not_lose_the_question() -> None:
    assert QUESTION in upgrade(OPEN, select=("KM2",)).new
    assert QUESTION not in upgrade(OPEN, ignore=("KM111",)).new


def test_adapters_layers_of_the_compat_module_and_constraints() -> None:
    asked = upgrade("""
        from functools import partial
        from keras.layers import Convolution2D, Deconvolution2D, Input, LocallyConnected2D
        from keras.models import Model
        Conv3 = partial(Convolution2D, nb_row=3, nb_col=3)
        def conv(x, n, **options):
            return Convolution2D(n, 3, 3, **options)(x)
        i = Input(shape=size)
        x = Conv3(8)(i)
        x = conv(x, 8, activation='relu')
        x = Deconvolution2D(3, 3, 3, output_shape=after, border_mode='same')(x)
        x = LocallyConnected2D(3, 3, 3)(x)
        x = Convolution2D(3, 3, 3, W_constraint='maxnorm')(x)
        m = Model(i, x)
        """).new
    assert asked.count(QUESTION) == 1
    result = upgrade(asked, data_format="channels_first")
    assert result.new.count("data_format='channels_first'") == 4
    assert "partial(keras1_Convolution2D.channels_first, nb_row=3" in result.new
    assert "keras1_Convolution2D(n, 3, 3, data_format='channels_first', **options)" in result.new
    assert "Conv2D(3, (3, 3), kernel_constraint=MaxNorm(axis=3), data_format=" in result.new
    find(result, "KM111", "axis is read as Keras 1's", ASSUMED)


def _spatial() -> list[str]:
    return [
        entry.short
        for entry in entries().values()
        if entry.data_format and entry.name.startswith("keras.layers.")
    ]


@pytest.mark.parametrize("layer", _spatial())
def test_a_late_answer_writes_what_an_early_one_does(layer: str) -> None:
    signature = surface.keras1_signature(next(n for n in entries() if n.endswith(f".{layer}")))
    assert signature is not None
    needed = [p.name for p in signature.parameters if p.default is None]
    values = {"output_shape": "after"}
    given = ", ".join(f"{name}={values.get(name, 3)}" for name in needed)
    code = dedent(f"""\
        from keras.layers import {layer}, Dense, Input
        x = {layer}({given})(Input(shape=size))
        y = Dense(output_dim=3)
        """)
    early = upgrade(code, data_format="channels_first").new
    asked = upgrade(code).new
    assert asked.count(QUESTION) == 1
    late = upgrade(asked, data_format="channels_first").new
    assert late.replace(FIRST, "") == early


def _run(path: Path, **settings: Any) -> FileResult:
    (result,) = Project((path,), UpgradeSettings(**settings)).upgrade().files
    assert not result.error
    path.write_text(result.new, encoding="utf-8")
    return result


def test_in_a_notebook_and_in_python_2(tmp_path: Path) -> None:
    old = tmp_path / "old.py"
    old.write_text(OPEN + "print model\n")
    assert _run(old, ignore=(CPU,)).new == ASKED + "print(model)\n"
    assert (
        _run(old, data_format="channels_first", ignore=(CPU,)).new
        == answered(FIRST) + "print(model)\n"
    )


def test_the_result_is_the_same_in_every_newline() -> None:
    for newline in ("\n", "\r\n", "\r"):
        code = OPEN.replace("\n", newline)
        asked = upgrade_text(code, UpgradeSettings(ignore=(CPU,))).new
        assert asked == ASKED.replace("\n", newline)
        late = upgrade_text(asked, UpgradeSettings(data_format="channels_first", ignore=(CPU,))).new
        assert late == answered(FIRST).replace("\n", newline)


def test_a_place_that_is_left_alone_gets_no_format_either() -> None:
    result = upgrade("""
        from keras.layers import Convolution2D, Input, MaxPooling2D
        i = Input(shape=(16, 16, 16))  # kerasmig: data_format=channels_first
        x = Convolution2D(8, 3, 3)(i)
        x = MaxPooling2D()(x)  # kerasmig: ignore[KM202]
        """)
    assert "MaxPooling2D()(x)  # kerasmig: ignore[KM202]" in result.new
    assert "Conv2D(8, (3, 3), data_format='channels_first')" in result.new
