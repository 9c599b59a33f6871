"""Channels last on request: what is written, where the edges are, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from kerasmig.api import UpgradeResult, upgrade_source
from kerasmig.catalog.layer_facts import Layout
from kerasmig.catalog.layers import known_layers
from kerasmig.finding import Applicability
from kerasmig.rewrite.layout.axes import moved, permutation
from kerasmig.settings import UpgradeSettings

CORPUS = Path(__file__).parents[2] / "corpus"
LAYOUT = UpgradeSettings(layout="channels_last")
HEAD = "from keras.models import Model, Sequential\nfrom keras.layers import *\n"


def convert(source: str) -> UpgradeResult:
    """Code with the channels last; a second run changes nothing."""
    result = upgrade_source(dedent(source).lstrip("\n"), LAYOUT)
    again = upgrade_source(result.code, LAYOUT)
    assert again.code == result.code, "a second run changes the file again"
    return result


def body(source: str) -> str:
    """The converted statements after the imports."""
    code = convert(HEAD + dedent(source).lstrip("\n")).code
    return code.partition("import *\n")[2]


# -- axes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rank", "before", "after", "dims"),
    [
        (4, 0, 1, (2, 3, 1)),
        (4, 1, 0, (3, 1, 2)),
        (5, 0, 1, (2, 3, 4, 1)),
        (5, 0, 2, (1, 3, 4, 2)),
        (5, 2, 0, (1, 4, 2, 3)),
        (5, 2, 1, (4, 2, 3, 1)),
        (4, 1, 1, ()),
    ],
)
def test_permutation(rank: int, before: int, after: int, dims: tuple[int, ...]) -> None:
    assert permutation(rank, before, after) == dims


@pytest.mark.parametrize(
    ("axis", "rank", "state", "now"),
    [(1, 4, 1, -1), (2, 4, 1, 1), (3, 4, 1, 2), (-1, 4, 1, -2), (-3, 4, 1, -1), (2, 5, 2, -1)],
)
def test_moved_axis(axis: int, rank: int, state: int, now: int) -> None:
    assert moved(axis, rank, state) == now


def test_what_layers_are_to_the_conversion() -> None:
    """Whoever has a data format is turned; what has weights of its own for each place is not."""
    layers = known_layers()
    turned = {name for name, layer in layers.items() if layer.facts.layout is Layout.TURNED}
    assert {name for name, layer in layers.items() if layer.spatial} - turned == {
        "LocallyConnected2D"
    }
    assert turned <= {name for name, layer in layers.items() if layer.spatial}
    by_axis = {name for name, layer in layers.items() if layer.facts.layout is Layout.BY_AXIS}
    assert by_axis == {"BatchNormalization", "Merge", "PReLU", "Permute", "Softmax"}
    edges = {name for name, layer in layers.items() if layer.facts.layout is Layout.EDGE}
    assert {"Dense", "Flatten", "Reshape", "LSTM", "Convolution1D"} <= edges
    assert {"SReLU", "ParametricSoftplus", "Masking", "Lambda", "SpatialDropout1D"} <= edges


# -- what is written ---------------------------------------------------------------------------------


def test_seed() -> None:
    result = convert((CORPUS / "legacy" / "seed" / "seed.py").read_text())
    assert "data_format" not in result.code
    assert "(Permute((2, 3, 1))(inputs))" in result.code
    assert "Model(inputs, Permute((3, 1, 2))(shared))" in result.code


def test_plain_net_has_two_edges() -> None:
    assert (
        body("""
        m = Sequential()
        m.add(Conv2D(8, (3, 3), input_shape=(3, 32, 32), data_format='channels_first'))
        m.add(BatchNormalization(axis=1))
        m.add(Activation('relu'))
        m.add(MaxPooling2D((2, 2), data_format='channels_first'))
        m.add(Flatten())
        m.add(Dense(10))
        """)
        == dedent("""
        m = Sequential()
        m.add(Permute((2, 3, 1), input_shape=(3, 32, 32)))
        m.add(Conv2D(8, (3, 3)))
        m.add(BatchNormalization(axis=-1))
        m.add(Activation('relu'))
        m.add(MaxPooling2D((2, 2)))
        m.add(Permute((3, 1, 2)))
        m.add(Flatten())
        m.add(Dense(10))
        """).lstrip("\n")
    )


def test_default_axis_is_written_where_it_was_the_columns() -> None:
    code = body("""
        i = Input((3, 8, 9))
        x = Conv2D(4, 3, data_format='channels_first')(i)
        x = BatchNormalization()(x)
        m = Model(i, GlobalAveragePooling2D(data_format='channels_first')(x))
        """)
    assert "BatchNormalization(axis=-2)" in code
    assert code.count("Permute") == 1


def test_reshape_and_permute_of_the_author_vanish() -> None:
    code = body("""
        m = Sequential()
        m.add(Conv2D(5, (1, 1), input_shape=(3, 8, 9), data_format='channels_first'))
        m.add(Reshape((5, 72)))
        m.add(Permute((2, 1)))
        m.add(Activation('softmax'))
        """)
    assert "Reshape((72, 5))" in code
    assert "Permute((2, 1))" not in code
    assert code.count("Permute") == 1


def test_softmax_of_the_columns_keeps_its_axis() -> None:
    code = body("""
        i = Input((3, 8, 9))
        m = Model(i, Conv2D(4, 1, data_format='channels_first', activation='softmax')(i))
        """)
    assert "activation=softmax_before_last" in code


def test_helper_that_gets_the_input_first() -> None:
    """The edge goes to the call that passes the input, not into the helper."""
    code = body("""
        def conv(x):
            return Conv2D(4, 3, padding='same', data_format='channels_first')(x)
        i = Input((3, 8, 9))
        m = Model(i, Flatten()(conv(conv(i))))
        """)
    assert "conv(conv(Permute((2, 3, 1))(i)))" in code


def test_setting_of_the_program_stays_and_the_layers_say_otherwise() -> None:
    code = convert("""
        from keras import backend as K
        K.set_image_dim_ordering('th')
        from keras.layers import Input, Convolution2D, Flatten
        from keras.models import Model
        i = Input((3, 8, 9))
        m = Model(i, Flatten()(Convolution2D(4, 3, 3)(i)))
        """).code
    assert "set_image_data_format" in code
    assert 'Conv2D(4, (3, 3), data_format="channels_last")' in code


def test_code_that_is_channels_last_stays() -> None:
    source = HEAD + "m = Sequential([Conv2D(4, 3, input_shape=(8, 9, 3)), Flatten()])\n"
    assert convert(source).code == source


def test_what_cannot_be_followed_is_left_with_a_finding() -> None:
    result = convert(
        HEAD
        + "import os\n"
        + "i = Input((3, 8, 9))\n"
        + "m = Model(i, Conv2D(4, 3, data_format=os.environ['FORMAT'])(i))\n"
    )
    assert "Permute" not in result.code
    (left,) = [f for f in result.findings if f.code == "KM142"]
    assert left.applicability is Applicability.MANUAL
    assert left.line == 5


GENERATOR = """
m = Sequential()
m.add(Dense(72, input_dim=9))
m.add(Reshape((2, 6, 6)))
m.add(Conv2D(1, (5, 5), padding='same', data_format='channels_first'))
"""


@pytest.mark.parametrize(
    "after",
    [
        "import mine\nmine.show(m)\n",
        "from keras1_compat import compile_model\ncompile_model(m, loss='mse', optimizer='sgd')\n",
        "import mine\nmine.show(m)\nm.add(LeakyReLU(0.2))\nmine.show(m)\n",
        "import mine\nnets = [m]\nmine.show(m, nets)\nx = m(Input((9,)))\n",
        "for one in [m]:\n    unseen(one)\n",
    ],
)
def test_the_end_of_a_model_that_code_gets_which_is_not_seen(after: str) -> None:
    code = body(GENERATOR + after)
    (end,) = [line for line in code.splitlines() if "Permute((3, 1, 2))" in line]
    assert code.index(end) > max(
        code.rindex(name) for name in ("Conv2D(", "LeakyReLU(") if name in code
    )


def test_a_layer_whose_addition_is_assigned() -> None:
    code = body("""
        m = Sequential()
        m.add(Conv2D(4, 3, input_shape=(3, 8, 9), data_format='channels_first'))
        a = m.add(Flatten())
        """)
    assert "m.add(Permute((3, 1, 2)))\na = m.add(Flatten())" in code


BASE = """
m = Sequential()
m.add(Conv2D(4, 3, input_shape=(3, 8, 9), data_format='channels_first'))
m.add(Activation('relu'))
"""


@pytest.mark.parametrize(
    "again",
    [
        "n = Sequential()\nfor layer in m.layers:\n    n.add(layer)\n",
        "n = Sequential()\nfor i, layer in enumerate(m.layers[:-1]):\n    n.add(layer)\n",
        "n = Sequential(m.layers[:1])\n",
        "n = Sequential([l for l in m.layers])\n",
        "n = Sequential([*m.layers, Flatten()])\n",
        "x = Input((3, 8, 9))\nfor layer in m.layers:\n    x = layer(x)\n",
        "x = m.layers[0](Input((3, 8, 9)))\n",
        "n = Sequential()\nn.add(m.layers[0])\n",
    ],
)
def test_a_model_whose_layers_are_used_once_more_stays(again: str) -> None:
    """Its Permute layers would come along into the other model."""
    result = convert(HEAD + BASE + again)
    assert "Permute" not in result.code
    assert {f.code for f in result.findings if f.code.startswith("KM14")} == {"KM142"}


@pytest.mark.parametrize(
    "looked",
    [
        "for layer in m.layers:\n    layer.trainable = False\n",
        "names = [l.name for l in m.layers]\n",
        "print(m.layers)\n",
        "for l in m.layers:\n    print(l.get_config())\n",
    ],
)
def test_a_model_whose_layers_are_looked_at_is_converted(looked: str) -> None:
    result = convert(HEAD + BASE + looked)
    assert result.code.count("Permute(") == 2
    assert not [f for f in result.findings if f.code in ("KM142", "KM143")]


@pytest.mark.parametrize("place", ["nets['g']", "self.nets[0]", "nets[0].inner"])
def test_a_model_that_has_no_name_of_its_own(place: str) -> None:
    head = {
        "nets['g']": "nets = {}\n",
        "self.nets[0]": "class S: pass\nself = S()\nself.nets = [None]\n",
        "nets[0].inner": "class S: pass\nnets = [S()]\n",
    }
    code = body(head[place] + BASE.replace("m.", f"{place}.").replace("m =", f"{place} ="))
    assert f"{place}.add(Permute((3, 1, 2)))" in code


# -- how many edges ------------------------------------------------------------------------------------

EDGES = {
    "attention_gate": 2, "c3d": 2, "capsule_3d": 2, "convlstm_th": 4, "crnn_ocr": 1,
    "crossed_channels": 4, "deepmind_dqn": 2, "dense_blocks": 1, "fcn_deconvolution": 2,
    "gan_th": 4, "gradcam_head": 4, "image_to_image": 5, "inception_branches": 1,
    "kwargs_builder": 4, "lambda_axes": 5, "multi_input": 2, "nested_models": 4,
    "network_in_network": 2, "own_layers": 4, "prelu_shared": 4, "residual_helpers": 2,
    "segnet_reshape_permute": 1, "siamese_shared": 4, "spatial_softmax": 2, "style_slices": 5,
    "switch_of_builders": 4, "time_distributed_cnn": 2, "two_branches_merge": 6, "unet_loops": 2,
    "vgg_sequential_lists": 2,
}  # fmt: skip


@pytest.mark.parametrize("path", sorted((CORPUS / "layout").glob("*.py")), ids=lambda p: p.stem)
def test_edges_of_the_corpus(path: Path) -> None:
    """None more than needed; who finds a way with fewer changes the number."""
    result = convert(path.read_text())
    made = [f for f in result.findings if f.code == "KM141"]
    assert len(made) == EDGES[path.stem]
    assert not [f for f in result.findings if f.code == "KM142"]


@pytest.mark.parametrize(
    ("layers", "end"),
    [
        (
            "ConvLSTM2D(2, 3, data_format='channels_first', input_shape=(None, 1, 8, 9))",
            "Permute((3, 1, 2))",
        ),
        (
            "ConvLSTM2D(2, 3, data_format='channels_first', input_shape=(None, 1, 8, 9), "
            "return_sequences=True)",
            "Permute((1, 4, 2, 3))",
        ),
        (
            "Conv2D(4, (3, 3), padding='same', data_format='channels_first', input_shape=(3, 8, 9)),"
            "Reshape((4, 72))",
            "Permute((2, 1))",
        ),
    ],
)
def test_the_edge_at_the_end_has_the_axes_of_what_comes_out(layers: str, end: str) -> None:
    added = "".join(f"m.add({one})\n" for one in layers.replace("),Re", ")\nRe").split("\n"))
    assert body(f"m = Sequential()\n{added}").rstrip().endswith(f"m.add({end})")
    assert end + "])" in body(f"m = Sequential([{layers}])\n")


# -- arrays of Keras 1 ---------------------------------------------------------------------------------

OLD = """
from keras.models import Sequential
from keras.layers import Convolution2D
m = Sequential()
m.add(Convolution2D(3, 3, 3, input_shape=(3, 8, 9), name='one'))
"""


@pytest.mark.parametrize(
    ("use", "becomes"),
    [
        ("m.set_weights(arrays)", "set_keras1_weights(m, arrays, ordering='th')"),
        ("a, b = m.layers[0].get_weights()", "get_keras1_weights(m.layers[0], ordering='th')"),
        ("m.load_weights('a.h5')", "load_keras1_weights(m, 'a.h5', ordering='th')"),
        (
            "m.add(Convolution2D(3, 3, 3, weights=w))",
            "with_weights(Conv2D(3, (3, 3), data_format='channels_first'), w, 'th')",
        ),
    ],
)
def test_arrays_are_read_in_the_order_that_the_layers_had(use: str, becomes: str) -> None:
    """A square kernel fits both ways."""
    code = upgrade_source(OLD + use, LAYOUT).code
    assert becomes in code
    assert "'th'" not in upgrade_source(OLD + use).code


def test_arrays_of_models_of_both_orders_are_assumed() -> None:
    both = (
        OLD + "n = Sequential([Convolution2D(3, 3, 3, input_shape=(8, 9, 3), dim_ordering='tf')])\n"
    )
    result = upgrade_source(both + "n.set_weights(arrays)", LAYOUT)
    told = [f for f in result.findings if "ordering='tf'" in f.message]
    assert [f.applicability for f in told] == [Applicability.ASSUMED]


# -- functions in Lambda -------------------------------------------------------------------------------

CONV = "Conv2D(3, (3, 3), data_format='channels_first')"


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        ("lambda t: t / 127.5 - 1.", ""),
        ("lambda t: abs(t) * 2", ""),
        ("halve", ""),
        ("lambda t: t * SCALE", ""),
        ("lambda t: t + 1", ", output_shape=lambda s: s"),
        ("lambda t: K.clip(t, 0, 1)", ""),
    ],
)
def test_a_function_that_does_the_same_to_each_element_needs_no_edge(
    function: str, shape: str
) -> None:
    before = f"""
    from keras import ops as K
    SCALE = 2.5
    def halve(t):
        u = t / 2.
        return u
    x = Input((3, 8, 9))
    y = {CONV}(x)
    y = Lambda({function}{shape})(y)
    m = Model(x, {CONV}(y))
    """
    assert body(before).count("Permute(") == 2


def test_the_shape_that_such_a_function_states_is_turned() -> None:
    code = body(f"i = x = Input((3, 8, 9))\ny = {CONV}(x)\ny = Lambda(lambda t: t / 2, (3, 6, 7))(y)\n"
                f"m = Model(x, {CONV}(y))\n")  # fmt: skip
    assert "Lambda(lambda t: t / 2, (6, 7, 3))" in code
    assert code.count("Permute(") == 2


@pytest.mark.parametrize(
    "function",
    [
        "lambda t: t[:, 0:1]",
        "lambda t: t - K.mean(t, axis=1, keepdims=True)",
        "lambda t: t * np.arange(7)",
        "lambda t, k=None: t * k",
        "unseen",
    ],
)
def test_a_function_that_minds_the_axes_gets_them_as_the_code_means(function: str) -> None:
    before = f"""
    import numpy as np
    from keras import ops as K
    from elsewhere import unseen
    x = Input((3, 8, 9))
    y = {CONV}(x)
    y = Lambda({function}, output_shape=(3, 6, 7))(y)
    m = Model(x, {CONV}(y))
    """
    code = body(before)
    assert code.count("Permute(") == 4 and "output_shape=(3, 6, 7)" in code


def test_one_edge_serves_all_uses() -> None:
    """Behind a layer that would let the turned tensor through, three uses want it back."""
    before = f"""
    x = Input((3, 8, 9))
    y = Activation('relu')({CONV}(x))
    a, b, c = Flatten()(y), Dense(2)(y), LSTM(4)(Reshape((3, 42))(y))
    m = Model(x, [a, b, c])
    """
    assert body(before).count("Permute(") == 2


# -- with the data -------------------------------------------------------------------------------------

WITH_DATA = UpgradeSettings(layout="channels_last", with_data=True)


def turned(source: str) -> UpgradeResult:
    """Code whose models take (rows, columns, channels); a second run changes nothing."""
    result = upgrade_source(HEAD + dedent(source).lstrip("\n"), WITH_DATA)
    assert upgrade_source(result.code, WITH_DATA).code == result.code
    return result


NET = """
m = Sequential()
m.add(Conv2D(4, (3, 3), input_shape=(1, 8, 9), data_format='channels_first'))
m.add(GlobalAveragePooling2D(data_format='channels_first'))
m.compile('sgd', 'mse')
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "i = x = Input((3, 8, 9))\ny = Dropout(.1)(x)\n",
            "i = x = Input((8, 9, 3))\ny = Dropout(.1)(x)\n",
        ),
        (
            "i = x = Input((3, 8, 9))\ny = BatchNormalization(axis=1)(GaussianNoise(.1)(x))\n",
            "i = x = Input((8, 9, 3))\ny = BatchNormalization(axis=-1)(GaussianNoise(.1)(x))\n",
        ),
        (
            "x, z = Input((3, 8, 9)), Input((1, 8, 9))\ni = [x, z]\ny = concatenate(i, axis=1)\n",
            "x, z = Input((8, 9, 3)), Input((8, 9, 1))\ni = [x, z]\ny = concatenate(i, axis=-1)\n",
        ),
        (
            "i = x = Input((3, 8, 9))\ny = Lambda(lambda t: t / 255.)(x)\n",
            "i = x = Input((8, 9, 3))\ny = Lambda(lambda t: t / 255.)(x)\n",
        ),
    ],
)
def test_inputs_that_go_through_other_layers_first_are_turned(before: str, after: str) -> None:
    rest = "y = Conv2D(3, (3, 3), data_format='channels_first')(y)\nm = Model(i, Flatten()(y))\n"
    result = turned(before + rest)
    assert after in result.code
    assert result.code.count("Permute(") == 1
    assert not [f for f in result.findings if f.code == "KM146"]


