"""How long a stretch of training is: by the size of the model, and so the same on every machine."""

from __future__ import annotations

from typing import Any

import pytest

from kerasmig.verify.stretch.cost import BATCHES, EPOCHS, multiplications, within_budget


class Layer:
    """A layer of Keras 1 as far as its cost is concerned."""

    def __init__(self, params: int, given: Any, output: Any, **facts: Any) -> None:
        self._params, self._shapes = params, {"input": given, "output": output}
        vars(self).update(facts)

    def count_params(self) -> int:
        return self._params

    def get_input_shape_at(self, node: int) -> Any:
        return self._shapes["input"]

    def get_output_shape_at(self, node: int) -> Any:
        return self._shapes["output"]


class Holder:
    """A model, with what tells it from a layer."""

    def __init__(self, *layers: Any) -> None:
        self.layers = layers

    def run_internal_graph(self) -> None: ...


DENSE = Layer(850, (None, 16), (None, 50), output_dim=50)
CONVOLUTION = Layer(280, (None, 32, 32, 3), (None, 30, 30, 10), nb_filter=10)


@pytest.mark.parametrize(
    ("layer", "cost"),
    [
        (DENSE, 850),
        (CONVOLUTION, 280 * 30 * 30),
        (Layer(280, (None, 3, 32, 32), (None, 10, 30, 30), nb_filter=10), 280 * 30 * 30),
        (Layer(100, (None, 20, 4), (None, 8), output_dim=8, return_sequences=False), 100 * 20),
        (Layer(100, (None, 20, 4), (None, 20, 8), output_dim=8, return_sequences=True), 100 * 20),
        (Layer(9000, (None, 20), (None, 20, 9), output_dim=9, mask_zero=False), 0),
        (Layer(280, (None, None, None, 3), (None, None, None, 10), nb_filter=10), 280 * 16 * 16),
    ],
)
def test_what_a_layer_costs(layer: Layer, cost: int) -> None:
    assert multiplications(Holder(layer)) == cost


def test_models_within_a_model_count_and_what_tells_nothing_does_not() -> None:
    assert multiplications(Holder(DENSE, Holder(DENSE), object())) == 2 * 850
    merge = Layer(0, [(None, 50), (None, 50)], (None, 100), layers=[DENSE, DENSE])
    assert multiplications(Holder(DENSE, DENSE, merge)) == 2 * 850


def test_small_models_are_trained_for_all_that_a_stretch_has() -> None:
    assert within_budget(1e6, 32) == (BATCHES, EPOCHS)


def test_large_ones_for_less_but_for_two_epochs() -> None:
    batches, epochs = within_budget(2e7, 32)
    assert 1 < batches < BATCHES
    assert epochs == 2
    assert within_budget(1.5e10, 32) == (1, 2)
    assert within_budget(2e7, 8)[0] > batches
