# mypy: ignore-errors
# (It runs against Keras 1.2.2, which has no types, over names that the standard library has lost.)
"""Build and predict with every kind of layer under both orderings; runs in Keras 1.2.2.

Where a layer's weights can be laid out for the other ordering, both must compute the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from checks import CHECKS, run_all
from keras import backend as K
from keras import layers as L
from keras.layers import advanced_activations as A
from keras.models import Model, Sequential

from kerasmig.legacy.bridge import reset

Shape = tuple[int, ...]
SEQUENCE, IMAGE, VOLUME = (7, 4), (9, 8, 3), (6, 7, 5, 2)  # channels last


def ordered(shape: Shape) -> Shape:
    """A channels-last shape under the current ordering."""
    return shape if K.image_dim_ordering() == "tf" else (shape[-1], *shape[:-1])


SPATIAL: dict[str, tuple[Shape, Callable[[], Any]]] = {}
for mode in ("valid", "same"):
    SPATIAL |= {
        f"Convolution2D {mode}": (
            IMAGE,
            lambda m=mode: L.Convolution2D(5, 3, 2, border_mode=m, subsample=(2, 1)),
        ),
        f"Convolution3D {mode}": (
            VOLUME,
            lambda m=mode: L.Convolution3D(5, 3, 2, 2, border_mode=m, subsample=(1, 2, 1)),
        ),
        f"SeparableConvolution2D {mode}": (
            IMAGE,
            lambda m=mode: L.SeparableConvolution2D(5, 3, 2, border_mode=m, depth_multiplier=2),
        ),
        f"AtrousConvolution2D {mode}": (
            IMAGE,
            lambda m=mode: L.AtrousConvolution2D(5, 3, 2, border_mode=m, atrous_rate=(2, 2)),
        ),
        f"MaxPooling2D {mode}": (
            IMAGE,
            lambda m=mode: L.MaxPooling2D((3, 2), strides=(2, 1), border_mode=m),
        ),
        f"AveragePooling2D {mode}": (
            IMAGE,
            lambda m=mode: L.AveragePooling2D((3, 2), strides=(2, 1), border_mode=m),
        ),
        f"MaxPooling3D {mode}": (VOLUME, lambda m=mode: L.MaxPooling3D(border_mode=m)),
        f"AveragePooling3D {mode}": (VOLUME, lambda m=mode: L.AveragePooling3D(border_mode=m)),
    }
SPATIAL |= {
    "Deconvolution2D": (
        IMAGE,
        lambda: L.Deconvolution2D(
            4, 3, 2, output_shape=(None, *ordered((18, 16, 4))), border_mode="same",
            subsample=(2, 2),
        ),
    ),
    "UpSampling2D": (IMAGE, L.UpSampling2D),
    "UpSampling3D": (VOLUME, L.UpSampling3D),
    "ZeroPadding2D": (IMAGE, lambda: L.ZeroPadding2D((1, 2))),
    "ZeroPadding3D": (VOLUME, lambda: L.ZeroPadding3D((1, 2, 1))),
    "Cropping2D": (IMAGE, lambda: L.Cropping2D(((1, 1), (1, 0)))),
    "Cropping3D": (VOLUME, lambda: L.Cropping3D(((1, 1), (1, 0), (1, 1)))),
    "GlobalMaxPooling2D": (IMAGE, L.GlobalMaxPooling2D),
    "GlobalAveragePooling2D": (IMAGE, L.GlobalAveragePooling2D),
    "GlobalMaxPooling3D": (VOLUME, L.GlobalMaxPooling3D),
    "GlobalAveragePooling3D": (VOLUME, L.GlobalAveragePooling3D),
    "BatchNormalization": (
        IMAGE,
        lambda: L.BatchNormalization(axis=-1 if K.image_dim_ordering() == "tf" else 1),
    ),
    "TimeDistributed Convolution2D": (
        (4, *IMAGE),
        lambda: L.TimeDistributed(L.Convolution2D(3, 3, 3)),
    ),
    "ConvLSTM2D": ((4, *IMAGE), lambda: L.ConvLSTM2D(3, 3, 3, border_mode="same")),
}  # fmt: skip

PLAIN: dict[str, tuple[Shape, Callable[[], Any]]] = {
    "Convolution1D": (SEQUENCE, lambda: L.Convolution1D(5, 3, border_mode="same")),
    "AtrousConvolution1D": (SEQUENCE, lambda: L.AtrousConvolution1D(5, 3, atrous_rate=2)),
    "LocallyConnected1D": (SEQUENCE, lambda: L.LocallyConnected1D(3, 3)),
    "LocallyConnected2D": (IMAGE, lambda: L.LocallyConnected2D(3, 3, 3)),
    "Dense": ((5,), lambda: L.Dense(3, W_regularizer="l2", W_constraint="maxnorm")),
    "MaxoutDense": ((5,), lambda: L.MaxoutDense(3)),
    "Highway": ((5,), L.Highway),
    "RepeatVector": ((5,), lambda: L.RepeatVector(3)),
    "Masking, LSTM": (SEQUENCE, lambda: stack(L.Masking(input_shape=SEQUENCE), L.LSTM(3))),
    "Permute": (IMAGE, lambda: L.Permute((3, 1, 2))),
    "Reshape": (IMAGE, lambda: L.Reshape((-1, 4))),
    "Lambda": (IMAGE, lambda: L.Lambda(lambda x: x * 2)),
    "SpatialDropout2D": (IMAGE, lambda: L.SpatialDropout2D(0.3)),
    "GaussianNoise": (IMAGE, lambda: L.GaussianNoise(0.3)),
    "GaussianDropout": (IMAGE, lambda: L.GaussianDropout(0.3)),
    "TimeDistributed Dense": (SEQUENCE, lambda: L.TimeDistributed(L.Dense(3))),
    "Bidirectional": (
        SEQUENCE,
        lambda: L.Bidirectional(L.LSTM(3, dropout_W=0.2, dropout_U=0.2)),
    ),
}
for name in ("LeakyReLU", "PReLU", "ELU", "ParametricSoftplus", "ThresholdedReLU", "SReLU"):
    PLAIN[name] = (IMAGE, getattr(A, name))
for name in ("MaxPooling1D", "AveragePooling1D", "UpSampling1D", "ZeroPadding1D", "Cropping1D",
             "GlobalMaxPooling1D", "GlobalAveragePooling1D"):  # fmt: skip
    PLAIN[name] = (SEQUENCE, getattr(L, name))
for name in ("SimpleRNN", "GRU", "LSTM"):
    for consume_less in ("cpu", "mem", "gpu"):
        PLAIN[f"{name} {consume_less}"] = (
            SEQUENCE,
            lambda n=name, c=consume_less: getattr(L, n)(3, consume_less=c),
        )
    PLAIN[f"{name} unrolled"] = (SEQUENCE, lambda n=name: getattr(L, n)(3, unroll=True))
for bn_mode in (0, 1, 2):
    PLAIN[f"BatchNormalization {bn_mode}"] = ((5,), lambda m=bn_mode: L.BatchNormalization(mode=m))


def stack(*layers: Any) -> Any:
    return Sequential(list(layers))


def built(shape: Shape, make: Callable[[], Any]) -> Any:
    """A model of one layer; the batch size is fixed, as Deconvolution2D wants it."""
    inputs = L.Input(batch_shape=(2, *shape))
    return Model(inputs, make()(inputs))


def predicted(model: Any, x: Any) -> Any:
    y = model.predict(x)
    assert y.shape == model.output_shape, f"{y.shape} is not the promised {model.output_shape}"
    assert np.isfinite(y).all()
    return y


def spatial(shape: Shape, make: Callable[[], Any]) -> list[int]:
    """Predict under ``tf`` and ``th`` with the same weights; return the ``tf`` output shape."""
    reset("tf")
    space = IMAGE if shape[-3:] == IMAGE else VOLUME
    lead = len(shape) - len(space)  # 1 for images over time
    random = np.random.RandomState(0)
    x = random.rand(2, *shape).astype("float32")
    model = built(shape, make)
    weights = [random.uniform(0.1, 1, w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    y = predicted(model, x)

    reset("th")
    flipped = built((*shape[:lead], *ordered(space)), make)
    # Kernels under th are (filters, channels, *size); under tf (*size, channels, filters).
    flipped.set_weights(
        [
            w if w.ndim < 3 else w.transpose(w.ndim - 1, w.ndim - 2, *range(w.ndim - 2))
            for w in weights
        ]
    )
    z = predicted(flipped, np.moveaxis(x, -1, 1 + lead))
    z = z if z.ndim == 2 else np.moveaxis(z, -len(space), -1)
    np.testing.assert_allclose(y, z, rtol=1e-4, atol=1e-4)
    return list(y.shape)


def plain(shape: Shape, make: Callable[[], Any]) -> list[int]:
    reset("tf")
    model = built(shape, make)
    return list(predicted(model, np.random.RandomState(0).rand(2, *shape)).shape)


for name, case in SPATIAL.items():
    CHECKS[name] = lambda case=case: spatial(*case)
for name, case in PLAIN.items():
    CHECKS[name] = lambda case=case: plain(*case)

if __name__ == "__main__":
    run_all(reset)
