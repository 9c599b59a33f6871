"""A repository as a researcher finds it: written for Keras 1.1 on Theano in 2016, and left so."""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.trees import write_tree

README = """\
# digits

A small convolutional network with an attention layer of our own.

## Setup

    pip install -r requirements.txt

## Training

    THEANO_FLAGS=device=gpu,floatX=float32 KERAS_BACKEND=theano python2 train.py --data digits.npz --nb-epoch 20

Weights trained for 20 epochs are in `weights/digits.h5`.
"""

REQUIREMENTS = "keras==1.1.2\nTheano==0.8.2\nnumpy==1.11.2\nh5py==2.6.0\n"

DOCKERFILE = """\
FROM python:2.7
ENV KERAS_BACKEND theano
COPY . /digits
RUN pip install -r /digits/requirements.txt
"""

MODELS = """\
from keras.layers import Input, Convolution2D, MaxPooling2D, Flatten, Dense, Dropout
from keras.models import Model

from digits.layers import Scale


def build(nb_classes=10):
    image = Input(shape=(1, 28, 28))
    x = Convolution2D(8, 3, 3, activation='relu', border_mode='same')(image)
    x = MaxPooling2D((2, 2))(x)
    x = Scale()(x)
    x = Flatten()(x)
    x = Dropout(0.5)(x)
    return Model(input=image, output=Dense(nb_classes, activation='softmax')(x))


def build_volume():
    image = Input(shape=(16, 16, 16))
    x = Convolution2D(10, 1, 1)(image)
    return Model(input=image, output=x)
"""

LAYERS = """\
from keras import backend as K
from keras.engine.topology import Layer


class Scale(Layer):
    def build(self, input_shape):
        self.gain = self.add_weight((input_shape[1],), initializer='one', name='gain')
        super(Scale, self).build(input_shape)

    def call(self, x, mask=None):
        return x * K.reshape(self.gain, (1, -1, 1, 1))

    def get_output_shape_for(self, input_shape):
        return input_shape
"""

LOADER = """\
import numpy as np
from keras.utils import np_utils


def load(path, nb_classes=10):
    data = np.load(path)
    x = data['x'].reshape(-1, 1, 28, 28).astype('float32') / 255
    return x, np_utils.to_categorical(data['y'], nb_classes)
"""

TRAIN = """\
import argparse
import os

os.environ['KERAS_BACKEND'] = 'theano'

from keras.callbacks import ModelCheckpoint

from digits.loader import load
from digits.models import build


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', required=True)
    parser.add_argument('--nb-epoch', type=int, default=20)
    args = parser.parse_args()
    x, y = load(args.data)
    model = build()
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    model.fit(x, y, nb_epoch=args.nb_epoch, validation_split=0.1,
              callbacks=[ModelCheckpoint('weights/last.h5', save_weights_only=True)])
    print 'done', args.nb_epoch


if __name__ == '__main__':
    main()
"""

_CELL = (
    "from digits.models import build\n\nmodel = build()\nmodel.load_weights('weights/digits.h5')"
)
NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": _CELL.splitlines(keepends=True),
            }
        ],
        "metadata": {"kernelspec": {"name": "python2", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 1,
    },
    indent=1,
)

FILES = {
    "README.md": README,
    "requirements.txt": REQUIREMENTS,
    "Dockerfile": DOCKERFILE,
    "digits/__init__.py": "",
    "digits/models.py": MODELS,
    "digits/layers.py": LAYERS,
    "digits/loader.py": LOADER,
    "train.py": TRAIN,
    "look.ipynb": NOTEBOOK,
}


def clone(folder: Path) -> Path:
    """Write the repository, with weights as Keras 1.1 wrote them."""
    import h5py
    import numpy as np

    write_tree(folder, {name: text.encode() for name, text in FILES.items()})
    (folder / "weights").mkdir()
    with h5py.File(folder / "weights" / "digits.h5", "w") as file:
        file.attrs["layer_names"] = [b"input_1", b"convolution2d_1"]
        file.create_group("input_1").attrs["weight_names"] = np.array([], dtype="S1")
        group = file.create_group("convolution2d_1")
        group.attrs["weight_names"] = [b"convolution2d_1_W", b"convolution2d_1_b"]
        group["convolution2d_1_W"] = np.zeros((8, 1, 3, 3), "float32")
        group["convolution2d_1_b"] = np.zeros(8, "float32")
    return folder