def test_a_function_for_models_of_both_orders_that_feeds_none_is_not_reported() -> None:
    result = upgrade_source(
        HEAD
        + "from keras1_compat import set_keras1_weights\n"
        + "def fix(model):\n    set_keras1_weights(model, [])\n    model.summary()\n"
        + "a = Sequential([Conv2D(3, (3, 3), data_format='channels_first', input_shape=(1, 8, 9))])\n"
        + "b = Sequential([Conv2D(3, (3, 3), input_shape=(8, 9, 1))])\n"
        + "fix(a)\nfix(b)\n",
        WITH_DATA,
    )
    assert not [f for f in result.findings if f.code == "KM146"]


def test_inputs_of_a_model_that_feeds_a_model_are_turned() -> None:
    result = turned("""
    inner = Sequential([Conv2D(3, (3, 3), data_format='channels_first', input_shape=(1, 8, 9))])
    a, b = Input((1, 8, 9)), Input((1, 8, 9))
    m = Model([a, b], Flatten()(add([inner(a), inner(b)])))
    """)
    assert "a, b = Input((8, 9, 1)), Input((8, 9, 1))" in result.code
    assert "inner(a), inner(b)" in result.code


def test_an_input_that_keeps_its_order_is_reported() -> None:
    result = turned("""
    x = Input((3, 8, 9))
    y = Lambda(lambda t: t[:, ::-1], output_shape=(3, 8, 9))(x)
    m = Model(x, Conv2D(3, (3, 3), data_format='channels_first')(y))
    """)
    assert "x = Input((3, 8, 9))" in result.code
    told = [f for f in result.findings if f.code == "KM146"]
    assert [(f.line, f.applicability) for f in told] == [(3, Applicability.ASSUMED)]


