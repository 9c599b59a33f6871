"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def hard_sigmoid(x):
    """Keras 1's hard sigmoid, clip(0.2 x + 0.5, 0, 1); Keras 3's is relu6(x + 3) / 6."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def _merging_layer(mode, concat_axis, dot_axes, output_shape, arguments, name):
    """The layer of Keras 3 that joins tensors as a mode says, a string or a function."""
    if callable(mode):
        return keras.layers.Lambda(mode, output_shape, arguments=arguments, name=name)
    if mode == "concat":
        return keras.layers.Concatenate(axis=concat_axis, name=name)
    if mode in ("dot", "cos"):
        return keras.layers.Dot(axes=dot_axes, normalize=mode == "cos", name=name)
    classes = {
        "sum": keras.layers.Add,
        "mul": keras.layers.Multiply,
        "ave": keras.layers.Average,
        "max": keras.layers.Maximum,
    }
    return classes[mode](name=name)


@keras.saving.register_keras_serializable(package="keras1_compat")
class Merge(keras.layers.Layer):
    """Keras 1's ``Merge``: joins the outputs of models, or the tensors that it is called on."""

    def __init__(
        self,
        layers=None,
        mode="sum",
        concat_axis=-1,
        dot_axes=-1,
        output_shape=None,
        output_mask=None,
        arguments=None,
        node_indices=None,
        tensor_indices=None,
        name=None,
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        self.supports_masking = True
        self.layers = list(layers or [])
        self.mode = mode
        self.concat_axis = concat_axis
        self.dot_axes = dot_axes
        self._merging = _merging_layer(
            mode, concat_axis, dot_axes, output_shape, arguments, None
        )

    def branches(self):
        """The ends and the inputs of the models, each input once; ``None`` if one lacks them."""
        ends, inputs = [], []
        for layer in self.layers:
            try:
                ends.append(getattr(layer, "outputs", None) or layer.output)
                own = getattr(layer, "inputs", None) or layer.input
            except (AttributeError, ValueError):
                return None
            for tensor in own if isinstance(own, list) else [own]:
                if all(tensor is not known for known in inputs):
                    inputs.append(tensor)
        return [end[0] if isinstance(end, list) else end for end in ends], inputs

    def call(self, inputs):
        return self._merging(inputs)

    def compute_output_shape(self, input_shape):
        return self._merging.compute_output_shape(input_shape)

    def compute_mask(self, inputs, previous_mask=None):
        return self._merging.compute_mask(inputs, previous_mask)

    def get_config(self):
        return {
            **super().get_config(),
            "layers": [keras.saving.serialize_keras_object(la) for la in self.layers],
            "mode": self.mode,
            "concat_axis": self.concat_axis,
            "dot_axes": self.dot_axes,
        }

    @classmethod
    def from_config(cls, config):
        layers = [keras.saving.deserialize_keras_object(c) for c in config["layers"]]
        return cls(**{**config, "layers": layers})


@keras.saving.register_keras_serializable(package="keras1_compat")
class Sequential(keras.Sequential):
    """A Sequential that may begin with a `Merge` of other models, as in Keras 1."""

    def add(self, layer, rebuild=True):
        """Add a layer; the first one may be a `Merge`."""
        if not self._layers and type(layer) is keras.layers.Embedding:
            if getattr(layer, "_input_shape_arg", None) is None:
                layer._input_shape_arg = (None,)  # sequences of any length
        super().add(layer, rebuild=rebuild)

    def _maybe_rebuild(self):
        head = self._layers[0] if self._layers else None
        if not isinstance(head, Merge):
            super()._maybe_rebuild()
            return
        self.built = False
        self._functional = None
        branches = head.branches()
        if branches is None:
            return
        ends, inputs = branches
        tensor = head(ends)
        for layer in self._layers[1:]:
            tensor = layer(tensor)
        self._functional = keras.Model(inputs, tensor)
        self.built = True

    def build(self, input_shape=None):
        """Connect the layers, which a `Merge` at their head does without a shape."""
        if self._layers and isinstance(self._layers[0], Merge):
            self._maybe_rebuild()
        else:
            super().build(input_shape)

    def get_config(self):
        if not self._layers or not isinstance(self._layers[0], Merge):
            return super().get_config()
        layers = [keras.saving.serialize_keras_object(layer) for layer in self._layers]
        return {"name": self.name, "layers": layers}
