"""``keras.preprocessing``: images, sequences and text.

Generators and tokenizers live on in ``tensorflow.keras.preprocessing`` only.
"""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Arguments, Entry, Family, to

_IMAGE = "tensorflow.keras.preprocessing.image"
_TEXT = "tensorflow.keras.preprocessing.text"
_SEQUENCE = "tensorflow.keras.preprocessing.sequence"

_FORMAT: Arguments = {"dim_ordering": to("data_format", "data_format")}
_DIFFERENT = (
    "Today's take the shear in degrees instead of radians, move columns by the height range and "
    "rows by the width range (TensorFlow 2.21), interpolate between pixels, and normalise a "
    "sample over all its values instead of each pixel over its channels."
)
_FILTERS = r"""filters='!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', lower=True, split=' '"""

FAMILIES = (
    Family(
        code="KM601",
        name="preprocessing",
        summary="Take image, text and sequence utilities from where they live today.",
        why=(
            "Keras 3 has none of the generators and tokenizers. TensorFlow keeps them under "
            "`tensorflow.keras.preprocessing`, with other arguments; its image generators do "
            "something else: `shear_range=0.2` was 11 degrees and is a fifth of one."
        ),
        safety=(
            "Image generators come as source in `keras1_compat.py` and give the same images for "
            "the same random seed; `--idiomatic` takes TensorFlow's. `load_img` resizes by the "
            "nearest pixel, as Pillow did when Keras 1 was written."
        ),
        example=(
            "ImageDataGenerator(shear_range=0.2, dim_ordering='th')",
            "ImageDataGenerator(shear_range=0.2, data_format='channels_first')",
        ),
        module="keras.preprocessing.image",
        target=_IMAGE,
        entries=(
            *(
                Entry(
                    name,
                    to=f"keras1_compat.{name}",
                    idiomatic=name,
                    data_format=True,
                    args=_FORMAT,
                    docs=_DIFFERENT + " Needs SciPy.",
                )
                for name in ("ImageDataGenerator", "NumpyArrayIterator", "DirectoryIterator")
            ),
            Entry("Iterator", to="keras1_compat.Iterator", idiomatic="Iterator"),
            *(
                Entry(
                    name,
                    to=f"keras1_compat.{name}",
                    idiomatic=name,
                    docs=_DIFFERENT + " Needs SciPy.",
                )
                for name in ("random_rotation", "random_shift", "random_shear", "random_zoom")
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
                rule="tokenizer",
                docs="With `char_level` Keras 1 left capitals as they were, whatever `lower` said.",
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
