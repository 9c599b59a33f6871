"""Utilities of Keras 1 for images, labels, files and convolution sizes."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import hashlib
import os
import re
import tarfile
from pathlib import Path

import keras
import numpy as np


def flip_axis(x, axis):
    """The array in reverse order along one axis."""
    return np.flip(np.asarray(x), axis)


def random_channel_shift(x, intensity, channel_axis=0):
    """Each channel of an image moved by a random amount of its own, within its old range."""
    x = np.moveaxis(x, channel_axis, 0)
    low, high = np.min(x), np.max(x)
    shifted = [
        np.clip(c + np.random.uniform(-intensity, intensity), low, high) for c in x
    ]
    return np.moveaxis(np.stack(shifted), 0, channel_axis)


def transform_matrix_offset_center(matrix, x, y):
    """An affine transform of an image of x by y pixels, taken around its centre."""
    o_x, o_y = float(x) / 2 + 0.5, float(y) / 2 + 0.5
    there = np.array([[1, 0, o_x], [0, 1, o_y], [0, 0, 1]])
    back = np.array([[1, 0, -o_x], [0, 1, -o_y], [0, 0, 1]])
    return np.dot(np.dot(there, matrix), back)


def apply_transform(x, transform_matrix, channel_axis=0, fill_mode="nearest", cval=0.0):
    """An affine transform of each channel of an image, by nearest pixels."""
    from scipy import ndimage

    channels = [
        ndimage.affine_transform(
            channel,
            transform_matrix[:2, :2],
            transform_matrix[:2, 2],
            order=0,
            mode=fill_mode,
            cval=cval,
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.moveaxis(np.stack(channels), 0, channel_axis)


def list_pictures(directory, ext="jpg|jpeg|bmp|png"):
    """Paths of all pictures below a folder."""
    picture = re.compile(r"([\w]+\.(?:" + ext + "))")
    return [
        str(path) for path in Path(directory).rglob("*") if picture.match(path.name)
    ]


def normalize(a, axis=-1, order=2):
    """An array divided by its norms along an axis; norms of zero count as one."""
    norms = np.atleast_1d(np.linalg.norm(a, order, axis))
    norms[norms == 0] = 1
    return a / np.expand_dims(norms, axis)


def accuracy(p, y):
    """Share of the predictions that equal their labels."""
    return np.mean([a == b for a, b in zip(p, y)])  # noqa: B905


def binary_logloss(p, y):
    """Mean cross entropy of predicted probabilities and labels of 0 and 1."""
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return -sum(y * np.log(p) + np.subtract(1, y) * np.log(np.subtract(1, p))) / len(y)


def multiclass_logloss(p, y):
    """Mean cross entropy of predicted probabilities and labels that count from 1."""
    return -np.sum(np.log([p[i][y[i] - 1] for i in range(len(y))])) / len(y)


def categorical_probas_to_classes(p):
    """The likeliest class of each row."""
    return np.argmax(p, axis=1)


def probas_to_classes(y_pred):
    """The likeliest class of each row; of a single column, whether it is above one half."""
    if len(y_pred.shape) > 1 and y_pred.shape[1] > 1:
        return categorical_probas_to_classes(y_pred)
    return np.array([1 if p > 0.5 else 0 for p in y_pred])


def conv_output_length(input_length, filter_size, border_mode, stride, dilation=1):
    """Length of a convolution's output; `border_mode` is "valid", "same" or "full"."""
    if input_length is None:
        return None
    reach = (filter_size - 1) * dilation
    length = input_length + {"same": 0, "valid": -reach, "full": reach}[border_mode]
    return (length + stride - 1) // stride


def conv_input_length(output_length, filter_size, border_mode, stride):
    """Length of a convolution's input; `border_mode` is "valid", "same" or "full"."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[border_mode]
    return (output_length - 1) * stride - 2 * pad + filter_size


def flip_kernel(kernel, data_format=None):
    """A kernel with its spatial axes reversed, from Theano's convolution or back."""
    if not 4 <= kernel.ndim <= 5:
        raise ValueError("Invalid kernel shape:", kernel.shape)
    first = (data_format or keras.config.image_data_format()) == "channels_first"
    axes = range(2, kernel.ndim) if first else range(kernel.ndim - 2)
    return np.copy(np.flip(kernel, tuple(axes)))


def count_total_params(layers, layer_set=None):
    """How many trainable and how many other parameters layers have, each layer counted once."""
    layer_set = set() if layer_set is None else layer_set
    counts = [0, 0]
    for layer in layers:
        if layer in layer_set:
            continue
        layer_set.add(layer)
        if hasattr(layer, "layers"):
            inner = count_total_params(layer.layers, layer_set)
        else:
            weights = (layer.trainable_weights, layer.non_trainable_weights)
            inner = [int(sum(np.prod(w.shape) for w in group)) for group in weights]
        counts = [sum(pair) for pair in zip(counts, inner)]  # noqa: B905
    return tuple(counts)


