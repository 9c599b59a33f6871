"""Each rule of evidence: what it sees, how it is weighed, where it keeps quiet."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from kerasmig.analysis.dataformat.image_sizes import judge_feature_map, judge_input, judge_names
from kerasmig.analysis.dataformat.inference import Inference, ProjectFacts, combine, infer
from kerasmig.analysis.dataformat.project_evidence import from_keras_json, from_text
from kerasmig.analysis.names.resolution import Names
from kerasmig.finding import DataFormat, Evidence, Verdict

FIRST, LAST = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST
EITHER, UNDECIDED = DataFormat.EITHER, DataFormat.UNDECIDED

HEADER = """
import numpy as np
from keras import backend as K
from keras.layers import *
from keras.models import Model, Sequential
from keras.preprocessing.image import ImageDataGenerator
"""


def inference_of(source: str, facts: ProjectFacts | None = None) -> Inference:
    tree = ast.parse(HEADER + dedent(source))
    return infer(tree, Names(tree), facts)


def verdict_of(source: str, facts: ProjectFacts | None = None) -> Verdict:
    (verdict,) = inference_of(source, facts).verdicts
    return verdict


def said(verdict: Verdict) -> str:
    return " ".join(item.sentence for item in verdict.evidence)


SIZES = [
    ((1, 32, 32), FIRST),
    ((32, 32, 1), LAST),
    ((3, 224, 224), FIRST),
    ((224, 224, 3), LAST),
    ((3, None, None), FIRST),
    ((None, None, 3), LAST),
    ((1, 96, 1366), FIRST),
    ((3, 16, 112, 112), FIRST),
    ((16, 112, 112, 3), LAST),
    ((32, 32, 32), None),
    ((3, 32, 3), None),
    ((1, 32, 1), None),
]


@pytest.mark.parametrize(("sizes", "favours"), SIZES)
def test_sizes_of_an_input(sizes: tuple[int | None, ...], favours: DataFormat | None) -> None:
    judged, weight = judge_input(sizes)
    assert judged is favours
    assert (weight >= 0.9) is (favours is not None)


def test_four_may_be_rows_as_well_as_channels() -> None:
    assert judge_input((4, 84, 84)) == (FIRST, 0.5)
    assert judge_input((84, 84, 4)) == (LAST, 0.5)


@pytest.mark.parametrize(
    ("sizes", "favours"),
    [((128, 7, 7), FIRST), ((7, 7, 128), LAST), ((16, 16, 16), None), ((1, 28, 28), FIRST)],
)
def test_sizes_of_a_feature_map(sizes: tuple[int, ...], favours: DataFormat | None) -> None:
    assert judge_feature_map(sizes)[0] is favours


@pytest.mark.parametrize(
    ("names", "favours"),
    [
        ("img_channels, img_rows, img_cols", FIRST),
        ("imgRows, imgCols, nChannels", LAST),
        ("ch, row, col", FIRST),
        ("self.height, self.width, self.depth", LAST),
        ("3, rows, cols", FIRST),
        ("n, HEIGHT, WIDTH", FIRST),
        ("size, size, 3", LAST),
        ("a, b, c", None),
        ("rows, cols, time_steps * rows", None),
    ],
)
def test_names_of_sizes(names: str, favours: DataFormat | None) -> None:
    display = ast.parse(f"({names})", mode="eval").body
    assert isinstance(display, ast.Tuple)
    assert judge_names(display.elts)[0] is favours


def test_contradicting_evidence_cancels() -> None:
    for_first = Evidence("a", favours=FIRST, weight=0.8)
    for_last = Evidence("b", favours=LAST, weight=0.8)
    first, last = combine([for_first, for_last])
    assert first == last < 0.5
    assert combine([for_first])[0] == pytest.approx(0.8)
    assert combine([for_first, for_first])[0] == pytest.approx(0.96)


def test_conflict_is_undecided_and_shows_both_sides() -> None:
    verdict = verdict_of("""
        inp = Input((3, 64, 64))
        x = BatchNormalization(axis=3)(Convolution2D(8, 1, 1)(inp))
        x = merge([x, x], mode='concat', concat_axis=3)
        """)
    assert verdict.data_format is UNDECIDED
    assert {item.favours for item in verdict.evidence} == {FIRST, LAST}
    assert "Input shape (3, 64, 64)" in said(verdict)
    assert "BatchNormalization over axis 3" in said(verdict)


def test_reading_that_cannot_be_built_speaks_for_the_other() -> None:
    verdict = verdict_of("""
        def net(n):
            x = Convolution2D(8, 5, 5)(Input((n, 40, 40)))
            for i in range(3):
                x = MaxPooling2D((2, 2))(x)
            return Reshape((32, 4))(x)
        """)
    assert verdict.data_format is UNDECIDED
    verdict = verdict_of("x = Convolution2D(8, 5, 5)(Input((4, 40, 40)))")
    assert verdict.data_format is FIRST
    assert "As channels_last the model cannot be built: Convolution2D puts a window of 5" in said(
        verdict
    )


def test_merge_that_cannot_fit() -> None:
    verdict = verdict_of("""
        def net(a, b, c):
            x = Convolution2D(32, 3, 3, border_mode='same')(Input((a, b, c)))
            y = Convolution2D(64, 3, 3, border_mode='same')(x)
            return merge([x, y], mode='concat', concat_axis=1)
        """)
    assert verdict.data_format is FIRST
    assert "which differ in axis 3" in said(verdict)


def test_deconvolution_output_shape() -> None:
    source = "def up(x): return Deconvolution2D(21, 4, 4, {}, subsample=(2, 2))(x)"
    assert verdict_of(source.format("(None, 21, 30, 32)")).data_format is FIRST
    assert verdict_of(source.format("(None, 30, 32, 21)")).data_format is LAST
    assert verdict_of(source.format("(None, 21, 21, 21)")).data_format is UNDECIDED


def test_deconvolution_that_cannot_run() -> None:
    verdict = verdict_of("""
        x = Convolution2D(21, 1, 1)(Input((16, 15, 14)))
        y = Deconvolution2D(5, 4, 4, (None, 5, 30, 28), subsample=(2, 2), border_mode='same')(x)
        """)
    assert verdict.data_format is FIRST
    assert "As channels_last the model cannot run" in said(verdict)


def test_batch_normalization_after_dense_tells_nothing() -> None:
    source = """
        def net(x):
            x = Flatten()(Convolution2D(8, 3, 3)(x))
            return BatchNormalization(axis=1)(Dense(10)(x))
        """
    assert verdict_of(source).data_format is UNDECIDED


def test_setting_of_another_function_is_not_believed() -> None:
    source = """
        def test_th():
            K.set_image_dim_ordering('th')
        def net(x):
            return Convolution2D(8, 3, 3)(x)
        """
    assert verdict_of(source).data_format is UNDECIDED


def test_setting_that_is_put_back() -> None:
    verdict = verdict_of("""
        def net(shape):
            old = K.image_dim_ordering()
            K.set_image_dim_ordering('tf')
            x = Convolution2D(8, 3, 3)(Input(shape))
            K.set_image_dim_ordering(old)
            return x
        """)
    assert verdict.data_format is LAST and not verdict.ambient


def test_both_settings_at_module_level_are_not_ambient() -> None:
    inference = inference_of("""
        K.set_image_dim_ordering('th')
        a = Convolution2D(8, 3, 3)(Input((8, 20, 20)))
        K.set_image_dim_ordering('tf')
        b = Convolution2D(8, 3, 3)(Input((20, 20, 8)))
        """)
    assert inference.ambient is None
    assert [v.data_format for v in inference.verdicts] == [FIRST, LAST]


def test_backend_alone_does_not_decide() -> None:
    verdict = verdict_of("""
        import os
        os.environ['KERAS_BACKEND'] = 'theano'
        def net(x): return Convolution2D(8, 3, 3)(x)
        """)
    assert verdict.data_format is UNDECIDED
    assert "backend 'theano'" in said(verdict)


def test_comment_is_not_evidence() -> None:
    source = "# image_dim_ordering: th, (channels, rows, cols)\n"
    source += "def net(x): return Convolution2D(8, 3, 3)(x)  # th_dim_ordering"
    assert verdict_of(source).data_format is UNDECIDED


def test_weights_for_both_orderings_tell_nothing() -> None:
    source = """
        TH = 'vgg16_weights_th_dim_ordering_th_kernels.h5'
        TF = 'vgg16_weights_tf_dim_ordering_tf_kernels.h5'
        def net(x): return Convolution2D(8, 3, 3)(x)
        """
    assert verdict_of(source).data_format is UNDECIDED


def test_layers_stated_differently_each_get_what_is_stated() -> None:
    inference = inference_of("""
        a = Convolution2D(8, 3, 3, dim_ordering='th')(Input((3, 20, 20)))
        b = Convolution2D(8, 3, 3, dim_ordering='tf')(Input((20, 20, 3)))
        c = merge([Flatten()(a), Flatten()(b)], mode='concat')
        """)
    assert [(v.data_format, v.explicit) for v in inference.verdicts] == [
        (FIRST, True),
        (LAST, True),
    ]


def test_statement_beats_looks_even_a_strange_one() -> None:
    verdict = verdict_of("x = Convolution2D(8, 1, 3, dim_ordering='tf')(Input((3, 224, 224)))")
    assert verdict.data_format is LAST and verdict.explicit


def test_layer_that_callers_order_differently_handles_either() -> None:
    verdict = verdict_of("""
        def conv(x, ordering): return Convolution2D(8, 3, 3, dim_ordering=ordering)(x)
        a = conv(Input((3, 20, 20)), 'th')
        b = conv(Input((20, 20, 3)), 'tf')
        """)
    assert verdict.data_format is EITHER and not verdict.explicit
    assert "Callers of this code" in said(verdict)


def test_connected_models_share_one_verdict() -> None:
    inference = inference_of("""
        def conv(x, n): return Convolution2D(n, 3, 3, border_mode='same')(x)
        def first(): return conv(Input((1, 64, 64)), 8)
        def second(x): return MaxPooling2D()(conv(x, 16))
        """)
    assert [v.data_format for v in inference.verdicts] == [FIRST]


def test_separate_models_get_separate_verdicts() -> None:
    inference = inference_of("""
        def one(): return Convolution2D(8, 3, 3)(Input((1, 64, 64)))
        def two(): return Convolution2D(8, 3, 3)(Input((64, 64, 1)))
        """)
    assert [(v.model, v.data_format) for v in inference.verdicts] == [("one", FIRST), ("two", LAST)]


def test_layers_that_nothing_is_known_of_follow_the_file() -> None:
    inference = inference_of("""
        def net(): return Convolution2D(8, 3, 3)(Input((1, 64, 64)))
        def unused(x): return MaxPooling2D()(x)
        """)
    net, unused = inference.verdicts
    assert unused.data_format is FIRST
    assert unused.confidence < 0.7 < net.confidence
    assert "other models of this file" in said(unused)


def test_migrated_code_says_its_format() -> None:
    verdict = verdict_of("""
        from keras.layers import Conv2D, concatenate
        x = Input((1, 32, 32))
        y = Conv2D(filters=10, kernel_size=(8, 8), padding='same', data_format='channels_first')(x)
        z = concatenate([y, y], axis=1)
        """)
    assert verdict.data_format is FIRST and verdict.explicit
    assert verdict.shapes[-1].channels_first == (None, 20, 32, 32)


# -- across files ---------------------------------------------------------------------------------


def project(module: str, files: dict[str, str], *importers: str) -> Inference:
    """The inference of one module of a project of several."""
    trees = {name: ast.parse(HEADER + dedent(text)) for name, text in files.items()}
    names = {name: Names(tree, name) for name, tree in trees.items()}

    def load(name: str) -> tuple[ast.Module, Names] | None:
        return (trees[name], names[name]) if name in trees else None

    facts = ProjectFacts(module=module, load=load, importers=lambda: importers)
    return infer(trees[module], names[module], facts)


def test_constants_from_another_module() -> None:
    files = {
        "settings": "SHAPE = (1, 48, 48)",
        "net": "from settings import SHAPE\nx = Convolution2D(8, 3, 3)(Input(SHAPE))",
    }
    (verdict,) = project("net", files).verdicts
    assert verdict.data_format is FIRST


def test_wrapper_from_another_module() -> None:
    files = {
        "blocks": "def conv(x, n): return Convolution2D(n, 3, 3)(x)",
        "net": "import blocks\ny = MaxPooling2D()(blocks.conv(Input((48, 48, 3)), 8))",
    }
    (verdict,) = project("net", files).verdicts
    assert verdict.data_format is LAST
    assert verdict.shapes[-1].channels_last == (None, 23, 23, 8)


def test_wrapper_in_a_package() -> None:
    files = {
        "nets": "",
        "nets.blocks": "def conv(x, n): return Convolution2D(n, 3, 3)(x)",
        "train": "import nets.blocks\ny = MaxPooling2D()(nets.blocks.conv(Input((1, 48, 48)), 8))",
        "nets.model": "from .blocks import conv\ny = MaxPooling2D()(conv(Input((48, 48, 3)), 8))",
    }
    assert project("train", files).verdicts[0].data_format is FIRST
    assert project("nets.model", files).verdicts[0].data_format is LAST


def test_shape_comes_from_a_caller_in_another_module() -> None:
    files = {
        "blocks": "def conv(x, n): return Convolution2D(n, 3, 3)(x)",
        "train": "from blocks import conv\ndef main(): conv(Input((1, 28, 28)), 8)\n",
    }
    (alone,) = project("blocks", files).verdicts
    assert alone.data_format is UNDECIDED
    (called,) = project("blocks", files, "train").verdicts
    assert called.data_format is FIRST
    assert any(item.path == "train" for item in called.evidence)


def test_another_module_makes_the_input_for_either_ordering() -> None:
    files = {
        "images": """
