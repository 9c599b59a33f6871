"""No public callable or argument of Keras 1.2.2 is without a fate."""

from __future__ import annotations

from kerasmig.catalog import coverage


def test_nothing_is_unhandled() -> None:
    missing = [
        (row.name, row.fate, [name for name, fate in row.arguments if fate == coverage.UNHANDLED])
        for row in coverage.rows()
        if row.fate == coverage.UNHANDLED
        or any(fate == coverage.UNHANDLED for _, fate in row.arguments)
    ]
    assert missing == []


def test_the_table_has_the_whole_surface() -> None:
    names = {row.name for row in coverage.rows()}
    assert "keras.layers.convolutional.Convolution2D" in names
    assert "keras.engine.training.Model.fit_generator" in names
    assert len(names) > 700
