"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import os
import sys
import threading
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


def data_format(dim_ordering):
    """The data format that a Keras 1 ``dim_ordering`` stands for; ``None``: the global one."""
    formats = {"th": "channels_first", "tf": "channels_last", "default": None}
    return formats.get(dim_ordering, dim_ordering)


def _rotation(theta):
    sin, cos = np.sin(theta), np.cos(theta)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _translation(tx, ty):
    return np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]])


def _shearing(shear):
    return np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])


def _zooming(zx, zy):
    return np.array([[zx, 0, 0], [0, zy, 0], [0, 0, 1]])


def _centred(x, matrix, row_axis, col_axis, channel_axis, fill_mode, cval):
    matrix = transform_matrix_offset_center(
        matrix, x.shape[row_axis], x.shape[col_axis]
    )
    return apply_transform(x, matrix, channel_axis, fill_mode, cval)


def _is_only_looked_at(frame):
    """Whether Keras asks before the training or prediction itself begins."""
    for _ in range(3):
        if frame is None or frame.f_code.co_name == "get_tf_dataset":
            return frame is not None
        frame = frame.f_back
    return False


class Iterator(keras.utils.PyDataset):
    """Batches without end of n samples; the last one of each round may be smaller."""

    def __init__(self, n, batch_size, shuffle, seed):
        super().__init__()
        self.n = n
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.lock = threading.Lock()
        self.looked_at = []
        self.index_generator = self._flow_index(n, batch_size, shuffle, seed)
        self.reset()

    def reset(self):
        """Begin a new round."""
        self.batch_index = 0

    def _flow_index(self, n, batch_size, shuffle, seed):
        seen = 0
        indices = np.arange(n)
        while True:
            if seed is not None:
                np.random.seed(seed + seen)
            if self.batch_index == 0:
                indices = np.random.permutation(n) if shuffle else np.arange(n)
            start = (self.batch_index * batch_size) % n
            self.batch_index = self.batch_index + 1 if n >= start + batch_size else 0
            seen += 1
            yield indices[start : start + batch_size], start

    def _batch(self, indices):
        raise NotImplementedError

    def next(self):
        """The next batch."""
        with self.lock:
            indices, start = next(self.index_generator)
        images, *rest = self._batch(indices)
        if self.save_to_dir:
            for index, image in enumerate(images, start=start):
                name = f"{self.save_prefix}_{index}_{np.random.randint(10000)}.{self.save_format}"
                picture = keras.utils.array_to_img(image, self.data_format, scale=True)
                picture.save(Path(self.save_to_dir) / name)
        return (images, *rest) if rest else images

    @property
    def num_batches(self):
        """No number: there is always a next one."""
        return None

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def __getitem__(self, index):
        """The next batch; Keras looks at two to learn their shapes, and is given those again."""
        if _is_only_looked_at(sys._getframe(1)):
            while len(self.looked_at) <= index:
                self.looked_at.append(self.next())
            return self.looked_at[index]
        return self.looked_at.pop(0) if self.looked_at else self.next()


class NumpyArrayIterator(Iterator):
    """Batches of the images in an array."""

    def __init__(
        self,
        x,
        y,
        image_data_generator,
        batch_size=32,
        shuffle=False,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="jpeg",
    ):
        if y is not None and len(x) != len(y):
            raise ValueError(f"There are {len(x)} images and {len(y)} labels")
        self.x = np.asarray(x, dtype=keras.config.floatx())
        if self.x.ndim != 4:
            raise ValueError(f"Images should have rank 4, not the shape {self.x.shape}")
        self.y = None if y is None else np.asarray(y)
        self.image_data_generator = image_data_generator
        self.data_format = data_format or keras.config.image_data_format()
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(len(x), batch_size, shuffle, seed)

    def _batch(self, indices):
        generator = self.image_data_generator
        made = [
            generator.standardize(generator.random_transform(self.x[i]))
            for i in indices
        ]
        images = np.stack(made).astype(keras.config.floatx())
        return (images,) if self.y is None else (images, self.y[indices])


class DirectoryIterator(Iterator):
    """Batches of the images in a folder with a folder for each class."""

    def __init__(
        self,
        directory,
        image_data_generator,
        target_size=(256, 256),
        color_mode="rgb",
        data_format=None,
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="jpeg",
        follow_links=False,
    ):
        if color_mode not in ("rgb", "grayscale"):
            raise ValueError(f"Invalid color mode: {color_mode}")
        if class_mode not in ("categorical", "binary", "sparse", None):
            raise ValueError(f"Invalid class_mode: {class_mode}")
        self.directory = directory
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        self.color_mode = color_mode
        self.data_format = data_format or keras.config.image_data_format()
        self.class_mode = class_mode
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        if not classes:
            classes = sorted(
                entry.name for entry in os.scandir(directory) if entry.is_dir()
            )
        self.class_indices = {name: index for index, name in enumerate(classes)}
        self.num_classes = len(classes)
        self.filenames = []
        labels = []
        for name in classes:
            folders = os.walk(Path(directory) / name, followlinks=follow_links)
            for root, _, files in sorted(folders, key=lambda found: found[0]):
                for file in files:
                    if file.lower().endswith((".png", ".jpg", ".jpeg", ".bmp")):
                        self.filenames.append(
                            str((Path(root) / file).relative_to(directory))
                        )
                        labels.append(self.class_indices[name])
        self.classes = np.array(labels, dtype="int32")
        self.samples = len(labels)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _image(self, index):
        path = Path(self.directory) / self.filenames[index]
        image = keras.utils.load_img(path, self.color_mode, self.target_size)
        x = keras.utils.img_to_array(image, self.data_format)
        generator = self.image_data_generator
        return generator.standardize(generator.random_transform(x))

    def _batch(self, indices):
        images = np.stack([self._image(index) for index in indices])
        images = images.astype(keras.config.floatx())
        labels = self.classes[indices]
        if self.class_mode is None:
            return (images,)
        if self.class_mode == "binary":
            labels = labels.astype(keras.config.floatx())
        elif self.class_mode == "categorical":
            labels = np.eye(self.num_classes, dtype=keras.config.floatx())[labels]
        return images, labels


