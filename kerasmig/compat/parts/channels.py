"""Data for models that were converted to channels last, from what makes it with the channels first."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
import numpy as np


def channels_last(data, inputs=1, outputs=0):
    """Batches of images (or one batch) with the channels last.

    Args:
        data: ``(x, y)`` or ``(x, y, weights)``, or what gives such batches.
        inputs, outputs: which axis the channels are in x and in y; 0 leaves an array as it is; a
            list for several arrays.
    """
    if isinstance(data, (tuple, list)):
        return _batch_last(tuple(data), inputs, outputs)
    if isinstance(data, keras.utils.PyDataset):
        return _ChannelsLastDataset(data, inputs, outputs)
    return _batches_last(data, inputs, outputs)


class _ChannelsLastDataset(keras.utils.PyDataset):
    def __init__(self, dataset, inputs, outputs):
        super().__init__()
        self.dataset = dataset
        self.axes = (inputs, outputs)
        self.n = getattr(dataset, "n", None)

    @property
    def num_batches(self):
        """As many as before; None where there is always a next one."""
        return self.dataset.num_batches

    def __len__(self):
        return self.num_batches

    def __getitem__(self, index):
        return _batch_last(self.dataset[index], *self.axes)

    def __iter__(self):
        return _batches_last(iter(self.dataset), *self.axes)

    def __next__(self):
        return _batch_last(next(self.dataset), *self.axes)

    def on_epoch_end(self):
        self.dataset.on_epoch_end()


def _batches_last(batches, inputs, outputs):
    for batch in batches:
        yield _batch_last(batch, inputs, outputs)


def _batch_last(batch, inputs, outputs):
    if not isinstance(batch, tuple):
        return _channels_moved(batch, inputs)  # nothing but x
    x, *rest = batch
    if rest:
        rest[0] = _channels_moved(rest[0], outputs)
    return (_channels_moved(x, inputs), *rest)


def _channels_moved(array, axis):
    if isinstance(axis, (tuple, list)):
        if isinstance(array, dict):
            raise ValueError("give a list of arrays: names do not tell their order")
        return [_channels_moved(one, at) for one, at in zip(array, axis, strict=True)]
    if isinstance(array, dict):
        return {name: _channels_moved(one, axis) for name, one in array.items()}
    if isinstance(array, (tuple, list)):
        return [_channels_moved(one, axis) for one in array]
    return np.moveaxis(array, axis, -1) if axis else array