def image(shape):
    if K.image_dim_ordering() == 'th':
        return Input(shape)
    return Input((shape[1], shape[2], shape[0]))

def fold(k, w):
    return Reshape((k, w, w) if K.image_dim_ordering() == 'th' else (w, w, k))
""",
        "read": "from images import image\nConvolution2D(8, 3, 3)(image((1, 28, 28)))\n",
        "draw": "from images import fold\ny = fold(256, 14)(Dense(256 * 14 * 14)(Input((100,))))\n"
        "y = BatchNormalization(axis=1)(Convolution2D(8, 3, 3)(y))\n",
    }
    for name in ("read", "draw"):
        (verdict,) = project(name, files).verdicts
        assert verdict.data_format is EITHER
        (evidence,) = verdict.evidence
        assert evidence.path == "images"


def test_modules_that_import_each_other() -> None:
    files = {
        "a": "import b\ndef f(x): return Convolution2D(8, 3, 3)(x)",
        "b": "import a\ny = a.f(Input((3, 32, 32)))",
    }
    (verdict,) = project("a", files, "b").verdicts
    assert verdict.data_format is FIRST


def test_facts_of_the_project_are_evidence() -> None:
    fact = Evidence("keras.json says th.", 2, FIRST, 0.9, "keras.json")
    source = "def net(x): return Convolution2D(8, 3, 3)(x)"
    verdict = verdict_of(source, ProjectFacts(evidence=(fact,)))
    assert verdict.data_format is FIRST and fact in verdict.evidence


# -- what the person decides ----------------------------------------------------------------------

AMBIGUOUS = "x = Convolution2D(8, 3, 3)(Input((16, 84, 84)))"


def test_comment_directive_on_the_line_beats_the_run() -> None:
    facts = ProjectFacts(directives={7: LAST}, forced=FIRST)
    verdict = verdict_of(AMBIGUOUS, facts)
    assert (verdict.data_format, verdict.confidence) == (LAST, 1.0)
    assert "comment" in verdict.evidence[0].sentence


def test_choice_for_the_run_leaves_what_the_author_said() -> None:
    facts = ProjectFacts(forced=FIRST)
    assert verdict_of(AMBIGUOUS, facts).data_format is FIRST
    stated = "x = Convolution2D(8, 3, 3, dim_ordering='tf')(Input((16, 84, 84)))"
    assert verdict_of(stated, facts).data_format is LAST
    either = """
        th = K.image_dim_ordering() == 'th'
        shape, axis = ((16, 84, 84), 1) if th else ((84, 84, 16), 3)
        x = BatchNormalization(axis=axis)(Convolution2D(8, 3, 3)(Input(shape)))
        """
    assert verdict_of(either, facts).data_format is EITHER


@pytest.mark.parametrize("shape", ["(4, 84, 84)", "(16, 16, 16)", "(9, 12, 11)"])
def test_a_choice_settles_code_that_asks_and_has_one_input(shape: str) -> None:
    asks = f"""
        axis = 1 if K.image_dim_ordering() == 'th' else 3
        x = BatchNormalization(axis=axis)(Convolution2D(8, 3, 3)(Input({shape})))
        """
    for chosen in (FIRST, LAST):
        assert verdict_of(asks, ProjectFacts(forced=chosen)).data_format is chosen


@pytest.mark.parametrize(
    ("shape", "wanted"), [("(3, 32, 32)", FIRST), ("(32, 32, 3)", LAST), ("(1, 28, 28)", FIRST)]
)
def test_an_input_in_one_order_decides_where_the_code_asks(shape: str, wanted: DataFormat) -> None:
    asks = f"""
        axis = 1 if K.image_dim_ordering() == 'th' else 3
        x = BatchNormalization(axis=axis)(Convolution2D(8, 3, 3)(Input({shape})))
        """
    assert verdict_of(asks).data_format is wanted


def test_a_reading_that_cannot_be_built_decides_where_the_code_asks() -> None:
    asks = """
        axis = 1 if K.image_dim_ordering() == 'th' else 3
        x = BatchNormalization(axis=axis)(Convolution2D(8, 7, 7)(Input((6, 40, 40))))
        """
    assert verdict_of(asks).data_format is FIRST


@pytest.mark.parametrize(
    ("taken", "data_format"),
    [
        ("X[:, np.newaxis, :, :]", FIRST),
        ("X[:, None, :, :]", FIRST),
        ("X[:, None, :, ::-1]", FIRST),
        ("X[:, :, :, None]", LAST),
        ("X[:, :, :, np.newaxis]", LAST),
    ],
)
def test_a_new_axis_is_that_of_the_channels(taken: str, data_format: DataFormat) -> None:
    verdict = verdict_of(f"""
        X = np.load('x.npy')
        X = {taken}
        model = Sequential()
        model.add(Convolution2D(3, 3, 3, input_shape=X.shape[1:]))
        """)
    assert verdict.data_format is data_format
    assert "Images are put channels" in said(verdict)


@pytest.mark.parametrize(
    "taken", ["X[:, None]", "X[None, :, :, :]", "X[:, None, 0, :]", "X[..., None]"]
)
def test_another_new_axis_tells_nothing(taken: str) -> None:
    verdict = verdict_of(f"""
        X = np.load('x.npy')
        X = {taken}
        model = Sequential()
        model.add(Convolution2D(3, 3, 3, input_shape=X.shape[1:]))
        """)
    assert "Images are put channels" not in said(verdict)


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("s = np.append(x, s[:, :3, :, :], axis=1)", "first"),
        ("s = np.concatenate((s[:, 1:], x), axis=1)", ""),
        ("s = np.concatenate([s[:, 1:, :, :], x], axis=1)", "first"),
        ("s = np.append(x, s[:, :, :, :3], axis=3)", "last"),
        ("s = np.append(x, s[:3, :, :, :], axis=0)", ""),
        ("s = np.append(x, s[:, :, :3, :], axis=1)", ""),
    ],
)
def test_pictures_that_are_put_one_behind_the_other(line: str, end: str) -> None:
    verdict = verdict_of(f"""
        model = Sequential()
        model.add(Convolution2D(8, 4, 4, input_shape=(4, 9, 9)))
        {line}
        """)
    assert ("Images are stacked" in said(verdict)) is bool(end)
    if end:
        assert f"stacked channels {end}" in said(verdict)


# -- situations of public reports, in programs of our own ---------------------------------------


def test_gesture_recognizer() -> None:
    """Channels first is set and the data prepared for it: one channel is no row."""
    verdict = verdict_of("""
        K.set_image_dim_ordering('th')
        img_channels, img_rows, img_cols = 1, 200, 200
        X = X.reshape(X.shape[0], img_channels, img_rows, img_cols)
        model = Sequential()
        model.add(Convolution2D(32, 3, 3, border_mode='valid',
                                input_shape=(img_channels, img_rows, img_cols)))
        """)
    assert verdict.data_format is FIRST and verdict.ambient
    assert "puts a window of 3 on an axis of only 1" in said(verdict)


def test_birdsong() -> None:
    """'Negative dimension size caused by subtracting 16 from 1'."""
    verdict = verdict_of("""
        model = Sequential()
        model.add(Convolution2D(96, 16, 16, subsample=(6, 6), input_shape=(1, 200, 310)))
        """)
    assert verdict.data_format is FIRST
    assert "puts a window of 16 on an axis of only 1" in said(verdict)


def test_saliency_attentive_model() -> None:
    """A first kernel of (7, 7, 320, 64) instead of (7, 7, 3, 64) was the complaint."""
    verdict = verdict_of("""
        shape_r, shape_c = 240, 320
        x = ZeroPadding2D((3, 3))(Input((3, shape_r, shape_c)))
        x = Convolution2D(64, 7, 7, subsample=(2, 2), name='conv1')(x)
        x = BatchNormalization(axis=1, name='bn_conv1')(x)
        y = Convolution2D(16, 5, 5, border_mode='same')(x)
        z = merge([x, y], mode='concat', concat_axis=1)
        """)
    assert verdict.data_format is FIRST
    assert "3 rows × 240 columns × 320 channels" in said(verdict)


def test_vessels_to_retina() -> None:
    """Skip connections along axis 1 with transposed convolutions of stated shape."""
    verdict = verdict_of("""
        def g_unet(in_ch, out_ch, nf, batch_size=1):
            i = Input(shape=(in_ch, 512, 512))
            c1 = Convolution2D(nf, 3, 3, border_mode='same', subsample=(2, 2))(i)
            c2 = Convolution2D(nf * 2, 3, 3, border_mode='same', subsample=(2, 2))(c1)
            d1 = Deconvolution2D(nf, 3, 3, output_shape=(batch_size, nf, 256, 256),
                                 subsample=(2, 2), border_mode='same')(c2)
            d1 = BatchNormalization(axis=1)(d1)
            return merge([d1, c1], mode='concat', concat_axis=1)
        """)
    assert verdict.data_format is FIRST


def test_seed_tells_what_the_default_computed() -> None:
    verdict = verdict_of(
        "x = Convolution2D(10, 8, 8, border_mode='same')(Input(shape=(1, 32, 32,)))"
    )
    assert verdict.data_format is FIRST
    assert verdict.shapes[-1].channels_first == (None, 10, 32, 32)
    assert verdict.shapes[-1].channels_last == (None, 1, 32, 10)
    assert "32 rows × 32 columns × 1 channel" in said(verdict)
    assert "1 row × 32 columns × 32 channels" in said(verdict)
    assert (
        "default is 'tf' (channels_last), under which this code gives (None, 1, 32, 10)."
        in said(verdict)
    )


def test_default_under_which_the_code_cannot_be_built() -> None:
    verdict = verdict_of("x = Convolution2D(10, 8, 8)(Input(shape=(1, 32, 32)))")
    assert "default is 'tf' (channels_last), under which this code cannot be built." in said(
        verdict
    )


# -- files beside the code ------------------------------------------------------------------------


def test_keras_json_of_the_project() -> None:
    text = '{\n  "backend": "theano",\n  "image_dim_ordering": "th"\n}\n'
    evidence = from_keras_json(text, "conf/keras.json")
    assert evidence is not None
    assert (evidence.favours, evidence.line, evidence.path) == (FIRST, 3, "conf/keras.json")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"image_dim_ordering": 3}', '{"a": "th"}'])
def test_keras_json_that_tells_nothing(text: str) -> None:
    assert from_keras_json(text, "keras.json") is None


def test_readme_that_says_what_to_set() -> None:
    text = 'Edit `~/.keras/keras.json`:\n\n    "image_dim_ordering": "tf",\n'
    (evidence,) = from_text(text, "README.md")
    assert (evidence.favours, evidence.line) == (LAST, 3)


def test_readme_for_both_backends_tells_nothing() -> None:
    text = 'Theano: "image_dim_ordering": "th"\nTensorFlow: "image_dim_ordering": "tf"\n'
    assert from_text(text, "README.md") == []


def test_script_that_chooses_a_backend() -> None:
    (evidence,) = from_text("#!/bin/sh\nKERAS_BACKEND=theano python train.py\n", "train.sh")
    assert (evidence.favours, evidence.line, evidence.weight) == (FIRST, 2, 0.4)
