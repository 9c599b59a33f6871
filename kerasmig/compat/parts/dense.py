"""Fully connected layers that Keras 3 dropped."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops

from kerasmig.compat.parts.initializations import get_initialization


@keras.saving.register_keras_serializable(package="keras1_compat")
class MaxoutDense(keras.layers.Layer):
    """The largest of several dense layers, unit by unit: (batch, n) to (batch, units)."""

    def __init__(
        self,
        units,
        features=4,
        init="glorot_uniform",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_bias=True,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = units
        self.features = features
        self.init = get_initialization(init)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.bias_constraint = keras.constraints.get(bias_constraint)
        self.use_bias = use_bias

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(self.features, input_shape[-1], self.units),
            initializer=self.init,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.features, self.units),
                initializer="zeros",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs):
        outputs = ops.einsum("bi,fio->bfo", inputs, self.kernel)
        if self.use_bias:
            outputs = outputs + self.bias
        return ops.max(outputs, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "features": self.features,
            "init": keras.initializers.serialize(self.init),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
            "bias_constraint": keras.constraints.serialize(self.bias_constraint),
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable(package="keras1_compat")
class Highway(keras.layers.Layer):
    """A dense layer that a gate mixes with its own input: (batch, n) to (batch, n)."""

    def __init__(
        self,
        kernel_initializer="glorot_uniform",
        activation=None,
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_bias=True,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.activation = keras.activations.get(activation)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.bias_constraint = keras.constraints.get(bias_constraint)
        self.use_bias = use_bias

    def build(self, input_shape):
        n = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(n, n),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.gate_kernel = self.add_weight(
            shape=(n, n), initializer=self.kernel_initializer, name="gate_kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(n,),
                initializer="zeros",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
            self.gate_bias = self.add_weight(
                shape=(n,), initializer="ones", name="gate_bias"
            )

    def call(self, inputs):
        gate = ops.matmul(inputs, self.gate_kernel)
        outputs = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            gate = gate + self.gate_bias
            outputs = outputs + self.bias
        gate = ops.sigmoid(gate)
        return gate * self.activation(outputs) + (1 - gate) * inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "activation": keras.activations.serialize(self.activation),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
            "bias_constraint": keras.constraints.serialize(self.bias_constraint),
            "use_bias": self.use_bias,
        }