def test_seed_with_data() -> None:
    code = upgrade_source((CORPUS / "legacy" / "seed" / "seed.py").read_text(), WITH_DATA).code
    assert "Input(shape=(32, 32, 1))" in code
    assert "Permute" not in code and "data_format" not in code
    assert "model = Model(inputs, shared)" in code


@pytest.mark.parametrize(
    ("prepared", "becomes"),
    [
        ("x = x.reshape(60, 1, 8, 9)", "x = x.reshape(60, 8, 9, 1)"),
        ("x = x.reshape((60, 1, 8, 9))", "x = x.reshape((60, 8, 9, 1))"),
        ("x = np.reshape(x, (-1, 1, 8, 9))", "x = np.reshape(x, (-1, 8, 9, 1))"),
        ("x = np.expand_dims(x, 1)", "x = np.expand_dims(x, -1)"),
        ("x = x.transpose(0, 3, 1, 2)", "x = x"),
        ("x = x.transpose((3, 2, 0, 1))", "x = x.transpose((3, 0, 1, 2))"),
        ("x = np.rollaxis(x, 3, 1)", "x = x"),
        ("x = np.moveaxis(x, -1, 1)", "x = x"),
        (
            "x = x.reshape(60, 1, 8, 9).astype('f') / 255",
            "x = x.reshape(60, 8, 9, 1).astype('f') / 255",
        ),
    ],
)
def test_preparation_that_is_plain(prepared: str, becomes: str) -> None:
    code = turned(
        NET + f"import numpy as np\nx = np.load('x.npy')\n{prepared}\nx -= 0.5\n"
        "print(x.shape[0], x.shape[2])\nm.fit(x, np.load('y.npy'))\n"
    ).code
    assert f"{becomes}\n" in code
    assert "print(x.shape[0], x.shape[1])" in code
    assert "m.fit(x, np.load('y.npy'))" in code


