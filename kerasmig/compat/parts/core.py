"""Other layers with a meaning that no layer of Keras 3 has."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops

from kerasmig.compat.parts.initializations import get_initialization
from kerasmig.compat.parts.regularizers import SumOverBatch


@keras.saving.register_keras_serializable(package="keras1_compat")
class ActivityRegularization(keras.layers.Layer):
    """Passes its input on and adds a penalty for it, summed over the batch."""

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        penalty = SumOverBatch(keras.regularizers.L1L2(l1=l1, l2=l2))
        super().__init__(activity_regularizer=penalty, **kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2

    def call(self, inputs):
        return inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}


@keras.saving.register_keras_serializable(package="keras1_compat")
class SampleNormalization(keras.layers.Layer):
    """``BatchNormalization(mode=1)``: each sample by its own mean and deviation over the last axis."""

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.axis = axis
        self.momentum = momentum  # taken and not used, as in Keras 1
        self.epsilon = epsilon
        self.beta_initializer = keras.initializers.get(beta_initializer)
        self.gamma_initializer = keras.initializers.get(gamma_initializer)
        self.beta_regularizer = keras.regularizers.get(beta_regularizer)
        self.gamma_regularizer = keras.regularizers.get(gamma_regularizer)

    def build(self, input_shape):
        shape = (input_shape[self.axis],)
        self.gamma = self.add_weight(
            shape=shape,
            initializer=self.gamma_initializer,
            regularizer=self.gamma_regularizer,
            name="gamma",
        )
        self.beta = self.add_weight(
            shape=shape,
            initializer=self.beta_initializer,
            regularizer=self.beta_regularizer,
            name="beta",
        )
        # Not read; Keras 1 had them in every mode, so stored weights contain them.
        self.moving_mean = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape=shape, initializer="ones", trainable=False, name="moving_variance"
        )

    def call(self, inputs):
        mean = ops.mean(inputs, axis=-1, keepdims=True)
        deviation = ops.sqrt(ops.var(inputs, axis=-1, keepdims=True) + self.epsilon)
        return self.gamma * (inputs - mean) / (deviation + self.epsilon) + self.beta

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "beta_initializer": keras.initializers.serialize(self.beta_initializer),
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
            "beta_regularizer": keras.regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": keras.regularizers.serialize(self.gamma_regularizer),
        }


@keras.saving.register_keras_serializable(package="keras1_compat")
class WordDropoutEmbedding(keras.layers.Embedding):
    """An embedding that, in training, drops whole words of the vocabulary with a probability."""

    def __init__(self, input_dim, output_dim, dropout=0.0, **kwargs):
        super().__init__(input_dim, output_dim, **kwargs)
        self.dropout = dropout
        self.seed_generator = keras.random.SeedGenerator()

    def compute_output_spec(self, inputs, training=False):
        return super().compute_output_spec(inputs)

    def call(self, inputs, training=False):
        outputs = super().call(inputs)
        if not training or not 0.0 < self.dropout < 1.0:
            return outputs
        kept = (
            keras.random.uniform((self.input_dim,), seed=self.seed_generator)
            >= self.dropout
        )
        scale = ops.cast(kept, outputs.dtype) / (1.0 - self.dropout)
        words = ops.cast(inputs, "int32")
        return outputs * ops.expand_dims(ops.take(scale, words, axis=0), -1)

    def get_config(self):
        return {**super().get_config(), "dropout": self.dropout}


@keras.saving.register_keras_serializable(package="keras1_compat")
class Deconvolution2D(keras.layers.Conv2DTranspose):
    """A transposed convolution that is told the shape of its output, batch axis included."""

    def __init__(self, filters, kernel_size, output_shape, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)
        self.wanted_shape = tuple(output_shape)

    def build(self, input_shape):
        first = 2 if self.data_format == "channels_first" else 1
        padding = []
        for axis, (kernel, stride) in enumerate(
            zip(self.kernel_size, self.strides, strict=True)
        ):
            size, wanted = input_shape[first + axis], self.wanted_shape[first + axis]
            cut = 2 * (kernel // 2) if self.padding == "same" else 0
            padding.append(wanted - ((size - 1) * stride + kernel - cut))
        self.output_padding = tuple(padding)
        super().build(input_shape)

    def get_config(self):
        config = super().get_config()
        config.pop("output_padding", None)
        return {**config, "output_shape": self.wanted_shape}


@keras.saving.register_keras_serializable(package="keras1_compat")
class ForgetBias(keras.initializers.Initializer):
    """The bias of an LSTM: zeros, but for the forget gate what an initialiser gives."""

    def __init__(self, initializer):
        self.initializer = get_initialization(initializer)

    def __call__(self, shape, dtype=None):
        units = shape[-1] // 4
        zeros = ops.zeros((units,), dtype=dtype)
        forget = self.initializer((units,), dtype=dtype)
        return ops.concatenate([zeros, forget, zeros, zeros])

    def get_config(self):
        return {"initializer": keras.initializers.serialize(self.initializer)}