class ImageDataGenerator:
    """Batches of images, changed at random and normalised, as Keras 1 did it.

    Today's class (`tensorflow.keras.preprocessing.image.ImageDataGenerator`) takes the shear in
    degrees instead of radians, moves columns by the height range and rows by the width range,
    interpolates between pixels, and normalises samples over all their values at once.
    """

    def __init__(
        self,
        featurewise_center=False,
        samplewise_center=False,
        featurewise_std_normalization=False,
        samplewise_std_normalization=False,
        zca_whitening=False,
        rotation_range=0.0,
        width_shift_range=0.0,
        height_shift_range=0.0,
        shear_range=0.0,
        zoom_range=0.0,
        channel_shift_range=0.0,
        fill_mode="nearest",
        cval=0.0,
        horizontal_flip=False,
        vertical_flip=False,
        rescale=None,
        preprocessing_function=None,
        data_format=None,
    ):
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.shear_range = shear_range
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format = data_format or keras.config.image_data_format()
        first = self.data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (
            (1, 2, 3) if first else (3, 1, 2)
        )
        scalar = np.isscalar(zoom_range)
        self.zoom_range = (
            (1 - zoom_range, 1 + zoom_range) if scalar else tuple(zoom_range)
        )
        if len(self.zoom_range) != 2:
            raise ValueError(
                f"zoom_range should be one or two numbers, not {zoom_range}"
            )
        self.mean = None
        self.std = None
        self.principal_components = None

    def flow(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="jpeg",
    ):
        """Batches of the images in an array."""
        saving = (save_to_dir, save_prefix, save_format)
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, seed, self.data_format, *saving
        )

    def flow_from_directory(
        self,
        directory,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="jpeg",
        follow_links=False,
    ):
        """Batches of the images in a folder with a folder for each class."""
        how = (classes, class_mode, batch_size, shuffle, seed)
        saving = (save_to_dir, save_prefix, save_format, follow_links)
        return DirectoryIterator(
            directory, self, target_size, color_mode, self.data_format, *how, *saving
        )

    def standardize(self, x):
        """One image, normalised."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        channels = self.channel_axis - 1
        if self.samplewise_center:
            x = x - np.mean(x, axis=channels, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, axis=channels, keepdims=True) + 1e-7)
        if self.featurewise_center and self.mean is not None:
            x = x - self.mean
        if self.featurewise_std_normalization and self.std is not None:
            x = x / (self.std + 1e-7)
        if self.zca_whitening and self.principal_components is not None:
            x = np.dot(x.ravel(), self.principal_components).reshape(x.shape)
        return x

    def random_transform(self, x):
        """One image, changed at random."""
        rows, columns, channels = (
            self.row_axis - 1,
            self.col_axis - 1,
            self.channel_axis - 1,
        )

        def draw(width):
            return np.random.uniform(-width, width) if width else 0

        theta = np.pi / 180 * draw(self.rotation_range)
        tx = draw(self.height_shift_range) * x.shape[rows]
        ty = draw(self.width_shift_range) * x.shape[columns]
        shear = draw(self.shear_range)
        zoom = (
            (1, 1)
            if self.zoom_range == (1, 1)
            else np.random.uniform(self.zoom_range[0], self.zoom_range[1], 2)
        )
        matrix = (
            _rotation(theta) @ _translation(tx, ty) @ _shearing(shear) @ _zooming(*zoom)
        )
        x = _centred(x, matrix, rows, columns, channels, self.fill_mode, self.cval)
        if self.channel_shift_range != 0:
            x = random_channel_shift(x, self.channel_shift_range, channels)
        if self.horizontal_flip and np.random.random() < 0.5:
            x = flip_axis(x, columns)
        if self.vertical_flip and np.random.random() < 0.5:
            x = flip_axis(x, rows)
        return x

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Take means, deviations and principal components from sample images."""
        x = np.array(x, dtype=keras.config.floatx())
        if x.ndim != 4:
            raise ValueError(f"fit() wants an array of rank 4, not of shape {x.shape}")
        if seed is not None:
            np.random.seed(seed)
        if augment:
            x = np.stack(
                [self.random_transform(image) for _ in range(rounds) for image in x]
            )
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes, keepdims=True)[0]
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes, keepdims=True)[0]
            x = x / (self.std + keras.config.epsilon())
        if self.zca_whitening:
            flat = x.reshape(len(x), -1)
            u, s, _ = np.linalg.svd(np.dot(flat.T, flat) / len(flat))
            self.principal_components = np.dot(
                np.dot(u, np.diag(1.0 / np.sqrt(s + 1e-6))), u.T
            )


class ModelCheckpoint(keras.callbacks.ModelCheckpoint):
    """Save every `period` epochs, to a file name in which epochs count from zero."""

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        period=1,
    ):
        super().__init__(
            filepath, monitor, verbose, save_best_only, save_weights_only, mode
        )
        self.period = period
        self.epochs_since_last_save = 0

    def on_epoch_end(self, epoch, logs=None):
        """Save if it is time to."""
        self.epochs_since_last_save += 1
        if self.epochs_since_last_save >= self.period:
            self.epochs_since_last_save = 0
            super().on_epoch_end(epoch - 1, logs)