@pytest.mark.parametrize(
    "prepared",
    [
        "x = x.reshape(60, 3, 8, 9)",  # three channels: the numbers would have to move
        "x = x.reshape(60, 1, 8, 9)\nz = x[:, 0]",
        "x = x.reshape(60, 1, 8, 9)\nx = x - np.load('mean.npy')",
        "x = x.reshape(60, 1, 8, 9)\nshow(x)",
        "pass",
    ],
)
def test_preparation_that_is_not_plain(prepared: str) -> None:
    code = turned(
        NET.replace("(1, 8, 9)", "(3, 8, 9)" if "3, 8" in prepared else "(1, 8, 9)")
        + f"import numpy as np\nx = np.load('x.npy')\n{prepared}\nm.fit(x, np.load('y.npy'))\n"
    ).code
    assert prepared in code
    assert "m.fit(np.moveaxis(x, 1, -1), np.load('y.npy'))" in code


def test_pictures_that_come_out_are_brought_back() -> None:
    code = turned("""
        import numpy as np
        i = Input((2, 8, 9))
        m = Model(i, Conv2D(3, 3, padding='same', data_format='channels_first')(i))
        m.compile('sgd', 'mse')
        x, y = np.load('x.npy'), np.load('y.npy')
        m.fit(x, y, validation_data=(x[:2], y[:2]))
        p = m.predict(x)
        """).code
    assert "m = Model(i, Conv2D(3, 3, padding='same')(i))" in code
    assert "m.fit(np.moveaxis(x, 1, -1), np.moveaxis(y, 1, -1)" in code
    assert "(np.moveaxis(x[:2], 1, -1), np.moveaxis(y[:2], 1, -1))" in code
    assert "p = np.moveaxis(m.predict(np.moveaxis(x, 1, -1)), -1, 1)" in code


