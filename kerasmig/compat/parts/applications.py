"""A helper that copies of the ImageNet networks import."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations


def obtain_input_shape(input_shape, default_size, min_size, data_format, include_top):
    """The input shape of an ImageNet network, checked; sizes are free without the top."""
    first = data_format == "channels_first"

    def image(rows, columns):
        return (3, rows, columns) if first else (rows, columns, 3)

    default_shape = image(default_size, default_size)
    if include_top:
        if input_shape is not None and tuple(input_shape) != default_shape:
            raise ValueError(
                f"With include_top=True, input_shape should be {default_shape}."
            )
        return default_shape
    if input_shape is None:
        return image(None, None)
    if len(input_shape) != 3:
        raise ValueError("input_shape must be a tuple of three integers.")
    if input_shape[0 if first else -1] != 3:
        raise ValueError(
            f"The input must have 3 channels; got input_shape={input_shape}"
        )
    sizes = input_shape[1:] if first else input_shape[:2]
    if any(size is not None and size < min_size for size in sizes):
        raise ValueError(f"Input size must be at least {min_size}, got {input_shape}")
    return input_shape
