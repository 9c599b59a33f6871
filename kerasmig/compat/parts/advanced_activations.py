"""Activation layers with weights that Keras 3 dropped."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops

from kerasmig.compat.parts.initializations import get_initialization


def _weight_shape(input_shape, shared_axes):
    """One weight for each position of the input, or one for all along the shared axes."""
    shape = list(input_shape[1:])
    for axis in shared_axes or ():
        shape[axis - 1] = 1
    return tuple(shape)


def _axes(shared_axes):
    return [shared_axes] if isinstance(shared_axes, int) else shared_axes


@keras.saving.register_keras_serializable(package="keras1_compat")
class ParametricSoftplus(keras.layers.Layer):
    """alpha * log(1 + exp(beta * x)) with alpha and beta learned."""

    def __init__(self, alpha_init=0.2, beta_init=5.0, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_init = float(alpha_init)
        self.beta_init = float(beta_init)
        self.shared_axes = _axes(shared_axes)

    def build(self, input_shape):
        shape = _weight_shape(input_shape, self.shared_axes)
        alpha = keras.initializers.Constant(self.alpha_init)
        beta = keras.initializers.Constant(self.beta_init)
        self.alpha = self.add_weight(shape=shape, initializer=alpha, name="alpha")
        self.beta = self.add_weight(shape=shape, initializer=beta, name="beta")

    def call(self, inputs):
        return self.alpha * ops.softplus(self.beta * inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "alpha_init": self.alpha_init,
            "beta_init": self.beta_init,
            "shared_axes": self.shared_axes,
        }


@keras.saving.register_keras_serializable(package="keras1_compat")
class SReLU(keras.layers.Layer):
    """A line with two bends whose places and outer slopes are learned."""

    def __init__(
        self,
        t_left_init="zero",
        a_left_init="glorot_uniform",
        t_right_init="glorot_uniform",
        a_right_init="one",
        shared_axes=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.t_left_init = get_initialization(t_left_init)
        self.a_left_init = get_initialization(a_left_init)
        self.t_right_init = get_initialization(t_right_init)
        self.a_right_init = get_initialization(a_right_init)
        self.shared_axes = _axes(shared_axes)

    def build(self, input_shape):
        shape = _weight_shape(input_shape, self.shared_axes)
        self.t_left = self.add_weight(
            shape=shape, initializer=self.t_left_init, name="t_left"
        )
        self.a_left = self.add_weight(
            shape=shape, initializer=self.a_left_init, name="a_left"
        )
        self.t_right = self.add_weight(
            shape=shape, initializer=self.t_right_init, name="t_right"
        )
        self.a_right = self.add_weight(
            shape=shape, initializer=self.a_right_init, name="a_right"
        )

    def call(self, inputs):
        width = ops.abs(self.t_right)
        beyond_left = inputs - self.t_left
        left = ops.minimum(ops.relu(beyond_left), width) - self.a_left * ops.relu(
            -beyond_left
        )
        right = self.a_right * ops.relu(beyond_left - width)
        return self.t_left + left + right

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "t_left_init": keras.initializers.serialize(self.t_left_init),
            "a_left_init": keras.initializers.serialize(self.a_left_init),
            "t_right_init": keras.initializers.serialize(self.t_right_init),
            "a_right_init": keras.initializers.serialize(self.a_right_init),
            "shared_axes": self.shared_axes,
        }