def test_loss_along_an_axis_keeps_the_output() -> None:
    code = turned("""
        i = Input((2, 8, 9))
        m = Model(i, Conv2D(3, 3, padding='same', data_format='channels_first')(i))
        m.compile('sgd', 'categorical_crossentropy')
        """).code
    assert "Permute((3, 1, 2))" in code and "Input((8, 9, 2))" in code


@pytest.mark.parametrize(
    ("feeding", "becomes"),
    [
        ("m.fit(pictures(), steps_per_epoch=3)", "m.fit(channels_last(pictures(), 1), steps"),
        ("m.predict(gen, steps=3)", "m.predict(channels_last(gen, 1), steps=3)"),
        ("m.fit(x, y, validation_data=v)", "y, validation_data=channels_last(v, 1))"),
        (
            "from keras1_compat import fit_generator\nfit_generator(m, gen, 8, 1, "
            "validation_data=(v, w))",
            "fit_generator(m, channels_last(gen, 1), 8, 1, "
            "validation_data=(np.moveaxis(v, 1, -1), w))",
        ),
        (
            "from keras1_compat import predict_generator\n"
            "predict_generator(m, generator=gen, val_samples=8)",
            "predict_generator(m, generator=channels_last(gen, 1), val_samples=8)",
        ),
    ],
)
def test_batches_of_a_generator_are_turned(feeding: str, becomes: str) -> None:
    result = turned(NET + feeding + "\n")
    assert becomes in result.code
    assert "def channels_last(" in result.compat
    assert not [f for f in result.findings if f.code == "KM146"]


