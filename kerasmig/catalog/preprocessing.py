"""``keras.preprocessing``: images, sequences and text.

Generators and tokenizers live on in ``tensorflow.keras.preprocessing`` only.
"""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Arguments, Entry, Family, to

_IMAGE = "tensorflow.keras.preprocessing.image"
_TEXT = "tensorflow.keras.preprocessing.text"
_SEQUENCE = "tensorflow.keras.preprocessing.sequence"

_FORMAT: Arguments = {"dim_ordering": to("data_format", "data_format")}
_TRANSFORMS = (
    "rotation_range",
    "width_shift_range",
    "height_shift_range",
    "shear_range",
    "zoom_range",
)
_NEAREST = "Keras 1 took the nearest pixel when it moved images; today's default interpolates."

_RANDOM = {
    "random_rotation": "x, rg",
    "random_shift": "x, wrg, hrg",
    "random_shear": "x, intensity",
    "random_zoom": "x, zoom_range",
}
_FILTERS = r"""filters='!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', lower=True, split=' '"""

FAMILIES = (
    Family(
        code="KM601",
        name="preprocessing",
        summary="Take image, text and sequence utilities from where they live today.",
        why=(
            "Keras 3 has none of the generators and tokenizers; TensorFlow keeps them under "
            "`tensorflow.keras.preprocessing`, with renamed arguments."
        ),
        safety=(
            "Augmentation draws other random numbers than Keras 1. " + _NEAREST + " "
            "`load_img` resizes by the nearest pixel, as Pillow did when Keras 1 was written."
        ),
        example=(
            "ImageDataGenerator(rotation_range=10, dim_ordering='th')",
            "ImageDataGenerator(rotation_range=10, data_format='channels_first', "
            "interpolation_order=0)",
        ),
        module="keras.preprocessing.image",
        target=_IMAGE,
        entries=(
            Entry(
                "ImageDataGenerator",
                to="ImageDataGenerator",
                data_format=True,
                args=_FORMAT,
                write_when={"interpolation_order": ("0", _TRANSFORMS)},
                signature=(
                    "featurewise_center=False, samplewise_center=False, "
                    "featurewise_std_normalization=False, samplewise_std_normalization=False, "
                    "zca_whitening=False, zca_epsilon=1e-06, rotation_range=0, "
                    "width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, "
                    "shear_range=0.0, zoom_range=0.0, channel_shift_range=0.0, "
                    "fill_mode='nearest', cval=0.0, horizontal_flip=False, vertical_flip=False, "
                    "rescale=None, preprocessing_function=None, data_format=None, "
                    "validation_split=0.0, interpolation_order=1, dtype=None"
                ),
                docs=_NEAREST + " Needs SciPy.",
                differs="`channel_shift_range` moved each channel by an amount of its own; today "
                "all channels move by the same amount.",
            ),
            Entry("Iterator", to="Iterator", signature="n, batch_size, shuffle, seed, **kwargs"),
            Entry(
                "NumpyArrayIterator",
                to="NumpyArrayIterator",
                data_format=True,
                args=_FORMAT,
                write_when={"save_format": ("'jpeg'", ("save_to_dir",))},
                signature=(
                    "x, y, image_data_generator, batch_size=32, shuffle=False, "
                    "sample_weight=None, seed=None, data_format=None, save_to_dir=None, "
                    "save_prefix='', save_format='png', subset=None, ignore_class_split=False, "
                    "dtype=None"
                ),
            ),
            Entry(
                "DirectoryIterator",
                to="DirectoryIterator",
                data_format=True,
                args=_FORMAT,
                write_when={"save_format": ("'jpeg'", ("save_to_dir",))},
                signature=(
                    "directory, image_data_generator, target_size=(256, 256), color_mode='rgb', "
                    "classes=None, class_mode='categorical', batch_size=32, shuffle=True, "
                    "seed=None, data_format=None, save_to_dir=None, save_prefix='', "
                    "save_format='png', follow_links=False, subset=None, "
                    "interpolation='nearest', keep_aspect_ratio=False, dtype=None"
                ),
            ),
            *(
                Entry(
                    name,
                    to=name,
                    write={"interpolation_order": "0"},
                    signature=f"{first}, row_axis=1, col_axis=2, channel_axis=0, "
                    "fill_mode='nearest', cval=0.0, interpolation_order=1",
                    docs=_NEAREST,
                )
                for name, first in _RANDOM.items()
            ),
            Entry("random_channel_shift", to="keras1_compat.random_channel_shift"),
            Entry("apply_transform", to="keras1_compat.apply_transform", docs="Needs SciPy."),
            Entry(
                "transform_matrix_offset_center",
                to="keras1_compat.transform_matrix_offset_center",
            ),
            Entry("flip_axis", to="keras1_compat.flip_axis"),
            Entry("list_pictures", to="keras1_compat.list_pictures"),
            Entry("array_to_img", to="keras.utils.array_to_img", data_format=True, args=_FORMAT),
            Entry("img_to_array", to="keras.utils.img_to_array", data_format=True, args=_FORMAT),
            Entry(
                "load_img",
                to="keras.utils.load_img",
                args={"grayscale": to("color_mode", "color_mode")},
                docs="`target_size` is (height, width) in both.",
            ),
            Entry("keras.preprocessing.sequence.pad_sequences", to="keras.utils.pad_sequences"),
            Entry(
                "keras.preprocessing.sequence.make_sampling_table",
                to=f"{_SEQUENCE}.make_sampling_table",
                signature="size, sampling_factor=1e-05",
            ),
            Entry(
                "keras.preprocessing.sequence.skipgrams",
                to=f"{_SEQUENCE}.skipgrams",
                signature="sequence, vocabulary_size, window_size=4, negative_samples=1.0, "
                "shuffle=True, categorical=False, sampling_table=None, seed=None",
                docs="Other random numbers.",
            ),
            Entry(
                "keras.preprocessing.text.Tokenizer",
                to=f"{_TEXT}.Tokenizer",
                args={"nb_words": to("num_words")},
                signature=f"num_words=None, {_FILTERS}, char_level=False, oov_token=None, "
                "analyzer=None, **kwargs",
            ),
            Entry(
                "keras.preprocessing.text.text_to_word_sequence",
                to=f"{_TEXT}.text_to_word_sequence",
                args={"text": to("input_text")},
                signature=f"input_text, {_FILTERS}",
            ),
            Entry(
                "keras.preprocessing.text.one_hot",
                to=f"{_TEXT}.one_hot",
                args={"text": to("input_text")},
                signature=f"input_text, n, {_FILTERS}, analyzer=None",
            ),
            Entry(
                "keras.preprocessing.text.base_filter",
                template=r"""'!"#$%&()*+,-./:;<=>?@[\\]^_`{{|}}~\t\n'""",
                docs="Of Keras 1.0 and 1.1; 1.2 wrote the characters out.",
            ),
            Entry(
                "keras.preprocessing.text.maketrans",
                to="str.maketrans",
                docs="A name that Keras 1 needed for Python 2.",
            ),
        ),
    ),
)
