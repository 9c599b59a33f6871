"""Merging by a mode that is known only at run time."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"

import keras


def merge(
    inputs,
    mode="sum",
    concat_axis=-1,
    dot_axes=-1,
    output_shape=None,
    output_mask=None,
    arguments=None,
    node_indices=None,
    tensor_indices=None,
    name=None,
):
    """Keras 1's ``merge``: join tensors by a mode, a string or a function of the list."""
    if callable(mode):
        layer = keras.layers.Lambda(mode, output_shape, arguments=arguments, name=name)
    elif mode == "concat":
        layer = keras.layers.Concatenate(axis=concat_axis, name=name)
    elif mode in ("dot", "cos"):
        layer = keras.layers.Dot(axes=dot_axes, normalize=mode == "cos", name=name)
    else:
        classes = {
            "sum": keras.layers.Add,
            "mul": keras.layers.Multiply,
            "ave": keras.layers.Average,
            "max": keras.layers.Maximum,
        }
        layer = classes[mode](name=name)
    return layer(inputs)