def test_a_generator_that_cannot_be_told_is_reported() -> None:
    result = turned(NET + "m.fit(*pictures(), steps_per_epoch=3)\n")
    (unfed,) = [f for f in result.findings if f.code == "KM146"]
    assert unfed.applicability is Applicability.MANUAL and unfed.line == 7


@pytest.mark.parametrize(
    "use",
    [
        "def show(model, x):\n    return model.predict(x)\n",
        "class Show(Callback):\n    def on_epoch_end(self, epoch, logs=None):\n"
        "        self.model.predict(self.x)\n",
        "def train(my_net, x, y):\n    my_net.fit(x, y)\n",
        "from mine import nets\nnets[0].train_on_batch(1, 2)\n",
        "u = Model(unseen(), unseen())\nu.predict(x)\n",
    ],
)
def test_what_feeds_a_model_that_cannot_be_told_is_reported(use: str) -> None:
    result = turned(NET + use)
    (unfed,) = [f for f in result.findings if f.code == "KM146"]
    assert unfed.applicability is Applicability.MANUAL
    assert unfed.line == len((HEAD + (NET + use).lstrip("\n")).splitlines())


@pytest.mark.parametrize(
    "use",
    ["from sklearn.svm import SVC\nclf = SVC()\nclf.fit(1, 2)\n", "scaler.fit(3)\n"],
)
def test_what_is_no_model_is_not_reported(use: str) -> None:
    assert not [f for f in turned(NET + use).findings if f.code == "KM146"]


