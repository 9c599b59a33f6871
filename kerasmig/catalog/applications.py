"""``keras.applications``: networks with ImageNet weights, and their helpers."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Arguments, Entry, Family, to

_WEIGHTS = (
    "Keras 3 downloads its own weight files; names of layers changed in ResNet50, InceptionV3 and "
    "Xception."
)
_FORMAT: Arguments = {"dim_ordering": to("data_format", "data_format")}


def _copied(name: str, of: str) -> Entry:
    return Entry(name, manual=f"a helper of {of}: write the block out with layers of Keras 3.")


FAMILIES = (
    Family(
        code="KM603",
        name="application",
        summary="Take networks from `keras.applications` as they are today.",
        why=(
            "The fifth argument was `classes` and is `pooling`; ResNet50 without its top ended in "
            "a 7x7 average pooling, (batch, 1, 1, 2048), and gives (batch, 7, 7, 2048) now."
        ),
        safety=(
            "VGG16 and VGG19 are the same networks. ResNet50, InceptionV3 and Xception were "
            "redefined (paddings, scale of batch normalisation, names of layers), so weights saved "
            "by Keras 1 do not fit and outputs differ: `assumed`."
        ),
        example=(
            "from keras.applications.resnet50 import ResNet50",
            "from keras.applications.resnet50 import ResNet50",
        ),
        module="keras.applications",
        target="keras.applications",
        entries=(
            Entry(
                "keras.applications.vgg16.VGG16",
                to="keras.applications.vgg16.VGG16",
                docs="The same network, with the same weights.",
            ),
            Entry(
                "keras.applications.vgg19.VGG19",
                to="keras.applications.vgg19.VGG19",
                docs="The same network, with the same weights.",
            ),
            Entry(
                "keras.applications.resnet50.ResNet50",
                to="keras.applications.resnet50.ResNet50",
                assumed="Keras 3's ResNet50 is defined anew: with include_top=False it ends before "
                "the average pooling, its epsilon is 1.001e-5, its layers have other names",
                docs=_WEIGHTS,
            ),
            Entry(
                "keras.applications.inception_v3.InceptionV3",
                to="keras.applications.inception_v3.InceptionV3",
                assumed="Keras 3's InceptionV3 has batch normalisations without scale, and other "
                "names of layers",
                docs=_WEIGHTS,
            ),
            Entry(
                "keras.applications.xception.Xception",
                to="keras.applications.xception.Xception",
                assumed="Keras 3's Xception has other names of layers",
                docs=_WEIGHTS,
            ),
            Entry(
                "keras.applications.music_tagger_crnn.MusicTaggerCRNN",
                manual="gone without successor: keep the file of Keras 1.2.2 in the project and "
                "migrate it.",
            ),
            Entry(
                "keras.applications.imagenet_utils.preprocess_input",
                to="keras.applications.imagenet_utils.preprocess_input",
                data_format=True,
                args=_FORMAT,
                docs="Its default mode, 'caffe', is what Keras 1 did: BGR, minus the means.",
            ),
            Entry(
                "keras.applications.imagenet_utils.decode_predictions",
                to="keras.applications.imagenet_utils.decode_predictions",
            ),
            Entry(
                "keras.applications.imagenet_utils._obtain_input_shape",
                to="keras1_compat.obtain_input_shape",
                args=_FORMAT,
                docs="A private helper that many copies of these networks import.",
            ),
            Entry(
                "keras.applications.inception_v3.preprocess_input",
                to="keras.applications.inception_v3.preprocess_input",
            ),
            Entry(
                "keras.applications.xception.preprocess_input",
                to="keras.applications.xception.preprocess_input",
            ),
            _copied("keras.applications.inception_v3.conv2d_bn", "InceptionV3"),
            _copied("keras.applications.resnet50.identity_block", "ResNet50"),
            _copied("keras.applications.resnet50.conv_block", "ResNet50"),
            Entry(
                "keras.applications.audio_conv_utils.preprocess_input",
                manual="compute the mel spectrogram with librosa as Keras 1.2.2 did: 12 kHz, 96 "
                "mel bands, 29.12 s, in decibels.",
            ),
            Entry(
                "keras.applications.audio_conv_utils.decode_predictions",
                manual="keep the list of its fifty tags in the project and sort the predictions.",
            ),
        ),
    ),
)
