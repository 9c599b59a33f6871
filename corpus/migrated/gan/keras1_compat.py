"""What this program needs of Keras 1 and Keras 3 does not have, as Keras 1 computed it."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
class LegacyBatchNormalization(keras.layers.BatchNormalization):
    """Keras 1's BatchNormalization with its `mode`.

    0: as today. 1: each sample by itself, over the last axis. 2: with the statistics of the batch
    at hand, in prediction too (`training=True` in the call would not do: `predict` overrules it).
    """

    def __init__(self, epsilon=1e-3, mode=0, **kwargs):
        super().__init__(epsilon=epsilon, **kwargs)
        self.mode = mode

    def call(self, inputs, training=None, mask=None):
        if self.mode == 1:
            mean = ops.mean(inputs, axis=-1, keepdims=True)
            deviation = ops.sqrt(ops.var(inputs, axis=-1, keepdims=True) + self.epsilon)
            return self.gamma * (inputs - mean) / (deviation + self.epsilon) + self.beta
        if self.mode == 2:
            rank = len(inputs.shape)
            axes = [axis for axis in range(rank) if axis != self.axis % rank]
            mean, variance = ops.moments(inputs, axes=axes)
            return ops.batch_normalization(
                inputs, mean, variance, self.axis, self.beta, self.gamma, self.epsilon
            )
        return super().call(inputs, training=training, mask=mask)

    def get_config(self):
        return {**super().get_config(), "mode": self.mode}