def test_an_array_in_a_list_is_turned_in_it() -> None:
    code = turned(NET + "m.predict([x])\nm.fit([x], y)\n").code
    assert "m.predict([np.moveaxis(x, 1, -1)])" in code
    assert "m.fit([np.moveaxis(x, 1, -1)], y)" in code


def test_models_of_a_gan_that_are_compiled_by_a_function() -> None:
    """The generator gives what the discriminator takes, whoever else gets the two."""
    code = turned(GENERATOR.replace("m.", "g.").replace("m =", "g =") + """
import mine
mine.build(g)
d = Sequential()
d.add(Conv2D(4, (5, 5), input_shape=(1, 6, 6), data_format='channels_first'))
d.add(Flatten())
mine.build(d)
z = Input((9,))
both = Model(z, d(g(z)))
""").code
    assert "input_shape=(6, 6, 1)" in code
    assert "d(g(z))" in code
    assert code.count("Permute((3, 1, 2))") == 1  # before the Flatten


def test_a_gan_of_sequential_models_takes_vectors() -> None:
    """What goes into the pair goes into the generator: noise, which has no channels."""
    code = turned(GENERATOR.replace("m.", "g.").replace("m =", "g =") + """
import numpy as np
d = Sequential()
d.add(Conv2D(4, (5, 5), input_shape=(1, 6, 6), data_format='channels_first'))
d.add(Flatten())
d.compile('sgd', 'mse')
both = Sequential()
both.add(g)
both.add(d)
both.compile('sgd', 'mse')
noise = np.zeros((2, 9))
both.train_on_batch(noise, np.zeros((2, 16)))
d.train_on_batch(g.predict(noise), np.zeros((2, 16)))
""").code
    assert "both.train_on_batch(noise," in code
    assert "np.moveaxis(g.predict(noise), -1, 1)" in code


