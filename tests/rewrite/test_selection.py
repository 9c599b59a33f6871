"""Comments, --select, --ignore and --idiomatic."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kerasmig.finding import Applicability
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import Text
from tests.rewrite.helpers import check_noop, check_rewrite, find, upgrade

PROGRAMS = sorted((Path(__file__).parents[2] / "corpus" / "legacy").rglob("*.py"))
ASSUMED = Applicability.ASSUMED


def test_ignore_one_code() -> None:
    result = check_rewrite(
        """
        from keras.layers import Convolution2D, Dense
        x = Convolution2D(8, 3, 3, dim_ordering='tf')  # kerasmig: ignore[KM201]
        y = Convolution2D(8, 3, 3, dim_ordering='tf')  # kerasmig: ignore[KM204]
        z = Dense(3, W_regularizer='l2')  # kerasmig: ignore[KM204, KM201]
        """,
        """
        from keras.layers import Convolution2D, Conv2D, Dense
        x = Convolution2D(8, 3, 3, dim_ordering='tf')  # kerasmig: ignore[KM201]
        y = Conv2D(8, (3, 3), data_format='channels_last')  # kerasmig: ignore[KM204]
        z = Dense(3, W_regularizer='l2')  # kerasmig: ignore[KM204, KM201]
        """,
    )
    assert result.tally.suppressed == 2


def test_ignore_everything_on_a_line() -> None:
    result = upgrade("""
        from keras.layers import Convolution2D
        x = Convolution2D(8, 3, 3, dim_ordering='tf')  # kerasmig: ignore
        """)
    assert not result.changed
    assert result.tally.suppressed == 1


def test_ignore_anywhere_in_a_call() -> None:
    result = check_rewrite(
        """
        from keras.layers import Dense
        x = Dense(3,
                  W_regularizer='l2',  # kerasmig: ignore[KM204]
                  bias=False)
        y = Dense(3, bias=False)
        """,
        """
        from keras.layers import Dense
        x = Dense(3,
                  W_regularizer='l2',  # kerasmig: ignore[KM204]
                  bias=False)
        y = Dense(3, use_bias=False)
        """,
    )
    assert result.tally.suppressed == 1


def test_ignore_an_import() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense  # kerasmig: ignore[KM101]
        x = Dense(3, bias=False)
        """,
        """
        from keras.layers.core import Dense  # kerasmig: ignore[KM101]
        from keras.layers import Dense
        x = Dense(3, use_bias=False)
        """,
    )


def test_select_one_code() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense
        from keras.layers import Convolution2D, merge
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = merge([x, x], mode='sum')
        z = Dense(3, W_regularizer='l2')
        """,
        """
        from keras.layers.core import Dense
        from keras.layers import Conv2D, merge
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = merge([x, x], mode='sum')
        z = Dense(3, W_regularizer='l2')
        """,
        select=("KM201",),
    )


def test_select_by_prefix() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense
        from keras.layers import Convolution2D, merge
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = merge([x, x], mode='sum')
        z = Dense(3, W_regularizer='l2')
        """,
        """
        from keras.layers import Dense
        from keras.layers import Conv2D, merge
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = merge([x, x], mode='sum')
        z = Dense(3, kernel_regularizer='l2')
        """,
        select=("KM2",),
    )


def test_ignore_a_code() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense
        from keras.layers import Convolution2D, merge
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = merge([x, x], mode='sum')
        z = Dense(3, W_regularizer='l2')
        """,
        """
        from keras.layers import Dense
        from keras.layers import Conv2D, merge
        x = Conv2D(8, (3, 3), data_format='channels_last')
        y = merge([x, x], mode='sum')
        z = Dense(3, kernel_regularizer='l2')
        """,
        ignore=("KM302",),
    )


def test_nothing_is_selected() -> None:
    check_noop(
        """
        from keras.layers.core import Dense
        from keras.layers import Convolution2D, merge
        x = Convolution2D(8, 3, 3, dim_ordering='tf')
        y = merge([x, x], mode='sum')
        z = Dense(3, W_regularizer='l2')
        """,
        select=("KM999",),
    )


def test_idiomatic_takes_the_defaults_of_today_and_says_so() -> None:
    result = check_rewrite(
        """
        from keras.layers import Activation, AveragePooling2D, Dense, GRU
        a = GRU(32, init='orthogonal')
        b = Dense(3, init='he_normal', W_regularizer='l1l2')
        c = Activation('hard_sigmoid')
        d = AveragePooling2D(dim_ordering='tf')
        """,
        """
        from keras.layers import Activation, AveragePooling2D, Dense, GRU
        from keras.regularizers import L1L2
        a = GRU(32, kernel_initializer='orthogonal', recurrent_initializer='orthogonal')
        b = Dense(3, kernel_initializer='he_normal', kernel_regularizer=L1L2(0.01, 0.01))
        c = Activation('hard_sigmoid')
        d = AveragePooling2D(data_format='channels_last', pool_size=(2, 2))
        """,
        idiomatic=True,
    )
    find(result, "KM208", "takes Keras 3's default of recurrent_activation", ASSUMED)
    find(result, "KM208", "orthogonal matrices have a gain of 1", ASSUMED)
    find(result, "KM204", "cut off at two standard deviations", ASSUMED)
    find(result, "KM204", "relu6(x + 3) / 6", ASSUMED)


@given(st.sampled_from(PROGRAMS), st.data())
@settings(max_examples=60, deadline=None)
def test_any_subset_of_the_changes_parses(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    newline = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = text.replace("\n", newline)
    changes = [f.edits for f in upgrade_text(text, UpgradeSettings()).findings if f.edits]
    accepted = [edits for edits in changes if data.draw(st.booleans())]
    ast.parse(Text(text).apply([edit for edits in accepted for edit in edits]))


def test_ignore_by_the_beginning_of_a_code_or_by_name() -> None:
    result = upgrade("""
        from keras.layers import Dense
        a = Dense(output_dim=3)  # kerasmig: ignore[KM2]
        b = Dense(output_dim=3)  # kerasmig: ignore[core-layer]
        """)
    assert not result.changed
    assert result.tally.suppressed == 2


def test_an_unknown_code_in_a_comment_is_reported() -> None:
    result = upgrade("""
        from keras.layers import Dense
        a = Dense(output_dim=3)  # kerasmig: ignore[KM999]
        """)
    find(result, "KM925", "unknown code 'KM999'", Applicability.MANUAL)
    assert "units=3" in result.new


def test_a_comment_that_switches_nothing_off_is_reported() -> None:
    source = """
        from keras.layers import Dense
        a = Dense(units=3)  # kerasmig: ignore[KM204]
        """
    find(upgrade(source), "KM925", "switches nothing off", Applicability.MANUAL)
    assert upgrade(source, select=("KM3",)).findings == ()
    assert upgrade(source, ignore=("KM204",)).findings == ()
