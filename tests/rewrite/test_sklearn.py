"""The wrappers for scikit-learn take any parameter and hand it on."""

from __future__ import annotations

import pytest

from tests.rewrite.helpers import automatic, check_rewrite

OLD = "from keras.wrappers.scikit_learn import {0}\n"
NEW = "from keras1_compat import {0}\n"


@pytest.mark.parametrize("name", ["KerasClassifier", "KerasRegressor"])
@pytest.mark.parametrize(
    "given",
    [
        "build_fn=make",
        "make",
        "build_fn=make, nb_epoch=10, batch_size=5, verbose=0",
        "build_fn=make, nb_epoch=10, optimizer='sgd', init=init",
        "make, **options",
    ],
)
def test_parameters_stay(name: str, given: str) -> None:
    result = check_rewrite(
        OLD.format(name) + f"model = {name}({given})\n",
        NEW.format(name) + f"model = {name}({given})\n",
    )
    assert automatic(result)


def test_a_wrapper_that_is_inherited_from() -> None:
    check_rewrite(
        OLD.format("KerasClassifier") + "class Own(KerasClassifier):\n    pass\nOwn(nb_epoch=3)\n",
        NEW.format("KerasClassifier") + "class Own(KerasClassifier):\n    pass\nOwn(nb_epoch=3)\n",
    )
