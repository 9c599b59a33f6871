"""Batch normalization in the modes that Keras 3 dropped."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"

import keras

from kerasmig.compat.parts.core import SampleNormalization


@keras.saving.register_keras_serializable(package="keras1_compat")
class BatchStatisticsNormalization(keras.layers.BatchNormalization):
    """Keras 1's mode 2: normalizes by the statistics of the batch, also when predicting."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=True, mask=mask)


def batch_normalization(mode=0, **arguments):
    """Keras 1's ``BatchNormalization(mode=...)`` where the mode is known only at run time."""
    classes = {
        0: keras.layers.BatchNormalization,
        1: SampleNormalization,
        2: BatchStatisticsNormalization,
    }
    return classes[mode](**arguments)