# -- what a person has to see --------------------------------------------------------------------------


def test_branch_that_no_call_takes_is_reported() -> None:
    result = convert(HEAD + """
def build(top=True):
    i = Input((3, 8, 9))
    x = Conv2D(4, 3, data_format='channels_first')(i)
    if top:
        x = Dense(3)(Flatten()(x))
    return Model(i, x)
m = build()
""")
    (unseen,) = [f for f in result.findings if f.code == "KM145"]
    assert unseen.applicability is Applicability.ASSUMED and unseen.line == 7


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ("DEEP = False\nif DEEP:\n    x = Conv2D(4, 3, data_format='channels_first')(x)\n", 6),
        (
            "try:\n    x = Conv2D(4, 3, data_format='channels_first')(x)\nexcept ValueError:\n"
            "    x = Conv2D(4, 1, data_format='channels_first')(x)\n",
            7,
        ),
    ],
)
def test_another_way_at_the_top_of_a_file_is_reported(other: str, line: int) -> None:
    result = convert(
        HEAD
        + "i = Input((3, 8, 9))\nx = Conv2D(4, 3, data_format='channels_first')(i)\n"
        + other
        + "m = Model(i, Flatten()(x))\n"
    )
    (unseen,) = [f for f in result.findings if f.code == "KM145"]
    assert unseen.applicability is Applicability.ASSUMED and unseen.line == line


def test_another_way_through_a_helper_is_reported() -> None:
    result = convert(HEAD + """
def block(x):
    return Conv2D(4, 3, data_format='channels_first')(x)
def build(deep=False):
    x = i = Input((3, 8, 9))
    x = block(x)
    if deep:
        x = block(x)
    return Model(i, Flatten()(x))
m = build()
""")
    assert [f.line for f in result.findings if f.code == "KM145"] == [9]


def test_another_way_that_is_the_same_in_any_order_is_not_reported() -> None:
    result = convert(HEAD + """
def build(rate=0):
    i = Input((3, 8, 9))
    x = Conv2D(4, 3, data_format='channels_first')(i)
    if rate:
        x = LeakyReLU(0.2)(Dropout(rate)(x))
    return Model(i, Flatten()(x))
m = build()
""")
    assert not [f for f in result.findings if f.code == "KM145"]


def test_layers_that_are_counted_are_reported() -> None:
    result = convert(HEAD + """
m = Sequential()
m.add(Conv2D(4, 3, input_shape=(3, 8, 9), data_format='channels_first'))
m.add(Flatten())
m.layers[0].trainable = False
""")
    (counted,) = [f for f in result.findings if f.code == "KM143"]
    assert counted.applicability is Applicability.MANUAL and counted.line == 7


def test_output_of_a_layer_that_cannot_be_told_leaves_the_models() -> None:
    result = convert(HEAD + """
i = Input((3, 8, 9))
m = Model(i, Flatten()(Conv2D(4, 3, data_format='channels_first')(i)))
named = dict((layer.name, layer) for layer in m.layers)
maps = named['conv2d'].output
""")
    assert "Permute" not in result.code
    assert [f.line for f in result.findings if f.code == "KM142"] == [7]


def test_output_that_a_dict_names_is_reported() -> None:
    result = convert(HEAD + """
i = Input((3, 8, 9))
m = Model(i, Conv2D(4, 3, data_format='channels_first', name='mask')(i))
m.compile('sgd', {'mask': 'mse'})
""")
    assert [f.line for f in result.findings if f.code == "KM143"] == [6]
