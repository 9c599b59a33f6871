"""What this program needs of Keras 1 and Keras 3 does not have, as Keras 1 computed it."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def hard_sigmoid(x):
    """Keras 1's hard sigmoid, 0.2 * x + 0.5 clipped to [0, 1]; Keras 3's is x / 6 + 0.5."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)
