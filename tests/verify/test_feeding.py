"""What models are fed with."""

from __future__ import annotations

from typing import Any

from kerasmig.verify.descriptions import LayerFacts
from kerasmig.verify.models.feeding import batch_size, free_sizes


def row(index: int, inputs: list[int], *, batch: int | None = None, **config: Any) -> LayerFacts:
    return {
        "index": index,
        "inputs": inputs,
        "shapes": [[None, None, None, 3]],
        "config": config,
        "batch": batch,
    }


def test_a_layer_made_for_a_batch_of_one_size_says_how_many_samples() -> None:
    rows = [row(0, []), row(1, [0], batch=1)]
    assert batch_size(rows, 2) == 1
    assert batch_size(rows[:1], 2) == 2
    assert batch_size([*rows, row(2, [1], batch=7)], 2) == 2


def test_open_sizes_are_tried_where_strides_leave_something_over() -> None:
    assert free_sizes([row(0, [])])[0] == 32
    halved = [row(0, []), *(row(i, [i - 1], subsample=(2, 2)) for i in range(1, 6))]
    assert free_sizes(halved)[0] == 128
    branches = [row(0, []), *(row(i, [0], subsample=(2, 2)) for i in range(1, 6))]
    assert free_sizes(branches)[0] == 32