def print_summary(layers, relevant_nodes=None, line_length=100, positions=None):
    """Print name, class, output shape and number of parameters of layers."""
    for layer in layers:
        shape = layer.output.shape if layer.built else "multiple"
        title = f"{layer.name} ({type(layer).__name__})"
        print(
            f"{title:<{line_length // 3}} {shape!s:<{line_length // 4}} {layer.count_params()}"
        )
    trainable, other = count_total_params(layers)
    print(f"Total params: {trainable + other:,}")
    print(f"Trainable params: {trainable:,}")
    print(f"Non-trainable params: {other:,}")


class HDF5Matrix:
    """A dataset of an HDF5 file, from one row to another, as training data."""

    def __init__(self, datapath, dataset, start=0, end=None, normalizer=None):
        import h5py

        self.data = h5py.File(datapath, "r")[dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer

    def __len__(self):
        return self.end - self.start

    def __getitem__(self, key):
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            rows = self.data[start + self.start : stop + self.start : step]
        else:
            # HDF5 wants a list of rows in rising order, each once.
            index = np.asarray(key)
            if np.any(index >= len(self)):
                raise IndexError(key)
            unique, inverse = np.unique(index.ravel(), return_inverse=True)
            found = self.data[(unique + self.start).tolist()][inverse]
            rows = found.reshape(index.shape + found.shape[1:])
        return rows if self.normalizer is None else self.normalizer(rows)

    @property
    def shape(self):
        """Shape of the part."""
        return (self.end - self.start, *self.data.shape[1:])

    @property
    def dtype(self):
        """Type of the values."""
        return self.data.dtype

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype=dtype)


def ask_to_proceed_with_overwrite(filepath):
    """Ask on the terminal whether a file may be written over."""
    answer = input(f"[WARNING] {filepath} already exists - overwrite? [y/n]")
    while answer not in ("y", "n"):
        answer = input('Enter "y" (overwrite) or "n" (cancel).')
    return answer == "y"


def validate_file(fpath, md5_hash):
    """Whether a file has this MD5 sum."""
    return hashlib.md5(Path(fpath).read_bytes()).hexdigest() == str(md5_hash)


def get_from_module(
    identifier, module_params, module_name, instantiate=False, kwargs=None
):
    """A member of a module by its name (or a dict with it); anything else as it is."""
    known = {**module_params, **keras.saving.get_custom_objects()}
    if isinstance(identifier, dict):
        arguments = dict(identifier)
        identifier = arguments.pop("name")
        instantiate = True
    else:
        arguments = kwargs or {}
    if not isinstance(identifier, str):
        return identifier
    if identifier not in known:
        raise ValueError(f"Invalid {module_name}: {identifier}")
    return known[identifier](**arguments) if instantiate else known[identifier]


def make_tuple(*args):
    """The arguments as a tuple."""
    return args


def get_test_data(
    nb_train=1000,
    nb_test=500,
    input_shape=(10,),
    output_shape=(2,),
    classification=True,
    nb_class=2,
):
    """Random samples around their labels, for training and for testing."""
    samples = nb_train + nb_test
    if classification:
        y = np.random.randint(0, nb_class, size=(samples,))
        centres = y.astype(float)
    else:
        centres = np.random.random((samples,))
        y = np.stack([np.random.normal(c, 0.7, output_shape) for c in centres])
    x = np.stack([np.random.normal(c, 0.7, input_shape) for c in centres])
    return (x[:nb_train], y[:nb_train]), (x[nb_train:], y[nb_train:])


def keras1_to_categorical(y, nb_classes=None):
    """Rows of zeros with a one, a row for each number of ``y``, whatever the shape of ``y``."""
    labels = y.ravel() if hasattr(y, "ravel") else np.ravel(y)
    return keras.utils.to_categorical(labels, nb_classes)


def keras1_get_file(fname, origin, untar=False, md5_hash=None, cache_subdir="datasets"):
    """The path of a file in Keras' cache, which is fetched if it is not there.

    With ``untar``, an archive ``fname.tar.gz`` beside it is unpacked where it lies, and the path is
    that of ``fname``, which the archive is taken to hold.
    """
    folder, name = os.path.split(fname)
    path = keras.utils.get_file(
        name + ".tar.gz" if untar else name,
        origin,
        file_hash=md5_hash,
        hash_algorithm="md5" if md5_hash else "auto",
        cache_subdir=os.path.join(cache_subdir, folder),
    )
    if not untar:
        return path
    unpacked = path.removesuffix(".tar.gz")
    if not os.path.exists(unpacked):
        with tarfile.open(path, "r:gz") as archive:
            archive.extractall(os.path.dirname(path), filter="data")
    return unpacked
