"""Locally connected layers: convolutions with a kernel of their own at each place."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops

from kerasmig.compat.parts.initializations import get_initialization


class LocallyConnected(keras.layers.Layer):
    """What both locally connected layers share: (places, patch, filters) kernels."""

    def __init__(
        self,
        filters,
        kernel_size,
        init="glorot_uniform",
        activation=None,
        padding="valid",
        strides=1,
        data_format=None,
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_bias=True,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if padding != "valid":
            raise ValueError(
                f"Locally connected layers have padding='valid' only, not {padding!r}."
            )
        self.filters = filters
        self.kernel_size = (
            (kernel_size,) if isinstance(kernel_size, int) else tuple(kernel_size)
        )
        rank = len(self.kernel_size)
        self.strides = (strides,) * rank if isinstance(strides, int) else tuple(strides)
        self.data_format = data_format or keras.config.image_data_format()
        self.init = get_initialization(init)
        self.activation = keras.activations.get(activation)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.bias_constraint = keras.constraints.get(bias_constraint)
        self.use_bias = use_bias

    def places(self, input_shape):
        """Numbers of places along each spatial axis."""
        first = 2 if self.data_format == "channels_first" else 1
        sizes = input_shape[first : first + len(self.kernel_size)]
        return tuple(
            (size - kernel) // stride + 1
            for size, kernel, stride in zip(
                sizes, self.kernel_size, self.strides, strict=True
            )
        )

    def build(self, input_shape):
        channels = input_shape[1 if self.data_format == "channels_first" else -1]
        places = self.places(input_shape)
        count, patch = 1, channels
        for place, size in zip(places, self.kernel_size, strict=True):
            count, patch = count * place, patch * size
        self.kernel = self.add_weight(
            shape=(count, patch, self.filters),
            initializer=self.init,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(*places, self.filters),
                initializer="zeros",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def connect(self, patches):
        """Each patch with the kernel of its place: to (batch, places, filters)."""
        patches = [ops.reshape(patch, (-1, self.kernel.shape[1])) for patch in patches]
        return ops.einsum("bpi,pio->bpo", ops.stack(patches, axis=1), self.kernel)

    def compute_output_shape(self, input_shape):
        places = self.places(input_shape)
        if self.data_format == "channels_first":
            return (input_shape[0], self.filters, *places)
        return (input_shape[0], *places, self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "init": keras.initializers.serialize(self.init),
            "activation": keras.activations.serialize(self.activation),
            "strides": self.strides,
            "data_format": self.data_format,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
            "bias_constraint": keras.constraints.serialize(self.bias_constraint),
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable(package="keras1_compat")
class LocallyConnected1D(LocallyConnected):
    """Locally connected over time: (batch, steps, channels) to (batch, places, filters)."""

    def __init__(self, filters, kernel_size, init="glorot_uniform", **kwargs):
        super().__init__(
            filters, kernel_size, init, **{**kwargs, "data_format": "channels_last"}
        )

    def call(self, inputs):
        (count,), (size,), (stride,) = (
            self.places(inputs.shape),
            self.kernel_size,
            self.strides,
        )
        starts = [i * stride for i in range(count)]
        outputs = self.connect([inputs[:, start : start + size] for start in starts])
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)


@keras.saving.register_keras_serializable(package="keras1_compat")
class LocallyConnected2D(LocallyConnected):
    """Locally connected over an image, in either data format."""

    def call(self, inputs):
        rows, columns = self.places(inputs.shape)
        (height, width), (down, right) = self.kernel_size, self.strides
        first = self.data_format == "channels_first"
        patches = []
        for top in range(0, rows * down, down):
            for left in range(0, columns * right, right):
                place = (slice(top, top + height), slice(left, left + width))
                patches.append(
                    inputs[
                        (
                            (slice(None), slice(None), *place)
                            if first
                            else (slice(None), *place)
                        )
                    ]
                )
        outputs = ops.reshape(self.connect(patches), (-1, rows, columns, self.filters))
        if first:
            outputs = ops.transpose(outputs, (0, 3, 1, 2))
        if self.use_bias:
            # Keras 1 reshaped the stored bias under channels_first where it should have transposed.
            outputs = outputs + ops.reshape(self.bias, (1, *outputs.shape[1:]))
        return self.activation(outputs)
