"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import keras


@keras.saving.register_keras_serializable(package="keras1_compat")
class BatchStatisticsNormalization(keras.layers.BatchNormalization):
    """Keras 1's mode 2: normalizes by the statistics of the batch, also when predicting."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=True, mask=mask)
