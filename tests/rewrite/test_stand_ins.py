"""A name that Keras 3 has nothing for does not stop the module that imports it."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from kerasmig.compat.parts.missing import keras1_only
from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_rewrite, find, upgrade


def bound_by_import(text: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


@pytest.mark.parametrize(
    ("imported", "use", "name"),
    [
        ("from keras.layers.recurrent import Recurrent", "class A(Recurrent): pass", "Recurrent"),
        ("from keras.layers import Recurrent", "class A(Recurrent): pass", "Recurrent"),
        ("from keras.layers import Recurrent as R", "class A(R): pass", "R"),
        ("from keras.layers import *", "class A(Recurrent): pass", "Recurrent"),
        (
            "from keras.layers.recurrent import time_distributed_dense",
            "def f(x): return time_distributed_dense(x, 2)",
            "time_distributed_dense",
        ),
        (
            "from keras.layers import merge",
            "m = merge([a, b], mode='sum', output_mask=f)",
            "merge",
        ),
        (
            "import keras.backend.theano_backend as T",
            "def f(x): return T._on_gpu()",
            "T",
        ),
    ],
)
def test_it_is_bound_to_what_raises_when_it_is_used(imported: str, use: str, name: str) -> None:
    result = upgrade(f"{imported}\nfrom keras.layers import Dense\n{use}\n")
    assert name not in bound_by_import(result.new)
    told = [f for f in result.findings if f.applicability is Applicability.MANUAL]
    assert told
    assert f"{name} = keras1_only(\n" in result.new
    assert told[0].code in result.new
    assert "keras1_only" in result.compat
    again = upgrade(result.new)
    still = [f.message for f in again.findings if f.applicability is Applicability.MANUAL]
    assert still == [f.message for f in told], "the second run reports it still"


def test_what_has_only_moved_is_imported_from_there() -> None:
    check_rewrite(
        """
        from keras.layers.core import Dense, Lambda
        a = Dense(3, W_learning_rate=2)
        """,
        """
        from keras.layers import Dense, Lambda
        a = Dense(3, W_learning_rate=2)
        """,
    )


def test_an_import_that_may_fail_stays() -> None:
    result = upgrade("""
        try:
            from keras.layers.recurrent import Recurrent
        except ImportError:
            Recurrent = object
        class A(Recurrent): pass
        """)
    assert "from keras.layers.recurrent import Recurrent" in result.new


def test_an_import_that_somebody_wants_kept_stays() -> None:
    result = upgrade("""
        from keras.layers import Recurrent
        class A(Recurrent):  # kerasmig: ignore
            pass
        """)
    assert "from keras.layers import Recurrent" in result.new
    assert any(f.suppressed for f in result.findings)


def test_inside_a_function() -> None:
    result = check_rewrite(
        """
        def f():
            from keras.layers.recurrent import Recurrent
            return Recurrent(3)
        """,
        """
        def f():
            from keras1_compat import keras1_only
            Recurrent = keras1_only(
                'keras.layers.recurrent.Recurrent',
                'KM208: Recurrent: Write a cell (a layer with `state_size` and `call(inputs, '
                "states)`) from the subclass's `step`, and give it to `keras.layers.RNN`.",
            )
            return Recurrent(3)
        """,
    )
    find(result, "KM208", "Write a cell", Applicability.MANUAL)


def test_the_stand_in_can_be_named_and_inherited_from_but_not_used() -> None:
    gone: Any = keras1_only("keras.layers.recurrent.Recurrent", "KM208: write a cell")  # type: ignore[no-untyped-call]
    assert gone.__name__ == "Recurrent"
    assert not isinstance(3, gone)

    class Own(gone):  # type: ignore[misc]
        pass

    assert issubclass(Own, gone)
    for use in (lambda: gone(3), lambda: Own(3), lambda: gone.get("x")):
        with pytest.raises(NotImplementedError, match="KM208: write a cell"):
            use()


def test_a_stand_in_of_a_later_keras_leaves_the_file_one_of_a_later_keras() -> None:
    source = (
        "from keras.legacy.interfaces import recurrent_args_preprocessor\n"
        "from keras.models import model_from_json\n"
        "x = recurrent_args_preprocessor\nm = model_from_json(text)\nm.load_weights(path)\n"
    )
    once = upgrade(source).new
    assert "keras1_only(" in once
    assert upgrade(once).new == once and "load_keras1_weights" not in once
